"""What orders know about a member's household, what holds them, and how they forget it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _
from freeco.members.models import Household, Member
from freeco.module import Tie
from freeco_direct_sales.models import Distribution, Producer, Product
from freeco_direct_sales.orders import favourites, sessions
from freeco_direct_sales.orders.amounts import amount, order_total, quantity
from freeco_direct_sales.orders.models import Offer, Order, OrderLine, OrderSession, Pickup, Stock
from freeco_direct_sales.orders.stock_models import StockMovement


def export(member: Member, household: Household | None) -> dict[str, Any]:
    """Give what a household ordered, and what it usually takes; empty when there is nothing.

    What a volunteer typed at the telephone for another household is that household's to take.
    """
    orders = db.session.scalars(
        select(Order)
        .where(
            or_(
                Order.household_id == (household.id if household else None),
                (Order.placed_by_id == member.id) & Order.by_phone.is_(False),
            )
        )
        .options(selectinload(Order.lines).joinedload(OrderLine.offer))
        .order_by(Order.id)
    ).all()
    found: dict[str, Any] = {
        "orders": [_exported(each) for each in orders],
        "usual_basket": [
            {
                "product": each.product.name,
                "quantity": each.quantity,
                "wish": each.wish,
                "tolerance": each.tolerance,
            }
            for each in (favourites.favourite_of(household) if household else ())
        ],
    }
    found["stock_counted"] = [
        {
            "product": each.stock.product.name,
            "change": each.change,
            "why": each.why,
            "words": each.words,
            "at": each.at.isoformat(),
        }
        for each in _stock_written_by(member)
    ]
    return {name: content for name, content in found.items() if content}


def _stock_written_by(member: Member) -> Sequence[StockMovement]:
    return db.session.scalars(
        select(StockMovement)
        .where(StockMovement.by_id == member.id)
        .options(joinedload(StockMovement.stock).joinedload(Stock.product))
        .order_by(StockMovement.id)
    ).all()


def _exported(order: Order) -> dict[str, Any]:
    cancelled, settled = order.cancelled_at, order.settled_at
    return {
        "session": order.session.name,
        "distribution": order.pickup.distribution.starts_at.isoformat(),
        "placed_by": order.placed_by.name,
        "by_phone": order.by_phone,
        "placed_at": order.placed_at.isoformat(),
        "changed_at": order.changed_at.isoformat(),
        "cancelled_at": cancelled.isoformat() if cancelled else None,
        "settled_at": settled.isoformat() if settled else None,
        "method": order.method,
        "note": order.note,
        "total_cents": order_total(order).cents,
        "lines": [_line(line) for line in order.lines if line.ordered or line.asked],
    }


def _line(line: OrderLine) -> dict[str, Any]:
    return {
        "product": line.offer.name,
        "ordered": line.ordered,
        "obtained": quantity(line),
        "wish": line.wish,
        "unit_price_cents": line.unit_price.cents,
        "weighed_grams": line.weighed_grams,
        "amount_cents": amount(line).cents,
    }


def ties(member: Member, alone: Household | None, url: str) -> list[Tie]:
    """Return the orders still to be fetched by a household of one, or to be brought by its farm.

    As with a season contract, nothing is cancelled behind the back of who goes: an open order is
    given back by a click, and a closed one is what the producer prepares.
    """
    mine = [
        each
        for each in (sessions.orders_of(alone) if alone else ())
        if each.pickup.distribution.ends_at > now() and any(quantity(line) for line in each.lines)
    ]
    return [
        *(
            Tie(
                _("Votre commande « %(name)s » n’est pas encore retirée.", name=each.session.name),
                # Not the order itself: who acts for somebody else reads theirs there.
                f"{url}commandes",
            )
            for each in mine
        ),
        *(
            Tie(
                _("Des foyers attendent ce qu’ils ont commandé : « %(name)s ».", name=each.name),
                f"{url}commandes",
            )
            for each in _to_bring(member)
        ),
    ]


def _to_bring(member: Member) -> Sequence[OrderSession]:
    lines = db.session.scalars(
        select(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Pickup, Pickup.id == Order.pickup_id)
        .join(Distribution, Distribution.id == Pickup.distribution_id)
        .join(Offer, Offer.id == OrderLine.offer_id)
        .join(Product, Product.id == Offer.product_id)
        .join(Producer, Producer.id == Product.producer_id)
        .where(
            Producer.member_id == member.id,
            Order.cancelled_at.is_(None),
            Distribution.ends_at > now(),
        )
        .options(joinedload(OrderLine.order).joinedload(Order.session))
        .order_by(Order.session_id)
    ).all()
    return list(dict.fromkeys(line.order.session for line in lines if quantity(line)))


def erase(member: Member, alone: Household | None) -> None:
    """Forget the words and the habits; quantities, prices and sales stay for the books.

    Who typed an order stays as a member without a name.
    """
    orders = select(Order).where(
        or_(
            Order.household_id == (alone.id if alone else None),
            (Order.placed_by_id == member.id) & Order.by_phone.is_(False),
        )
    )
    for order in db.session.scalars(orders):
        order.note = ""
    for movement in _stock_written_by(member):
        movement.by = None
    if alone is not None:
        favourites.forget(alone)
