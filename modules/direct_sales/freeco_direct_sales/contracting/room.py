"""How many places of a contract are taken, and kept for somebody."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, or_, select, union
from sqlalchemy.orm import aliased

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Household
from freeco_direct_sales.contracting.errors import DateFull
from freeco_direct_sales.contracting.models import (
    ContractRules,
    SharedBasket,
    Trial,
    TrialRest,
    WaitingWish,
)
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import (
    ContractKind,
    Delivery,
    Distribution,
    SeasonContract,
    Subscription,
    SubscriptionLine,
)


def taken(contract: SeasonContract) -> int:
    """Count the places taken: two that share a basket take one, a trial that ended takes none."""
    standing = (
        select(func.count(Subscription.id))
        .outerjoin(Trial, Trial.subscription_id == Subscription.id)
        .where(
            Subscription.contract_id == contract.id,
            Subscription.withdrawn_at.is_(None),
            Trial.dropped_at.is_(None),
        )
        .scalar_subquery()
    )
    first, second = aliased(Subscription), aliased(Subscription)
    shared = (
        select(func.count(SharedBasket.id))
        .join(first, first.id == SharedBasket.first_id)
        .join(second, second.id == SharedBasket.second_id)
        .where(
            SharedBasket.contract_id == contract.id,
            SharedBasket.ended_at.is_(None),
            first.withdrawn_at.is_(None),
            second.withdrawn_at.is_(None),
        )
        .scalar_subquery()
    )
    return db.session.scalar(select(standing - shared)) or 0


def at(delivery: Delivery) -> int | None:
    """Count the households a delivery may serve besides; None when there is no limit.

    Who tries the contract and has still to decide keeps its room at the deliveries to come.
    """
    most = _most_per_delivery(delivery.contract)
    if most is None:
        return None
    served = union(
        select(SubscriptionLine.subscription_id)
        .join(Subscription, Subscription.id == SubscriptionLine.subscription_id)
        .where(
            SubscriptionLine.delivery_id == delivery.id,
            SubscriptionLine.quantity > 0,
            Subscription.withdrawn_at.is_(None),
        ),
        select(TrialRest.subscription_id)
        .join(Trial, Trial.subscription_id == TrialRest.subscription_id)
        .join(Subscription, Subscription.id == Trial.subscription_id)
        .where(
            TrialRest.delivery_id == delivery.id,
            Trial.confirmed_at.is_(None),
            Trial.dropped_at.is_(None),
            Subscription.withdrawn_at.is_(None),
        ),
    ).subquery()
    return max(0, most - (db.session.scalar(select(func.count()).select_from(served)) or 0))


def check_dates(contract: SeasonContract, chosen: Mapping[tuple[int, int], int]) -> None:
    """Check that each delivery where something is chosen can serve one household more.

    The caller holds the contract. Raises DateFull.
    """
    if _most_per_delivery(contract) is None:
        return
    wanted = {delivery_id for (delivery_id, _product), many in chosen.items() if many}
    for each in _coming(contract):
        if each.id in wanted and at(each) == 0:
            raise DateFull(local_day(each.distribution))


def _most_per_delivery(contract: SeasonContract) -> int | None:
    rules = db.session.get(ContractRules, contract.id)
    return rules.most_per_delivery if rules is not None else None


def _coming(contract: SeasonContract) -> list[Delivery]:
    return list(
        db.session.scalars(
            select(Delivery)
            .join(Distribution, Distribution.id == Delivery.distribution_id)
            .where(
                Delivery.contract_id == contract.id,
                Delivery.cancelled_at.is_(None),
                Distribution.starts_at > now(),
            )
            .order_by(Distribution.starts_at, Delivery.id)
        )
    )


def _free(contract: SeasonContract) -> int | None:
    """Count the places nobody has taken; of a same basket, also as its deliveries serve them."""
    limits = [] if contract.capacity is None else [contract.capacity - taken(contract)]
    if contract.kind == ContractKind.FIXED and _most_per_delivery(contract) is not None:
        rooms = (at(each) for each in _coming(contract))
        limits += [each for each in rooms if each is not None]
    return min(limits, default=None)


def _standing(contract: SeasonContract) -> list[tuple[int, datetime | None]]:
    """Return who waits and may still come, the first first, and until when a place is kept."""
    rows = db.session.execute(
        select(WaitingWish.household_id, WaitingWish.reserved_until)
        .where(
            WaitingWish.contract_id == contract.id,
            WaitingWish.ended_at.is_(None),
            or_(WaitingWish.reserved_until.is_(None), WaitingWish.reserved_until > now()),
        )
        .order_by(WaitingWish.wished_at, WaitingWish.id)
    )
    return [(household_id, until) for household_id, until in rows]


def unkept(contract: SeasonContract) -> int | None:
    """Count the places neither taken nor kept for anybody; None when there is no limit."""
    free = _free(contract)
    if free is None:
        return None
    kept = [until for _household, until in _standing(contract) if until is not None]
    return max(0, free - len(kept))


def left(contract: SeasonContract, household: Household | None = None) -> int | None:
    """Count the places left to a household, or to anybody; None when there is no limit.

    Who waits comes first, also before a freed place has been passed on to them.
    """
    free = _free(contract)
    if free is None:
        return None
    waiting = _standing(contract)
    mine = household.id if household is not None else None
    place = next((at for at, each in enumerate(waiting) if each[0] == mine), None)
    first = waiting if place is None else waiting[:place]
    later = [] if place is None else [each for each in waiting[place + 1 :] if each[1] is not None]
    return max(0, free - len(first) - len(later))


def part(subscription: Subscription) -> None:
    """End the sharing of a place that one gives back: the other keeps it, and its own dates."""
    for shared in db.session.scalars(
        select(SharedBasket).where(
            SharedBasket.ended_at.is_(None),
            or_(
                SharedBasket.first_id == subscription.id,
                SharedBasket.second_id == subscription.id,
            ),
        )
    ):
        shared.ended_at = now()
