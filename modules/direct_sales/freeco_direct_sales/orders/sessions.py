"""An order session's life: opened, closed at its hour, what comes shared out, settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.events import publish
from freeco.members.models import Community, Household
from freeco.money import total
from freeco_direct_sales.models import Product
from freeco_direct_sales.orders import stocks
from freeco_direct_sales.orders.amounts import amount, quantity
from freeco_direct_sales.orders.errors import (
    FateMissing,
    SessionNotClosed,
    SessionNotReady,
    StepDone,
)
from freeco_direct_sales.orders.events import SessionClosed, SessionOpened
from freeco_direct_sales.orders.models import (
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Pickup,
    SessionProducer,
    SessionState,
    Wish,
)
from freeco_direct_sales.orders.sharing import Demand, share_out


@dataclass(frozen=True)
class Fate:
    """What becomes of an ordered article that was withdrawn."""

    keep: bool = False
    """It comes all the same for those who had ordered it."""
    substitute_id: int | None = None
    """The offer that replaces it; none when it is taken off."""


def find_session(community: Community, session_id: int) -> OrderSession:
    """Return a session of this community; raise Absent for another's."""
    found = db.session.get(OrderSession, session_id)
    if found is None or found.community_id != community.id:
        raise Absent
    return found


def sessions_query(community: Community) -> Select[OrderSession]:
    """Return the query of a community's sessions, the last to close first."""
    return (
        select(OrderSession)
        .where(OrderSession.community_id == community.id)
        .order_by(OrderSession.closes_at.desc(), OrderSession.id)
    )


def takes_orders(session: OrderSession) -> bool:
    """Whether households may order right now."""
    return session.state == SessionState.OPEN and session.opens_at <= now() < session.closes_at


def publish_session(session: OrderSession) -> None:
    """Let households order from the opening hour on. Raises SessionNotReady, StepDone."""
    lock(session)
    if session.state != SessionState.DRAFT:
        raise StepDone
    offers = db.session.scalar(select(func.count()).where(Offer.session_id == session.id))
    pickups = db.session.scalar(select(func.count()).where(Pickup.session_id == session.id))
    if not offers or not pickups or session.closes_at <= now():
        raise SessionNotReady
    session.state = SessionState.OPEN
    publish(SessionOpened(community_id=session.community_id, session_id=session.id))


def close(session: OrderSession) -> None:
    """Close the orders: nobody is half in, since placing holds the session meanwhile.

    A producer whose least total was not reached does not come, and is told from what comes.
    Twice is once. Raises StepDone for a draft.
    """
    lock(session)
    if session.state == SessionState.DRAFT:
        raise StepDone
    if session.state != SessionState.OPEN:
        return
    session.state = SessionState.CLOSED
    session.closes_at = min(session.closes_at, now())
    lines = lines_of(session)
    for taking_part in db.session.scalars(
        select(SessionProducer).where(SessionProducer.session_id == session.id)
    ):
        theirs = [
            line for line in lines if line.offer.product.producer_id == taking_part.producer_id
        ]
        taking_part.comes = total([amount(line) for line in theirs]) >= taking_part.least_total
        if not taking_part.comes:
            for line in theirs:
                line.allotted = 0
    publish(SessionClosed(community_id=session.community_id, session_id=session.id))


def close_due(community: Community) -> None:
    """Close every session whose hour has come; late or twice is harmless."""
    for session in db.session.scalars(
        select(OrderSession).where(
            OrderSession.community_id == community.id,
            OrderSession.state == SessionState.OPEN,
            OrderSession.closes_at <= now(),
        )
    ).all():
        lock(session)
        if session.closes_at <= now():  # else its hour was put off meanwhile
            close(session)


def lines_of(session: OrderSession) -> Sequence[OrderLine]:
    """Return the lines of all standing orders of a session, in the order they were placed."""
    return db.session.scalars(
        select(OrderLine)
        .join(Order)
        .where(Order.session_id == session.id, Order.cancelled_at.is_(None))
        .options(
            joinedload(OrderLine.offer).joinedload(Offer.product).joinedload(Product.producer),
            joinedload(OrderLine.order).joinedload(Order.household),
        )
        .order_by(Order.placed_at, Order.id, OrderLine.id)
        .execution_options(populate_existing=True)
    ).all()


def say_coming(offer: Offer, many: int) -> list[OrderLine]:
    """Take the producer's word for how many come, and share out what is short.

    Returns the lines that get less than they ordered. Wishes for another article are met as far
    as that one allows. May be said again until the session is settled. Raises SessionNotClosed,
    StepDone, ValueError below nought.
    """
    if many < 0:
        raise ValueError("fewer than none cannot come")
    _hold(offer.session)
    if offer.session.state in (SessionState.DRAFT, SessionState.OPEN):
        raise SessionNotClosed
    if offer.session.state == SessionState.SETTLED:
        raise StepDone
    offer.coming = many
    lines, gone = _still_to_give(offer)
    got = share_out(
        max(0, many - gone),
        [Demand(line.ordered, line.wish == Wish.NOTHING) for line in lines],
        offer.step,
    )
    short = []
    for line, given in zip(lines, got, strict=True):
        if given != quantity(line):
            line.weighed_grams = None  # the scales spoke of another number
        line.allotted = None if given == line.ordered else given
        if given < line.ordered:
            short.append(line)
        _substitute(line, line.ordered - given)
    db.session.flush()
    return short


def _hold(session: OrderSession) -> None:
    """Lock a session, then all its stocks by id: another session may share them."""
    lock(session)
    stocks.lock_stocks(
        db.session.scalars(
            select(Offer.stock_id).where(
                Offer.session_id == session.id, Offer.stock_id.is_not(None)
            )
        )
    )


def _still_to_give(offer: Offer) -> tuple[list[OrderLine], int]:
    """Return the lines of an offer that may still change, and how many the settled ones took."""
    lines = [line for line in lines_of(offer.session) if line.offer_id == offer.id and line.ordered]
    settled = [line for line in lines if line.order.settled_at is not None]
    return [line for line in lines if line not in settled], sum(map(quantity, settled))


def _substitute(line: OrderLine, missing: int) -> None:
    """Put as many of another article in place of what is missing as that one allows.

    At its own price, which the household saw when it wished for it; another line of the same
    article in the order is left alone. Nothing more is put of what was withdrawn, of a producer
    who does not come, or beyond what was said to come.
    """
    replacing = db.session.scalar(select(OrderLine).where(OrderLine.instead_of_id == line.id))
    offer = line.substitute if replacing is None else replacing.offer
    if offer is None or line.wish != Wish.SUBSTITUTE:
        return
    if replacing is None and any(each.offer_id == offer.id for each in line.order.lines):
        return
    before = replacing.ordered if replacing is not None else 0
    comes = offer.withdrawn_at is None and _comes(offer)
    most = _most_instead(offer, replacing, missing) if comes else min(missing, before)
    given = most // offer.step * offer.step
    if offer.stock_id is not None:
        stock = stocks.lock_stocks([offer.stock_id])[offer.stock_id]
        given = min(given, (stock.on_hand - stock.reserved + before) // offer.step * offer.step)
        stock.reserved += given - before
    if replacing is not None:
        _replace(replacing, given, comes=comes)
    elif given:
        db.session.add(
            OrderLine(
                order=line.order,
                offer=offer,
                ordered=given,
                unit_price=offer.price,
                instead_of_id=line.id,
            )
        )


def _replace(line: OrderLine, given: int, *, comes: bool) -> None:
    """Set how many a replacing line brings; what does not come is not given back by this."""
    if given != quantity(line):
        line.weighed_grams = None
    line.ordered = given
    if comes:
        line.allotted = None
    elif line.allotted is not None:
        line.allotted = min(line.allotted, given)


def _most_instead(offer: Offer, replacing: OrderLine | None, missing: int) -> int:
    if offer.coming is None:
        return missing
    return min(missing, max(0, offer.coming - _given_to_others(offer, replacing)))


def _comes(offer: Offer) -> bool:
    said = db.session.scalar(
        select(SessionProducer.comes).where(
            SessionProducer.session_id == offer.session_id,
            SessionProducer.producer_id == offer.product.producer_id,
        )
    )
    return said is not False


def _given_to_others(offer: Offer, but: OrderLine | None) -> int:
    db.session.flush()
    given = db.session.scalar(
        select(func.sum(func.coalesce(OrderLine.allotted, OrderLine.ordered)))
        .join(Order)
        .where(
            OrderLine.offer_id == offer.id,
            OrderLine.id != (but.id if but is not None else 0),
            Order.cancelled_at.is_(None),
        )
    )
    return given or 0


def withdraw(
    offer: Offer, reason: str, fates: Mapping[int, Fate], default: Fate | None = None
) -> list[OrderLine]:
    """Withdraw a product from a session; returns the lines that had ordered it.

    ``fates`` says by line id what becomes of each order of it, ``default`` of those not named.
    Raises FateMissing when an order would be left without an answer, StepDone.
    """
    _hold(offer.session)
    if offer.session.state == SessionState.SETTLED:
        raise StepDone
    lines, _gone = _still_to_give(offer)
    chosen = {line.id: fates.get(line.id, default) for line in lines}
    if any(fate is None for fate in chosen.values()):
        raise FateMissing
    offer.withdrawn_at, offer.reason = offer.withdrawn_at or now(), reason.strip()
    for line in lines:
        fate = chosen[line.id]
        if fate is None or fate.keep:
            continue
        if fate.substitute_id is not None:
            replacement = db.session.get(Offer, fate.substitute_id)
            if replacement is None or replacement.session_id != offer.session_id:
                raise Absent
            line.wish, line.substitute = Wish.SUBSTITUTE, replacement
        line.allotted = 0
        _substitute(line, line.ordered)
    db.session.flush()
    return lines


def weigh(line: OrderLine, grams: int | None) -> None:
    """Note what the scales said, in grams; None takes it back.

    Raises SessionNotClosed, StepDone, ValueError below nought.
    """
    if grams is not None and grams < 0:
        raise ValueError("nothing weighs less than nothing")
    lock(line.order.session)
    if line.order.session.state in (SessionState.DRAFT, SessionState.OPEN):
        raise SessionNotClosed
    lock(line.order)
    if line.order.settled_at is not None:
        raise StepDone
    line.weighed_grams = grams


def repeat(session: OrderSession, days: int) -> OrderSession:
    """Make the same session again some days later, as a draft: same producers, same offers.

    Prices are today's; pickups are chosen anew, stock by distribution too. Its hours are those on
    the community's clock, whatever the season.
    """
    zone = ZoneInfo(session.community.timezone)

    def later(at: datetime) -> datetime:
        return at.astimezone(zone) + timedelta(days=days)

    copy = OrderSession(
        community=session.community,
        name=session.name,
        opens_at=later(session.opens_at),
        closes_at=later(session.closes_at),
        note=session.note,
    )
    db.session.add(copy)
    for taking_part in db.session.scalars(
        select(SessionProducer).where(SessionProducer.session_id == session.id)
    ):
        db.session.add(
            SessionProducer(
                session=copy,
                producer=taking_part.producer,
                closes_at=taking_part.closes_at and later(taking_part.closes_at),
                least_total=taking_part.least_total,
            )
        )
    for offer in session.offers:
        if offer.withdrawn_at is None and offer.product.available:
            db.session.add(
                Offer(
                    session=copy,
                    product=offer.product,
                    name=offer.product.name,
                    unit=offer.product.unit,
                    price=offer.product.price if offer.pricing == "unit" else offer.price,
                    vat_basis_points=offer.product.vat_basis_points,
                    pricing=offer.pricing,
                    grams=offer.grams,
                    step=offer.step,
                    least=offer.least,
                    most=offer.most,
                    stock=offer.stock if offer.stock and not offer.stock.distribution_id else None,
                )
            )
    db.session.flush()
    return copy


def orders_of(household: Household) -> Sequence[Order]:
    """Return a household's standing orders, the latest session first."""
    return db.session.scalars(
        select(Order)
        .join(OrderSession)
        .where(Order.household_id == household.id, Order.cancelled_at.is_(None))
        .options(selectinload(Order.lines).joinedload(OrderLine.offer))
        .order_by(OrderSession.closes_at.desc())
    ).all()
