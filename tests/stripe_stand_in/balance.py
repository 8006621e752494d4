"""The balance of an account: what came, what was kept of it, what went to the bank."""

from stripe.params import (
    BalanceRetrieveParams,
    BalanceTransactionListParams,
    BalanceTransactionRetrieveParams,
    PayoutListParams,
    PayoutRetrieveParams,
)

from .errors import Refused
from .listing import listed
from .routing import Call, route
from .state import DAY, Object, State

CARD_FEE_IN_THOUSANDTHS = 15
CARD_FEE_FIXED = 25
SEPA_FEE = 35
DISPUTE_FEE = 2000
SEPA_DISPUTE_FEE = 750
CARD_IS_AVAILABLE_AFTER = 3 * DAY
SEPA_IS_AVAILABLE_AFTER = 7 * DAY

Fees = list[tuple[str, int]]
"""What is kept, by whom: ``stripe_fee`` or ``application_fee``, and cents."""


def card_fee(amount: int) -> int:
    """Return 1.5 % and 0.25 €, the half cent rounded up."""
    return (amount * CARD_FEE_IN_THOUSANDTHS + 500) // 1000 + CARD_FEE_FIXED


def enter(
    state: State,
    account: str,
    type: str,
    amount: int,
    source: str | None,
    *,
    currency: str = "eur",
    fees: Fees = (),  # type: ignore[assignment]
    after: int = 0,
) -> Object:
    """Write a balance transaction."""
    fee = sum(kept for _, kept in fees)
    return state.add(
        account,
        "txn",
        "balance_transaction",
        amount=amount,
        available_on=state.now() + after,
        currency=currency,
        description=None,
        exchange_rate=None,
        fee=fee,
        fee_details=[
            {
                "amount": kept,
                "application": "ca_3Freeco" if kind == "application_fee" else None,
                "currency": currency,
                "description": None,
                "type": kind,
            }
            for kind, kept in fees
        ],
        net=amount - fee,
        reporting_category=type,
        source=source,
        status="pending",
        type=type,
    )


def payout_of(state: State, transaction: Object) -> str | None:
    """Return the payout that took a balance transaction to the bank."""
    found: str | None = state.hidden.get(transaction["id"], {}).get("payout")
    return found


def pay_out(state: State, account: str, currency: str = "eur") -> Object:
    """Send to the bank all that is available and was not sent yet."""
    ready = [
        each
        for each in state.of_kind(account, "balance_transaction")
        if each["available_on"] <= state.now()
        and payout_of(state, each) is None
        and each["currency"] == currency
    ]
    total = sum(each["net"] for each in ready)
    if total <= 0:
        raise Refused(
            "You have insufficient funds in your Stripe account.", code="balance_insufficient"
        )
    payout = state.add(
        account,
        "po",
        "payout",
        amount=total,
        arrival_date=state.now() + 2 * DAY,
        automatic=True,
        balance_transaction=None,
        currency=currency,
        description="STRIPE PAYOUT",
        destination=None,
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        metadata={},
        method="standard",
        reconciliation_status="completed",
        statement_descriptor=None,
        status="in_transit",
        type="bank_account",
    )
    out = enter(state, account, "payout", -total, payout["id"], currency=currency)
    payout["balance_transaction"] = out["id"]
    for each in (*ready, out):
        state.hidden.setdefault(each["id"], {})["payout"] = payout["id"]
    state.emit(account, "payout.created", payout)
    state.later(2 * DAY, lambda: _arrive(state, account, payout))
    return payout


def _arrive(state: State, account: str, payout: Object) -> None:
    if payout["status"] == "in_transit":
        payout["status"] = "paid"
        state.emit(account, "payout.paid", payout)


def fail_payout(state: State, account: str, payout: Object) -> None:
    """Have the bank send a payout back, even one that was said to be paid."""
    back = enter(
        state,
        account,
        "payout_failure",
        payout["amount"],
        payout["id"],
        currency=payout["currency"],
    )
    payout |= {
        "status": "failed",
        "failure_code": "account_closed",
        "failure_message": "The bank account has been closed",
        "failure_balance_transaction": back["id"],
    }
    state.emit(account, "payout.failed", payout)


@route("GET", "/v1/balance", BalanceRetrieveParams)
def retrieve_balance(call: Call) -> Object:
    sums = {"available": 0, "pending": 0}
    for each in call.state.of_kind(call.account, "balance_transaction"):
        sums[call.state.shown(each)["status"]] += each["net"]
    shown = {
        key: [{"amount": amount, "currency": "eur", "source_types": {"card": amount}}]
        for key, amount in sums.items()
    }
    return {"object": "balance", "livemode": False, **shown}


@route("GET", "/v1/balance_transactions", BalanceTransactionListParams)
def list_balance_transactions(call: Call) -> Object:
    found = call.state.of_kind(call.account, "balance_transaction")
    return listed(
        call, found, "/v1/balance_transactions", payout=lambda each: payout_of(call.state, each)
    )


@route("GET", "/v1/balance_transactions/{id}", BalanceTransactionRetrieveParams)
def retrieve_balance_transaction(call: Call) -> Object:
    return call.state.find(call.account, "balance_transaction", call.ids["id"])


@route("GET", "/v1/payouts", PayoutListParams)
def list_payouts(call: Call) -> Object:
    return listed(call, call.state.of_kind(call.account, "payout"), "/v1/payouts")


@route("GET", "/v1/payouts/{id}", PayoutRetrieveParams)
def retrieve_payout(call: Call) -> Object:
    return call.state.find(call.account, "payout", call.ids["id"])
