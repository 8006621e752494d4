"""Contracts lived in for the demonstration: jokers, a basket lent, a place shared, a list."""

from collections.abc import Sequence
from datetime import timedelta

from freeco.clock import now, today
from freeco.members import households
from freeco.members.models import Household, Member
from freeco_direct_sales import contracts, subscriptions
from freeco_direct_sales.contracting import (
    absences,
    lending,
    renewal,
    rules,
    sharing,
    trials,
    waiting,
)
from freeco_direct_sales.contracting.models import AbsenceKind, SharingWay, SkipRule
from freeco_direct_sales.models import (
    ContractKind,
    ContractState,
    Delivery,
    SeasonContract,
    Subscription,
)

WAITING = 3
NEXT_SEASON = timedelta(weeks=8)
"""From today, when the contract that is renewed begins again."""


def foresee(contract: SeasonContract) -> None:
    """Write what a draft foresees: jokers for all, quantities where they are free."""
    free = contract.kind == ContractKind.FREE
    rules.set_rules(
        contract,
        most_skips=2,
        notice_days=3,
        skip_rule=SkipRule.CREDITED if free else SkipRule.LOST,
        may_move=True,
        may_share=not free,
        edit_days=3 if free else None,
        trial_deliveries=2,
    )


def stage(held: Sequence[SeasonContract], tables: Sequence[Member], coordinator: Member) -> None:
    """Let the coordinator skip and be lent a basket, two share a place, some wait for one."""
    open_ones = [each for each in held if each.state == ContractState.OPEN]
    mine = households.household_of(coordinator)
    own = _first_of(open_ones, mine)
    if own is not None:
        coming = contracts.coming_deliveries(own.contract)
        absences.skip(own, _taken(own, coming[2:]), coordinator)
    for member in tables:
        other = households.household_of(member)
        lent = _first_of(open_ones, other) if other.id != mine.id else None
        if lent is not None:
            coming = contracts.coming_deliveries(lent.contract)
            given = _taken(lent, coming[1:])
            lending.propose(lent, given, mine, member, AbsenceKind.LENT)
            break
    _share(open_ones[0], tables)
    _wait(open_ones[-2], tables)
    if own is not None:
        _renew(own.contract)


def _first_of(held: Sequence[SeasonContract], household: Household) -> Subscription | None:
    found = (subscriptions.standing_subscription(each, household) for each in held)
    return next((each for each in found if each is not None), None)


def _taken(subscription: Subscription, deliveries: Sequence[Delivery]) -> Delivery:
    taken = {line.delivery_id for line in subscription.lines if line.quantity}
    return next(each for each in deliveries if each.id in taken)


def _without(contract: SeasonContract, tables: Sequence[Member]) -> list[Member]:
    return [
        each
        for each in tables
        if subscriptions.standing_subscription(contract, households.household_of(each)) is None
    ]


def _share(contract: SeasonContract, tables: Sequence[Member]) -> None:
    """Propose to share a place, and begin a trial, between households that have none yet."""
    free = _without(contract, tables)
    basket = {contract.products[0].id: 1}
    room = contracts.places_left(contract) != 0
    if len(free) > 1 and room and sharing.may_share(contract):
        sharing.propose(
            contract,
            households.household_of(free[1]),
            free[1],
            households.household_of(free[0]),
            SharingWay.TURNS,
            basket,
            1,
            charter_text_id=None,
            signed_by=free[1].name,
        )
    if len(free) > 2 and contracts.places_left(contract) != 0:
        trials.begin(
            contract,
            households.household_of(free[2]),
            free[2],
            subscriptions.same_basket(contract, basket),
            1,
            charter_text_id=None,
            signed_by=free[2].name,
        )


def _wait(contract: SeasonContract, tables: Sequence[Member]) -> None:
    """Fill a contract up, and let some households wait for a place."""
    contracts.change_capacity(contract, max(1, contracts.taken_places(contract)))
    if contracts.places_left(contract) == 0:
        for member in _without(contract, tables)[:WAITING]:
            waiting.wait(contract, households.household_of(member), member)


def _renew(contract: SeasonContract) -> None:
    """Open the next season of a contract, which its households may take again."""
    first = today(contract.community.timezone) + NEXT_SEASON
    last = max(each.distribution.starts_at for each in contracts.deliveries_of(contract))
    if last > now() + NEXT_SEASON:
        following = renewal.renew(
            contract, f"{contract.name}, la suite", first, last.date() + timedelta(days=1)
        )
        contracts.open_contract(following)
