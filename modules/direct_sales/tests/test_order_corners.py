"""What could go wrong around an order: said twice, said late, shared, or on another clock."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from freeco.accounting.facts import PoolFed
from freeco.accounting.recording import record
from freeco.clock import held_at
from freeco.db import db
from freeco.members import households
from freeco.members.models import Member
from freeco.money import Money
from freeco.testing.forms import fill_in
from freeco.testing.visitor import Visitor
from freeco_direct_sales import sellers
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders import favourites, preparing, repeating, sessions
from freeco_direct_sales.orders.amounts import is_estimated, order_total
from freeco_direct_sales.orders.errors import StepDone, WrongQuantities
from freeco_direct_sales.orders.models import Offer, Order, OrderSession, SessionProducer, Wish
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.orders.sharing import Demand, share_out

Buy = Callable[..., Order]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"


@pytest.fixture
def offers(shop: OrderSession) -> dict[str, Offer]:
    """Give the session's offers by name."""
    return {each.name: each for each in shop.offers}


def test_what_came_in_place_of_something_is_not_charged_once_it_is_not_needed(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member
) -> None:
    order = buy(member, Poireaux=Want(4, Wish.SUBSTITUTE, offers["Pain"].id))
    sessions.close(shop)
    sessions.say_coming(offers["Poireaux"], 0)
    sessions.say_coming(offers["Pain"], 3)
    db.session.commit()
    assert order_total(order) == Money(3 * 520)
    sessions.say_coming(offers["Poireaux"], 4)
    db.session.commit()
    assert order_total(order) == Money(4 * 250)


def test_nothing_is_put_in_place_beyond_what_was_said_to_come(
    shop: OrderSession,
    offers: dict[str, Offer],
    buy: Buy,
    member: Member,
    neighbour: Member,
) -> None:
    theirs = buy(neighbour, Pain=2)
    mine = buy(member, Poireaux=Want(4, Wish.SUBSTITUTE, offers["Pain"].id))
    sessions.close(shop)
    sessions.say_coming(offers["Pain"], 3)
    sessions.say_coming(offers["Poireaux"], 1)
    db.session.commit()
    assert order_total(theirs) == Money(2 * 520)
    assert order_total(mine) == Money(250 + 520)


def test_what_was_withdrawn_is_put_in_place_of_nothing(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member
) -> None:
    order = buy(member, Poireaux=Want(2, Wish.SUBSTITUTE, offers["Pain"].id))
    sessions.withdraw(offers["Pain"], "Le four", {})
    sessions.close(shop)
    sessions.say_coming(offers["Poireaux"], 0)
    db.session.commit()
    assert order_total(order) == Money(0)


def test_who_does_not_come_brings_nothing_in_place_either(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member, bakery: Producer
) -> None:
    db.session.add(SessionProducer(session=shop, producer=bakery, least_total=Money(5000)))
    order = buy(member, Poireaux=Want(2, Wish.SUBSTITUTE, offers["Pain"].id))
    sessions.close(shop)
    sessions.say_coming(offers["Poireaux"], 0)
    db.session.commit()
    assert order_total(order) == Money(0)


def test_where_there_is_enough_everybody_has_what_they_asked_whatever_the_step() -> None:
    assert share_out(5, [Demand(3), Demand(2)], 2) == [3, 2]
    assert share_out(4, [Demand(3), Demand(2)], 2) == [2, 2]


def test_fewer_than_were_ordered_without_limit_are_refused_beside_the_field(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member
) -> None:
    buy(member, Pain=6)
    with pytest.raises(WrongQuantities) as refused:
        preparing.offer(shop, offers["Pain"].product, Terms(Money(520), on_hand=5))
    assert refused.value.fields == {"on_hand": ["Au moins 6."]}


def test_an_article_that_somebody_would_take_instead_is_not_taken_off(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member
) -> None:
    buy(member, Poireaux=Want(2, Wish.SUBSTITUTE, offers["Pain"].id))
    with pytest.raises(StepDone):
        preparing.take_off(offers["Pain"])


def test_a_session_repeated_after_the_clocks_changed_keeps_its_hours(shop: OrderSession) -> None:
    shop.opens_at = datetime(2026, 10, 22, 6, tzinfo=UTC)  # 8:00 in summer
    shop.closes_at = datetime(2026, 10, 24, 18, tzinfo=UTC)  # 20:00
    db.session.commit()
    copy = repeating.repeat(shop, 7)
    db.session.commit()
    assert copy.opens_at == datetime(2026, 10, 29, 7, tzinfo=UTC)  # 8:00 in winter
    assert copy.closes_at == datetime(2026, 10, 31, 19, tzinfo=UTC)


def test_the_usual_basket_leaves_out_who_has_closed_already(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member, bakery: Producer
) -> None:
    favourites.keep(buy(member, Poireaux=1, Pain=1))
    early = datetime(2026, 11, 2, 12, tzinfo=UTC)
    preparing.set_producer(shop, bakery, early, Money(0))
    household = households.household_of(member)
    assert len(favourites.wants_in(shop, household)) == 2
    with held_at(early):
        assert set(favourites.wants_in(shop, household)) == {offers["Poireaux"].id}


def test_what_was_weighed_for_two_does_not_make_one_dearer(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member
) -> None:
    order = buy(member, Poulet=2)
    sessions.close(shop)
    sessions.weigh(order.lines[0], 3600)
    sessions.say_coming(offers["Poulet"], 2)
    assert order_total(order) == Money(4644)
    sessions.say_coming(offers["Poulet"], 1)
    db.session.commit()
    assert is_estimated(order.lines[0])
    assert order_total(order) == Money(2322)


def test_an_order_that_the_books_refuse_holds_up_nobody_elses(
    visiting: Visit,
    shop: OrderSession,
    offers: dict[str, Offer],
    buy: Buy,
    coordinator: Member,
    member: Member,
    neighbour: Member,
    bakery: Producer,
) -> None:
    refused, fine = buy(member, Pain=1), buy(neighbour, Poireaux=2)
    written = f"direct_sales:order:{refused.id}:{bakery.id}"  # by something else already
    record(sellers.book(bakery), PoolFed(Money(1), "cash"), date(2026, 11, 2), written)
    sessions.close(shop)
    db.session.commit()
    with held_at(datetime(2026, 11, 6, 10, tzinfo=UTC)):
        browser = visiting(coordinator)
        page = browser.get(f"{HERE}/sessions/{shop.id}/suivi")
        fill_in(browser, page, f"/sessions/{shop.id}/regler", {})
    db.session.expire_all()
    assert fine.settled_at is not None
    assert refused.settled_at is None
