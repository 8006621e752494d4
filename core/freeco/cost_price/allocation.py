"""Sharing costs: exact to the cent, the same whatever the order, never below zero. Pure sums."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from freeco.money import Money

Pot = TypeVar("Pot", bound=Hashable)
"""A pool and its basis, or any name of a sum to share."""


def allocate(
    costs: Mapping[Pot, Money], weights: Mapping[Pot, Mapping[int, int]]
) -> dict[int, dict[Pot, Money]]:
    """Share each pot among bearers by their weights, by largest remainders.

    A bearer is an organisation's id; on a tie the lower id takes the cent. A pot that nobody
    weighs in is shared evenly among all the bearers there are; without any, nothing is shared.
    """
    bearers = sorted({each for weighed in weights.values() for each in weighed})
    found: dict[int, dict[Pot, Money]] = {each: {} for each in bearers}
    if not bearers:
        return found
    for pot, cost in costs.items():
        weighed = weights.get(pot, {})
        by = [weighed.get(each, 0) for each in bearers]
        if not any(by):
            by = [1] * len(bearers)
        for bearer, part in zip(bearers, cost.split(by), strict=True):
            if part:
                found[bearer][pot] = part
    return found


@dataclass(frozen=True)
class Outcome:
    """What a year comes to for one bearer."""

    collected: Money
    carried_in: Money
    """What the year before left to be found: zero or below."""
    real: Money

    @property
    def difference(self) -> Money:
        """What is above the real cost, or below it."""
        return self.collected + self.carried_in - self.real

    @property
    def credit(self) -> Money:
        """What is given back: all that was collected above the real cost."""
        return max(self.difference, Money(0))

    @property
    def carried(self) -> Money:
        """What is missing: never charged afterwards, carried by the cooperative."""
        return min(self.difference, Money(0))
