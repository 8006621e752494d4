"""How often one code, or one token, may send a ballot: a box is not filled by who has the right.

Only what its own code has signed is ever kept, so it is codes that are counted, once they have
signed: nobody uses up another's turns, and a whole assembly behind one address sends as it likes.
It is counted in this process's memory, under a key drawn anew for each window, and forgotten with
it. ``freeco.members.limits`` would write a row: a code beside an hour, which nothing here keeps,
and a turn to write that those who vote wait for. Several processes count each on their own.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from http import HTTPStatus
from math import ceil
from secrets import token_bytes
from threading import Lock

from freeco.clock import now
from freeco.errors import Refusal
from freeco.i18n import _

MOST = 60
"""Far more than anybody changes their mind, in ``HOUR``; far less than fills a disk."""
HOUR = timedelta(hours=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class TooOften(Refusal):
    """More than somebody votes: the code stays good, for later."""

    reason = _(
        "Plus de soixante bulletins sont venus en une heure avec le même code, ou le même "
        "jeton : celui-ci n’est pas pris, et rien n’a été enregistré. Le dernier qui a été pris "
        "compte ; pour en changer, attendez une heure."
    )
    status = HTTPStatus.TOO_MANY_REQUESTS


class Pace:
    """Counts of one window of time; as many threads as one likes."""

    def __init__(self, most: int = MOST, length: timedelta = HOUR) -> None:
        self.most = most
        self.length = length
        self._lock = Lock()
        self._window = -1
        self._key = b""
        self._counts: Counter[bytes] = Counter()

    def count(self, code: str) -> None:
        """Count a ballot that a code has signed; raises ``TooOften`` above ``most``."""
        window = (now() - _BEGINNING) // self.length
        with self._lock:
            if window != self._window:
                self._window, self._key = window, token_bytes(32)
                self._counts.clear()
            name = blake2b(code.encode(), key=self._key, digest_size=16).digest()
            self._counts[name] += 1
            if self._counts[name] > self.most:
                raise TooOften

    def seconds_left(self) -> int:
        """Return after how many seconds the next window begins; at least one."""
        return ceil((self.length - (now() - _BEGINNING) % self.length).total_seconds())


BALLOTS = Pace()
"""Of every box of this process."""


def retry_after(status: int) -> dict[str, str]:
    """Return the header that says when to come again, with this status; none for another."""
    paced = status == HTTPStatus.TOO_MANY_REQUESTS
    return {"Retry-After": str(BALLOTS.seconds_left())} if paced else {}
