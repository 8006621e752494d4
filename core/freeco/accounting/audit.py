"""The audit: reads a book again from its first line, trusting nothing that was derived."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, case, func, select, update

from freeco.accounting.chain import BEGINNING, Fact, Sealed, seal
from freeco.accounting.models import Account, AccountBalance, Book, Entry, Journal, Posting
from freeco.db import db
from freeco.i18n import _
from freeco.module import Text

AT_ONCE = 1000
"""Rows read at a time."""
DEBIT = func.sum(case((Posting.amount > 0, Posting.amount), else_=0))
CREDIT = func.sum(case((Posting.amount < 0, -Posting.amount), else_=0))


@dataclass(frozen=True)
class Fault:
    """Something in a book that is not as it was sealed."""

    number: int | None
    """The entry, or none when it is a balance or a line without an entry."""
    account: str
    """The account's code when it is a balance; or empty."""
    what: Text


@dataclass(frozen=True)
class Audit:
    """What a reading of a book found."""

    entries: int
    last_hash: str
    faults: tuple[Fault, ...]
    """In the order of the book; the first names the first bad entry."""


def check(book: Book, *, since: int = 1) -> Audit:
    """Read a whole book: numbers, chain, hashes, balance of each entry, and derived balances.

    ``since`` begins at an entry that is not the first: the balances are then not added up again.
    """
    lines = groupby(_lines(book, since), key=lambda row: row.number)
    waiting = next(lines, None)
    faults: list[Fault] = []
    expected, previous = since, _hash_before(book, since)
    entries = 0
    for entry in _entries(book, since):
        entries += 1
        while waiting is not None and waiting[0] < entry.number:
            faults.append(_orphan(waiting[0]))
            waiting = next(lines, None)
        own: tuple[Sealed, ...] = ()
        if waiting is not None and waiting[0] == entry.number:
            own = tuple(Sealed(row.code, row.party, row.amount, row.currency) for row in waiting[1])
            waiting = next(lines, None)
        faults += _faults(entry, own, expected, previous)
        expected, previous = entry.number + 1, entry.hash
    while waiting is not None:
        faults.append(_orphan(waiting[0]))
        waiting = next(lines, None)
    if since == 1:
        faults += _wrong_balances(book)
    return Audit(entries, previous, tuple(faults))


def rebuild_balances(book: Book) -> None:
    """Compute the derived balances of a book again from its lines."""
    known = select(AccountBalance.account_id)
    rows = db.session.execute(_sums(book).where(Posting.account_id.in_(known))).all()
    for row in rows:
        db.session.execute(
            update(AccountBalance)
            .where(AccountBalance.account_id == row.account_id)
            .values(debit=int(row.debit), credit=int(row.credit), number=row.number)
        )
    for row in db.session.execute(_sums(book).where(Posting.account_id.not_in(known))).all():
        db.session.add(
            AccountBalance(
                account_id=row.account_id,
                debit=int(row.debit),
                credit=int(row.credit),
                number=row.number,
            )
        )
    db.session.flush()
    db.session.expire_all()


def _hash_before(book: Book, number: int) -> str:
    if number == 1:
        return BEGINNING
    before = select(Entry.hash).where(Entry.book_id == book.id, Entry.number == number - 1)
    return db.session.scalar(before) or ""


def _entries(book: Book, since: int) -> Iterator[Row[Any]]:
    columns = [*Entry.__table__.columns, Journal.code.label("journal")]
    query: Select[*tuple[Any, ...]] = select(*columns).outerjoin(
        Journal, Journal.id == Entry.journal_id
    )
    query = query.where(Entry.book_id == book.id, Entry.number >= since)
    ordered = query.order_by(Entry.number)
    yield from db.session.execute(ordered.execution_options(yield_per=AT_ONCE))


def _lines(book: Book, since: int) -> Iterator[Row[Any]]:
    query: Select[*tuple[Any, ...]] = (
        select(Posting.number, Account.code, Posting.party, Posting.amount, Posting.currency)
        .outerjoin(Account, Account.id == Posting.account_id)
        .where(Posting.book_id == book.id, Posting.number >= since)
        .order_by(Posting.number, Posting.line)
    )
    yield from db.session.execute(query.execution_options(yield_per=AT_ONCE))


def _orphan(number: int) -> Fault:
    return Fault(number, "", _("Des lignes n’ont pas d’écriture."))


def _faults(
    entry: Row[Any], lines: tuple[Sealed, ...], expected: int, previous: str
) -> Iterator[Fault]:
    if entry.number != expected:
        yield Fault(entry.number, "", _("Il manque une écriture avant celle-ci."))
    if entry.previous != previous:
        yield Fault(entry.number, "", _("Cette écriture ne suit pas celle d’avant."))
    if len(lines) < 2 or sum(each.cents for each in lines) != 0:
        yield Fault(entry.number, "", _("Cette écriture n’est pas équilibrée."))
    fact = Fact(
        entry.journal,
        entry.day,
        entry.label,
        entry.piece,
        entry.piece_day,
        entry.reverses,
        lines,
    )
    digest = seal(
        entry.previous,
        fact,
        book=entry.book_id,
        number=entry.number,
        key=entry.key,
        sealed_at=entry.sealed_at,
    )
    if digest != entry.hash:
        yield Fault(entry.number, "", _("Cette écriture a été changée après coup."))


def _sums(book: Book) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Posting.account_id,
            DEBIT.label("debit"),
            CREDIT.label("credit"),
            func.max(Posting.number).label("number"),
        )
        .where(Posting.book_id == book.id)
        .group_by(Posting.account_id)
    )


def _wrong_balances(book: Book) -> Iterator[Fault]:
    real = {
        row.account_id: (int(row.debit), int(row.credit), row.number)
        for row in db.session.execute(_sums(book))
    }
    derived = {
        row.account_id: (row.debit, row.credit, row.number)
        for row in db.session.execute(
            select(
                AccountBalance.account_id,
                AccountBalance.debit,
                AccountBalance.credit,
                AccountBalance.number,
            )
            .join(Account, Account.id == AccountBalance.account_id)
            .where(Account.book_id == book.id)
        )
    }
    wrong = {each for each in real.keys() | derived.keys() if real.get(each) != derived.get(each)}
    codes = select(Account.code).where(Account.id.in_(wrong)).order_by(Account.code)
    for code in db.session.scalars(codes):
        yield Fault(None, code, _("Le solde de ce compte n’est pas la somme de ses lignes."))
