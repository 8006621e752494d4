"""What becomes of an intent: confirmed, authenticated, charged, declined, captured, cancelled."""

from typing import Any

from . import balance, charges, disputes
from .errors import Refused, declined
from .payment_methods import method_from, method_named
from .state import DAY, Object, State

AUTHORISED_FOR = 7 * DAY
THE_BANK_SAYS_AFTER = 5 * DAY


def unexpected(intent: Object, verb: str) -> Refused:
    """Say that an intent in this state cannot do this."""
    return Refused(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        payment_intent=intent,
    )


def confirm(state: State, account: str, intent: Object, params: dict[str, Any]) -> None:
    """Try to be paid with the method at hand; raises when the card is declined."""
    if intent["status"] not in {
        "requires_payment_method",
        "requires_confirmation",
        "requires_action",
    }:
        raise unexpected(intent, "confirm")
    take_method(state, account, intent, params)
    method = _method_of(state, account, intent)
    _check_method(intent, method, params)
    if state.hidden[method["id"]].get("authenticates"):
        if params.get("off_session") or params.get("error_on_requires_action"):
            raise _decline(state, account, intent, method, "authentication_required")
        _ask_to_authenticate(state, account, intent, params.get("return_url"))
        return
    refusal = attempt(state, account, intent)
    if refusal is not None:
        raise refusal


def take_method(state: State, account: str, intent: Object, params: dict[str, Any]) -> None:
    """Note the method that a call gives."""
    if "payment_method" in params:
        intent["payment_method"] = method_named(state, account, params["payment_method"])["id"]
    elif "payment_method_data" in params:
        intent["payment_method"] = method_from(state, account, params["payment_method_data"])["id"]


def _method_of(state: State, account: str, intent: Object) -> Object:
    if intent["payment_method"] is None:
        raise Refused(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    return state.find(account, "payment_method", intent["payment_method"])


def _check_method(intent: Object, method: Object, params: dict[str, Any]) -> None:
    kind = method["type"]
    if kind not in intent["payment_method_types"]:
        raise Refused(
            f"The PaymentMethod provided ({kind}) is not allowed for this PaymentIntent.",
            code="payment_intent_invalid_parameter",
            param="payment_method",
        )
    if kind == "sepa_debit" and not (params.get("mandate") or params.get("mandate_data")):
        raise Refused("You must provide mandate_data with sepa_debit.", param="mandate_data")
    automatic = intent["automatic_payment_methods"]
    if automatic and automatic["allow_redirects"] == "always" and "return_url" not in params:
        raise Refused(
            "This PaymentIntent is configured to accept payment methods that may redirect: "
            "give a return_url, or set automatic_payment_methods[allow_redirects] to never.",
            param="return_url",
        )


def _ask_to_authenticate(state: State, account: str, intent: Object, back: str | None) -> None:
    intent["status"] = "requires_action"
    if back is None:
        intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    else:
        url = f"{state.address}/_pages/authenticate/{intent['id']}"
        intent["next_action"] = {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": back, "url": url},
        }
    state.emit(account, "payment_intent.requires_action", intent)


def attempt(state: State, account: str, intent: Object) -> Refused | None:
    """Charge the method of an intent; return the refusal, if the bank refuses."""
    method = _method_of(state, account, intent)
    behaviour = state.hidden[method["id"]]
    intent["next_action"] = None
    if "declines" in behaviour:
        return _decline(state, account, intent, method, behaviour["declines"])
    if method["type"] == "sepa_debit":
        _debit(state, account, intent, method)
    elif intent["capture_method"] == "manual":
        _authorise(state, account, intent, method)
    else:
        charge = charges.make_charge(state, account, intent, method)
        intent["latest_charge"] = charge["id"]
        charges.capture(state, account, charge, charge["amount"])
        state.emit(account, "charge.succeeded", charge)
        _succeed(state, account, intent, charge)
    if "disputes" in behaviour:
        charge = state.find(account, "charge", intent["latest_charge"])
        disputes.open_dispute(state, account, charge, behaviour["disputes"])
    return None


def _decline(state: State, account: str, intent: Object, method: Object, code: str) -> Refused:
    charge = charges.make_charge(state, account, intent, method)
    charges.fail(charge, code)
    refusal = declined(code, {}, charge["id"])
    error = {key: refusal.body["error"][key] for key in ("code", "decline_code", "message", "type")}
    intent |= {
        "status": "requires_payment_method",
        "latest_charge": charge["id"],
        "payment_method": None,
        "next_action": None,
        "last_payment_error": {**error, "charge": charge["id"]},
    }
    state.emit(account, "charge.failed", charge)
    state.emit(account, "payment_intent.payment_failed", intent)
    return declined(code, state.shown(intent), charge["id"])


def authentication_fails(state: State, account: str, intent: Object) -> None:
    """Note that the buyer did not pass the bank's check: another method is needed."""
    message = "We are unable to authenticate your payment method."
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_payment_error": {"code": "payment_intent_authentication_failure",
                               "message": message, "type": "invalid_request_error"},
    }  # fmt: skip
    state.emit(account, "payment_intent.payment_failed", intent)


def _authorise(state: State, account: str, intent: Object, method: Object) -> None:
    charge = charges.make_charge(state, account, intent, method)
    intent |= {
        "status": "requires_capture",
        "latest_charge": charge["id"],
        "amount_capturable": intent["amount"],
    }
    state.emit(account, "charge.succeeded", charge)
    state.emit(account, "payment_intent.amount_capturable_updated", intent)

    def expire() -> None:
        if intent["status"] == "requires_capture" and intent["latest_charge"] == charge["id"]:
            state.emit(account, "charge.expired", charge)
            cancel(state, account, intent, "automatic")

    state.later(AUTHORISED_FOR, expire)


def _succeed(state: State, account: str, intent: Object, charge: Object) -> None:
    intent |= {
        "status": "succeeded",
        "amount_received": charge["amount_captured"],
        "amount_capturable": 0,
        "last_payment_error": None,
    }
    session = _session_of(state, account, intent)
    if session is not None:
        session["payment_status"] = "paid"
    state.emit(account, "payment_intent.succeeded", intent)


def capture(state: State, account: str, intent: Object, amount: int, fee: int | None) -> None:
    """Take an authorised payment, or a part of it."""
    charge = state.find(account, "charge", intent["latest_charge"])
    if fee is not None:
        intent["application_fee_amount"] = charge["application_fee_amount"] = fee
    charges.capture(state, account, charge, amount)
    state.emit(account, "charge.captured", charge)
    _succeed(state, account, intent, charge)


def cancel(state: State, account: str, intent: Object, reason: str | None) -> None:
    """Give an intent up; what was authorised is let go."""
    if intent["status"] == "requires_capture":
        charge = state.find(account, "charge", intent["latest_charge"])
        charge |= {"amount_refunded": charge["amount"], "refunded": True}
        state.emit(account, "charge.refunded", charge)
    intent |= {
        "status": "canceled",
        "amount_capturable": 0,
        "canceled_at": state.now(),
        "cancellation_reason": reason,
        "next_action": None,
    }
    state.emit(account, "payment_intent.canceled", intent)


def _debit(state: State, account: str, intent: Object, method: Object) -> None:
    charge = charges.make_charge(state, account, intent, method, status="pending", paid=False)
    charges.take(state, account, charge, charge["amount"], balance.SEPA_IS_AVAILABLE_AFTER)
    intent |= {"status": "processing", "latest_charge": charge["id"]}
    state.emit(account, "charge.pending", charge)
    state.emit(account, "payment_intent.processing", intent)
    state.later(THE_BANK_SAYS_AFTER, lambda: the_bank_says(state, account, intent))


def the_bank_says(state: State, account: str, intent: Object, fails: str | None = None) -> None:
    """Have the bank say what became of a debit, as its IBAN has it or as it is told."""
    if intent["status"] != "processing":
        return
    charge = state.find(account, "charge", intent["latest_charge"])
    behaviour = state.hidden[charge["payment_method"]]
    fails = fails or behaviour.get("fails")
    if fails is not None:
        _debit_fails(state, account, intent, charge, fails)
    else:
        charge |= {"status": "succeeded", "paid": True}
        charges.capture(state, account, charge, charge["amount"])
        state.emit(account, "charge.succeeded", charge)
        _succeed(state, account, intent, charge)
    _tell_session(state, account, intent)
    if fails is None and "returns" in behaviour:
        disputes.open_dispute(state, account, charge, behaviour["returns"])


def _debit_fails(state: State, account: str, intent: Object, charge: Object, code: str) -> None:
    taken = state.find(account, "balance_transaction", charge["balance_transaction"])
    kept = [(each["type"], -each["amount"]) for each in taken["fee_details"]]
    back = balance.enter(
        state, account, "payment_failure_refund", -charge["amount"], charge["id"],
        currency=charge["currency"], fees=kept, after=balance.SEPA_IS_AVAILABLE_AFTER,
    )  # fmt: skip
    message = "The payment was refused by the bank."
    charge |= {
        "status": "failed",
        "paid": False,
        "failure_code": code,
        "failure_message": message,
        "failure_balance_transaction": back["id"],
    }
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": {"code": "payment_intent_payment_attempt_failed",
                               "decline_code": code, "message": message, "type": "card_error",
                               "charge": charge["id"]},
    }  # fmt: skip
    state.emit(account, "charge.failed", charge)
    state.emit(account, "payment_intent.payment_failed", intent)


def _tell_session(state: State, account: str, intent: Object) -> None:
    """Tell the page of Checkout where a debit was given that the bank has said how it ended."""
    session = _session_of(state, account, intent)
    if session is not None:
        ending = "succeeded" if intent["status"] == "succeeded" else "failed"
        state.emit(account, f"checkout.session.async_payment_{ending}", session)


def _session_of(state: State, account: str, intent: Object) -> Object | None:
    session = state.hidden.get(intent["id"], {}).get("session")
    return state.find(account, "checkout.session", session) if session else None
