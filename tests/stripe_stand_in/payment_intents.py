"""The calls about PaymentIntents; what becomes of one is in ``paying``."""

from typing import Any

from stripe.params import (
    PaymentIntentCancelParams,
    PaymentIntentCaptureParams,
    PaymentIntentConfirmParams,
    PaymentIntentCreateParams,
    PaymentIntentListParams,
    PaymentIntentRetrieveParams,
    PaymentIntentSearchParams,
    PaymentIntentUpdateParams,
)

from . import paying
from .errors import Refused
from .listing import listed, searched
from .payment_methods import named_customer
from .routing import Call, route
from .state import PLATFORM, Object, State

SMALLEST = 50
LARGEST = 99_999_999
GIVEN = ("customer", "description", "receipt_email", "setup_future_usage", "statement_descriptor",
         "statement_descriptor_suffix", "transfer_group", "on_behalf_of", "shipping")  # fmt: skip
AUTOMATIC = ["card", "sepa_debit"]


def make_intent(state: State, account: str, params: dict[str, Any]) -> Object:
    """Make an intent of checked parameters, in the first state that it can have."""
    check_amount(params["amount"], params["currency"])
    check_fee(account, params.get("application_fee_amount"), params["amount"])
    named_customer(state, account, params.get("customer"))
    kinds = params.get("allowed_payment_method_types")
    automatic = {
        "enabled": True,
        "allow_redirects": "never" if kinds else "always",
        **params.get("automatic_payment_methods", {}),
    }
    manual = params.get("capture_method") == "manual"
    if manual and kinds and kinds != ["card"]:
        raise Refused(
            "The capture method manual is not supported by sepa_debit.", param="capture_method"
        )
    intent = state.add(
        account,
        "pi",
        "payment_intent",
        **{key: params.get(key) for key in GIVEN},
        allowed_payment_method_types=kinds,
        amount=params["amount"],
        amount_capturable=0,
        amount_received=0,
        application=None if account == PLATFORM else "ca_3Freeco",
        application_fee_amount=params.get("application_fee_amount"),
        automatic_payment_methods=automatic,
        canceled_at=None,
        cancellation_reason=None,
        capture_method=params.get("capture_method", "automatic_async"),
        client_secret=state.new_id("secret"),
        confirmation_method=params.get("confirmation_method", "automatic"),
        currency=params["currency"],
        last_payment_error=None,
        latest_charge=None,
        metadata=merged({}, params.get("metadata")),
        next_action=None,
        payment_method=None,
        payment_method_options=params.get("payment_method_options", {}),
        payment_method_types=kinds or (["card"] if manual else AUTOMATIC),
        processing=None,
        status="requires_payment_method",
    )
    intent["client_secret"] = f"{intent['id']}_{intent['client_secret']}"
    state.emit(account, "payment_intent.created", intent)
    return intent


def check_amount(amount: int, currency: str) -> None:
    """Refuse what is no amount for Stripe."""
    if amount < SMALLEST:
        raise Refused("Amount must be at least €0.50 eur", code="amount_too_small", param="amount")
    if amount > LARGEST:
        raise Refused("Amount must be no more than €999,999.99 eur", code="amount_too_large",
                      param="amount")  # fmt: skip
    if len(currency) != 3 or not currency.isalpha() or not currency.islower():
        raise Refused(f"Invalid currency: {currency}", param="currency")


def check_fee(account: str, fee: int | None, amount: int) -> None:
    """Refuse an application fee without a connected account, or beyond the amount."""
    if fee is None:
        return
    if account == PLATFORM:
        raise Refused(
            "Can only apply an application_fee_amount when the PaymentIntent is attempting a "
            "direct payment (using the Stripe-Account header) or a destination payment.",
            param="application_fee_amount",
        )
    if not 0 < fee <= amount:
        raise Refused("Invalid application_fee_amount.", param="application_fee_amount")


def merged(kept: dict[str, str], given: Any) -> dict[str, str]:
    """Return metadata after an update: an empty value takes a key away."""
    if given is None:
        return kept
    if given == "":
        return {}
    both = {**kept, **given}
    if len(both) > 50 or any(len(key) > 40 or len(both[key]) > 500 for key in both):
        raise Refused(
            "Metadata: at most 50 keys, of 40 characters, with 500 each.", param="metadata"
        )
    return {key: value for key, value in both.items() if value != ""}


@route("POST", "/v1/payment_intents", PaymentIntentCreateParams)
def create(call: Call) -> Object:
    state, account, params = call.state, call.account, call.params
    may_charge(state, account)
    if "return_url" in params and not params.get("confirm"):
        raise Refused("return_url may only be given with confirm=true.", param="return_url")
    intent = make_intent(state, account, params)
    paying.take_method(state, account, intent, params)
    if intent["payment_method"] is not None:
        intent["status"] = "requires_confirmation"
    if params.get("confirm"):
        told = {"payment_method", "payment_method_data"}
        paying.confirm(state, account, intent, {k: v for k, v in params.items() if k not in told})
    return intent


def may_charge(state: State, account: str) -> None:
    """Refuse a charge on an account whose onboarding is not complete."""
    if account == PLATFORM:
        return
    if not state.find(PLATFORM, "account", account)["charges_enabled"]:
        raise Refused(
            "You cannot create a charge on a connected account without the `card_payments` "
            "capability enabled."
        )


@route("GET", "/v1/payment_intents", PaymentIntentListParams)
def list_all(call: Call) -> Object:
    found = call.state.of_kind(call.account, "payment_intent")
    return listed(call, found, "/v1/payment_intents")


@route("GET", "/v1/payment_intents/search", PaymentIntentSearchParams)
def search(call: Call) -> Object:
    found = call.state.of_kind(call.account, "payment_intent")
    return searched(call, found, "/v1/payment_intents/search")


def _named(call: Call) -> Object:
    return call.state.find(call.account, "payment_intent", call.ids["id"])


@route("GET", "/v1/payment_intents/{id}", PaymentIntentRetrieveParams)
def retrieve(call: Call) -> Object:
    return _named(call)


@route("POST", "/v1/payment_intents/{id}", PaymentIntentUpdateParams)
def update(call: Call) -> Object:
    intent, params = _named(call), call.params
    frozen = {"amount", "application_fee_amount", "currency", "payment_method"} & set(params)
    early = {"requires_payment_method", "requires_confirmation", "requires_action"}
    if frozen and intent["status"] not in early:
        raise paying.unexpected(intent, "update")
    amount = {**intent, **params}["amount"]
    check_amount(amount, intent["currency"])
    check_fee(call.account, params.get("application_fee_amount"), amount)
    paying.take_method(call.state, call.account, intent, params)
    if "payment_method" in params or "payment_method_data" in params:
        intent["status"] = "requires_confirmation"
    simple = {*GIVEN, "amount", "application_fee_amount"}
    intent |= {key: params[key] for key in simple & set(params)}
    intent["metadata"] = merged(intent["metadata"], params.get("metadata"))
    return intent


@route("POST", "/v1/payment_intents/{id}/confirm", PaymentIntentConfirmParams)
def confirm(call: Call) -> Object:
    intent = _named(call)
    paying.confirm(call.state, call.account, intent, call.params)
    return intent


@route("POST", "/v1/payment_intents/{id}/capture", PaymentIntentCaptureParams)
def capture(call: Call) -> Object:
    intent, params = _named(call), call.params
    if intent["status"] != "requires_capture":
        raise paying.unexpected(intent, "capture")
    amount = {"amount_to_capture": intent["amount"], **params}["amount_to_capture"]
    if not 0 < amount <= intent["amount_capturable"]:
        raise Refused("The amount to capture is beyond what was authorised.",
                      code="amount_too_large", param="amount_to_capture")  # fmt: skip
    fee = params.get("application_fee_amount")
    check_fee(call.account, fee or intent["application_fee_amount"], amount)
    intent["metadata"] = merged(intent["metadata"], params.get("metadata"))
    paying.capture(call.state, call.account, intent, amount, fee)
    return intent


@route("POST", "/v1/payment_intents/{id}/cancel", PaymentIntentCancelParams)
def cancel(call: Call) -> Object:
    intent = _named(call)
    if intent["status"] in {"succeeded", "canceled", "processing"}:
        raise paying.unexpected(intent, "cancel")
    paying.cancel(call.state, call.account, intent, call.params.get("cancellation_reason"))
    return intent
