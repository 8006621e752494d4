"""Sharing out what is short: everybody gets a first piece before anybody gets a second."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Demand:
    """What one household asks of an article, in the order in which they asked."""

    wanted: int
    whole: bool = False
    """All of it, or nothing."""


def share_out(available: int, demands: Sequence[Demand], step: int = 1) -> list[int]:
    """Return how many each demand gets, by multiples of ``step``, never more than it asked.

    Nothing is left over that somebody could still take. Of two who asked for as many, the one
    who asked first never gets less. Who wants all or nothing is served whole or gives way, the
    last to ask first. When there is enough everybody gets what they asked, whatever the step.
    """
    if available >= sum(each.wanted for each in demands):
        return [each.wanted for each in demands]
    wanted = [each.wanted // step for each in demands]
    while True:
        got = _level(available // step, wanted)
        disappointed = [
            place
            for place, each in enumerate(demands)
            if each.whole and wanted[place] > 0 and got[place] < wanted[place]
        ]
        if not disappointed:
            return [many * step for many in got]
        wanted[disappointed[-1]] = 0


def _level(available: int, wanted: Sequence[int]) -> list[int]:
    got = [0] * len(wanted)
    hungry = [place for place, many in enumerate(wanted) if many]
    while hungry and available:
        each = available // len(hungry)
        if each == 0:
            for place in hungry[:available]:
                got[place] += 1
            break
        for place in hungry:
            more = min(each, wanted[place] - got[place])
            got[place] += more
            available -= more
        hungry = [place for place in hungry if got[place] < wanted[place]]
    return got
