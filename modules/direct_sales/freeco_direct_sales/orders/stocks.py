"""Stock: locked before it is counted, in one order, so that nothing is ever sold twice.

``Stock.reserved`` is the sum of what lines hold (``OrderLine.held``), and a line holds what its
household gets. So letting go twice is once: a line that holds nothing has nothing to give back.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from freeco.db import db
from freeco.i18n import said
from freeco.members.models import Member
from freeco_direct_sales.orders.amounts import quantity
from freeco_direct_sales.orders.errors import WrongQuantities
from freeco_direct_sales.orders.models import Offer, OrderLine, OrderSession, Stock
from freeco_direct_sales.orders.stock_models import StockMovement, Why


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


def lock_all(session: OrderSession) -> None:
    """Lock all the stocks of a session by id: another session may share them."""
    lock_stocks(
        db.session.scalars(
            select(Offer.stock_id).where(
                Offer.session_id == session.id, Offer.stock_id.is_not(None)
            )
        )
    )


def remaining(stock: Stock | None) -> int | None:
    """Return how many nobody has taken; None without limit."""
    return None if stock is None else stock.on_hand - stock.reserved


def hold(line: OrderLine, stock: Stock | None, many: int | None = None) -> None:
    """Make a line hold what its household gets, or ``many``, of a stock that is locked."""
    wanted = 0 if stock is None else quantity(line) if many is None else many
    if stock is not None:
        stock.reserved += wanted - line.held
    line.held = wanted


def hold_all(
    lines: Sequence[OrderLine], stock: Stock | None, offer: Offer, missing: int | None = None
) -> None:
    """Make the lines of an offer hold what each household gets, once that was shared out.

    ``missing`` is how many of those ordered are not there, as the producer has said: they leave
    the stock instead of being left for others, and come back when it is said anew. Who brings
    more than was counted had more. None says nothing of what there is.
    """
    if stock is None:
        return
    held = sum(quantity(line) - line.held for line in lines)
    gone = 0 if missing is None else _missed(stock, offer) - missing
    reserved = stock.reserved + held
    move(stock, max(reserved, stock.on_hand + gone) - stock.on_hand, Why.NOT_COMING, offer=offer)
    for line in lines:
        hold(line, stock)


def _missed(stock: Stock, offer: Offer) -> int:
    """Return how many of those ordered were said not to be there so far."""
    changed = db.session.scalar(
        select(func.sum(StockMovement.change)).where(
            StockMovement.stock_id == stock.id,
            StockMovement.offer_id == offer.id,
            StockMovement.why == Why.NOT_COMING,
        )
    )
    return -(changed or 0)


def hand_out(lines: Sequence[OrderLine]) -> None:
    """Let what is handed out leave the stock, once: what was sold is neither left nor taken."""
    held = lock_stocks(line.offer.stock_id for line in lines if line.offer.stock_id and line.held)
    for line in lines:
        stock = held.get(line.offer.stock_id or 0)
        if stock is None or not line.held:
            continue
        many = line.held
        hold(line, stock, 0)
        before = db.session.scalar(
            select(StockMovement).where(
                StockMovement.stock_id == stock.id,
                StockMovement.offer_id == line.offer_id,
                StockMovement.why == Why.HANDED_OUT,
            )
        )
        if before is None:
            move(stock, -many, Why.HANDED_OUT, offer=line.offer)
            continue
        stock.on_hand -= many
        before.change -= many
        before.on_hand = stock.on_hand


def move(
    stock: Stock,
    change: int,
    why: Why,
    words: str = "",
    *,
    offer: Offer | None = None,
    by: Member | None = None,
) -> None:
    """Change how many there are, and note why; nothing when nothing changes."""
    if not change:
        return
    stock.on_hand += change
    db.session.add(
        StockMovement(
            stock=stock,
            change=change,
            on_hand=stock.on_hand,
            why=why,
            words=words,
            offer=offer,
            by=by,
        )
    )


def set_on_hand(
    stock: Stock, many: int, why: Why = Why.COUNTED, words: str = "", by: Member | None = None
) -> None:
    """Say how many there are. Raises WrongQuantities below what is reserved already."""
    held = lock_stocks([stock.id])[stock.id]
    if many < held.reserved:
        raise too_few(held.reserved)
    move(held, many - held.on_hand, why, words, by=by)


def too_few(reserved: int, field: str = "on_hand") -> WrongQuantities:
    """Return the refusal of a quantity below what is reserved already."""
    return WrongQuantities({field: [said("Au moins %(least)s.", least=reserved)]})
