"""Connected accounts: made by the platform, completed by those whose money it will be."""

from typing import Any

from stripe.params import (
    AccountCreateParams,
    AccountDeleteParams,
    AccountLinkCreateParams,
    AccountListParams,
    AccountLoginLinkCreateParams,
    AccountRetrieveParams,
    AccountUpdateParams,
)

from .errors import Refused
from .listing import listed
from .payment_intents import merged
from .routing import Call, route
from .state import PLATFORM, Object, State

DUE = ["business_profile.url", "external_account", "tos_acceptance.date", "tos_acceptance.ip"]
CONTROLLERS: dict[str, dict[str, Any]] = {
    "standard": {"dashboard": "full", "fees": "account", "losses": "stripe",
                 "requirement_collection": "stripe"},
    "express": {"dashboard": "express", "fees": "application_express", "losses": "application",
                "requirement_collection": "stripe"},
    "custom": {"dashboard": "none", "fees": "application_custom", "losses": "application",
               "requirement_collection": "application"},
}  # fmt: skip


def _controller(params: dict[str, Any]) -> tuple[str, Object]:
    """Return an account's type and who is responsible for what, as Stripe derives them."""
    if "type" in params and "controller" in params:
        raise Refused(
            "You may not provide the `type` parameter and `controller` parameters simultaneously. "
            "They are mutually exclusive."
        )
    kind = params.get("type", "standard")
    shape = dict(CONTROLLERS[kind])
    given = params.get("controller", {})
    shape["dashboard"] = given.get("stripe_dashboard", {}).get("type", shape["dashboard"])
    shape["fees"] = given.get("fees", {}).get("payer", shape["fees"])
    shape["losses"] = given.get("losses", {}).get("payments", shape["losses"])
    shape["requirement_collection"] = given.get(
        "requirement_collection", shape["requirement_collection"]
    )
    if given and shape["dashboard"] == "none" and shape["requirement_collection"] == "stripe":
        raise Refused("When stripe_dashboard[type]=none, requirement_collection is application.")
    if given:
        kind = next((name for name, each in CONTROLLERS.items() if each == shape), "none")
    return kind, {
        "type": "application",
        "is_controller": True,
        "fees": {"payer": shape["fees"]},
        "losses": {"payments": shape["losses"]},
        "requirement_collection": shape["requirement_collection"],
        "stripe_dashboard": {"type": shape["dashboard"]},
    }


def _requirements(due: list[str], reason: str | None) -> Object:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": reason,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    }


@route("POST", "/v1/accounts", AccountCreateParams)
def create(call: Call) -> Object:
    params = call.params
    kind, controller = _controller(params)
    asked = [name for name, each in params.get("capabilities", {}).items() if each.get("requested")]
    account = call.state.add(
        PLATFORM,
        "acct",
        "account",
        business_profile=params.get("business_profile", {}),
        business_type=params.get("business_type"),
        capabilities=dict.fromkeys(asked or ["card_payments", "transfers"], "inactive"),
        charges_enabled=False,
        controller=controller,
        country=params.get("country", "FR"),
        default_currency="eur",
        details_submitted=False,
        email=params.get("email"),
        metadata=merged({}, params.get("metadata")),
        payouts_enabled=False,
        requirements=_requirements(DUE, "requirements.past_due"),
        settings={},
        type=kind,
    )
    call.state.accounts.add(account["id"])
    return account


def complete_onboarding(state: State, account: Object) -> None:
    """Have somebody give all that Stripe asks of an account."""
    account |= {
        "charges_enabled": True,
        "payouts_enabled": True,
        "details_submitted": True,
        "requirements": _requirements([], None),
        "capabilities": dict.fromkeys(account["capabilities"], "active"),
    }
    state.emit(account["id"], "account.updated", account)


def restrict(state: State, account: Object, due: str) -> None:
    """Have Stripe ask for something more: nothing can be charged meanwhile."""
    account |= {
        "charges_enabled": False,
        "payouts_enabled": False,
        "requirements": _requirements([due], "requirements.past_due"),
        "capabilities": dict.fromkeys(account["capabilities"], "inactive"),
    }
    state.emit(account["id"], "account.updated", account)


@route("GET", "/v1/accounts", AccountListParams)
def list_all(call: Call) -> Object:
    return listed(call, call.state.of_kind(PLATFORM, "account"), "/v1/accounts")


@route("GET", "/v1/accounts/{id}", AccountRetrieveParams)
def retrieve(call: Call) -> Object:
    return call.state.find(PLATFORM, "account", call.ids["id"])


@route("POST", "/v1/accounts/{id}", AccountUpdateParams)
def update(call: Call) -> Object:
    account = call.state.find(PLATFORM, "account", call.ids["id"])
    simple = {"business_profile", "business_type", "email", "settings"}
    account |= {key: call.params[key] for key in simple & set(call.params)}
    account["metadata"] = merged(account["metadata"], call.params.get("metadata"))
    call.state.emit(account["id"], "account.updated", account)
    return account


@route("DELETE", "/v1/accounts/{id}", AccountDeleteParams)
def delete(call: Call) -> Object:
    account = call.state.find(PLATFORM, "account", call.ids["id"])
    call.state.forget(PLATFORM, account["id"])
    call.state.accounts.discard(account["id"])
    return {"id": account["id"], "object": "account", "deleted": True}


@route("POST", "/v1/account_links", AccountLinkCreateParams)
def create_link(call: Call) -> Object:
    params = call.params
    account = call.state.find(PLATFORM, "account", params["account"])
    if params["type"] == "account_onboarding" and not {"refresh_url", "return_url"} <= set(params):
        raise Refused("Missing required param: return_url.", code="parameter_missing")
    name = call.state.new_id("link")
    call.state.hidden[name] = {"account": account["id"], "return_url": params["return_url"]}
    return {
        "object": "account_link",
        "created": call.state.now(),
        "expires_at": call.state.now() + 300,
        "url": f"{call.state.address}/_pages/onboarding/{name}",
    }


@route("POST", "/v1/accounts/{id}/login_links", AccountLoginLinkCreateParams)
def create_login_link(call: Call) -> Object:
    account = call.state.find(PLATFORM, "account", call.ids["id"])
    if account["controller"]["stripe_dashboard"]["type"] != "express":
        raise Refused("Cannot create a login link for an account without the Express Dashboard.")
    return {
        "object": "login_link",
        "created": call.state.now(),
        "url": f"{call.state.address}/_pages/dashboard/{account['id']}",
    }
