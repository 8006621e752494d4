"""What a page shows of a book: a year in plain words, its entries, and whether they hold."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from freeco.accounting.audit import Audit, check
from freeco.accounting.exports import Exported, Format, export
from freeco.accounting.models import Account, Book, Entry
from freeco.accounting.reading import EntryRead, read, sums_by_account
from freeco.accounting.years import Year, closing_key, year_named, year_of
from freeco.clock import now, today
from freeco.db import db
from freeco.errors import Absent
from freeco.i18n import _, money
from freeco.module import Text
from freeco.money import Money, total
from freeco.organisations.models import Organisation
from freeco.web.lists import Page, page_of_query

LINES = 20
VOLUME = re.compile(r" volume de (?P<volume>-?\d+\.\d\d)$")
READ_AGAIN = 200
"""Entries read again each time the page is shown: a view costs the same whatever the book."""


@dataclass(frozen=True)
class Group:
    """Accounts that say one thing together."""

    title: Text
    total: Money
    lines: Sequence[tuple[str, str, Money]]
    """Code, label and amount, positive when it is on its usual side."""


@dataclass(frozen=True)
class Proof:
    """What reading the last entries again has found."""

    audit: Audit
    whole: bool
    """Whether all of the book was read, balances included."""
    at: datetime


@dataclass(frozen=True)
class ShownBook:
    """A year of a book, as people read it."""

    book: Book
    year: Year
    years: Sequence[Year]
    """Those that can be shown, the latest first."""
    came_in: Group
    went_out: Group
    standing: Sequence[Group]
    """What there is on the last day, or today: money, debts, belongings."""
    page: Page[int]
    entries: Sequence[EntryRead]
    proof: Proof

    @property
    def is_left(self) -> Money:
        """What came in less what went out."""
        return self.came_in.total - self.went_out.total

    @property
    def is_calendar(self) -> bool:
        """Whether the year is that of the calendar, which needs no saying."""
        first, last = self.year.first_day, self.year.last_day
        return (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)

    def label_of(self, entry: EntryRead) -> str:
        """Return an entry's label, the amount it ends with as people write it.

        The book itself keeps it with a point, for those who compute a rate again from its files
        (docs/recompute_rate.py).
        """
        found = VOLUME.search(entry.label)
        if found is None:
            return entry.label
        written = found["volume"]
        return entry.label[: found.start("volume")] + money(
            Money(int(written.replace(".", "")), self.book.currency)
        )

    def moved(self, entry: EntryRead) -> Money:
        """Return what an entry moves: the sum of its debits."""
        nothing = Money(0, self.book.currency)
        debits = [each.amount for each in entry.lines if each.amount > nothing]
        return total(debits, self.book.currency)

    @property
    def is_over(self) -> bool:
        """Whether the year has ended."""
        return self.year.last_day < today()


def book_kept(organisation: Organisation | None, *, rehearsal: bool = False) -> Book | None:
    """Return the book of an organisation, or of the platform; none when nothing was written yet."""
    its = organisation.id if organisation is not None else None
    query = select(Book).where(Book.organisation_id.is_not_distinct_from(its))
    return db.session.scalars(query.where(Book.rehearsal == rehearsal)).one_or_none()


def shown_book(book: Book | None, asked: str) -> ShownBook | None:
    """Return a year of a book for a page; none when nothing is written. Raises Absent.

    ``asked`` is the year in the address; the latest one when it is empty.
    """
    years = years_of(book)
    if book is None or not years:
        return None
    year = _chosen(years, asked) if asked else years[0]
    labels = select(Account.code, Account.label).where(Account.book_id == book.id)
    named = {row.code: row.label for row in db.session.execute(labels)}
    moved = _moved(book, year)
    numbers = select(Entry.number).where(
        Entry.book_id == book.id, Entry.day.between(year.first_day, year.last_day)
    )
    page = page_of_query(numbers.order_by(Entry.number.desc()), LINES)
    return ShownBook(
        book,
        year,
        years,
        _group(_("Ce qui est entré"), moved, named, "7", -1),
        _group(_("Ce qui est sorti"), moved, named, "6", 1),
        [each for each in _standing(book, year, named) if each.lines],
        page,
        read(book, page.rows),
        _proof(book),
    )


def years_of(book: Book | None) -> list[Year]:
    """Return the years in which a book says something, the latest first."""
    if book is None:
        return []
    own = Entry.book_id == book.id
    first_day = db.session.scalar(select(func.min(Entry.day)).where(own))
    last_day = db.session.scalar(select(func.max(Entry.day)).where(own))
    if first_day is None or last_day is None:
        return []
    first, last = year_of(book, first_day), year_of(book, last_day)
    return [last] + [year_named(book, name) for name in range(last.name - 1, first.name - 1, -1)]


def _chosen(years: Sequence[Year], asked: str) -> Year:
    found = {str(each.name): each for each in years}
    if asked not in found:
        raise Absent
    return found[asked]


def _moved(book: Book, year: Year) -> dict[str, Money]:
    """Return what the year moved in classes 6 and 7, its closing apart."""
    found = dict(sums_by_account(book, since=year.first_day, through=year.last_day, classes="67"))
    query = select(Entry.number).where(Entry.book_id == book.id)
    closing = db.session.scalars(query.where(Entry.key == closing_key(year.name))).all()
    for entry in read(book, closing):
        for line in entry.lines:
            if line.account[0] in "67":
                before = found.get(line.account, Money(0, book.currency))
                found[line.account] = before - line.amount
    return found


def _standing(book: Book, year: Year, named: Mapping[str, str]) -> list[Group]:
    balances = sums_by_account(book, through=year.last_day, classes="12345")
    owed = {code: each for code, each in balances.items() if code[0] == "4" and each > Money(0)}
    owing = {code: each for code, each in balances.items() if code[0] == "4" and each < Money(0)}
    return [
        _group(_("En banque, en caisse et en chemin"), balances, named, "5", 1),
        _group(_("Ce qu’on lui doit"), owed, named, "4", 1),
        _group(_("Ce qui est à rendre, à payer ou à livrer"), owing, named, "4", -1),
        _group(_("Les biens et les stocks"), balances, named, "23", 1),
        _group(_("Les fonds propres et les emprunts"), balances, named, "1", -1),
    ]


def _group(
    title: Text, balances: Mapping[str, Money], named: Mapping[str, str], classes: str, side: int
) -> Group:
    lines = [
        (code, named[code], amount * side)
        for code, amount in sorted(balances.items())
        if code[0] in classes and amount
    ]
    return Group(title, total([amount for _code, _label, amount in lines]), lines)


def _proof(book: Book) -> Proof:
    last = db.session.scalar(select(func.max(Entry.number)).where(Entry.book_id == book.id)) or 0
    since = max(1, last - READ_AGAIN + 1)
    return Proof(check(book, since=since), since == 1, now())


def exported_year(book: Book | None, form: Format, asked: str) -> Exported:
    """Return a year of a book in a format. Raises Absent when it says nothing of that year."""
    if book is None:
        raise Absent
    return export(book, form, _chosen(years_of(book), asked).name)
