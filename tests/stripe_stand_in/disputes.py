"""Disputes of cards, which may be won; returned debits, which never are."""

from stripe.params import (
    DisputeCloseParams,
    DisputeListParams,
    DisputeRetrieveParams,
    DisputeUpdateParams,
)

from . import balance
from .errors import Refused
from .listing import listed
from .routing import Call, route
from .state import DAY, Object, State

ANSWER_WITHIN = 7 * DAY


def open_dispute(
    state: State, account: str, charge: Object, reason: str, amount: int | None = None
) -> Object:
    """Take the money of a charge back; a debit's return is final at once.

    The bank knows nothing of refunds: what was given back is taken a second time.
    """
    card = charge["payment_method_details"]["type"] == "card"
    disputed = charge["amount_captured"] if amount is None else amount
    dispute = state.add(
        account,
        "du",
        "dispute",
        amount=disputed,
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details={"due_by": state.now() + ANSWER_WITHIN, "has_evidence": False},
        is_charge_refundable=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        payment_method_details=charge["payment_method_details"],
        reason=reason,
        status="needs_response" if card else "lost",
    )
    charge["disputed"] = True
    fee = balance.DISPUTE_FEE if card else balance.SEPA_DISPUTE_FEE
    _enter(state, account, dispute, -disputed, [("stripe_fee", fee)])
    state.emit(account, "charge.dispute.created", dispute)
    state.emit(account, "charge.dispute.funds_withdrawn", dispute)
    if not card:
        state.emit(account, "charge.dispute.closed", dispute)
    return dispute


def _enter(state: State, account: str, dispute: Object, amount: int, fees: balance.Fees) -> None:
    entered = balance.enter(
        state, account, "adjustment", amount, dispute["id"],
        currency=dispute["currency"], fees=fees,
    )  # fmt: skip
    entered["reporting_category"] = "dispute" if amount < 0 else "dispute_reversal"
    dispute["balance_transactions"].append(state.shown(entered))


def close_dispute(state: State, account: str, dispute: Object, status: str) -> None:
    """Have the bank decide: ``won`` gives the money back, not the fee; ``lost`` does not."""
    if dispute["status"] in {"won", "lost"}:
        raise Refused("This dispute is already closed.")
    dispute["status"] = status
    if status == "won":
        _enter(state, account, dispute, dispute["amount"], [])
        state.emit(account, "charge.dispute.funds_reinstated", dispute)
    state.emit(account, "charge.dispute.closed", dispute)


@route("GET", "/v1/disputes", DisputeListParams)
def list_disputes(call: Call) -> Object:
    return listed(call, call.state.of_kind(call.account, "dispute"), "/v1/disputes")


@route("GET", "/v1/disputes/{id}", DisputeRetrieveParams)
def retrieve_dispute(call: Call) -> Object:
    return call.state.find(call.account, "dispute", call.ids["id"])


@route("POST", "/v1/disputes/{id}", DisputeUpdateParams)
def update_dispute(call: Call) -> Object:
    found = call.state.find(call.account, "dispute", call.ids["id"])
    found["evidence"] |= call.params.get("evidence", {})
    if call.params.get("submit"):
        found["status"] = "under_review"
    call.state.emit(call.account, "charge.dispute.updated", found)
    return found


@route("POST", "/v1/disputes/{id}/close", DisputeCloseParams)
def concede(call: Call) -> Object:
    found = call.state.find(call.account, "dispute", call.ids["id"])
    close_dispute(call.state, call.account, found, "lost")
    return found
