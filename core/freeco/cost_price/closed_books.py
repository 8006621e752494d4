"""Days that an organisation's book still takes."""

from datetime import date, timedelta

from freeco.accounting.models import Book


def day_open(book: Book, day: date) -> date:
    """Return a day, or the first that the book still takes: it may close before the platform."""
    if book.closed_through is None or day > book.closed_through:
        return day
    return book.closed_through + timedelta(days=1)
