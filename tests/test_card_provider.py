"""Paying by card, told to the stand-in: once, whatever goes wrong on the way."""

from datetime import timedelta

import pytest

from freeco.clock import held_at, now
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Admission, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import steps
from freeco.payments.card import (
    accounts,
    janitor,
    stripe_client,
)
from freeco.payments.card.errors import CardNotOffered, NoAnswerYet, SaidNo
from freeco.payments.card.models import (
    IntentState,
    ProviderIntent,
)
from freeco.payments.card.work import look_after_cards
from freeco.payments.errors import StepOutOfOrder
from freeco.payments.models import Method, State
from freeco.testing import make_community, make_member, sign_in_as

from .stripe_stand_in.faults import Fault
from .till import BASKETS, FEE, MAKE, SESSIONS, Till, till

__all__ = ["till"]


def test_a_card_payment_is_settled_with_its_exact_fee(till: Till) -> None:
    payment = till.paid()
    assert (payment.state, payment.fee) == (State.SETTLED, FEE)
    assert till.stands("5115") == BASKETS - FEE
    assert till.stands("6271") == FEE
    assert till.waiting() == 0
    till.is_sound()


def test_the_charge_is_on_the_beneficiary_s_own_account(till: Till) -> None:
    payment = till.paid()
    ref = till.account.ref
    assert ref is not None
    [call] = [each for each in till.stand_in.calls if each.path == SESSIONS]
    assert call.account == ref
    assert call.key == f"freeco-payment-{payment.id}-1"


def test_a_second_click_gets_the_same_page(till: Till) -> None:
    payment = till.expects()
    assert till.starts(payment).url == till.starts(payment).url
    made = [each for each in till.stand_in.calls if each.path == SESSIONS]
    assert len(made) == 1


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER, Fault.ERROR_AFTER])
def test_a_page_whose_answer_was_lost_is_found_again(till: Till, fault: Fault) -> None:
    payment = till.expects()
    till.stand_in.fail_next(fault, "POST", SESSIONS, times=1)
    with pytest.raises(NoAnswerYet):
        till.starts(payment)
    assert payment.state == State.UNKNOWN
    assert till.intent(payment).state == IntentState.UNKNOWN
    with held_at(now() + timedelta(minutes=5)):
        janitor.look_after(till.source)
    assert till.intent(payment).state == IntentState.ASKED
    assert payment.state == State.PENDING
    assert len(till.made("checkout.session")) == 1


def test_a_page_that_was_never_asked_is_given_up_after_asking(till: Till) -> None:
    payment = till.expects()
    till.stand_in.fail_next(Fault.DROP, "POST", SESSIONS, times=1)
    with pytest.raises(NoAnswerYet):
        till.starts(payment)
    with held_at(now() + timedelta(minutes=5)):
        janitor.look_after(till.source)
    assert payment.state == State.UNKNOWN, "too early to say"
    with held_at(now() + timedelta(hours=3)):
        janitor.look_after(till.source)
    assert (till.intent(payment).state, payment.state) == (IntentState.CANCELLED, State.EXPECTED)
    assert till.starts(payment).attempt == 2


def test_while_unknown_a_click_asks_by_the_same_key(till: Till) -> None:
    payment = till.expects()
    till.stand_in.fail_next(Fault.DROP, "POST", SESSIONS)
    with pytest.raises(NoAnswerYet):
        till.starts(payment)
    assert till.starts(payment).state == IntentState.ASKED
    asked = [each.key for each in till.stand_in.calls if (each.method, each.path) == MAKE]
    assert set(asked) == {f"freeco-payment-{payment.id}-1"}
    assert len(till.made("checkout.session")) == 1


def test_within_one_call_the_same_key_is_asked_again(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe_client, "RETRIES", 2)
    stripe_client.new_client.cache_clear()
    till.stand_in.fail_next(Fault.TIMEOUT_AFTER, "POST", SESSIONS)
    assert till.starts(till.expects()).state == IntentState.ASKED
    assert len(till.made("checkout.session")) == 1


def test_a_page_that_closed_leaves_the_payment_as_it_was(till: Till) -> None:
    payment = till.expects()
    till.starts(payment)
    till.stand_in.move_clock(days=1)
    till.hears()
    assert payment.state == State.EXPECTED
    assert till.intent(payment).state == IntentState.CANCELLED
    steps.change_method(payment, Method.CHEQUE)


def test_a_declined_card_leaves_the_page_open(till: Till) -> None:
    payment = till.expects()
    session = till.starts(payment).session_ref
    assert session is not None
    with pytest.raises(Exception, match="declined"):
        till.stand_in.pay_session(session, "pm_card_chargeDeclined")
    till.hears()
    assert (till.intent(payment).state, payment.state) == (IntentState.ASKED, State.PENDING)
    till.stand_in.pay_session(session)
    till.hears()
    assert payment.state == State.SETTLED
    till.is_sound()


def test_messages_twice_shuffled_and_lost_settle_once(till: Till) -> None:
    payments = [till.expects(Money(1000 + number)) for number in range(5)]
    for each in payments:
        till.stand_in.pay_session(till.starts(each).session_ref or "")
    sender = till.stand_in.sender
    sender.storm(sender.events(), seed=7, most=4, lost=0.3, threads=1)
    till.hears()
    assert {each.state for each in payments} == {State.SETTLED}
    till.is_sound()


def test_without_any_message_the_janitor_finds_it(till: Till) -> None:
    payment = till.expects()
    till.stand_in.pay_session(till.starts(payment).session_ref or "")
    with held_at(now() + timedelta(hours=2)):
        janitor.look_after(till.source)
    assert payment.state == State.SETTLED
    till.is_sound()


def test_what_is_reserved_is_captured_or_released(till: Till) -> None:
    kept, released = till.expects(), till.expects()
    for each in (kept, released):
        till.stand_in.pay_session(till.starts(each, manual=True).session_ref or "")
    till.hears()
    assert till.intent(kept).state == IntentState.AUTHORISED
    assert till.stands("5115") == Money(0)
    till.provider.capture(kept)
    till.provider.release(released)
    till.hears()
    assert (kept.state, released.state) == (State.SETTLED, State.EXPECTED)
    assert till.stands("5115") == BASKETS - FEE
    till.is_sound()


def test_a_capture_without_an_answer_is_found_done(till: Till) -> None:
    payment = till.expects()
    till.stand_in.pay_session(till.starts(payment, manual=True).session_ref or "")
    till.hears()
    till.stand_in.fail_next(Fault.TIMEOUT_AFTER, "POST", r"/v1/payment_intents/.*/capture", times=1)
    with pytest.raises(NoAnswerYet):
        till.provider.capture(payment)
    assert payment.state == State.UNKNOWN
    with held_at(now() + timedelta(minutes=5)):
        janitor.look_after(till.source)
    assert payment.state == State.SETTLED
    till.is_sound()


def test_an_authorisation_that_lapses_is_expected_again(till: Till) -> None:
    payment = till.expects()
    till.stand_in.pay_session(till.starts(payment, manual=True).session_ref or "")
    till.hears()
    till.stand_in.move_clock(days=8)
    till.hears()
    assert payment.state == State.EXPECTED


def test_a_cheque_noted_meanwhile_is_not_taken_for_the_card(till: Till) -> None:
    payment = till.expects()
    intent = till.starts(payment)
    with pytest.raises(StepOutOfOrder):
        steps.receive(payment, None)
    db.session.rollback()
    till.stand_in.move_clock(days=1)
    till.hears()
    steps.change_method(payment, Method.CHEQUE)
    steps.receive(payment, None)
    db.session.commit()
    with pytest.raises(StepOutOfOrder):
        till.starts(payment)
    assert (payment.state, intent.state) == (State.HELD, IntentState.CANCELLED)


def test_a_settled_payment_is_not_paid_by_card_again(till: Till) -> None:
    payment = till.paid()
    with pytest.raises(StepOutOfOrder):
        till.starts(payment)


def test_an_account_is_connected_once_completed_and_found_ready(till: Till) -> None:
    body = Organisation(kind="association", name="Les Amis")
    db.session.add_all([body, Member(community=till.community, organisation=body)])
    db.session.commit()
    settings = kernel().settings
    till.stand_in.fail_next(Fault.TIMEOUT_AFTER, "POST", "/v1/accounts", times=1)
    with pytest.raises(NoAnswerYet):
        accounts.connect(settings, body, till.community, "http://localhost/back")
    account = accounts.of(body)
    assert account is not None
    accounts.refresh(till.source, account)
    assert account.ref is not None
    assert not account.ready
    assert "external_account" in account.requirements
    link = accounts.connect(settings, body, till.community, "http://localhost/back")
    assert link.startswith(till.stand_in.url)
    till.stand_in.complete_onboarding(account.ref)
    till.hears()
    assert account.ready
    till.stand_in.restrict(account.ref)
    till.hears()
    assert not till.provider.is_ready(body)


def test_a_card_that_the_provider_refuses_outright_leaves_the_payment(till: Till) -> None:
    till.stand_in.restrict(till.account.ref or "")
    payment = till.expects()
    with pytest.raises(SaidNo):
        till.starts(payment)
    assert payment.state == State.EXPECTED


def test_a_rehearsal_never_moves_real_money(till: Till) -> None:
    payment = till.expects()
    rehearsed = make_community("essai", "Essai", admission=Admission.INVITATION)
    rehearsed.rehearsal_of_id = till.community.id
    payment.community = rehearsed
    db.session.commit()
    with pytest.raises(CardNotOffered):
        till.starts(payment)
    with pytest.raises(CardNotOffered):
        accounts.connect(kernel().settings, till.body, rehearsed, "http://localhost/back")
    assert till.made("checkout.session") == []
    assert len([each for each in till.stand_in.calls if each.path == "/v1/accounts"]) == 1


def test_the_pages_lead_to_the_provider_and_back(till: Till) -> None:
    payment = till.expects()
    assert till.member.person is not None
    browser = sign_in_as(till.browser, till.member.person)
    here = f"/lavergne/mes-paiements/{payment.id}/carte"
    assert "Payer 24,00" in browser.get(here).text
    browser.post(here)
    page = browser.get(here).text
    url = till.intent(payment).url
    assert f'href="{url}"' in page
    browser.post(here)
    assert db.session.query(ProviderIntent).count() == 1
    till.stand_in.pay_session(till.intent(payment).session_ref or "")
    browser.post(f"{here}/nouvelles")
    assert "Le paiement est fait." in browser.get(here).text


def test_who_acts_for_an_organisation_sees_its_account_and_nobody_else(till: Till) -> None:
    member_id = db.session.query(Member).filter_by(organisation_id=till.body.id).one().id
    here = f"/lavergne/organisations/{member_id}/carte"
    stranger = make_member(till.community, "Anne", "Petit")
    assert stranger.person is not None
    assert sign_in_as(till.browser, stranger.person).get(here).status_code == 404
    assert till.member.person is not None
    page = sign_in_as(till.browser, till.member.person).get(here).text
    assert "Prêt" in page


def test_one_tick_of_the_worker_does_all_of_it(till: Till) -> None:
    payment = till.expects()
    till.stand_in.pay_session(till.starts(payment).session_ref or "")
    till.stand_in.deliver()
    look_after_cards(kernel().settings)
    assert payment.state == State.SETTLED
    assert till.account.read_through is not None
    till.is_sound()
