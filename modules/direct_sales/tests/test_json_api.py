"""The JSON interface: as described, for whom the pages are, and an order that is never doubled."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue
from freeco_direct_sales.models import Distribution, Producer, SeasonContract, Subscription
from freeco_direct_sales.orders import placing, preparing, sessions
from freeco_direct_sales.orders.models import Order, OrderSession, Stock
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms

HERE = "/api/lavergne/direct-sales"
Visit = Callable[[Member], Visitor]
Take = Callable[..., Subscription]


@pytest.fixture
def market(
    community: Community, producer: Producer, bakery: Producer, thursdays: Sequence[Distribution]
) -> OrderSession:
    """Give an open session: four leeks, bread without limit, two pickups."""
    session = preparing.create(
        community, "Marché", thursdays[0].starts_at.replace(day=1), thursdays[0].starts_at
    )
    leeks = catalogue.add_product(producer, "Poireaux", Money(250), unit="bunch")
    bread = catalogue.add_product(bakery, "Pain", Money(520))
    preparing.offer(session, leeks, Terms(Money(250), on_hand=4))
    preparing.offer(session, bread, Terms(Money(520)))
    preparing.set_pickups(session, {thursdays[0]: None, thursdays[1]: 1})
    sessions.publish_session(session)
    db.session.commit()
    return session


def wanted(market: OrderSession, leeks: int = 2, bread: int = 1, **more: Any) -> dict[str, Any]:
    """Write an order."""
    many = zip(market.offers, (leeks, bread), strict=True)
    lines = [{"offer": offer.id, "quantity": number} for offer, number in many]
    return {"pickup": market.pickups[0].id, "lines": lines, **more}


def put(
    client: Visitor, market: OrderSession, body: Any, key: str = "a", **headers: str
) -> TestResponse:
    """Send an order."""
    named = {"Idempotency-Key": key, **{k.replace("_", "-"): v for k, v in headers.items()}}
    return client.put(f"{HERE}/order-sessions/{market.id}/order", json=body, headers=named)


class Described:
    """The description, and whether an answer is as it says."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.checked: set[tuple[str, str, str]] = set()

    def check(self, path: str, method: str, answer: TestResponse) -> Any:
        """Check an answer of an operation; return what it holds."""
        operation = self.document["paths"][path][method]
        told = operation["responses"][str(answer.status_code)]
        self.checked.add((path, method, str(answer.status_code)))
        if "content" not in told:
            assert answer.data == b""
            return None
        schema = told["content"][answer.content_type]["schema"]
        body = answer.get_json()
        Draft202012Validator({**schema, "components": self.document["components"]}).validate(body)
        self.nothing_else(schema, body)
        return body

    def nothing_else(self, schema: Mapping[str, Any], body: Any) -> None:
        """Refuse a field that is not described."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = self.document["components"]["schemas"][name]
        if isinstance(body, list):
            for each in body:
                self.nothing_else(schema["items"], each)
        elif isinstance(body, dict) and "properties" in schema:
            assert set(body) <= set(schema["properties"])
            for key, value in body.items():
                self.nothing_else(schema["properties"][key], value)


@pytest.fixture
def described(visiting: Visit, member: Member) -> Described:
    """Give the description as it is served."""
    return Described(visiting(member).get(f"{HERE}/openapi.json").get_json())


def test_the_description_is_valid_openapi(described: Described) -> None:
    assert described.document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(described.document).validate()


def test_each_address_is_described(app: Any, described: Described) -> None:
    served = {
        (rule.rule.removeprefix("/api/<community>/direct-sales"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("direct_sales_api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {
        (path.replace("{session_id}", "<int:session_id>"), method)
        for path, operations in described.document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    assert served - {("/openapi.json", "get")} == told


def test_each_answer_is_as_described(
    visiting: Visit,
    member: Member,
    described: Described,
    market: OrderSession,
    vegetables: SeasonContract,
    bread: SeasonContract,
    take: Take,
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    client = visiting(member)
    for path, most in (
        ("/producers", 2),
        ("/products", 6),
        ("/distributions", 3),
        ("/contracts", 2),
        ("/subscriptions", 1),
        ("/order-sessions", 1),
    ):
        page = described.check(path, "get", client.get(HERE + path))
        assert (len(page["items"]), page["total"], page["next"]) == (most, most, None)
    described.check("/session", "get", client.get(f"{HERE}/session"))
    whole = described.check(
        "/order-sessions/{session_id}", "get", client.get(f"{HERE}/order-sessions/{market.id}")
    )
    assert [(each["name"], each["remaining"]) for each in whole["offers"]] == [
        ("Poireaux", 4),
        ("Pain", None),
    ]
    order = "/order-sessions/{session_id}/order"
    address = f"{HERE}/order-sessions/{market.id}/order"
    described.check(order, "get", client.get(address))
    placed = described.check(order, "put", put(client, market, wanted(market)))
    assert placed["total_cents"] == 1020
    described.check(order, "put", put(client, market, wanted(market, 3), "b"))
    described.check(order, "put", put(client, market, {}, "c"))
    described.check(order, "put", put(client, market, wanted(market), ""))
    described.check(order, "get", client.get(address))
    described.check(order, "delete", client.delete(address))
    described.check("/products", "get", client.get(f"{HERE}/products?producer=x"))
    assert {status for _path, _method, status in described.checked} == {
        *("200", "201", "204", "400", "404", "422")
    }


def test_the_same_key_twice_is_one_order(
    visiting: Visit, member: Member, market: OrderSession
) -> None:
    client = visiting(member)
    first, again = put(client, market, wanted(market)), put(client, market, wanted(market))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert db.session.scalar(select(func.count(Order.id))) == 1
    assert db.session.scalars(select(Stock.reserved)).all() == [2]


def test_the_same_key_for_another_order_is_refused(
    visiting: Visit, member: Member, market: OrderSession
) -> None:
    client = visiting(member)
    put(client, market, wanted(market))
    refused = put(client, market, wanted(market, 3))
    assert (refused.status_code, refused.content_type) == (422, "application/problem+json")
    assert db.session.scalars(select(Stock.reserved)).all() == [2]


def test_what_ran_short_is_said_and_the_rest_stands(
    visiting: Visit, member: Member, market: OrderSession
) -> None:
    placed = put(visiting(member), market, wanted(market, 6)).get_json()
    assert [(each["asked"], each["ordered"]) for each in placed["lines"]] == [(6, 4), (1, 1)]


def test_an_order_changed_meanwhile_is_not_written_over(
    client: Visitor, visiting: Visit, member: Member, market: OrderSession
) -> None:
    visiting(member)
    read = put(client, market, wanted(market)).headers["ETag"]
    assert put(client, market, wanted(market, 1), "b", If_Match=f"W/{read}").status_code == 200
    refused = put(client, market, wanted(market, 3), "c", If_Match=read)
    assert refused.status_code == 412
    assert db.session.scalars(select(Stock.reserved)).all() == [1]
    address = f"{HERE}/order-sessions/{market.id}/order"
    assert client.delete(address, headers={"If-Match": read}).status_code == 412
    assert client.get(address).status_code == 200
    fresh = client.get(address, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": fresh}).status_code == 304
    assert client.delete(address, headers={"If-Match": fresh}).status_code == 204


def test_giving_an_order_back_twice_is_once(
    visiting: Visit, member: Member, market: OrderSession
) -> None:
    client = visiting(member)
    put(client, market, wanted(market))
    for _time in range(2):
        gone = client.delete(f"{HERE}/order-sessions/{market.id}/order")
        assert gone.status_code == 204
    assert db.session.scalars(select(Stock.reserved)).all() == [0]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"pickup": "1"}, "pickup"),
        ({"pickup": True}, "pickup"),
        ({"pickup": 1.0}, "pickup"),
        ({"pickup": 10**12}, "pickup"),
        ({"lines": [{"offer": 1, "quantity": "2"}]}, "lines.0.quantity"),
        ({"lines": [{"offer": 1, "quantity": -1}]}, "lines.0.quantity"),
        ({"lines": [{"offer": 1, "quantity": 1}] * 2}, "lines.1.offer"),
        ({"lines": {}}, "lines"),
        ({"lines": [{"offer": 1, "quantity": 1, "price_cents": 1}]}, "lines.0.price_cents"),
        ({"method": "gold"}, "method"),
        ({"note": "\x00"}, "note"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_what_is_wrong_is_said_field_by_field(
    visiting: Visit, member: Member, market: OrderSession, change: Mapping[str, Any], field: str
) -> None:
    refused = put(visiting(member), market, wanted(market) | change)
    assert refused.status_code == 422
    # Sentences, not their letters: one translated when shown is no list.
    assert all(" " in said for said in refused.get_json()["errors"][field])
    assert db.session.scalar(select(func.count(Order.id))) == 0


@pytest.mark.parametrize("body", [[], "x", 3, None])
def test_what_is_no_order_is_refused(
    visiting: Visit, member: Member, market: OrderSession, body: Any
) -> None:
    assert put(visiting(member), market, body).status_code in {400, 415, 422}


def test_without_the_token_of_the_site_nothing_changes(
    client: Visitor, visiting: Visit, member: Member, market: OrderSession
) -> None:
    visiting(member)
    headers = {"Idempotency-Key": "a"}
    address = f"{HERE}/order-sessions/{market.id}/order"
    refused = client.put(address, json=wanted(market), headers=headers, token=False)
    assert (refused.status_code, refused.content_type) == (400, "application/problem+json")
    token = client.get(f"{HERE}/session").get_json()["csrf_token"]
    taken = client.put(
        address, json=wanted(market), headers=headers | {"X-CSRFToken": token}, token=False
    )
    assert taken.status_code == 201


def test_an_order_is_the_household_s_own(
    visiting: Visit, member: Member, neighbour: Member, market: OrderSession
) -> None:
    placing.place(
        market,
        households.household_of(neighbour),
        neighbour,
        {market.offers[1].id: Want(7)},
        market.pickups[0].id,
        key="n",
    )
    db.session.commit()
    client = visiting(member)
    assert client.get(f"{HERE}/order-sessions/{market.id}/order").status_code == 404
    assert client.delete(f"{HERE}/order-sessions/{market.id}/order").status_code == 204
    assert db.session.scalar(select(Order.cancelled_at)) is None


def test_a_draft_and_another_community_s_session_are_not_there(
    visiting: Visit, member: Member, market: OrderSession, elsewhere: Community
) -> None:
    draft = preparing.create(market.community, "Plus tard", market.opens_at, market.closes_at)
    theirs = preparing.create(elsewhere, "Ailleurs", market.opens_at, market.closes_at)
    db.session.commit()
    client = visiting(member)
    for each in (draft, theirs):
        assert client.get(f"{HERE}/order-sessions/{each.id}").status_code == 404
        assert put(client, each, {"pickup": 1, "lines": []}).status_code == 404
    assert client.get(f"{HERE}/order-sessions").get_json()["total"] == 1


def test_a_long_list_has_a_way_to_its_next_page(
    visiting: Visit, member: Member, producer: Producer
) -> None:
    for rank in range(51):
        catalogue.add_product(producer, f"Produit {rank}", Money(100 + rank))
    client = visiting(member)
    first = client.get(f"{HERE}/products?producer={producer.id}")
    second = client.get(first.get_json()["next"])
    assert (len(first.get_json()["items"]), len(second.get_json()["items"])) == (50, 1)
    assert first.headers["Link"] == f'<{first.get_json()["next"]}>; rel="next"'
    assert second.get_json()["items"][0]["price_cents"] == 150
