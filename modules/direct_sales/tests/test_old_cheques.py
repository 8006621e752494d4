"""Cheques of before the books: they become payments, up and down, and the books catch up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import text

from freeco.accounting import audit, ledger
from freeco.clock import held_at, now
from freeco.cost_price.share_models import CostShare
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.migrations import runner
from freeco.money import Money
from freeco.organisations import services as organisations
from freeco.payments import steps, treasury
from freeco.payments.models import Payment, State
from freeco_direct_sales import commitments, sales, sellers
from freeco_direct_sales.models import SeasonContract, Subscription

Take = Callable[..., Subscription]
CHEQUES = [
    # amount, due_on, state, handed over, banked
    (1150, "2026-10-01", "banked", "2026-10-01 17:00:00", "2026-10-02 08:00:00"),
    (1150, "2026-11-01", "held", "2026-10-01 17:00:00", None),
    (1150, "2026-12-01", "due", None, None),
]
INSERT = text(
    "INSERT INTO direct_sales_cheque"
    " (subscription_id, amount, due_on, state, handed_over_at, banked_at)"
    " VALUES (:subscription, :amount, :due_on, :state, :handed, :banked)"
)
STATES = text("SELECT amount, state FROM direct_sales_cheque ORDER BY subscription_id, due_on")


SIGN = text(
    "UPDATE direct_sales_subscription SET producer_signed_at = household_signed_at,"
    " producer_signed_by = 'Denis', producer_signed_way = 'paper'"
)


@dataclass(frozen=True)
class Old:
    """Who and what stood there, by id: the sessions of before are over."""

    community: int
    farmer: int
    treasurer: int
    vegetables: int
    bread: int


def back() -> None:
    db.session.commit()
    db.session.remove()
    runner.downgrade(db.engine, kernel().plugins, "direct_sales", "direct_sales_0003")


def again() -> None:
    db.session.commit()
    db.session.remove()
    runner.upgrade(db.engine, kernel().plugins)


@pytest.fixture
def old(
    app: Flask,
    community: Community,
    farmer: Member,
    vegetables: SeasonContract,
    bread: SeasonContract,
    member: Member,
    neighbour: Member,
    treasurer: Member,
    take: Take,
) -> Iterator[Old]:
    """Give what stood the day before: three cheques of a farm, one of a baker nobody signs for."""
    kept = [take(vegetables, member, {"Petit panier": 1}), take(bread, neighbour, {"Brioche": 1})]
    found = Old(community.id, farmer.id, treasurer.id, *(each.id for each in kept))
    back()
    db.session.execute(SIGN)
    for table in ("payment_step", "payment"):
        db.session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - a name of ours
    db.session.execute(text("DELETE FROM direct_sales_cheque"))
    for amount, due_on, state, handed, banked in CHEQUES:
        db.session.execute(
            INSERT,
            {
                "subscription": found.vegetables,
                "amount": amount,
                "due_on": due_on,
                "state": state,
                "handed": handed,
                "banked": banked,
            },
        )
    db.session.execute(
        INSERT,
        {
            "subscription": found.bread,
            "amount": 1440,
            "due_on": "2026-11-05",
            "state": "due",
            "handed": None,
            "banked": None,
        },
    )
    yield found
    again()


def test_old_cheques_keep_their_state_and_their_day(old: Old) -> None:
    again()
    vegetables = db.session.get_one(Subscription, old.vegetables)
    bread = db.session.get_one(Subscription, old.bread)
    assert [(each.amount, each.due_on, each.state) for each in vegetables.payments] == [
        (Money(1150), date(2026, 10, 1), State.SETTLED),
        (Money(1150), date(2026, 11, 1), State.HELD),
        (Money(1150), date(2026, 12, 1), State.EXPECTED),
    ]
    assert [each.state for each in bread.payments] == [State.EXPECTED]
    assert len({each.reference for each in db.session.query(Payment)}) == 4


def test_going_back_and_forth_loses_no_cheque_and_doubles_none(old: Old) -> None:
    before = db.session.execute(STATES).all()
    again()
    back()
    assert db.session.execute(STATES).all() == before
    again()
    assert db.session.query(Payment).count() == 4


def test_an_old_cheque_is_banked_bounced_and_undone_like_another(old: Old) -> None:
    again()
    found = db.session.get_one(Subscription, old.vegetables)
    banked, held, _due = found.payments
    by = db.session.get_one(Member, old.treasurer)
    here = db.session.get_one(Community, old.community)
    noted = treasury.note(here, [held.id], "bordereau", date(2026, 11, 2), by)
    assert [each.id for each in noted.done] == [held.id]
    steps.step_back(held, by)
    assert held.state == State.HELD
    assert steps.fail(banked, now(), "no_funds", by=by) is not None
    book = sellers.book(found.contract.producer)
    assert ledger.balance(book, "5112") == Money(1150)
    assert ledger.balance(book, "512") == Money(0)
    assert audit.check(book).faults == ()


def test_the_books_catch_up_with_what_was_signed_and_paid(old: Old) -> None:
    again()
    here = db.session.get_one(Community, old.community)
    sales.sell_due(here)
    sales.sell_due(here)
    found = db.session.get_one(Subscription, old.vegetables)
    book = sellers.book(found.contract.producer)
    balances = [ledger.balance(book, each).cents for each in ("411", "4191", "5112", "512")]
    assert balances == [1150, -3450, 1150, 1150]
    assert commitments.never_written(here) == []
    assert audit.check(book).faults == ()
    mine = organisations.acting_for(db.session.get_one(Member, old.farmer))
    assert found.contract.producer.organisation_id in {each.organisation_id for each in mine}


def test_what_was_delivered_before_the_books_bears_no_share(old: Old) -> None:
    with held_at(datetime(2026, 12, 5, 9, 0, tzinfo=UTC)):
        again()
        sales.sell_due(db.session.get_one(Community, old.community))
        assert sales.sold_of(db.session.get_one(Subscription, old.vegetables)) == Money(3450)
        assert db.session.query(CostShare).count() == 0
