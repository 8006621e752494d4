"""Order sessions and what is ordered in them, as the Data Food Consortium writes them."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from freeco_direct_sales.exchange import dfc_terms as terms
from freeco_direct_sales.exchange.dfc_export import Addresses, Thing, measure, price, product
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders.amounts import amount, quantity
from freeco_direct_sales.orders.models import (
    Offer,
    Order,
    OrderLine,
    OrderSession,
    Pricing,
    SessionState,
)


def sale_session(session: OrderSession, offers: Sequence[Offer], at: Addresses) -> list[Thing]:
    """Return a session with the offers named, and the products they are of."""
    found: Thing = {
        "@id": at.of("sale_sessions", session.id),
        "@type": "dfc-b:SaleSession",
        "dfc-b:beginDate": _instant(session.opens_at),
        "dfc-b:endDate": _instant(session.closes_at),
        "dfc-b:lists": [at.session_offer(each) for each in offers],
    }
    return [found, *(thing for each in offers for thing in _session_offer(each, at))]


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _session_offer(offer: Offer, at: Addresses) -> list[Thing]:
    left = offer.stock
    limit = terms.UNLIMITED if left is None else str(left.on_hand - left.reserved)
    supplied, item, *_others = product(offer.product, at)
    item["dfc-b:offeredThrough"] = [at.session_offer(offer)]
    return [
        supplied,
        item,
        {
            "@id": at.session_offer(offer),
            "@type": terms.OFFER,
            "dfc-b:offeredItem": {"@id": at.of("catalog_items", offer.product_id)},
            "dfc-b:stockLimitation": "0" if offer.withdrawn_at else limit,
            "dfc-b:hasPrice": price(offer.price, offer.vat_basis_points),
            **({f"{terms.OURS}pricing": "weight"} if offer.pricing == Pricing.WEIGHT else {}),
        },
    ]


def order(
    each: Order, producer: Producer, lines: Sequence[OrderLine], at: Addresses, *, named: bool
) -> list[Thing]:
    """Return what a household orders from one producer, without a way to reach anybody.

    ``named`` says who it is: only those who prepare the session read that.
    """
    me = at.order(each, producer)
    client = at.of("households", each.household_id)
    settled = each.session.state == SessionState.SETTLED
    found: Thing = {
        "@id": me,
        "@type": "dfc-b:Order",
        "dfc-b:orderNumber": f"{each.id}-{producer.id}",
        "dfc-b:date": f"{_day(each):%Y-%m-%d}",
        "dfc-b:orderedBy": client,
        "dfc-b:soldBy": at.of("enterprises", producer.id),
        "dfc-b:belongsTo": at.of("sale_sessions", each.session_id),
        "dfc-b:hasOrderStatus": terms.COMPLETE if settled else terms.HELD,
        "dfc-b:hasFulfilmentStatus": terms.FULFILLED if settled else terms.UNFULFILLED,
        "dfc-b:hasPart": [f"{me}/lines/{line.id}" for line in lines],
    }
    person = {"@id": client, "@type": "dfc-b:Person"}
    if named:
        person["dfc-b:familyName"] = each.household.name
    return [found, person, *(_line(line, me, at) for line in lines)]


def _day(order: Order) -> date:
    """Return the day of an order where it was placed: late in the evening UTC is a day behind."""
    return order.placed_at.astimezone(ZoneInfo(order.session.community.timezone)).date()


def _line(line: OrderLine, order_address: str, at: Addresses) -> Thing:
    many = quantity(line)
    return {
        "@id": f"{order_address}/lines/{line.id}",
        "@type": "dfc-b:OrderLine",
        "dfc-b:partOf": order_address,
        "dfc-b:concerns": at.session_offer(line.offer),
        "dfc-b:quantity": str(many),
        "dfc-b:hasQuantity": measure("piece", many),
        "dfc-b:hasPrice": price(amount(line), line.offer.vat_basis_points),
    }
