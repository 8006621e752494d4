"""Baskets that stood in one column become rows, there and back, and nothing of them is lost."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import text

from freeco.db import db
from freeco.kernel import kernel
from freeco.members import households
from freeco.members.models import Member
from freeco.migrations import runner
from freeco_direct_sales.contracting.models import Absence, SharedBasket, Trial
from freeco_direct_sales.harvest_lists import harvest_list
from freeco_direct_sales.models import Distribution, Print, Producer, SeasonContract, Subscription
from freeco_direct_sales.orders.models import OrderSession

Take = Callable[..., Subscription]


@dataclass(frozen=True)
class Old:
    """Who and what stood there, by id."""

    products: list[int]
    deliveries: list[int]
    offer: int
    distribution: int
    producer: int


def back() -> None:
    db.session.commit()
    db.session.remove()
    runner.downgrade(db.engine, kernel().plugins, "direct_sales", "direct_sales_0012")


def again() -> None:
    db.session.commit()
    db.session.remove()
    runner.upgrade(db.engine, kernel().plugins)


def insert(table: str, **values: object) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{each}" for each in values)
    db.session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)  # noqa: S608 - names of ours


def written() -> dict[str, list[dict[str, int]]]:
    """Return what stands in each column of before."""
    found = {}
    for table, column in (
        ("direct_sales_absence", "basket"),
        ("direct_sales_shared_basket", "basket"),
        ("direct_sales_trial", "rest"),
        ("direct_sales_print", "totals"),
    ):
        order = "subscription_id" if table.endswith("trial") else "id"
        rows = db.session.execute(text(f"SELECT {column} FROM {table} ORDER BY {order}"))  # noqa: S608 - names of ours
        found[table] = [json.loads(each) if isinstance(each, str) else each for (each,) in rows]
    return found


@pytest.fixture
def old(
    app: Flask,
    vegetables: SeasonContract,
    shop: OrderSession,
    member: Member,
    neighbour: Member,
    thursdays: Sequence[Distribution],
    take: Take,
) -> Iterator[Old]:
    """Give rows as the program wrote them before: a skip, a shared place, a trial, two lists."""
    taken = take(vegetables, member, {"Petit panier": 1})
    found = Old(
        [each.id for each in vegetables.products],
        sorted(each.id for each in vegetables.deliveries),
        shop.offers[0].id,
        thursdays[0].id,
        vegetables.producer_id,
    )
    subscription, contract, asked_by = taken.id, vegetables.id, member.id
    mine, theirs = taken.household_id, households.household_of(neighbour).id
    back()
    small, large = found.products
    insert(
        "direct_sales_absence",
        subscription_id=subscription,
        delivery_id=found.deliveries[0],
        kind="lost",
        basket=json.dumps({str(small): 1, str(large): 2}),
        asked_by_id=asked_by,
        asked_at="2026-11-01 09:00:00+00:00",
    )
    insert(
        "direct_sales_shared_basket",
        contract_id=contract,
        way="turns",
        basket=json.dumps({str(large): 3}),
        payments=1,
        first_household_id=mine,
        second_household_id=theirs,
        asked_by_id=asked_by,
        signed_by="Marie Dupont",
        method="cheque",
        asked_at="2026-11-01 09:00:00+00:00",
    )
    insert(
        "direct_sales_trial",
        subscription_id=subscription,
        rest=json.dumps({f"{each}-{small}": 1 for each in found.deliveries[1:]}),
        decide_by="2026-11-11 09:00:00+00:00",
    )
    for totals in ({}, {str(small): 7, str(-found.offer): 0}):
        insert(
            "direct_sales_print",
            distribution_id=found.distribution,
            producer_id=found.producer,
            totals=json.dumps(totals),
            printed_at="2026-11-01 09:00:00+00:00",
        )
    yield found
    again()


def test_each_basket_of_before_is_rows_with_the_same_quantities(old: Old) -> None:
    again()
    small, large = old.products
    assert db.session.query(Absence).one().basket == {small: 1, large: 2}
    assert db.session.query(SharedBasket).one().basket == {large: 3}
    rest = db.session.query(Trial).one().rest
    assert sorted((each.delivery_id, each.contract_product_id, each.quantity) for each in rest) == [
        (delivery, small, 1) for delivery in old.deliveries[1:]
    ]
    first, last = db.session.query(Print).order_by(Print.id)
    assert first.totals == []
    assert sorted(
        (each.contract_product_id or 0, each.offer_id or 0, each.quantity) for each in last.totals
    ) == [(0, old.offer, 0), (small, 0, 7)]
    told = harvest_list(
        db.session.get_one(Distribution, old.distribution),
        db.session.get_one(Producer, old.producer),
    )
    (line,) = (each for each in told.lines if each.product == "Petit panier")
    assert (line.quantity, line.before) == ("1\u00a0panier", "7\u00a0paniers")


def test_going_back_and_forth_loses_nothing(old: Old) -> None:
    before = written()
    again()
    back()
    assert written() == before
    again()
    assert db.session.query(Absence).one().basket == {old.products[0]: 1, old.products[1]: 2}
