"""Money never loses a cent."""

from random import Random

import pytest

from freeco.money import CurrencyMismatch, Money, total


def test_a_split_gives_the_spare_cents_to_the_largest_remainders() -> None:
    assert Money(100).split([1, 1, 1]) == (Money(34), Money(33), Money(33))
    assert Money(10).split([1, 2]) == (Money(3), Money(7))


@pytest.mark.parametrize("seed", range(50))
def test_a_split_neither_loses_nor_makes_a_cent(seed: int) -> None:
    chance = Random(seed)
    cents = chance.randint(-10_000_000, 10_000_000)
    weights = [1, *(chance.randint(0, 50) for _part in range(chance.randint(0, 11)))]
    parts = Money(cents).split(weights)
    assert sum(part.cents for part in parts) == cents
    exact = [cents * weight / sum(weights) for weight in weights]
    assert all(abs(part.cents - share) < 1 for part, share in zip(parts, exact, strict=True))


def test_nothing_is_shared_among_nobody() -> None:
    with pytest.raises(ValueError, match="weights"):
        Money(100).split([0, 0])


@pytest.mark.parametrize("amount", [1.5, "2", True, None])
def test_money_is_counted_in_whole_cents(amount: object) -> None:
    with pytest.raises(TypeError):
        Money(amount)  # type: ignore[arg-type]


def test_money_is_not_multiplied_by_a_fraction() -> None:
    with pytest.raises(TypeError):
        Money(100) * 0.5  # type: ignore[operator]


def test_two_currencies_are_not_added() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1) + Money(1, "CHF")


def test_a_total_of_nothing_is_zero() -> None:
    assert total([]) == Money(0)
