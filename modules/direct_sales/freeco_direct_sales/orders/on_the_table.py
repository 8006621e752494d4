"""What households ordered in sessions, as the papers and pages of a distribution show it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from freeco.db import db
from freeco.i18n import moment, said
from freeco.members.models import Household
from freeco.money import Money
from freeco_direct_sales import wording
from freeco_direct_sales.models import Distribution, Producer, Product
from freeco_direct_sales.orders.models import (
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Pickup,
    Pricing,
    SessionState,
)


@dataclass(frozen=True)
class Ordered:
    """An article that a household takes home from a distribution."""

    household_id: int
    session_id: int
    session: str
    offer_id: int
    name: str
    unit: str
    grams: int | None
    """About how much one weighs, for what is sold by weight; else as the product says."""
    by_weight: bool
    quantity: int
    price: Money
    """For one unit, or a kilogram."""
    producer_id: int
    producer: str
    state: str
    """Of the session."""
    closes_at: datetime
    case_size: int | None
    """For what comes by cases."""


@dataclass
class Market:
    """A session's orders at a distribution: a column of the sign-off sheet."""

    name: str
    open_until: datetime | None
    """As long as the orders are open: the sheet may still change."""
    baskets: dict[int, list[Ordered]] = field(default_factory=lambda: defaultdict(list))
    """By household id."""

    def basket(self, household_id: int) -> str:
        """Write what a household takes: 2 Poireaux, 1 Pain."""
        return ", ".join(
            f"{line.quantity}\u00a0{wording.unbroken(line.name)}"
            for line in self.baskets.get(household_id, ())
        )

    def totals(self) -> str:
        """Write what all of them take."""
        sums: dict[str, int] = {}
        for lines in self.baskets.values():
            for line in lines:
                sums[line.name] = sums.get(line.name, 0) + line.quantity
        return " · ".join(f"{many}\u00a0{wording.unbroken(name)}" for name, many in sums.items())


def ordered_at(
    distribution: Distribution,
    *,
    producer: Producer | None = None,
    household: Household | None = None,
) -> list[Ordered]:
    """Return what is taken at a distribution, or what of it is one producer's or household's.

    One query. What was ordered, or allotted once that is said; nothing of what does not come.
    """
    given = func.coalesce(OrderLine.allotted, OrderLine.ordered)
    query = (
        select(
            Order.household_id,
            OrderSession.id,
            OrderSession.name,
            Offer.id,
            Offer.name,
            Offer.unit,
            Offer.grams,
            Offer.pricing == Pricing.WEIGHT,
            given,
            OrderLine.unit_price,
            Producer.id,
            Producer.name,
            OrderSession.state,
            OrderSession.closes_at,
            Offer.case_size,
        )
        .select_from(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .join(OrderSession, OrderSession.id == Order.session_id)
        .join(Pickup, Pickup.id == Order.pickup_id)
        .join(Offer, Offer.id == OrderLine.offer_id)
        .join(Product, Product.id == Offer.product_id)
        .join(Producer, Producer.id == Product.producer_id)
        .where(
            Pickup.distribution_id == distribution.id,
            Order.cancelled_at.is_(None),
            Product.is_service.is_(False),  # rendered at a date agreed, not laid on the table
            given > 0,
        )
        .order_by(OrderSession.id, Offer.id)
    )
    if producer is not None:
        query = query.where(Producer.id == producer.id)
    if household is not None:
        query = query.where(Order.household_id == household.id)
    return [Ordered(*tuple(row)) for row in db.session.execute(query)]


def markets(lines: Sequence[Ordered]) -> list[Market]:
    """Put what is taken together by session."""
    found: dict[int, Market] = {}
    for line in lines:
        open_until = line.closes_at if line.state == SessionState.OPEN else None
        market = found.setdefault(line.session_id, Market(line.session, open_until))
        market.baskets[line.household_id].append(line)
    return list(found.values())


def households_in(found: Sequence[Market]) -> set[int]:
    """Return the households that take something of these."""
    return {household for market in found for household in market.baskets}


def needed(lines: Sequence[Ordered]) -> Mapping[int, int]:
    """Return how many of each article are to be brought, by offer id."""
    sums: dict[int, int] = {}
    for line in lines:
        sums[line.offer_id] = sums.get(line.offer_id, 0) + line.quantity
    return sums


def sessions_at(distribution: Distribution) -> Sequence[OrderSession]:
    """Return the sessions, but drafts, whose orders are taken at a distribution."""
    return db.session.scalars(
        select(OrderSession)
        .join(Pickup, Pickup.session_id == OrderSession.id)
        .where(Pickup.distribution_id == distribution.id, OrderSession.state != SessionState.DRAFT)
        .order_by(OrderSession.id)
    ).all()


def still_open(found: Sequence[Market]) -> list[str]:
    """Say of which sessions the sheet may still change, for whoever would print it too early."""
    return [
        said(
            "« %(name)s » : les commandes sont ouvertes jusqu’au %(moment)s",
            name=each.name,
            moment=moment(each.open_until),
        )
        for each in found
        if each.open_until is not None
    ]


def producers_at(distribution: Distribution) -> Sequence[Producer]:
    """Return the producers of whom somebody takes something ordered, by name."""
    ids = {line.producer_id for line in ordered_at(distribution)}
    query = select(Producer).where(Producer.id.in_(ids)).order_by(Producer.name)
    return db.session.scalars(query).all()


def takes_there(distribution: Distribution, household_id: int) -> bool:
    """Whether a household has an order that it takes at a distribution."""
    found = db.session.scalar(
        select(Order.id)
        .join(Pickup, Pickup.id == Order.pickup_id)
        .where(
            Pickup.distribution_id == distribution.id,
            Order.household_id == household_id,
            Order.cancelled_at.is_(None),
        )
        .limit(1)
    )
    return found is not None


def to_fetch(
    household: Household, since: datetime, until: datetime
) -> list[tuple[Distribution, str]]:
    """Return where a household takes what it ordered, with the sessions' names; one query."""
    rows = db.session.execute(
        select(Distribution, OrderSession.name)
        .join(Pickup, Pickup.distribution_id == Distribution.id)
        .join(Order, Order.pickup_id == Pickup.id)
        .join(OrderSession, OrderSession.id == Order.session_id)
        .where(
            Order.household_id == household.id,
            Order.cancelled_at.is_(None),
            Distribution.ends_at >= since,
            Distribution.starts_at < until,
        )
        .order_by(Distribution.starts_at, OrderSession.id)
    )
    return [(distribution, name) for distribution, name in rows]


def to_bring(
    producers: Sequence[int], since: datetime, until: datetime
) -> list[tuple[Distribution, OrderSession, int]]:
    """Return where producers bring what was ordered: distribution, session and producer's id."""
    rows = db.session.execute(
        select(Distribution, OrderSession, Product.producer_id)
        .join(Pickup, Pickup.distribution_id == Distribution.id)
        .join(Order, Order.pickup_id == Pickup.id)
        .join(OrderSession, OrderSession.id == Order.session_id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Offer, Offer.id == OrderLine.offer_id)
        .join(Product, Product.id == Offer.product_id)
        .where(
            Product.producer_id.in_(producers),
            Order.cancelled_at.is_(None),
            func.coalesce(OrderLine.allotted, OrderLine.ordered) > 0,
            Distribution.ends_at >= since,
            Distribution.starts_at < until,
        )
        .distinct()
        .order_by(Distribution.starts_at, OrderSession.id)
    )
    return [(distribution, session, producer) for distribution, session, producer in rows]
