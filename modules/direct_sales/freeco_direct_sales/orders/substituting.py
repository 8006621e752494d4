"""Another article in place of one that does not come, within its own limits.

How many came in place of a line is noted on it (``instead``), and counted in the line of the
other article, which may hold more: what the household ordered of it itself, or what replaces a
third article. So it is taken back to the piece.
"""

from sqlalchemy import func, select

from freeco.clock import now
from freeco.db import db
from freeco_direct_sales.orders import stocks
from freeco_direct_sales.orders.amounts import quantity
from freeco_direct_sales.orders.models import (
    CaseRule,
    Offer,
    Order,
    OrderLine,
    SessionProducer,
    SessionState,
    Stock,
    Wish,
)
from freeco_direct_sales.orders.placing import MOST
from freeco_direct_sales.orders.settling_models import is_fixed


def meet(line: OrderLine, missing: int) -> None:
    """Put another article in place of what is missing, as the household wished, or as was chosen.

    At its own price, which the household saw when it wished for it.
    """
    before = instead_line(line)
    if before is not None:
        put(line, before.offer, missing)
    elif line.wish == Wish.SUBSTITUTE and line.substitute is not None:
        put(line, line.substitute, missing)


def undo(line: OrderLine) -> None:
    """Take back what came in place of a line; twice is once."""
    before = instead_line(line)
    if before is not None:
        put(line, before.offer, 0)


def instead_line(line: OrderLine) -> OrderLine | None:
    """Return the line in which what replaces another is counted; None when nothing does."""
    if line.instead_line_id is None or not line.instead:
        return None
    return db.session.get_one(OrderLine, line.instead_line_id)


def put(line: OrderLine, offer: Offer, missing: int) -> None:
    """Put as many of an article in place of what is missing as that one allows.

    Its step, its least and most for a household and its stock hold. Nothing more is put of what
    was withdrawn, of a producer who does not come, or beyond what was said to come.
    """
    db.session.flush()
    target = next((each for each in line.order.lines if each.offer_id == offer.id), None)
    if target is line or (target is not None and is_fixed(target)):
        return
    before = line.instead if target is not None and line.instead_line_id == target.id else 0
    offered = offer.withdrawn_at is None and comes(offer)
    own = target.ordered - before if target is not None else 0
    own_given = _own_part(quantity(target), own, before) if target is not None else 0
    most = _most(offer, target, missing, own, own_given) if offered else min(missing, before)
    if _comes_by_cases(offer):
        most = min(most, before)
    stock = stocks.lock_stocks([offer.stock_id])[offer.stock_id] if offer.stock_id else None
    held = max(0, target.held - own_given) if target is not None else 0
    given = _within(offer, stock, most, held)
    if own + given < offer.least:
        given = 0
    if target is None:
        if not given:
            return
        price = offer.closing_price or offer.price
        target = OrderLine(order=line.order, offer=offer, ordered=0, unit_price=price)
        db.session.add(target)
    if given and not target.ordered:
        target.unit_price = offer.closing_price or offer.price
        target.instead_of_id = line.id
    # What replaces what is taken back goes with it, before there is too much of it.
    _meet_less(target, _left_out(target, own, own_given, given, comes=offered))
    if target.packed is not None:
        packed = _own_part(target.packed, own, before) + given
        target.packed = None if packed == own + given else packed
    _count(target, own, own_given, given, comes=offered)
    db.session.flush()
    stocks.hold(target, stock)
    line.instead, line.instead_line_id = given, target.id


def _within(offer: Offer, stock: Stock | None, most: int, held: int) -> int:
    if stock is not None:
        most = min(most, stock.on_hand - stock.reserved + held)
    return most // offer.step * offer.step


def _meet_less(line: OrderLine, missing: int) -> None:
    before = instead_line(line)
    if before is not None and line.instead > missing:
        put(line, before.offer, missing)


def _most(offer: Offer, target: OrderLine | None, missing: int, own: int, own_given: int) -> int:
    most = min(missing, max(0, (MOST if offer.most is None else offer.most) - own))
    if offer.coming is None:
        return most
    return min(most, max(0, offer.coming - _given_to_others(offer, target) - own_given))


def _comes_by_cases(offer: Offer) -> bool:
    """Whether its cases are filled already: one piece more would be a case that is not full."""
    return (
        offer.case_size is not None
        and offer.case_rule == CaseRule.CUT
        and offer.session.state != SessionState.OPEN
    )


def _own_part(many: int, own: int, instead: int) -> int:
    """Return how many of a line are what the household ordered itself, or took to fill a case."""
    return max(min(many, own), many - instead)


def _left_out(line: OrderLine, own: int, own_given: int, given: int, *, comes: bool) -> int:
    """Return how many of a line will not come, for which another article may come."""
    many = own_given + given if comes else min(quantity(line), own + given)
    return max(0, own + given - many)


def _count(line: OrderLine, own: int, own_given: int, given: int, *, comes: bool) -> None:
    """Set how many a line brings; what does not come is not given back by this."""
    before = quantity(line)
    line.ordered = own + given
    if comes:
        line.allotted = None if own_given == own else own_given + given
    elif line.allotted is not None:
        line.allotted = min(line.allotted, line.ordered)
    if quantity(line) != before:
        line.order.changed_at = now()
        line.weighed_grams = None  # the scales spoke of another number


def comes(offer: Offer) -> bool:
    """Whether its producer comes: the least total was reached, as far as that is known."""
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
