"""What orders add to the sheet of a distribution beside baskets: changes, and cheques to give."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Row, String, cast, func, literal, or_, select

from freeco.db import db
from freeco.money import Money
from freeco.payments.models import Method, Payment, State
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Distribution, Print
from freeco_direct_sales.orders.models import Order, Pickup
from freeco_direct_sales.orders.settling_models import PURPOSE, OrderSale


def changed_since_print(distribution: Distribution) -> set[int]:
    """Return the households whose order there changed since the sheet was printed; one query.

    Those who cancelled it, or fetch it elsewhere now, as well: the paper still names them.
    """
    printed = (
        select(func.max(Print.printed_at))
        .where(Print.distribution_id == distribution.id, Print.producer_id.is_(None))
        .scalar_subquery()
    )
    was_named: ColumnElement[bool] = Order.placed_at <= printed
    here = select(Pickup.id).where(Pickup.distribution_id == distribution.id)
    return set(
        db.session.scalars(
            select(Order.household_id).where(
                or_(
                    Order.pickup_id.in_(here)
                    & (Order.changed_at > printed)
                    & (Order.cancelled_at.is_(None) | was_named),
                    Order.left_id.in_(here) & (Order.left_at > printed) & was_named,
                )
            )
        )
    )


def cheques_to_give(distribution: Distribution) -> Sequence[Row[int, Money]]:
    """Return what is owed by cheque for orders and was due by that day, by household; one query."""
    return db.session.execute(
        select(Order.household_id, Payment.amount)
        .join(OrderSale, OrderSale.order_id == Order.id)
        .join(Payment, Payment.purpose == literal(PURPOSE) + cast(OrderSale.id, String))
        .where(
            Payment.community_id == distribution.community_id,
            Payment.method == Method.CHEQUE,
            Payment.state == State.EXPECTED,
            Payment.due_on <= local_day(distribution),
        )
        .order_by(Payment.due_on, Payment.id)
    ).all()
