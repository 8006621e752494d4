"""Our objects as the JSON interface writes them, before its schemas."""

from typing import Any

from freeco_direct_sales import contracts
from freeco_direct_sales.models import (
    Distribution,
    Producer,
    Product,
    SeasonContract,
    Subscription,
)
from freeco_direct_sales.orders import sessions, shopping
from freeco_direct_sales.orders.amounts import amount, is_estimated, order_total
from freeco_direct_sales.orders.models import Order, OrderLine, OrderSession

Values = dict[str, Any]


def _of(found: object, *names: str) -> Values:
    return {name: getattr(found, name) for name in names}


def producer(each: Producer) -> Values:
    """Write a producer, without a way to reach them."""
    return _of(each, "id", "name", "place", "presentation")


def product(each: Product) -> Values:
    """Write a product."""
    names = ("id", "name", "reference", "description", "category", "origin", "unit", "packaging")
    more = ("grams", "millilitres", "vat_basis_points", "stock", "available", "is_service")
    return _of(each, *names, *more) | {
        "producer": each.producer_id,
        "price_cents": each.price.cents,
        "deposit_cents": each.deposit.cents,
    }


def distribution(each: Distribution) -> Values:
    """Write a distribution."""
    return _of(each, "id", "starts_at", "ends_at", "place", "note")


def contract(each: SeasonContract) -> Values:
    """Write a season contract with its products."""
    return _of(each, "id", "name", "kind", "season_start", "season_end") | {
        "producer": each.producer_id,
        "places_left": contracts.places_left(each),
        "products": [
            _of(held, "id", "name", "unit")
            | {"product": held.product_id, "price_cents": held.price.cents}
            for held in each.products
        ],
    }


def subscription(each: Subscription) -> Values:
    """Write a household's own contract."""
    dates = ("subscribed_at", "household_signed_at", "producer_signed_at")
    return _of(each, "id", "code", *dates) | {
        "contract": each.contract_id,
        "name": each.contract.name,
        "total_cents": each.total.cents,
    }


def order_session(each: OrderSession) -> Values:
    """Write a session."""
    return _of(each, "id", "name", "state", "opens_at", "closes_at", "note") | {
        "takes_orders": sessions.takes_orders(each)
    }


def whole_session(session: OrderSession, mine: Order | None) -> Values:
    """Write a session with what it offers to a household and where it is taken."""
    return order_session(session) | {
        "offers": [
            _offer(shown) for stall in shopping.stalls(session, mine) for shown in stall.articles
        ],
        "pickups": [
            {
                "id": each.pickup.id,
                "distribution": each.pickup.distribution_id,
                "full": each.full,
            }
            for each in shopping.pickups(session, mine)
        ],
    }


def _offer(shown: shopping.Shown) -> Values:
    names = ("id", "name", "unit", "pricing", "grams", "vat_basis_points", "step", "least", "most")
    return _of(shown.offer, *names) | {
        "product": shown.offer.product_id,
        "producer": shown.offer.product.producer_id,
        "price_cents": shown.offer.price.cents,
        "remaining": shown.left,
        "closed": shown.closed,
        "is_service": shown.offer.product.is_service,
        "case": _of(shown.case, "size", "ordered", "missing", "spare") if shown.case else None,
        "tiers": [
            {"from_many": each.from_many, "price_cents": each.price.cents} for each in shown.tiers
        ],
        "ordered_in_all": shown.in_all,
    }


def order(each: Order) -> Values:
    """Write a household's order."""
    return _of(each, "id", "method", "note", "placed_at", "changed_at") | {
        "session": each.session_id,
        "pickup": each.pickup_id,
        "total_cents": order_total(each).cents,
        "lines": [_line(line) for line in each.lines if line.ordered or line.asked],
    }


def _line(line: OrderLine) -> Values:
    return _of(line, "ordered", "tolerance", "allotted", "weighed_grams", "wish") | {
        "offer": line.offer_id,
        "asked": line.asked or line.ordered,
        "unit_price_cents": line.unit_price.cents,
        "amount_cents": amount(line).cents,
        "estimated": is_estimated(line),
    }
