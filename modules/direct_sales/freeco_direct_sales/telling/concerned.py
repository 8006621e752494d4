"""Who takes what of a producer's products at the distributions to come."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Household
from freeco_direct_sales.models import (
    ContractProduct,
    ContractState,
    Delivery,
    Distribution,
    Producer,
    Product,
    SeasonContract,
)
from freeco_direct_sales.orders import on_the_table
from freeco_direct_sales.orders.models import Offer, OrderSession, Pickup, SessionState
from freeco_direct_sales.sheets import lines_taken

FEW_DATES = 6
Concerned = dict[Household, tuple[list[Distribution], frozenset[int]]]
"""Who takes what is missing: at which distributions, and which products, by id."""
Taken = tuple[int, int, int]
"""A household, a distribution and a product, by id."""


def coming_dates(producer: Producer) -> Sequence[Distribution]:
    """Return the next distributions to which a producer brings something."""
    by_contract = (
        select(Delivery.distribution_id)
        .join(SeasonContract, SeasonContract.id == Delivery.contract_id)
        .where(
            SeasonContract.producer_id == producer.id,
            SeasonContract.state != ContractState.DRAFT,
            Delivery.cancelled_at.is_(None),
        )
    )
    by_offer = (
        select(Pickup.distribution_id)
        .join(OrderSession, OrderSession.id == Pickup.session_id)
        .join(Offer, Offer.session_id == OrderSession.id)
        .join(Product, Product.id == Offer.product_id)
        .where(Product.producer_id == producer.id, OrderSession.state != SessionState.DRAFT)
    )
    return db.session.scalars(
        select(Distribution)
        .where(
            Distribution.community_id == producer.community_id,
            Distribution.ends_at > now(),
            Distribution.id.in_(by_contract) | Distribution.id.in_(by_offer),
        )
        .order_by(Distribution.starts_at, Distribution.id)
        .limit(FEW_DATES)
    ).all()


def products_at(producer: Producer, dates: Iterable[Distribution]) -> Sequence[Product]:
    """Return the products of a producer that may be taken at these distributions, by name."""
    ids = [each.id for each in dates]
    by_contract = (
        select(ContractProduct.product_id)
        .join(SeasonContract, SeasonContract.id == ContractProduct.contract_id)
        .join(Delivery, Delivery.contract_id == SeasonContract.id)
        .where(Delivery.distribution_id.in_(ids), SeasonContract.state != ContractState.DRAFT)
    )
    by_offer = (
        select(Offer.product_id)
        .join(OrderSession, OrderSession.id == Offer.session_id)
        .join(Pickup, Pickup.session_id == OrderSession.id)
        .where(Pickup.distribution_id.in_(ids), OrderSession.state != SessionState.DRAFT)
    )
    found = db.session.scalars(
        select(Product).where(
            Product.producer_id == producer.id,
            Product.id.in_(by_contract) | Product.id.in_(by_offer),
        )
    )
    return sorted(found, key=lambda each: each.name.casefold())


def concerned(
    producer: Producer, products: Iterable[Product], dates: Iterable[Distribution]
) -> Concerned:
    """Return the households that take one of these products at distributions still to come."""
    wanted = {each.id for each in products}
    taken: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    coming = {each.id: each for each in dates if each.ends_at > now()}
    for household, distribution, product in (
        *_by_contract(producer, coming),
        *_by_order(producer, coming.values()),
    ):
        if product in wanted:
            taken[household][distribution].add(product)
    people = db.session.scalars(
        select(Household).where(Household.id.in_(taken)).order_by(Household.name, Household.id)
    )
    return {
        each: (
            sorted((coming[at] for at in taken[each.id]), key=lambda at: (at.starts_at, at.id)),
            frozenset().union(*taken[each.id].values()),
        )
        for each in people
    }


def _by_contract(producer: Producer, coming: Mapping[int, Distribution]) -> list[Taken]:
    deliveries = {
        row.id: row.distribution_id
        for row in db.session.execute(
            select(Delivery.id, Delivery.distribution_id)
            .join(SeasonContract, SeasonContract.id == Delivery.contract_id)
            .where(
                SeasonContract.producer_id == producer.id,
                Delivery.distribution_id.in_(coming),
                Delivery.cancelled_at.is_(None),
            )
        )
    }
    lines = [each for each in lines_taken(deliveries) if not each.nobody]
    products = {
        row.id: row.product_id
        for row in db.session.execute(
            select(ContractProduct.id, ContractProduct.product_id).where(
                ContractProduct.id.in_({each.contract_product_id for each in lines})
            )
        )
    }
    return [
        (household, deliveries[line.delivery_id], products[line.contract_product_id])
        for line in lines
        for household in {line.household_id, line.partner_id or line.household_id}
    ]


def _by_order(producer: Producer, coming: Iterable[Distribution]) -> list[Taken]:
    ordered = [
        (line.household_id, at.id, line.offer_id)
        for at in coming
        for line in on_the_table.ordered_at(at, producer=producer)
    ]
    products = {
        row.id: row.product_id
        for row in db.session.execute(
            select(Offer.id, Offer.product_id).where(
                Offer.id.in_({offer for _household, _at, offer in ordered})
            )
        )
    }
    return [(household, at, products[offer]) for household, at, offer in ordered]
