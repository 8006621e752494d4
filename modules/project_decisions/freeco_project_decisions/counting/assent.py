"""Yes, no or blank, with a quorum and a majority said when the vote opens.

Colleges: each has its weight, whatever the number of its members, and its votes share that
weight in proportion (a SCIC's colleges: loi n° 47-1775 du 10 septembre 1947, article
19 octies). Without colleges there is one, of weight 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from freeco_project_decisions.counting.errors import Uncountable
from freeco_project_decisions.counting.lots import Lot
from freeco_project_decisions.counting.outcomes import Json, Outcome, told, written

YES, NO = 0, 1
HALF = Fraction(1, 2)


class Base(StrEnum):
    """Of whom a majority is a part."""

    CAST = "cast"
    """Of yes and no: blank votes are told and not counted (suffrages exprimés)."""
    PRESENT = "present"
    """Of all who vote or are represented: a blank vote weighs against."""
    ENROLLED = "enrolled"
    """Of all who may vote: staying away weighs against."""


@dataclass(frozen=True)
class Majority:
    """When a proposal is adopted."""

    share: Fraction = HALF
    base: Base = Base.CAST
    more_than: bool = True
    """More than the share, as in « more than half »; else at least, as in « two thirds »."""
    quorum: Fraction = Fraction(0)
    """The part of the enrolled who must be present or represented, else nothing is decided."""


@dataclass(frozen=True)
class College:
    """The votes of some of the electorate, with what they weigh together."""

    yes: int
    no: int
    blank: int
    enrolled: int
    present: int | None = None
    """Who is there or represented, when some of them did not vote; none when all did."""
    weight: Fraction = Fraction(1)

    @property
    def attending(self) -> int:
        """How many are there or represented."""
        voters = self.yes + self.no + self.blank
        return voters if self.present is None else self.present

    def base(self, base: Base) -> int:
        """Return how many a majority is a part of."""
        if base is Base.CAST:
            return self.yes + self.no
        return self.attending if base is Base.PRESENT else self.enrolled


def assent(colleges: Sequence[College], majority: Majority, lot: Lot | None = None) -> Outcome:
    """Say whether the proposal is adopted: ``YES`` or ``NO`` is chosen, or nothing without quorum.

    A college in which nobody is counted is left aside and its weight goes to the others in
    proportion; where nobody is counted in any, nothing is decided. As many yes as no, when more
    than half is asked for and nobody weighs against by their silence, is a tie: the lot says what
    was announced for it, usually that nothing changes. Raises ``Uncountable`` for numbers that
    do not add up.
    """
    for college in colleges:
        _check(college)
    enrolled = sum(college.enrolled for college in colleges)
    attending = sum(college.attending for college in colleges)
    counted = [college for college in colleges if college.base(majority.base)]
    weights = sum((college.weight for college in counted), Fraction(0))
    base = majority.base
    parts = [(each.weight / weights / each.base(base), each) for each in counted]
    for_it = sum((part * each.yes for part, each in parts), Fraction(0))
    against = sum((part * each.no for part, each in parts), Fraction(0))
    quorum_met = attending >= majority.quorum * enrolled
    decides = quorum_met and bool(counted)
    level = decides and majority.more_than and majority.share == for_it == against == HALF
    adopted = for_it > majority.share if majority.more_than else for_it >= majority.share
    chosen: tuple[int, ...] = ((YES,) if adopted else (NO,)) if decides else ()
    drawn: list[Json] = []
    if level and lot is not None:
        chosen = (lot.sort((YES, NO))[0],)
        drawn.append(told((YES, NO), chosen, lot))
    return Outcome(
        method="assent",
        chosen=() if level and lot is None else chosen,
        tied=(YES, NO) if level and lot is None else (),
        places_left=1 if level and lot is None else 0,
        derivation={
            "colleges": [_written(college, majority.base) for college in colleges],
            "enrolled": enrolled,
            "attending": attending,
            "quorum": written(majority.quorum),
            "quorum_met": quorum_met,
            "base": majority.base.value,
            "share": written(majority.share),
            "more_than": majority.more_than,
            "for": written(for_it),
            "against": written(against),
            "ties": drawn,
        },
    )


def _check(college: College) -> None:
    votes = college.yes + college.no + college.blank
    if min(college.yes, college.no, college.blank) < 0 or college.weight <= 0:
        raise Uncountable("votes are not below nought, and a weight is above it")
    if not votes <= college.attending <= college.enrolled:
        raise Uncountable(
            f"{votes} votes, {college.attending} attending and {college.enrolled} enrolled"
        )


def _written(college: College, base: Base) -> Json:
    return {
        "weight": written(college.weight),
        "yes": college.yes,
        "no": college.no,
        "blank": college.blank,
        "attending": college.attending,
        "enrolled": college.enrolled,
        "base": college.base(base),
    }
