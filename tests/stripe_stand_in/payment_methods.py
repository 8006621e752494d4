"""Customers and their cards or IBANs; Stripe's own test cards and test IBANs."""

from typing import Any

from stripe.params import (
    CustomerCreateParams,
    CustomerListParams,
    CustomerRetrieveParams,
    CustomerUpdateParams,
    PaymentMethodAttachParams,
    PaymentMethodCreateParams,
    PaymentMethodRetrieveParams,
)

from .errors import Refused
from .listing import listed
from .routing import Call, route
from .state import Object, State

CARDS: dict[str, dict[str, Any]] = {
    "pm_card_visa": {},
    "pm_card_mastercard": {},
    "pm_card_authenticationRequired": {"authenticates": True},
    "pm_card_threeDSecure2Required": {"authenticates": True},
    "pm_card_chargeDeclined": {"declines": "generic_decline"},
    "pm_card_visa_chargeDeclined": {"declines": "generic_decline"},
    "pm_card_chargeCustomerFail": {"declines": "generic_decline"},
    "pm_card_chargeDeclinedInsufficientFunds": {"declines": "insufficient_funds"},
    "pm_card_chargeDeclinedExpiredCard": {"declines": "expired_card"},
    "pm_card_chargeDeclinedProcessingError": {"declines": "processing_error"},
    "pm_card_createDispute": {"disputes": "fraudulent"},
    "pm_card_pendingRefund": {"refunds": "succeeded"},
    "pm_card_refundFail": {"refunds": "failed"},
}
NUMBERS = {
    "4242424242424242": "pm_card_visa",
    "5555555555554444": "pm_card_mastercard",
    "4000002500003155": "pm_card_authenticationRequired",
    "4000002760003184": "pm_card_authenticationRequired",
    "4000000000000002": "pm_card_chargeDeclined",
    "4000000000000341": "pm_card_chargeCustomerFail",
    "4000000000009995": "pm_card_chargeDeclinedInsufficientFunds",
    "4000000000000069": "pm_card_chargeDeclinedExpiredCard",
    "4000000000000119": "pm_card_chargeDeclinedProcessingError",
    "4000000000000259": "pm_card_createDispute",
    "4000000000007726": "pm_card_pendingRefund",
    "4000000000005126": "pm_card_refundFail",
}
DEBITS: dict[str, dict[str, Any]] = {
    "pm_success_fr": {},
    "pm_failed_fr": {"fails": "insufficient_funds"},
    "pm_disputed_fr": {"returns": "debit_not_authorized"},
}
IBANS = {
    "FR1420041010050500013M02606": "pm_success_fr",
    "FR8420041010050500013M02607": "pm_failed_fr",
    "FR5720041010050500013M02608": "pm_disputed_fr",
    "DE89370400440532013000": "pm_success_fr",
    "DE62370400440532013001": "pm_failed_fr",
    "DE35370400440532013002": "pm_disputed_fr",
}
"""The bank says within five days by the stand-in's clock."""


def method_named(state: State, account: str, name: str) -> Object:
    """Return a payment method; a test one, like ``pm_card_visa``, is made anew each time."""
    if name in CARDS:
        return _make(state, account, "card", CARDS[name])
    if name in DEBITS:
        return _make(state, account, "sepa_debit", DEBITS[name])
    return state.find(account, "payment_method", name)


def method_from(state: State, account: str, given: dict[str, Any]) -> Object:
    """Make a payment method of its details, as in ``payment_method_data``."""
    kind, details = given["type"], given.get(given["type"], {})
    named = {key: given[key] for key in ("billing_details", "metadata") if key in given}
    if kind == "card":
        test = f"pm_card_{details['token'][4:]}" if "token" in details else None
        test = test or NUMBERS.get(details.get("number", ""))
        if test not in CARDS:
            raise Refused("Your card number is incorrect.", status=402, type="card_error",
                          code="incorrect_number")  # fmt: skip
        return _make(state, account, "card", CARDS[test], **named)
    if kind == "sepa_debit":
        for name in ("name", "email"):
            if not given.get("billing_details", {}).get(name):
                raise Refused(f"Missing required param: billing_details[{name}].",
                              code="parameter_missing")  # fmt: skip
        iban = details.get("iban", "").replace(" ", "")
        if iban not in IBANS:
            raise Refused("The IBAN you provided is invalid.", code="invalid_bank_account_iban")
        return _make(state, account, "sepa_debit", DEBITS[IBANS[iban]], iban[-4:], **named)
    raise Refused(f"The payment method type {kind} is unknown to the stand-in.", param="type")


def _make(
    state: State, account: str, kind: str, behaviour: dict[str, Any], last4: str = "", **named: Any
) -> Object:
    card = {"brand": "visa", "country": "FR", "exp_month": 12, "exp_year": 2040, "last4": "4242"}
    debit = {"bank_code": "20041", "country": "FR", "last4": last4 or "2606"}
    made = state.add(
        account,
        "pm",
        "payment_method",
        customer=None,
        type=kind,
        **{kind: card if kind == "card" else debit},
        **{"billing_details": {}, "metadata": {}, **named},
    )
    state.hidden[made["id"]] = behaviour
    return made


def named_customer(state: State, account: str, customer: str | None) -> None:
    """Raise when a customer that is named is not there."""
    if customer is not None:
        state.find(account, "customer", customer)


@route("POST", "/v1/customers", CustomerCreateParams)
def create_customer(call: Call) -> Object:
    blank: dict[str, Any] = {
        "email": None,
        "name": None,
        "description": None,
        "phone": None,
        "metadata": {},
    }
    given = {key: call.params[key] for key in blank if key in call.params}
    made = call.state.add(
        call.account, "cus", "customer", balance=0, default_source=None, **{**blank, **given}
    )
    call.state.emit(call.account, "customer.created", made)
    return made


@route("GET", "/v1/customers", CustomerListParams)
def list_customers(call: Call) -> Object:
    return listed(call, call.state.of_kind(call.account, "customer"), "/v1/customers")


@route("GET", "/v1/customers/{id}", CustomerRetrieveParams)
def retrieve_customer(call: Call) -> Object:
    return call.state.find(call.account, "customer", call.ids["id"])


@route("POST", "/v1/customers/{id}", CustomerUpdateParams)
def update_customer(call: Call) -> Object:
    found = call.state.find(call.account, "customer", call.ids["id"])
    found |= {key: value for key, value in call.params.items() if key in found}
    call.state.emit(call.account, "customer.updated", found)
    return found


@route("POST", "/v1/payment_methods", PaymentMethodCreateParams)
def create_payment_method(call: Call) -> Object:
    return method_from(call.state, call.account, call.params)


@route("GET", "/v1/payment_methods/{id}", PaymentMethodRetrieveParams)
def retrieve_payment_method(call: Call) -> Object:
    return call.state.find(call.account, "payment_method", call.ids["id"])


@route("POST", "/v1/payment_methods/{id}/attach", PaymentMethodAttachParams)
def attach_payment_method(call: Call) -> Object:
    named_customer(call.state, call.account, call.params["customer"])
    found = method_named(call.state, call.account, call.ids["id"])
    found["customer"] = call.params["customer"]
    call.state.emit(call.account, "payment_method.attached", found)
    return found
