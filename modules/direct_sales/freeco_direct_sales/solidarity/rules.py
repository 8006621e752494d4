"""What each household pays when households share a price: pure sums of whole cents.

Rule A after « Les Patates Douz' » (Paris): the yearly income per part, clipped to a floor and a
ceiling, sets the price by rule of three between the least and the most; then every price moves
towards one end by the same fraction of its way, so that they add up to the producer's total.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from freeco.money import Money

WHOLE = 10_000
"""Basis points of the base price."""
TENTHS_OF_ADULT, TENTHS_OF_CHILD, TENTHS_OF_FIRST = 5, 3, 10
"""The modified OECD scale that INSEE uses: 1, then 0.5 for each person from 14, 0.3 below."""


def income_per_part(income: Money, adults: int, children: int) -> Money:
    """Return a household's yearly income for each consumption unit, rounded down."""
    tenths = TENTHS_OF_FIRST + TENTHS_OF_ADULT * (adults - 1) + TENTHS_OF_CHILD * children
    return Money(income.cents * 10 // tenths)


@dataclass(frozen=True)
class Bounds:
    """What the assembly voted: the least and the most, and the incomes at which they hold."""

    least: int
    """Basis points of the base price; the whole at most."""
    most: int
    floor: Money = Money(0)
    ceiling: Money = Money(0)

    def __post_init__(self) -> None:
        if not 0 <= self.least <= WHOLE <= self.most:
            raise ValueError("the base price lies between the least and the most")
        if self.floor > self.ceiling:
            raise ValueError("the floor is not above the ceiling")

    def share(self, income: Money) -> Fraction:
        """Return the price of an income as a part of the base price, before it is evened out."""
        least, most = Fraction(self.least, WHOLE), Fraction(self.most, WHOLE)
        width = (self.ceiling - self.floor).cents
        if not width:
            return Fraction(1)
        clipped = min(max(income, self.floor), self.ceiling)
        return least + (most - least) * Fraction((clipped - self.floor).cents, width)


@dataclass(frozen=True)
class Placed:
    """A household among those who share: what its baskets cost, and its income per part."""

    base: Money
    income: Money


@dataclass(frozen=True)
class Scale:
    """Prices by income, fixed once for the season.

    Who joins later pays the base price, and nobody leaves what both have signed: no price moves.
    """

    bounds: Bounds
    end: int
    """Where prices stand when ``way`` is nought, in basis points: the least or the most."""
    way: Fraction
    """How much of the way from there to the rule of three is gone; between 0 and 1."""

    @classmethod
    def fitting(cls, bounds: Bounds, households: Sequence[Placed]) -> "Scale":
        """Return the scale by which these households pay their base prices together."""
        base = sum(each.base.cents for each in households)
        raw = sum(each.base.cents * bounds.share(each.income) for each in households)
        end = bounds.least if raw >= base else bounds.most
        anchored = base * Fraction(end, WHOLE)
        gone = Fraction(base - anchored) / (raw - anchored) if raw != anchored else Fraction(0)
        return cls(bounds, end, gone)

    def exact(self, household: Placed) -> Fraction:
        """Return a household's price in cents, before it is rounded."""
        end = Fraction(self.end, WHOLE)
        share = end + self.way * (self.bounds.share(household.income) - end)
        return household.base.cents * share

    def prices(self, households: Sequence[Placed]) -> tuple[Money, ...]:
        """Return everybody's price: they add up to the base prices, to the cent.

        The cents that are left go to the largest remainders, then to the largest incomes: who
        declares more never pays less for the same basket. Only for those the scale was fitted to.
        """
        exact = [self.exact(each) for each in households]
        parts = [each.numerator // each.denominator for each in exact]
        spare = sum(each.base.cents for each in households) - sum(parts)

        def claim(index: int) -> tuple[Fraction, int, int]:
            return (exact[index] - parts[index], households[index].income.cents, -index)

        for index in sorted(range(len(parts)), key=claim, reverse=True)[:spare]:
            parts[index] += 1
        return tuple(Money(each) for each in parts)


def contribution(base: Money, basis_points: int) -> Money:
    """Return what a free choice adds to the base price, or takes off; never a cent too much off."""
    cents = abs(base.cents * basis_points) // WHOLE
    return Money(cents if basis_points > 0 else -cents)


def in_proportion(amount: Money, owed: Money, base: Money) -> Money:
    """Return what an amount set on a base price comes to for what is owed.

    The cent that is left over stays with the pool.
    """
    return Money(-(-amount.cents * owed.cents // base.cents))


def covered(available: Money, waiting: Sequence[Money]) -> int:
    """Return how many of the discounts that wait, the oldest first, the pool covers whole.

    It stops at the first that it does not: a small wish never overtakes a larger, older one.
    """
    left = available
    for place, each in enumerate(waiting):
        if each > left:
            return place
        left -= each
    return len(waiting)
