"""A race for the last pieces, run alike in every program: who is told yes, how long, at what cost.

Only the standard library: the other programs import it from environments of their own.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any

SECONDS = 300.0
"""After which nobody comes any more; who has come is answered."""


@dataclass
class Shop:
    """How to buy one piece, by the number of the attempt; how a client leaves; how many are sold.

    ``buy`` says whether it was told yes; ``sold`` counts what the database holds.
    """

    buy: Callable[[int], bool]
    leave: Callable[[], None]
    sold: Callable[[], int]
    told_yes: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def attempt(self, number: int) -> None:
        """Try once, and note what came of it."""
        begun = time.perf_counter()
        try:
            if self.buy(number):
                self.told_yes.append(number)
        except Exception as error:
            self.errors.append(type(error).__name__)
        self.seconds.append(time.perf_counter() - begun)

    def within(self, share: float) -> float:
        """Return within how many seconds this share of the attempts was answered."""
        ordered = sorted(self.seconds)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 3)


def race(shop: Shop, *, attempts: int, units: int, clients: int) -> dict[str, Any]:
    """Let so many clients try to buy one piece each time; return what came of it.

    ``cpu`` is what this process spent in all, in seconds like the others.
    """
    waiting: Queue[int] = Queue()
    for number in range(attempts):
        waiting.put(number)
    until = time.monotonic() + SECONDS

    def click() -> None:
        while time.monotonic() < until:
            try:
                shop.attempt(waiting.get_nowait())
            except Empty:
                break
        shop.leave()

    spent, begun = time.process_time(), time.perf_counter()
    threads = [threading.Thread(target=click) for _client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent, passed = time.process_time() - spent, time.perf_counter() - begun
    sold = shop.sold()
    return {
        "attempts": len(shop.seconds),
        "clients": clients,
        "units": units,
        "told_yes": len(shop.told_yes),
        "sold": sold,
        "oversold": max(0, sold - units),
        "errors": len(shop.errors),
        "kinds": sorted(set(shop.errors)),
        "median": shop.within(0.5),
        "p95": shop.within(0.95),
        "p99": shop.within(0.99),
        "wall": round(passed, 1),
        "cpu": round(spent, 1),
    }
