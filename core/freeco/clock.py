"""The one clock: aware UTC, and a hand to hold it still in tests and in the demo."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_held: list[datetime] = []


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _held[-1] if _held else datetime.now(UTC)


def today(timezone: str = "Europe/Paris") -> date:
    """Return the date on the calendar of a zone (IANA name)."""
    return now().astimezone(ZoneInfo(timezone)).date()


@contextmanager
def held_at(instant: datetime) -> Iterator[None]:
    """Hold the clock at an aware instant, for tests and for the demo."""
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    _held.append(instant.astimezone(UTC))
    try:
        yield
    finally:
        _held.pop()
