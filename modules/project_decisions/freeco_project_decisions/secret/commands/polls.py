"""``freeco vote list`` and ``export``: which votes there are, and the file of a secret one."""

from pathlib import Path

import click
from rich.table import Table
from sqlalchemy import select

from freeco.cli_output import out
from freeco.db import db
from freeco.members.models import Community
from freeco.record.keys import verifiers
from freeco.record.stating import log_of
from freeco_project_decisions.polls import reading, wording
from freeco_project_decisions.polls.models import Poll, PollState, Secrecy
from freeco_project_decisions.secret import board, filing
from freeco_project_decisions.secret.models import SealedPoll
from freeco_project_decisions.tokens import reading as token_reading
from freeco_project_decisions.tokens.models import TokenPoll

SECRECY = {
    Secrecy.OPEN: "bulletins ouverts",
    Secrecy.SEALED: "bulletins scellés",
    Secrecy.TOKENS: "bulletins à jeton",
}


@click.command("list")
@click.option("--community", "slug", help="Une communauté seulement.")
@click.option("--drafts", is_flag=True, help="Les brouillons aussi.")
def list_polls(slug: str | None, drafts: bool) -> None:
    """Lister les votes : leur numéro, leur état, et combien ont voté."""
    query = select(Poll).join(Poll.community).order_by(Community.slug, Poll.id)
    if slug is not None:
        query = query.where(Community.slug == slug)
    if not drafts:
        query = query.where(Poll.state != PollState.DRAFT)
    table = Table(box=None, pad_edge=False)
    for heading in ("n°", "communauté", "question", "bulletins", "état", "ont voté"):
        table.add_column(heading, overflow="fold")
    for poll in db.session.scalars(query):
        table.add_row(
            str(poll.id),
            poll.community.slug,
            poll.title,
            SECRECY[Secrecy(poll.secrecy)],
            str(wording.STATES[poll.state][0]),
            str(_voted(poll)),
        )
    out.print(table)


def _voted(poll: Poll) -> int:
    if db.session.get(SealedPoll, poll.id) is not None:
        return board.many_voted(poll)
    tokens = db.session.get(TokenPoll, poll.id)
    if tokens is not None:
        return token_reading.numbers_of(tokens).tokens
    return reading.voted(poll).ballots


@click.command("export")
@click.argument("poll_id", metavar="ID", type=click.IntRange(1, 2_147_483_647))
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Dossier où écrire, créé s’il le faut.",
)
def export_poll(poll_id: int, output: Path) -> None:
    """Emporter un vote secret : son fichier, et comment chacun le vérifie."""
    tokens = db.session.get(TokenPoll, poll_id)
    if tokens is not None and tokens.setup:
        output.mkdir(parents=True, exist_ok=True)
        board_file = output / token_reading.export_name(tokens)
        board_file.write_bytes(token_reading.export(tokens))
        click.echo(str(board_file))
        return
    sealed = db.session.get(SealedPoll, poll_id)
    if sealed is None or not sealed.election:
        raise click.ClickException(
            f"Le vote {poll_id} n’est pas un vote à bulletins scellés qui s’est ouvert."
        )
    output.mkdir(parents=True, exist_ok=True)
    archive = output / filing.archive_name(sealed)
    archive.write_bytes(filing.archive_of(sealed.poll))
    (output / "LISEZ-MOI.txt").write_text(_readme(sealed), "utf-8")
    click.echo(str(archive))


def _readme(sealed: SealedPoll) -> str:
    poll = sealed.poll
    keys = (
        "" if poll.community.rehearsal else "\n".join(map(str, verifiers(log_of(poll.community))))
    )
    state = (
        "Le vote est dépouillé : le fichier finit par son résultat."
        if sealed.result
        else "Le vote n’a pas encore de résultat : le fichier s’allongera."
    )
    return f"""{poll.title}
{poll.community.name}

{state}

{filing.archive_name(sealed)} contient tout le vote : les questions, les clés publiques, les codes
publics, chaque bulletin scellé, la somme, les parts des dépositaires et le résultat. Aucun nom,
aucune heure.

Qui veut le vérifie, sans compte ni site, avec deux programmes écrits par d’autres mains :

    freeco vote verify {filing.archive_name(sealed)}

    belenios-tool election verify --dir .

Le second est le paquet belenios-tool de Debian. Un autre vote, aux mêmes mots, passerait aussi :
comparez les empreintes que le premier affiche à celles du registre public.

Votre bulletin y est si votre suivi y est. S’il n’y est pas, votre accusé de réception prouve qu’il
a été reçu, et donc écarté :

    freeco vote verify --receipt RECU --key 'CLE' {filing.archive_name(sealed)}

Clé du registre public de la communauté, à comparer avec celle qui est imprimée :

{keys}
"""
