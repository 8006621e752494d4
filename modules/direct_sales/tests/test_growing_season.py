"""A producer's season table: promised, handed out, paid; to the cent what its book says."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import event

from freeco.accounting import ledger
from freeco.clock import held_at
from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.payments import steps
from freeco.payments.models import Method
from freeco.testing.payments import organisation
from freeco.testing.people import make_member
from freeco_direct_sales import contracts, distributions, sales, sellers, subscriptions
from freeco_direct_sales.contracting import absences, rules
from freeco_direct_sales.contracting.models import SkipRule
from freeco_direct_sales.growing.season import season_of
from freeco_direct_sales.growing.season_table import Account, Season
from freeco_direct_sales.models import (
    ContractState,
    Distribution,
    Producer,
    SeasonContract,
    Subscription,
)
from freeco_direct_sales.orders import sessions, settling
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.solidarity import adjusting, applying, giving
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.models import Kind, Source
from freeco_direct_sales.solidarity.rules import Bounds

Take = Callable[..., Subscription]
Buy = Callable[..., Order]
SMALL = {"Petit panier": 1}
FRIDAY = datetime(2026, 11, 6, 9, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 5, 9, tzinfo=UTC)


def signed(take: Take, contract: SeasonContract, member: Member, cheques: int = 1) -> Subscription:
    done = take(contract, member, SMALL, cheques=cheques)
    subscriptions.record_paper_signature(done)
    db.session.commit()
    return done


def cents(producer: Producer, *accounts: str) -> int:
    book = sellers.book(producer)
    return sum(ledger.balance(book, each).cents for each in accounts)


def owed_in_the_book(producer: Producer) -> int:
    """Return what households and the pool owe the farm, as its book says."""
    return cents(producer, "411", "4672")


def left(whole: Account) -> int:
    return (whole.promised - whole.received).cents


def agrees(producer: Producer) -> Season:
    """Return the table, once it says what the book says: owed, promised and sold."""
    found = season_of(producer)
    assert left(found.whole) - found.whole.ahead.cents == owed_in_the_book(producer)
    assert sum(each.counted.cents for each in found.evenings) == found.whole.promised.cents
    assert sum(each.delivered.cents for each in found.evenings) == found.whole.delivered.cents
    for each in found.accounts:
        assert each.promised == each.received + each.overdue + each.coming
    return found


@pytest.fixture
def weighed(shop: OrderSession, buy: Buy, member: Member) -> Order:
    """Give leeks and a chicken that weighs 1735 g: 27,38 €, closed and weighed."""
    order = buy(member, Poireaux=2, Poulet=1)
    sessions.close(shop)
    for line in order.lines:
        if line.offer.name == "Poulet":
            sessions.weigh(line, 1735)
    db.session.commit()
    return order


def test_what_is_signed_is_promised_and_what_waits_for_a_signature_is_not(
    producer: Producer, vegetables: SeasonContract, take: Take, member: Member, neighbour: Member
) -> None:
    signed(take, vegetables, member)
    take(vegetables, neighbour, SMALL)
    whole = agrees(producer).whole
    assert (whole.promised, whole.unsigned) == (Money(3450), Money(3450))
    assert (whole.delivered, whole.received, whole.coming) == (Money(0), Money(0), Money(3450))


def test_what_came_before_both_had_signed_hides_nothing_that_others_owe(
    producer: Producer,
    vegetables: SeasonContract,
    take: Take,
    member: Member,
    neighbour: Member,
    treasurer: Member,
) -> None:
    signed(take, vegetables, member)
    waiting = take(vegetables, neighbour, SMALL)
    steps.receive(waiting.payments[0], treasurer)
    db.session.commit()
    whole = agrees(producer).whole
    assert (whole.unsigned, whole.ahead) == (Money(3450), Money(3450))
    assert (whole.promised, whole.received, whole.coming) == (Money(3450), Money(0), Money(3450))
    subscriptions.record_paper_signature(waiting)
    db.session.commit()
    whole = agrees(producer).whole
    assert (whole.ahead, whole.received, whole.coming) == (Money(0), Money(3450), Money(3450))


def test_a_cancelled_delivery_is_shown_and_not_owed(
    producer: Producer,
    vegetables: SeasonContract,
    thursdays: Sequence[Distribution],
    take: Take,
    member: Member,
) -> None:
    signed(take, vegetables, member)
    (delivery,) = distributions.deliveries_at(thursdays[1])
    distributions.cancel_delivery(delivery, "gel")
    db.session.commit()
    table = agrees(producer)
    assert (table.whole.promised, table.whole.cancelled) == (Money(2300), Money(1150))
    shown = [(each.cancelled, each.reason, each.promised) for each in table.evenings]
    assert shown[1] == (True, "gel", Money(1150))


def test_a_credited_skip_is_no_longer_promised(
    producer: Producer, vegetables: SeasonContract, take: Take, member: Member
) -> None:
    vegetables.state = ContractState.DRAFT
    rules.set_rules(vegetables, most_skips=1, skip_rule=SkipRule.CREDITED)
    contracts.open_contract(vegetables)
    done = signed(take, vegetables, member)
    absences.skip(done, contracts.deliveries_of(vegetables)[2], member)
    db.session.commit()
    assert agrees(producer).whole.promised == Money(2300)


def test_a_weighed_order_is_an_estimate_then_what_it_was_settled_at(
    producer: Producer, weighed: Order
) -> None:
    before = season_of(producer)
    assert (before.whole.promised, before.whole.estimated) == (Money(2738), Money(2738))
    with held_at(FRIDAY):
        settling.settle_order(weighed)
        db.session.commit()
        after = agrees(producer)
    assert (after.whole.promised, after.whole.estimated) == (Money(2738), Money(0))
    assert (after.whole.delivered, -cents(producer, "701", "44571")) == (Money(2738), 2738)


def test_an_open_session_promises_nothing_yet(
    producer: Producer, shop: OrderSession, buy: Buy, member: Member
) -> None:
    buy(member, Poireaux=2)
    assert agrees(producer).accounts == []


def test_a_discount_of_the_pool_leaves_the_table_as_it_was(
    community: Community,
    producer: Producer,
    vegetables: SeasonContract,
    take: Take,
    member: Member,
    neighbour: Member,
) -> None:
    pools.entrust(community, organisation(community, "Les Amis").id, Money(5000))
    vegetables.state = ContractState.DRAFT
    applying.set_rule(vegetables, Kind.FREE, Bounds(8000, 13000))
    contracts.open_contract(vegetables)
    giving.note(community, Source.GIFT, Money(5000), "transfer", "1")
    applying.choose(vegetables, households.household_of(member), -2000)
    helped, other = signed(take, vegetables, member), signed(take, vegetables, neighbour)
    adjustment = adjusting.adjusted([helped.id, other.id])
    assert (adjustment[helped.id], adjustment[other.id]) == (Money(-690), Money(0))
    table = agrees(producer)
    assert (table.whole.promised, table.whole.coming) == (Money(6900), Money(6900))
    (account,) = table.accounts
    assert account.coming == Money(6900)


def test_what_came_what_is_late_and_what_is_to_come_make_the_promise(
    producer: Producer,
    vegetables: SeasonContract,
    take: Take,
    member: Member,
    neighbour: Member,
    treasurer: Member,
) -> None:
    first, second = signed(take, vegetables, member, 3), signed(take, vegetables, neighbour)
    steps.receive(first.payments[0], treasurer)
    steps.receive(second.payments[0], treasurer)
    with held_at(DECEMBER):
        steps.bank([second.payments[0]], date(2026, 12, 5), treasurer)
        steps.fail(second.payments[0], DECEMBER, "no_funds", fee=Money(1200))
        db.session.commit()
        whole = agrees(producer).whole
    assert (whole.promised, whole.delivered) == (Money(6900), Money(6900))
    assert (whole.received, whole.overdue, whole.coming) == (Money(1150), Money(1150), Money(4600))


def test_what_was_given_back_was_not_received(
    producer: Producer, vegetables: SeasonContract, take: Take, member: Member, treasurer: Member
) -> None:
    (payment,) = signed(take, vegetables, member).payments
    steps.change_method(payment, Method.TRANSFER)
    steps.receive(payment, treasurer)
    steps.given_back(payment, Money(1000), "trop", FRIDAY, Method.TRANSFER)
    db.session.commit()
    assert agrees(producer).whole.received == Money(2450)


def test_a_month_that_is_sold_is_what_the_table_says_was_handed_out(
    community: Community,
    producer: Producer,
    vegetables: SeasonContract,
    take: Take,
    member: Member,
    weighed: Order,
) -> None:
    signed(take, vegetables, member)
    with held_at(DECEMBER):
        settling.settle_order(weighed)
        sales.sell_due(community)
        db.session.commit()
        table = agrees(producer)
    assert table.whole.delivered == Money(3450 + 2738)
    assert -cents(producer, "701", "44571") == table.whole.delivered.cents
    assert cents(producer, "4191") == 0


def test_a_year_holds_what_began_in_it(
    producer: Producer, vegetables: SeasonContract, take: Take, member: Member, weighed: Order
) -> None:
    signed(take, vegetables, member)
    vegetables.season_start = date(2025, 11, 1)
    db.session.commit()
    names = {
        year: [each.name for each in season_of(producer, year).accounts] for year in (2025, 2026)
    }
    assert names == {2025: ["Légumes d’hiver"], 2026: ["Marché du 5"]}
    assert season_of(producer).years == [2026, 2025]
    assert season_of(producer, 2024).whole.promised == Money(0)


def queries_of(app: Flask, producer_id: int) -> int:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    db.session.commit()
    with app.app_context():
        producer = db.session.get_one(Producer, producer_id)
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            season_of(producer)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


def test_sixty_households_take_as_few_queries_as_five(
    app: Flask,
    community: Community,
    producer: Producer,
    vegetables: SeasonContract,
    shop: OrderSession,
    take: Take,
    buy: Buy,
) -> None:
    contracts.change_capacity(vegetables, None)
    shop.offers[0].stock = None
    asked = []
    for already, many in ((0, 5), (5, 60)):
        shop.state, shop.closes_at = "open", FRIDAY
        for number in range(already, many):
            member = make_member(community, "Foyer", str(number))
            signed(take, vegetables, member)
            buy(member, Poireaux=1, Poulet=1)
        sessions.close(shop)
        asked.append(queries_of(app, producer.id))
    assert asked[0] == asked[1]
    assert asked[1] <= 13
    assert agrees_on_contracts(producer) == 60 * 3450


def agrees_on_contracts(producer: Producer) -> int:
    return sum(
        each.promised.cents for each in season_of(producer).accounts if each.contract_id is not None
    )
