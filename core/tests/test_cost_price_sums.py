"""Sharing costs, on whole numbers alone: exact, in any order, never below zero."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from freeco.accounting.facts import Part
from freeco.cost_price.allocation import Outcome, allocate
from freeco.cost_price.invoicing import with_vat
from freeco.money import Money, total

CENTS = st.integers(0, 10**9)
POOLS = ("servers", "development", "audit")
COSTS = st.dictionaries(st.sampled_from(POOLS), CENTS.map(Money))
WEIGHTS = st.dictionaries(st.integers(1, 40), st.integers(0, 10**7), max_size=12)
WEIGHED = st.fixed_dictionaries(dict.fromkeys(POOLS, WEIGHTS))
SETS_A_SEED = 98
"""100 seeds of these, and the 200 sets that Hypothesis draws whole, are 10,000 cost sets."""

Costs = dict[str, Money]
Weights = dict[str, dict[int, int]]


def check(costs: Costs, weights: Weights, collected: dict[int, Money]) -> None:
    """Share the costs, and settle what was collected."""
    shared = allocate(costs, weights)
    assert set(shared) == {each for weighed in weights.values() for each in weighed}
    if not shared:
        return
    for pool, cost in costs.items():
        assert total([each[pool] for each in shared.values() if pool in each]) == cost
    parts = [part for each in shared.values() for part in each.values()]
    assert total(parts) == total(list(costs.values()))
    assert all(part.cents > 0 for part in parts)
    turned = {pool: dict(reversed(weights[pool].items())) for pool in reversed(weights)}
    assert allocate(dict(reversed(costs.items())), turned) == shared
    settle({each: total(list(shared[each].values())) for each in shared}, collected)


def settle(real: dict[int, Money], collected: dict[int, Money]) -> None:
    """Compare with what was collected: nothing is lost, nothing is charged afterwards."""
    outcomes = [Outcome(collected.get(each, Money(0)), Money(0), real[each]) for each in real]
    taken = total([each.collected for each in outcomes])
    moved = total([each.credit for each in outcomes]) + total([each.carried for each in outcomes])
    assert moved == taken - total(list(real.values()))
    for each in outcomes:
        assert Money(0) <= each.credit <= each.collected
        assert each.carried <= Money(0)
        assert not (each.credit and each.carried)


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(COSTS, WEIGHED, st.dictionaries(st.integers(1, 40), CENTS.map(Money)))
def test_every_cent_of_every_pool_is_somebody_s(
    costs: Costs, weights: Weights, collected: dict[int, Money]
) -> None:
    check(costs, weights, collected)


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_ten_thousand_cost_sets_are_shared_to_the_cent(seed: int) -> None:
    dice = random.Random(seed)
    for _set in range(SETS_A_SEED):
        most = 10 ** dice.randint(0, 9)
        bearers = dice.sample(range(1, 200), dice.randint(1, 12))
        costs = {each: Money(dice.randint(0, most)) for each in POOLS}
        heavy = dice.choice((1, 100, 10**7))
        weights = {
            pool: {each: dice.randint(0, heavy) for each in bearers if dice.random() < 0.8}
            for pool in POOLS
        }
        check(costs, weights, {each: Money(dice.randint(0, most)) for each in bearers})


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(CENTS, st.sampled_from([0, 550, 2000]))
def test_the_vat_put_on_a_net_amount_leaves_that_net(cents: int, basis_points: int) -> None:
    gross = with_vat(Money(cents), basis_points)
    assert gross - Part(gross, basis_points).vat == Money(cents)
