"""The stand-in for Stripe keeps Stripe's promises about money, asked through the real SDK."""

import pytest
import stripe

from .stripe_stand_in import StandIn
from .stripe_stand_in.shop import IBAN_THAT_FAILS, Shop


def test_an_account_charges_only_once_it_gave_what_stripe_asks(stand_in: StandIn) -> None:
    shop = Shop.at(stand_in)
    made = shop.v1.accounts.create(
        {
            "country": "FR",
            "controller": {
                "fees": {"payer": "account"},
                "losses": {"payments": "stripe"},
                "stripe_dashboard": {"type": "express"},
            },
        }
    )
    shop.account = made.id
    assert made.requirements is not None
    assert made.requirements.currently_due
    with pytest.raises(stripe.InvalidRequestError, match="card_payments"):
        shop.asks()
    stand_in.complete_onboarding(made.id)
    assert shop.v1.accounts.retrieve(made.id).charges_enabled
    assert shop.asks().status == "succeeded"
    stand_in.restrict(made.id)
    with pytest.raises(stripe.InvalidRequestError, match="card_payments"):
        shop.asks()


def test_what_belongs_to_an_account_is_not_there_for_another(shop: Shop, stand_in: StandIn) -> None:
    paid = shop.asks()
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent") as refusal:
        shop.v1.payment_intents.retrieve(paid.id)
    assert refusal.value.http_status == 404
    other = Shop.at(stand_in)
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
        other.intent(paid)
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
        other.refunds(paid, 1)


def test_an_account_that_left_is_closed_to_us(shop: Shop, stand_in: StandIn) -> None:
    stand_in.deauthorise(shop.account)
    with pytest.raises(stripe.PermissionError):
        shop.asks()
    assert [each["type"] for each in stand_in.sender.events()][-1].endswith("deauthorized")


def test_a_card_pays_stripe_and_the_platform_keep_their_parts(shop: Shop) -> None:
    paid = shop.asks(application_fee_amount=40, expand=["latest_charge.balance_transaction"])
    assert isinstance(paid.latest_charge, stripe.Charge)
    entered = paid.latest_charge.balance_transaction
    assert isinstance(entered, stripe.BalanceTransaction)
    kept = {each.type: each.amount for each in entered.fee_details}
    assert kept == {"stripe_fee": 30 + 25, "application_fee": 40}
    assert (entered.fee, entered.net) == (95, 1905)
    [fee] = shop.v1.application_fees.list().data
    assert (fee.amount, fee.account) == (40, shop.account)


def test_a_fee_needs_an_account_to_be_taken_from(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="application_fee_amount"):
        shop.v1.payment_intents.create(
            {"amount": 2000, "currency": "eur", "application_fee_amount": 10}
        )
    with pytest.raises(stripe.InvalidRequestError, match="application_fee_amount"):
        shop.asks(application_fee_amount=2001)


def test_what_is_authorised_is_captured_in_part_and_only_once(shop: Shop) -> None:
    held = shop.asks(capture_method="manual", application_fee_amount=100)
    assert (held.status, held.amount_capturable, shop.movements()) == ("requires_capture", 2000, [])
    capture = shop.v1.payment_intents.capture
    with pytest.raises(stripe.InvalidRequestError, match="beyond"):
        capture(held.id, {"amount_to_capture": 2001}, shop.ours())
    taken = capture(held.id, {"amount_to_capture": 1500, "application_fee_amount": 75}, shop.ours())
    assert (taken.status, taken.amount_received) == ("succeeded", 1500)
    assert shop.movements() == [("charge", 1500, 48 + 75)]
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        capture(held.id, None, shop.ours())
    with pytest.raises(stripe.InvalidRequestError, match=r"\(1500\)"):
        shop.refunds(taken, 1501)


def test_an_authorisation_lapses_after_seven_days(shop: Shop, stand_in: StandIn) -> None:
    held = shop.asks(capture_method="manual")
    stand_in.move_clock(days=8)
    lapsed = shop.intent(held)
    assert (lapsed.status, lapsed.cancellation_reason) == ("canceled", "automatic")
    assert shop.movements() == []


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("pm_card_chargeDeclined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
    ],
)
def test_a_declined_card_leaves_the_intent_to_be_paid_again(
    shop: Shop, card: str, code: str
) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        shop.asks(card=card)
    assert refusal.value.error is not None
    assert refusal.value.error.decline_code == code
    [intent] = shop.v1.payment_intents.list(None, shop.ours()).data
    assert intent.status == "requires_payment_method"
    again = {"payment_method": "pm_card_visa"}
    assert shop.v1.payment_intents.confirm(intent.id, again, shop.ours()).status == "succeeded"
    assert shop.movements() == [("charge", 2000, 55)]


def test_a_bank_may_ask_the_buyer_who_passes_or_fails(shop: Shop, stand_in: StandIn) -> None:
    asked = shop.asks(card="pm_card_authenticationRequired", return_url="https://x.example")
    assert asked.next_action is not None
    assert asked.next_action.redirect_to_url is not None
    stand_in.authenticate(asked.id)
    assert shop.intent(asked).status == "succeeded"
    other = shop.asks(card="pm_card_authenticationRequired")
    stand_in.authenticate(other.id, succeeds=False)
    failed = shop.intent(other)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error is not None


def test_a_debit_takes_days_to_settle(shop: Shop, stand_in: StandIn) -> None:
    asked = shop.debits()
    assert asked.status == "processing"
    assert shop.movements() == [("payment", 2000, 35)]
    stand_in.move_clock(days=6)
    assert shop.intent(asked).status == "succeeded"
    assert shop.movements() == [("payment", 2000, 35)]


def test_a_debit_may_fail_days_later(shop: Shop, stand_in: StandIn) -> None:
    asked = shop.debits(IBAN_THAT_FAILS)
    stand_in.move_clock(days=6)
    assert shop.intent(asked).status == "requires_payment_method"
    assert shop.movements() == [("payment", 2000, 35), ("payment_failure_refund", -2000, -35)]
    assert shop.events()[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_a_debit_may_be_taken_back_a_year_later_even_once_refunded(
    shop: Shop, stand_in: StandIn
) -> None:
    asked = shop.debits()
    stand_in.bank_says(asked.id)
    refund = shop.refunds(asked, 2000)
    assert refund.status == "pending"
    stand_in.bank_says(refund.id)
    stand_in.move_clock(days=390)
    stand_in.return_debit(asked.id)
    [dispute] = shop.v1.disputes.list(None, shop.ours()).data
    assert (dispute.status, dispute.amount) == ("lost", 2000)
    assert [each[:2] for each in shop.movements()] == [
        ("payment", 2000),
        ("payment_refund", -2000),
        ("adjustment", -2000),
    ]


def test_a_debit_wants_a_mandate(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="mandate_data"):
        shop.asks(card="pm_success_fr", allowed_payment_method_types=["sepa_debit"])


def test_no_more_is_given_back_than_was_taken(shop: Shop) -> None:
    paid = shop.asks(application_fee_amount=100)
    shop.refunds(paid, 500, refund_application_fee=True)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        shop.refunds(paid, 1501)
    shop.refunds(paid, 1500)
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
        shop.refunds(paid, 1)
    assert shop.movements() == [("charge", 2000, 155), ("refund", -500, -25), ("refund", -1500, 0)]


@pytest.mark.parametrize("card", ["pm_card_visa", "pm_card_refundFail"])
def test_a_refund_that_fails_comes_back_to_the_balance(
    shop: Shop, stand_in: StandIn, card: str
) -> None:
    paid = shop.asks(card=card)
    refund = shop.refunds(paid, 2000)
    stand_in.move_clock(days=4)
    if card == "pm_card_visa":
        stand_in.bank_says(refund.id, fails="account_closed")
    assert shop.v1.refunds.retrieve(refund.id, None, shop.ours()).status == "failed"
    assert shop.movements()[-1] == ("refund_failure", 2000, 0)
    shop.refunds(paid, 2000)


def test_a_dispute_takes_the_money_and_may_give_it_back(shop: Shop, stand_in: StandIn) -> None:
    paid = shop.asks()
    dispute = stand_in.dispute(paid.id)
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        shop.refunds(paid, 1)
    stand_in.close_dispute(dispute, "won")
    lost = shop.v1.disputes.close(stand_in.dispute(shop.asks().id), None, shop.ours())
    assert lost.status == "lost"
    assert [each for each in shop.movements() if each[0] == "adjustment"] == [
        ("adjustment", -2000, 2000),
        ("adjustment", 2000, 0),
        ("adjustment", -2000, 2000),
    ]


def test_a_payout_is_the_sum_of_what_it_lists(shop: Shop, stand_in: StandIn) -> None:
    shop.refunds(shop.asks(), 300)
    shop.asks(5000)
    stand_in.move_clock(days=4)
    late = shop.asks(700)
    payout = shop.v1.payouts.retrieve(stand_in.pay_out(shop.account), None, shop.ours())
    listed = shop.v1.balance_transactions.list({"payout": payout.id}, shop.ours()).data
    assert sum(each.net for each in listed) == 0
    assert sum(each.net for each in listed if each.type != "payout") == payout.amount
    assert late.latest_charge not in [each.source for each in listed]
    balance = shop.v1.balance.retrieve(None, shop.ours())
    assert (balance.available[0].amount, balance.pending[0].amount) == (0, 700 - 36)
    stand_in.fail_payout(payout.id)
    balance = shop.v1.balance.retrieve(None, shop.ours())
    assert balance.available[0].amount == payout.amount
    stand_in.move_clock(days=4)
    second = shop.v1.payouts.retrieve(stand_in.pay_out(shop.account), None, shop.ours())
    assert second.amount == payout.amount + 700 - 36
    again = shop.v1.balance_transactions.list({"payout": payout.id}, shop.ours()).data
    assert [each.id for each in again] == [each.id for each in listed]


def test_lists_come_in_pages_and_searches_may_lag(shop: Shop, stand_in: StandIn) -> None:
    for number in range(7):
        shop.asks(metadata={"ours": str(number % 2)})
    pages = shop.v1.payment_intents.list({"limit": 3}, shop.ours())
    assert len({each.id for each in pages.auto_paging_iter()}) == 7
    query = "metadata['ours']:'1' AND status:'succeeded'"
    assert len(shop.v1.payment_intents.search({"query": query}, shop.ours()).data) == 3
    stand_in.search_lags(60)
    assert shop.v1.payment_intents.search({"query": query}, shop.ours()).data == []
    stand_in.move_clock(seconds=61)
    assert len(shop.v1.payment_intents.search({"query": query}, shop.ours()).data) == 3


def test_events_are_kept_a_month(shop: Shop, stand_in: StandIn) -> None:
    shop.asks()
    assert shop.events()[-3:] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]
    wanted = {"types": ["charge.succeeded"], "limit": 1}
    [event] = shop.v1.events.list(wanted, shop.ours()).data
    assert event.data.object["amount"] == 2000
    stand_in.move_clock(days=31)
    assert shop.events() == []


def test_a_buyer_pays_on_the_page_of_checkout(shop: Shop, stand_in: StandIn) -> None:
    session = shop.checkout()
    assert (session.amount_total, session.payment_intent) == (2400, None)
    stand_in.pay_session(session.id)
    paid = shop.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent"]}, shop.ours()
    )
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert isinstance(paid.payment_intent, stripe.PaymentIntent)
    assert paid.payment_intent.metadata["ours"] == "12"
    assert shop.movements() == [("charge", 2400, 36 + 25 + 48)]
    with pytest.raises(stripe.InvalidRequestError, match="status in"):
        shop.v1.checkout.sessions.expire(session.id, None, shop.ours())


def test_what_checkout_only_holds_is_paid_once_captured(shop: Shop, stand_in: StandIn) -> None:
    session = shop.checkout(payment_intent_data={"capture_method": "manual"})
    stand_in.pay_session(session.id)
    held = shop.v1.checkout.sessions.retrieve(session.id, None, shop.ours())
    assert (held.status, held.payment_status) == ("complete", "unpaid")
    shop.v1.payment_intents.capture(str(held.payment_intent), None, shop.ours())
    paid = shop.v1.checkout.sessions.retrieve(session.id, None, shop.ours())
    assert paid.payment_status == "paid"


def test_a_page_of_checkout_closes_after_a_day(shop: Shop, stand_in: StandIn) -> None:
    session = shop.checkout()
    stand_in.move_clock(days=1)
    assert shop.v1.checkout.sessions.retrieve(session.id, None, shop.ours()).status == "expired"


def test_a_debit_on_the_page_of_checkout_is_paid_later(shop: Shop, stand_in: StandIn) -> None:
    session = shop.checkout(allowed_payment_method_types=["sepa_debit"])
    stand_in.pay_session(session.id, "pm_failed_fr")
    found = shop.v1.checkout.sessions.retrieve(session.id, None, shop.ours())
    assert (found.status, found.payment_status) == ("complete", "unpaid")
    stand_in.move_clock(days=6)
    assert shop.events()[-1] == "checkout.session.async_payment_failed"
