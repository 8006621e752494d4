"""Money as a value: integer cents with a currency, never a float."""

from collections.abc import Sequence
from dataclasses import dataclass


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were put together."""


@dataclass(frozen=True, order=False, slots=True)
class Money:
    """An amount in integer cents of one currency (ISO 4217), EUR unless said."""

    cents: int
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if type(self.cents) is not int:
            raise TypeError(f"Money is counted in whole cents, not {self.cents!r}")

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.cents

    def __add__(self, other: "Money") -> "Money":
        return Money(self.cents + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.cents - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        if type(times) is not int:
            raise TypeError("Money is multiplied by whole numbers only")
        return Money(self.cents * times, self.currency)

    def __floordiv__(self, parts: int) -> "Money":
        if type(parts) is not int:
            raise TypeError("Money is divided by whole numbers only")
        return Money(self.cents // parts, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.cents, self.currency)

    def __bool__(self) -> bool:
        return self.cents != 0

    def __lt__(self, other: "Money") -> bool:
        return self.cents < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.cents <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.cents > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.cents >= self._same(other)

    def split(self, weights: Sequence[int]) -> "tuple[Money, ...]":
        """Share the amount by integer weights without losing a cent.

        The largest remainders get the spare cents, the first ones on a tie (the method of
        Hamilton). Raises ValueError when there is no positive weight, or a negative one.
        """
        total = sum(weights)
        if total <= 0 or any(weight < 0 for weight in weights):
            raise ValueError("weights must be non-negative and not all zero")
        parts = [self.cents * weight // total for weight in weights]
        spare = self.cents - sum(parts)
        remainders = [self.cents * weight % total for weight in weights]
        for index in sorted(range(len(parts)), key=lambda i: (-remainders[i], i))[:spare]:
            parts[index] += 1
        return tuple(Money(part, self.currency) for part in parts)

    def split_evenly(self, parts: int) -> "tuple[Money, ...]":
        """Share the amount into equal parts, the first ones a cent larger when it must be."""
        return self.split([1] * parts)


def total(amounts: Sequence[Money], currency: str = "EUR") -> Money:
    """Return the sum of the amounts, zero when there are none."""
    result = Money(0, currency)
    for amount in amounts:
        result += amount
    return result
