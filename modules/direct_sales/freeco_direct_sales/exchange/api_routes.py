"""The JSON interface of direct sales: what a member reads on the pages, and their order.

It is opened by the session of the site, whose changes carry ``X-CSRFToken`` (given by
``session``), or by the key that the member gave to a program.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, only_read
from freeco.doors import ordering
from freeco.errors import Absent, Invalid
from freeco.i18n import said
from freeco.members import households
from freeco.web.lists import page_of, page_of_query
from freeco_direct_sales import catalogue, contracts, distributions, subscriptions
from freeco_direct_sales.exchange import api_schemas as schemas
from freeco_direct_sales.exchange import api_values as values
from freeco_direct_sales.exchange import remembered
from freeco_direct_sales.exchange.api_answers import (
    ChangedMeanwhile,
    answer,
    answer_page,
    json_answer,
    key_of_request,
    tag_of,
    taken,
    visible_session,
    written,
)
from freeco_direct_sales.exchange.openapi import description
from freeco_direct_sales.models import ContractState, Producer, Product
from freeco_direct_sales.orders import order_notices, placing, sessions
from freeco_direct_sales.orders.errors import WrongQuantities
from freeco_direct_sales.orders.models import Order, OrderSession, SessionState, Wish
from freeco_direct_sales.orders.placing import MOST, Want

api = Blueprint("direct_sales_api", __name__)


@api.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """Describe this interface (OpenAPI 3.1)."""
    return jsonify(description(request.path.removesuffix("/openapi.json")))


@api.get("/session")
def session() -> ResponseReturnValue:
    """Say who reads, and give the token of changes."""
    token = "" if g.get("program") is not None else generate_csrf()
    told = {"member": g.member.id, "name": g.member.name, "csrf_token": token}
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
@ordering
def put_order(session_id: int) -> ResponseReturnValue:
    """Order, or change the order: the same key twice is one order, and one answer."""
    found = visible_session(session_id)
    key = key_of_request()
    wanted = taken(schemas.WantedOrder())
    wants = _wants(found, wanted["lines"])
    kept = remembered.begin(g.member, key, [request.path, wanted])
    if kept.status:
        return json_answer(kept.body, kept.status)
    before = _standing(found)
    _refuse_changed(before)
    try:
        placed = placing.place(
            found,
            households.household_of(g.member),
            g.member,
            {each: want for each, want in wants.items() if want.quantity},
            wanted["pickup"],
            key=f"api-{g.member.id}-{key}",
            method=wanted["method"],
            note=wanted["note"],
        )
    except WrongQuantities as refused:
        db.session.rollback()
        raise Invalid({f"offers.{each}": why for each, why in refused.fields.items()}) from refused
    if not placed.again:
        order_notices.tell_ordered(placed.order)
    kept.status = 200 if before is not None else 201
    kept.body = written(schemas.Order(), values.order(placed.order))
    sent = json_answer(kept.body, kept.status)
    db.session.commit()
    only_read()
    return sent


def _wants(session: OrderSession, lines: list[Mapping[str, Any]]) -> dict[int, Want]:
    cases = {each.id: each.case_size or 1 for each in session.offers}
    found: dict[int, Want] = {}
    for place, line in enumerate(lines):
        if line["offer"] in found:
            raise Invalid({f"lines.{place}.offer": [said("Ce produit est déjà dans la liste.")]})
        if line["tolerance"] >= cases.get(line["offer"], MOST + 1):
            why = said("Moins que le contenu d’un carton ; rien pour ce qui vient à la pièce.")
            raise Invalid({f"lines.{place}.tolerance": [why]})
        found[line["offer"]] = Want(
            line["quantity"], Wish(line["wish"]), line["substitute"], line["tolerance"]
        )
    return found


def _refuse_changed(before: Order | None) -> None:
    """Refuse to write over what the reader has not read, when they said what they had."""
    if not request.if_match:
        return
    tag = tag_of(schemas.Order(), values.order(before)) if before is not None else ""
    if not tag or not request.if_match.contains_weak(tag):  # weak when it came compressed
        raise ChangedMeanwhile


@api.delete("/order-sessions/<int:session_id>/order")
@ordering
def delete_order(session_id: int) -> ResponseReturnValue:
    """Give my household's order back; twice is once."""
    found = _standing(visible_session(session_id))
    if found is not None:
        _refuse_changed(found)
        placing.cancel(found)
        db.session.commit()
    return Response(status=204)
