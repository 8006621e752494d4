"""Limits on what can be guessed or repeated, the same for every process: a row per window.

The count is written in the caller's transaction, because SQLite has one writer: a second
connection would wait for the first. A count must outlive the refusal it leads to, so **the
page that catches a refusal of ``accounts.sign_in`` commits before showing it**; these
services write nothing else before refusing.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, text

from freeco.clock import now
from freeco.db import UtcDateTime, db
from freeco.errors import TooMany
from freeco.signing import drawn

# The same sentence in both engines: one statement counts, whoever else is counting.
COUNT = text(
    "INSERT INTO attempt (subject, window_start, count) VALUES (:subject, :window_start, 1) "
    "ON CONFLICT (subject, window_start) DO UPDATE SET count = attempt.count + 1 "
    "RETURNING count"
).bindparams(bindparam("window_start", type_=UtcDateTime()))


def bound(subject: str, limit: int, minutes: int) -> None:
    """Count an attempt at the subject, such as ``sign-in:marie@example.org``.

    Raises TooMany from the attempt after ``limit`` in a window of ``minutes``.
    """
    count = db.session.scalar(
        COUNT, {"subject": _hidden(subject), "window_start": _window(minutes)}
    )
    if count is None or count > limit:
        raise TooMany


def _window(minutes: int) -> datetime:
    length = timedelta(minutes=minutes)
    beginning = datetime(1970, 1, 1, tzinfo=UTC)
    return beginning + (now() - beginning) // length * length


def _hidden(subject: str) -> str:
    """Hash the subject with the site's key: the table does not say who tried what."""
    return drawn("attempt", subject, length=48)
