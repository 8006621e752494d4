"""Services that households ordered: a date is agreed, and both say when it is done.

What is done is owed: it becomes a payment and a sale of its own, without waiting for the goods of
the same order, which do not wait for it either.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from freeco.clock import now, today
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members import households, membership
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco_direct_sales import catalogue
from freeco_direct_sales.growing.errors import (
    NeitherOfTheTwo,
    ServiceAlreadyDone,
    ServiceCancelled,
    ServiceStillOrdered,
)
from freeco_direct_sales.growing.models import Service
from freeco_direct_sales.models import Producer, Product
from freeco_direct_sales.orders import settling
from freeco_direct_sales.orders.amounts import amount, quantity
from freeco_direct_sales.orders.models import (
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Pickup,
    SessionState,
)
from freeco_direct_sales.permissions import COORDINATE

NOT_CLOSED = (SessionState.DRAFT, SessionState.OPEN)


@dataclass(frozen=True)
class Ordered:
    """A service that was ordered, and where it stands."""

    line: OrderLine
    service: Service | None

    @property
    def producer(self) -> Producer:
        """Who renders it."""
        return self.line.offer.product.producer

    @property
    def many(self) -> int:
        """How many hours, sessions, people."""
        return quantity(self.line)

    @property
    def price(self) -> Money:
        """What it comes to once done."""
        return amount(self.line)

    @property
    def agreed_on(self) -> date | None:
        """The day both have agreed upon."""
        return self.service.agreed_on if self.service else None

    @property
    def is_done(self) -> bool:
        """Whether both have said so."""
        return self.said_by_household and self.said_by_producer

    @property
    def said_by_household(self) -> bool:
        """Whether who ordered it says that it was done."""
        return self.service is not None and self.service.household_done_at is not None

    @property
    def said_by_producer(self) -> bool:
        """Whether who renders it says so."""
        return self.service is not None and self.service.producer_done_at is not None


@dataclass(frozen=True)
class Sides:
    """For whom somebody may speak."""

    household: bool
    producer: bool


def ordered_by(community: Community, reader: Member) -> list[Ordered]:
    """Return the services that concern somebody: ordered, rendered, or all when coordinating."""
    query = _query().where(OrderSession.community_id == community.id)
    if not membership.holds(reader, COORDINATE.name):
        mine = households.find_household(reader)
        farms = [each.id for each in catalogue.represented_by(community, reader)]
        own = Order.household_id == (mine.id if mine else None)
        query = query.where(own | Product.producer_id.in_(farms))
    found = [Ordered(line, service) for line, service in db.session.execute(query)]
    return [each for each in found if each.many]


def find(community: Community, line_id: int, reader: Member) -> Ordered:
    """Return a service that concerns somebody; raise Absent otherwise."""
    row = db.session.execute(_query().where(OrderLine.id == line_id)).first()
    if row is None or row[0].order.session.community_id != community.id:
        raise Absent
    found = Ordered(row[0], row[1])
    sides = speaks_for(found, reader)
    if not (sides.household or sides.producer or membership.holds(reader, COORDINATE.name)):
        raise Absent
    return found


def _query() -> Select[OrderLine, Service]:
    return (
        select(OrderLine, Service)
        .join(Order, Order.id == OrderLine.order_id)
        .join(OrderSession, OrderSession.id == Order.session_id)
        .join(Offer, Offer.id == OrderLine.offer_id)
        .join(Product, Product.id == Offer.product_id)
        .outerjoin(Service, Service.line_id == OrderLine.id)
        .where(
            Product.is_service,
            Order.cancelled_at.is_(None),
            OrderSession.state.not_in(NOT_CLOSED),
        )
        .options(
            joinedload(OrderLine.offer).joinedload(Offer.product).joinedload(Product.producer),
            joinedload(OrderLine.order).joinedload(Order.household),
            joinedload(OrderLine.order).joinedload(Order.pickup).joinedload(Pickup.distribution),
        )
        .order_by(OrderLine.id.desc())
    )


def waiting(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """Return the services among lines that are not done yet: they are not owed so far."""
    ordered = {each.id: each for each in lines if each.offer.product.is_service}
    if not ordered:
        return []
    done = db.session.scalars(
        select(Service.line_id).where(
            Service.line_id.in_(ordered),
            Service.household_done_at.is_not(None),
            Service.producer_done_at.is_not(None),
        )
    )
    for line_id in done.all():
        del ordered[line_id]
    return [each for each in ordered.values() if amount(each)]


def speaks_for(found: Ordered, member: Member) -> Sides:
    """Return for whom somebody may speak; who coordinates, for a side that has no account here."""
    order, coordinates = found.line.order, membership.holds(member, COORDINATE.name)
    mine = households.find_household(member)
    return Sides(
        household=(mine is not None and mine.id == order.household_id)
        or (coordinates and order.by_phone),
        producer=catalogue.acts_for(found.producer, member)
        or (coordinates and found.producer.member_id is None),
    )


def agree_on(found: Ordered, day: date, member: Member) -> Service:
    """Keep the day on which it is rendered. Raises ServiceAlreadyDone, NeitherOfTheTwo."""
    service = _hold(found)
    sides = speaks_for(found, member)
    if not (sides.household or sides.producer):
        raise NeitherOfTheTwo
    if service.household_done_at and service.producer_done_at:
        raise ServiceAlreadyDone
    service.agreed_on = day
    db.session.flush()
    return service


def say_done(found: Ordered, member: Member) -> Service:
    """Say for one's side that it was done; with the other's word it is owed. Twice is once.

    Raises NeitherOfTheTwo, ServiceCancelled, ServiceStillOrdered, and what the books refuse.
    """
    service = _hold(found)
    sides = speaks_for(found, member)
    if not (sides.household or sides.producer):
        raise NeitherOfTheTwo
    if sides.household:
        service.household_done_at = service.household_done_at or now()
    if sides.producer:
        service.producer_done_at = service.producer_done_at or now()
    if service.household_done_at and service.producer_done_at:
        community = found.line.order.session.community
        present = today(community.timezone)
        day = min(service.agreed_on or present, present)
        settling.settle_service(found.line, day)
    db.session.flush()
    return service


def _hold(found: Ordered) -> Service:
    """Lock the order, and return where the service stands."""
    order = found.line.order
    lock(order.session)
    lock(order)
    if order.cancelled_at is not None:
        raise ServiceCancelled
    if order.session.state in NOT_CLOSED:
        raise ServiceStillOrdered
    service = db.session.scalar(
        select(Service)
        .where(Service.line_id == found.line.id)
        .execution_options(populate_existing=True)
    )
    if service is None:
        service = Service(line=found.line)
        db.session.add(service)
        db.session.flush()
    return service
