"""Articles at cost price: what a household pays less, the pool pays, and nobody else sees it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from freeco.accounting import audit, ledger
from freeco.accounting.recording import book_of
from freeco.clock import held_at
from freeco.db import db
from freeco.i18n import spoken
from freeco.members import households
from freeco.members.models import Community, Household, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import steps
from freeco.payments.models import Payment, State
from freeco.payments.parties import party_of
from freeco.testing.payments import organisation
from freeco_direct_sales import sellers
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders import preparing, repeating, sessions, settling
from freeco_direct_sales.orders.models import Offer, Order, OrderSession
from freeco_direct_sales.solidarity import (
    admitting,
    applying,
    cards,
    cost_granting,
    cost_lines,
    declaring,
    following,
    giving,
)
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.cost_models import PartDiscount
from freeco_direct_sales.solidarity.declaring import Said
from freeco_direct_sales.solidarity.errors import (
    CostAbovePrice,
    NoHolder,
)
from freeco_direct_sales.solidarity.models import Pool, Source

Buy = Callable[..., Order]
FRIDAY = datetime(2026, 11, 6, 9, tzinfo=UTC)


def offer(shop: OrderSession, name: str) -> Offer:
    return next(each for each in shop.offers if each.name == name)


@pytest.fixture
def association(community: Community) -> Organisation:
    """Give who holds the pool."""
    return organisation(community, "Les Amis des Vergnes")


@pytest.fixture
def pool(community: Community, association: Organisation) -> Pool:
    """Give the community's pool, empty."""
    found = pools.entrust(community, association.id, Money(0))
    db.session.commit()
    return found


@pytest.fixture
def admit(reader: Member) -> Callable[[Member], Household]:
    """Give what admits a member's household from what it declared."""

    def act(member: Member) -> Household:
        household = households.household_of(member)
        declaring.declare(household, member, Said(Money(900_000), 1, 1))
        admitting.admit(reader, household)
        db.session.commit()
        return household

    return act


@pytest.fixture
def cheap(shop: OrderSession, pool: Pool) -> OrderSession:
    """Give the shop with leeks at 1,75 € instead of 2,50 €, four at most, and the chicken."""
    cost_lines.set_price(offer(shop, "Poireaux"), Money(175), 4)
    cost_lines.set_price(offer(shop, "Poulet"), Money(1000), 1)
    db.session.commit()
    return shop


def gift(community: Community, cents: int, key: str = "gift") -> None:
    giving.note(community, Source.GIFT, Money(cents), "transfer", key)
    db.session.commit()


def settle(*orders: Order) -> None:
    """Close the session and settle these orders, in this order."""
    sessions.close(orders[0].session)
    with held_at(FRIDAY):
        for each in orders:
            settling.settle_order(each)
            db.session.commit()


def owed(order: Order) -> list[int]:
    """Return what a household has to pay, in cents, payment by payment."""
    return [
        each.amount.cents
        for each in db.session.scalars(
            select(Payment)
            .where(Payment.payer == party_of(order.household), Payment.state == State.EXPECTED)
            .order_by(Payment.id)
        )
    ]


def in_pool(pool: Pool) -> int:
    return pools.balance(pool).cents


def test_the_pool_pays_what_an_admitted_household_pays_less_and_the_producer_gets_all(
    cheap: OrderSession,
    buy: Buy,
    admit: Callable[[Member], Household],
    member: Member,
    neighbour: Member,
    community: Community,
    producer: Producer,
    association: Organisation,
    pool: Pool,
) -> None:
    admit(member)
    gift(community, 1000)
    mine, other = buy(member, Poireaux=3, Pain=1), buy(neighbour, Poireaux=3, Pain=1)
    settle(mine, other)
    assert owed(mine) == [525, 520]
    assert owed(other) == [750, 520]
    assert in_pool(pool) == 1000 - 225
    book = sellers.book(producer)
    assert ledger.balance(book, "701") == Money(-1500)
    assert ledger.balance(book, "411") == Money(525 + 750)
    assert audit.check(book).faults == ()
    assert audit.check(book_of(association, community)).faults == ()


def test_the_number_of_pieces_at_cost_price_is_capped_for_each_household(
    cheap: OrderSession,
    buy: Buy,
    admit: Callable[[Member], Household],
    member: Member,
    community: Community,
) -> None:
    admit(member)
    gift(community, 1000)
    mine = buy(member, Poireaux=6)
    settle(mine)
    assert owed(mine) == [4 * 175 + 2 * 250]


def test_what_is_weighed_is_at_cost_price_by_the_scales(
    cheap: OrderSession,
    buy: Buy,
    admit: Callable[[Member], Household],
    member: Member,
    community: Community,
    pool: Pool,
) -> None:
    admit(member)
    gift(community, 5000)
    mine = buy(member, Poulet=2)
    sessions.close(cheap)
    sessions.weigh(mine.lines[0], 3601)
    settle(mine)
    # 12,90 € × 3,601 kg is 46,45 €; one of the two, 1,800 kg of it, at 10 €: 5,22 € less.
    assert owed(mine) == [4645 - 522]
    assert in_pool(pool) == 5000 - 522


def test_the_pool_pays_whole_or_not_yet_and_the_payment_falls_once_it_can(
    cheap: OrderSession,
    buy: Buy,
    admit: Callable[[Member], Household],
    member: Member,
    community: Community,
    producer: Producer,
    pool: Pool,
) -> None:
    admit(member)
    gift(community, 224)
    mine = buy(member, Poireaux=3)
    settle(mine)
    assert (owed(mine), in_pool(pool)) == ([750], 224)
    assert applying.grant_waiting(community) == 0
    gift(community, 1, "a cent")
    assert applying.grant_waiting(community) == 1
    assert applying.grant_waiting(community) == 0
    assert (owed(mine), in_pool(pool)) == ([525], 0)
    assert audit.check(sellers.book(producer)).faults == ()


def test_what_was_paid_meanwhile_waits_no_longer(
    cheap: OrderSession,
    buy: Buy,
    admit: Callable[[Member], Household],
    member: Member,
    treasurer: Member,
    community: Community,
    pool: Pool,
) -> None:
    admit(member)
    mine = buy(member, Poireaux=3)
    settle(mine)
    (payment,) = db.session.scalars(select(Payment)).all()
    steps.receive(payment, treasurer)
    gift(community, 1000)
    assert applying.grant_waiting(community) == 0
    assert db.session.scalars(select(PartDiscount)).all() == []
    assert in_pool(pool) == 1000


def test_who_ordered_first_is_served_first_whoever_is_settled_first(
    cheap: OrderSession,
    buy: Buy,
    admit: Callable[[Member], Household],
    member: Member,
    neighbour: Member,
    community: Community,
    pool: Pool,
) -> None:
    admit(member)
    admit(neighbour)
    gift(community, 300)
    first = buy(member, Poireaux=3)
    with held_at(datetime(2026, 11, 2, 9, 1, tzinfo=UTC)):
        second = buy(neighbour, Poireaux=2)
    settle(second, first)
    assert (owed(first), owed(second)) == ([525], [500])
    assert in_pool(pool) == 75
    gift(community, 75, "more")
    applying.grant_waiting(community)
    assert (owed(second), in_pool(pool)) == ([350], 0)


def test_what_an_order_was_promised_is_kept_from_who_asked_later(
    cheap: OrderSession,
    buy: Buy,
    admit: Callable[[Member], Household],
    member: Member,
    neighbour: Member,
    community: Community,
) -> None:
    admit(member)
    admit(neighbour)
    first = buy(member, Poireaux=4)
    with held_at(datetime(2026, 11, 2, 9, 1, tzinfo=UTC)):
        second = buy(neighbour, Poireaux=2)
    settle(second)
    gift(community, 300)
    assert applying.grant_waiting(community) == 0
    settle(first)
    assert owed(first) == [700]
    gift(community, 150, "more")
    assert applying.grant_waiting(community) == 1


def test_an_order_that_nobody_settled_does_not_hold_up_the_others_for_ever(
    cheap: OrderSession,
    buy: Buy,
    admit: Callable[[Member], Household],
    member: Member,
    neighbour: Member,
    community: Community,
    pool: Pool,
) -> None:
    admit(member)
    admit(neighbour)
    forgotten = buy(member, Poireaux=4)
    with held_at(datetime(2026, 11, 2, 9, 1, tzinfo=UTC)):
        later = buy(neighbour, Poireaux=2)
    settle(later)
    gift(community, 300)
    ends = forgotten.pickup.distribution.ends_at
    with held_at(ends + cost_lines.KEPT - timedelta(minutes=1)):
        assert applying.grant_waiting(community) == 0
        assert not following.covers(community, Money(100))
    with held_at(ends + cost_lines.KEPT):
        assert applying.grant_waiting(community) == 1
        assert (owed(later), in_pool(pool)) == ([350], 150)
        # Settled at last, it asks again, from its own rank.
        settling.settle_order(forgotten)
        db.session.commit()
        assert owed(forgotten) == [1000]
        gift(community, 150, "more")
        assert applying.grant_waiting(community) == 1
        assert (owed(forgotten), in_pool(pool)) == ([700], 0)


def test_a_contract_s_discount_does_not_overtake_an_order_that_waits(
    cheap: OrderSession,
    buy: Buy,
    admit: Callable[[Member], Household],
    member: Member,
    community: Community,
) -> None:
    admit(member)
    gift(community, 200)
    mine = buy(member, Poireaux=3)
    assert not following.covers(community, Money(100))
    settle(mine)
    assert not following.covers(community, Money(100))
    gift(community, 125, "more")
    assert following.covers(community, Money(100))
    assert not following.covers(community, Money(101))


def test_settling_twice_takes_from_the_pool_once(
    cheap: OrderSession,
    buy: Buy,
    admit: Callable[[Member], Household],
    member: Member,
    community: Community,
    pool: Pool,
) -> None:
    admit(member)
    gift(community, 1000)
    mine = buy(member, Poireaux=3)
    settle(mine, mine)
    assert in_pool(pool) == 775
    assert cost_lines.to_pay(settling.sold(mine)) == {settling.sold(mine)[0].id: Money(525)}


def test_who_waits_is_not_overtaken_by_who_is_settled_at_the_same_moment(
    app: Flask,
    cheap: OrderSession,
    buy: Buy,
    admit: Callable[[Member], Household],
    member: Member,
    neighbour: Member,
    community: Community,
    pool: Pool,
) -> None:
    admit(member)
    admit(neighbour)
    first = buy(member, Poireaux=3)
    with held_at(datetime(2026, 11, 2, 9, 1, tzinfo=UTC)):
        second = buy(neighbour, Poireaux=2)
    settle(first)
    gift(community, 225)
    community_id, second_id = community.id, second.id
    db.session.rollback()
    together = Barrier(4)

    def act(number: int) -> None:
        with app.app_context():
            together.wait(30)
            if number:
                applying.grant_waiting(db.session.get_one(Community, community_id))
            else:
                settling.settle_order(db.session.get_one(Order, second_id))
            db.session.commit()

    with held_at(FRIDAY), ThreadPoolExecutor(4) as threads:
        list(threads.map(act, range(4)))
    assert (owed(first), owed(second), in_pool(pool)) == ([525], [500], 0)


def test_a_cost_price_lies_between_a_cent_and_the_price_and_needs_a_pool(
    shop: OrderSession, community: Community, association: Organisation
) -> None:
    leeks = offer(shop, "Poireaux")
    with pytest.raises(NoHolder):
        cost_lines.set_price(leeks, Money(100))
    pools.entrust(community, association.id, Money(0))
    for wrong in (Money(0), Money(251)):
        with pytest.raises(CostAbovePrice):
            cost_lines.set_price(leeks, wrong)
    cost_lines.set_price(leeks, Money(250))


def test_a_price_that_fell_below_the_cost_price_is_never_raised(
    cheap: OrderSession,
    buy: Buy,
    admit: Callable[[Member], Household],
    member: Member,
    community: Community,
    pool: Pool,
) -> None:
    admit(member)
    gift(community, 1000)
    mine = buy(member, Poireaux=2)
    mine.lines[0].unit_price = Money(150)
    settle(mine)
    assert (owed(mine), in_pool(pool)) == ([300], 1000)


def test_an_offer_with_a_cost_price_is_taken_off_and_repeated(cheap: OrderSession) -> None:
    copy = repeating.repeat(cheap, 7)
    found = cost_lines.prices_of_session(copy)
    assert sorted(each.price.cents for each in found.values()) == [175, 1000]
    preparing.take_off(offer(copy, "Poireaux"))
    assert len(cost_lines.prices_of_session(copy)) == 1


def test_the_keepers_are_warned_when_the_pool_no_longer_covers_what_is_promised(
    app: Flask,
    cheap: OrderSession,
    buy: Buy,
    admit: Callable[[Member], Household],
    member: Member,
    community: Community,
) -> None:
    admit(member)
    gift(community, 200)
    buy(member, Poireaux=2)
    assert not cost_granting.falls_short(community)
    buy(member, Poireaux=3)
    assert cost_granting.falls_short(community)
    with app.test_request_context(), spoken("fr"):
        (card,) = cards.of_keepers(community)
        assert not any(each.isdigit() for each in str(card.text))
