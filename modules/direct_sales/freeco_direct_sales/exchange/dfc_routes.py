"""The documents of the Data Food Consortium, for those who may read the same on a page."""

import json
from collections.abc import Iterable, Sequence
from typing import TypeVar

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from freeco.cells import plain
from freeco.db import db
from freeco.doors import held_here, requires
from freeco.errors import Absent, Invalid, NotAllowed
from freeco.kernel import kernel
from freeco.web.lists import Page, page_of, page_of_query
from freeco_direct_sales import catalogue
from freeco_direct_sales.exchange import dfc_export as dfc
from freeco_direct_sales.exchange import dfc_orders
from freeco_direct_sales.exchange.api_answers import visible_session
from freeco_direct_sales.exchange.dfc_export import Addresses, Thing
from freeco_direct_sales.exchange.dfc_import import read_dfc
from freeco_direct_sales.exchange.taking import take_list
from freeco_direct_sales.models import Producer, Product
from freeco_direct_sales.orders.models import Offer, Order, OrderLine, OrderSession
from freeco_direct_sales.permissions import COORDINATE

api = Blueprint("direct_sales_dfc", __name__)
CONTENT_TYPE = "application/ld+json"
ORDERS = 20
"""In a document, with the offers they are of."""
Row = TypeVar("Row")


def _addresses(producer: Producer | None = None) -> Addresses:
    """Return where our things stand; streets and notes are for the coordination and the farm."""
    whole = COORDINATE.name in held_here() or (
        producer is not None and catalogue.acts_for(producer, g.member)
    )
    base = f"{kernel().settings.base_url}/api/{g.community.slug}/direct-sales/dfc"
    return Addresses(base, whole)


def _answer(things: Iterable[Thing], page: Page[Row] | None = None, name: str = "") -> Response:
    """Answer with a document; the next page is in it and in the ``Link`` header."""
    base = kernel().settings.base_url
    following = f"{base}{page.next_url}" if page is not None and page.next_url else ""
    here = base + request.full_path.rstrip("?")
    text = json.dumps(dfc.document(things, here, following), ensure_ascii=False, indent=1)
    answer = Response(text, content_type=CONTENT_TYPE)
    if following:
        answer.headers["Link"] = f'<{following}>; rel="next"'
    if name and request.args.get("fichier"):
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.jsonld"'
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@api.get("/dfc/enterprises")
def enterprises() -> ResponseReturnValue:
    """Give the producers and their addresses."""
    at, page = _addresses(), page_of(catalogue.producers_of(g.community), dfc.MOST)
    return _answer((thing for each in page.rows for thing in dfc.enterprise(each, at)), page)


@api.get("/dfc/enterprises/<int:producer_id>")
def enterprise(producer_id: int) -> ResponseReturnValue:
    """Give a producer and its address."""
    producer = catalogue.find_producer(g.community, producer_id)
    return _answer(dfc.enterprise(producer, _addresses(producer)))


@api.get("/dfc/enterprises/<int:producer_id>/catalog_items")
def catalog_items(producer_id: int) -> ResponseReturnValue:
    """Give a producer and its products with their prices, fifty a page."""
    producer = catalogue.find_producer(g.community, producer_id)
    at = _addresses(producer)
    page = page_of(catalogue.products_of(producer), dfc.MOST)
    things = dfc.enterprise(producer, at, page.rows)
    things += [thing for each in page.rows for thing in dfc.product(each, at)]
    name = plain(producer.name).replace(" ", "-") or f"producteur-{producer.id}"
    suffix = f"-{page.number}" if page.pages > 1 else ""
    return _answer(things, page, f"dfc-{name}{suffix}")


@api.post("/dfc/enterprises/<int:producer_id>/supplied_products")
@requires(COORDINATE.name)
def take_products(producer_id: int) -> ResponseReturnValue:
    """Take the products of a document, all of them or none; a problem names its line."""
    producer = catalogue.find_producer(g.community, producer_id)
    reading = read_dfc(request.get_data())
    if reading.problems:
        wrong: dict[str, list[str]] = {}
        for each in reading.problems:
            wrong.setdefault(f"{each.line}.{each.column}", []).append(each.reason)
        raise Invalid(wrong)
    done = take_list(producer, reading)
    db.session.commit()
    told = [each.text for each in reading.notices]
    return jsonify(added=done.added, changed=done.changed, same=done.same, notices=told)


@api.get("/dfc/<any(supplied_products,catalog_items,offers):kind>/<int:product_id>")
def product(kind: str, product_id: int) -> ResponseReturnValue:
    """Give a product, its catalogue line and its price: each names the others."""
    found = db.session.get(Product, product_id)
    if found is None or found.producer.community_id != g.community.id:
        raise Absent
    return _answer(dfc.product(found, _addresses(found.producer)))


@api.get("/dfc/sale_sessions/<int:session_id>")
def sale_session(session_id: int) -> ResponseReturnValue:
    """Give an order session, what it offers and who sells it, fifty offers a page."""
    session, at = visible_session(session_id), _addresses()
    page = page_of_query(
        select(Offer)
        .where(Offer.session_id == session.id)
        .options(joinedload(Offer.product).joinedload(Product.producer), joinedload(Offer.stock))
        .order_by(Offer.id),
        dfc.MOST,
    )
    producers = {each.product.producer_id: each.product.producer for each in page.rows}
    things = [thing for each in producers.values() for thing in dfc.enterprise(each, at)]
    return _answer([*things, *dfc_orders.sale_session(session, page.rows, at)], page)


@api.get("/dfc/enterprises/<int:producer_id>/orders")
def orders(producer_id: int) -> ResponseReturnValue:
    """Give what households order from a producer; names are for those who coordinate."""
    producer = catalogue.find_producer(g.community, producer_id)
    at = _addresses(producer)
    coordinates = COORDINATE.name in held_here()
    if not coordinates and not catalogue.acts_for(producer, g.member):
        raise NotAllowed
    theirs = (
        select(OrderLine.order_id)
        .join(Offer, Offer.id == OrderLine.offer_id)
        .join(Product, Product.id == Offer.product_id)
        .where(Product.producer_id == producer.id, OrderLine.ordered > 0)
    )
    page = page_of_query(
        select(Order)
        .where(Order.id.in_(theirs), Order.cancelled_at.is_(None))
        .options(
            joinedload(Order.session),
            joinedload(Order.household),
            selectinload(Order.lines).joinedload(OrderLine.offer).joinedload(Offer.product),
            selectinload(Order.lines).joinedload(OrderLine.offer).joinedload(Offer.stock),
        )
        .order_by(Order.id.desc()),
        ORDERS,
    )
    things: list[Thing] = []
    offered: dict[OrderSession, dict[int, Offer]] = {}
    for each in page.rows:
        lines = _lines(each, producer.id)
        things += dfc_orders.order(each, producer, lines, at, named=coordinates)
        offered.setdefault(each.session, {}).update({line.offer_id: line.offer for line in lines})
    for session, offers in offered.items():
        things += dfc_orders.sale_session(session, list(offers.values()), at)
    return _answer([*dfc.enterprise(producer, at), *_once(things)], page)


def _lines(order: Order, producer_id: int) -> Sequence[OrderLine]:
    return [
        line
        for line in order.lines
        if line.ordered and line.offer.product.producer_id == producer_id
    ]


def _once(things: Iterable[Thing]) -> list[Thing]:
    """Leave out what was said before: a household that ordered twice is one person."""
    return list({each["@id"]: each for each in things}.values())
