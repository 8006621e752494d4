"""What was voted: the marks of each ballot, and how many times it counts.

A ballot is ``bytes``, one for each option, in the order the options were announced: a rank
(1 is liked best, equal ranks are allowed, 0 is not ranked), a grade (0 is the worst) or a tick
(0 or 1). Who cast it is not here. Numbers are whole: numpy counts them in 64 bits, exactly.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from freeco_project_decisions.counting.errors import MalformedBallot, Uncountable

MOST_OPTIONS = 250
"""A mark is one byte, and 255 is kept for what is not ranked."""


@dataclass(frozen=True)
class Profile:
    """All ballots of a vote."""

    marks: NDArray[np.uint8]
    """One row for each ballot, one column for each option."""
    many: NDArray[np.int64]
    """How many times each row was cast, or the weight it counts with."""

    @property
    def options(self) -> int:
        """How many options there are."""
        return int(self.marks.shape[1])

    @property
    def ballots(self) -> int:
        """How many ballots there are, with their weights."""
        return int(self.many.sum())

    def require(self, highest: int) -> None:
        """Refuse a mark above the highest of the scale with ``MalformedBallot``."""
        if self.marks.size and int(self.marks.max()) > highest:
            raise MalformedBallot(f"a mark above {highest}")

    def grouped(self) -> list[tuple[bytes, int]]:
        """Put together the ballots that are the same, in the order of their marks."""
        if not len(self.marks):
            return []
        wide = -(-self.options // 8) * 8
        padded = np.zeros((len(self.marks), wide), dtype=np.uint8)
        padded[:, : self.options] = self.marks
        words = padded.view(">u8").astype(np.uint64)
        order = np.lexsort(words.T[::-1])
        words = words[order]
        starts = np.flatnonzero(np.r_[True, (words[1:] != words[:-1]).any(axis=1)])
        many = np.add.reduceat(self.many[order], starts)
        rows = self.marks[order[starts]].tobytes()
        step = self.options
        return [
            (rows[place * step : place * step + step], int(each)) for place, each in enumerate(many)
        ]


def gather(ballots: Iterable[bytes], options: int) -> Profile:
    """Put ballots together, each counting once.

    Raises ``MalformedBallot`` for a ballot that has not one mark for each option, ``Uncountable``
    for a number of options that cannot be counted.
    """
    listed = list(ballots)
    return Profile(_marks(listed, options), np.ones(len(listed), dtype=np.int64))


def weigh(ballots: Mapping[bytes, int], options: int) -> Profile:
    """Put together ballots that were cast several times, or count with a weight.

    Raises as ``gather`` does, and ``Uncountable`` for a ballot cast less than once.
    """
    if ballots and min(ballots.values()) < 1:
        raise Uncountable("a ballot counts once at least")
    many = np.fromiter(ballots.values(), dtype=np.int64, count=len(ballots))
    return Profile(_marks(list(ballots), options), many)


def _marks(ballots: list[bytes], options: int) -> NDArray[np.uint8]:
    if not 1 <= options <= MOST_OPTIONS:
        raise Uncountable(f"{options} options: from 1 to {MOST_OPTIONS} can be counted")
    if ballots and set(map(len, ballots)) != {options}:
        raise MalformedBallot(f"a ballot has not {options} marks")
    return np.frombuffer(b"".join(ballots), dtype=np.uint8).reshape(len(ballots), options)
