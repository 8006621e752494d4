"""Majority judgment: each option is graded with words; the best majority grade wins.

Michel Balinski and Rida Laraki, *Majority Judgment* (MIT Press, 2011), chapter 1: the majority
grade is the median, the lower of the two middle ones when the number of ballots is even. Options
with one majority grade are told apart by taking that grade away from each, one at a time, until
their medians differ: the majority value, here the full order of it and not the shortened
« gauge », which leaves some options tied that the whole order tells apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cmp_to_key
from itertools import groupby, pairwise

import numpy as np

from freeco_project_decisions.counting.errors import Uncountable
from freeco_project_decisions.counting.lots import Lot
from freeco_project_decisions.counting.outcomes import Json, Outcome, first_places
from freeco_project_decisions.counting.profiles import Profile

METHOD = "majority_judgment/lower_median"


def majority_judgment(
    profile: Profile, grades: int, places: int = 1, lot: Lot | None = None
) -> Outcome:
    """Choose the options with the best majority value.

    Each mark is the grade of an option, from 0, the worst, to ``grades - 1``. A ballot that
    grades only some gives the worst grade to the others (chapter 13 of the book): the caller
    writes 0 there, and the ballot page says so.
    """
    profile.require(highest=grades - 1)
    merits = [
        [int(profile.many[column == grade].sum()) for grade in range(grades)]
        for column in np.ascontiguousarray(profile.marks.T)
    ]
    return from_merits(merits, places, lot)


def from_merits(
    merits: Sequence[Sequence[int]], places: int = 1, lot: Lot | None = None
) -> Outcome:
    """Choose from merit profiles: how many gave each grade, worst first, for each option.

    Secret ballots give these sums and nothing else. Raises ``Uncountable`` when two options were
    not graded by as many ballots, or by none.
    """
    ballots = sum(merits[0])
    if not ballots or any(sum(merit) != ballots for merit in merits):
        raise Uncountable("each option must be graded by every ballot")

    def better_first(one: int, other: int) -> int:
        found = _difference(merits[one], merits[other])
        return found.other - found.one if found else one - other

    order = sorted(range(len(merits)), key=cmp_to_key(better_first))
    ranking = tuple(
        tuple(option for _place, option in tied)
        for _key, tied in groupby(enumerate(order), key=lambda each: _level(merits, order, each[0]))
    )
    first = first_places(ranking, places, lot)
    return Outcome(
        method=METHOD,
        chosen=first.options,
        tied=first.tied,
        places_left=first.places_left,
        ranking=ranking,
        derivation={
            "ballots": ballots,
            "merits": [list(merit) for merit in merits],
            "majority_grades": [_majority_grade(merit) for merit in merits],
            "comparisons": [_told(merits, one, other) for one, other in pairwise(order)],
            "places": places,
            "ties": list(first.drawn),
        },
    )


def _level(merits: Sequence[Sequence[int]], order: Sequence[int], place: int) -> int:
    """Return the first place of the options that are tied with the one at a place."""
    while place and list(merits[order[place - 1]]) == list(merits[order[place]]):
        place -= 1
    return place


@dataclass(frozen=True)
class _Stretch:
    """The same pair of grades taken away again and again, going out from the middle."""

    low: int
    high: int
    times: int


def _majority_grade(merit: Sequence[int]) -> int:
    """Return the median grade, the lower of two."""
    return next(_downwards(merit, (sum(merit) - 1) // 2))[0]


def _stretches(merit: Sequence[int]) -> Iterator[_Stretch]:
    """Give the majority value, the medians one after the other, as stretches of pairs.

    When the median is taken away, the next is the one just below, then the one just above, and
    so on outwards. With an odd number the first stands alone: it is given as a pair with itself.
    """
    ballots = sum(merit)
    middle = (ballots - 1) // 2
    if ballots % 2:
        alone = _majority_grade(merit)
        yield _Stretch(alone, alone, 1)
    below = _downwards(merit, middle - 1 if ballots % 2 else middle)
    above = _upwards(merit, middle + 1)
    low, lows = next(below, (0, 0))
    high, highs = next(above, (0, 0))
    while lows and highs:
        times = min(lows, highs)
        yield _Stretch(low, high, times)
        lows, highs = lows - times, highs - times
        if not lows:
            low, lows = next(below, (0, 0))
        if not highs:
            high, highs = next(above, (0, 0))


def _downwards(merit: Sequence[int], position: int) -> Iterator[tuple[int, int]]:
    """Give the grades from a position down to the worst, with how many of each."""
    end = sum(merit)
    for grade in range(len(merit) - 1, -1, -1):
        start = end - merit[grade]
        many = min(end, position + 1) - start
        if many > 0:
            yield grade, many
        end = start


def _upwards(merit: Sequence[int], position: int) -> Iterator[tuple[int, int]]:
    """Give the grades from a position up to the best, with how many of each."""
    start = 0
    for grade, many in enumerate(merit):
        end = start + many
        if end - max(start, position) > 0:
            yield grade, end - max(start, position)
        start = end


@dataclass(frozen=True)
class _Difference:
    """Where two majority values part: after how many medians, and with which grades."""

    taken_away: int
    one: int
    other: int


def _difference(one: Sequence[int], other: Sequence[int]) -> _Difference | None:
    """Find where two majority values part; nowhere when the options have the same grades."""
    taken_away = 0
    ours, theirs = _stretches(one), _stretches(other)
    mine, yours = next(ours, None), next(theirs, None)
    odd = sum(one) % 2
    while mine is not None and yours is not None:
        if mine.low != yours.low:
            return _Difference(taken_away, mine.low, yours.low)
        if mine.high != yours.high:
            return _Difference(taken_away + 1, mine.high, yours.high)
        times = min(mine.times, yours.times)
        taken_away += 1 if odd and not taken_away else 2 * times
        mine = _rest(mine, times) or next(ours, None)
        yours = _rest(yours, times) or next(theirs, None)
    return None


def _rest(stretch: _Stretch, times: int) -> _Stretch | None:
    return replace(stretch, times=stretch.times - times) if stretch.times > times else None


def _told(merits: Sequence[Sequence[int]], one: int, other: int) -> Json:
    """Write why an option comes before the next: their medians after so many were taken away."""
    difference = _difference(merits[one], merits[other])
    return {
        "before": one,
        "after": other,
        "tied": difference is None,
        "taken_away": difference.taken_away if difference else sum(merits[one]),
        "medians": [difference.one, difference.other] if difference else [],
    }
