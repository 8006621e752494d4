"""What a count says: an order with its ties, who is chosen, and how one gets there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from freeco_project_decisions.counting.lots import Lot

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""What a derivation is made of: no float ever."""


@dataclass(frozen=True)
class Outcome:
    """What a count says. Options are numbers: their places in the announced order, from 0."""

    method: str
    """The method's name and its variant, as the recount command takes it."""
    chosen: tuple[int, ...]
    """Who is chosen, best first where the method says so."""
    tied: tuple[int, ...] = ()
    """Who is tied for the places that are left, when no lot settles it; nobody when all is said."""
    places_left: int = 0
    """How many of the tied there is room for."""
    ranking: tuple[tuple[int, ...], ...] = ()
    """All options from first to last, the tied together, where the method gives an order."""
    derivation: Mapping[str, Json] = field(default_factory=dict)
    """Every number one needs to count again by hand."""

    @property
    def decided(self) -> bool:
        """Whether the count alone, with its lot, says who is chosen."""
        return not self.tied


@dataclass(frozen=True)
class Chosen:
    """The first places of an order: who has one, and who is tied for those that are left."""

    options: tuple[int, ...]
    tied: tuple[int, ...]
    places_left: int
    drawn: tuple[Json, ...]
    """Each tie that the lot settled, for the derivation."""


def first_places(ranking: Iterable[Sequence[int]], places: int, lot: Lot | None) -> Chosen:
    """Give the first places of an order; a tie that does not matter is not settled."""
    options: list[int] = []
    drawn: list[Json] = []
    for group in ranking:
        left = places - len(options)
        if left <= 0:
            break
        if len(group) <= left:
            options.extend(group)
        elif lot is None:
            return Chosen(tuple(options), tuple(group), left, tuple(drawn))
        else:
            settled = lot.sort(group)
            drawn.append(told(group, settled[:left], lot))
            options.extend(settled[:left])
    return Chosen(tuple(options), (), 0, tuple(drawn))


def told(group: Iterable[int], taken: Iterable[int], lot: Lot) -> Json:
    """Write a tie and how the lot settled it."""
    return {"tied": sorted(group), "taken": list(taken), "rule": lot.rule, "seed": lot.seed}


def written(number: Fraction | int) -> Json:
    """Write a number exactly: a whole one as it is, another as « 3/7 »."""
    whole = Fraction(number)
    return int(whole) if whole.denominator == 1 else str(whole)
