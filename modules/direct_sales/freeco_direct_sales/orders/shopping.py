"""What the shop shows: stalls by producer, what remains, where it can be taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Community, Household
from freeco_direct_sales.models import Distribution, Producer, Product
from freeco_direct_sales.orders import stocks, tiers
from freeco_direct_sales.orders.errors import PickupFull
from freeco_direct_sales.orders.filling import to_fill
from freeco_direct_sales.orders.models import (
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Pickup,
    SessionProducer,
    SessionState,
)
from freeco_direct_sales.orders.tier_models import PriceTier


@dataclass(frozen=True)
class Case:
    """How full the last case of an article is, over all households."""

    size: int
    ordered: int
    missing: int
    """To fill it; 0 when no case is open."""
    spare: int
    """How many more households said they would take for that."""

    @property
    def fills(self) -> bool:
        """Whether what households said is enough to fill it."""
        return 0 < self.missing <= self.spare


@dataclass(frozen=True)
class Shown:
    """An article as the shop shows it."""

    offer: Offer
    left: int | None
    """How many this household could have; None without limit."""
    closed: bool
    """Whether its producer takes no more changes, or it was withdrawn."""
    case: Case | None = None
    """For what is delivered by cases."""
    tiers: Sequence[PriceTier] = ()
    """From how many on, in all, it costs less."""
    in_all: int = 0
    """How many all households ordered so far, as the tiers count them."""


@dataclass(frozen=True)
class Stall:
    """What one producer offers."""

    producer: Producer
    taking_part: SessionProducer | None
    articles: list[Shown]


@dataclass(frozen=True)
class PickupShown:
    """A place and time where the order can be taken."""

    pickup: Pickup
    full: bool


def taking_orders(community: Community) -> Sequence[OrderSession]:
    """Return the sessions in which one may order right now, the first to close first."""
    return _published(community, OrderSession.opens_at <= now())


def orders_at(household: Household, distribution: Distribution) -> Sequence[Order]:
    """Return what a household ordered, to fetch at a distribution."""
    return db.session.scalars(
        select(Order)
        .join(Pickup, Pickup.id == Order.pickup_id)
        .where(
            Order.household_id == household.id,
            Order.cancelled_at.is_(None),
            Pickup.distribution_id == distribution.id,
        )
        .order_by(Order.id)
    ).all()


def opening_later(community: Community) -> Sequence[OrderSession]:
    """Return the sessions that are announced and not open yet."""
    return _published(community, OrderSession.opens_at > now())


def _published(community: Community, when: object) -> Sequence[OrderSession]:
    return db.session.scalars(
        select(OrderSession)
        .where(
            OrderSession.community_id == community.id,
            OrderSession.state == SessionState.OPEN,
            OrderSession.closes_at > now(),
            when,  # type: ignore[arg-type]
        )
        .order_by(OrderSession.closes_at)
    ).all()


def stalls(session: OrderSession, order: Order | None) -> list[Stall]:
    """Return what is offered, by producer; what was withdrawn only if my order holds it."""
    held = {line.offer_id: line.ordered for line in order.lines} if order is not None else {}
    parts = {
        each.producer_id: each
        for each in db.session.scalars(
            select(SessionProducer).where(SessionProducer.session_id == session.id)
        )
    }
    offers = db.session.scalars(
        select(Offer)
        .where(Offer.session_id == session.id)
        .options(joinedload(Offer.stock), joinedload(Offer.product).joinedload(Product.producer))
        .order_by(Offer.id)
    ).all()
    found: dict[int, Stall] = {}
    filled = cases(session, offers)
    fallen = tiers.of(offers)
    in_all = tiers.ordered(session, [each for each in offers if each.id in fallen])
    for offer in offers:
        mine = held.get(offer.id, 0)
        if offer.withdrawn_at is not None and not mine:
            continue
        producer = offer.product.producer
        part = parts.get(producer.id)
        stall = found.setdefault(producer.id, Stall(producer, part, []))
        closed = part is not None and part.closes_at is not None and part.closes_at <= now()
        left = stocks.remaining(offer.stock)
        stall.articles.append(
            Shown(
                offer,
                None if left is None else left + mine,
                closed or offer.withdrawn_at is not None,
                filled.get(offer.id),
                fallen.get(offer.id, ()),
                in_all.get(offer.id, 0),
            )
        )
    return list(found.values())


def cases(session: OrderSession, offers: Iterable[Offer]) -> dict[int, Case]:
    """Return how full the cases are, by offer id; one query, none when nothing comes by cases."""
    sizes = {each.id: each.case_size for each in offers if each.case_size}
    if not sizes:
        return {}
    sums = {
        offer_id: (ordered, spare)
        for offer_id, ordered, spare in db.session.execute(
            select(OrderLine.offer_id, func.sum(OrderLine.ordered), func.sum(OrderLine.tolerance))
            .join(Order, Order.id == OrderLine.order_id)
            .where(
                Order.session_id == session.id,
                Order.cancelled_at.is_(None),
                OrderLine.offer_id.in_(sizes),
                OrderLine.ordered > 0,
            )
            .group_by(OrderLine.offer_id)
        )
    }
    found = {}
    for offer_id, size in sizes.items():
        ordered, spare = sums.get(offer_id, (0, 0))
        found[offer_id] = Case(size, ordered, to_fill(size, ordered), spare)
    return found


def pickups(session: OrderSession, order: Order | None) -> list[PickupShown]:
    """Return where the order can be taken, the earliest first; a full one as such."""
    mine = order.pickup_id if order is not None else None
    rows = db.session.scalars(
        select(Pickup)
        .where(Pickup.session_id == session.id)
        .options(joinedload(Pickup.distribution))
    ).all()
    return [
        PickupShown(
            each, each.id != mine and each.capacity is not None and each.taken >= each.capacity
        )
        for each in sorted(rows, key=lambda each: (each.distribution.starts_at, each.id))
    ]


def usual_pickup(session: OrderSession, household: Household) -> int:
    """Return where the household took its last order, else the first place with room.

    Raises PickupFull when there is room nowhere.
    """
    last = db.session.scalars(
        select(Order)
        .where(Order.household_id == household.id, Order.cancelled_at.is_(None))
        .order_by(Order.placed_at.desc())
        .options(joinedload(Order.pickup).joinedload(Pickup.distribution))
        .limit(1)
    ).first()
    free = [each.pickup for each in pickups(session, None) if not each.full]
    if not free:
        raise PickupFull
    place = last.pickup.distribution.place if last is not None else ""
    return next((each.id for each in free if each.distribution.place == place), free[0].id)


def usual_method(household: Household, ways: Sequence[str]) -> str:
    """Return how the household paid last, if that is possible, else the first way there is."""
    last = db.session.scalar(
        select(Order.method)
        .where(Order.household_id == household.id)
        .order_by(Order.placed_at.desc())
        .limit(1)
    )
    if last in ways:
        return str(last)
    return ways[0] if ways else ""
