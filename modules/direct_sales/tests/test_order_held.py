"""What lines hold of a stock adds up to what is reserved, whatever happens and in what order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Refusal
from freeco.members import households
from freeco.members.models import Member
from freeco.testing.people import make_member
from freeco_direct_sales.orders import counting, placing, preparing, sessions, settling
from freeco_direct_sales.orders.amounts import quantity
from freeco_direct_sales.orders.counting import Reason, Typed
from freeco_direct_sales.orders.models import (
    CaseRule,
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Stock,
    Wish,
)
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.orders.sessions import Fate
from freeco_direct_sales.orders.stock_models import StockMovement

FRIDAY = datetime(2026, 11, 6, 9, tzinfo=UTC)
STEPS = 30


def agree(numbers: dict[int, int]) -> None:
    """Compare stocks with lines, and with the movements since they were first counted."""
    db.session.flush()
    db.session.expire_all()
    for stock in db.session.scalars(select(Stock)):
        held = db.session.scalar(
            select(func.sum(OrderLine.held))
            .join(Offer, Offer.id == OrderLine.offer_id)
            .where(Offer.stock_id == stock.id)
        )
        assert stock.reserved == (held or 0) <= stock.on_hand
        moved = db.session.scalar(
            select(func.sum(StockMovement.change)).where(StockMovement.stock_id == stock.id)
        )
        assert stock.on_hand == numbers.get(stock.id, 0) + (moved or 0)
    for line in db.session.scalars(select(OrderLine)):
        gone = line.order.settled_at is not None or line.order.cancelled_at is not None
        assert line.held == (0 if gone or line.offer.stock is None else quantity(line))


class Evening:
    """What people do to a session, drawn at random."""

    def __init__(self, shop: OrderSession, people: list[Member], seed: int) -> None:
        self.shop, self.people, self.random = shop, people, Random(seed)
        self.leeks, self.chicken, self.bread = shop.offers

    def order(self, step: int) -> None:
        draw = self.random
        wants = {
            each.id: Want(
                draw.randint(0, 6),
                draw.choice(list(Wish)),
                draw.choice([self.leeks.id, self.bread.id]),
                tolerance=draw.randint(0, 3) if each is self.bread else 0,
            )
            for each in self.shop.offers
        }
        who = draw.choice(self.people)
        home = households.household_of(who)
        placing.place(self.shop, home, who, wants, self.shop.pickups[0].id, key=str(step))

    def withdraw(self, _step: int) -> None:
        fate = self.random.choice([Fate(), Fate(keep=True), Fate(substitute_id=self.bread.id)])
        sessions.withdraw(self.random.choice([self.leeks, self.chicken]), "La grêle", {}, fate)

    def cancel(self, _step: int) -> None:
        standing = db.session.scalars(select(Order).where(Order.cancelled_at.is_(None))).all()
        for each in self.random.sample(standing, min(1, len(standing))):
            placing.cancel(each)

    def comes(self, _step: int) -> None:
        sessions.say_coming(self.random.choice(self.shop.offers), self.random.randint(0, 20))

    def choose(self, _step: int) -> None:
        sessions.choose_rule(self.bread, self.random.choice(list(CaseRule)))

    def settle(self, _step: int) -> None:
        with held_at(FRIDAY):
            for each in settling.to_settle(self.shop)[:1]:
                for line in each.lines:
                    sessions.weigh(line, 1000)
                settling.settle_order(each)

    def play(self, step: int) -> None:
        before = [self.order, self.order, self.order, self.withdraw, self.cancel]
        after = [self.comes, self.comes, self.withdraw, self.choose, self.settle]
        try:
            self.random.choice(after if step >= STEPS // 2 else before)(step)
            db.session.commit()
        except Refusal:
            db.session.rollback()


@pytest.mark.parametrize("seed", range(4))
def test_stocks_and_lines_agree_after_each_step(
    shop: OrderSession, member: Member, neighbour: Member, coordinator: Member, seed: int
) -> None:
    bread = shop.offers[2]
    preparing.offer(shop, bread.product, Terms(bread.price, case_size=4, on_hand=15))
    db.session.commit()
    numbers = {each.id: each.on_hand for each in db.session.scalars(select(Stock))}
    evening = Evening(shop, [member, neighbour, coordinator], seed)
    for step in range(STEPS):
        if step == STEPS // 2:
            sessions.close(shop)
            db.session.commit()
        evening.play(step)
        agree(numbers)


def test_numbers_said_while_people_order_never_fall_below_what_they_hold(
    app: Flask, shop: OrderSession, member: Member
) -> None:
    bread = shop.offers[2]
    counting.set_numbers(bread.product.producer, {}, {bread.product: Typed(None, 40)}, Reason())
    db.session.commit()
    session_id, offer_id, pickup = shop.id, bread.id, shop.pickups[0].id
    people = [make_member(shop.community, f"Foyer{each}", "Nom").id for each in range(8)]
    db.session.commit()
    db.session.remove()

    def buy(member_id: int) -> None:
        with app.app_context():
            who = db.session.get_one(Member, member_id)
            home = households.household_of(who)
            held = db.session.get_one(OrderSession, session_id)
            try:
                placing.place(held, home, who, {offer_id: Want(4)}, pickup, key=f"k{member_id}")
                db.session.commit()
            except Refusal:
                db.session.rollback()

    def say(many: int) -> None:
        with app.app_context():
            offer = db.session.get_one(Offer, offer_id)
            assert offer.stock is not None
            try:
                counting.set_numbers(
                    offer.product.producer, {offer.stock: Typed(40, many)}, {}, Reason()
                )
                db.session.commit()
            except Refusal:
                db.session.rollback()

    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(buy, each) for each in people]
        done += [pool.submit(say, many) for many in (10, 20)]
        for each in done:
            each.result()
    stock = db.session.get_one(Offer, offer_id).stock
    assert stock is not None
    ordered = db.session.scalars(select(OrderLine.ordered)).all()
    assert 0 < stock.reserved == sum(ordered) <= stock.on_hand
    assert stock.on_hand in (10, 20, 40)
