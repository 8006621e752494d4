"""Recording: the one public way into the books. Modules say what happened, never which accounts.

What they may know of the books is this file, ``facts``, ``reading``, ``errors``, and ``Book`` and
``Entry`` to hold on to; ``tests/test_architecture.py`` sees to it.
"""

from datetime import date, timedelta

from freeco.accounting import ledger
from freeco.accounting.books import open_book
from freeco.accounting.facts import Fact
from freeco.accounting.models import Book, Entry
from freeco.members.models import Community
from freeco.organisations.models import Organisation


def book_of(organisation: Organisation, community: Community) -> Book:
    """Return the book of an organisation as a community sees it: a rehearsal has its own."""
    return open_book(organisation, rehearsal=community.rehearsal)


def platform_book() -> Book:
    """Return the platform cooperative's own book."""
    return open_book(None)


def record(
    book: Book,
    fact: Fact,
    day: date,
    key: str,
    *,
    piece: str = "",
    piece_day: date | None = None,
) -> Entry:
    """Write a fact into a book and return its entry; the same key again returns the one there is.

    ``day`` is the local day it happened. ``key`` names the fact for ever, ``<what>:<id>:<step>``
    such as ``payment:12:1``: no space, at most 200 characters, and never made of a clock or of
    chance, or what is delivered twice is written twice. ``piece`` is the number of the document
    behind it, in the same form, ``piece_day`` that document's day.

    Nothing is committed, and the book is locked until the caller's transaction ends: what
    happened and what the books say of it stand or fall together. Raises, having written
    nothing: KeyReused (the same key, another content), PeriodClosed, Overdrawn (a cash box, a
    pile of cheques, advances), LinesWithoutEntry; TooFewLines for a fact that comes to nought,
    which is no fact; UnknownAccount, OtherCurrency, TooLarge; ValueError for a key, a piece or a
    party that is not a reference.
    """
    return ledger.post(
        book,
        fact.journal,
        day,
        fact.label,
        fact.lines(),
        key,
        piece=piece,
        piece_day=piece_day,
    )


def take_back(entry: Entry, day: date, key: str = "") -> Entry:
    """Take an entry back by its mirror, and return that one; once.

    For what never happened (a wrong click). What happened and was then undone, such as a cheque
    that bounced, is a fact of its own. ``key`` is ``reverse:<number>`` unless said. Raises
    AlreadyReversed, PeriodClosed, Overdrawn, KeyReused, LinesWithoutEntry.
    """
    return ledger.reverse(entry, day, key)


def open_day(book: Book, day: date) -> date:
    """Return the day, or the first one after a closing: what has happened is written anyway."""
    if book.closed_through is not None and day <= book.closed_through:
        return book.closed_through + timedelta(days=1)
    return day
