"""Producers, products, sessions and orders as the Data Food Consortium writes them.

One flat ``@graph``: every thing has an address and a class, links are addresses, only prices,
quantities and characteristics stand inside. Fifty products a document at most: the connector
reads a document in a time that grows with its square.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from freeco.money import Money
from freeco_direct_sales.exchange import dfc_terms as terms
from freeco_direct_sales.models import Producer, Product
from freeco_direct_sales.orders.models import Offer, Order
from freeco_direct_sales.product_units import read_unit

MOST = 50
"""Products, offers or orders in a document."""
CASE = re.compile(r"([0-9]{1,4})\s*[x×*]\s*(\S.*)")
POSTCODE = re.compile(r"([0-9]{5})\s+(\S.*)")
Thing = dict[str, Any]


@dataclass(frozen=True)
class Addresses:
    """Where the things of one community stand."""

    base: str
    whole: bool = False
    """Whether the reader may know where a farm stands, and read the notes on its products.

    Others read its commune, as on the map.
    """

    def of(self, kind: str, number: int) -> str:
        """Return the address of a thing: ``enterprises``, ``supplied_products``."""
        return f"{self.base}/{kind}/{number}"

    def session_offer(self, offer: Offer) -> str:
        """Return the address of an offer in its session."""
        return f"{self.base}/sale_sessions/{offer.session_id}/offers/{offer.id}"

    def order(self, order: Order, producer: Producer) -> str:
        """Return the address of what a household orders from one producer."""
        return f"{self.base}/enterprises/{producer.id}/orders/{order.id}"


def document(things: Iterable[Thing], here: str = "", following: str = "") -> Thing:
    """Return a whole document; ``following`` is the address of its next page."""
    graph = list(things)
    if following:
        view = {
            "@id": here,
            "@type": f"{terms.HYDRA}PartialCollectionView",
            f"{terms.HYDRA}next": {"@id": following},
        }
        graph.append(view)
    return {"@context": terms.CONTEXT, "@graph": graph}


def enterprise(producer: Producer, at: Addresses, products: Sequence[Product] = ()) -> list[Thing]:
    """Return a producer and its address, with the products named beside it."""
    found: Thing = {
        "@id": at.of("enterprises", producer.id),
        "@type": "dfc-b:Enterprise",
        "dfc-b:name": producer.name,
    }
    if producer.presentation:
        found["dfc-b:hasDescription"] = producer.presentation
    if products:
        found["dfc-b:supplies"] = [at.of("supplied_products", each.id) for each in products]
        found["dfc-b:manages"] = [at.of("catalog_items", each.id) for each in products]
    place = _place(producer, at)
    if place is None:
        return [found]
    found["dfc-b:hasAddress"] = place["@id"]
    return [found, place]


def _place(producer: Producer, at: Addresses) -> Thing | None:
    lines = [line.strip() for line in producer.address.splitlines() if line.strip()]
    if not lines and not producer.place:
        return None
    place: Thing = {"@id": at.of("addresses", producer.id), "@type": "dfc-b:Address"}
    city = POSTCODE.fullmatch(lines[-1]) if lines else None
    if city is not None:
        place["dfc-b:hasPostalCode"] = city[1]
        lines = lines[:-1]
    if lines and at.whole:
        place["dfc-b:hasStreet"] = ", ".join(lines)
    name = city[2] if city is not None else producer.place
    return place | ({"dfc-b:hasCity": name} if name else {})


def product(each: Product, at: Addresses) -> list[Thing]:
    """Return a product, its catalogue line, its everyday price, and its case if it is one."""
    me, item = at.of("supplied_products", each.id), at.of("catalog_items", each.id)
    maker = at.of("enterprises", each.producer_id)
    stock = terms.UNLIMITED if each.stock is None else str(each.stock)
    limit = stock if each.available else "0"
    supplied: Thing = {
        "@id": me,
        "@type": terms.PRODUCT,
        "dfc-b:name": each.name,
        "dfc-b:suppliedBy": maker,
        "dfc-b:hasQuantity": _quantity(each),
        "dfc-b:referencedBy": item,
        **_characteristics(each),
        **_own_words(each, at),
    }
    if each.description:
        supplied["dfc-b:description"] = each.description
    if each.stock is not None:
        supplied["dfc-b:totalTheoreticalStock"] = str(each.stock)
    line: Thing = {
        "@id": item,
        "@type": terms.ITEM,
        "dfc-b:stockLimitation": limit,
        "dfc-b:references": me,
        "dfc-b:managedBy": maker,
        "dfc-b:offeredThrough": at.of("offers", each.id),
    }
    if each.reference:
        line["dfc-b:sku"] = each.reference
    offer = {
        "@id": at.of("offers", each.id),
        "@type": terms.OFFER,
        "dfc-b:offeredItem": {"@id": item},
        "dfc-b:stockLimitation": limit,
        "dfc-b:hasPrice": price(each.price, each.vat_basis_points),
    }
    return [supplied, line, offer, *_case(each, me, maker)]


def _quantity(each: Product) -> Thing:
    """Say what one unit is; a piece of known weight or volume is so much of it."""
    if each.unit == "piece" and each.grams:
        return measure("g", each.grams)
    if each.unit == "piece" and each.millilitres:
        return measure("ml", each.millilitres)
    return measure(each.unit if each.unit in terms.UNITS else "piece", 1)


def measure(unit: str, many: Decimal | int) -> Thing:
    """Return so many of one of our units."""
    return {
        "@type": "dfc-b:QuantitativeValue",
        "dfc-b:hasUnit": terms.UNITS[unit],
        "dfc-b:value": str(many),
    }


def _characteristics(each: Product) -> Thing:
    known = [
        {
            "@type": "dfc-b:PhysicalCharacteristic",
            "dfc-b:hasPhysicalDimension": dimension,
            "dfc-b:hasUnit": unit,
            "dfc-b:value": str(many),
        }
        for dimension, unit, many in (
            (terms.WEIGHT, terms.UNITS["g"], each.grams),
            (terms.VOLUME, terms.UNITS["ml"], each.millilitres),
        )
        if many
    ]
    return {"dfc-b:hasPhysicalCharacteristic": known} if known else {}


def _own_words(each: Product, at: Addresses) -> Thing:
    """Say under names of ours what the ontology has no word for."""
    said = {
        "unit": each.unit,
        "packaging": each.packaging,
        "category": each.category,
        "origin": each.origin,
        "note": each.note if at.whole else "",
        "deposit": str(each.deposit.cents) if each.deposit.cents else "",
        "available": "" if each.available else "false",
        "service": "true" if each.is_service else "",
    }
    return {f"{terms.OURS}{name}": words for name, words in said.items() if words}


def price(amount: Money, vat_basis_points: int) -> Thing:
    """Return a price in euros, VAT included, with its rate."""
    return {
        "@type": "dfc-b:Price",
        "dfc-b:value": _decimal(amount.cents),
        "dfc-b:VATrate": _decimal(vat_basis_points),
        "dfc-b:hasUnit": terms.EURO,
    }


def _decimal(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _case(each: Product, me: str, maker: str) -> list[Thing]:
    """Say of a case (``6 x 75 cl``) how many of what go into it."""
    packed = CASE.fullmatch(each.packaging)
    if packed is None or int(packed[1]) < 2:
        return []
    one = read_unit(packed[2])
    unit: Thing = {
        "@id": f"{me}/unit",
        "@type": terms.PRODUCT,
        "dfc-b:name": f"{each.name} – {packed[2]}",
        "dfc-b:suppliedBy": maker,
        "dfc-b:hasQuantity": measure("g", one.grams)
        if one.grams
        else measure("ml", one.millilitres)
        if one.millilitres
        else measure("piece", 1),
    }
    return [
        unit,
        {
            "@id": f"{me}/AsPlannedTransformation",
            "@type": terms.PACKING,
            "dfc-b:hasInput": f"{me}/AsPlannedConsumptionFlow",
            "dfc-b:hasOutput": f"{me}/AsPlannedProductionFlow",
        },
        {
            "@id": f"{me}/AsPlannedConsumptionFlow",
            "@type": terms.FLOW_IN,
            "dfc-b:consumes": unit["@id"],
            "dfc-b:hasQuantity": measure("piece", int(packed[1])),
        },
        {
            "@id": f"{me}/AsPlannedProductionFlow",
            "@type": terms.FLOW_OUT,
            "dfc-b:produces": me,
            "dfc-b:hasQuantity": measure("piece", 1),
        },
    ]
