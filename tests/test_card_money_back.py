"""Refunds, disputes and payouts at the card provider: every cent has its one entry."""

from datetime import timedelta

import pytest

from freeco.clock import held_at, now
from freeco.db import db
from freeco.money import Money
from freeco.payments.card import (
    janitor,
    payouts,
    reconciliation,
)
from freeco.payments.card.errors import NoAnswerYet
from freeco.payments.card.models import (
    IntentState,
    ProviderMovement,
    ProviderRefund,
)
from freeco.payments.errors import RefundTooLarge
from freeco.payments.models import Payment, State

from .stripe_stand_in.faults import Fault
from .till import BASKETS, FEE, Till, till

__all__ = ["till"]


def test_a_refund_is_once_and_bounded(till: Till) -> None:
    payment = till.paid()
    till.provider.give_back(payment, Money(1000), "k1")
    till.provider.give_back(payment, Money(1000), "k1")
    with pytest.raises(RefundTooLarge):
        till.provider.give_back(payment, Money(1401), "k2")
    assert payment.refunded == Money(1000)
    till.hears()
    assert payment.refunded == Money(1000)
    assert till.stands("5115") == BASKETS - FEE - Money(1000)
    asked = [
        each for each in till.stand_in.calls if (each.method, each.path) == ("POST", "/v1/refunds")
    ]
    assert len(asked) == 1
    till.is_sound()


def test_a_refund_without_an_answer_is_found_and_counts_meanwhile(till: Till) -> None:
    payment = till.paid()
    till.stand_in.fail_next(Fault.TIMEOUT_AFTER, "POST", "/v1/refunds", times=1)
    with pytest.raises(NoAnswerYet):
        till.provider.give_back(payment, Money(2000), "k1")
    with pytest.raises(RefundTooLarge):
        till.provider.give_back(payment, Money(1000), "k2")
    with held_at(now() + timedelta(minutes=5)):
        janitor.look_after(till.source)
    assert payment.refunded == Money(2000)
    assert len(till.made("refund")) == 1
    till.is_sound()


def test_a_refund_that_fails_brings_the_money_back(till: Till) -> None:
    payment = till.paid(card="pm_card_refundFail")
    till.provider.give_back(payment, Money(1000), "k1")
    till.stand_in.move_clock(days=10)
    till.hears()
    assert till.stands("5115") == BASKETS - FEE
    assert db.session.query(ProviderRefund).one().state == IntentState.FAILED
    till.is_sound()


def test_a_refund_made_at_the_provider_s_is_written_too(till: Till) -> None:
    payment = till.paid()
    client = till.stand_in.client()
    paid = till.intent(payment).provider_ref or ""
    client.v1.refunds.create(
        {"payment_intent": paid, "amount": 700}, {"stripe_account": till.account.ref}
    )
    till.hears()
    assert payment.refunded == Money(700)
    till.is_sound()


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_is_owed_again_and_settled_again_when_won(till: Till, won: bool) -> None:
    payment = till.paid()
    dispute = till.stand_in.dispute(till.intent(payment).provider_ref or "")
    till.hears()
    again = db.session.query(Payment).filter_by(replaces_id=payment.id).one()
    assert (payment.state, again.state) == (State.FAILED, State.EXPECTED)
    assert till.stands("6271") == FEE + Money(2000)
    till.stand_in.close_dispute(dispute, "won" if won else "lost")
    till.hears()
    assert again.state == (State.SETTLED if won else State.EXPECTED)
    till.is_sound()


def test_a_dispute_after_a_refund_takes_the_money_twice_and_is_owed(till: Till) -> None:
    payment = till.paid()
    till.provider.give_back(payment, BASKETS, "k1")
    till.stand_in.dispute(till.intent(payment).provider_ref or "")
    till.hears()
    assert till.stands("5115") == Money(0) - BASKETS - FEE - Money(2000)
    assert db.session.query(Payment).filter_by(state=State.EXPECTED).one().amount == BASKETS
    till.is_sound()


def test_a_dispute_of_a_part_is_owed_for_that_part(till: Till) -> None:
    payment = till.paid()
    till.stand_in.dispute(till.intent(payment).provider_ref or "", amount=400)
    till.hears()
    assert payment.state == State.SETTLED
    assert db.session.query(Payment).filter_by(state=State.EXPECTED).one().amount == Money(400)
    till.is_sound()


def test_payouts_bring_what_stood_at_the_provider_to_nothing(till: Till) -> None:
    payment = till.paid()
    till.paid(Money(5000))
    till.provider.give_back(payment, Money(300), "k1")
    till.stand_in.move_clock(days=4)
    payout = till.stand_in.pay_out(till.account.ref or "")
    till.stand_in.move_clock(days=3)
    till.hears()
    assert till.stands("5115") == Money(0)
    assert till.stands("512") == BASKETS - FEE - Money(300) + Money(5000 - 100)
    till.is_sound()
    till.stand_in.fail_payout(payout)
    till.hears()
    assert till.stands("512") == Money(0)
    till.is_sound()


def test_the_daily_reading_explains_what_no_message_told(till: Till) -> None:
    payment = till.paid()
    ref = till.account.ref or ""
    till.stand_in.client().v1.refunds.create(
        {"payment_intent": till.intent(payment).provider_ref or "", "amount": 700},
        {"stripe_account": ref},
    )
    till.stand_in.move_clock(days=4)
    till.stand_in.pay_out(ref)
    till.stand_in.move_clock(days=3)
    assert reconciliation.read(till.source, till.account.id)
    assert till.stands("5115") == Money(0)
    till.is_sound()


def test_money_that_is_not_ours_is_named_and_left_out_of_the_books(till: Till) -> None:
    till.paid()
    ref = till.account.ref or ""
    till.stand_in.client().v1.payment_intents.create(
        {
            "amount": 9900,
            "currency": "eur",
            "allowed_payment_method_types": ["card"],
            "payment_method": "pm_card_visa",
            "confirm": True,
        },
        {"stripe_account": ref},
    )
    till.stand_in.move_clock(days=4)
    till.stand_in.pay_out(ref)
    till.stand_in.move_clock(days=3)
    till.hears()
    assert reconciliation.read(till.source, till.account.id)
    assert till.stands("5115") == Money(0)
    assert till.stands("512") == BASKETS - FEE
    [named] = reconciliation.unexplained(till.account)
    assert named.amount == Money(9900 - 174)


def test_payouts_know_what_an_entry_does_to_what_the_provider_holds(till: Till) -> None:
    till.paid()
    [movement] = db.session.query(ProviderMovement)
    entry = db.session.get_one(payouts.Entry, movement.entry_id)
    assert payouts.standing(entry) == BASKETS - FEE
