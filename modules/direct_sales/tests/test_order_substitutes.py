"""Another article in place of one: added to what a household has, and taken back whole."""

from collections.abc import Callable

import pytest

from freeco.db import db
from freeco.members import households
from freeco.members.models import Member
from freeco_direct_sales.orders import favourites, following, order_notices, sessions
from freeco_direct_sales.orders.models import (
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Stock,
    Wish,
)
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.sessions import Fate

Buy = Callable[..., Order]


@pytest.fixture
def offers(shop: OrderSession) -> dict[str, Offer]:
    """Give the session's offers by name."""
    return {each.name: each for each in shop.offers}


def given(order: Order) -> dict[str, int]:
    """Return what a household gets, by article's name."""
    db.session.flush()
    db.session.expire_all()
    return {
        line.offer.name: line.ordered if line.allotted is None else line.allotted
        for line in order.lines
    }


def test_what_replaces_is_added_to_what_the_household_has_of_it(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member
) -> None:
    order = buy(member, Pain=2, Poireaux=Want(4, Wish.SUBSTITUTE, offers["Pain"].id))
    sessions.close(shop)
    for coming, bread in ((1, 5), (3, 3), (0, 6), (4, 2)):
        sessions.say_coming(offers["Poireaux"], coming)
        assert given(order) == {"Poireaux": coming, "Pain": bread}


def test_it_is_added_within_the_other_article_s_own_limits(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member
) -> None:
    bread = offers["Pain"]
    order = buy(member, Pain=2, Poireaux=Want(7, Wish.SUBSTITUTE, bread.id))
    bread.step, bread.most = 2, 7
    sessions.close(shop)
    sessions.say_coming(offers["Poireaux"], 0)
    assert given(order) == {"Poireaux": 0, "Pain": 6}
    bread.most, bread.stock = None, Stock(product=bread.product, on_hand=5, reserved=0)
    sessions.say_coming(offers["Poireaux"], 7)
    bread.stock.reserved = bread_line(order).held = 2
    sessions.say_coming(offers["Poireaux"], 0)
    assert given(order) == {"Poireaux": 0, "Pain": 4}
    assert bread.stock.reserved == 4


def bread_line(order: Order) -> OrderLine:
    return next(line for line in order.lines if line.offer.name == "Pain")


def test_two_articles_may_be_replaced_by_one(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member
) -> None:
    wish = Want(2, Wish.SUBSTITUTE, offers["Pain"].id)
    order = buy(member, Poireaux=wish, Poulet=wish)
    sessions.close(shop)
    sessions.say_coming(offers["Poireaux"], 0)
    sessions.say_coming(offers["Poulet"], 1)
    assert given(order) == {"Poireaux": 0, "Poulet": 1, "Pain": 3}
    sessions.say_coming(offers["Poireaux"], 2)
    assert given(order) == {"Poireaux": 2, "Poulet": 1, "Pain": 1}


def test_a_second_fate_undoes_what_the_first_had_put_in_place(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member
) -> None:
    order = buy(member, Poulet=2, Pain=1)
    for fate, expected in (
        (Fate(substitute_id=offers["Pain"].id), {"Poulet": 0, "Pain": 3}),
        (Fate(substitute_id=offers["Poireaux"].id), {"Poulet": 0, "Pain": 1, "Poireaux": 2}),
        (Fate(keep=True), {"Poulet": 2, "Pain": 1, "Poireaux": 0}),
        (Fate(substitute_id=offers["Pain"].id), {"Poulet": 0, "Pain": 3, "Poireaux": 0}),
        (Fate(), {"Poulet": 0, "Pain": 1, "Poireaux": 0}),
        (Fate(), {"Poulet": 0, "Pain": 1, "Poireaux": 0}),
    ):
        sessions.withdraw(offers["Poulet"], "Le renard", {}, fate)
        assert given(order) == expected
    stock = offers["Poireaux"].stock
    assert stock is not None
    assert stock.reserved == 0


def test_what_is_kept_after_all_is_what_comes(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member, neighbour: Member
) -> None:
    mine, theirs = buy(member, Poireaux=3), buy(neighbour, Poireaux=3)
    sessions.close(shop)
    sessions.say_coming(offers["Poireaux"], 4)
    sessions.withdraw(offers["Poireaux"], "La grêle", {}, Fate())
    sessions.withdraw(offers["Poireaux"], "La grêle", {}, Fate(keep=True))
    assert (given(mine), given(theirs)) == ({"Poireaux": 2}, {"Poireaux": 2})


def test_what_the_household_then_changes_itself_is_its_own(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member
) -> None:
    order = buy(member, Poulet=2, Pain=1)
    sessions.withdraw(offers["Poulet"], "Le renard", {}, Fate(substitute_id=offers["Pain"].id))
    db.session.commit()
    buy(member, Poulet=2, Pain=5)
    sessions.withdraw(offers["Poulet"], "Le renard", {}, Fate())
    assert given(order) == {"Poulet": 0, "Pain": 5}


def test_it_is_told_and_followed_with_its_own_number(
    shop: OrderSession, offers: dict[str, Offer], buy: Buy, member: Member
) -> None:
    order = buy(member, Pain=2, Poireaux=Want(4, Wish.SUBSTITUTE, offers["Pain"].id))
    sessions.close(shop)
    changed = following.say_all(shop, {offers["Poireaux"]: 1})
    (farm, _oven) = following.follow(shop)
    (less,) = farm.articles[0].less
    assert (less.given, less.many, less.instead and less.instead.offer.name) == (1, 3, "Pain")
    (lines,) = changed.values()
    told = order_notices.words_for(lines)
    assert [(each.name, each.given, each.instead_of) for each in told] == [
        ("Poireaux", 1, ""),
        ("Pain", 3, "Poireaux"),
    ]
    favourites.keep(order)
    usual = favourites.favourite_of(households.household_of(member))
    assert {each.product.name: each.quantity for each in usual} == {"Poireaux": 4, "Pain": 2}
