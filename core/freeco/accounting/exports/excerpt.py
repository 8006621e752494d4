"""What every export says, read once: the entries of a period, what stood before, what stands after.

What stood before is summed from the lines before the period. What stands after comes from
``account_balance``, which the guards keep, less what was moved after the period: neither reads
a line of the period itself. A line that is lost, doubled or changed makes the file contradict
itself, and any auditor sees it.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, and_, select

from freeco.accounting.models import Account, AccountBalance, Book, Entry, Journal, Posting
from freeco.accounting.reading import balances, sums_by_account
from freeco.accounting.years import DAY, Year, year_named
from freeco.clock import today
from freeco.db import db

PLATFORM_NAME = "Freeco"
FROM_BALANCES = "la table des soldes, que la base tient à part des lignes"
FROM_BALANCES_LESS_LATER = (
    "la table des soldes, que la base tient à part des lignes, moins les mouvements d’après l’année"
)
IN_ASSETS = ("2", "3", "409", "41", "441", "4456", "4687", "486", "5")
IN_DEBTS = ("16", "419", "4")
RESULTS = ("120", "129")
EMPTIED = "678"
"""The classes that a year's closing empties into its result."""


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A line: an account's code, a reference to whose it is, cents (a debit is positive)."""

    account: str
    party: str
    cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class Written:
    """An entry with its lines, as it was sealed."""

    number: int
    journal: str
    day: date
    label: str
    piece: str
    piece_day: date
    key: str
    reverses: int | None
    sealed_at: datetime
    previous: str
    hash: str
    lines: tuple[WrittenLine, ...]


@dataclass(frozen=True)
class Excerpt:
    """A book over a year, or from its beginning."""

    book: Book
    year: Year | None
    labels: Mapping[str, str]
    """What each account of the book is for, by code."""
    named: frozenset[str]
    """The accounts it has something to say about."""
    journals: Mapping[str, str]
    before: Mapping[tuple[str, str], int]
    """Cents by account and party, of what happened before the year."""
    entries: tuple[Written, ...]
    """In the order of their numbers."""
    after: Mapping[str, int]
    """Cents by account at the end."""
    after_comes_from: str

    @property
    def accounts(self) -> Mapping[str, str]:
        """Labels by code, of the accounts it names, in order."""
        return {code: label for code, label in self.labels.items() if code in self.named}

    @property
    def opening(self) -> Mapping[str, int]:
        """Cents by account, of what happened before the year."""
        found: dict[str, int] = {}
        for (account, _party), cents in self.before.items():
            found[account] = found.get(account, 0) + cents
        return {account: cents for account, cents in found.items() if cents}

    @property
    def by_day(self) -> list[Written]:
        """The entries in the order of their days, as text ledgers want them."""
        return sorted(self.entries, key=lambda each: (each.day, each.number))

    @property
    def first_day(self) -> date:
        """The first day of the file."""
        if self.year is not None:
            return self.year.first_day
        return min((each.day for each in self.entries), default=today())

    @property
    def last_day(self) -> date:
        """The last day of the file."""
        if self.year is not None:
            return self.year.last_day
        return max((each.day for each in self.entries), default=today())

    @property
    def heading(self) -> list[str]:
        """What a file says of itself at its head, in plain lines."""
        span = "depuis le début"
        if self.year is not None:
            span = f"exercice du {self.first_day:%d/%m/%Y} au {self.last_day:%d/%m/%Y}"
        lines = [
            f"Livre n° {self.book.id} : {owner_of(self.book)}, {span}",
            f"Écritures : {len(self.entries)}",
        ]
        if self.entries:
            last = self.entries[-1]
            lines.append(f"Dernière écriture : n° {last.number}")
            lines.append(f"Dernière empreinte : {last.hash}")
        lines.append(f"Soldes de fin : {self.after_comes_from}.")
        return lines


def owner_of(book: Book) -> str:
    """Return the name of the legal entity whose book it is."""
    return book.organisation.name if book.organisation is not None else PLATFORM_NAME


def read(book: Book, name: int | None = None) -> Excerpt:
    """Read a year of a book, by its name, or all of it. Raises YearFixed when there is none."""
    year = year_named(book, name) if name is not None else None
    entries = tuple(_entries(book, year))
    before = balances(book, before=year.first_day) if year is not None else {}
    after, source = _standing(book, year)
    named = {account for account, _party in before} | set(after)
    named |= {line.account for each in entries for line in each.lines}
    labels = select(Account.code, Account.label).where(Account.book_id == book.id)
    journals = select(Journal.code, Journal.label).where(Journal.book_id == book.id)
    return Excerpt(
        book,
        year,
        {row.code: row.label for row in db.session.execute(labels.order_by(Account.code))},
        frozenset(named),
        {row.code: row.label for row in db.session.execute(journals.order_by(Journal.code))},
        {key: amount.cents for key, amount in before.items()},
        entries,
        after,
        source,
    )


def _entries(book: Book, year: Year | None) -> Iterator[Written]:
    headers = select(Entry, Journal.code).join(Journal, Journal.id == Entry.journal_id)
    headers = headers.where(Entry.book_id == book.id).order_by(Entry.number)
    lines: Select[*tuple[Any, ...]] = (
        select(Posting.number, Account.code, Posting.party, Posting.amount, Posting.currency)
        .join(Account, Account.id == Posting.account_id)
        .where(Posting.book_id == book.id)
        .order_by(Posting.number, Posting.line)
    )
    if year is not None:
        within = Entry.day.between(year.first_day, year.last_day)
        headers = headers.where(within)
        lines = lines.join(
            Entry, and_(Entry.book_id == Posting.book_id, Entry.number == Posting.number)
        ).where(within)
    own: dict[int, tuple[WrittenLine, ...]] = {
        number: tuple(WrittenLine(row.code, row.party, row.amount, row.currency) for row in rows)
        for number, rows in groupby(db.session.execute(lines), key=_number)
    }
    for entry, journal in db.session.execute(headers):
        yield Written(
            entry.number,
            journal,
            entry.day,
            entry.label,
            entry.piece,
            entry.piece_day,
            entry.key,
            entry.reverses,
            entry.sealed_at,
            entry.previous,
            entry.hash,
            own.get(entry.number, ()),
        )


def _number(row: Row[Any]) -> int:
    number: int = row.number
    return number


def _standing(book: Book, year: Year | None) -> tuple[dict[str, int], str]:
    rows = db.session.execute(
        select(Account.code, AccountBalance.debit, AccountBalance.credit)
        .join(Account, Account.id == AccountBalance.account_id)
        .where(Account.book_id == book.id)
        .order_by(Account.code)
    )
    after = {row.code: row.debit - row.credit for row in rows}
    later = sums_by_account(book, since=year.last_day + DAY) if year is not None else {}
    for account, amount in later.items():
        after[account] = after.get(account, 0) - amount.cents
    return after, FROM_BALANCES_LESS_LATER if later else FROM_BALANCES


def decimal(cents: int, mark: str = ".") -> str:
    """Write cents as an amount with two decimals, always."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}{mark}{rest:02}"


def nature(code: str) -> str:
    """Say where an account stands in the five families of the text ledgers."""
    if code.startswith(("6", "86")):
        return "charges"
    if code.startswith(("7", "87")):
        return "produits"
    if code.startswith("419"):
        return "passif"
    if code.startswith(IN_ASSETS):
        return "actif"
    return "passif" if code.startswith(IN_DEBTS) else "capitaux"


def plain(words: str) -> str:
    """Write words with letters, digits, spaces and hyphens of ASCII, for names of accounts."""
    bare = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    kept = "".join(each if each.isalnum() or each == "-" else " " for each in bare)
    return " ".join(kept.split())


def one_line(words: str) -> str:
    """Write words without what a table of text would take for the end of a cell."""
    return " ".join(words.replace("|", "/").split())
