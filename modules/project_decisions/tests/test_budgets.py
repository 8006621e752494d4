"""Equal shares and the greedy budget, against their definitions and examples worked by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from freeco_project_decisions.counting.equal_shares import equal_shares
from freeco_project_decisions.counting.errors import Uncountable
from freeco_project_decisions.counting.greedy_budget import greedy_budget
from freeco_project_decisions.counting.lots import announced_lot
from freeco_project_decisions.counting.profiles import gather


def slow_equal_shares(wants: list[list[int]], costs: list[int], share: Fraction) -> list[int]:
    """Buy with shares as the paper says, one voter at a time."""
    left = [share] * len(wants)
    bought: list[int] = []
    while True:
        offers = []
        for project, cost in enumerate(costs):
            purses = sorted(left[voter] for voter, each in enumerate(wants) if each[project])
            if project in bought or not purses or sum(purses) < cost:
                continue
            due, payers = Fraction(cost), len(purses)
            while purses[len(purses) - payers] * payers < due:
                due -= purses[len(purses) - payers]
                payers -= 1
            offers.append((due / payers / cost, project, due / payers))
        if not offers:
            return bought
        _by_euro, project, most_paid = min(offers)
        bought.append(project)
        for voter, each in enumerate(wants):
            if each[project]:
                left[voter] -= min(left[voter], most_paid)


@some.composite
def votes(draw: some.DrawFn) -> tuple[list[list[int]], list[int]]:
    """Draw who wants what, and what each project costs."""
    projects = draw(some.integers(1, 6))
    wants = some.lists(some.integers(0, 1), min_size=projects, max_size=projects)
    costs = some.lists(some.integers(1, 60), min_size=projects, max_size=projects)
    return draw(some.lists(wants, min_size=1, max_size=10)), draw(costs)


@given(votes(), some.integers(1, 150), some.sampled_from([1, 3, 10]))
def test_what_is_bought_is_what_the_paper_says(
    voted: tuple[list[list[int]], list[int]], budget: int, step: int
) -> None:
    wants, costs = voted
    wanted = {project for each in wants for project, tick in enumerate(each) if tick}
    share = Fraction(budget, len(wants))
    bought = slow_equal_shares(wants, costs, share)
    while wanted - set(bought):
        larger = slow_equal_shares(wants, costs, share + step)
        if sum(costs[each] for each in larger) > budget:
            break
        bought, share = larger, share + step
    outcome = equal_shares(
        gather(map(bytes, wants), len(costs)), costs, budget, step, announced_lot(len(costs))
    )
    told = outcome.derivation["bought"]
    assert [each["project"] for each in told] == bought  # type: ignore[index,union-attr]
    assert sum(costs[each] for each in outcome.chosen) <= budget


BY_HAND = [b"\1\1\0", b"\1\1\0", b"\1\1\0", b"\0\0\1", b"\0\0\1"]
"""Three want the playground and the benches, two want the orchard."""


def test_a_minority_decides_of_its_part_of_the_money() -> None:
    # Each has 20 €. The benches cost 10 € to each of three, by euro as much as the playground,
    # 1/3; the orchard costs 20 € to each of two. The majority cannot have it all.
    costs = [6000, 3000, 4000]
    shared = equal_shares(gather(BY_HAND, 3), costs, 10_000, 100, announced_lot(3))
    greedy = greedy_budget(gather(BY_HAND, 3), costs, 10_000, announced_lot(3))
    assert set(shared.chosen) == {0, 2}
    assert set(greedy.chosen) == {0, 1}


def test_projects_that_are_level_are_told_and_taken_in_the_order_announced() -> None:
    outcome = equal_shares(gather(BY_HAND, 3), [6000, 3000, 4000], 10_000, 100, announced_lot(3))
    assert outcome.derivation["ties"] == [
        {"tied": [0, 1], "taken": [0], "rule": "announced", "seed": ""}
    ]


def test_what_nobody_wants_is_not_funded_with_what_is_left() -> None:
    assert greedy_budget(gather([b"\1\0"], 2), [100, 100], 1000, announced_lot(2)).chosen == (0,)


def test_a_project_that_does_not_fit_is_passed_over_and_said() -> None:
    outcome = greedy_budget(gather([b"\1\1"], 2), [900, 200], 1000, announced_lot(2))
    assert outcome.chosen == (0,)
    assert outcome.derivation["passed_over"] == [{"project": 1, "left": 100}]


@pytest.mark.parametrize(("costs", "budget"), [([0, 5], 10), ([5], 10), ([5, 5], 0)])
def test_money_that_is_not_above_nought_is_refused(costs: list[int], budget: int) -> None:
    with pytest.raises(Uncountable):
        greedy_budget(gather([b"\1\1"], 2), costs, budget, announced_lot(2))


def test_shares_need_somebody_to_share_among() -> None:
    with pytest.raises(Uncountable):
        equal_shares(gather([], 2), [5, 5], 10, 1, announced_lot(2))
