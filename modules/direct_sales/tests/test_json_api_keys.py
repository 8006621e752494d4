"""An order that a program makes: one for each key, one answer, and the household's own letter."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from freeco.clock import held_at, now
from freeco.db import db
from freeco.kernel import kernel
from freeco.members import privacy
from freeco.members.models import Community, Member
from freeco.models import OutgoingMail
from freeco.money import Money
from freeco.programs import keys
from freeco.programs.models import Scope
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue
from freeco_direct_sales.exchange import remembered
from freeco_direct_sales.exchange.api_models import ApiAnswer
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.orders import preparing, sessions
from freeco_direct_sales.orders.models import Order, OrderSession, Stock
from freeco_direct_sales.orders.preparing import Terms

HERE = "/api/lavergne/direct-sales"
Visit = Callable[[Member], Visitor]


@pytest.fixture
def market(
    community: Community, producer: Producer, thursdays: Sequence[Distribution]
) -> OrderSession:
    """Give an open session: nine leeks."""
    session = preparing.create(
        community, "Marché", thursdays[0].starts_at.replace(day=1), thursdays[0].starts_at
    )
    leeks = catalogue.add_product(producer, "Poireaux", Money(250), unit="bunch")
    preparing.offer(session, leeks, Terms(Money(250), on_hand=9))
    preparing.set_pickups(session, {thursdays[0]: None})
    sessions.publish_session(session)
    db.session.commit()
    return session


@pytest.fixture
def ordering(opened: None, member: Member) -> dict[str, str]:
    """Give the header of a program that may order for the member."""
    secret = keys.give(member, "Mon tableur", Scope.ORDER, "a form of this test")
    db.session.commit()
    return {"Authorization": f"Bearer {secret}"}


def wanted(market: OrderSession, leeks: int) -> dict[str, Any]:
    """Write an order."""
    lines = [{"offer": market.offers[0].id, "quantity": leeks}]
    return {"pickup": market.pickups[0].id, "lines": lines}


def put(client: Visitor, market: OrderSession, leeks: int, key: str, **headers: str) -> Any:
    """Send an order as a program does: without session, without the token of a form."""
    return client.put(
        f"{HERE}/order-sessions/{market.id}/order",
        json=wanted(market, leeks),
        headers={"Idempotency-Key": key, **headers},
        token=False,
    )


def test_a_program_orders_and_the_household_is_told_as_from_the_page(
    client: Visitor, member: Member, market: OrderSession, ordering: dict[str, str]
) -> None:
    before = set(db.session.scalars(select(OutgoingMail.id)))
    for _time in range(2):
        assert put(client, market, 2, "k", **ordering).status_code == 201
    letters = [each for each in db.session.scalars(select(OutgoingMail)) if each.id not in before]
    assert [each.recipient for each in letters] == ["marie@example.org"]
    assert "Poireaux" in letters[0].body
    read = client.get(f"{HERE}/order-sessions/{market.id}/order", headers=ordering)
    assert read.get_json()["lines"][0]["ordered"] == 2
    gone = client.delete(f"{HERE}/order-sessions/{market.id}/order", headers=ordering, token=False)
    assert gone.status_code == 204
    assert db.session.scalars(select(Stock.reserved)).all() == [0]


def test_a_key_that_only_reads_orders_nothing(
    client: Visitor, opened: None, member: Member, market: OrderSession
) -> None:
    secret = keys.give(member, "Mon tableur", Scope.READ, "a form of this test")
    db.session.commit()
    header = {"Authorization": f"Bearer {secret}"}
    assert put(client, market, 2, "k", **header).status_code == 403
    sent = client.delete(f"{HERE}/order-sessions/{market.id}/order", headers=header, token=False)
    assert sent.status_code == 403
    told = client.get(f"{HERE}/session", headers=header).get_json()
    assert (told["name"], told["csrf_token"]) == (member.name, "")
    assert db.session.scalar(select(func.count(Order.id))) == 0


def test_a_program_imports_nothing_into_the_catalogue(
    client: Visitor, opened: None, coordinator: Member, producer: Producer
) -> None:
    secret = keys.give(coordinator, "Mon tableur", Scope.ORDER, "a form of this test")
    db.session.commit()
    sent = client.post(
        f"{HERE}/dfc/enterprises/{producer.id}/supplied_products",
        data=b"{}",
        headers={"Authorization": f"Bearer {secret}"},
        token=False,
    )
    assert sent.status_code == 403


def test_an_earlier_key_gives_its_first_answer_whatever_came_since(
    client: Visitor, market: OrderSession, ordering: dict[str, str]
) -> None:
    first = put(client, market, 2, "a", **ordering)
    assert put(client, market, 5, "b", **ordering).status_code == 200
    again = put(client, market, 2, "a", **ordering)
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert db.session.scalars(select(Stock.reserved)).all() == [5]
    other = put(client, market, 3, "a", **ordering)
    assert (other.status_code, other.content_type) == (422, "application/problem+json")
    assert db.session.scalars(select(Stock.reserved)).all() == [5]


def test_a_refused_order_may_be_sent_again_with_its_key(
    client: Visitor, market: OrderSession, ordering: dict[str, str]
) -> None:
    stock = db.session.scalars(select(Stock)).one()
    stock.on_hand = 0
    db.session.commit()
    assert put(client, market, 2, "a", **ordering).status_code == 409
    stock.on_hand = 9
    db.session.commit()
    assert put(client, market, 2, "a", **ordering).status_code == 201


def test_two_members_may_choose_the_same_key(
    app: Flask, visiting: Visit, member: Member, neighbour: Member, market: OrderSession
) -> None:
    for rank, each in enumerate((member, neighbour), start=1):
        client = visiting(each)
        sent = client.put(
            f"{HERE}/order-sessions/{market.id}/order",
            json=wanted(market, rank),
            headers={"Idempotency-Key": "same"},
        )
        assert sent.status_code == 201
    assert db.session.scalars(select(Stock.reserved)).all() == [3]


def test_a_double_click_of_a_program_is_one_order(
    app: Flask, market: OrderSession, ordering: dict[str, str]
) -> None:
    together, body = Barrier(4), wanted(market, 2)
    address = f"{HERE}/order-sessions/{market.id}/order"
    db.session.rollback()

    def send(_number: int) -> tuple[int, bytes]:
        client = app.test_client()
        together.wait(30)
        sent = client.put(
            address, json=body, headers={"Idempotency-Key": "k", **ordering}, token=False
        )
        return sent.status_code, sent.data

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(4)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert db.session.scalar(select(func.count(Order.id))) == 1
    assert db.session.scalar(select(func.count(ApiAnswer.id))) == 1
    assert db.session.scalars(select(Stock.reserved)).all() == [2]


def test_answers_are_kept_two_days_and_are_the_member_s_own(
    client: Visitor,
    community: Community,
    member: Member,
    market: OrderSession,
    ordering: dict[str, str],
) -> None:
    put(client, market, 2, "a", **ordering)
    assert member.person is not None
    told = privacy.export(kernel().plugins, member.person)
    assert [
        each["key"] for each in told["memberships"][0]["modules"]["direct_sales"]["api_answers"]
    ] == ["a"]
    later = now()
    for hours, left in ((25, 1), (49, 0)):
        with held_at(later + timedelta(hours=hours)):
            remembered.forget_due(community)
            db.session.commit()
            assert db.session.scalar(select(func.count(ApiAnswer.id))) == left
