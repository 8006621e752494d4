"""The description of the JSON interface, generated from the schemas that it answers with."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from freeco_direct_sales.exchange import api_schemas as schemas

VERSION = "1.0.0"
_SESSION_ID = {
    "name": "session_id",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
    "description": "The order session's id",
}
_PAGE = {
    "name": "page",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1},
    "description": "Fifty lines a page; beyond the last, the last",
}
_PRODUCER = {
    "name": "producer",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1},
    "description": "Only this producer's",
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 60},
    "description": "New for each order. The same again within 24 hours changes nothing and gives "
    "the first answer; for another order it is refused (422)",
}
_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The ETag of the order as it was read: 412 when it has changed since",
}
_CHANGING: list[dict[str, list[str]]] = [{"session": [], "token": []}, {"key": []}]


def description(server: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the interface that stands at this address."""
    spec = APISpec(
        title="Freeco – direct sales",
        version=VERSION,
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
        info={
            "description": "What a member reads on the pages, and their household's order.",
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        servers=[{"url": server}],
        security=[{"session": []}, {"key": []}],
    )
    spec.components.security_scheme(
        "session",
        {"type": "apiKey", "in": "cookie", "name": "session", "description": "Sign in on the site"},
    )
    spec.components.security_scheme(
        "token",
        {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRFToken",
            "description": "Given by /session; every change made with the session carries it",
        },
    )
    spec.components.security_scheme(
        "key",
        {
            "type": "http",
            "scheme": "bearer",
            "description": "The key that a member gives to a program, for reading alone or for "
            "ordering too; no cookie and no X-CSRFToken go with it",
        },
    )
    for path, said, item, parameters in (
        ("/producers", "Producers", schemas.Producer, []),
        ("/products", "Products", schemas.Product, [_PRODUCER]),
        ("/distributions", "Distributions to come", schemas.Distribution, []),
        ("/contracts", "Contracts open to subscription", schemas.Contract, []),
        ("/subscriptions", "My household's contracts", schemas.Subscription, []),
        ("/order-sessions", "Order sessions", schemas.OrderSession, []),
    ):
        listed = _operation(said, schemas.page_of(item), [*parameters, _PAGE])
        spec.path(path, operations={"get": listed})
    whole = _operation("A session, its offers and what remains", schemas.OrderSessionWhole)
    spec.path("/session", operations={"get": _operation("Who reads", schemas.Session)})
    spec.path("/order-sessions/{session_id}", parameters=[_SESSION_ID], operations={"get": whole})
    spec.path("/order-sessions/{session_id}/order", parameters=[_SESSION_ID], operations=_order())
    return spec.to_dict()


def _name(schema: Any) -> str:
    return (schema if isinstance(schema, type) else type(schema)).__name__


def _operation(
    said: str, schema: type[Schema], parameters: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    return {
        "summary": said,
        "parameters": parameters or [],
        "responses": {
            "200": _json(said, schema),
            "304": {"description": "What you have is still so (If-None-Match)"},
            **_refusals(401, 403, 404, 422, 429),
        },
    }


def _json(said: str, schema: type[Schema]) -> dict[str, Any]:
    return {
        "description": said,
        "headers": {"ETag": {"schema": {"type": "string"}}},
        "content": {"application/json": {"schema": schema}},
    }


def _refusals(*statuses: int) -> dict[str, Any]:
    return {
        str(status): {
            "description": "Why not",
            "content": {"application/problem+json": {"schema": schemas.Problem}},
        }
        for status in statuses
    }


def _order() -> dict[str, Any]:
    refused = _refusals(400, 401, 403, 404, 409, 412, 415, 422, 429, 503)
    return {
        "get": _operation("My household's order", schemas.Order),
        "put": {
            "summary": "Order, or change the order",
            "description": "The whole of it: what is left out is given back. An article that "
            "ran short does not refuse the others: ``asked`` is then more than ``ordered``.",
            "security": _CHANGING,
            "parameters": [_KEY, _MATCH],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": schemas.WantedOrder}},
            },
            "responses": {
                "200": _json("Changed, or sent again", schemas.Order),
                "201": _json("Ordered", schemas.Order),
                **refused,
            },
        },
        "delete": {
            "summary": "Give the order back",
            "security": _CHANGING,
            "parameters": [_MATCH],
            "responses": {"204": {"description": "There is no order any more"}, **refused},
        },
    }
