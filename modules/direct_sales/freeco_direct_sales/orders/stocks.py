"""Stock: locked before it is counted, in one order, so that nothing is ever sold twice."""

from collections.abc import Iterable

from sqlalchemy import select

from freeco.db import db
from freeco.i18n import said
from freeco_direct_sales.orders.errors import WrongQuantities
from freeco_direct_sales.orders.models import Stock


def lock_stocks(ids: Iterable[int]) -> dict[int, Stock]:
    """Lock these rows, the smallest id first, and return them as they are now.

    Two orders for the same articles wait for each other once, never in a circle.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    db.session.flush()
    rows = db.session.scalars(
        select(Stock)
        .where(Stock.id.in_(wanted))
        .order_by(Stock.id)
        .with_for_update(key_share=True, of=Stock)
        .execution_options(populate_existing=True)
    )
    return {each.id: each for each in rows}


def remaining(stock: Stock | None) -> int | None:
    """Return how many nobody has taken; None without limit."""
    return None if stock is None else stock.on_hand - stock.reserved


def set_on_hand(stock: Stock, many: int) -> None:
    """Say how many there are. Raises WrongQuantities below what is reserved already."""
    held = lock_stocks([stock.id])[stock.id]
    if many < held.reserved:
        raise too_few(held.reserved)
    held.on_hand = many


def too_few(reserved: int) -> WrongQuantities:
    """Return the refusal of a quantity below what is reserved already."""
    return WrongQuantities({"on_hand": [said("Au moins %(least)s.", least=reserved)]})
