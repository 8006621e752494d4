"""An order session's life: opened, closed at its hour, what comes shared out, settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.events import publish
from freeco.members.models import Community, Household
from freeco.money import total
from freeco_direct_sales.models import Product
from freeco_direct_sales.orders import packs, stocks, substituting, tiers
from freeco_direct_sales.orders.amounts import amount, quantity, wanted
from freeco_direct_sales.orders.errors import (
    FateMissing,
    SessionNotClosed,
    SessionNotReady,
    StepDone,
)
from freeco_direct_sales.orders.events import SessionClosed, SessionOpened
from freeco_direct_sales.orders.models import (
    CaseRule,
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Pickup,
    SessionProducer,
    SessionState,
    Wish,
)
from freeco_direct_sales.orders.settling_models import is_fixed
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
    _hold(session)
    if session.state == SessionState.DRAFT:
        raise StepDone
    if session.state != SessionState.OPEN:
        return
    session.state = SessionState.CLOSED
    session.closes_at = min(session.closes_at, now())
    lines = lines_of(session)
    packs.fill_all(lines)
    tiers.decide(lines)
    for taking_part in db.session.scalars(
        select(SessionProducer).where(SessionProducer.session_id == session.id)
    ):
        theirs = [
            line for line in lines if line.offer.product.producer_id == taking_part.producer_id
        ]
        taking_part.comes = total([amount(line) for line in theirs]) >= taking_part.least_total
        if not taking_part.comes:
            for line in theirs:
                _allot(line, 0)
                stocks.hold(line, line.offer.stock)
    packs.replace_cut(lines)
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
    _share(offer, lines, max(0, many - gone))
    stocks.hold_all(lines, offer.stock, offer, max(0, sum(map(wanted, lines)) + gone - many))
    for line in lines:
        substituting.meet(line, line.ordered - min(quantity(line), line.ordered))
    db.session.flush()
    return [line for line in lines if quantity(line) < line.ordered]


def choose_rule(offer: Offer, rule: CaseRule) -> None:
    """Bring the last case of an article although it is not full, or not after all.

    Before the closing it is only noted. Raises StepDone once somebody's amounts are fixed.
    """
    _hold(offer.session)
    before, offer.case_rule = offer.case_rule, rule
    if before == rule or offer.session.state in (SessionState.DRAFT, SessionState.OPEN):
        return
    lines, settled = _still_to_give(offer)
    if settled or offer.session.state == SessionState.SETTLED or offer.withdrawn_at is not None:
        raise StepDone
    for line in lines:
        substituting.undo(line)
    if not substituting.comes(offer):
        return
    with db.session.no_autoflush:  # until it is shared out, more may be held than comes
        packs.fill_all(lines)
        tiers.decide(lines)
        _share(offer, lines, sum(map(wanted, lines)) if offer.coming is None else offer.coming)
        stocks.hold_all(lines, offer.stock, offer)
    packs.replace_cut(lines)
    db.session.flush()


def _hold(session: OrderSession) -> None:
    lock(session)
    stocks.lock_all(session)


def _share(offer: Offer, lines: Sequence[OrderLine], available: int) -> None:
    """Share out what there is among lines, by the offer's step; a filled case by the piece."""
    got = share_out(
        available,
        [Demand(wanted(line), line.wish == Wish.NOTHING) for line in lines],
        offer.step,
    )
    for line, given in zip(lines, got, strict=True):
        _allot(line, given)


def _allot(line: OrderLine, given: int) -> None:
    if given != quantity(line):
        line.order.changed_at = now()
        line.weighed_grams = None  # the scales spoke of another number
    line.allotted = None if given == line.ordered else given


def _still_to_give(offer: Offer) -> tuple[list[OrderLine], int]:
    """Return the lines of an offer that may still change, and how many the settled ones took."""
    lines = [line for line in lines_of(offer.session) if line.offer_id == offer.id and line.ordered]
    settled = [line for line in lines if is_fixed(line)]
    return [line for line in lines if line not in settled], sum(map(quantity, settled))


def withdraw(
    offer: Offer, reason: str, fates: Mapping[int, Fate], default: Fate | None = None
) -> list[OrderLine]:
    """Withdraw a product from a session; returns the lines that had ordered it.

    ``fates`` says by line id what becomes of each order of it, ``default`` of those not named.
    Chosen again, a fate undoes the one before: what had replaced it goes, what is kept after all
    is shared out anew. Raises FateMissing when an order would be left without an answer, StepDone.
    """
    _hold(offer.session)
    if offer.session.state == SessionState.SETTLED:
        raise StepDone
    lines, gone = _still_to_give(offer)
    chosen = {line.id: fates.get(line.id, default) for line in lines}
    if any(fate is None for fate in chosen.values()):
        raise FateMissing
    again = offer.withdrawn_at is not None
    offer.withdrawn_at, offer.reason = offer.withdrawn_at or now(), reason.strip()
    for line in lines:
        fate = chosen[line.id]
        if fate is not None and not fate.keep:
            _take_off(line, fate)
    if again:
        _keep(offer, [line for line in lines if (chosen[line.id] or Fate()).keep], gone)
    stocks.hold_all(lines, offer.stock, offer)
    db.session.flush()
    return lines


def _keep(offer: Offer, lines: Sequence[OrderLine], gone: int) -> None:
    """Let what was taken off come after all, as far as it comes."""
    for line in lines:
        substituting.undo(line)
    if substituting.comes(offer):
        _share(
            offer,
            lines,
            sum(map(wanted, lines)) if offer.coming is None else max(0, offer.coming - gone),
        )
        for line in lines:
            substituting.meet(line, line.ordered - min(quantity(line), line.ordered))


def _take_off(line: OrderLine, fate: Fate) -> None:
    replacement = None
    if fate.substitute_id is not None:
        replacement = db.session.get(Offer, fate.substitute_id)
        if replacement is None or replacement.session_id != line.offer.session_id:
            raise Absent
    before = substituting.instead_line(line)
    if before is not None and (replacement is None or before.offer is not replacement):
        substituting.undo(line)
    _allot(line, 0)
    if replacement is not None:
        substituting.put(line, replacement, line.ordered)
    else:
        substituting.meet(line, line.ordered)


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


def orders_of(household: Household) -> Sequence[Order]:
    """Return a household's standing orders, the latest session first."""
    return db.session.scalars(
        select(Order)
        .join(OrderSession)
        .where(Order.household_id == household.id, Order.cancelled_at.is_(None))
        .options(selectinload(Order.lines).joinedload(OrderLine.offer))
        .order_by(OrderSession.closes_at.desc())
    ).all()
