"""Refunds: never beyond what is left of the charge; a debit's takes days and may fail."""

from typing import Any

from stripe.params import (
    RefundCancelParams,
    RefundCreateParams,
    RefundListParams,
    RefundRetrieveParams,
    RefundUpdateParams,
)

from . import balance, charges
from .errors import Refused
from .listing import listed
from .payment_intents import merged
from .routing import Call, route
from .state import DAY, Object, State

THE_BANK_TAKES = 3 * DAY


@route("POST", "/v1/refunds", RefundCreateParams)
def create(call: Call) -> Object:
    state, account, params = call.state, call.account, call.params
    charge = _charge_of(call)
    amount = params.get("amount", charge["amount"] - charge["amount_refunded"])
    _check(charge, amount)
    method = state.hidden[charge["payment_method"]]
    card = charge["payment_method_details"]["type"] == "card"
    ends = method.get("refunds")
    fees: balance.Fees = []
    if params.get("refund_application_fee"):
        share = charges.give_application_fee_back(state, charge, amount)
        fees = [("application_fee", -share)] if share else []
    refund = state.add(
        account,
        "re" if card else "pyr",
        "refund",
        amount=amount,
        balance_transaction=None,
        charge=charge["id"],
        currency=charge["currency"],
        failure_balance_transaction=None,
        failure_reason=None,
        destination_details={"type": "card" if card else "sepa_debit"},
        metadata=merged({}, params.get("metadata")),
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        receipt_number=None,
        status="pending" if ends == "succeeded" or not card else "succeeded",
    )
    refund["balance_transaction"] = balance.enter(
        state, account, "refund" if card else "payment_refund", -amount, refund["id"],
        currency=charge["currency"], fees=fees,
    )["id"]  # fmt: skip
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    state.emit(account, "refund.created", refund)
    state.emit(account, "charge.refunded", charge)
    if ends or not card:
        state.later(THE_BANK_TAKES, lambda: the_bank_says(state, account, refund, ends))
    return refund


def _charge_of(call: Call) -> Object:
    params: dict[str, Any] = call.params
    if ("charge" in params) == ("payment_intent" in params):
        raise Refused("One of the following params should be provided: payment_intent or charge.",
                      code="parameter_missing")  # fmt: skip
    if "charge" in params:
        return call.state.find(call.account, "charge", params["charge"])
    intent = call.state.find(call.account, "payment_intent", params["payment_intent"])
    if intent["latest_charge"] is None:
        raise Refused(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        )
    return call.state.find(call.account, "charge", intent["latest_charge"])


def _check(charge: Object, amount: int) -> None:
    if charge["disputed"]:
        raise Refused(f"Charge {charge['id']} has been charged back; cannot issue a refund.",
                      code="charge_disputed")  # fmt: skip
    if charge["refunded"]:
        raise Refused(f"Charge {charge['id']} has already been refunded.",
                      code="charge_already_refunded")  # fmt: skip
    if charge["status"] != "succeeded" or not charge["captured"]:
        raise Refused(f"Charge {charge['id']} was not captured: nothing to refund.")
    left = charge["amount"] - charge["amount_refunded"]
    if amount > left:
        raise Refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            param="amount",
        )
    if amount < 1:
        raise Refused("Invalid positive integer", code="parameter_invalid_integer", param="amount")


def the_bank_says(state: State, account: str, refund: Object, status: str | None = None) -> None:
    """Have a refund arrive, or fail: then the money is back in the balance."""
    if refund["status"] in {"failed", "canceled"}:
        return
    refund["status"] = status or "succeeded"
    charge = state.find(account, "charge", refund["charge"])
    if refund["status"] in {"failed", "canceled"}:
        back = balance.enter(
            state, account, "refund_failure", refund["amount"], refund["id"],
            currency=refund["currency"],
        )  # fmt: skip
        refund["failure_balance_transaction"] = back["id"]
        refund["failure_reason"] = "lost_or_stolen_card"
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        state.emit(account, "refund.failed", refund)
    state.emit(account, "refund.updated", refund)
    state.emit(account, "charge.refund.updated", refund)


@route("GET", "/v1/refunds", RefundListParams)
def list_all(call: Call) -> Object:
    return listed(call, call.state.of_kind(call.account, "refund"), "/v1/refunds")


@route("GET", "/v1/refunds/{id}", RefundRetrieveParams)
def retrieve(call: Call) -> Object:
    return call.state.find(call.account, "refund", call.ids["id"])


@route("POST", "/v1/refunds/{id}", RefundUpdateParams)
def update(call: Call) -> Object:
    found = call.state.find(call.account, "refund", call.ids["id"])
    found["metadata"] = merged(found["metadata"], call.params.get("metadata"))
    return found


@route("POST", "/v1/refunds/{id}/cancel", RefundCancelParams)
def cancel(call: Call) -> Object:
    found = call.state.find(call.account, "refund", call.ids["id"])
    raise Refused(f"Refund {found['id']} cannot be canceled: it is no customer balance refund.")
