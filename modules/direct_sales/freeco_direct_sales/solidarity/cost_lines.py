"""What an order comes to at cost price, and what of it waits for the pool; writes no money.

The producer is paid the whole price of every piece: what a household pays less is the pool's to
pay. The one to order first is served first, whichever session is settled first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Community, Household
from freeco.money import Money, total
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.orders.amounts import amount, price_of, quantity
from freeco_direct_sales.orders.models import (
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Pickup,
    Pricing,
)
from freeco_direct_sales.orders.settling_models import OrderSale
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.cost_models import Admission, CostPrice, PartDiscount
from freeco_direct_sales.solidarity.errors import CostAbovePrice, NoHolder, ServiceAtCost

NOTHING = Money(0)
CENT = Money(1)
MOST = 4
"""Pieces for a household and a session, unless another number is said."""
KEPT = timedelta(days=14)
"""After its distribution, for how long an order that nobody settled holds up who asked later."""


@dataclass(frozen=True)
class Asked:
    """What an order asks of the pool: its place in the line is when it was placed."""

    at: datetime
    order_id: int
    amount: Money
    waiting_id: int | None = None
    """The part that is settled and waits; none while the order is not settled yet."""


def set_price(offer: Offer, price: Money | None, most: int | None = None) -> None:
    """Say what admitted households pay of an offer, with its producer's agreement; none ends it.

    The producer's own price stands. Raises NoHolder, CostAbovePrice, ServiceAtCost.
    """
    found = prices([offer.id]).get(offer.id)
    if price is None:
        if found is not None:
            db.session.delete(found)
        return
    if not pools.is_held(offer.session.community):
        raise NoHolder
    if offer.product.is_service:
        raise ServiceAtCost
    if not CENT <= price <= offer.price:
        raise CostAbovePrice
    if found is None:
        found = CostPrice(offer=offer, price=price, most=most or MOST)
        db.session.add(found)
    found.price, found.most = price, most or MOST
    db.session.flush()


def prices(offer_ids: Iterable[int]) -> dict[int, CostPrice]:
    """Return the cost prices of offers, by offer id; one query."""
    rows = db.session.scalars(select(CostPrice).where(CostPrice.offer_id.in_(list(offer_ids))))
    return {each.offer_id: each for each in rows}


def prices_of_session(session: OrderSession) -> dict[int, CostPrice]:
    """Return a session's cost prices, by offer id; one query."""
    rows = db.session.scalars(select(CostPrice).join(Offer).where(Offer.session_id == session.id))
    return {each.offer_id: each for each in rows}


def repeat(session: OrderSession, copy: OrderSession) -> None:
    """Take a session's cost prices over into its copy, where they are not above the price."""
    before = prices_of_session(session)
    by_product = {each.product_id: each for each in copy.offers}
    for each in before.values():
        offer = by_product.get(each.offer.product_id)
        if offer is not None and each.price <= offer.price:
            db.session.add(CostPrice(offer=offer, price=each.price, most=each.most))
    db.session.flush()


def is_admitted(household: Household, day: date) -> bool:
    """Whether what a household orders on a day is at cost price."""
    until = db.session.scalar(select(Admission.until).where(Admission.household_id == household.id))
    return until is not None and day <= until


def for_shop(session: OrderSession, household: Household | None) -> Mapping[int, CostPrice]:
    """Return the cost prices that a household sees in the shop; none for everybody else."""
    if household is None or not is_admitted(household, _day(session.community, now())):
        return {}
    return prices_of_session(session)


def _day(community: Community, at: datetime) -> date:
    return at.astimezone(ZoneInfo(community.timezone)).date()


def lessened(line: OrderLine, cost: CostPrice | None) -> Money:
    """Return what a household pays less of a line than everybody, as things stand."""
    many = quantity(line)
    if cost is None or not many or line.offer.product.is_service:
        return NOTHING
    taken = min(many, cost.most)
    grams = line.weighed_grams if line.offer.pricing == Pricing.WEIGHT else None
    weighed = None if grams is None else grams * taken // many
    whole = price_of(line.offer, line.unit_price, taken, weighed)
    return max(NOTHING, whole - price_of(line.offer, cost.price, taken, weighed))


def of_order(order: Order) -> dict[Producer, Money]:
    """Return what a household is to pay less to each producer, before the pool is asked.

    A payment of a cent at least is left: an order that is taken without any would stand out.
    """
    if not is_admitted(order.household, _day(order.session.community, order.placed_at)):
        return {}
    return _by_producer(order, prices_of_session(order.session))


def _by_producer(order: Order, costs: Mapping[int, CostPrice]) -> dict[Producer, Money]:
    whole: dict[Producer, Money] = {}
    less: dict[Producer, Money] = {}
    for line in order.lines:
        if line.offer.product.is_service:
            continue
        producer = line.offer.product.producer
        whole[producer] = whole.get(producer, NOTHING) + amount(line)
        less[producer] = less.get(producer, NOTHING) + lessened(line, costs.get(line.offer_id))
    capped = {each: min(sum_of, whole[each] - CENT) for each, sum_of in less.items()}
    return {each: sum_of for each, sum_of in capped.items() if sum_of > NOTHING}


def to_pay(parts: Sequence[OrderSale]) -> dict[int, Money]:
    """Return what a household pays of the parts of its order, by their ids."""
    granted = granted_of(parts)
    return {each.id: each.amount - granted.get(each.id, NOTHING) for each in parts}


def granted_of(parts: Sequence[OrderSale]) -> dict[int, Money]:
    """Return what the pool pays of parts of orders, by their ids."""
    rows = db.session.scalars(
        select(PartDiscount).where(
            PartDiscount.sale_id.in_([each.id for each in parts]),
            PartDiscount.granted_at.is_not(None),
        )
    )
    return {each.sale_id: each.amount for each in rows}


@dataclass(frozen=True)
class Share:
    """What the pool pays of an order, as its household alone sees it."""

    less: Money
    waits: bool
    """Whether it depends on the pool still."""


def share_of(order: Order, parts: Sequence[OrderSale]) -> Share | None:
    """Return what the pool pays of an order, or is to pay; None when that is nothing."""
    if order.settled_at is None:
        foreseen = total(list(of_order(order).values()))
        return Share(foreseen, waits=True) if foreseen else None
    rows = db.session.scalars(
        select(PartDiscount).where(PartDiscount.sale_id.in_([each.id for each in parts]))
    ).all()
    waits = any(each.granted_at is None for each in rows)
    return Share(total([each.amount for each in rows]), waits) if rows else None


def asked(community: Community, but: Order | None = None) -> list[Asked]:
    """Return what orders ask of the pool and have not got, the one placed first before."""
    found = [*_waiting(community), *_promised(community)]
    mine = but.id if but is not None else None
    return sorted(
        (each for each in found if each.order_id != mine),
        key=lambda each: (each.at, each.order_id, each.waiting_id or 0),
    )


def _waiting(community: Community) -> list[Asked]:
    rows = db.session.execute(
        select(PartDiscount, Order)
        .join(OrderSale, OrderSale.id == PartDiscount.sale_id)
        .join(Order, Order.id == OrderSale.order_id)
        .join(OrderSession, OrderSession.id == Order.session_id)
        .where(OrderSession.community_id == community.id, PartDiscount.granted_at.is_(None))
    )
    return [Asked(order.placed_at, order.id, part.amount, part.id) for part, order in rows]


def _promised(community: Community) -> list[Asked]:
    """Return what orders that are not settled yet will ask, as things stand.

    One that was never settled after its distribution, forgotten perhaps, would keep its sum for
    ever: after ``KEPT`` it keeps its rank alone, and asks when it is settled.
    """
    rows = db.session.execute(
        select(Order, Admission.until)
        .join(OrderSession, OrderSession.id == Order.session_id)
        .join(Admission, Admission.household_id == Order.household_id)
        .join(Pickup, Pickup.id == Order.pickup_id)
        .join(Distribution, Distribution.id == Pickup.distribution_id)
        .where(
            OrderSession.community_id == community.id,
            Distribution.ends_at > now() - KEPT,
            OrderSession.id.in_(select(Offer.session_id).join(CostPrice)),
            Order.cancelled_at.is_(None),
            Order.settled_at.is_(None),
        )
        .options(
            selectinload(Order.lines).joinedload(OrderLine.offer).joinedload(Offer.product),
            joinedload(Order.session),
        )
    ).all()
    costs = prices(line.offer_id for order, _until in rows for line in order.lines)
    found = []
    for order, until in rows:
        sum_of = total(list(_by_producer(order, costs).values()))
        if sum_of and _day(community, order.placed_at) <= until:
            found.append(Asked(order.placed_at, order.id, sum_of))
    return found
