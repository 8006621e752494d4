"""``freeco books export`` and ``freeco books fec-check``: books as files, and files read again."""

import re
from pathlib import Path

import click
from sqlalchemy import select

from freeco.accounting.exports import FORMATS, Format, export
from freeco.accounting.fec_check import check_fec
from freeco.accounting.models import Book
from freeco.cli_output import err, out
from freeco.db import db
from freeco.i18n import counted

FILE = click.Path(path_type=Path)
A_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
PLATFORM = "platform"


def named_book(name: str) -> Book:
    """Return a book by its number, or the platform's. Raises ClickException."""
    if name == PLATFORM:
        book = db.session.scalar(select(Book).where(Book.organisation_id.is_(None)))
    else:
        book = db.session.get(Book, int(name)) if re.fullmatch(r"[0-9]{1,9}", name) else None
    if book is None:
        raise click.ClickException(f"Le livre « {name} » n’existe pas.")
    return book


@click.command(name="export")
@click.option("--book", "name", required=True, help="Numéro du livre, ou « platform ».")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True)
@click.option("--year", type=click.IntRange(1900, 2999), help="Une année ; tout, sinon.")
@click.option("--output", type=FILE, required=True, help="Fichier, ou dossier : il s’y nomme seul.")
@click.option("--latin", is_flag=True, help="FEC en ISO-8859-15 plutôt qu’en UTF-8.")
def export_book(name: str, form: Format, year: int | None, output: Path, latin: bool) -> None:
    """Écrire un livre dans un fichier : hledger (et ledger), beancount, FEC ou CSV."""
    exported = export(named_book(name), form, year, latin=latin)
    file = output / exported.name if output.is_dir() else output
    file.write_bytes(exported.content)
    out.print(str(file), highlight=False, markup=False, soft_wrap=True)
    if exported.described_by:
        described = file.with_name(f"{file.stem}_description.txt")
        described.write_bytes(exported.described_by.encode())
        out.print(str(described), highlight=False, markup=False, soft_wrap=True)
        if file.name != exported.name:
            err.print(f"Le nom que veut le texte est {exported.name}.", highlight=False)


@click.command(name="fec-check")
@click.argument("file", type=A_FILE)
@click.option("--previous", type=A_FILE, help="Le FEC de l’année d’avant, pour les à-nouveaux.")
@click.option("--result", help="Le résultat attendu, comme 1250,00 ; une perte commence par -.")
def fec_check(file: Path, previous: Path | None, result: str | None) -> None:
    """Vérifier un fichier des écritures comptables, ligne par ligne."""
    found = check_fec(
        file.read_bytes(),
        file.name,
        previous.read_bytes() if previous is not None else None,
        _cents(result) if result is not None else None,
    )
    for each in found:
        place = f"ligne {each.line}" if each.line else "fichier"
        column = f", {each.column}" if each.column else ""
        err.print(f"{place}{column} : {each.what}", highlight=False, markup=False, soft_wrap=True)
    if found:
        wrong = counted("%(num)s défaut.", "%(num)s défauts.", len(found))
        raise click.ClickException(wrong)
    out.print("Ce fichier est accepté.")


def _cents(typed: str) -> int:
    whole, _comma, rest = typed.removeprefix("-").partition(",")
    if not whole.isdecimal() or not (whole + rest).isdecimal() or len(rest) not in {0, 2}:
        raise click.ClickException("Le résultat s’écrit comme 1250,00.")
    cents = int(whole) * 100 + int(rest or 0)
    return -cents if typed.startswith("-") else cents
