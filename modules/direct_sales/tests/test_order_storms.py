"""Whatever is done to a session, in any order: what is held, owed and brought adds up."""

import os
from datetime import UTC, datetime
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money, total
from freeco.payments.models import Payment
from freeco.testing.people import make_member
from freeco_direct_sales import catalogue
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.orders import (
    counting,
    placing,
    preparing,
    repeating,
    sessions,
    settling,
    stocks,
)
from freeco_direct_sales.orders.amounts import amount, quantity
from freeco_direct_sales.orders.models import (
    CaseRule,
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Pickup,
    Pricing,
    SessionState,
    Stock,
    Wish,
)
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.orders.sessions import Fate
from freeco_direct_sales.orders.settling_models import OrderSale

SEEDS = range(int(os.environ.get("STORM_FROM", "0")), int(os.environ.get("STORM_TO", "3")))
STEPS = 45


class Market:
    """A session of two producers: counted, by weight, by cases, with tiers, and a service."""

    def __init__(
        self,
        community: Community,
        sellers: list[Producer],
        evenings: list[Distribution],
        buyers: list[Member],
        chance: Random,
    ) -> None:
        self.chance, self.buyers, self.forms = chance, buyers, 0
        self.community, self.evenings = community, evenings
        self.done: list[str] = []
        self.session = preparing.create(
            community,
            "Marché",
            datetime(2026, 11, 1, 18, tzinfo=UTC),
            datetime(2026, 11, 3, 20, tzinfo=UTC),
        )
        euro = Money(100)
        for seller, name, terms, service in (
            (sellers[0], "Poireaux", Terms(Money(251), on_hand=12), False),
            (
                sellers[0],
                "Poulet",
                Terms(Money(1290), Pricing.WEIGHT, grams=1833, tiers={8: Money(1111)}),
                False,
            ),
            (sellers[0], "Œufs", Terms(Money(333), step=6, on_hand=40, most=18), False),
            (sellers[0], "Taille", Terms(Money(2500), on_hand=5), True),
            (
                sellers[1],
                "Miel",
                Terms(Money(907), case_size=6, on_hand=20, tiers={12: Money(803)}),
                False,
            ),
            (
                sellers[1],
                "Jus",
                Terms(Money(411), case_size=12, step=2, tiers={10: Money(399), 24: Money(350)}),
                False,
            ),
            (sellers[1], "Pain", Terms(Money(520), least=2, counted="stock"), False),
        ):
            product = catalogue.add_product(seller, name, euro, unit="piece")
            product.is_service = service
            preparing.offer(self.session, product, terms)
        preparing.set_pickups(self.session, {evenings[0]: None, evenings[1]: 3})
        preparing.set_producer(self.session, sellers[1], None, Money(chance.choice([0, 3000])))
        sessions.publish_session(self.session)
        self.sessions = [self.session]
        db.session.commit()

    def step(self) -> None:
        kind = self.chance.choice(
            [self.order] * 7 + [self.cancel, self.withdraw, self.recount, self.limit, self.copy]
            if self.session.state == SessionState.OPEN and self.chance.random() < 0.93
            else [self.close]
            if self.session.state == SessionState.OPEN
            else [self.say_coming] * 4
            + [self.withdraw] * 2
            + [self.weigh] * 3
            + [self.rule, self.rule, self.order, self.cancel]
            + [self.settle] * 2
            + [self.serve] * 2
            + [self.recount]
        )
        try:
            said = kind()
            db.session.commit()
            self.done.append(f"{kind.__name__} {said}")
        except Refusal as refusal:
            db.session.rollback()
            self.done.append(f"{kind.__name__} refused {type(refusal).__name__}")

    def offer(self, session: OrderSession | None = None) -> Offer:
        return self.chance.choice((session or self.session).offers)

    def order(self) -> object:
        session = self.chance.choice(self.sessions)
        buyer, self.forms = self.chance.choice(self.buyers), self.forms + 1
        wants = {}
        for each in session.offers:
            if self.chance.random() < 0.5:
                most = 18 if each.most else 12
                wants[each.id] = Want(
                    max(each.least, self.chance.randrange(0, most // each.step) * each.step),
                    self.chance.choice(list(Wish)),
                    self.offer(session).id,
                    self.chance.choice([0, 0, 1, 2, 5]),
                )
        pickup = self.chance.choice(session.pickups)
        placed = placing.place(
            session,
            households.household_of(buyer),
            buyer,
            wants,
            pickup.id,
            key=f"{self.forms}",
        )
        return placed.order.id, {
            line.offer.name: (
                line.ordered,
                line.wish,
                line.substitute and line.substitute.name,
                line.tolerance,
            )
            for line in placed.order.lines
        }

    def standing(self) -> list[Order]:
        return list(
            db.session.scalars(select(Order).where(Order.cancelled_at.is_(None)).order_by(Order.id))
        )

    def cancel(self) -> object:
        found = self.standing()
        if found:
            one = self.chance.choice(found)
            placing.cancel(one)
            return one.id
        return None

    def withdraw(self) -> object:
        offer = self.offer()
        lines = [
            each
            for each in sessions.lines_of(self.session)
            if each.offer_id == offer.id and each.ordered
        ]
        fates = {
            each.id: self.chance.choice(
                [Fate(), Fate(keep=True), Fate(substitute_id=self.offer().id)]
            )
            for each in lines
        }
        sessions.withdraw(offer, "La grêle", fates)
        return offer.name, {
            each.order_id: fates[each.id].keep or fates[each.id].substitute_id for each in lines
        }

    def recount(self) -> object:
        rows = list(db.session.scalars(select(Stock).where(Stock.ended_at.is_(None))))
        row = self.chance.choice(rows)
        many = self.chance.randrange(0, 30)
        if row.session_id is not None:
            stocks.set_on_hand(row, many)
        else:
            counting.set_numbers(
                row.product.producer,
                {row: counting.Typed(row.on_hand, many)},
                {},
                counting.Reason(),
            )
        return row.product.name, many

    def limit(self) -> object:
        product = self.offer().product
        many = self.chance.randrange(4, 30)
        if self.chance.random() < 0.5:
            counting.set_numbers(
                product.producer, {}, {product: counting.Typed(None, many)}, counting.Reason()
            )
        else:
            counting.count_apart(
                product, many, counting.Reason(), self.chance.choice(self.evenings)
            )
        return product.name, many

    def copy(self) -> object:
        if len(self.sessions) > 2:
            return None
        copy = repeating.repeat(self.session, 7)
        copy.opens_at, copy.closes_at = self.session.opens_at, self.session.closes_at
        preparing.set_pickups(copy, {self.chance.choice(self.evenings): None})
        sessions.publish_session(copy)
        db.session.flush()
        self.sessions.append(copy)
        return copy.id

    def close(self) -> object:
        sessions.close(self.session)
        db.session.flush()
        for each in self.session.offers:
            if each.case_size and each.withdrawn_at is None:
                lines = [one for one in sessions.lines_of(self.session) if one.offer is each]
                assert sum(map(quantity, lines)) % each.case_size == 0, "\n".join(self.done)
        return None

    def say_coming(self) -> object:
        offer = self.offer()
        if offer.withdrawn_at is None:
            many = self.chance.randrange(0, 30)
            sessions.say_coming(offer, many)
            return offer.name, many
        return None

    def rule(self) -> object:
        offer = self.offer()
        if offer.case_size:
            rule = self.chance.choice(list(CaseRule))
            sessions.choose_rule(offer, rule)
            return offer.name, rule
        return None

    def weigh(self) -> object:
        lines = [
            each
            for each in sessions.lines_of(self.session)
            if each.offer.pricing == Pricing.WEIGHT and quantity(each)
        ]
        if lines:
            line = self.chance.choice(lines)
            grams = self.chance.choice([None, 0, 1, 1777, 3501])
            sessions.weigh(line, grams)
            return line.order_id, grams
        return None

    def settle(self) -> object:
        with held_at(datetime(2026, 11, 20, 9, tzinfo=UTC)):
            found = [each for each in self.standing() if each.session is self.session]
            if found:
                one = self.chance.choice(found)
                settling.settle_order(one)
                return one.id
        return None

    def serve(self) -> object:
        lines = [
            each
            for each in sessions.lines_of(self.session)
            if each.offer.product.is_service and quantity(each)
        ]
        if lines:
            line = self.chance.choice(lines)
            lock(line.order.session)
            lock(line.order)
            settling.settle_service(line, datetime(2026, 11, 2, tzinfo=UTC).date())
            return line.order_id
        return None

    def check(self) -> None:
        db.session.expire_all()
        story = "\n".join(self.done)
        lines = list(db.session.scalars(select(OrderLine).join(Order)))
        sold = set(db.session.scalars(select(OrderSale.line_id)))
        fixed = {each.id for each in lines if each.order.settled_at or each.id in sold}
        for line in lines:
            handed = line.id in sold or (line.id in fixed and not line.offer.product.is_service)
            self.check_line(line, f"{line!r}\n{story}", handed=handed)
        for stock in db.session.scalars(select(Stock)):
            held = [each.held for each in lines if each.offer.stock_id == stock.id]
            assert sum(held) == stock.reserved, story
            assert 0 <= stock.reserved <= stock.on_hand, story
        for pickup in db.session.scalars(select(Pickup)):
            taken = [each for each in self.standing() if each.pickup_id == pickup.id]
            assert pickup.taken == len(taken), story
        for offer in db.session.scalars(select(Offer)):
            if offer.coming is None or offer.withdrawn_at is not None:
                continue
            given = {each.id: quantity(each) for each in lines if each.offer_id == offer.id}
            before = sum(many for each, many in given.items() if each in fixed)
            assert sum(given.values()) <= max(offer.coming, before), f"{offer.name}\n{story}"
        self.check_money(lines, story)

    def check_line(self, line: OrderLine, story: str, *, handed: bool) -> None:
        gone = handed or line.offer.stock_id is None or line.order.cancelled_at is not None
        many = quantity(line)
        assert line.held == (0 if gone else many), story
        price = line.offer.closing_price or line.offer.price
        assert not line.ordered or line.unit_price <= price, story
        in_place = [each.instead for each in line.order.lines if each.instead_line_id == line.id]
        assert sum(in_place) <= line.ordered, story
        assert many <= line.ordered + line.tolerance, story
        assert not line.instead or many + line.instead <= line.ordered, story

    def check_money(self, lines: list[OrderLine], story: str) -> None:
        for order in self.standing():
            sales = list(
                db.session.scalars(select(OrderSale).where(OrderSale.order_id == order.id))
            )
            for sale in sales:
                if sale.line_id:
                    owed = [amount(each) for each in lines if each.id == sale.line_id]
                else:
                    owed = [
                        amount(each)
                        for each in lines
                        if each.order_id == order.id
                        and each.offer.product.producer_id == sale.producer_id
                        and not each.offer.product.is_service
                    ]
                assert total(owed) == sale.amount, f"sale of order {order.id}\n{story}"
                paid = db.session.scalars(
                    select(Payment).where(Payment.purpose == sale.purpose)
                ).all()
                assert [each.amount for each in paid] == [sale.amount], story


@pytest.mark.parametrize("seed", SEEDS)
def test_a_storm_over_a_session(
    app: Flask,
    community: Community,
    producer: Producer,
    bakery: Producer,
    thursdays: list[Distribution],
    seed: int,
) -> None:
    buyers = [make_member(community, f"Ami{place}", "Bois") for place in range(5)]
    with held_at(datetime(2026, 11, 2, 9, tzinfo=UTC)):
        market = Market(community, [producer, bakery], list(thursdays), buyers, Random(seed))
        for _step in range(STEPS):
            market.step()
            market.check()
