"""Posting: the one way into the books.

Lines first, then the header that seals them: number, chain, balance, period and guards are
checked again by the database. A correction is a reversal and a new entry.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BindParameter, bindparam, func, insert, or_, select

from freeco.accounting.chain import BEGINNING, Fact, Sealed, seal
from freeco.accounting.errors import (
    AlreadyReversed,
    KeyReused,
    LinesWithoutEntry,
    NotWholeCents,
    OtherCurrency,
    Overdrawn,
    PeriodClosed,
    TooFewLines,
    TooLarge,
    Unbalanced,
    UnknownAccount,
    UnknownJournal,
)
from freeco.accounting.models import Account, AccountBalance, Book, Entry, Journal, Posting
from freeco.clock import now
from freeco.db import db, lock
from freeco.money import Money

LARGEST = 10**15
"""Cents of one line; the database refuses more."""
LABEL = re.compile(r"[^\s@](?:[^\n\r\t@]{0,118}[^\s@])?")
KEY = re.compile(r"[^\s@]{1,200}")
PARTY = re.compile(r"(?:[a-z_]+:[a-z_]+:[0-9]+)?")
REVERSAL = "Annulation de l’écriture n° {number}"
# Built once: putting a query together takes longer than SQLite takes to answer it.
OF_THIS_BOOK: BindParameter[int] = bindparam("book")
LAST_ENTRY = select(func.max(Entry.number)).where(Entry.book_id == OF_THIS_BOOK).scalar_subquery()
LAST_LINE = (
    select(func.max(Posting.number)).where(Posting.book_id == OF_THIS_BOOK).scalar_subquery()
)
STANDING = select(Entry, LAST_ENTRY.label("last"), LAST_LINE.label("lines")).where(
    Entry.book_id == OF_THIS_BOOK,
    or_(Entry.key == bindparam("key"), Entry.number == LAST_ENTRY),
)
PLACES = (
    select(
        Account.id,
        Account.code,
        Account.guard,
        AccountBalance.debit,
        AccountBalance.credit,
        select(Journal.id)
        .where(Journal.book_id == OF_THIS_BOOK, Journal.code == bindparam("journal"))
        .scalar_subquery()
        .label("journal_id"),
    )
    .outerjoin(AccountBalance, AccountBalance.account_id == Account.id)
    .where(Account.book_id == OF_THIS_BOOK, Account.code.in_(bindparam("codes", expanding=True)))
)


@dataclass(frozen=True)
class Line:
    """A line to post: an account's code, an amount (a debit is positive), whose it is."""

    account: str
    amount: Money
    party: str = ""
    """A reference, ``module:kind:id``; never a name."""


def debit(account: str, amount: Money, party: str = "") -> Line:
    """Return a line on the debit side."""
    return Line(account, amount, party)


def credit(account: str, amount: Money, party: str = "") -> Line:
    """Return a line on the credit side."""
    return Line(account, -amount, party)


def post(
    book: Book,
    journal: str,
    day: date,
    label: str,
    lines: Iterable[Line],
    key: str,
    *,
    piece: str = "",
    piece_day: date | None = None,
) -> Entry:
    """Post an entry and return it; the same key with the same content returns the one there is.

    ``label`` is a sentence of ours with references, never a name; ``piece`` is the document's
    number (the key unless said). Raises NotWholeCents, OtherCurrency, TooFewLines, TooLarge,
    Unbalanced, UnknownAccount, UnknownJournal, PeriodClosed, Overdrawn, KeyReused,
    LinesWithoutEntry; ValueError for a label, a key or a party that is not a reference.
    """
    sealed = _checked(book, lines)
    fact = Fact(journal, day, label, piece or key, piece_day or day, None, sealed)
    return _post(book, fact, key)


def reverse(entry: Entry, day: date, key: str = "") -> Entry:
    """Take an entry back by one that mirrors it, and return that one.

    Raises AlreadyReversed, PeriodClosed, Overdrawn, KeyReused.
    """
    book = db.session.get_one(Book, entry.book_id)
    lines = tuple(
        Sealed(each.account, each.party, -each.cents, each.currency) for each in lines_of(entry)
    )
    fact = Fact(
        journal=db.session.get_one(Journal, entry.journal_id).code,
        day=day,
        label=REVERSAL.format(number=entry.number),
        piece=entry.piece,
        piece_day=entry.piece_day,
        reverses=entry.number,
        lines=lines,
    )
    return _post(book, fact, key or f"reverse:{entry.number}")


def lines_of(entry: Entry) -> tuple[Sealed, ...]:
    """Return the lines of an entry, in order."""
    rows = db.session.execute(
        select(Account.code, Posting.party, Posting.amount, Posting.currency)
        .join(Account, Account.id == Posting.account_id)
        .where(Posting.book_id == entry.book_id, Posting.number == entry.number)
        .order_by(Posting.line)
    )
    return tuple(Sealed(*row) for row in rows)


def balance(book: Book, account: str) -> Money:
    """Return debits minus credits of an account, sub-accounts apart. Raises UnknownAccount."""
    row = db.session.execute(
        select(Account.id, AccountBalance.debit, AccountBalance.credit)
        .outerjoin(AccountBalance, AccountBalance.account_id == Account.id)
        .where(Account.book_id == book.id, Account.code == account)
    ).one_or_none()
    if row is None:
        raise UnknownAccount
    return Money((row.debit or 0) - (row.credit or 0), book.currency)


def _checked(book: Book, lines: Iterable[Line]) -> tuple[Sealed, ...]:
    """Refuse lines that the book cannot take, whatever stands in it."""
    found = []
    for each in lines:
        if not isinstance(each.amount, Money):
            raise NotWholeCents
        if each.amount.currency != book.currency:
            raise OtherCurrency
        if abs(each.amount.cents) > LARGEST:
            raise TooLarge
        if not PARTY.fullmatch(each.party):
            raise ValueError(f"a party is a reference, not {each.party!r}")
        found.append(Sealed(each.account, each.party, each.amount.cents, each.amount.currency))
    if len(found) < 2 or not all(each.cents for each in found):
        raise TooFewLines
    if sum(each.cents for each in found):
        raise Unbalanced
    return tuple(found)


def _post(book: Book, fact: Fact, key: str) -> Entry:
    for words, pattern in ((fact.label, LABEL), (key, KEY), (fact.piece, KEY)):
        if not pattern.fullmatch(words):
            raise ValueError(f"not a reference: {words!r}")
    lock(book)
    found, last = _standing(book, key)
    if found is not None:
        if _fact_of(found) != fact:
            raise KeyReused
        return found
    journal_id, accounts = _places(book, fact)
    _refuse_late(book, fact)
    _refuse_overdraft(accounts, fact.lines)
    return _sealed(book, fact, key, journal_id, accounts, last)


def _standing(book: Book, key: str) -> tuple[Entry | None, Entry | None]:
    """Return the entry of a key and the last entry, either of which there may be none."""
    rows = db.session.execute(STANDING, {"book": book.id, "key": key}).all()
    found = next((row.Entry for row in rows if row.Entry.key == key), None)
    last = next((row.Entry for row in rows if row.Entry.number == row.last), None)
    if any((row.lines or 0) > row.last for row in rows):
        raise LinesWithoutEntry
    if last is None and db.session.scalar(select(LAST_LINE), {"book": book.id}):
        raise LinesWithoutEntry
    return found, last


def _fact_of(entry: Entry) -> Fact:
    return Fact(
        db.session.get_one(Journal, entry.journal_id).code,
        entry.day,
        entry.label,
        entry.piece,
        entry.piece_day,
        entry.reverses,
        lines_of(entry),
    )


@dataclass(frozen=True)
class _Place:
    """An account as it stands before an entry."""

    id: int
    guard: int
    balance: int


def _places(book: Book, fact: Fact) -> tuple[int, Mapping[str, _Place]]:
    """Return the journal's number, and the accounts by their codes, as they stand."""
    codes = {each.account for each in fact.lines}
    asked = {"book": book.id, "journal": fact.journal, "codes": sorted(codes)}
    rows = db.session.execute(PLACES, asked).all()
    if len(rows) < len(codes):
        raise UnknownAccount
    if rows[0].journal_id is None:
        raise UnknownJournal
    found = {
        each.code: _Place(each.id, each.guard, (each.debit or 0) - (each.credit or 0))
        for each in rows
    }
    return rows[0].journal_id, found


def _refuse_late(book: Book, fact: Fact) -> None:
    if book.closed_through is not None and fact.day <= book.closed_through:
        raise PeriodClosed
    if fact.reverses is not None:
        other = select(Entry.id).where(Entry.book_id == book.id, Entry.reverses == fact.reverses)
        if db.session.scalar(other) is not None:
            raise AlreadyReversed


def _refuse_overdraft(accounts: Mapping[str, _Place], lines: Sequence[Sealed]) -> None:
    for code, account in accounts.items():
        moved = sum(each.cents for each in lines if each.account == code)
        if (account.balance + moved) * account.guard < 0:
            raise Overdrawn


def _sealed(
    book: Book,
    fact: Fact,
    key: str,
    journal_id: int,
    accounts: Mapping[str, _Place],
    last: Entry | None,
) -> Entry:
    number, previous = (last.number + 1, last.hash) if last else (1, BEGINNING)
    sealed_at = now()
    digest = seal(previous, fact, book=book.id, number=number, key=key, sealed_at=sealed_at)
    # The lines go first, by hand: the unit of work would write their header before them.
    db.session.execute(
        insert(Posting),
        [
            {
                "book_id": book.id,
                "number": number,
                "line": line,
                "account_id": accounts[each.account].id,
                "party": each.party,
                "amount": each.cents,
                "currency": each.currency,
            }
            for line, each in enumerate(fact.lines, start=1)
        ],
    )
    entry = Entry(
        book_id=book.id,
        number=number,
        journal_id=journal_id,
        day=fact.day,
        label=fact.label,
        piece=fact.piece,
        piece_day=fact.piece_day,
        key=key,
        reverses=fact.reverses,
        sealed_at=sealed_at,
        previous=previous,
        hash=digest,
    )
    db.session.add(entry)
    db.session.flush()
    return entry
