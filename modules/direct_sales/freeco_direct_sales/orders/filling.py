"""Filling cases: what several households order by the piece, and the producer brings by cases.

The rule, exact and in whole pieces, once nobody orders any more:

1. What is ordered in all fills so many cases; when nothing is over, everybody gets what they
   asked.
2. Else the last case is filled, if what households said they would take more allows it: one step
   each in turn, who asked first begins, never beyond what each said.
3. Else what is over is cut back by the rule of sharing (``sharing.share_out``): everybody a first
   piece before anybody a second. Nobody else's article is touched.

Nobody pays for a piece they have not agreed to, and no case is brought that is not full.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from freeco_direct_sales.orders.sharing import Demand, share_out


@dataclass(frozen=True)
class Part:
    """What one household asks of an article delivered by cases, in the order they asked."""

    wanted: int
    tolerance: int = 0
    """How many more it takes, at most, to fill a case."""
    whole: bool = False
    """All of it, or nothing."""


def fill_cases(
    case: int,
    parts: Sequence[Part],
    step: int = 1,
    *,
    more: int | None = None,
    cut: bool = True,
) -> list[int]:
    """Return how many each household gets, so that all of them fill whole cases.

    ``more`` is how many there are beyond those asked for, None without limit. Without ``cut``, a
    case that cannot be filled is brought as it is.
    """
    got = [each.wanted for each in parts]
    while over := sum(got) % case:
        missing = case - over
        room = [
            each.tolerance // step * step if many and many == each.wanted else 0
            for each, many in zip(parts, got, strict=True)
        ]
        freed = sum(each.wanted for each in parts) - sum(got)
        there = more is None or missing <= more + freed
        if missing % step == 0 and missing <= sum(room) and there:
            return _in_turn(got, room, missing, step)
        if not cut:
            return got
        got = share_out(
            sum(got) - over,
            [Demand(many, each.whole) for each, many in zip(parts, got, strict=True)],
            step,
        )
    return got


def _in_turn(got: Sequence[int], room: Sequence[int], missing: int, step: int) -> list[int]:
    filled, left = list(got), list(room)
    while missing:
        for place, many in enumerate(left):
            if many and missing:
                filled[place] += step
                left[place] -= step
                missing -= step
    return filled


def to_fill(case: int, ordered: int) -> int:
    """Return how many are missing to fill the last case; 0 when it is full."""
    return -ordered % case
