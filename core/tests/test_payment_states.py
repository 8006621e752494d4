"""Whatever is done to payments, and in whatever order, the books say what the states say."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from stdnum import iso11649

from freeco.accounting.audit import check
from freeco.accounting.ledger import balance
from freeco.db import db
from freeco.errors import Refusal
from freeco.members.models import Member
from freeco.money import Money, total
from freeco.payments import errors, references, steps
from freeco.payments.models import Method, Payment, PaymentStep, State
from freeco.testing import make_community, make_member
from freeco.testing.payments import DAY, Village

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
TURNS = 120


@pytest.fixture
def village(app: Flask) -> Village:
    community = make_community("valmont", "Valmont")
    return Village(community, make_member(community))


def acts(
    dice: random.Random, village: Village, payment: Payment, turn: int
) -> list[Callable[[], object]]:
    """Return all that may be tried on a payment, wisely or not."""
    by = village.treasurer
    at = NOW + timedelta(hours=dice.randint(0, 2000))
    fee = Money(dice.choice([0, 0, min(85, payment.amount.cents)]))
    part = Money(dice.randint(1, payment.amount.cents))
    return [
        lambda: steps.receive(payment, by, on=DAY),
        lambda: steps.hand_over(payment, by),
        lambda: steps.bank([payment], DAY, by),
        lambda: steps.step_back(payment, by),
        lambda: steps.step_back(payment, by),
        lambda: steps.begin(payment, dice.choice([Method.CARD, Method.DEBIT])),
        lambda: steps.lose_sight(payment, "timeout"),
        lambda: steps.leave(payment, "left"),
        lambda: steps.settle(payment, at, fee=fee),
        lambda: steps.fail(payment, at, "no_funds", fee=fee),
        lambda: steps.cancel(payment, dice.choice([by, None])),
        lambda: steps.change_method(payment, dice.choice(list(Method))),
        lambda: steps.given_back(payment, part, str(turn), at),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_the_books_say_what_the_states_say(village: Village, seed: int) -> None:
    dice = random.Random(seed)
    payments = [village.payment(method, dice.randint(1, 9999)) for method in Method]
    done = 0
    for turn in range(TURNS):
        payment = dice.choice(payments)
        if payment.state in (State.CANCELLED, State.FAILED) and len(payments) < 12:
            payments.append(village.payment(dice.choice(list(Method)), dice.randint(1, 9999)))
        with db.session.begin_nested() as attempt:
            try:
                dice.choice(acts(dice, village, payment, turn))()
                done += 1
            except Refusal:
                attempt.rollback()
        db.session.expire_all()
    assert done > TURNS // 6
    assert check(village.book).faults == ()
    rows = db.session.scalars(select(Payment)).all()
    held = [each.amount for each in rows if each.state in (State.HELD, State.HANDED)]
    assert balance(village.book, "5112") == total(held)
    settled = [each for each in rows if each.state == State.SETTLED]

    def came(*methods: Method) -> Money:
        return total([each.amount - each.refunded for each in settled if each.method in methods])

    assert balance(village.book, "531") == came(Method.CASH)
    # What bounces after a refund was had twice: it is owed until it is paid again.
    twice = total([each.refunded for each in rows if each.state == State.FAILED])
    received = total(held) + came(*Method) - twice
    assert balance(village.book, "411") == -received
    everything = ("5112", "531", "512", "5115", "5116", "6271", "6278")
    assert total([balance(village.book, code) for code in everything]) == received
    for each in rows:
        query = select(PaymentStep.after).where(PaymentStep.payment_id == each.id)
        told = db.session.scalars(query.order_by(PaymentStep.number)).all()
        assert len(told) == each.steps_taken
        assert not told or told[-1] == each.state


def test_references_are_short_valid_and_read_back_however_they_are_typed(app: Flask) -> None:
    drawn = {references.draw() for _each in range(200)}
    assert len(drawn) == 200
    for each in drawn:
        assert len(each) == 12
        assert iso11649.is_valid(each)
        assert not set(each[4:]) & set("0O1IL5S8B2ZU")
        assert references.normal(f" {references.spaced(each).lower()} ") == each
    assert references.normal("RF00 FAUX") == ""


def test_two_hands_at_once_note_one_step(app: Flask, village: Village) -> None:
    payment_id, by_id = village.payment().id, village.treasurer.id
    db.session.commit()

    def note(_hand: int) -> bool:
        with app.app_context():
            payment = db.session.get_one(Payment, payment_id)
            try:
                steps.receive(payment, db.session.get_one(Member, by_id))
            except errors.StepOutOfOrder:
                db.session.rollback()
                return False
            db.session.commit()
            return True

    with ThreadPoolExecutor(4) as hands:
        assert sum(hands.map(note, range(4))) == 1
    db.session.expire_all()
    assert village.stands() == {"411": -4000, "5112": 4000}
