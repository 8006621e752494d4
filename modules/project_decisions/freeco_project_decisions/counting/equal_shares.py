"""The method of equal shares: everybody decides of the same part of a budget.

Dominik Peters, Grzegorz Pierczyński and Piotr Skowron, « Proportional Participatory Budgeting
with Additive Utilities », *NeurIPS* 2021. Each voter has the same share of the money. A project
is bought by those who want it, who pay alike, or all they have left when that is less; the one
whose supporters pay least for each euro of it is bought first, until no supporters can pay for
anything more. As money is left then, shares grow by so many cents, again and again, until it
would be overspent; what is still left goes to what has most votes. That is how Wieliczka (2023)
and Aarau (2023) voted.

Everything is exact: what each voter has is a whole number over a denominator common to all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

import numpy as np
from numpy.typing import NDArray

from freeco_project_decisions.counting.errors import Uncountable
from freeco_project_decisions.counting.greedy_budget import check_costs, fill, votes_of
from freeco_project_decisions.counting.lots import Lot
from freeco_project_decisions.counting.outcomes import Json, Outcome, told, written
from freeco_project_decisions.counting.profiles import Profile


@dataclass(frozen=True)
class Purchase:
    """A project bought with shares."""

    project: int
    most_paid: Fraction
    """What each supporter pays, in cents; who has less pays all of it."""
    by_euro: Fraction
    """What that is for each cent of the project: the smallest of all that could be bought."""


@dataclass(frozen=True)
class Shared:
    """What is bought when each voter has so much."""

    share: Fraction
    purchases: tuple[Purchase, ...]
    drawn: tuple[Json, ...]

    def cost(self, costs: Sequence[int]) -> int:
        """Return what it costs, in cents."""
        return sum(costs[each.project] for each in self.purchases)


def equal_shares(
    profile: Profile, costs: Sequence[int], budget: int, step: int, lot: Lot
) -> Outcome:
    """Spend a budget by equal shares. Each mark is 1 for a project one wants, else 0.

    ``costs``, ``budget`` and ``step``, by which shares grow, are whole cents. Projects that are
    level are taken in the lot's order. Raises ``Uncountable`` for money that is not above nought
    and when nobody voted.
    """
    check_costs(profile, costs, budget)
    if step <= 0 or not profile.ballots:
        raise Uncountable("a step above nought and one ballot at least are needed")
    voters = _Voters.of(profile)
    shared = voters.buy(costs, Fraction(budget, profile.ballots), lot)
    if shared.cost(costs) > budget:
        raise Uncountable("equal shares of a budget never spend more than it")
    while _may_grow(shared, voters, costs):
        larger = voters.buy(costs, shared.share + step, lot)
        if larger.cost(costs) > budget:
            break
        shared = larger
    votes = votes_of(profile)
    bought = [each.project for each in shared.purchases]
    rest = budget - shared.cost(costs)
    left = [project for project in range(len(costs)) if project not in bought]
    added, _passed = fill(votes, costs, rest, left, lot)
    return Outcome(
        method="equal_shares/cost_utility",
        chosen=(*bought, *added),
        derivation={
            "ballots": profile.ballots,
            "budget": budget,
            "costs": list(costs),
            "votes": votes,
            "step": step,
            "share": written(shared.share),
            "bought": [_written(each) for each in shared.purchases],
            "added_by_votes": added,
            "spent": sum(costs[each] for each in (*bought, *added)),
            "ties": list(shared.drawn),
            "lot": list(lot.order),
        },
    )


def _written(purchase: Purchase) -> Json:
    return {
        "project": purchase.project,
        "most_paid": written(purchase.most_paid),
        "by_euro": written(purchase.by_euro),
    }


def _may_grow(shared: Shared, voters: "_Voters", costs: Sequence[int]) -> bool:
    """Say whether larger shares could still buy something that somebody wants."""
    bought = {each.project for each in shared.purchases}
    return any(
        len(wanted) for project, wanted in enumerate(voters.wanting) if project not in bought
    )


@dataclass(frozen=True)
class _Voters:
    """The voters, those who voted alike together: they always have as much left."""

    many: NDArray[np.int64]
    wanting: tuple[NDArray[np.int64], ...]
    """For each project, which groups want it."""

    @classmethod
    def of(cls, profile: Profile) -> "_Voters":
        groups = profile.grouped()
        marks = np.frombuffer(b"".join(ballot for ballot, _many in groups), dtype=np.uint8)
        columns = marks.reshape(len(groups), profile.options).T
        return cls(
            np.array([many for _ballot, many in groups], dtype=np.int64),
            tuple(np.flatnonzero(column) for column in columns),
        )

    def buy(self, costs: Sequence[int], share: Fraction, lot: Lot) -> Shared:
        """Buy projects until no supporters can pay for another one."""
        purses = _Purses(self, share)
        waiting = {
            project: Fraction(1, int(self.many[wanted].sum()))
            for project, wanted in enumerate(self.wanting)
            if len(wanted)
        }
        purchases: list[Purchase] = []
        drawn: list[Json] = []
        while waiting:
            best = _cheapest(purses, costs, waiting)
            if not best:
                break
            taken = lot.sort(best)[0]
            if len(best) > 1:
                drawn.append(told(best, [taken], lot))
            purchases.append(purses.pay(taken, best[taken], costs[taken]))
            del waiting[taken]
        return Shared(share, tuple(purchases), tuple(drawn))


def _cheapest(
    purses: "_Purses", costs: Sequence[int], waiting: dict[int, Fraction]
) -> dict[int, Fraction]:
    """Find the projects that cost their supporters least, and drop those they cannot pay.

    ``waiting`` keeps what each would have cost when it was last looked at: as purses only grow
    thinner, it costs as much now or more, so that most need not be looked at again.
    """
    best: dict[int, Fraction] = {}
    least: Fraction | None = None
    for project in sorted(waiting, key=waiting.__getitem__):
        if least is not None and waiting[project] > least:
            break
        most_paid = purses.most_paid(project, costs[project])
        if most_paid is None:
            del waiting[project]
            continue
        waiting[project] = most_paid / costs[project]
        best[project] = most_paid
        least = min(waiting[each] for each in best)
        best = {each: paid for each, paid in best.items() if waiting[each] == least}
    return best


class _Purses:
    """What the voters of each group have left, each, over one denominator."""

    def __init__(self, voters: _Voters, share: Fraction) -> None:
        self.voters = voters
        self.below = share.denominator
        self.left = np.full(len(voters.many), share.numerator, dtype=object)

    def most_paid(self, project: int, cost: int) -> Fraction | None:
        """Return what each supporter would pay, in cents, or nothing when they cannot.

        Who has less than that pays all they have, and the others share the rest.
        """
        wanted = self.voters.wanting[project]
        left, many = self.left[wanted], self.voters.many[wanted]
        due = cost * self.below
        while len(left):
            supporters = int(many.sum())
            poor = (left < -(-due // supporters)).astype(bool)
            if not poor.any():
                return Fraction(due, supporters * self.below)
            due -= int((left[poor] * many[poor]).sum())
            left, many = left[~poor], many[~poor]
        return None

    def pay(self, project: int, most_paid: Fraction, cost: int) -> Purchase:
        """Take from each supporter what they pay."""
        more = most_paid.denominator // gcd(most_paid.denominator, self.below)
        self.below *= more
        self.left = self.left * more
        wanted = self.voters.wanting[project]
        paid = most_paid.numerator * (self.below // most_paid.denominator)
        self.left[wanted] = np.maximum(self.left[wanted] - paid, 0)
        return Purchase(project, most_paid, most_paid / cost)
