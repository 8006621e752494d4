"""How the JSON interface answers: one page of a list, one thing, and what has not changed."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Response, g, request
from marshmallow import Schema, ValidationError

from freeco.doors import held_here
from freeco.errors import Absent, Invalid, Refusal
from freeco.i18n import _
from freeco.web.lists import Page
from freeco_direct_sales.orders import sessions
from freeco_direct_sales.orders.models import OrderSession, SessionState
from freeco_direct_sales.permissions import COORDINATE

Row = TypeVar("Row")
LONGEST_KEY = 60


class ChangedMeanwhile(Refusal):
    """Somebody of the household changed it since it was read."""

    reason = _("Cette commande a changé entre-temps : relisez-la avant de l’écrire.")
    status = 412


class KeyMissing(Refusal):
    """A second sending could not be told from a second wish."""

    reason = _("L’en-tête Idempotency-Key manque : 1 à 60 caractères, neufs à chaque commande.")
    status = 400


def key_of_request() -> str:
    """Return the key that a change carries. Raises KeyMissing."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise KeyMissing
    return key


def visible_session(session_id: int) -> OrderSession:
    """Return a session the reader may see: a draft is for those who prepare it."""
    found = sessions.find_session(g.community, session_id)
    if found.state == SessionState.DRAFT and COORDINATE.name not in held_here():
        raise Absent
    return found


def answer(schema: Schema, values: Any) -> Response:
    """Answer with a thing and its ETag; what the reader already has is not sent again."""
    sent = json_answer(written(schema, values))
    if request.method == "GET":
        sent.make_conditional(request)
    return sent


def answer_page(
    schema: Schema, page: Page[Row], told: Callable[[Row], Mapping[str, Any]]
) -> Response:
    """Answer with a page of a list; the next one's address is in it and in ``Link``."""
    found = {
        "items": [told(each) for each in page.rows],
        "page": page.number,
        "pages": page.pages,
        "total": page.total,
        "next": page.next_url or None,
    }
    sent = answer(schema, found)
    if page.next_url:
        sent.headers["Link"] = f'<{page.next_url}>; rel="next"'
    return sent


def written(schema: Schema, values: Any) -> str:
    """Return a thing as it is sent: the same thing gives the same bytes."""
    told = schema.dump(values)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def json_answer(text: str, status: int = 200) -> Response:
    """Return an answer with its ETag."""
    sent = Response(text, status, content_type="application/json")
    sent.add_etag()
    return sent


def tag_of(schema: Schema, values: Any) -> str:
    """Return the ETag that an answer would carry."""
    return json_answer(written(schema, values)).get_etag()[0] or ""


def taken(schema: Schema) -> dict[str, Any]:
    """Return the body of the request. Raises Invalid, field by field."""
    try:
        loaded: dict[str, Any] = schema.load(request.get_json())
    except ValidationError as error:
        raise Invalid(_flat(error.messages)) from error
    return loaded


def _flat(messages: Any, path: str = "") -> dict[str, list[str]]:
    """Name each field by its way from the top: ``lines.0.quantity``."""
    if not isinstance(messages, Mapping):
        said = messages if isinstance(messages, list) else [messages]
        return {path.removeprefix("."): [str(each) for each in said]}
    found: dict[str, list[str]] = {}
    for name, inner in messages.items():
        found |= _flat(inner, f"{path}.{str(name)[:60]}")
    return found
