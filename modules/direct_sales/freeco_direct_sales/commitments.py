"""What a subscription commits to, kept in its seller's book as things change."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from freeco.accounting.facts import Commitment, CommitmentLessened
from freeco.accounting.recording import record
from freeco.clock import today
from freeco.db import db, lock
from freeco.members.models import Community
from freeco.money import Money
from freeco.payments import steps
from freeco.payments.parties import party_of
from freeco.payments.step_log import is_of_before, lock_in_order
from freeco_direct_sales import sellers
from freeco_direct_sales.models import (
    ContractProduct,
    Delivery,
    SeasonContract,
    Subscription,
    SubscriptionLine,
)
from freeco_direct_sales.sales_models import Committed


def owed_of(subscriptions: Sequence[Subscription]) -> dict[int, Money]:
    """Return by id what subscriptions come to: cancelled deliveries are not owed."""
    found = {each.id: Money(0) for each in subscriptions}
    rows = db.session.execute(
        select(
            SubscriptionLine.subscription_id,
            ContractProduct.price,
            func.sum(SubscriptionLine.quantity),
        )
        .join(ContractProduct, ContractProduct.id == SubscriptionLine.contract_product_id)
        .join(Delivery, Delivery.id == SubscriptionLine.delivery_id)
        .where(SubscriptionLine.subscription_id.in_(found), Delivery.cancelled_at.is_(None))
        .group_by(SubscriptionLine.subscription_id, ContractProduct.id, ContractProduct.price)
    )
    for subscription_id, price, quantity in rows:
        found[subscription_id] += price * int(quantity)
    return found


def commit(subscription: Subscription) -> None:
    """Bring the commitment in the book to what is owed today; nothing before both have signed.

    Called after every change of a contract: twice is once. What was paid before the books began
    is written with the first commitment.
    """
    lock(subscription)
    db.session.flush()
    for each in lock_in_order(filter(is_of_before, subscription.payments)):
        steps.catch_up(each)
    stands = subscription.is_signed and subscription.withdrawn_at is None
    target = owed_of([subscription])[subscription.id] if stands else Money(0)
    number, sum_before = db.session.execute(
        select(func.coalesce(func.max(Committed.number), 0), func.sum(Committed.amount)).where(
            Committed.subscription_id == subscription.id
        )
    ).one()
    difference = target - (sum_before or Money(0))
    if not difference:
        return
    party = party_of(subscription.household)
    fact = (
        Commitment(party, difference)
        if difference.cents > 0
        else CommitmentLessened(party, -difference)
    )
    contract = subscription.contract
    record(
        sellers.book(contract.producer),
        fact,
        today(contract.community.timezone),
        f"direct_sales:commitment:{subscription.id}:{number + 1}",
        piece=f"CONTRAT-{subscription.code}",
    )
    db.session.add(Committed(subscription_id=subscription.id, number=number + 1, amount=difference))
    db.session.flush()


def bears_share(subscription: Subscription, last_day: date) -> bool:
    """Whether what is delivered by a day bears a share: not what came before its books began.

    A commitment is written as the second side signs; one signed earlier is older than the books.
    """
    signed_at = subscription.producer_signed_at
    written_at = db.session.scalar(
        select(func.min(Committed.committed_at)).where(Committed.subscription_id == subscription.id)
    )
    if signed_at is None or written_at is None or written_at - signed_at < timedelta(days=1):
        return True
    zone = ZoneInfo(subscription.contract.community.timezone)
    return last_day >= written_at.astimezone(zone).date()


def never_written(community: Community) -> Sequence[int]:
    """Return the subscriptions that were signed before the books began."""
    return db.session.scalars(
        select(Subscription.id)
        .join(SeasonContract, SeasonContract.id == Subscription.contract_id)
        .where(
            SeasonContract.community_id == community.id,
            Subscription.withdrawn_at.is_(None),
            Subscription.household_signed_at.is_not(None),
            Subscription.producer_signed_at.is_not(None),
            Subscription.total > Money(0),
            Subscription.id.not_in(select(Committed.subscription_id)),
        )
        .order_by(Subscription.id)
    ).all()


def takers(delivery: Delivery) -> Sequence[Subscription]:
    """Return the standing subscriptions that take something at a delivery, by id."""
    return db.session.scalars(
        select(Subscription)
        .join(SubscriptionLine, SubscriptionLine.subscription_id == Subscription.id)
        .where(
            SubscriptionLine.delivery_id == delivery.id,
            SubscriptionLine.quantity > 0,
            Subscription.withdrawn_at.is_(None),
        )
        .order_by(Subscription.id)
        .distinct()
    ).all()
