"""``freeco vote trustee``: a key kept on one's own computer, without the page of the site."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from freeco.cli_output import anywhere
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.keeping import answer, draw_kept, opened
from freeco_project_decisions.sealed.kept_keys import KeptKey, Opens, lock_key, unlock_key
from freeco_project_decisions.sealed.writing import compact
from freeco_project_decisions.secret.commands.comparing import (
    Shown,
    read_stated,
    require_compared,
    require_many,
    show,
)
from freeco_project_decisions.secret.commands.files import write_new

A_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
MADE = ("key", "commit")
"""The steps at which the key is made."""
SHORTEST = 12
OPENS = {
    Opens.SUM: "Cette clé n’ouvrira que la somme des bulletins scellés, jamais un bulletin.",
    Opens.BALLOTS: "Cette clé ouvrira chaque bulletin à jeton, sans nom, et jamais une somme.",
}
"""What a trustee is told when the key is drawn: a vote that says otherwise is not theirs."""


@dataclass(frozen=True)
class Compared:
    """What the trustee brings of the public record; without it, they are asked."""

    stated: str | None
    """How the vote ended, as read there."""
    record: Path | None
    record_key: str | None
    few: bool
    """Whether the record says that fewer voted than hide each other."""


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
    "--last",
    "stated",
    help="L’empreinte de la fin du vote, lue au registre public : sans elle, la commande montre "
    "celle du fichier et demande.",
)
@click.option(
    "--record",
    type=A_FILE,
    help="L’inscription de la fin du vote avec sa preuve, prise au registre public.",
)
@click.option("--record-key", help="Clé publique du registre, comme imprimée\u202f; avec --record.")
@click.option(
    "--few-ballots", "few", is_flag=True, help="Le registre public annonce moins de huit bulletins."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="La réponse à donner à la page.",
)
@anywhere
def keep_key(task: Path, file: Path, archive: Path | None, output: Path, **compared: Any) -> None:
    """Faire ce que la page attend d’un dépositaire de clé, sur son propre ordinateur.

    TASK est le fichier que la page donne. Le secret reste dans le fichier de --key, fermé par
    une phrase ; la réponse, à donner à la page, n’en dit rien.
    """
    if (compared["record"] is None) != (compared["record_key"] is None):
        raise click.UsageError("--record et --record-key vont ensemble.")
    try:
        given = json.loads(task.read_text("utf-8"))
        if given["step"] == "open":
            shown = _shown(archive, Compared(**compared))
            done = opened(_kept(given, file), given, shown.closed)
        else:
            done = answer(_kept(given, file), given)
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
    click.echo(OPENS[kept.opens], err=True)
    return kept


def _shown(archive: Path | None, compared: Compared) -> Shown:
    """Read the vote's file, and have it compared; the key is not touched yet."""
    if archive is None:
        raise click.ClickException(
            "Donnez le fichier du vote (--archive)\u00a0: on n’ouvre que ce qu’il contient tout "
            "entier."
        )
    shown = show(archive.read_bytes())
    require_many(shown, few=compared.few)
    stated = compared.stated
    if compared.record is not None and compared.record_key is not None:
        text = compared.record.read_text("utf-8")
        stated = read_stated(shown, text, compared.record_key)
    require_compared(shown, stated)
    return shown
