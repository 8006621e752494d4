"""The rules by which households share a price: nothing is lost, nobody pays below the floor."""

from hypothesis import assume, given
from hypothesis import strategies as st

from freeco.money import Money, total
from freeco_direct_sales.solidarity.rules import (
    WHOLE,
    Bounds,
    Placed,
    Scale,
    contribution,
    covered,
    income_per_part,
)

MONEY = st.integers(1, 500_000).map(Money)
INCOMES = st.integers(0, 10_000_000).map(Money)
PATATES_DOUZ = Bounds(7500, 22000, Money(300_000), Money(1_500_000))
"""A base price of 10 €: from 7,50 € at 3 000 € a year for each part, to 22 € at 15 000 €."""


@st.composite
def bounds(draw: st.DrawFn) -> Bounds:
    floor, ceiling = sorted(draw(st.tuples(INCOMES, INCOMES)), key=lambda each: each.cents)
    least, most = draw(st.integers(0, WHOLE)), draw(st.integers(WHOLE, 4 * WHOLE))
    return Bounds(least, most, floor, ceiling)


HOUSEHOLDS = st.lists(st.builds(Placed, MONEY, INCOMES), min_size=1, max_size=40)


def prices(voted: Bounds, households: list[Placed]) -> tuple[Money, ...]:
    return Scale.fitting(voted, households).prices(households)


@given(bounds(), HOUSEHOLDS)
def test_the_producer_s_total_is_unchanged_to_the_cent(
    voted: Bounds, households: list[Placed]
) -> None:
    assert total(prices(voted, households)) == total([each.base for each in households])


@given(bounds(), HOUSEHOLDS)
def test_nobody_pays_less_than_the_least_nor_more_than_the_most(
    voted: Bounds, households: list[Placed]
) -> None:
    for price, each in zip(prices(voted, households), households, strict=True):
        assert each.base.cents * voted.least // WHOLE <= price.cents
        assert price.cents <= -(-each.base.cents * voted.most // WHOLE)


@given(bounds(), MONEY, st.lists(INCOMES, min_size=1, max_size=40))
def test_who_declares_more_never_pays_less_for_the_same_basket(
    voted: Bounds, base: Money, incomes: list[Money]
) -> None:
    paid = prices(voted, [Placed(base, each) for each in incomes])
    for income, price in zip(incomes, paid, strict=True):
        for other, theirs in zip(incomes, paid, strict=True):
            assert income <= other or theirs <= price


@given(bounds(), HOUSEHOLDS)
def test_the_same_income_and_basket_cost_the_same_within_a_cent(
    voted: Bounds, households: list[Placed]
) -> None:
    twice = [*households, *households]
    paid = prices(voted, twice)
    half = len(households)
    assert all(abs(paid[n].cents - paid[n + half].cents) <= 1 for n in range(half))


def test_les_patates_douz_share_a_hundred_euros() -> None:
    incomes = [0, 300_000, 900_000, 1_500_000, 9_000_000]
    paid = prices(PATATES_DOUZ, [Placed(Money(1000), Money(each)) for each in incomes])
    assert total(paid) == Money(5000)
    assert paid[0] == paid[1] == Money(750)
    assert paid[1] < paid[2] < paid[3]
    # 750 + way × 1450 × (income - floor) / width, with 0, 0, 1/2, 1 and 1: way = 1250 / 3625.
    assert paid[2:] == (Money(1000), Money(1250), Money(1250))


def test_where_all_are_poor_nobody_is_asked_for_more_than_the_base() -> None:
    paid = prices(PATATES_DOUZ, [Placed(Money(1000), Money(100_000))] * 4)
    assert paid == (Money(1000),) * 4


@given(MONEY, st.integers(-WHOLE, WHOLE))
def test_a_discount_never_takes_a_cent_too_much(base: Money, points: int) -> None:
    amount = contribution(base, points)
    assert abs(amount.cents) * WHOLE <= base.cents * abs(points)
    assert abs(amount.cents) <= base.cents
    assert (amount.cents >= 0) == (points >= 0 or amount.cents == 0)


@given(st.integers(-1000, 100_000).map(Money), st.lists(MONEY, max_size=30))
def test_what_is_granted_is_always_covered(available: Money, waiting: list[Money]) -> None:
    many = covered(available, waiting)
    assume(many)
    assert total(waiting[:many]) <= available


@given(st.integers(-1000, 100_000).map(Money), st.lists(MONEY, min_size=1, max_size=30))
def test_the_first_that_is_not_covered_is_not_overtaken(
    available: Money, waiting: list[Money]
) -> None:
    many = covered(available, waiting)
    assert many == len(waiting) or total(waiting[: many + 1]) > available


def test_a_household_counts_as_insee_counts_it() -> None:
    assert income_per_part(Money(3_000_000), 2, 2) == Money(3_000_000 * 10 // 21)
    assert income_per_part(Money(1_200_000), 1, 0) == Money(1_200_000)
