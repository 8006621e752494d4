"""What comes by cases and costs less from so many on, for programs; the usual basket keeps it."""

from collections.abc import Callable

import pytest

from freeco.db import db
from freeco.members import households
from freeco.members.models import Household, Member
from freeco.money import Money
from freeco.testing.visitor import Visitor
from freeco_direct_sales.orders import favourites, preparing
from freeco_direct_sales.orders.models import Offer, Order, OrderSession
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms

HERE = "/api/lavergne/direct-sales"
Visit = Callable[[Member], Visitor]
Buy = Callable[..., Order]


@pytest.fixture
def bread(shop: OrderSession) -> Offer:
    """Give the bread, by cases of six, and cheaper from ten on."""
    found = next(each for each in shop.offers if each.name == "Pain")
    terms = Terms(found.price, case_size=6, tiers={10: Money(480)})
    preparing.offer(shop, found.product, terms)
    db.session.commit()
    return found


def test_a_program_reads_cases_and_prices_that_fall(
    visiting: Visit, shop: OrderSession, bread: Offer, buy: Buy, member: Member, neighbour: Member
) -> None:
    buy(neighbour, Pain=Want(4, tolerance=2))
    client = visiting(member)
    offers = client.get(f"{HERE}/order-sessions/{shop.id}").get_json()["offers"]
    told = next(each for each in offers if each["id"] == bread.id)
    assert told["case"] == {"size": 6, "ordered": 4, "missing": 2, "spare": 2}
    assert told["tiers"] == [{"from_many": 10, "price_cents": 480}]
    assert told["ordered_in_all"] == 4
    assert all(each["case"] is None for each in offers if each["id"] != bread.id)


def test_an_order_by_a_program_keeps_and_says_its_tolerance(
    visiting: Visit, shop: OrderSession, bread: Offer, member: Member
) -> None:
    client = visiting(member)
    address = f"{HERE}/order-sessions/{shop.id}/order"

    def put(key: str, tolerance: int, offer: int = bread.id) -> tuple[int, dict[str, object]]:
        line = {"offer": offer, "quantity": 4, "tolerance": tolerance}
        body = {"pickup": shop.pickups[0].id, "lines": [line]}
        answer = client.put(address, json=body, headers={"Idempotency-Key": key})
        return answer.status_code, answer.get_json()

    status, order = put("a", 3)
    assert status == 201
    assert [each["tolerance"] for each in order["lines"]] == [3]  # type: ignore[attr-defined]
    assert client.get(address).get_json() == order
    for key, many, offer in (("b", 6, bread.id), ("c", 1, shop.offers[0].id), ("d", -1, bread.id)):
        status, refused = put(key, many, offer)
        assert status == 422
        assert list(refused["errors"]) == ["lines.0.tolerance"]  # type: ignore[call-overload]


def test_the_description_says_them(visiting: Visit, member: Member) -> None:
    schemas = visiting(member).get(f"{HERE}/openapi.json").get_json()["components"]["schemas"]
    assert {"case", "tiers", "ordered_in_all"} <= set(schemas["Offer"]["properties"])
    assert "tolerance" in schemas["OrderLine"]["properties"]
    assert "tolerance" in schemas["WantedLine"]["properties"]


def test_the_usual_basket_keeps_what_it_would_take_more(
    visiting: Visit, shop: OrderSession, bread: Offer, buy: Buy, member: Member
) -> None:
    favourites.keep(buy(member, Pain=Want(4, tolerance=3)))
    db.session.commit()
    household: Household = households.household_of(member)
    assert favourites.wants_in(shop, household)[bread.id].tolerance == 3
    client = visiting(member)
    assert client.post(f"/lavergne/direct-sales/commandes/{shop.id}/annuler").status_code == 302
    page = client.get(f"/lavergne/direct-sales/commandes/{shop.id}?panier=habituel").text
    assert f'name="t-{bread.id}"' in page
    client.post(f"/lavergne/direct-sales/commandes/{shop.id}/habituel")
    order = client.get(f"{HERE}/order-sessions/{shop.id}/order").get_json()
    assert [(each["ordered"], each["tolerance"]) for each in order["lines"]] == [(4, 3)]


def test_the_usual_basket_takes_no_more_where_nothing_comes_by_cases(
    shop: OrderSession, bread: Offer, buy: Buy, member: Member
) -> None:
    favourites.keep(buy(member, Pain=Want(4, tolerance=3)))
    household = households.household_of(member)
    preparing.offer(shop, bread.product, Terms(bread.price))
    assert favourites.wants_in(shop, household)[bread.id].tolerance == 0
