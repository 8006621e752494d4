"""How many places of a contract are taken, and kept for somebody."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Household
from freeco_direct_sales.contracting.models import SharedBasket, Trial, WaitingWish
from freeco_direct_sales.models import SeasonContract, Subscription


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


def kept(contract: SeasonContract, household: Household | None = None) -> int:
    """Count the places kept for the waiting list, but for this household's own."""
    query = select(func.count(WaitingWish.id)).where(
        WaitingWish.contract_id == contract.id,
        WaitingWish.ended_at.is_(None),
        WaitingWish.reserved_until > now(),
    )
    if household is not None:
        query = query.where(WaitingWish.household_id != household.id)
    return db.session.scalar(query) or 0


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


def left(contract: SeasonContract, household: Household | None = None) -> int | None:
    """Count the places left to a household, or to anybody; None when there is no limit."""
    if contract.capacity is None:
        return None
    return max(0, contract.capacity - taken(contract) - kept(contract, household))
