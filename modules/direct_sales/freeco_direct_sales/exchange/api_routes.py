"""The JSON interface of direct sales: what a member reads on the pages, and their order.

It is opened by the session of the site; a change carries ``X-CSRFToken``, given by ``session``.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.errors import Absent, Invalid
from freeco.i18n import said
from freeco.members import households
from freeco.web.lists import page_of, page_of_query
from freeco_direct_sales import catalogue, contracts, distributions, subscriptions
from freeco_direct_sales.exchange import api_schemas as schemas
from freeco_direct_sales.exchange import api_values as values
from freeco_direct_sales.exchange.api_answers import (
    ChangedMeanwhile,
    KeyMissing,
    KeyReused,
    answer,
    answer_page,
    tag_of,
    taken,
    visible_session,
)
from freeco_direct_sales.exchange.openapi import description
from freeco_direct_sales.models import ContractState, Producer, Product
from freeco_direct_sales.orders import placing, sessions
from freeco_direct_sales.orders.errors import WrongQuantities
from freeco_direct_sales.orders.models import Order, OrderSession, SessionState, Wish
from freeco_direct_sales.orders.placing import Want

api = Blueprint("direct_sales_api", __name__)
LONGEST_KEY = 60


@api.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """Describe this interface (OpenAPI 3.1)."""
    return jsonify(description(request.path.removesuffix("/openapi.json")))


@api.get("/session")
def session() -> ResponseReturnValue:
    """Say who reads, and give the token of changes."""
    told = {"member": g.member.id, "name": g.member.name, "csrf_token": generate_csrf()}
    sent = answer(schemas.Session(), told)
    sent.headers["Cache-Control"] = "no-store"
    return sent


@api.get("/producers")
def producers() -> ResponseReturnValue:
    """List the producers."""
    page = page_of(catalogue.producers_of(g.community))
    return answer_page(schemas.page_of(schemas.Producer)(), page, values.producer)


@api.get("/products")
def products() -> ResponseReturnValue:
    """List the products, of one producer with ``?producer=``."""
    query = select(Product).join(Producer).where(Producer.community_id == g.community.id)
    wanted = request.args.get("producer", "")
    if wanted:
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
            raise Invalid({"producer": [said("Un nombre entier est attendu.")]})
        query = query.where(Product.producer_id == int(wanted))
    page = page_of_query(query.order_by(Product.id))
    return answer_page(schemas.page_of(schemas.Product)(), page, values.product)


@api.get("/distributions")
def coming() -> ResponseReturnValue:
    """List the distributions to come, or under way."""
    page = page_of(distributions.distributions_of(g.community, since=now()))
    return answer_page(schemas.page_of(schemas.Distribution)(), page, values.distribution)


@api.get("/contracts")
def open_contracts() -> ResponseReturnValue:
    """List the contracts one may subscribe to."""
    found = contracts.contracts_of(g.community)
    page = page_of([each for each in found if each.state == ContractState.OPEN])
    return answer_page(schemas.page_of(schemas.Contract)(), page, values.contract)


@api.get("/subscriptions")
def mine() -> ResponseReturnValue:
    """List my household's contracts."""
    household = households.find_household(g.member)
    page = page_of(list(subscriptions.subscriptions_of(household)) if household else [])
    return answer_page(schemas.page_of(schemas.Subscription)(), page, values.subscription)


@api.get("/order-sessions")
def order_sessions() -> ResponseReturnValue:
    """List the order sessions that were announced, the last to close first."""
    query = sessions.sessions_query(g.community).where(OrderSession.state != SessionState.DRAFT)
    page = page_of_query(query)
    return answer_page(schemas.page_of(schemas.OrderSession)(), page, values.order_session)


@api.get("/order-sessions/<int:session_id>")
def order_session(session_id: int) -> ResponseReturnValue:
    """Give a session, what it offers and what remains for my household."""
    found = visible_session(session_id)
    return answer(schemas.OrderSessionWhole(), values.whole_session(found, _standing(found)))


def _standing(found: OrderSession) -> Order | None:
    household = households.find_household(g.member)
    return placing.standing_order(found, household) if household else None


@api.get("/order-sessions/<int:session_id>/order")
def order(session_id: int) -> ResponseReturnValue:
    """Give my household's order."""
    found = _standing(visible_session(session_id))
    if found is None:
        raise Absent
    return answer(schemas.Order(), values.order(found))


@api.put("/order-sessions/<int:session_id>/order")
def put_order(session_id: int) -> ResponseReturnValue:
    """Order, or change the order: the same key twice is one order."""
    found = visible_session(session_id)
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise KeyMissing
    wanted = taken(schemas.WantedOrder())
    wants = _wants(wanted["lines"])
    before = _standing(found)
    if before is None or before.last_key != key:
        _refuse_changed(before)
    try:
        placed = placing.place(
            found,
            households.household_of(g.member),
            g.member,
            {each: want for each, want in wants.items() if want.quantity},
            wanted["pickup"],
            key=key,
            method=wanted["method"],
            note=wanted["note"],
        )
    except WrongQuantities as refused:
        db.session.rollback()
        raise Invalid({f"offers.{each}": why for each, why in refused.fields.items()}) from refused
    if placed.again and not _same(placed.order, wants, wanted):
        raise KeyReused
    db.session.commit()
    sent = answer(schemas.Order(), values.order(placed.order))
    sent.status_code = 200 if before is not None else 201
    return sent


def _wants(lines: list[Mapping[str, Any]]) -> dict[int, Want]:
    found: dict[int, Want] = {}
    for place, line in enumerate(lines):
        if line["offer"] in found:
            raise Invalid({f"lines.{place}.offer": [said("Ce produit est déjà dans la liste.")]})
        found[line["offer"]] = Want(line["quantity"], Wish(line["wish"]), line["substitute"])
    return found


def _same(found: Order, wants: Mapping[int, Want], wanted: Mapping[str, Any]) -> bool:
    """Whether a key comes back with the order it came with first."""
    held = {line.offer_id: line.asked or line.ordered for line in found.lines}
    asked = {each: want.quantity for each, want in wants.items()}
    return (found.pickup_id, found.method, found.note) == (
        wanted["pickup"],
        wanted["method"],
        wanted["note"],
    ) and {k: v for k, v in held.items() if v} == {k: v for k, v in asked.items() if v}


def _refuse_changed(before: Order | None) -> None:
    """Refuse to write over what the reader has not read, when they said what they had."""
    if not request.if_match:
        return
    tag = tag_of(schemas.Order(), values.order(before)) if before is not None else ""
    if not tag or not request.if_match.contains_weak(tag):  # weak when it came compressed
        raise ChangedMeanwhile


@api.delete("/order-sessions/<int:session_id>/order")
def delete_order(session_id: int) -> ResponseReturnValue:
    """Give my household's order back; twice is once."""
    found = _standing(visible_session(session_id))
    if found is not None:
        _refuse_changed(found)
        placing.cancel(found)
        db.session.commit()
    return Response(status=204)
