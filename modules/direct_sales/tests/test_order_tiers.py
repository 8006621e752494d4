"""A price that falls with what all order: said before, decided at the closing, never higher."""

from collections.abc import Callable

import pytest

from freeco.db import db
from freeco.members.models import Member
from freeco.money import Money
from freeco.testing.forms import fill_in
from freeco.testing.visitor import Visitor
from freeco_direct_sales.orders import preparing, repeating, sessions, tiers
from freeco_direct_sales.orders.amounts import order_total
from freeco_direct_sales.orders.errors import WrongQuantities
from freeco_direct_sales.orders.models import Offer, Order, OrderSession, Pricing, Wish
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms

Buy = Callable[..., Order]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
FALLEN = {6: Money(480), 10: Money(450)}


@pytest.fixture
def bread(shop: OrderSession) -> Offer:
    """Give the bread: 5,20 €, 4,80 € from six on, 4,50 € from ten."""
    found = next(each for each in shop.offers if each.name == "Pain")
    return preparing.offer(shop, found.product, Terms(found.price, tiers=FALLEN))


@pytest.mark.parametrize(
    ("mine", "theirs", "cents"), [(3, 2, 520), (3, 3, 480), (5, 4, 480), (5, 5, 450), (20, 1, 450)]
)
def test_everybody_has_the_price_of_what_was_reached_together(
    shop: OrderSession,
    bread: Offer,
    buy: Buy,
    member: Member,
    neighbour: Member,
    mine: int,
    theirs: int,
    cents: int,
) -> None:
    orders = buy(member, Pain=mine), buy(neighbour, Pain=theirs)
    sessions.close(shop)
    sessions.close(shop)
    assert [order_total(each) for each in orders] == [Money(mine * cents), Money(theirs * cents)]


def test_it_never_rises_again_nor_above_what_was_seen(
    shop: OrderSession, bread: Offer, buy: Buy, member: Member, neighbour: Member
) -> None:
    bread.price = Money(470)
    cheap = buy(member, Pain=5)
    bread.price = Money(520)
    dear = buy(neighbour, Pain=2)
    sessions.close(shop)
    assert (order_total(cheap), order_total(dear)) == (Money(5 * 470), Money(2 * 480))
    sessions.say_coming(bread, 3)
    assert {line.unit_price for line in dear.lines} == {Money(480)}


def test_what_replaces_another_article_has_the_price_that_was_reached(
    shop: OrderSession, bread: Offer, buy: Buy, member: Member, neighbour: Member
) -> None:
    buy(neighbour, Pain=6)
    order = buy(member, Poireaux=Want(2, Wish.SUBSTITUTE, bread.id))
    sessions.close(shop)
    sessions.say_coming(shop.offers[0], 0)
    assert order_total(order) == Money(2 * 480)


def test_by_weight_kilograms_count(
    shop: OrderSession, buy: Buy, member: Member, neighbour: Member
) -> None:
    chicken = shop.offers[1]
    terms = Terms(chicken.price, Pricing.WEIGHT, 1800, tiers={9: Money(1190)})
    preparing.offer(shop, chicken.product, terms)
    order = buy(member, Poulet=4)
    assert tiers.ordered(shop, [chicken]) == {chicken.id: 7}
    buy(neighbour, Poulet=1)
    sessions.close(shop)
    assert order_total(order) == Money(4 * 1190 * 18 // 10)


def test_a_price_that_does_not_fall_is_refused(shop: OrderSession, bread: Offer) -> None:
    for wrong, field in (({6: Money(520)}, "price-1"), (FALLEN | {20: Money(460)}, "price-3")):
        with pytest.raises(WrongQuantities) as refused:
            preparing.offer(shop, bread.product, Terms(bread.price, tiers=wrong))
        assert set(refused.value.fields) == {field}


def test_tiers_are_repeated_with_the_session(shop: OrderSession, bread: Offer) -> None:
    again = next(each for each in repeating.repeat(shop, 7).offers if each.name == "Pain")
    found = {each.from_many: each.price for each in tiers.of([again])[again.id]}
    assert found == FALLEN


def test_they_are_set_on_the_offer_s_page_and_shown_before_and_after(
    visiting: Visit, shop: OrderSession, buy: Buy, coordinator: Member, member: Member
) -> None:
    bread = next(each for each in shop.offers if each.name == "Pain")
    here = f"/sessions/{shop.id}/offres/{bread.id}"
    awa = visiting(coordinator)
    page = awa.get(f"{HERE}{here}")
    half = fill_in(awa, page, here, {"from-1": "6"})
    assert 'id="f-from-1-error"' in half.text
    fill_in(awa, page, here, {"from-1": "6", "price-1": "4,80"})
    assert 'value="4,80"' in awa.get(f"{HERE}{here}").text
    buy(member, Pain=7)
    marie = visiting(member)
    shown = marie.get(f"{HERE}/commandes/{shop.id}").text
    assert "4,80\u00a0€ à partir de 6 en tout (7 pour l’instant)" in shown
    sessions.close(shop)
    db.session.commit()
    mine = marie.get(f"{HERE}/commandes/{shop.id}/ma-commande").text
    assert "prix baissé\u00a0: 5,20\u00a0€ au départ" in mine
