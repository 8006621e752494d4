"""A budget spent on what has most votes first, as long as it fits.

It is what most towns do, easy to say and easy to regret: a large group may take everything. It
is here to be compared with the method of equal shares, and to spend what that leaves.
"""

from collections.abc import Iterable, Sequence

from freeco_project_decisions.counting.errors import Uncountable
from freeco_project_decisions.counting.lots import Lot
from freeco_project_decisions.counting.outcomes import Json, Outcome
from freeco_project_decisions.counting.profiles import Profile


def greedy_budget(profile: Profile, costs: Sequence[int], budget: int, lot: Lot) -> Outcome:
    """Fund projects by votes. Each mark is 1 for a project one wants, else 0; cents throughout.

    Projects with as many votes are taken in the lot's order, and those that do not fit are
    passed over. Raises ``Uncountable`` for a cost or a budget that is not above nought.
    """
    check_costs(profile, costs, budget)
    votes = votes_of(profile)
    funded, passed = fill(votes, costs, budget, range(len(costs)), lot)
    return Outcome(
        method="greedy_budget",
        chosen=tuple(funded),
        derivation={
            "ballots": profile.ballots,
            "budget": budget,
            "costs": list(costs),
            "votes": votes,
            "spent": sum(costs[each] for each in funded),
            "passed_over": list(passed),
            "lot": list(lot.order),
        },
    )


def check_costs(profile: Profile, costs: Sequence[int], budget: int) -> None:
    """Refuse costs that do not fit the ballots, or money that is not above nought."""
    profile.require(highest=1)
    if len(costs) != profile.options:
        raise Uncountable(f"{len(costs)} costs for {profile.options} projects")
    if budget <= 0 or min(costs) <= 0:
        raise Uncountable("a budget and each cost are above nought")


def votes_of(profile: Profile) -> list[int]:
    """Count who wants each project."""
    return [int(profile.many[column == 1].sum()) for column in profile.marks.T]


def fill(
    votes: Sequence[int], costs: Sequence[int], money: int, among: Iterable[int], lot: Lot
) -> tuple[list[int], list[Json]]:
    """Spend money on projects by votes; return those funded and those that did not fit.

    A project that nobody wants is never funded.
    """
    funded: list[int] = []
    passed: list[Json] = []
    for project in sorted(lot.sort(among), key=lambda each: -votes[each]):
        if not votes[project]:
            continue
        if costs[project] <= money:
            money -= costs[project]
            funded.append(project)
        else:
            passed.append({"project": project, "left": money})
    return funded, passed
