"""Statements of a period, read in the books: what was promised, paid, delivered, refunded, due.

For a table (a household), one account a producer; for a producer, one line a customer. Nothing
is kept: the books are, and the same period read again says the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from freeco.accounting import reading
from freeco.accounting.models import Book
from freeco.accounting.reading import EntryRead
from freeco.db import db
from freeco.documents.models import Document
from freeco.members.models import Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments.models import Payment
from freeco.payments.own import parties_of

CUSTOMER, ADVANCE, SALES = "411", "4191", "VE"
ALL = 1_000_000
NOTHING = Money(0)


@dataclass(frozen=True)
class Moved:
    """What one entry, or a period, did between two parties."""

    promised: Money = NOTHING
    """Engaged for a season or sold, credit notes taken off."""
    paid: Money = NOTHING
    returned: Money = NOTHING
    """Given back, or come back unpaid."""
    delivered: Money = NOTHING

    @property
    def owed(self) -> Money:
        """What it adds to what is due."""
        return self.promised - self.paid + self.returned

    def __add__(self, other: "Moved") -> "Moved":
        return Moved(
            self.promised + other.promised,
            self.paid + other.paid,
            self.returned + other.returned,
            self.delivered + other.delivered,
        )


@dataclass(frozen=True)
class StatementLine:
    """A line of a statement."""

    day: date
    label: str
    piece: str
    moved: Moved
    balance: Money
    """What is due after it; below nought when paid in advance."""


@dataclass(frozen=True)
class AccountStatement:
    """What happened between one organisation and one table in a period."""

    organisation: Organisation
    opening: Money
    lines: Sequence[StatementLine]
    sums: Moved

    @property
    def balance(self) -> Money:
        """What is due at the end."""
        return self.opening + self.sums.owed


@dataclass(frozen=True)
class CustomerStatement:
    """What happened between a producer and one customer in a period."""

    party: str
    opening: Money
    sums: Moved

    @property
    def balance(self) -> Money:
        """What is due at the end."""
        return self.opening + self.sums.owed


def own_statement(member: Member, since: date, through: date) -> list[AccountStatement]:
    """Return the accounts of a member's table with each organisation, those that moved or owe."""
    parties = parties_of(member)
    found = []
    for book in _books_with(member, parties):
        entries = [each for party in parties for each in _entries(book, party, through)]
        entries.sort(key=lambda each: (each.day, each.number))
        if book.organisation is not None:
            account = _account(book.organisation, parties, entries, since)
            if account.lines or account.opening:
                found.append(account)
    return found


def customer_statements(book: Book, since: date, through: date) -> list[CustomerStatement]:
    """Return what each customer of a book was promised, paid and got, and what is due."""
    found: dict[str, CustomerStatement] = {}
    for entry in _entries(book, "", through):
        for party in {each.party for each in entry.lines if each.party}:
            moved = moved_by(entry, [party])
            if moved == Moved():
                continue
            before = found.get(party) or CustomerStatement(party, NOTHING, Moved())
            if entry.day < since:
                found[party] = replace(before, opening=before.opening + moved.owed)
            else:
                found[party] = replace(before, sums=before.sums + moved)
    return [each for each in found.values() if each.sums != Moved() or each.opening]


def moved_by(entry: EntryRead, parties: Iterable[str]) -> Moved:
    """Return what an entry did for these parties, in words of trade rather than of accounts."""
    owed = _sum(entry, CUSTOMER, parties)
    advanced = _sum(entry, ADVANCE, parties)
    if owed is None and advanced is None:
        return Moved()
    if entry.journal == SALES:
        if owed is None:
            return Moved(delivered=advanced or NOTHING)
        return Moved(promised=owed, delivered=owed if advanced is None else NOTHING)
    if owed is None:
        return Moved()
    return Moved(paid=-owed) if owed < NOTHING else Moved(returned=owed)


def _sum(entry: EntryRead, code: str, parties: Iterable[str]) -> Money | None:
    wanted = set(parties)
    found = [
        each.amount
        for each in entry.lines
        if each.account.startswith(code) and each.party in wanted
    ]
    return sum(found[1:], found[0]) if found else None


def _entries(book: Book, party: str, through: date) -> Iterator[EntryRead]:
    found, _many = reading.entries(book, through=through, party=party, size=ALL)
    return reversed(found)


def _account(
    whose: Organisation, parties: Sequence[str], entries: Iterable[EntryRead], since: date
) -> AccountStatement:
    opening, balance, sums, lines = NOTHING, NOTHING, Moved(), []
    for entry in entries:
        moved = moved_by(entry, parties)
        balance += moved.owed
        if entry.day < since:
            opening = balance
        elif moved != Moved():
            sums += moved
            lines.append(StatementLine(entry.day, entry.label, entry.piece, moved, balance))
    return AccountStatement(whose, opening, lines, sums)


def _books_with(member: Member, parties: Sequence[str]) -> list[Book]:
    """Return the books of the organisations that these parties have paid or been invoiced by."""
    here = member.community
    paid = select(Payment.beneficiary_id).where(
        Payment.community_id == here.id, Payment.payer.in_(parties)
    )
    invoiced = (
        select(Book.organisation_id)
        .join(Document, Document.book_id == Book.id)
        .where(Document.party.in_(parties), Document.community_id == here.id)
    )
    return list(
        db.session.scalars(
            select(Book)
            .where(
                Book.organisation_id.in_(paid.union(invoiced)),
                Book.rehearsal == here.rehearsal,
            )
            .order_by(Book.id)
        )
    )
