"""What replaces what was replaced; and a service done, which nothing changes any more."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import update

from freeco.db import db
from freeco.members.models import Member
from freeco.money import Money
from freeco_direct_sales import catalogue
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders import preparing, sessions, settling
from freeco_direct_sales.orders.amounts import quantity
from freeco_direct_sales.orders.models import CaseRule, Offer, Order, OrderLine, OrderSession, Wish
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.orders.sessions import Fate

Buy = Callable[..., Order]
TUESDAY = date(2026, 11, 3)


def offer(shop: OrderSession, name: str) -> Offer:
    return next(each for each in shop.offers if each.name == name)


def add(shop: OrderSession, farm: Producer, name: str, terms: Terms) -> Offer:
    found = preparing.offer(shop, catalogue.add_product(farm, name, terms.price), terms)
    db.session.commit()
    db.session.expire(shop, ["offers"])
    return found


def brought(order: Order) -> dict[str, int]:
    db.session.commit()
    db.session.expire_all()
    return {line.offer.name: quantity(line) for line in order.lines}


@pytest.fixture
def pruning(shop: OrderSession, producer: Producer) -> Offer:
    """Give an hour of pruning, 25 €, of which there are five."""
    found = add(shop, producer, "Taille", Terms(Money(2500), on_hand=5))
    found.product.is_service = True
    db.session.commit()
    return found


def done(order: Order) -> OrderLine:
    line = next(each for each in order.lines if each.offer.product.is_service)
    settling.settle_service(line, TUESDAY)
    db.session.commit()
    return line


def test_a_service_that_was_done_is_neither_taken_off_nor_held_again(
    shop: OrderSession, pruning: Offer, buy: Buy, member: Member, neighbour: Member
) -> None:
    mine, theirs = buy(member, Taille=2), buy(neighbour, Taille=1)
    sessions.close(shop)
    line = done(mine)
    sessions.say_coming(pruning, 2)
    assert (brought(mine), brought(theirs)) == ({"Taille": 2}, {"Taille": 0})
    sessions.withdraw(pruning, "L’échelle est cassée", {}, Fate())
    assert brought(mine) == {"Taille": 2}
    assert pruning.stock is not None
    assert (line.held, pruning.stock.reserved) == (0, 0)


def test_a_service_that_was_done_replaces_nothing_more(
    shop: OrderSession, pruning: Offer, buy: Buy, member: Member
) -> None:
    mine = buy(member, Taille=1, Poireaux=Want(2, Wish.SUBSTITUTE, pruning.id))
    sessions.close(shop)
    done(mine)
    sessions.say_coming(offer(shop, "Poireaux"), 0)
    assert brought(mine) == {"Taille": 1, "Poireaux": 0}


def test_a_service_is_sold_as_it_stands_once_the_order_is_held(
    shop: OrderSession, pruning: Offer, buy: Buy, member: Member
) -> None:
    mine = buy(member, Taille=3)
    sessions.close(shop)
    (line,) = mine.lines
    # What another worker has written between this one's reading and its lock.
    db.session.execute(
        update(OrderLine).values(allotted=2, held=2).execution_options(synchronize_session=False)
    )
    assert line.allotted is None
    sold = settling.settle_service(line, TUESDAY)
    assert sold is not None
    assert sold.amount == Money(5000)


def test_what_replaces_a_replacement_goes_when_the_first_article_comes_after_all(
    shop: OrderSession, buy: Buy, member: Member, bakery: Producer
) -> None:
    cake = add(shop, bakery, "Gâteau", Terms(Money(900)))
    leeks, bread = offer(shop, "Poireaux"), offer(shop, "Pain")
    mine = buy(member, Poireaux=4, Pain=1)
    sessions.close(shop)
    sessions.withdraw(leeks, "La grêle", {}, Fate(substitute_id=bread.id))
    assert brought(mine) == {"Poireaux": 0, "Pain": 5}
    sessions.withdraw(bread, "Le four", {}, Fate(substitute_id=cake.id))
    assert brought(mine) == {"Poireaux": 0, "Pain": 0, "Gâteau": 5}
    sessions.withdraw(leeks, "La grêle", {}, Fate(keep=True))
    assert brought(mine) == {"Poireaux": 4, "Pain": 0, "Gâteau": 1}


def test_a_household_never_gets_the_pieces_of_a_case_that_replaced_something(
    shop: OrderSession, buy: Buy, member: Member, neighbour: Member, bakery: Producer
) -> None:
    honey = add(shop, bakery, "Miel", Terms(Money(900), case_size=6))
    mine = buy(member, Poireaux=8, Miel=2)
    buy(neighbour, Miel=3)
    sessions.withdraw(offer(shop, "Poireaux"), "La grêle", {}, Fate(substitute_id=honey.id))
    sessions.close(shop)
    assert brought(mine)["Miel"] == 9  # thirteen are asked for: twelve come
    sessions.withdraw(offer(shop, "Poireaux"), "La grêle", {}, Fate(keep=True))
    sessions.say_coming(honey, 12)
    assert brought(mine) == {"Poireaux": 8, "Miel": 2}


def test_what_is_short_opens_no_case_once_they_are_filled(
    shop: OrderSession, buy: Buy, member: Member, bakery: Producer
) -> None:
    honey = add(shop, bakery, "Miel", Terms(Money(900), case_size=6))
    mine = buy(member, Miel=6, Poireaux=Want(3, Wish.SUBSTITUTE, honey.id))
    sessions.close(shop)
    sessions.say_coming(offer(shop, "Poireaux"), 1)
    assert brought(mine) == {"Miel": 6, "Poireaux": 1}


def test_a_household_s_part_of_a_filled_case_stays_with_what_replaced_something(
    shop: OrderSession, buy: Buy, member: Member, bakery: Producer
) -> None:
    honey = add(shop, bakery, "Miel", Terms(Money(900), case_size=6))
    mine = buy(member, Poireaux=1, Miel=Want(4, tolerance=1))
    sessions.withdraw(offer(shop, "Poireaux"), "La grêle", {}, Fate(substitute_id=honey.id))
    sessions.close(shop)
    assert brought(mine) == {"Poireaux": 0, "Miel": 6}
    sessions.withdraw(offer(shop, "Poireaux"), "La grêle", {}, Fate(keep=True))
    assert brought(mine) == {"Poireaux": 1, "Miel": 5}


def test_a_case_is_brought_after_all_when_fewer_come_than_were_held(
    shop: OrderSession, buy: Buy, member: Member, neighbour: Member, bakery: Producer
) -> None:
    honey = add(shop, bakery, "Miel", Terms(Money(900), case_size=6, on_hand=15))
    mine, theirs = buy(member, Miel=12), buy(neighbour, Miel=3)
    sessions.close(shop)
    sessions.say_coming(honey, 2)
    db.session.commit()
    sessions.choose_rule(honey, CaseRule.BRING)
    assert (brought(mine), brought(theirs)) == ({"Miel": 1}, {"Miel": 1})
    assert honey.stock is not None
    assert (honey.stock.on_hand, honey.stock.reserved) == (5, 2)
