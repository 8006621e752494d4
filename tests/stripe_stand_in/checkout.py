"""Checkout: a page of Stripe's own where a buyer pays."""

from typing import Any

from stripe.params.checkout import (
    SessionCreateParams,
    SessionExpireParams,
    SessionListParams,
    SessionRetrieveParams,
)

from . import paying
from .errors import Refused
from .listing import listed
from .payment_intents import check_amount, make_intent, may_charge, merged
from .routing import Call, route
from .state import DAY, Object, State

OPEN_FOR = DAY
MANDATE = {"customer_acceptance": {"type": "online"}}


@route("POST", "/v1/checkout/sessions", SessionCreateParams)
def create(call: Call) -> Object:
    state, account, params = call.state, call.account, call.params
    may_charge(state, account)
    if params.get("mode") != "payment":
        raise Refused("The stand-in has mode=payment only.", param="mode")
    if "success_url" not in params:
        raise Refused("Missing required param: success_url.", code="parameter_missing")
    total, currency = _total(params.get("line_items", []))
    check_amount(total, currency)
    ends = params.get("expires_at", state.now() + OPEN_FOR)
    if not state.now() + 30 * 60 <= ends <= state.now() + OPEN_FOR:
        raise Refused("expires_at: between 30 minutes and 24 hours from now.", param="expires_at")
    session = state.add(
        account,
        "cs_test",
        "checkout.session",
        amount_subtotal=total,
        amount_total=total,
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"),
        currency=currency,
        customer=params.get("customer"),
        customer_details=None,
        customer_email=params.get("customer_email"),
        expires_at=ends,
        metadata=merged({}, params.get("metadata")),
        mode="payment",
        payment_intent=None,
        payment_method_types=params.get("allowed_payment_method_types", ["card"]),
        payment_status="unpaid",
        status="open",
        success_url=params["success_url"],
        url=None,
    )
    session["url"] = f"{state.address}/_pages/checkout/{session['id']}"
    state.hidden[session["id"]] = params.get("payment_intent_data", {})
    state.later(ends - state.now(), lambda: _expire(state, account, session))
    return session


def _total(items: list[dict[str, Any]]) -> tuple[int, str]:
    if not items or any("price_data" not in each for each in items):
        raise Refused("line_items with price_data are needed.", param="line_items")
    prices = [each["price_data"] for each in items]
    currencies = {each["currency"] for each in prices}
    if len(currencies) > 1:
        raise Refused("All line items must have the same currency.", param="line_items")
    if any("unit_amount" not in each or "product_data" not in each for each in prices):
        raise Refused("price_data needs unit_amount and product_data.", param="line_items")
    total = sum(each["price_data"]["unit_amount"] * each.get("quantity", 1) for each in items)
    return total, currencies.pop()


def pay(state: State, account: str, session: Object, method: str) -> None:
    """Have the buyer pay on Stripe's page; a declined card leaves the page open."""
    if session["status"] != "open":
        raise Refused("This Checkout Session is no longer open.")
    if session["payment_intent"] is None:
        given = {
            **state.hidden[session["id"]],
            "amount": session["amount_total"],
            "currency": session["currency"],
            "allowed_payment_method_types": session["payment_method_types"],
        }
        made = make_intent(state, account, given)["id"]
        state.hidden[made] = {"session": session["id"]}
        session["payment_intent"] = made
    intent = state.find(account, "payment_intent", session["payment_intent"])
    paying.confirm(state, account, intent, {"payment_method": method, "mandate_data": MANDATE})
    if intent["status"] == "requires_action":
        paying.attempt(state, account, intent)
    session["status"] = "complete"
    session["url"] = None
    state.emit(account, "checkout.session.completed", session)


def _expire(state: State, account: str, session: Object) -> None:
    if session["status"] == "open":
        session |= {"status": "expired", "url": None}
        state.emit(account, "checkout.session.expired", session)


@route("GET", "/v1/checkout/sessions", SessionListParams)
def list_all(call: Call) -> Object:
    found = call.state.of_kind(call.account, "checkout.session")
    return listed(call, found, "/v1/checkout/sessions")


@route("GET", "/v1/checkout/sessions/{id}", SessionRetrieveParams)
def retrieve(call: Call) -> Object:
    return call.state.find(call.account, "checkout.session", call.ids["id"])


@route("POST", "/v1/checkout/sessions/{id}/expire", SessionExpireParams)
def expire(call: Call) -> Object:
    found = call.state.find(call.account, "checkout.session", call.ids["id"])
    if found["status"] != "open":
        raise Refused("Only Checkout Sessions with a status in [open] can be expired.")
    _expire(call.state, call.account, found)
    return found
