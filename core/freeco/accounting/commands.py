"""The books on the command line: ``freeco books``. Exports join this group from their own file."""

from datetime import datetime

import click
from rich.table import Table
from sqlalchemy import func, select

from freeco.accounting import audit, years
from freeco.accounting.export_commands import named_book
from freeco.accounting.models import Book, Entry
from freeco.accounting.reading import accounts_of
from freeco.cli_output import err, out
from freeco.cost_price import true_up
from freeco.db import db
from freeco.errors import Refusal
from freeco.i18n import counted
from freeco.record import ledgers

BOOK = click.option("--book", "name", help="Numéro du livre, ou « platform » ; tous, sinon.")
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def books() -> None:
    """Les livres de comptes : les lister, les vérifier, clore un exercice."""


@books.command(name="list")
def list_books() -> None:
    """Lister les livres : à qui ils sont, combien d’écritures, clos jusqu’à quand."""
    table = Table("Livre", "Entité", "Écritures", "Clos jusqu’au", "Répétition")
    many = dict(
        db.session.execute(select(Entry.book_id, func.count()).group_by(Entry.book_id)).all()
    )
    for book in _chosen(None):
        closed = book.closed_through.isoformat() if book.closed_through else ""
        rehearsal = "oui" if book.rehearsal else ""
        table.add_row(str(book.id), _entity(book), str(many.get(book.id, 0)), closed, rehearsal)
    out.print(table)


@books.command()
@BOOK
def check(name: str | None) -> None:
    """Relire les livres depuis leur première ligne, et nommer la première anomalie de chacun."""
    wrong = 0
    for book in _chosen(name):
        with err.status("Vérification…"):
            found = audit.check(book)
        if found.faults:
            wrong += 1
            many = counted("%(num)s anomalie", "%(num)s anomalies", len(found.faults))
            _say(f"{_title(book)} : {many}. {_fault(book, found.faults[0])}", wrong=True)
            continue
        read = counted("%(num)s écriture relue", "%(num)s écritures relues", found.entries)
        _say(f"{_title(book)} : {read}, rien à signaler. Dernière empreinte : {found.last_hash}")
    if wrong:
        raise click.ClickException(
            counted("%(num)s livre à examiner.", "%(num)s livres à examiner.", wrong)
        )


@books.command()
@click.option("--year", type=click.IntRange(1900, 2999), required=True, help="Année où il finit.")
@BOOK
def close(year: int, name: str | None) -> None:
    """Clore un exercice : vider charges et produits dans le résultat, et n’y plus rien écrire."""
    refused = 0
    for book in _chosen(name):
        if name is None and book.rehearsal:
            continue
        try:
            if book.organisation is None:
                true_up.refuse_unsettled(year)
            with err.status("Clôture…"):
                closed = years.close_year(book, year)
            ledgers.year_closed(book, closed.year.name)
            db.session.commit()
        except Refusal as refusal:
            db.session.rollback()
            refused += 1
            _say(f"{_title(book)} : {refusal}", wrong=True)
            continue
        written = f"écriture n° {closed.entry.number}" if closed.entry else "rien à solder"
        _say(f"{_title(book)} : exercice clos le {closed.year.last_day.isoformat()}, {written}.")
        for code, amount in closed.unexplained:
            _say(
                f"  à expliquer : le compte {code} tient {_euros(amount.cents)} {amount.currency}."
            )
    if refused:
        raise click.ClickException(
            counted("%(num)s livre n’est pas clos.", "%(num)s livres ne sont pas clos.", refused)
        )


@books.command(name="year")
@click.option("--book", "name", required=True, help="Numéro du livre, ou « platform ».")
@click.option("--from", "first_day", type=DAY, required=True, help="Premier jour, AAAA-MM-JJ.")
@click.option("--to", "last_day", type=DAY, required=True, help="Dernier jour, AAAA-MM-JJ.")
def say_year(name: str, first_day: datetime, last_day: datetime) -> None:
    """Fixer un exercice qui n’est pas l’année civile ; les suivants durent douze mois."""
    book = named_book(name)
    year = years.say_year(book, first_day.date(), last_day.date())
    db.session.commit()
    _say(f"{_title(book)} : exercice {year.name}, du {year.first_day} au {year.last_day}.")


def _chosen(name: str | None) -> list[Book]:
    if name is not None:
        return [named_book(name)]
    return list(db.session.scalars(select(Book).order_by(Book.id)))


def _entity(book: Book) -> str:
    return book.organisation.name if book.organisation is not None else "Freeco"


def _title(book: Book) -> str:
    return f"Livre {book.id} ({_entity(book)})"


def _fault(book: Book, fault: audit.Fault) -> str:
    if fault.number is None:
        return f"Compte {fault.account} : {fault.what}"
    codes = ", ".join(accounts_of(book, fault.number))
    return f"Écriture n° {fault.number}, comptes {codes or 'absents'} : {fault.what}"


def _euros(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100},{abs(cents) % 100:02}"


def _say(words: str, *, wrong: bool = False) -> None:
    (err if wrong else out).print(words, highlight=False, markup=False, soft_wrap=True)
