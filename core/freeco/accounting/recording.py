"""Recording: the one public way into the books. Modules say what happened, never which accounts."""

from datetime import date

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

    ``day`` is the local day it happened; ``key`` names the fact for ever, such as
    ``payment:12:1``; ``piece`` is the number of the document behind it. Raises what
    ``freeco.accounting.ledger.post`` raises.
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
    """Take an entry back by its mirror, and return that. Raises AlreadyReversed, PeriodClosed."""
    return ledger.reverse(entry, day, key)
