"""``freeco vote trustee``: a key kept on one's own computer, without the page of the site."""

import json
from pathlib import Path
from typing import Any

import click

from freeco.cli_output import anywhere
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.keeping import answer, draw_kept, opened
from freeco_project_decisions.sealed.kept_keys import KeptKey, lock_key, unlock_key
from freeco_project_decisions.sealed.proofs import Form
from freeco_project_decisions.sealed.tallying import add_up
from freeco_project_decisions.sealed.verifying import verify
from freeco_project_decisions.sealed.writing import compact
from freeco_project_decisions.secret.commands.files import write_new
from freeco_project_decisions.tokens.verifying import board_to_open, is_board

A_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
MADE = ("key", "commit")
"""The steps at which the key is made."""
SHORTEST = 12


@click.command("trustee")
@click.argument("task", type=A_FILE)
@click.option(
    "--key",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Le fichier que vous gardez : écrit à la première étape, lu ensuite.",
)
@click.option("--archive", type=A_FILE, help="Le fichier du vote, pour en ouvrir le résultat.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="La réponse à donner à la page.",
)
@anywhere
def keep_key(task: Path, file: Path, archive: Path | None, output: Path) -> None:
    """Faire ce que la page attend d’un dépositaire de clé, sur son propre ordinateur.

    TASK est le fichier que la page donne. Le secret reste dans le fichier de --key, fermé par
    une phrase ; la réponse, à donner à la page, n’en dit rien.
    """
    try:
        given = json.loads(task.read_text("utf-8"))
        kept = _kept(given, file)
        done = _opened(kept, given, archive) if given["step"] == "open" else answer(kept, given)
    except Unsound as refusal:
        raise click.ClickException(f"Rien n’est écrit : {refusal}.") from refusal
    except (ValueError, KeyError, TypeError, IndexError) as broken:
        raise click.ClickException("Ce n’est pas le fichier que la page donne.") from broken
    output.write_text(compact(done), "utf-8")
    click.echo(f"{output} : à donner à la page.")


def _kept(task: dict[str, Any], file: Path) -> KeptKey:
    if file.exists():
        passphrase = click.prompt("Phrase secrète", hide_input=True, err=True)
        return unlock_key(file.read_text("utf-8"), passphrase)
    if task["step"] not in MADE:
        raise click.ClickException(f"{file} n’existe pas : il a été écrit à la première étape.")
    passphrase = click.prompt(
        f"Phrase secrète, de {SHORTEST} caractères au moins",
        hide_input=True,
        confirmation_prompt="La même phrase",
        err=True,
    )
    if len(passphrase) < SHORTEST:
        raise click.ClickException(f"La phrase a moins de {SHORTEST} caractères.")
    kept = draw_kept(task)
    write_new(file, lock_key(kept, passphrase).encode())
    return kept


def _opened(kept: KeptKey, task: dict[str, Any], archive: Path | None) -> dict[str, Any]:
    """Open the sum of all ballots of a file that holds, and of nothing else.

    A sum that the site hands over alone could be one voter's ballot.
    """
    if archive is None:
        raise click.ClickException(
            "Donnez le fichier du vote (--archive) : on n’ouvre que la somme de tous ses bulletins."
        )
    content = archive.read_bytes()
    if is_board(content):
        return opened(kept, task, *board_to_open(content), Form.BOUND)
    verified = verify(content)
    if verified.counted is None:
        raise click.ClickException("Le vote n’est pas terminé : rien ne s’ouvre avant la fin.")
    sums = add_up(verified.election, verified.ballots).sums
    return opened(kept, task, verified.election, sums, Form.BELENIOS)
