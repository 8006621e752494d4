"""What was typed in the shop stays there when the order is refused, whatever the reason."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.testing.forms import fill_in
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.orders import preparing, sessions
from freeco_direct_sales.orders.models import OrderSession
from freeco_direct_sales.orders.preparing import Terms

Visit = Callable[[Member], Visitor]
OPENS = datetime(2026, 11, 1, 18, tzinfo=UTC)
CLOSES = datetime(2026, 11, 3, 20, tzinfo=UTC)
HERE = "/lavergne/direct-sales"


@pytest.fixture
def market(
    community: Community, producer: Producer, thursdays: Sequence[Distribution]
) -> OrderSession:
    """Give an open session of bread, with two pickups; one basket fits at each."""
    session = preparing.create(community, "Marché du 5", OPENS, CLOSES)
    bread = catalogue.add_product(producer, "Pain", Money(520))
    preparing.offer(session, bread, Terms(Money(520)))
    preparing.set_pickups(session, {thursdays[0]: 1, thursdays[1]: 1})
    sessions.publish_session(session)
    db.session.commit()
    return session


def typed(market: OrderSession, *, many: str) -> dict[str, str]:
    """Return the shop's form as somebody fills it in."""
    return {
        f"q-{market.offers[0].id}": many,
        "pickup": str(market.pickups[0].id),
        "note": "Le pain bien cuit",
    }


def value_of(page: str, name: str) -> str:
    """Return what stands in a field of the page."""
    field = re.search(rf'<input id="f-{name}"[^>]* value="([^"]*)"', page)
    assert field is not None
    return field[1]


def test_an_empty_order_is_refused_in_the_shop_and_keeps_the_word_to_the_producers(
    visiting: Visit, market: OrderSession, member: Member
) -> None:
    marie = visiting(member)
    shop = marie.get(f"{HERE}/commandes/{market.id}")
    answer = fill_in(marie, shop, f"/commandes/{market.id}", typed(market, many="0"))
    assert answer.status_code == 422
    assert "Choisissez au moins un produit." in answer.text
    assert "Le pain bien cuit" in answer.text


def test_a_pickup_that_has_just_filled_up_leaves_the_basket_as_it_was_typed(
    visiting: Visit, market: OrderSession, member: Member, neighbour: Member
) -> None:
    jean = visiting(neighbour)
    theirs = jean.get(f"{HERE}/commandes/{market.id}")
    fill_in(jean, theirs, f"/commandes/{market.id}", typed(market, many="1"))
    marie = visiting(member)
    shop = marie.get(f"{HERE}/commandes/{market.id}")
    answer = fill_in(marie, shop, f"/commandes/{market.id}", typed(market, many="3"))
    assert answer.status_code == 409
    assert "Ce point de retrait est complet" in answer.text
    assert value_of(answer.text, f"q-{market.offers[0].id}") == "3"


def test_an_order_typed_while_the_session_closes_is_shown_as_it_was_and_said_refused(
    visiting: Visit, market: OrderSession, member: Member
) -> None:
    marie = visiting(member)
    shop = marie.get(f"{HERE}/commandes/{market.id}")
    with held_at(CLOSES):
        answer = fill_in(marie, shop, f"/commandes/{market.id}", typed(market, many="3"))
    assert answer.status_code == 409
    assert "rien n’a été enregistré" in answer.text
    assert f'name="q-{market.offers[0].id}" value="3"' in answer.text


def test_a_usual_basket_that_does_not_fit_leads_to_the_shop_that_holds_it(
    visiting: Visit, market: OrderSession, member: Member, neighbour: Member
) -> None:
    marie = visiting(member)
    shop = marie.get(f"{HERE}/commandes/{market.id}")
    fill_in(marie, shop, f"/commandes/{market.id}", typed(market, many="2"))
    mine = marie.get(f"{HERE}/commandes/{market.id}/ma-commande")
    fill_in(marie, mine, "/garder", {})
    fill_in(marie, mine, f"/commandes/{market.id}/annuler", {})
    jean = visiting(neighbour)
    theirs = jean.get(f"{HERE}/commandes/{market.id}")
    fill_in(jean, theirs, f"/commandes/{market.id}", typed(market, many="1"))
    market.pickups[1].capacity = 0
    db.session.commit()
    marie = visiting(member)
    index = marie.get(f"{HERE}/commandes")
    answer = fill_in(marie, index, "/habituel", {})
    page = marie.get(answer.location)
    assert page.request.path == f"{HERE}/commandes/{market.id}"
    assert value_of(page.text, f"q-{market.offers[0].id}") == "2"
