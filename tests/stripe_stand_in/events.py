"""Events, to catch up with, and the endpoints that hear of them."""

from typing import Any

from stripe.params import (
    EventListParams,
    EventRetrieveParams,
    WebhookEndpointCreateParams,
    WebhookEndpointDeleteParams,
    WebhookEndpointListParams,
    WebhookEndpointRetrieveParams,
)

from .errors import missing
from .listing import listed
from .routing import Call, route
from .state import EVENTS_ARE_KEPT, PLATFORM, Object


def _kept(call: Call) -> list[Object]:
    since = call.state.now() - EVENTS_ARE_KEPT
    found = call.state.of_kind(call.account, "event")
    return [each for each in found if each["created"] >= since]


@route("GET", "/v1/events", EventListParams)
def list_all(call: Call) -> Object:
    types: Any = call.params.get("types")
    found = [each for each in _kept(call) if types is None or each["type"] in types]
    return listed(call, found, "/v1/events", types=lambda each: types, delivery_success=_delivered)


def _delivered(event: Object) -> bool:
    return bool(event["pending_webhooks"] == 0)


@route("GET", "/v1/events/{id}", EventRetrieveParams)
def retrieve(call: Call) -> Object:
    for each in _kept(call):
        if each["id"] == call.ids["id"]:
            return each
    raise missing("event", call.ids["id"])


@route("POST", "/v1/webhook_endpoints", WebhookEndpointCreateParams)
def create_endpoint(call: Call) -> Object:
    params = call.params
    made = call.state.add(
        PLATFORM,
        "we",
        "webhook_endpoint",
        api_version=params.get("api_version"),
        application=None,
        description=params.get("description"),
        enabled_events=params["enabled_events"],
        metadata={},
        status="enabled",
        url=params["url"],
    )
    secret = call.state.new_id("whsec")
    call.state.hidden[made["id"]] = {"secret": secret, "connect": params.get("connect", False)}
    return {**made, "secret": secret}


@route("GET", "/v1/webhook_endpoints", WebhookEndpointListParams)
def list_endpoints(call: Call) -> Object:
    return listed(call, call.state.of_kind(PLATFORM, "webhook_endpoint"), "/v1/webhook_endpoints")


@route("GET", "/v1/webhook_endpoints/{id}", WebhookEndpointRetrieveParams)
def retrieve_endpoint(call: Call) -> Object:
    return call.state.find(PLATFORM, "webhook_endpoint", call.ids["id"])


@route("DELETE", "/v1/webhook_endpoints/{id}", WebhookEndpointDeleteParams)
def delete_endpoint(call: Call) -> Object:
    found = call.state.find(PLATFORM, "webhook_endpoint", call.ids["id"])
    call.state.forget(PLATFORM, found["id"])
    return {"id": found["id"], "object": "webhook_endpoint", "deleted": True}
