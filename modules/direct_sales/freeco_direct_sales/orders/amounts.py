"""What an order costs: whole cents, from what was ordered, allotted or weighed."""

from collections.abc import Iterable

from freeco.money import Money, total
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders.models import Offer, Order, OrderLine, Pricing

GRAMS = 1000
"""In the kilogram that a price by weight is for."""


def quantity(line: OrderLine) -> int:
    """Return how many the household gets: what was allotted, else what it ordered."""
    return line.ordered if line.allotted is None else line.allotted


def wanted(line: OrderLine) -> int:
    """Return how many the household is to get when all of it comes: its part of filled cases."""
    return line.ordered if line.packed is None else line.packed


def price_of(offer: Offer, price: Money, many: int, weighed_grams: int | None = None) -> Money:
    """Return what so many pieces cost; by weight, half a cent counts as one.

    Before the scales have spoken, pieces are taken at the weight the offer gives.
    """
    if offer.pricing != Pricing.WEIGHT:
        return price * many
    grams = (offer.grams or 0) * many if weighed_grams is None else weighed_grams
    return Money((price.cents * grams * 2 + GRAMS) // (2 * GRAMS), price.currency)


def amount(line: OrderLine) -> Money:
    """Return what a line costs as things stand, VAT included."""
    many = quantity(line)
    weighed = line.weighed_grams if many else None
    return price_of(line.offer, line.unit_price, many, weighed)


def tolerated(line: OrderLine) -> Money:
    """Return what a line costs more, at most, when it helps to fill a case."""
    return price_of(line.offer, line.unit_price, line.tolerance if line.ordered else 0)


def is_estimated(line: OrderLine) -> bool:
    """Whether the scales may still change what a line costs."""
    return bool(
        line.offer.pricing == Pricing.WEIGHT and line.weighed_grams is None and quantity(line)
    )


def order_total(order: Order) -> Money:
    """Return what an order costs as things stand, VAT included."""
    return total([amount(line) for line in order.lines])


def by_producer(lines: Iterable[OrderLine]) -> dict[Producer, Money]:
    """Return what is owed to each producer: their sum is the order's."""
    owed: dict[Producer, Money] = {}
    for line in lines:
        producer = line.offer.product.producer
        owed[producer] = owed.get(producer, Money(0)) + amount(line)
    return owed
