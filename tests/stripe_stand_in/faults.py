"""What goes wrong between Stripe and us, when a test asks for it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock


class Fault(StrEnum):
    """What goes wrong with a call. None of them ever lies about what happened."""

    DROP = "drop"
    """The connection breaks before Stripe has heard: nothing is done."""
    RATE_LIMIT = "rate_limit"
    """429: nothing is done, and the key stays fresh."""
    UNAVAILABLE = "unavailable"
    """503 from before the endpoint: nothing is done, and the key stays fresh."""
    ERROR = "error"
    """500, nothing is done; the key answers 500 for a day, as Stripe's do."""
    ERROR_AFTER = "error_after"
    """It is done, and the answer is 500; the key answers 500 for a day."""
    TIMEOUT_AFTER = "timeout_after"
    """It is done, and no answer comes; the key has the true one."""
    SLOW = "slow"
    """It takes its time; meanwhile the key is in use."""


@dataclass
class Planned:
    """A fault that waits for its call."""

    fault: Fault
    method: str
    path: re.Pattern[str]
    times: int
    seconds: float


class Faults:
    """The faults that were asked for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.reset()

    def reset(self) -> None:
        """Let everything go well."""
        self._planned: list[Planned] = []

    def plan(self, fault: Fault, method: str, path: str, times: int, seconds: float) -> None:
        """Have the next calls of a path go wrong; ``path`` is a regular expression."""
        with self._lock:
            self._planned.append(Planned(fault, method, re.compile(path), times, seconds))

    def of(self, method: str, path: str) -> tuple[Fault | None, float]:
        """Return what goes wrong with this call; it is used up."""
        with self._lock:
            for each in self._planned:
                if each.method == method and each.path.fullmatch(path):
                    each.times -= 1
                    if each.times <= 0:
                        self._planned.remove(each)
                    return each.fault, each.seconds
        return None, 0
