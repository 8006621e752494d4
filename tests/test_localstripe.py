"""A second opinion on the stand-in: the same flows, answered the same by localstripe.

localstripe has neither connected accounts nor idempotency nor fees, and lets more be refunded than
was paid: what it does not know is in test_stripe_contract.py and test_stripe_promises.py.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from .stripe_stand_in import StandIn
from .stripe_stand_in.ear import Ear
from .stripe_stand_in.oracles import SANDBOX, Oracle, localstripe


@pytest.fixture(scope="session")
def localstripe_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start localstripe for the whole session."""
    with localstripe(tmp_path_factory.mktemp("localstripe")) as url:
        yield url


@pytest.fixture(params=["stand-in", "localstripe", *SANDBOX])
def oracle(request: pytest.FixtureRequest) -> Oracle:
    """Give the servers, one after the other."""
    if request.param == "localstripe":
        return Oracle.at_localstripe(request.getfixturevalue("localstripe_url"))
    if request.param == "sandbox":
        return Oracle.at_sandbox()
    stand_in: StandIn = request.getfixturevalue("stand_in")
    return Oracle.at_stand_in(stand_in)


def test_a_customer_is_made_changed_found_and_told_of(oracle: Oracle) -> None:
    made = oracle.v1.customers.create({"email": "a@example.org", "metadata": {"ours": "1"}})
    oracle.v1.customers.update(made.id, {"email": "b@example.org"})
    found = oracle.v1.customers.retrieve(made.id)
    assert (found.email, found.metadata and found.metadata["ours"]) == ("b@example.org", "1")
    assert oracle.v1.customers.list().data[0].id == made.id
    for type in ("customer.created", "customer.updated"):
        assert oracle.event(type, made.id).data.object["object"] == "customer"


def test_a_card_is_charged_at_once(oracle: Oracle) -> None:
    paid = oracle.asks(2000, confirm=True, metadata={"ours": "1"}, expand=["latest_charge"])
    charge = paid.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (paid.status, charge.status, charge.captured) == ("succeeded", "succeeded", True)
    assert charge.balance_transaction
    found = oracle.v1.payment_intents.retrieve(paid.id)
    assert (found.status, found.amount, found.metadata["ours"]) == ("succeeded", 2000, "1")


def test_an_intent_waits_for_a_method_then_for_a_word(oracle: Oracle) -> None:
    bare: Any = {"amount": 2000, "currency": "eur", **oracle.cards_only}
    assert oracle.v1.payment_intents.create(bare).status == "requires_payment_method"
    asked = oracle.asks(2000)
    assert asked.status == "requires_confirmation"
    assert oracle.v1.payment_intents.confirm(asked.id).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError):
        oracle.v1.payment_intents.confirm(asked.id)


@pytest.mark.parametrize("part", [2000, 1500])
def test_what_is_authorised_is_captured_wholly_or_in_part(oracle: Oracle, part: int) -> None:
    held = oracle.asks(2000, capture_method="manual", confirm=True)
    assert held.status == "requires_capture"
    taken = oracle.v1.payment_intents.capture(
        held.id, {"amount_to_capture": part, "expand": ["latest_charge"]}
    )
    assert taken.status == "succeeded"
    assert isinstance(taken.latest_charge, stripe.Charge)
    assert taken.latest_charge.captured
    assert taken.latest_charge.amount_refunded == 2000 - part
    with pytest.raises(stripe.InvalidRequestError):
        oracle.v1.payment_intents.capture(held.id)


def test_a_declined_card_answers_402(oracle: Oracle) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        oracle.asks(2000, "pm_card_chargeCustomerFail", confirm=True)
    assert (refusal.value.http_status, refusal.value.code) == (402, "card_declined")
    intent = oracle.v1.payment_intents.list().data[0]
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == "card_declined"


def test_a_bank_may_ask_the_buyer(oracle: Oracle) -> None:
    asked = oracle.asks(2000, oracle.card_that_asks(), confirm=True)
    assert asked.status == "requires_action"
    assert asked.next_action is not None
    assert asked.next_action.type == "use_stripe_sdk"


@pytest.mark.parametrize("how", [{}, {"capture_method": "manual", "confirm": True}])
def test_what_is_not_taken_yet_is_cancelled(oracle: Oracle, how: dict[str, Any]) -> None:
    asked = oracle.asks(2000, **how)
    assert oracle.v1.payment_intents.cancel(asked.id).status == "canceled"
    for act in (oracle.v1.payment_intents.confirm, oracle.v1.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError):
            act(asked.id)


def test_what_was_paid_is_not_cancelled(oracle: Oracle) -> None:
    paid = oracle.asks(2000, confirm=True)
    with pytest.raises(stripe.InvalidRequestError):
        oracle.v1.payment_intents.cancel(paid.id)


def test_a_payment_is_given_back_in_parts(oracle: Oracle) -> None:
    paid = oracle.asks(2000, confirm=True)
    assert paid.latest_charge is not None
    charge = paid.latest_charge if isinstance(paid.latest_charge, str) else paid.latest_charge.id
    first = oracle.v1.refunds.create({"payment_intent": paid.id, "amount": 500})
    second = oracle.v1.refunds.create({"charge": charge, "amount": 1500})
    assert (first.status, second.status) == ("succeeded", "succeeded")
    found = oracle.v1.refunds.list({"charge": charge}).data
    assert sorted(each.amount for each in found) == [500, 1500]
    back = oracle.v1.charges.retrieve(charge)
    assert (back.amount_refunded, back.refunded) == (2000, True)
    last = oracle.v1.balance_transactions.list().data[:3]
    assert sorted(each.amount for each in last) == [-1500, -500, 2000]


def test_what_failed_is_not_given_back(oracle: Oracle) -> None:
    with pytest.raises(stripe.CardError):
        oracle.asks(2000, "pm_card_chargeCustomerFail", confirm=True)
    intent = oracle.v1.payment_intents.list().data[0]
    with pytest.raises(stripe.InvalidRequestError):
        oracle.v1.refunds.create({"payment_intent": intent.id})


def test_what_is_not_there_is_404(oracle: Oracle) -> None:
    for find in (oracle.v1.payment_intents.retrieve, oracle.v1.customers.retrieve):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            find("pi_nothing" if find == oracle.v1.payment_intents.retrieve else "cus_nothing")
        assert refusal.value.http_status == 404


def test_a_payment_is_told_of_by_a_signed_webhook(oracle: Oracle, ear: Ear) -> None:
    secret = oracle.listen(ear.url)
    paid = oracle.asks(2000, confirm=True)
    body, signature = oracle.deliver(ear, "payment_intent.succeeded", paid.id)
    event = stripe.Webhook.construct_event(body, signature, secret)
    assert event.data.object["id"] == paid.id
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body.replace(b"2000", b"9000"), signature, secret)
