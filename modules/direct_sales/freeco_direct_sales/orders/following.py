"""Following a session after its closing: what comes, who gets less, and what that changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from freeco.db import db
from freeco.members.models import Community, Household, Member
from freeco.money import Money
from freeco_direct_sales import catalogue
from freeco_direct_sales.models import Distribution, Producer, Product
from freeco_direct_sales.orders import sessions
from freeco_direct_sales.orders.amounts import amount, quantity, wanted
from freeco_direct_sales.orders.models import (
    CaseRule,
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Pickup,
    Pricing,
    SessionProducer,
    SessionState,
)
from freeco_direct_sales.orders.sessions import Fate
from freeco_direct_sales.orders.settling_models import is_fixed

Given = Mapping[int, int]
"""How many each line gets, by line id."""


@dataclass(frozen=True)
class Less:
    """A household that gets less of an article than it ordered."""

    line: OrderLine
    given: int
    instead: OrderLine | None
    """The line of what it gets in its place, if anything."""

    @property
    def many(self) -> int:
        """Return how many it gets in its place."""
        return self.line.instead


@dataclass
class Followed:
    """An article of a session, and what became of it."""

    offer: Offer
    ordered: int = 0
    wanted: int = 0
    """What is to come when all of it does: what was ordered, once cases were filled or cut."""
    given: int = 0
    less: list[Less] = field(default_factory=list)


@dataclass
class Part:
    """What one producer has to bring, and what it comes to."""

    producer: Producer
    comes: bool | None = None
    """False when the least total was not reached; none before the closing."""
    articles: list[Followed] = field(default_factory=list)
    total: Money = Money(0)
    by_pickup: dict[int, dict[int, int]] = field(default_factory=dict)
    """How many to bring, by pickup id, then by offer id."""


def follow(session: OrderSession, producer: Producer | None = None) -> list[Part]:
    """Return what each producer has to bring, or one of them; four queries, whatever the size."""
    parts: dict[int, Part] = {}
    articles: dict[int, Followed] = {}
    for offer in _offers(session):
        theirs = offer.product.producer
        if producer is not None and theirs.id != producer.id:
            continue
        part = parts.setdefault(theirs.id, Part(theirs))
        articles[offer.id] = Followed(offer)
        part.articles.append(articles[offer.id])
    for row in _taking_part(session):
        if row.producer_id in parts:
            parts[row.producer_id].comes = row.comes
    lines = sessions.lines_of(session)
    by_id = {line.id: line for line in lines}
    for line in lines:
        found = articles.get(line.offer_id)
        if found is None or not line.ordered:
            continue
        given = quantity(line)
        found.ordered += line.ordered
        found.wanted += wanted(line)
        found.given += given
        if given < line.ordered:
            instead = by_id.get(line.instead_line_id or 0) if line.instead else None
            found.less.append(Less(line, given, instead))
        part = parts[line.offer.product.producer_id]
        part.total += amount(line)
        at = part.by_pickup.setdefault(line.order.pickup_id, {})
        at[line.offer_id] = at.get(line.offer_id, 0) + given
    return list(parts.values())


def _offers(session: OrderSession) -> Sequence[Offer]:
    return db.session.scalars(
        select(Offer)
        .where(Offer.session_id == session.id)
        .options(joinedload(Offer.product).joinedload(Product.producer))
        .order_by(Offer.id)
    ).all()


def _taking_part(session: OrderSession) -> Sequence[SessionProducer]:
    return db.session.scalars(
        select(SessionProducer).where(SessionProducer.session_id == session.id)
    ).all()


def producers_of(session: OrderSession) -> list[Producer]:
    """Return who offers something in a session."""
    return list(dict.fromkeys(offer.product.producer for offer in _offers(session)))


def say_all(
    session: OrderSession, coming: Mapping[Offer, int | None]
) -> dict[Order, list[OrderLine]]:
    """Say how many come of several articles; what is left blank stays as it was.

    Returns the lines that changed, by order. The session is allotted once every article that
    was ordered is said. Raises what ``sessions.say_coming`` raises.
    """
    before = given_now(session)
    for offer, many in coming.items():
        if many is not None and offer.withdrawn_at is None:
            sessions.say_coming(offer, many)
    changed = changes(session, before)
    said = {offer.id for offer in _offers(session) if offer.coming is not None}
    waiting = {
        line.offer_id
        for line in sessions.lines_of(session)
        if quantity(line) and line.offer.withdrawn_at is None
    }
    if session.state == SessionState.CLOSED and waiting <= said:
        session.state = SessionState.ALLOTTED
    return changed


def choose_rule(offer: Offer, rule: CaseRule) -> dict[Order, list[OrderLine]]:
    """Say what becomes of a case that is not full; once closed, share it out anew.

    Returns the lines that changed, by order. Raises StepDone once somebody's amounts are fixed.
    """
    before = given_now(offer.session)
    sessions.choose_rule(offer, rule)
    return changes(offer.session, before)


def withdraw(
    offer: Offer, reason: str, fates: Mapping[int, Fate], default: Fate | None
) -> dict[Order, list[OrderLine]]:
    """Withdraw an article; returns the lines that changed, by order. See ``sessions.withdraw``."""
    before = given_now(offer.session)
    sessions.withdraw(offer, reason, fates, default)
    return changes(offer.session, before)


def given_now(session: OrderSession) -> Given:
    """Return how many each line of a session gets, to compare with later."""
    return {line.id: quantity(line) for line in sessions.lines_of(session)}


def changes(session: OrderSession, before: Given) -> dict[Order, list[OrderLine]]:
    """Return the lines whose quantity changed since, by order; new ones too."""
    db.session.flush()
    found: dict[Order, list[OrderLine]] = {}
    for line in sessions.lines_of(session):
        if quantity(line) != before.get(line.id, 0):
            found.setdefault(line.order, []).append(line)
    return found


def bringing(community: Community, member: Member) -> list[tuple[OrderSession, Producer]]:
    """Return the sessions in which a member's farms have something to bring, the latest first."""
    mine = {each.id: each for each in catalogue.represented_by(community, member)}
    if not mine:
        return []
    rows = db.session.execute(
        select(OrderSession, Product.producer_id)
        .join(Offer, Offer.session_id == OrderSession.id)
        .join(Product, Product.id == Offer.product_id)
        .where(
            Product.producer_id.in_(mine),
            OrderSession.state.not_in((SessionState.DRAFT, SessionState.SETTLED)),
        )
        .distinct()
        .order_by(OrderSession.closes_at.desc(), Product.producer_id)
    )
    return [(session, mine[producer_id]) for session, producer_id in rows]


def lines_that_ordered(offer: Offer) -> list[OrderLine]:
    """Return the lines of an article whose fate is to be said when it is withdrawn."""
    return [
        line
        for line in sessions.lines_of(offer.session)
        if line.offer_id == offer.id and line.ordered and not is_fixed(line)
    ]


def orders_in(session: OrderSession) -> Sequence[Order]:
    """Return the standing orders of a session with what they hold, by household's name."""
    return db.session.scalars(
        select(Order)
        .join(Household, Household.id == Order.household_id)
        .where(Order.session_id == session.id, Order.cancelled_at.is_(None))
        .options(
            joinedload(Order.household),
            joinedload(Order.pickup).joinedload(Pickup.distribution),
            selectinload(Order.lines).joinedload(OrderLine.offer),
        )
        .order_by(Household.name, Order.id)
    ).all()


def to_weigh(distribution: Distribution, producers: Sequence[Producer] | None) -> list[OrderLine]:
    """Return the lines sold by weight that are taken at a distribution, by article and household.

    Those of some producers only, unless ``producers`` is None; a household that gets none of an
    article has nothing to weigh.
    """
    query = (
        select(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Household, Household.id == Order.household_id)
        .join(Pickup, Pickup.id == Order.pickup_id)
        .join(OrderSession, OrderSession.id == Order.session_id)
        .join(Offer, Offer.id == OrderLine.offer_id)
        .join(Product, Product.id == Offer.product_id)
        .where(
            Pickup.distribution_id == distribution.id,
            Order.cancelled_at.is_(None),
            Offer.pricing == Pricing.WEIGHT,
            OrderLine.ordered > 0,
            OrderSession.state.not_in((SessionState.DRAFT, SessionState.OPEN)),
        )
        .options(
            joinedload(OrderLine.offer).joinedload(Offer.product).joinedload(Product.producer),
            joinedload(OrderLine.order).joinedload(Order.household),
        )
        .order_by(Offer.name, Offer.id, Household.name, OrderLine.id)
    )
    if producers is not None:
        query = query.where(Product.producer_id.in_([each.id for each in producers]))
    return [line for line in db.session.scalars(query) if quantity(line)]


def weigh_all(weights: Mapping[OrderLine, int | None]) -> int:
    """Note what the scales said of several lines, in grams; returns how many changed.

    Raises what ``sessions.weigh`` raises: then nothing is to be kept.
    """
    changed = [line for line, grams in weights.items() if grams != line.weighed_grams]
    for line in sorted(changed, key=lambda each: (each.order.session_id, each.order_id, each.id)):
        sessions.weigh(line, weights[line])
    return len(changed)
