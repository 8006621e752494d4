"""Financial years: the calendar's unless a book says otherwise, closed one after the other.

A year is named by the calendar year of its last day. The ledger is continuous: what stands in
classes 1 to 5 simply carries on, so that no opening entry is ever written (journal AN stays
empty; one would count everything twice). Whoever needs opening balances derives them: the sum of
all lines before the first day, by account and party (``reading.balances(book, before=…)``);
classes 6 and 7 add up to nought there, as each closing emptied them.

Closing writes one entry: journal OD, dated the last day, key ``year:<name>:closing``
(``closing_key``; ``BookYear.closing_id`` names it too). It empties classes 6 and 7 into 120 or
129, and class 8 against itself. A FEC leaves that entry out, as LPF art. A47 A-1 wants it.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from freeco.accounting import audit, books, recording
from freeco.accounting.errors import (
    BookUnsound,
    EarlierYearOpen,
    NothingToAllocate,
    YearFixed,
    YearNotOver,
)
from freeco.accounting.facts.results import (
    CARRIED_DEFICIT,
    CARRIED_SURPLUS,
    DEFICIT,
    SURPLUS,
    DeficitCarried,
    ResultAllocated,
    YearClosed,
    least_reserve,
)
from freeco.accounting.models import Book, BookYear, Entry
from freeco.accounting.reading import balance_under, sums_by_account
from freeco.clock import now, today
from freeco.db import db, lock
from freeco.money import Money

DAY = timedelta(days=1)
LONGEST = 24
"""Months: a first year may last until the end of the calendar year after it began (CGI art. 37)."""
CLEARING = ("5112", "5115", "5116", "58", "471", SURPLUS, DEFICIT)
"""What should be empty, or explained, when a year closes; 120 and 129 hold an earlier result."""


@dataclass(frozen=True)
class Year:
    """A financial year of a book, written down or not."""

    first_day: date
    last_day: date
    closed: bool = False

    @property
    def name(self) -> int:
        """The calendar year of its last day."""
        return self.last_day.year


@dataclass(frozen=True)
class Closed:
    """A year that is closed, and what somebody should look at."""

    year: Year
    entry: Entry | None
    """The closing entry; none when classes 6 to 8 were empty."""
    unexplained: tuple[tuple[str, Money], ...]
    """Clearing accounts that were not empty on the last day, debits minus credits."""


def closing_key(name: int) -> str:
    """Return the key of a year's closing entry."""
    return f"year:{name}:closing"


def say_year(book: Book, first_day: date, last_day: date) -> Year:
    """Set the days of a year, those after it lasting twelve months. Raises YearFixed."""
    lock(book)
    after = last_day + DAY
    months = (after.year - first_day.year) * 12 + after.month - first_day.month
    rows = _rows(book)
    known = [each for each in rows if each.closed_at is not None]
    if (
        after.day != 1
        or first_day >= last_day
        or months > LONGEST
        or (known and known[-1].last_day + DAY != first_day)
        or (known and known[-1].last_day.year == last_day.year)
    ):
        raise YearFixed
    for each in rows[len(known) :]:
        db.session.delete(each)
    db.session.flush()
    db.session.add(BookYear(book_id=book.id, first_day=first_day, last_day=last_day))
    db.session.flush()
    return Year(first_day, last_day)


def year_of(book: Book, day: date) -> Year:
    """Return the year in which a day stands; it writes nothing."""
    rows = _rows(book)
    if not rows:
        return Year(date(day.year, 1, 1), date(day.year, 12, 31))
    for each in rows:
        if each.first_day <= day <= each.last_day:
            return Year(each.first_day, each.last_day, each.closed_at is not None)
    if day < rows[0].first_day:
        year = _before(Year(rows[0].first_day, rows[0].last_day))
        while day < year.first_day:
            year = _before(year)
        return year
    year = _after(rows[-1].last_day)
    while day > year.last_day:
        year = _after(year.last_day)
    return year


def year_named(book: Book, name: int) -> Year:
    """Return the year whose last day is in a calendar year. Raises YearFixed when none is."""
    for day in (date(name, 12, 31), date(name, 1, 1)):
        found = year_of(book, day)
        if found.name == name:
            return found
    raise YearFixed


def close_year(book: Book, name: int) -> Closed:
    """Close a year: empty its profit and loss, and take no entry in it any more; once.

    Raises YearNotOver, EarlierYearOpen, BookUnsound, PeriodClosed when the period was closed by
    hand to its last day.
    """
    lock(book)
    year = year_named(book, name)
    if year.closed:
        return Closed(year, _closing(book, name), _unexplained(book, year))
    if today() <= year.last_day:
        raise YearNotOver
    _refuse_gap(book, year)
    if audit.check(book).faults:
        raise BookUnsound
    unexplained = _unexplained(book, year)
    entry = _empty(book, year)
    row = db.session.scalars(
        select(BookYear).where(BookYear.book_id == book.id, BookYear.first_day == year.first_day)
    ).one_or_none()
    if row is None:
        row = BookYear(book_id=book.id, first_day=year.first_day, last_day=year.last_day)
        db.session.add(row)
    row.closed_at = now()
    row.closing_id = entry.id if entry is not None else None
    books.close(book, year.last_day)
    return Closed(Year(year.first_day, year.last_day, closed=True), entry, unexplained)


def allocate(
    book: Book, name: int, day: date, *, refunds: tuple[tuple[str, Money], ...] = ()
) -> Entry:
    """Write what the assembly voted on a closed year's result: once.

    A surplus first makes good the deficits carried, then the reserve of a cooperative takes its
    share (``least_reserve``), then ``refunds`` go to members; the rest is carried. Raises
    NothingToAllocate, PeriodClosed.
    """
    lock(book)
    found = db.session.scalars(
        select(Entry).where(Entry.book_id == book.id, Entry.key == f"year:{name}:allocation")
    ).one_or_none()
    if found is not None:
        return found
    closing = _closing(book, name)
    if closing is None:
        raise NothingToAllocate
    fact = _allocation(book, refunds)
    return recording.record(book, fact, day, f"year:{name}:allocation", piece=closing.key)


def _allocation(
    book: Book, refunds: tuple[tuple[str, Money], ...]
) -> ResultAllocated | DeficitCarried:
    def stands(code: str) -> Money:
        """Return what an account in credit holds."""
        return max(Money(0), -balance_under(book, code))

    surplus, deficit = stands(SURPLUS), max(Money(0), balance_under(book, DEFICIT))
    if deficit and not refunds:
        return DeficitCarried(deficit, min(deficit, stands(CARRIED_SURPLUS)))
    if not surplus:
        raise NothingToAllocate
    carried = max(Money(0), balance_under(book, CARRIED_DEFICIT))
    reserve = least_reserve(surplus, carried, stands("1013"), stands("106"))
    try:
        return ResultAllocated(surplus, min(surplus, carried), reserve, refunds)
    except ValueError as error:
        raise NothingToAllocate from error


def _rows(book: Book) -> list[BookYear]:
    query = select(BookYear).where(BookYear.book_id == book.id).order_by(BookYear.first_day)
    return list(db.session.scalars(query))


def _after(last_day: date) -> Year:
    first = last_day + DAY
    return Year(first, first.replace(year=first.year + 1) - DAY)


def _before(year: Year) -> Year:
    first = year.first_day
    month_end = calendar.monthrange(first.year - 1, first.month)[1]
    return Year(first.replace(year=first.year - 1, day=min(first.day, month_end)), first - DAY)


def _refuse_gap(book: Book, year: Year) -> None:
    """Refuse to close while an earlier year with entries is open."""
    first = db.session.scalar(select(func.min(Entry.day)).where(Entry.book_id == book.id))
    if first is None or first >= year.first_day:
        return
    if not year_of(book, year.first_day - DAY).closed:
        raise EarlierYearOpen


def _empty(book: Book, year: Year) -> Entry | None:
    balances = sums_by_account(book, through=year.last_day, classes="678")
    given = {code: each for code, each in balances.items() if code[0] == "8"}
    if sum(each.cents for each in given.values()):
        # Gifts in kind have no effect on the result: what does not balance is left to be seen.
        balances = {code: each for code, each in balances.items() if code not in given}
    if not balances:
        return None
    fact = YearClosed(year.name, balances)
    return recording.record(book, fact, year.last_day, closing_key(year.name))


def _closing(book: Book, name: int) -> Entry | None:
    return db.session.scalars(
        select(Entry).where(Entry.book_id == book.id, Entry.key == closing_key(name))
    ).one_or_none()


def _unexplained(book: Book, year: Year) -> tuple[tuple[str, Money], ...]:
    """Return the clearing accounts that are not empty, leaving the closing itself out."""
    found = []
    for code in CLEARING:
        closing = closing_key(year.name)
        amount = balance_under(book, code, through=year.last_day, leaving_out=closing)
        if amount:
            found.append((code, amount))
    return tuple(found)
