"""Preparing a session: its hours, who takes part, what is offered and where it is taken."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update

from freeco.db import db, lock
from freeco.errors import Absent
from freeco.i18n import said
from freeco.members.models import Community
from freeco.money import Money
from freeco_direct_sales import catalogue
from freeco_direct_sales.models import Distribution, Producer, Product
from freeco_direct_sales.orders import picking, stocks, tiers
from freeco_direct_sales.orders.errors import (
    HoursReversed,
    PickupInUse,
    ServiceByWeight,
    StepDone,
    WrongQuantities,
)
from freeco_direct_sales.orders.models import (
    CaseRule,
    Counted,
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Pickup,
    Pricing,
    SessionProducer,
    SessionState,
    Stock,
)
from freeco_direct_sales.solidarity import cost_lines

PREPARED = (SessionState.DRAFT, SessionState.OPEN)
"""While it may still be added to: what was ordered is never changed by it."""


@dataclass(frozen=True)
class Terms:
    """How a product is offered in a session."""

    price: Money
    """For one unit, or a kilogram."""
    pricing: Pricing = Pricing.UNIT
    grams: int | None = None
    step: int = 1
    least: int = 0
    most: int | None = None
    on_hand: int | None = None
    """How many there are for this session; none when that is not said."""
    counted: str = ""
    """Whose number limits it, see ``Counted``; for this session when one is said, else the
    producer's."""
    case_size: int | None = None
    case_rule: str = CaseRule.CUT
    tiers: Mapping[int, Money] | None = None
    """The price from so many on, over the whole session; None leaves them as they are."""


def create(
    community: Community, name: str, opens_at: datetime, closes_at: datetime, note: str = ""
) -> OrderSession:
    """Create a session as a draft; aware instants. Raises HoursReversed."""
    if opens_at >= closes_at:
        raise HoursReversed
    session = OrderSession(
        community=community, name=name, opens_at=opens_at, closes_at=closes_at, note=note
    )
    db.session.add(session)
    db.session.flush()
    return session


def change(
    session: OrderSession, name: str, opens_at: datetime, closes_at: datetime, note: str
) -> None:
    """Change a session's name, hours and note, until it closes. Raises HoursReversed, StepDone."""
    _still_prepared(session)
    if opens_at >= closes_at:
        raise HoursReversed
    session.name, session.note = name, note
    session.opens_at, session.closes_at = opens_at, closes_at


def offer(session: OrderSession, product: Product, terms: Terms) -> Offer:
    """Offer a product, or change how it is offered; lines already ordered keep their price.

    Raises StepDone once closed, WrongQuantities for fewer than are reserved.
    """
    _still_prepared(session)
    if product.is_service and terms.pricing == Pricing.WEIGHT:
        raise ServiceByWeight
    found = db.session.scalar(
        select(Offer).where(Offer.session_id == session.id, Offer.product_id == product.id)
    )
    if found is None:
        found = Offer(
            session=session,
            product=product,
            name=product.name,
            unit=product.unit,
            price=terms.price,
            vat_basis_points=product.vat_basis_points,
            grams=terms.grams or product.grams,
        )
        db.session.add(found)
        db.session.flush()
    if not _is_ordered(found):
        # How it is counted does not change under those who have ordered.
        found.pricing, found.grams = terms.pricing, terms.grams or product.grams
    found.price = terms.price
    found.step, found.least, found.most = terms.step, terms.least, terms.most
    found.case_size, found.case_rule = terms.case_size, terms.case_rule
    if terms.tiers is not None:
        tiers.set_tiers(found, terms.tiers)
    own = Counted.STOCK if terms.on_hand is None else Counted.OWN
    _set_stock(found, Counted(terms.counted or own), terms.on_hand)
    db.session.flush()
    return found


def _set_stock(found: Offer, counted: Counted, on_hand: int | None) -> None:
    """Let an offer be limited by what the producer counts, by a number of its own, or by nothing.

    A number for a session repeated is a fresh one: that of the session before stays with it.
    """
    before, found.counted = found.counted, counted
    if counted != Counted.OWN:
        here = picking.pick(found.session, found.product) if counted == Counted.STOCK else None
        picking.take_from(found, here)
    elif on_hand is None:
        if before != Counted.OWN or found.stock is None:
            raise WrongQuantities({"on_hand": [said("Dites combien il y en a.")]})
    elif found.stock is not None and found.stock.session_id == found.session_id:
        stocks.set_on_hand(found.stock, on_hand)
    else:
        fresh = Stock(product=found.product, on_hand=on_hand, session_id=found.session_id)
        db.session.add(fresh)
        picking.take_from(found, fresh)


def _ordered(found: Offer) -> int:
    return (
        db.session.scalar(
            select(func.coalesce(func.sum(OrderLine.ordered), 0))
            .join(Order, Order.id == OrderLine.order_id)
            .where(OrderLine.offer_id == found.id, Order.cancelled_at.is_(None))
        )
        or 0
    )


def _is_ordered(found: Offer) -> bool:
    return _ordered(found) > 0


def take_off(found: Offer) -> None:
    """Take an offer off that nobody has ordered. Raises StepDone otherwise: it is withdrawn."""
    _still_prepared(found.session)
    lines = select(OrderLine.id).where(
        or_(OrderLine.offer_id == found.id, OrderLine.substitute_id == found.id)
    )
    if db.session.scalar(lines.limit(1)) is not None:
        raise StepDone
    tiers.set_tiers(found, {})
    cost_lines.set_price(found, None)
    db.session.flush()
    db.session.delete(found)
    db.session.flush()


def set_pickups(session: OrderSession, capacities: Mapping[Distribution, int | None]) -> None:
    """Say where orders can be taken, and how many baskets fit there (none: without limit).

    Raises PickupInUse for one taken away, or made smaller, under those who have chosen it.
    """
    _still_prepared(session)
    rows = {
        each.distribution_id: each
        for each in db.session.scalars(
            select(Pickup)
            .where(Pickup.session_id == session.id)
            .order_by(Pickup.id)
            .with_for_update(key_share=True, of=Pickup)
            .execution_options(populate_existing=True)
        )
    }
    wanted = {each.id: capacity for each, capacity in capacities.items()}
    for distribution_id, row in rows.items():
        if distribution_id not in wanted:
            used = select(Order.id).where(Order.pickup_id == row.id)
            if row.taken or db.session.scalar(used.limit(1)) is not None:
                raise PickupInUse
            db.session.execute(
                update(Order).where(Order.left_id == row.id).values(left_id=None, left_at=None)
            )
            db.session.execute(delete(Pickup).where(Pickup.id == row.id))
    for distribution, capacity in capacities.items():
        row = rows.get(distribution.id) or Pickup(session=session, distribution=distribution)
        if capacity is not None and capacity < row.taken:
            raise PickupInUse
        row.capacity = capacity
        db.session.add(row)
    db.session.flush()
    db.session.expire(session, ["pickups"])
    picking.pick_again(session)


def set_producer(
    session: OrderSession,
    producer: Producer,
    closes_at: datetime | None,
    least_total: Money,
) -> None:
    """Say that a producer closes earlier, or comes from a sum on only. Raises HoursReversed."""
    _still_prepared(session)
    if closes_at is not None and not session.opens_at < closes_at <= session.closes_at:
        raise HoursReversed
    row = db.session.scalar(
        select(SessionProducer).where(
            SessionProducer.session_id == session.id, SessionProducer.producer_id == producer.id
        )
    )
    if row is None:
        row = SessionProducer(session=session, producer=producer)
        db.session.add(row)
    row.closes_at, row.least_total = closes_at, least_total
    db.session.flush()


def products_to_offer(session: OrderSession, offered: Collection[int]) -> list[Product]:
    """Return the products that could be added, by producer and name."""
    found = []
    for producer in catalogue.producers_of(session.community):
        found += [
            each
            for each in catalogue.products_of(producer)
            if each.available and each.id not in offered
        ]
    return found


def find_offer(session: OrderSession, offer_id: int) -> Offer:
    """Return an offer of this session; raise Absent for another's."""
    found = db.session.get(Offer, offer_id)
    if found is None or found.session_id != session.id:
        raise Absent
    return found


def _still_prepared(session: OrderSession) -> None:
    lock(session)
    if session.state not in PREPARED:
        raise StepDone
