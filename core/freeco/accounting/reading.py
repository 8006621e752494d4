"""Reading the books: balances, parties and entries, for pages, exports and modules.

Nobody outside ``freeco.accounting`` queries its tables: what a page needs is asked here.
Amounts are debits minus credits: what a customer owes is positive, what we owe is negative.
Reversals are entries like others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from freeco.accounting.chain import BEGINNING
from freeco.accounting.models import (
    Account,
    AccountBalance,
    Book,
    BookYear,
    Entry,
    Journal,
    Posting,
)
from freeco.db import db
from freeco.money import Money

PAGE = 50


@dataclass(frozen=True)
class EntryLine:
    """A line as it is read."""

    account: str
    label: str
    """What the account is for."""
    party: str
    amount: Money


@dataclass(frozen=True)
class EntryRead:
    """An entry with its lines."""

    number: int
    journal: str
    day: date
    label: str
    piece: str
    piece_day: date
    key: str
    reverses: int | None
    hash: str
    lines: tuple[EntryLine, ...]


@dataclass(frozen=True)
class PartyBalance:
    """What stands between an entity and one party in one account."""

    party: str
    amount: Money


def balance_under(
    book: Book, code: str, *, through: date | None = None, leaving_out: str = ""
) -> Money:
    """Return what stands in an account and its sub-accounts, to a day included.

    Without a day it reads the derived balances, which is quick. ``leaving_out`` is the key of an
    entry that is not counted.
    """
    if through is None and not leaving_out:
        total = func.coalesce(func.sum(AccountBalance.debit - AccountBalance.credit), 0)
        query = select(total).join(Account, Account.id == AccountBalance.account_id)
    else:
        query = _posted(select(func.coalesce(func.sum(Posting.amount), 0)), through)
        if leaving_out:
            query = query.where(Entry.key != leaving_out)
    found = db.session.scalar(query.where(Account.book_id == book.id, _under(code)))
    return Money(int(found or 0), book.currency)


def sums_by_account(
    book: Book, *, through: date | None = None, since: date | None = None, classes: str = ""
) -> Mapping[str, Money]:
    """Return what stands in each account that is not empty, by code, between days included.

    ``classes`` keeps accounts whose code begins with one of its digits.
    """
    query = _posted(select(Account.code, func.sum(Posting.amount).label("amount")), through, since)
    query = query.where(Account.book_id == book.id).group_by(Account.code).order_by(Account.code)
    if classes:
        query = query.where(func.substr(Account.code, 1, 1).in_(list(classes)))
    return {
        row.code: Money(int(row.amount), book.currency)
        for row in db.session.execute(query.having(func.sum(Posting.amount) != 0))
    }


def balances(book: Book, *, before: date) -> Mapping[tuple[str, str], Money]:
    """Return what stands before a day by account and party, as an opening says it (journal AN).

    Empty ones apart. Classes 6 to 8 are in it when an earlier year is not closed.
    """
    query = _posted(select(Account.code, Posting.party, func.sum(Posting.amount).label("amount")))
    query = query.where(Account.book_id == book.id, Entry.day < before)
    query = query.group_by(Account.code, Posting.party).order_by(Account.code, Posting.party)
    return {
        (row.code, row.party): Money(int(row.amount), book.currency)
        for row in db.session.execute(query.having(func.sum(Posting.amount) != 0))
    }


def party_balance(book: Book, code: str, party: str) -> Money:
    """Return what stands in an account and its sub-accounts for one party."""
    query = _posted(select(func.coalesce(func.sum(Posting.amount), 0)))
    query = query.where(Account.book_id == book.id, _under(code), Posting.party == party)
    return Money(int(db.session.scalar(query) or 0), book.currency)


def party_balances(
    book: Book, code: str, *, page: int = 1, size: int = PAGE
) -> tuple[Sequence[PartyBalance], int]:
    """Return a page of what stands for each party in an account, and how many there are.

    The largest first, whichever side; those at nought are left out.
    """
    amount = func.sum(Posting.amount)
    query = _posted(select(Posting.party, amount.label("amount")))
    query = query.where(Account.book_id == book.id, _under(code)).group_by(Posting.party)
    query = query.having(amount != 0)
    many = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(func.abs(amount).desc(), Posting.party)
    rows = db.session.execute(ordered.offset((page - 1) * size).limit(size))
    found = [PartyBalance(row.party, Money(int(row.amount), book.currency)) for row in rows]
    return found, many


def entries(
    book: Book,
    *,
    since: date | None = None,
    through: date | None = None,
    party: str = "",
    account: str = "",
    page: int = 1,
    size: int = PAGE,
) -> tuple[Sequence[EntryRead], int]:
    """Return a page of the entries of a book, and how many there are, the latest number first.

    Between days included; ``party`` and ``account`` (with its sub-accounts) keep the entries
    that have a line of theirs, shown whole.
    """
    query = select(Entry.number).where(Entry.book_id == book.id)
    if since is not None:
        query = query.where(Entry.day >= since)
    if through is not None:
        query = query.where(Entry.day <= through)
    if party or account:
        theirs = select(Posting.number).where(Posting.book_id == book.id)
        if party:
            theirs = theirs.where(Posting.party == party)
        if account:
            theirs = theirs.join(Account, Account.id == Posting.account_id).where(_under(account))
        query = query.where(Entry.number.in_(theirs))
    many = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Entry.number.desc()).offset((page - 1) * size).limit(size)
    return read(book, list(db.session.scalars(ordered))), many


def read(book: Book, numbers: Sequence[int]) -> Sequence[EntryRead]:
    """Return entries by their numbers, with their lines, in the order asked for."""
    lines: dict[int, list[EntryLine]] = {}
    for row in db.session.execute(
        select(Posting.number, Account.code, Account.label, Posting.party, Posting.amount)
        .join(Account, Account.id == Posting.account_id)
        .where(Posting.book_id == book.id, Posting.number.in_(numbers))
        .order_by(Posting.number, Posting.line)
    ):
        amount = Money(row.amount, book.currency)
        lines.setdefault(row.number, []).append(EntryLine(row.code, row.label, row.party, amount))
    found = {}
    for entry, journal in db.session.execute(
        select(Entry, Journal.code)
        .join(Journal, Journal.id == Entry.journal_id)
        .where(Entry.book_id == book.id, Entry.number.in_(numbers))
    ):
        found[entry.number] = EntryRead(
            entry.number,
            journal,
            entry.day,
            entry.label,
            entry.piece,
            entry.piece_day,
            entry.key,
            entry.reverses,
            entry.hash,
            tuple(lines.get(entry.number, ())),
        )
    return [found[each] for each in numbers if each in found]


def moved(entry: Entry, code: str) -> Money:
    """Return what an entry did to an account and its sub-accounts."""
    query = select(Posting.amount, Posting.currency).join(Account, Account.id == Posting.account_id)
    lines = query.where(Posting.book_id == entry.book_id, Posting.number == entry.number)
    rows = db.session.execute(lines.where(_under(code))).all()
    return Money(sum(row.amount for row in rows), *{row.currency for row in rows})


def accounts_of(book: Book, number: int) -> Sequence[str]:
    """Return the codes of the accounts that an entry moves, in the order of its lines."""
    query = select(Account.code).join(Posting, Posting.account_id == Account.id)
    query = query.where(Posting.book_id == book.id, Posting.number == number)
    return tuple(dict.fromkeys(db.session.scalars(query.order_by(Posting.line))))


def open_items(book: Book, code: str, party: str) -> Sequence[tuple[EntryRead, Money]]:
    """Return what is still open for a party in an account: each entry, and what is left of it.

    What one side holds is taken from the oldest entries of the other first (C. civ.
    art. 1342-10), so that the amounts add up to ``party_balance``.
    """
    query = _posted(select(Entry.number, func.sum(Posting.amount).label("amount")))
    query = query.where(Account.book_id == book.id, _under(code), Posting.party == party)
    grouped = query.group_by(Entry.number, Entry.day).order_by(Entry.day, Entry.number)
    rows = [(row.number, int(row.amount)) for row in db.session.execute(grouped) if row.amount]
    left = sum(cents for _number, cents in rows)
    sign = 1 if left > 0 else -1
    against = -sum(cents for _number, cents in rows if cents * sign < 0) * sign
    found: list[tuple[int, Money]] = []
    for number, cents in rows:
        if cents * sign <= 0:
            continue
        settled = min(against, abs(cents))
        against -= settled
        if abs(cents) > settled:
            found.append((number, Money(sign * (abs(cents) - settled), book.currency)))
    whole = {each.number: each for each in read(book, [number for number, _left in found])}
    return [(whole[number], amount) for number, amount in found]


def head(book: Book) -> tuple[int, str]:
    """Return how many entries a book has, and the hash of the last, which fixes all before it."""
    query = select(Entry.number, Entry.hash).where(Entry.book_id == book.id)
    found = db.session.execute(query.order_by(Entry.number.desc()).limit(1)).first()
    return (found.number, found.hash) if found is not None else (0, BEGINNING)


def closed_years(book: Book) -> Sequence[int]:
    """Return the names of the years of a book that are closed, the first one first."""
    closed = select(BookYear.last_day).where(
        BookYear.book_id == book.id, BookYear.closed_at.is_not(None)
    )
    return [day.year for day in db.session.scalars(closed.order_by(BookYear.last_day))]


def _under(code: str) -> ColumnElement[bool]:
    return func.substr(Account.code, 1, len(code)) == code


def _posted(
    query: Select[*tuple[Any, ...]], through: date | None = None, since: date | None = None
) -> Select[*tuple[Any, ...]]:
    """Join lines with their entries and accounts, between days."""
    query = (
        query.select_from(Posting)
        .join(Account, Account.id == Posting.account_id)
        .join(Entry, (Entry.book_id == Posting.book_id) & (Entry.number == Posting.number))
    )
    if through is not None:
        query = query.where(Entry.day <= through)
    if since is not None:
        query = query.where(Entry.day >= since)
    return query
