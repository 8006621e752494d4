"""What our provider relies on at Stripe, asked of the stand-in and, by hand, of a sandbox.

See docs/stripe_contract.md. Amounts of fees are compared with themselves, not with a tariff.
"""

import os
import uuid
from typing import Any

import pytest
import stripe

from .stripe_stand_in import StandIn
from .stripe_stand_in.oracles import SANDBOX, eventually, sandbox
from .stripe_stand_in.shop import IBAN_THAT_FAILS, Shop


@pytest.fixture(params=["stand-in", *SANDBOX])
def stripe_shop(request: pytest.FixtureRequest) -> tuple[Shop, StandIn | None]:
    """Give a shop on a connected account, and the stand-in if it is there."""
    if request.param == "sandbox":
        account = os.environ["FREECO_STRIPE_SANDBOX_ACCOUNT"]
        return Shop(sandbox().v1, account), None
    stand_in: StandIn = request.getfixturevalue("stand_in")
    return Shop.at(stand_in), stand_in


@pytest.fixture
def asked(stripe_shop: tuple[Shop, StandIn | None]) -> Shop:
    return stripe_shop[0]


@pytest.fixture
def may_refuse(stripe_shop: tuple[Shop, StandIn | None]) -> Any:
    """Let a test send what the stand-in would tell on it for."""
    yield
    if stripe_shop[1] is not None:
        stripe_shop[1].refused_parameters.clear()


def key() -> str:
    return f"contract:{uuid.uuid4()}"


def entered(shop: Shop, source: str | None) -> list[stripe.BalanceTransaction]:
    assert source is not None
    return shop.v1.balance_transactions.list({"source": source}, shop.ours()).data


def test_a_direct_charge_says_who_kept_what(asked: Shop) -> None:
    paid = asked.asks(application_fee_amount=40, expand=["latest_charge.balance_transaction"])
    assert isinstance(paid.latest_charge, stripe.Charge)
    taken = paid.latest_charge.balance_transaction
    assert isinstance(taken, stripe.BalanceTransaction)
    kept = {each.type: each.amount for each in taken.fee_details}
    assert (taken.type, taken.amount, taken.fee) == ("charge", 2000, sum(kept.values()))
    assert taken.net == taken.amount - taken.fee
    assert kept["application_fee"] == 40
    assert kept.keys() <= {"application_fee", "stripe_fee"}


def test_a_partial_capture_shows_as_given_back_without_a_refund(asked: Shop) -> None:
    held = asked.asks(capture_method="manual", expand=["latest_charge"])
    assert isinstance(held.latest_charge, stripe.Charge)
    assert held.latest_charge.balance_transaction is None
    taken = asked.v1.payment_intents.capture(
        held.id, {"amount_to_capture": 1500, "expand": ["latest_charge"]}, asked.ours()
    )
    assert isinstance(taken.latest_charge, stripe.Charge)
    charge = taken.latest_charge
    assert (taken.amount_received, charge.amount_captured, charge.amount_refunded) == (
        1500,
        1500,
        500,
    )
    refunds = asked.v1.refunds.list({"payment_intent": held.id}, asked.ours()).data
    assert refunds == []
    assert [each.amount for each in entered(asked, charge.id)] == [1500]


def test_the_same_key_is_one_charge_and_another_request_is_refused(asked: Shop) -> None:
    ours = key()
    first, again = asked.asks(key=ours), asked.asks(key=ours)
    assert first.id == again.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        asked.asks(2001, key=ours)


def test_a_declined_card_is_declined_again_by_its_key(asked: Shop) -> None:
    ours = key()
    charges = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refusal:
            asked.asks(card="pm_card_chargeDeclinedInsufficientFunds", key=ours)
        assert refusal.value.error is not None
        assert refusal.value.error.decline_code == "insufficient_funds"
        charges.append(refusal.value.error.charge)
    assert charges[0] == charges[1]


def test_no_more_is_given_back_than_was_taken(asked: Shop) -> None:
    paid = asked.asks(application_fee_amount=100)
    part = asked.refunds(paid, 500, refund_application_fee=True)
    assert [(each.amount, each.fee) for each in entered(asked, part.id)] == [(-500, -25)]
    with pytest.raises(stripe.InvalidRequestError):
        asked.refunds(paid, 1501)
    rest = asked.refunds(paid, 1500)
    assert [(each.amount, each.fee) for each in entered(asked, rest.id)] == [(-1500, 0)]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        asked.refunds(paid, 1)
    assert refusal.value.code == "charge_already_refunded"


@pytest.mark.parametrize(
    "wrong",
    [
        {"payment_method_types": ["card"]},
        {"descripton": "x"},
        {"amount": "douze"},
        {"capture_method": "manuel"},
    ],
)
def test_what_the_sdk_s_types_do_not_know_is_refused(
    asked: Shop, wrong: dict[str, Any], may_refuse: None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        asked.asks(**wrong)
    assert refusal.value.http_status == 400
    assert refusal.value.param in wrong


def test_what_is_an_account_s_is_not_the_platform_s(asked: Shop) -> None:
    paid = asked.asks()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        asked.v1.payment_intents.retrieve(paid.id)
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_a_search_by_our_own_word_finds_in_the_end(asked: Shop) -> None:
    ours = str(uuid.uuid4())
    paid = asked.asks(metadata={"ours": ours})
    query: Any = {"query": f"metadata['ours']:'{ours}'"}
    search = asked.v1.payment_intents.search
    found = eventually(lambda: next(iter(search(query, asked.ours()).data), None), 120)
    assert found.id == paid.id


def test_a_debit_is_in_the_balance_before_it_fails(
    stripe_shop: tuple[Shop, StandIn | None],
) -> None:
    shop, stand_in = stripe_shop
    under_way = shop.debits(IBAN_THAT_FAILS)
    assert under_way.status == "processing"
    assert [each.type for each in entered(shop, str(under_way.latest_charge))] == ["payment"]
    if stand_in is not None:
        stand_in.bank_says(under_way.id)

    def failed() -> stripe.PaymentIntent | None:
        now = shop.intent(under_way)
        return now if now.status == "requires_payment_method" else None

    assert eventually(failed, 600).last_payment_error is not None
    moved = entered(shop, str(under_way.latest_charge))
    assert {each.type for each in moved} == {"payment", "payment_failure_refund"}
    assert sum(each.net for each in moved) == 0


def test_a_dispute_takes_the_money_with_a_fee(asked: Shop) -> None:
    paid = asked.asks(card="pm_card_createDispute")

    def disputed() -> stripe.Dispute | None:
        found = asked.v1.disputes.list({"payment_intent": paid.id}, asked.ours()).data
        return next((each for each in found if each.balance_transactions), None)

    [withdrawn] = eventually(disputed).balance_transactions
    assert (withdrawn.type, withdrawn.amount) == ("adjustment", -2000)
    assert withdrawn.fee > 0


def test_a_page_of_checkout_opens_and_expires(asked: Shop) -> None:
    session = asked.checkout()
    assert (session.status, session.payment_status, session.payment_intent) == (
        "open",
        "unpaid",
        None,
    )
    assert session.url is not None
    closed = asked.v1.checkout.sessions.expire(session.id, None, asked.ours())
    assert closed.status == "expired"


def test_an_account_begins_with_something_due(asked: Shop) -> None:
    made = asked.v1.accounts.create(
        {
            "country": "FR",
            "controller": {
                "fees": {"payer": "account"},
                "losses": {"payments": "stripe"},
                "stripe_dashboard": {"type": "express"},
            },
            "capabilities": {
                "card_payments": {"requested": True},
                "transfers": {"requested": True},
            },
        }
    )
    assert not made.charges_enabled
    assert made.requirements is not None
    assert made.requirements.currently_due
    link = asked.v1.account_links.create(
        {
            "account": made.id,
            "type": "account_onboarding",
            "return_url": "https://example.org/back",
            "refresh_url": "https://example.org/again",
        }
    )
    assert link.url.startswith("http")
    asked.v1.accounts.delete(made.id)
