"""Which stock an offer is taken from: a session's own number, else what the producer counts."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from freeco.db import db
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Product
from freeco_direct_sales.orders import stocks
from freeco_direct_sales.orders.amounts import quantity
from freeco_direct_sales.orders.models import (
    Counted,
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Stock,
)


def pick(session: OrderSession, product: Product) -> Stock | None:
    """Return what the producer counts for a session: by distribution, by days, else in all.

    A number for a distribution holds for a session whose orders are all taken there; one for some
    days, for a session whose distributions all fall within. None when nothing is counted.
    """
    rows = counted(product)
    evenings = {each.distribution_id: local_day(each.distribution) for each in session.pickups}
    if len(evenings) == 1:
        for row in rows:
            if row.distribution_id in evenings:
                return row
    days = list(evenings.values())
    spans = [row for row in rows if days and _within(row, days)]
    if spans:
        return max(spans, key=lambda row: (row.first_day or date.min, row.id))
    return next((row for row in rows if is_in_all(row)), None)


def counted(product: Product) -> Sequence[Stock]:
    """Return what a producer counts of a product, all scopes."""
    return db.session.scalars(
        select(Stock)
        .where(Stock.product_id == product.id, Stock.session_id.is_(None), Stock.ended_at.is_(None))
        .order_by(Stock.id)
    ).all()


def is_in_all(row: Stock) -> bool:
    """Whether a number is for everything, without a day or a distribution."""
    return row.distribution_id is None and row.first_day is None


def _within(row: Stock, days: Sequence[date]) -> bool:
    first, last = row.first_day, row.last_day
    return first is not None and last is not None and all(first <= day <= last for day in days)


def take_from(offer: Offer, stock: Stock | None) -> None:
    """Let an offer be taken from another stock, with what is ordered of it; the session is locked.

    Raises WrongQuantities when there are fewer than are ordered.
    """
    db.session.flush()
    if offer.stock is stock:
        return
    locked = stocks.lock_stocks(each.id for each in (offer.stock, stock) if each is not None)
    lines = _standing(offer)
    before = locked.get(offer.stock_id or 0)
    many = sum(quantity(line) for line in lines)
    if stock is not None and stock.on_hand - stock.reserved < many:
        raise stocks.too_few(stock.reserved + many)
    for line in lines:
        stocks.hold(line, before, 0)
        stocks.hold(line, stock)
    offer.stock = stock
    db.session.flush()


def _standing(offer: Offer) -> Sequence[OrderLine]:
    return db.session.scalars(
        select(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            OrderLine.offer_id == offer.id,
            Order.cancelled_at.is_(None),
            Order.settled_at.is_(None),
        )
        .order_by(OrderLine.id)
        .execution_options(populate_existing=True)
    ).all()


def pick_again(session: OrderSession) -> None:
    """Pick anew for offers that nobody has ordered: the session's distributions have changed."""
    for offer in session.offers:
        if offer.counted != Counted.STOCK or any(quantity(line) for line in _standing(offer)):
            continue
        take_from(offer, pick(session, offer.product))
