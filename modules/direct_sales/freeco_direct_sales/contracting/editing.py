"""Free quantities that a household changes itself, until the day its contract says."""

from collections.abc import Mapping

from freeco.db import lock
from freeco_direct_sales import changing
from freeco_direct_sales.contracting import absences, room, rules
from freeco_direct_sales.contracting.errors import NotForeseen, NothingTaken, TooLate
from freeco_direct_sales.contracting.models import ContractRules
from freeco_direct_sales.models import ContractKind, Delivery, Subscription


def may_edit(
    subscription: Subscription, delivery: Delivery, foreseen: ContractRules | None = None
) -> bool:
    """Whether the household may still change what it takes at a delivery."""
    days = (foreseen or rules.rules_of(subscription.contract)).edit_days
    return (
        subscription.contract.kind == ContractKind.FREE
        and days is not None
        and subscription.withdrawn_at is None
        and delivery.cancelled_at is None
        and rules.in_time(delivery.distribution, days)
    )


def edit(
    subscription: Subscription, delivery: Delivery, quantities: Mapping[int, int]
) -> list[str]:
    """Change what the household takes at one date; the commitment follows, then the payments.

    Returns what changed. Raises as ``changing.change_delivery``, and NotForeseen, TooLate,
    TooLittleThatDay, TooLittleInAll, DateFull, NothingTaken for a basket that is lent or moved.
    """
    days = rules.rules_of(subscription.contract).edit_days
    if subscription.contract.kind != ContractKind.FREE or days is None:
        raise NotForeseen
    if not rules.in_time(delivery.distribution, days):
        raise TooLate
    lock(subscription.contract)  # two households may want the last basket of a delivery
    if absences.hold(subscription, delivery) is not None:
        raise NothingTaken
    if not absences.basket_at(subscription, delivery):
        room.check_dates(
            subscription.contract, {(delivery.id, key): many for key, many in quantities.items()}
        )
    words = changing.change_delivery(subscription, delivery, quantities)
    chosen = {
        (line.delivery_id, line.contract_product_id): line.quantity for line in subscription.lines
    }
    rules.check_least(subscription.contract, chosen)
    return words
