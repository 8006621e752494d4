"""What Stripe's objects mean, in our words. Nothing here asks or writes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from freeco.money import Money
from freeco.payments.card.models import IntentState
from freeco.payments.card.truth import AccountTruth, Kind, Moved, PayoutTruth, RefundTruth, Truth

Object = Mapping[str, Any]
KEY = "freeco"
"""The one thing we write into its metadata: our idempotency key."""
KINDS = {
    "charge": Kind.CHARGE,
    "payment": Kind.CHARGE,
    "refund": Kind.REFUND,
    "payment_refund": Kind.REFUND,
    "refund_failure": Kind.REFUND_FAILED,
    "payment_failure_refund": Kind.CHARGE_FAILED,
    "payout": Kind.PAYOUT,
    "payout_failure": Kind.PAYOUT_FAILED,
    "payout_cancel": Kind.PAYOUT_FAILED,
    "stripe_fee": Kind.FEE,
    "stripe_fx_fee": Kind.FEE,
    "tax_fee": Kind.FEE,
}
INTENT_STATES = {
    "processing": IntentState.PENDING,
    "requires_capture": IntentState.AUTHORISED,
    "succeeded": IntentState.SUCCEEDED,
    "canceled": IntentState.CANCELLED,
}
REFUND_STATES = {
    "succeeded": IntentState.SUCCEEDED,
    "failed": IntentState.FAILED,
    "canceled": IntentState.CANCELLED,
}


def instant(seconds: int) -> datetime:
    """Return a moment of theirs."""
    return datetime.fromtimestamp(seconds, UTC)


def money(cents: int, currency: str) -> Money:
    """Return an amount of theirs."""
    return Money(cents, currency.upper())


def moved(txn: Object, **own: Any) -> Moved:
    """Read a balance transaction."""
    source = txn.get("source") or ""
    if not isinstance(source, str):
        own.setdefault("payment", source.get("payment_intent") or "")
        source = source["id"]
    kind = KINDS.get(txn["type"], Kind.OTHER)
    if txn.get("reporting_category") == "dispute":
        kind = Kind.DISPUTE
    elif txn.get("reporting_category") == "dispute_reversal":
        kind = Kind.DISPUTE_WON
    return Moved(
        id=txn["id"],
        kind=kind,
        source=source,
        gross=money(txn["amount"], txn["currency"]),
        fee=money(txn["fee"], txn["currency"]),
        net=money(txn["net"], txn["currency"]),
        at=instant(txn["created"]),
        available_on=instant(txn["available_on"]),
        type=txn["type"],
        **own,
    )


def truth(session: Object, refunds: Iterable[Object], disputes: Iterable[Object]) -> Truth:
    """Read a page of payment with its intent and charge (expanded), its refunds and disputes."""
    intent = session.get("payment_intent") or {}
    charge = intent.get("latest_charge") or {}
    refunds = list(refunds)
    movements = [*_of_charge(intent, charge), *_of_refunds(refunds), *_of_disputes(disputes)]
    state = _state(session, intent, charge)
    return Truth(
        state=state,
        amount=money(session["amount_total"], session["currency"]),
        session_ref=session["id"],
        provider_ref=intent.get("id") or "",
        url=session.get("url") or "",
        reason=_reason(session, intent, state),
        expires_at=_expiry(session, charge, state),
        movements=tuple(sorted(movements, key=lambda each: (each.at, each.kind != Kind.CHARGE))),
        refunds=tuple(map(refund, refunds)),
    )


def _state(session: Object, intent: Object, charge: Object) -> IntentState:
    status = intent.get("status", "")
    if status == "succeeded" and not charge.get("balance_transaction"):
        return IntentState.PENDING  # its exact fee is not known yet
    if status in INTENT_STATES:
        return INTENT_STATES[status]
    if session["status"] == "open":
        action = status == "requires_action"
        return IntentState.REQUIRES_ACTION if action else IntentState.ASKED
    if session["status"] == "expired":
        return IntentState.CANCELLED
    return IntentState.FAILED


def _reason(session: Object, intent: Object, state: IntentState) -> str:
    error = intent.get("last_payment_error") or {}
    if state == IntentState.CANCELLED:
        return str(intent.get("cancellation_reason") or session["status"])
    return str(error.get("decline_code") or error.get("code") or "")


def _expiry(session: Object, charge: Object, state: IntentState) -> datetime | None:
    if state == IntentState.AUTHORISED:
        card = (charge.get("payment_method_details") or {}).get("card") or {}
        before = card.get("capture_before")
        return instant(before) if before else None
    return instant(session["expires_at"]) if session.get("expires_at") else None


def _of_charge(intent: Object, charge: Object) -> Iterator[Moved]:
    came, back = charge.get("balance_transaction"), charge.get("failure_balance_transaction")
    # A debit on its way has moved already: it counts once the bank has said what becomes of it.
    if came and (back or intent["status"] == "succeeded"):
        yield moved(came)
    if back:
        yield moved(back, reason=charge.get("failure_code") or "")


def _of_refunds(refunds: Iterable[Object]) -> Iterator[Moved]:
    for each in refunds:
        key = (each.get("metadata") or {}).get(KEY, "")
        if each.get("balance_transaction"):
            yield moved(each["balance_transaction"], key=key)
        if each.get("failure_balance_transaction"):
            yield moved(each["failure_balance_transaction"], key=key)


def _of_disputes(disputes: Iterable[Object]) -> Iterator[Moved]:
    for each in disputes:
        for txn in each.get("balance_transactions") or ():
            yield moved(txn, reason=each["reason"])


def refund(found: Object) -> RefundTruth:
    """Read a refund; done once its money has moved."""
    state = REFUND_STATES.get(found.get("status") or "", IntentState.PENDING)
    if state == IntentState.SUCCEEDED and not found.get("balance_transaction"):
        state = IntentState.PENDING
    return RefundTruth(
        ref=found["id"],
        amount=money(found["amount"], found["currency"]),
        state=state,
        key=(found.get("metadata") or {}).get(KEY, ""),
        reason=found.get("failure_reason") or "",
    )


def account(found: Object) -> AccountTruth:
    """Read an account: ready once it may charge and be paid out."""
    asked = found.get("requirements") or {}
    return AccountTruth(
        ref=found["id"],
        ready=bool(found.get("charges_enabled") and found.get("payouts_enabled")),
        requirements=tuple(
            dict.fromkeys([*(asked.get("past_due") or ()), *(asked.get("currently_due") or ())])
        ),
    )


def payout(found: Object, txns: Iterable[Object]) -> PayoutTruth:
    """Read a payout and what it paid out."""
    back = found.get("failure_balance_transaction")
    states = {
        "paid": IntentState.SUCCEEDED,
        "failed": IntentState.FAILED,
        "canceled": IntentState.FAILED,
    }
    return PayoutTruth(
        ref=found["id"],
        state=states.get(found["status"], IntentState.PENDING),
        amount=money(found["amount"], found["currency"]),
        at=instant(found["arrival_date"]),
        movements=tuple(map(moved, txns)),
        failure=moved(back) if back else None,
    )
