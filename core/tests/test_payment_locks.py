"""Two people at the same payments wait for each other in one order, and never for ever."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from freeco.accounting.audit import check
from freeco.clock import today
from freeco.db import db, lock
from freeco.members.models import TREASURER, Community, Member
from freeco.money import Money
from freeco.payments import statements, statements_settling, steps
from freeco.payments.models import Method, Payment, State
from freeco.payments.statement_formats import Reading, ReadLine
from freeco.payments.statement_models import BankLine
from freeco.payments.step_log import book_of
from freeco.testing import make_member
from freeco.testing.bank_accounts import expect_payment, make_creditor, make_household

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def until(waiting: int) -> None:
    """Wait until so many connections wait for a row."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with db.engine.connect() as other:
            if other.scalar(WAITING) == waiting:
                return
        time.sleep(0.02)
    raise AssertionError(f"never {waiting} waiting")


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_slip_and_a_bank_line_about_the_same_cheque_do_not_block_each_other(
    app: Flask, community: Community
) -> None:
    """The slip holds the first cheque and waits for the second; the line comes meanwhile."""
    day = today() - timedelta(days=1)
    organisation = make_creditor(community)
    treasurer = make_member(community, "Bernard", "Delpech", permissions=(TREASURER,))
    household = make_household(community, "Claire", "Roux")
    cheques = [
        expect_payment(household, organisation, cents, day, Method.CHEQUE) for cents in (4600, 5100)
    ]
    for each in cheques:
        steps.receive(each, treasurer, on=day)
    line = ReadLine(1, day, Money(4600), "REMISE CHEQUE")
    statements.take_in(community, organisation, Reading("table", [line]), treasurer)
    db.session.commit()
    numbers, by = [each.id for each in cheques], treasurer.id
    line_id = db.session.query(BankLine).one().id

    def alone(act: Callable[[Member], object]) -> None:
        with app.app_context():
            act(db.session.get_one(Member, by))
            db.session.commit()

    def bank(who: Member) -> None:
        steps.bank([db.session.get_one(Payment, each) for each in numbers], today(), who)

    def accept(who: Member) -> None:
        shown = db.session.get_one(BankLine, line_id)
        statements_settling.accept(shown, f"payment:{numbers[0]}", who)

    lock(db.session.get_one(Payment, numbers[1]))
    with ThreadPoolExecutor(2) as pool:
        told: list[Future[None]] = []
        for count, act in enumerate((bank, accept), 1):
            told.append(pool.submit(alone, act))
            until(count)
        db.session.rollback()
        for one in told:
            one.result(timeout=30)
    found = [db.session.get_one(Payment, each) for each in numbers]
    assert {each.state for each in found} == {State.SETTLED}
    shown = db.session.get_one(BankLine, line_id)
    assert (shown.payment_id, shown.noted) == (numbers[0], False)
    assert not check(book_of(found[0])).faults
