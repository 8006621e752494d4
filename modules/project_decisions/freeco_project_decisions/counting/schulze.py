"""Schulze: put the options in order; an option that beats every other in a duel is chosen.

Markus Schulze, « A new monotonic, clone-independent, reversal symmetric, and
condorcet-consistent single-winner election method », *Social Choice and Welfare* 36 (2011),
267–303, with the strength of a duel measured by its winning votes (section 2.1). Equal ranks are
allowed; options that a ballot does not rank come after those it ranks, equal among themselves.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from freeco_project_decisions.counting.errors import Uncountable
from freeco_project_decisions.counting.lots import Lot
from freeco_project_decisions.counting.outcomes import Json, Outcome, first_places
from freeco_project_decisions.counting.profiles import MOST_OPTIONS, Profile

METHOD = "schulze/winning_votes"
_MOST_VOTES = 2**31


def schulze(profile: Profile, places: int = 1, lot: Lot | None = None) -> Outcome:
    """Rank the options. Each mark is the rank of an option, from 1; 0 when it is not ranked."""
    profile.require(highest=MOST_OPTIONS)
    return from_duels(pairwise_preferences(profile), profile.ballots, places, lot)


def pairwise_preferences(profile: Profile) -> list[list[int]]:
    """Count how many ballots rank each option before each other one."""
    # 0, not ranked, becomes 255 and stands after every rank.
    ranks = np.ascontiguousarray(profile.marks.T) - np.uint8(1)
    return [[int(profile.many[one < other].sum()) for other in ranks] for one in ranks]


def from_duels(
    duels: Sequence[Sequence[int]], ballots: int, places: int = 1, lot: Lot | None = None
) -> Outcome:
    """Rank the options from what was counted in each duel."""
    strengths = strongest_paths(duels)
    ranking = _levels(strengths)
    first = first_places(ranking, places, lot)
    return Outcome(
        method=METHOD,
        chosen=first.options,
        tied=first.tied,
        places_left=first.places_left,
        ranking=ranking,
        derivation={
            "ballots": ballots,
            "duels": [list(row) for row in duels],
            "strongest_paths": [[_told(int(each), duels) for each in row] for row in strengths],
            "condorcet_winner": _winner_of_all(duels),
            "places": places,
            "ties": list(first.drawn),
        },
    )


def strongest_paths(duels: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Return the strength of the strongest chain of won duels from each option to each other.

    A chain is as strong as its weakest duel (section 2.3, the variant of Floyd and Warshall's
    algorithm). A won duel is stronger with more votes for, and with as many, with fewer against
    (section 2.1): both are in one number, nought for a duel that is not won.
    """
    votes = np.array(duels, dtype=np.int64)
    strengths = np.where(votes > votes.T, (votes + 1) * _base(duels) - votes.T, 0)
    for middle in range(len(duels)):
        through = np.minimum(strengths[:, middle, None], strengths[None, middle, :])
        np.maximum(strengths, through, out=strengths)
    np.fill_diagonal(strengths, 0)
    return strengths


def _base(duels: Sequence[Sequence[int]]) -> int:
    """Return a number above every count of votes.

    Raises ``Uncountable`` above two thousand million votes, where 64 bits are not enough.
    """
    base = max(max(row) for row in duels) + 1
    if base > _MOST_VOTES:
        raise Uncountable(f"{base} votes are more than can be compared")
    return base


def _told(strength: int, duels: Sequence[Sequence[int]]) -> Json:
    """Write a strength as the votes for and against of its weakest duel."""
    if not strength:
        return None
    base = _base(duels)
    against = -strength % base
    return [(strength + against) // base - 1, against]


def _levels(strengths: NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
    """Give those whom nobody beats, then those whom nobody left beats, and so on."""
    beats = strengths > strengths.T
    left = set(range(len(strengths)))
    levels = []
    while left:
        level = tuple(
            option for option in sorted(left) if not any(beats[other, option] for other in left)
        )
        levels.append(level)
        left.difference_update(level)
    return tuple(levels)


def _winner_of_all(duels: Sequence[Sequence[int]]) -> int | None:
    """Return the option that wins every duel, if there is one."""
    for one, row in enumerate(duels):
        if all(row[other] > duels[other][one] for other in range(len(duels)) if other != one):
            return one
    return None
