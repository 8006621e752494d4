"""Services among what is brought to a distribution: rendered rather than brought, never weighed."""

from collections.abc import Sequence

from sqlalchemy import func, select

from freeco.db import db
from freeco.i18n import listed, said
from freeco_direct_sales import wording
from freeco_direct_sales.models import Distribution, Producer, Product
from freeco_direct_sales.orders.models import Offer, Order, OrderLine, Pickup
from freeco_direct_sales.sheets import Taken


def parted(lines: Sequence[Taken]) -> tuple[list[Taken], list[Taken]]:
    """Part what is taken under contracts into goods and services."""
    goods = [line for line in lines if not line.is_service]
    return goods, [line for line in lines if line.is_service]


def words(distribution: Distribution, producer: Producer, work: Sequence[Taken]) -> list[str]:
    """Say what a farm renders: that day under contracts, at dates agreed for what was ordered."""
    found = []
    sums: dict[tuple[str, str], int] = {}
    for line in work:
        at = (line.name, line.unit)
        sums[at] = sums.get(at, 0) + line.quantity
    if sums:
        found.append(said("À rendre, rien à apporter : %(what)s", what=_written(sums)))
    ordered = _ordered(distribution, producer)
    if ordered:
        found.append(said("À rendre à une date convenue : %(what)s", what=_written(ordered)))
    return found


def _written(sums: dict[tuple[str, str], int]) -> str:
    return listed(
        [f"{name} ({wording.quantity(many, unit)})" for (name, unit), many in sums.items()]
    )


def _ordered(distribution: Distribution, producer: Producer) -> dict[tuple[str, str], int]:
    given = func.coalesce(OrderLine.allotted, OrderLine.ordered)
    rows = db.session.execute(
        select(Offer.name, Offer.unit, func.sum(given))
        .join(OrderLine, OrderLine.offer_id == Offer.id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Pickup, Pickup.id == Order.pickup_id)
        .join(Product, Product.id == Offer.product_id)
        .where(
            Pickup.distribution_id == distribution.id,
            Product.producer_id == producer.id,
            Product.is_service,
            Order.cancelled_at.is_(None),
            given > 0,
        )
        .group_by(Offer.id, Offer.name, Offer.unit)
        .order_by(Offer.id)
    )
    return {(name, unit): int(many) for name, unit, many in rows}
