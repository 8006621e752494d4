"""What changes of a commitment once it is made: quantities, total, what is left to settle."""

from collections.abc import Mapping, Sequence

from freeco.clock import now
from freeco.db import db, lock
from freeco.money import Money, total
from freeco_direct_sales import commitments, holding, record, schedule
from freeco_direct_sales.errors import (
    DeliveryPast,
    PlaceGivenBack,
    UnknownChoice,
)
from freeco_direct_sales.models import (
    Change,
    ContractProduct,
    Delivery,
    Subscription,
    SubscriptionLine,
)
from freeco_direct_sales.solidarity import adjusting, following
from freeco_direct_sales.subscriptions import MOST_OF_A_PRODUCT


def change_delivery(
    subscription: Subscription, delivery: Delivery, quantities: Mapping[int, int]
) -> list[str]:
    """Change what a household takes at one delivery, and mark it on the sheets.

    Quantities by contract product id; products left out stay as they are. The total, a shared
    price and the commitment in the books follow; the schedule does not: see
    ``settle_difference``.
    Returns what changed, in words without a name. Raises DeliveryPast, PlaceGivenBack,
    UnknownChoice.
    """
    return change_deliveries(subscription, {delivery: quantities})


def change_deliveries(
    subscription: Subscription, wanted: Mapping[Delivery, Mapping[int, int]]
) -> list[str]:
    """Change what a household takes at several deliveries at once; see ``change_delivery``."""
    holding.subscriptions([subscription])
    if subscription.withdrawn_at is not None:
        raise PlaceGivenBack
    told = []
    for delivery, quantities in wanted.items():
        if delivery.contract_id != subscription.contract_id:
            raise UnknownChoice
        if delivery.distribution.ends_at < now():
            raise DeliveryPast
        words = _change_lines(subscription, delivery, quantities)
        if not words:
            continue
        told += words
        change = Change(
            delivery_id=delivery.id,
            household_id=subscription.household_id,
            words=" ; ".join(words),
        )
        db.session.add(change)
        db.session.flush()
        record.state_changed(subscription, change, delivery)
    if told:
        subscription.total = total(
            [line.contract_product.price * line.quantity for line in subscription.lines]
        )
        following.commit([subscription])
    return told


def _change_lines(
    subscription: Subscription, delivery: Delivery, quantities: Mapping[int, int]
) -> list[str]:
    products = {product.id: product for product in subscription.contract.products}
    lines = {
        line.contract_product_id: line
        for line in subscription.lines
        if line.delivery_id == delivery.id
    }
    words = []
    for product_id, quantity in quantities.items():
        if product_id not in products or not 0 <= quantity <= MOST_OF_A_PRODUCT:
            raise UnknownChoice
        words += _change_line(
            subscription, delivery, products[product_id], lines.get(product_id), quantity
        )
    return words


def _change_line(
    subscription: Subscription,
    delivery: Delivery,
    product: ContractProduct,
    line: SubscriptionLine | None,
    quantity: int,
) -> list[str]:
    before = line.quantity if line else 0
    if before == quantity:
        return []
    if line is None:
        db.session.add(
            SubscriptionLine(
                subscription=subscription,
                delivery_id=delivery.id,
                contract_product=product,
                quantity=quantity,
            )
        )
    else:
        line.quantity = quantity
    return [f"{product.name} : {before} → {quantity}"]


def to_settle(subscription: Subscription) -> Money:
    """Return what changes and cancelled deliveries added to, or took from, the schedule."""
    if subscription.withdrawn_at is not None:
        return Money(0)
    return differences([subscription])[subscription.id]


def differences(found: Sequence[Subscription]) -> dict[int, Money]:
    """Return by id what is to settle of several standing subscriptions, in few queries."""
    owed, added = commitments.owed_of(found), adjusting.adjusted(each.id for each in found)
    return {each.id: owed[each.id] + added[each.id] - schedule.planned(each) for each in found}


def settle_difference(subscription: Subscription) -> Money:
    """Bring the schedule to what is owed today; return what is left to be given back by hand."""
    lock(subscription)
    schedule.hold(subscription)
    difference = to_settle(subscription)
    return schedule.adjust(subscription, difference) if difference else difference
