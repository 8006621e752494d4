"""Stocks of before lines held them: what was ordered, short and handed out is counted right."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select, text

from freeco.clock import held_at
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Member
from freeco.migrations import runner
from freeco_direct_sales.orders import sessions, settling
from freeco_direct_sales.orders.models import Order, OrderLine, OrderSession, Stock

Buy = Callable[..., Order]
BEFORE = "UPDATE direct_sales_stock SET on_hand = 10, reserved = 9"
"""As it stood: all that was ever ordered, short and handed out too."""


def test_what_was_ordered_before_is_held_and_what_was_sold_is_gone(
    shop: OrderSession, buy: Buy, member: Member, neighbour: Member
) -> None:
    sold, short = buy(member, Poireaux=3), buy(neighbour, Poireaux=6)
    sessions.close(shop)
    with held_at(datetime(2026, 11, 6, 9, tzinfo=UTC)):
        settling.settle_order(sold)
    sessions.say_coming(shop.offers[0], 7)
    db.session.commit()
    session_id, short_id = shop.id, short.id
    for _time in range(2):
        db.session.remove()
        runner.downgrade(db.engine, kernel().plugins, "direct_sales", "direct_sales_0011")
        db.session.execute(text(BEFORE))
        db.session.commit()
        db.session.remove()
        runner.upgrade(db.engine, kernel().plugins)
        stock = db.session.scalars(select(Stock)).one()
        assert (stock.on_hand, stock.reserved, stock.session_id) == (7, 4, session_id)
        held = {
            line.order_id: line.held for line in db.session.scalars(select(OrderLine)) if line.held
        }
        assert held == {short_id: 4}
