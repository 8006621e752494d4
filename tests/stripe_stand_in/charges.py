"""Charges: what a card or an IBAN gave, what was kept of it."""

from typing import Any

from stripe.params import (
    ApplicationFeeListParams,
    ApplicationFeeRetrieveParams,
    ChargeListParams,
    ChargeRetrieveParams,
    ChargeUpdateParams,
)

from . import balance
from .errors import DECLINED
from .listing import listed
from .routing import Call, route
from .state import PLATFORM, Object, State


def make_charge(state: State, account: str, intent: Object, method: Object, **own: Any) -> Object:
    """Make the charge of an intent that is being paid."""
    card = method["type"] == "card"
    return state.add(
        account,
        "ch" if card else "py",
        "charge",
        **{
            "amount": intent["amount"],
            "amount_captured": 0,
            "amount_refunded": 0,
            "application_fee": None,
            "application_fee_amount": intent["application_fee_amount"],
            "balance_transaction": None,
            "billing_details": method["billing_details"],
            "captured": False,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": None,
            "failure_message": None,
            "metadata": dict(intent["metadata"]),
            "outcome": None,
            "paid": True,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": {
                "type": method["type"],
                method["type"]: method[method["type"]],
            },
            "receipt_email": intent["receipt_email"],
            "refunded": False,
            "status": "succeeded",
            **own,
        },
    )


def fail(charge: Object, decline_code: str) -> None:
    """Note that a charge did not go through."""
    charge |= {
        "status": "failed",
        "paid": False,
        "failure_code": "card_declined" if decline_code == "generic_decline" else decline_code,
        "failure_message": DECLINED.get(decline_code, "Your card was declined."),
    }


def take(state: State, account: str, charge: Object, amount: int, after: int) -> None:
    """Have the money come: the balance transaction, with its fees, and the application's."""
    card = charge["payment_method_details"]["type"] == "card"
    fees: balance.Fees = []
    if pays_the_fees(state, account):
        fees.append(("stripe_fee", balance.card_fee(amount) if card else balance.SEPA_FEE))
    if charge["application_fee_amount"]:
        fees.append(("application_fee", charge["application_fee_amount"]))
    entered = balance.enter(
        state,
        account,
        "charge" if card else "payment",
        amount,
        charge["id"],
        currency=charge["currency"],
        fees=fees,
        after=after,
    )
    charge["balance_transaction"] = entered["id"]


def capture(state: State, account: str, charge: Object, amount: int) -> None:
    """Take what was authorised, or a part: the rest is given back at once, with no refund."""
    charge |= {
        "captured": True,
        "amount_captured": amount,
        "amount_refunded": charge["amount"] - amount,
    }
    if charge["balance_transaction"] is None:
        take(state, account, charge, amount, balance.CARD_IS_AVAILABLE_AFTER)
    if charge["application_fee_amount"]:
        _keep_application_fee(state, account, charge)


def pays_the_fees(state: State, account: str) -> bool:
    """Whether Stripe's fees are this account's; else they are the platform's."""
    if account == PLATFORM:
        return True
    payer = state.find(PLATFORM, "account", account)["controller"]["fees"]["payer"]
    return bool(payer != "application")


def _keep_application_fee(state: State, account: str, charge: Object) -> None:
    amount, currency = charge["application_fee_amount"], charge["currency"]
    fee = state.add(
        PLATFORM,
        "fee",
        "application_fee",
        account=account,
        amount=amount,
        amount_refunded=0,
        balance_transaction=None,
        charge=charge["id"],
        currency=currency,
        refunded=False,
    )
    entered = balance.enter(
        state, PLATFORM, "application_fee", amount, fee["id"], currency=currency
    )
    fee["balance_transaction"] = entered["id"]
    charge["application_fee"] = fee["id"]
    state.emit(PLATFORM, "application_fee.created", fee)


def give_application_fee_back(state: State, charge: Object, amount: int) -> int:
    """Give back the application fee's share of a refund; return how much it was."""
    if charge["application_fee"] is None:
        return 0
    fee = state.find(PLATFORM, "application_fee", charge["application_fee"])
    left = fee["amount"] - fee["amount_refunded"]
    share = min(left, fee["amount"] * amount // charge["amount_captured"])
    if charge["amount_refunded"] + amount == charge["amount"]:
        share = left
    fee["amount_refunded"] += share
    fee["refunded"] = fee["amount_refunded"] == fee["amount"]
    balance.enter(
        state, PLATFORM, "application_fee_refund", -share, fee["id"], currency=fee["currency"]
    )
    state.emit(PLATFORM, "application_fee.refunded", fee)
    return int(share)


@route("GET", "/v1/charges", ChargeListParams)
def list_charges(call: Call) -> Object:
    return listed(call, call.state.of_kind(call.account, "charge"), "/v1/charges")


@route("GET", "/v1/charges/{id}", ChargeRetrieveParams)
def retrieve_charge(call: Call) -> Object:
    return call.state.find(call.account, "charge", call.ids["id"])


@route("POST", "/v1/charges/{id}", ChargeUpdateParams)
def update_charge(call: Call) -> Object:
    found = call.state.find(call.account, "charge", call.ids["id"])
    found |= {key: value for key, value in call.params.items() if key in found}
    return found


@route("GET", "/v1/application_fees", ApplicationFeeListParams)
def list_application_fees(call: Call) -> Object:
    return listed(call, call.state.of_kind(call.account, "application_fee"), "/v1/application_fees")


@route("GET", "/v1/application_fees/{id}", ApplicationFeeRetrieveParams)
def retrieve_application_fee(call: Call) -> Object:
    return call.state.find(call.account, "application_fee", call.ids["id"])
