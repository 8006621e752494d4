"""``freeco vote codes``: the codes of a vote, made away from its site by another organisation."""

from pathlib import Path
from random import SystemRandom

import click

from freeco.cli_output import anywhere
from freeco.paper import render_pdf
from freeco_project_decisions.sealed.credentials import draw_credential, public_of
from freeco_project_decisions.sealed.elections import write_credentials
from freeco_project_decisions.secret.commands.files import write_new

TEMPLATE = Path(__file__).parent.parent.parent / "papers" / "codes.typ"
MOST = 20_000
PUBLIC, SECRET, SHEETS = "codes-publics.json", "codes-secrets.txt", "codes-a-plier.pdf"
LINES = (
    "Ce code vous permet de voter. Qui l’a vote à votre place : gardez-le pour vous.",
    "Personne ne sait quel code vous avez tiré. Perdu, il ne peut pas être refait.",
    "Vous pouvez voter plusieurs fois avec lui : le dernier bulletin compte.",
)


@click.command("codes")
@click.argument("identifier")
@click.argument("many", metavar="NOMBRE", type=click.IntRange(1, MOST))
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Dossier où écrire, créé s’il le faut.",
)
@click.option("--sheets", is_flag=True, help="Écrire aussi un code par feuille, à plier (PDF).")
@click.option("--title", default="Vote secret", help="Sur chaque feuille : la question.")
@click.option("--address", default="", help="Sur chaque feuille : où voter.")
@anywhere
def make_codes(
    identifier: str, many: int, output: Path, sheets: bool, title: str, address: str
) -> None:
    """Faire les codes d’un vote secret, loin de son site : une autre coopérative, ou une salle.

    IDENTIFIER est l’identifiant que la page du vote affiche, NOMBRE celui de ses votants. Le
    fichier public va au site du vote ; les codes vont aux votants, et à personne d’autre.
    """
    output.mkdir(parents=True, exist_ok=True)
    codes = [draw_credential() for _each in range(many)]
    halves = write_credentials([public_of(each, identifier) for each in codes])
    write_new(output / PUBLIC, halves.encode())
    SystemRandom().shuffle(codes)
    if sheets:
        write_new(output / SHEETS, _sheets(codes, title, address))
    else:
        write_new(output / SECRET, "".join(f"{each}\n" for each in codes).encode())
    click.echo(f"{output / PUBLIC} : à donner au site du vote.")
    click.echo(
        f"{output / (SHEETS if sheets else SECRET)} : à remettre aux votants, un code chacun, puis "
        "à détruire."
    )


def _sheets(codes: list[str], title: str, address: str) -> bytes:
    return render_pdf(
        TEMPLATE,
        {
            "kind": "Code de vote",
            "title": title,
            "codes": codes,
            "lines": list(LINES),
            "address": address,
        },
    )
