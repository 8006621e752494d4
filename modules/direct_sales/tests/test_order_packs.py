"""An article delivered by cases, from the shop to the scales' table: shown, filled, cut back."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members.models import Member
from freeco.money import Money
from freeco.testing.forms import fill_in
from freeco.testing.visitor import Visitor
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders import preparing, sessions
from freeco_direct_sales.orders.amounts import order_total
from freeco_direct_sales.orders.models import (
    CaseRule,
    Offer,
    Order,
    OrderSession,
    SessionProducer,
    Wish,
)
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms

Buy = Callable[..., Order]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"


@pytest.fixture
def jars(shop: OrderSession) -> Offer:
    """Give the bread, sold one by one and brought by cases of six."""
    bread = next(each for each in shop.offers if each.name == "Pain")
    return preparing.offer(shop, bread.product, Terms(bread.price, case_size=6))


def given(order: Order) -> dict[str, int]:
    db.session.flush()
    db.session.expire_all()
    return {
        line.offer.name: line.ordered if line.allotted is None else line.allotted
        for line in order.lines
    }


def close(shop: OrderSession) -> None:
    sessions.close(shop)
    db.session.commit()


def test_a_case_is_filled_with_what_households_said_and_they_pay_for_it(
    shop: OrderSession, jars: Offer, buy: Buy, member: Member, neighbour: Member
) -> None:
    mine = buy(member, Pain=Want(3, tolerance=3))
    theirs = buy(neighbour, Pain=Want(1))
    close(shop)
    assert (given(mine), given(theirs)) == ({"Pain": 5}, {"Pain": 1})
    assert order_total(mine) == Money(5 * 520)
    for coming, expected in ((6, (5, 1)), (5, (4, 1)), (6, (5, 1)), (1, (1, 0))):
        sessions.say_coming(jars, coming)
        assert (given(mine)["Pain"], given(theirs)["Pain"]) == expected


def test_what_fills_no_case_is_cut_back_and_refuses_nothing_else(
    shop: OrderSession, jars: Offer, buy: Buy, member: Member, neighbour: Member
) -> None:
    leeks = next(each for each in shop.offers if each.name == "Poireaux")
    mine = buy(member, Pain=Want(6, Wish.SUBSTITUTE, leeks.id), Poulet=1)
    theirs = buy(neighbour, Pain=2, Poireaux=1)
    close(shop)
    assert given(mine) == {"Pain": 4, "Poulet": 1, "Poireaux": 2}
    assert given(theirs) == {"Pain": 2, "Poireaux": 1}
    for rule, bread, instead in ((CaseRule.BRING, 6, 0), (CaseRule.CUT, 4, 2)):
        for _twice in range(2):
            sessions.choose_rule(jars, rule)
            assert given(mine) == {"Pain": bread, "Poulet": 1, "Poireaux": instead}
            assert given(theirs) == {"Pain": 2, "Poireaux": 1}
    assert leeks.stock is not None
    assert leeks.stock.reserved == 3


def test_a_case_is_filled_within_the_stock_and_the_most_for_a_household(
    shop: OrderSession, jars: Offer, buy: Buy, member: Member, neighbour: Member
) -> None:
    preparing.offer(shop, jars.product, Terms(jars.price, case_size=6, most=4, on_hand=6))
    mine = buy(member, Pain=Want(3, tolerance=3))
    theirs = buy(neighbour, Pain=Want(1, tolerance=3))
    close(shop)
    assert (given(mine), given(theirs)) == ({"Pain": 4}, {"Pain": 2})
    assert jars.stock is not None
    assert (jars.stock.on_hand, jars.stock.reserved) == (6, 6)


def test_stock_that_would_not_fill_the_case_leaves_it_cut(
    shop: OrderSession, jars: Offer, buy: Buy, member: Member
) -> None:
    preparing.offer(shop, jars.product, Terms(jars.price, case_size=6, on_hand=5))
    mine = buy(member, Pain=Want(4, tolerance=3))
    close(shop)
    assert given(mine) == {"Pain": 0}
    assert jars.stock is not None
    assert jars.stock.reserved == 0


def test_a_producer_s_least_is_counted_on_what_is_to_be_brought(
    shop: OrderSession, jars: Offer, buy: Buy, bakery: Producer, member: Member
) -> None:
    db.session.add(SessionProducer(session=shop, producer=bakery, least_total=Money(7 * 520)))
    mine = buy(member, Pain=8)
    close(shop)
    assert given(mine) == {"Pain": 0}


def test_the_shop_says_how_full_the_case_is_and_takes_what_more_one_accepts(
    visiting: Visit, shop: OrderSession, jars: Offer, buy: Buy, member: Member, neighbour: Member
) -> None:
    buy(neighbour, Pain=3)
    marie = visiting(member)
    page = marie.get(f"{HERE}/commandes/{shop.id}")
    assert "encore 3\u00a0pièces pour compléter le carton de 6" in page.text
    typed = {f"q-{jars.id}": "1", f"t-{jars.id}": "2", "pickup": str(shop.pickups[0].id)}
    done = marie.get(fill_in(marie, page, f"/commandes/{shop.id}", typed).location)
    assert "le carton de 6 se complète" in done.text
    assert "jusqu’à 2 de plus" in done.text
    assert "le total monte de 10,40\u00a0€ au plus" in done.text
    again = marie.get(f"{HERE}/commandes/{shop.id}")
    assert again.text.split(f'name="t-{jars.id}"')[1].split(">")[0].count('value="2"') == 1
    close(shop)
    ordered = marie.get(f"{HERE}/commandes/{shop.id}/ma-commande")
    assert "dont 2 pour compléter le carton" in ordered.text


def test_the_coordinator_has_the_open_case_brought_after_all_and_households_are_told(
    visiting: Visit, shop: OrderSession, jars: Offer, buy: Buy, coordinator: Member, member: Member
) -> None:
    order = buy(member, Pain=8)
    awa = visiting(coordinator)
    before = awa.get(f"{HERE}/sessions/{shop.id}/suivi")
    assert "encore 4\u00a0pièces pour compléter le carton de 6" in before.text
    assert "Laisser les commandes ouvertes plus longtemps" in before.text
    close(shop)
    assert given(order) == {"Pain": 6}
    page = awa.get(f"{HERE}/sessions/{shop.id}/suivi")
    assert "1 carton de 6" in page.text
    fill_in(awa, page, f"/offres/{jars.id}/cartons", {})
    assert given(order) == {"Pain": 8}
    mails = db.session.scalars(select(OutgoingMail)).all()
    assert any("Pain\u00a0: 8, comme commandé" in each.body for each in mails)


def test_an_offer_by_cases_is_set_on_its_page(
    visiting: Visit, shop: OrderSession, jars: Offer, coordinator: Member
) -> None:
    here = f"/sessions/{shop.id}/offres/{jars.id}"
    awa = visiting(coordinator)
    page = awa.get(f"{HERE}{here}")
    wrong = fill_in(awa, page, here, {"case_size": "12", "step": "5"})
    assert 'id="f-case_size-error"' in wrong.text
    fill_in(awa, page, here, {"case_size": "12", "case_rule": "bring"})
    db.session.expire_all()
    assert (jars.case_size, jars.case_rule) == (12, CaseRule.BRING)
