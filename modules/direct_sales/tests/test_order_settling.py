"""After the scales: what each household owes each producer, once, to the cent."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from random import Random

import pytest
from flask import Flask, g
from sqlalchemy import select

from freeco.accounting import audit, ledger
from freeco.accounting.models import Book
from freeco.clock import held_at
from freeco.cost_price.share_models import CostShare
from freeco.db import db
from freeco.documents.models import Document
from freeco.members.models import Community, Member
from freeco.money import Money, total
from freeco.organisations.billing import Billing, VatRegime
from freeco.payments import words
from freeco.payments.models import Payment
from freeco.payments.parties import party_of
from freeco.testing.people import make_member
from freeco_direct_sales import sellers
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders import sessions, settling
from freeco_direct_sales.orders.amounts import amount, order_total
from freeco_direct_sales.orders.errors import NotHandedOut, NotWeighed, SessionNotClosed, StepDone
from freeco_direct_sales.orders.models import Offer, Order, OrderSession, SessionState
from freeco_direct_sales.orders.settling_models import OrderSale

Buy = Callable[..., Order]
FRIDAY = datetime(2026, 11, 6, 9, tzinfo=UTC)


def offer(shop: OrderSession, name: str) -> Offer:
    return next(each for each in shop.offers if each.name == name)


def weigh(order: Order, grams: int) -> None:
    for line in order.lines:
        if line.offer.name == "Poulet":
            sessions.weigh(line, grams)


def payments() -> list[Payment]:
    return list(db.session.scalars(select(Payment).order_by(Payment.id)))


def cents(producer: Producer, account: str) -> int:
    return ledger.balance(sellers.book(producer), account).cents


def test_a_weighed_order_is_one_payment_and_one_sale_for_each_producer(
    shop: OrderSession, buy: Buy, member: Member, producer: Producer, bakery: Producer
) -> None:
    order = buy(member, Poireaux=2, Poulet=1, Pain=1)
    sessions.close(shop)
    weigh(order, 1735)
    with held_at(FRIDAY):
        settling.settle_order(order)
        settling.settle_order(order)
        db.session.commit()
    farm, oven = payments()
    assert (farm.amount, oven.amount) == (Money(500 + 2238), Money(520))
    assert {farm.payer, oven.payer} == {party_of(order.household)}
    assert farm.due_on == date(2026, 11, 6)
    assert (cents(producer, "701"), cents(producer, "411")) == (-2738, 2738)
    assert (cents(bakery, "701"), cents(bakery, "411")) == (-520, 520)
    assert audit.check(sellers.book(producer)).faults == ()
    assert sorted(each.base.cents for each in db.session.query(CostShare)) == [520, 2738]
    assert shop.state == SessionState.SETTLED


def test_nothing_is_owed_before_the_closing_the_evening_and_the_scales(
    shop: OrderSession, buy: Buy, member: Member
) -> None:
    order = buy(member, Poulet=1)
    with pytest.raises(SessionNotClosed):
        settling.settle_order(order)
    sessions.close(shop)
    with pytest.raises(NotHandedOut):
        settling.settle_order(order)
    with held_at(FRIDAY):
        assert settling.ready(shop) == []
        with pytest.raises(NotWeighed):
            settling.settle_order(order)
        weigh(order, 1800)
        assert settling.ready(shop) == [order]
    assert payments() == []


def test_the_session_is_settled_with_its_last_order_and_then_nothing_moves(
    shop: OrderSession, buy: Buy, member: Member, neighbour: Member
) -> None:
    first, second = buy(member, Poulet=1), buy(neighbour, Poulet=1, Pain=1)
    sessions.close(shop)
    weigh(first, 1500)
    with held_at(FRIDAY):
        assert settling.ready(shop) == [first]
        settling.settle_order(first)
        assert shop.state == SessionState.CLOSED
        with pytest.raises(StepDone):
            weigh(first, 1400)
        weigh(second, 2000)
        settling.settle_order(second)
    assert shop.state == SessionState.SETTLED
    with pytest.raises(StepDone):
        sessions.say_coming(offer(shop, "Pain"), 0)


def test_what_is_said_late_does_not_touch_what_is_settled(
    shop: OrderSession, buy: Buy, member: Member, neighbour: Member
) -> None:
    first, second = buy(member, Pain=3), buy(neighbour, Pain=3, Poulet=1)
    sessions.close(shop)
    with held_at(FRIDAY):
        settling.settle_order(first)
        sessions.say_coming(offer(shop, "Pain"), 4)
    assert order_total(first) == Money(1560)
    assert {line.offer.name: line.allotted for line in second.lines}["Pain"] == 1


def test_an_order_of_which_nothing_came_owes_nothing(
    shop: OrderSession, buy: Buy, member: Member
) -> None:
    order = buy(member, Pain=2)
    sessions.close(shop)
    sessions.say_coming(offer(shop, "Pain"), 0)
    with held_at(FRIDAY):
        assert settling.settle_order(order) == []
    assert (payments(), shop.state) == ([], SessionState.SETTLED)


def test_who_asked_for_it_has_an_invoice_by_the_kilogram_in_its_name(
    shop: OrderSession, buy: Buy, member: Member, producer: Producer, farmer: Member
) -> None:
    farm = sellers.seller(producer)
    farm.address, farm.postal_code, farm.commune = "Les Vergnes", "46100", "Assiac"
    farm.siren, farm.siret = "732829320", "73282932000074"
    billing = Billing(
        organisation=farm,
        vat_regime=VatRegime.CHARGED,
        vat_number="FR44732829320",
        self_billing_since=date(2026, 10, 1),
        self_billing_by=farmer,
    )
    db.session.add(billing)
    order = buy(member, Poireaux=2, Poulet=1)
    sessions.close(shop)
    weigh(order, 1735)
    with held_at(FRIDAY):
        (part,) = settling.settle_order(order)
    (invoice,) = db.session.query(Document).all()
    assert (part.document_id, invoice.total) == (invoice.id, Money(2738))
    assert cents(producer, "44571") == -invoice.vat.cents
    assert audit.check(sellers.book(producer)).faults == ()


def test_a_payment_names_the_order_it_is_for_and_leads_to_it(
    app: Flask, shop: OrderSession, buy: Buy, member: Member, community: Community
) -> None:
    order = buy(member, Pain=2)
    sessions.close(shop)
    with held_at(FRIDAY):
        settling.settle_order(order)
    (payment,) = payments()
    with app.test_request_context():
        g.community = community
        label = words.labels([payment.purpose])[payment.purpose]
    assert label is not None
    assert label.label == "Commande «\u00a0Marché du 5\u00a0»"
    assert label.url.endswith(f"/sessions/{shop.id}/commandes/{order.id}")


@pytest.mark.parametrize("seed", range(3))
def test_lines_payments_and_sales_are_the_same_sum_whatever_happened(
    community: Community,
    shop: OrderSession,
    buy: Buy,
    producer: Producer,
    bakery: Producer,
    seed: int,
) -> None:
    chance = Random(seed)
    people = [make_member(community, "Foyer", str(number)) for number in range(6)]
    orders: list[Order] = []
    for each in people:
        wants = {name: chance.randint(0, 3) for name in ("Poireaux", "Poulet", "Pain")} | {
            "Pain": chance.randint(1, 3)
        }
        orders.append(buy(each, **{name: many for name, many in wants.items() if many}))
    sessions.close(shop)
    for article in shop.offers:
        sessions.say_coming(article, chance.randint(0, 12))
    for order in orders:
        for line in order.lines:
            if line.offer.name == "Poulet":
                sessions.weigh(line, chance.randint(0, 6000))
    with held_at(FRIDAY):
        for order in settling.ready(shop):
            settling.settle_order(order)
            db.session.commit()
    assert shop.state == SessionState.SETTLED
    lines = total([amount(line) for order in orders for line in order.lines])
    expected = total([each.amount for each in payments()])
    parts = total([each.amount for each in db.session.query(OrderSale)])
    books: Sequence[Book] = [sellers.book(each) for each in (producer, bakery)]
    owed = sum(ledger.balance(book, "411").cents for book in books)
    sold = -sum(
        ledger.balance(book, account).cents for book in books for account in ("701", "44571")
    )
    assert lines.cents == expected.cents == parts.cents == owed == sold
