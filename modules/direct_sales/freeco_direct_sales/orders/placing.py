"""Placing an order: whole or not at all, except the articles that ran out, which are said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.i18n import said
from freeco.members.models import Household, Member
from freeco_direct_sales.orders import stocks
from freeco_direct_sales.orders.errors import (
    NothingLeft,
    NothingOrdered,
    PickupFull,
    SessionClosed,
    SessionNotOpen,
    WrongQuantities,
)
from freeco_direct_sales.orders.models import (
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Pickup,
    SessionProducer,
    SessionState,
    Stock,
    Wish,
)

MOST = 999
"""Of one article for one household, when the offer says nothing: a slip of the finger."""


@dataclass(frozen=True)
class Want:
    """What a household wants of an article."""

    quantity: int
    wish: Wish = Wish.LESS
    substitute_id: int | None = None
    """The offer to take instead, when there is not enough."""
    tolerance: int = 0
    """How many more to take, at most, to fill a case."""


@dataclass(frozen=True)
class Shortage:
    """An article of which there was not enough; the rest of the order stands."""

    offer: Offer
    asked: int
    given: int


@dataclass(frozen=True)
class Placed:
    """An order as it was taken, and what was short."""

    order: Order
    shortages: list[Shortage] = field(default_factory=list)
    again: bool = False
    """Whether the same form had been taken before: nothing was changed."""


def place(
    session: OrderSession,
    household: Household,
    member: Member,
    wants: Mapping[int, Want],
    pickup_id: int,
    *,
    key: str,
    method: str = "",
    note: str = "",
    by_phone: bool = False,
) -> Placed:
    """Order for a household, or change its order; ``wants`` is the whole of it, by offer id.

    What it leaves out is given back. An article that ran out never refuses the others: what was
    given instead is in ``shortages``. ``key`` is the form's own, so that a second click makes no
    second order.

    Locks are taken in one order: the session (shared, so that orders do not wait for each other),
    the household, its order, the pickups, the stocks by ascending id. Raises SessionNotOpen,
    SessionClosed, WrongQuantities (by offer id), NothingOrdered, NothingLeft, PickupFull, Absent.
    """
    _share(session)
    lock(household)
    order = standing_order(session, household)
    if order is not None and key and order.last_key == key:
        return Placed(order, _shortages(order), again=True)
    _refuse_outside_hours(session, order)
    offers = _offers(session)
    _check(session, offers, wants, order)
    if not any(want.quantity for want in wants.values()):
        raise NothingOrdered
    if order is None and not _anything_left(offers, wants):
        raise NothingLeft  # nobody waits for a lock to be told no
    pickup = _take_pickup(session, order, pickup_id)
    if order is None:
        order = Order(
            session=session, household=household, pickup=pickup, placed_by=member, by_phone=by_phone
        )
        db.session.add(order)
    if order.pickup is not pickup:
        order.left_id, order.left_at = order.pickup_id, now()
    order.pickup, order.method, order.note = pickup, method, note
    order.last_key, order.changed_at = key, now()
    shortages = _take_lines(order, offers, wants)
    if not any(line.ordered for line in order.lines):
        raise NothingLeft
    db.session.flush()
    return Placed(order, shortages)


def cancel(order: Order) -> None:
    """Give the whole order back before the closing; twice is once. Raises SessionClosed."""
    _share(order.session)
    lock(order.household)
    lock(order)
    if order.cancelled_at is not None:
        return
    _refuse_outside_hours(order.session, order)
    pickup = order.pickup
    lock(pickup)
    pickup.taken -= 1
    give_back_lines(order)
    order.cancelled_at = order.changed_at = now()


def give_back_lines(order: Order) -> None:
    """Let go of the stock that an order holds; its lines stay, at nought."""
    held = stocks.lock_stocks(line.offer.stock_id for line in order.lines if line.offer.stock_id)
    for line in order.lines:
        stocks.hold(line, held.get(line.offer.stock_id or 0), 0)
        line.instead = line.ordered = 0


def standing_order(session: OrderSession, household: Household) -> Order | None:
    """Return the household's order in a session, read as it is now; None when there is none."""
    return db.session.scalar(
        select(Order)
        .where(
            Order.session_id == session.id,
            Order.household_id == household.id,
            Order.cancelled_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )


def _share(session: OrderSession) -> None:
    db.session.flush()
    db.session.refresh(session, with_for_update={"read": True, "of": OrderSession})


def _refuse_outside_hours(session: OrderSession, order: Order | None) -> None:
    if session.state == SessionState.OPEN and session.opens_at <= now() < session.closes_at:
        return
    if order is not None or now() >= session.closes_at:
        raise SessionClosed
    raise SessionNotOpen


def _offers(session: OrderSession) -> dict[int, Offer]:
    rows = db.session.scalars(
        select(Offer)
        .where(Offer.session_id == session.id)
        .options(joinedload(Offer.product), joinedload(Offer.stock))
        .execution_options(populate_existing=True)
    )
    return {each.id: each for each in rows}


def _anything_left(offers: Mapping[int, Offer], wants: Mapping[int, Want]) -> bool:
    """Whether a household without an order could have anything, of what others have committed."""
    seen = {each.stock.id: each.stock for each in offers.values() if each.stock is not None}
    return any(_given(offers[each], want, 0, seen) for each, want in wants.items())


def _check(
    session: OrderSession,
    offers: Mapping[int, Offer],
    wants: Mapping[int, Want],
    order: Order | None,
) -> None:
    """Refuse what nobody could order, each with its reason; a shortage is no such thing."""
    early = {
        each.producer_id: each.closes_at
        for each in db.session.scalars(
            select(SessionProducer).where(SessionProducer.session_id == session.id)
        )
        if each.closes_at is not None
    }
    held = {line.offer_id: line.ordered for line in order.lines} if order is not None else {}
    wrong: dict[str, list[str]] = {}
    for offer_id, want in wants.items():
        offer = offers.get(offer_id)
        if offer is None:
            raise Absent
        reason = _problem(offer, want, held.get(offer_id, 0), early)
        if reason:
            wrong[str(offer_id)] = [reason]
    for offer_id, many in held.items():
        closed = early.get(offers[offer_id].product.producer_id)
        if many and offer_id not in wants and closed is not None and closed <= now():
            wrong[str(offer_id)] = [said("Ce producteur ne prend plus de changement.")]
    if wrong:
        raise WrongQuantities(wrong)


def _problem(offer: Offer, want: Want, held: int, early: Mapping[int, datetime]) -> str:
    many = want.quantity
    if many == held:
        return ""
    closed = early.get(offer.product.producer_id)
    if closed is not None and closed <= now():
        return said("Ce producteur ne prend plus de changement.")
    if offer.withdrawn_at is not None and many > held:
        return said("Ce produit vient d’être retiré.")
    if many == 0:
        return ""
    most = MOST if offer.most is None else offer.most
    if not 0 < many <= most:
        return said("Entre 0 et %(most)s.", most=most)
    if many < offer.least:
        return said("Au moins %(least)s.", least=offer.least)
    if many % offer.step:
        return said("Par multiples de %(step)s.", step=offer.step)
    return ""


def _take_pickup(session: OrderSession, order: Order | None, pickup_id: int) -> Pickup:
    before = order.pickup_id if order is not None else None
    db.session.flush()
    rows = {
        each.id: each
        for each in db.session.scalars(
            select(Pickup)
            .where(Pickup.session_id == session.id, Pickup.id.in_({pickup_id, before or pickup_id}))
            .order_by(Pickup.id)
            .with_for_update(key_share=True, of=Pickup)
            .execution_options(populate_existing=True)
        )
    }
    wanted = rows.get(pickup_id)
    if wanted is None:
        raise Absent
    if before == pickup_id:
        return wanted
    if wanted.capacity is not None and wanted.taken >= wanted.capacity:
        raise PickupFull
    wanted.taken += 1
    if before is not None:
        rows[before].taken -= 1
    return wanted


def _take_lines(
    order: Order, offers: Mapping[int, Offer], wants: Mapping[int, Want]
) -> list[Shortage]:
    lines = {line.offer_id: line for line in order.lines}
    touched = {
        offer_id
        for offer_id in {*lines, *wants}
        if (lines[offer_id].ordered if offer_id in lines else 0)
        != (wants[offer_id].quantity if offer_id in wants else 0)
    }
    held = stocks.lock_stocks(
        stock_id for each in touched if (stock_id := offers[each].stock_id) is not None
    )
    shortages = []
    for offer_id in sorted({*lines, *wants}):
        offer, want = offers[offer_id], wants.get(offer_id, Want(0))
        line = lines.get(offer_id)
        before = line.ordered if line is not None else 0
        mine = line.held if line is not None else 0
        given = before if offer_id not in touched else _given(offer, want, mine, held)
        if given < want.quantity:
            shortages.append(Shortage(offer, want.quantity, given))
        if line is None:
            if not want.quantity:
                continue
            line = OrderLine(order=order, offer=offer, ordered=given, unit_price=offer.price)
            db.session.add(line)
        elif not before:
            line.unit_price = offer.price  # it was given back: what it costs is today's price
        if offer_id in touched:
            _own(order, line)
            line.ordered = given
            stocks.hold(line, held.get(offer.stock_id or 0))
        line.tolerance = want.tolerance if given and offer.case_size else 0
        line.asked = want.quantity if given < want.quantity else 0
        line.wish = want.wish
        line.substitute = offers.get(want.substitute_id) if want.substitute_id else None
    return shortages


def _own(order: Order, line: OrderLine) -> None:
    """Make a line the household's own: what it says itself replaces nothing any more."""
    line.instead = 0
    for each in order.lines:
        if line.id is not None and each.instead_line_id == line.id:
            each.instead = 0


def _given(offer: Offer, want: Want, before: int, held: Mapping[int, Stock]) -> int:
    if offer.stock_id is None:
        return want.quantity
    stock = held[offer.stock_id]
    free = stock.on_hand - stock.reserved + before
    given = min(want.quantity, free // offer.step * offer.step)
    short = given < want.quantity
    return 0 if given < offer.least or (short and want.wish == Wish.NOTHING) else given


def _shortages(order: Order) -> list[Shortage]:
    return [Shortage(line.offer, line.asked, line.ordered) for line in order.lines if line.asked]
