"""What one household takes, as its people read it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Household
from freeco.money import Money
from freeco_direct_sales.contracting.taking import taken_by, with_takers
from freeco_direct_sales.contracts import deliveries_of
from freeco_direct_sales.models import (
    ContractProduct,
    Delivery,
    Distribution,
    Producer,
    SeasonContract,
    Subscription,
    SubscriptionLine,
)
from freeco_direct_sales.orders import on_the_table


@dataclass(frozen=True)
class BasketLine:
    """A product in a household's basket at one distribution."""

    producer: str
    product: str
    unit: str
    quantity: int
    price: Money
    cancelled: str
    """Why it will not come; empty when it does."""


def basket_of(household: Household, distribution: Distribution) -> Sequence[BasketLine]:
    """Return what a household takes home from a distribution, by producer."""
    query = with_takers(
        select(
            Producer.name,
            ContractProduct.name,
            ContractProduct.unit,
            SubscriptionLine.quantity,
            ContractProduct.price,
            Delivery.reason,
        )
        .select_from(SubscriptionLine)
        .join(Subscription, Subscription.id == SubscriptionLine.subscription_id)
        .join(Delivery, Delivery.id == SubscriptionLine.delivery_id)
        .join(ContractProduct, ContractProduct.id == SubscriptionLine.contract_product_id)
        .join(SeasonContract, SeasonContract.id == Delivery.contract_id)
        .join(Producer, Producer.id == SeasonContract.producer_id)
        .where(
            Subscription.withdrawn_at.is_(None),
            Delivery.distribution_id == distribution.id,
            SubscriptionLine.quantity > 0,
        )
        .order_by(Producer.name, ContractProduct.id)
    )
    found = db.session.execute(query.where(taken_by(household.id)))
    return [
        *(BasketLine(*row) for row in found),
        *(
            BasketLine(line.producer, line.name, line.unit, line.quantity, line.price, "")
            for line in on_the_table.ordered_at(distribution, household=household)
        ),
    ]


@dataclass(frozen=True)
class DatedBasket:
    """What a subscription brings at one delivery."""

    delivery: Delivery
    products: Sequence[tuple[str, int]]


def dates_of(subscription: Subscription) -> list[DatedBasket]:
    """Return a subscription's deliveries in order of date, each with its products."""
    products: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for delivery_id, name, many in db.session.execute(
        select(SubscriptionLine.delivery_id, ContractProduct.name, SubscriptionLine.quantity)
        .join(ContractProduct, ContractProduct.id == SubscriptionLine.contract_product_id)
        .where(SubscriptionLine.subscription_id == subscription.id, SubscriptionLine.quantity > 0)
        .order_by(ContractProduct.id)
    ):
        products[delivery_id].append((name, many))
    return [
        DatedBasket(each, products[each.id])
        for each in deliveries_of(subscription.contract)
        if each.id in products
    ]
