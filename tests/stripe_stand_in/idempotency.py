"""Idempotency keys, as Stripe keeps them: per account, for a day, the answer of the first call."""

from dataclasses import dataclass
from threading import Lock
from typing import Any

from .errors import RefusedUnheard
from .state import DAY, State

ARE_KEPT = DAY


@dataclass(frozen=True)
class Reply:
    """An answer as it goes over the line."""

    status: int
    body: bytes
    request_id: str


@dataclass
class Kept:
    """A key that was used: what was asked, when, and the answer once there is one."""

    asked: Any
    at: int
    reply: Reply | None = None


class Keys:
    """The keys of every account."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._lock = Lock()
        self.reset()

    def reset(self) -> None:
        """Forget every key."""
        self._kept: dict[tuple[str, str], Kept] = {}

    def begin(self, account: str, key: str, asked: Any) -> Reply | None:
        """Return the answer that was given before, or none: then it is for the caller to act."""
        with self._lock:
            kept = self._kept.get((account, key))
            if kept is not None and kept.at + ARE_KEPT <= self._state.now():
                kept = None
            if kept is None:
                self._kept[account, key] = Kept(asked, self._state.now())
                return None
        if kept.asked != asked:
            raise RefusedUnheard(
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{key}' if you meant to execute a "
                "different request.",
                type="idempotency_error",
            )
        if kept.reply is None:
            raise RefusedUnheard(
                "There is currently another in-progress request using this Idempotency Key.",
                status=409,
                code="idempotency_key_in_use",
            )
        return kept.reply

    def end(self, account: str, key: str, reply: Reply | None) -> None:
        """Keep an answer; none when the call was refused before it began."""
        with self._lock:
            if reply is None:
                self._kept.pop((account, key), None)
            else:
                self._kept[account, key].reply = reply
