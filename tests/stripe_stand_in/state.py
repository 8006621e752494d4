"""What the stand-in remembers: the objects of each account, a clock, what is due later."""

import secrets
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from heapq import heappop, heappush
from itertools import count
from threading import RLock
from typing import Any

import stripe

from .errors import missing

Object = dict[str, Any]

PLATFORM = "acct_1Platform"
API_VERSION = str(stripe.api_version)
DAY = 24 * 60 * 60
EVENTS_ARE_KEPT = 30 * DAY


class State:
    """Every object; who holds ``lock`` may read and change them."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.address = ""
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            self._objects: dict[tuple[str, str], Object] = {}
            self._owner: dict[str, str] = {}
            self._kinds: dict[tuple[str, str], dict[str, Object]] = {}
            self._events: list[tuple[str, Object]] = []
            self._due: list[tuple[int, int, Callable[[], None]]] = []
            self._number = count(1)
            self._moved = 0
            self.hidden: dict[str, dict[str, Any]] = {}
            self.accounts: set[str] = {PLATFORM}
            self.search_lag = 0
            self.request: dict[str, str | None] = {"id": None, "idempotency_key": None}

    def now(self) -> int:
        """Return the second by the stand-in's own clock."""
        return int(time.time()) + self._moved

    def later(self, seconds: int, what: Callable[[], None]) -> None:
        """Have something happen once the clock has come to it."""
        heappush(self._due, (self.now() + seconds, next(self._number), what))

    def move_clock(self, seconds: int) -> None:
        """Let time pass: what was due meanwhile happens, each at its own time."""
        with self.lock:
            until = self.now() + seconds
            while self._due and self._due[0][0] <= until:
                when, _, what = heappop(self._due)
                self._moved += max(0, when - self.now())
                what()
            self._moved += max(0, until - self.now())

    def new_id(self, prefix: str) -> str:
        """Return an id that nothing has, not even in the last test."""
        return f"{prefix}_3{secrets.token_hex(11)}"

    def add(self, account: str, prefix: str, kind: str, /, **fields: Any) -> Object:
        """Make an object in an account."""
        made: Object = {
            "id": self.new_id(prefix),
            "object": kind,
            "created": self.now(),
            "livemode": False,
            **fields,
        }
        self._objects[account, made["id"]] = made
        self._owner[made["id"]] = account
        self._kinds.setdefault((account, kind), {})[made["id"]] = made
        return made

    def find(self, account: str, kind: str, object_id: str) -> Object:
        """Return an object of this account; another account's is not there."""
        found = self._objects.get((account, object_id))
        if found is None or found["object"] != kind:
            raise missing(kind, object_id)
        return found

    def any_of(self, account: str, object_id: str) -> Object | None:
        """Return an object of this account, whatever it is."""
        return self._objects.get((account, object_id))

    def everywhere(self, object_id: str) -> tuple[str, Object]:
        """Return an object and whose it is: for the controls, which know no account."""
        account = self._owner[object_id]
        return account, self._objects[account, object_id]

    def of_kind(self, account: str, kind: str) -> Iterator[Object]:
        """Give the objects of a kind, the newest first, as Stripe lists them."""
        yield from reversed(list(self._kinds.get((account, kind), {}).values()))

    def happened(self) -> Iterator[tuple[str, Object]]:
        """Give every event with the account it is about, the oldest first."""
        yield from self._events

    def forget(self, account: str, object_id: str) -> None:
        """Delete an object."""
        gone = self._objects.pop((account, object_id))
        del self._kinds[account, gone["object"]][object_id]

    def emit(self, account: str, type: str, about: Object) -> Object:
        """Say that something happened, with the object as it is now."""
        event = self.add(
            account,
            "evt",
            "event",
            api_version=API_VERSION,
            type=type,
            data={"object": self.shown(about)},
            pending_webhooks=1,
            request=dict(self.request),
        )
        self._events.append((account, event))
        return event

    def shown(self, kept: Object) -> Object:
        """Return an object as it is shown: a copy, with what depends on the time of day."""
        copy = deepcopy(kept)
        if copy["object"] == "balance_transaction":
            copy["status"] = "available" if copy["available_on"] <= self.now() else "pending"
        return copy
