"""Price tiers: what an article costs everybody once all have ordered.

Decided at the closing from what is ordered in all, once cases are filled or cut back; by weight,
from the kilograms that pieces are thought to weigh. It only ever falls: nobody pays more than the
price they saw, whatever comes or is withdrawn afterwards.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, func, select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import said
from freeco.money import Money
from freeco_direct_sales.orders.amounts import GRAMS, wanted
from freeco_direct_sales.orders.errors import WrongQuantities
from freeco_direct_sales.orders.models import Offer, Order, OrderLine, OrderSession, Pricing
from freeco_direct_sales.orders.tier_models import PriceTier

MOST = 3
"""Tiers of one offer: more is a price list."""


def of(offers: Iterable[Offer]) -> dict[int, Sequence[PriceTier]]:
    """Return the tiers of offers, the smallest number first, by offer id; one query."""
    found: dict[int, list[PriceTier]] = {}
    for tier in db.session.scalars(
        select(PriceTier)
        .where(PriceTier.offer_id.in_([each.id for each in offers]))
        .order_by(PriceTier.offer_id, PriceTier.from_many)
    ):
        found.setdefault(tier.offer_id, []).append(tier)
    return dict(found)


def set_tiers(offer: Offer, tiers: Mapping[int, Money]) -> None:
    """Say what an offer costs from so many on; the session is locked.

    Raises WrongQuantities, by ``price_field``, for a price that does not fall.
    """
    before = offer.price
    for place, (_many, price) in enumerate(sorted(tiers.items()), 1):
        if price >= before:
            raise WrongQuantities(
                {price_field(place): [said("Ce prix doit être plus bas que celui d’avant.")]}
            )
        before = price
    db.session.execute(delete(PriceTier).where(PriceTier.offer_id == offer.id))
    for many, price in tiers.items():
        db.session.add(PriceTier(offer=offer, from_many=many, price=price))
    db.session.flush()


def decide(lines: Iterable[OrderLine]) -> None:
    """Let prices fall to the tier that was reached, for all the lines of each offer."""
    by_offer: dict[Offer, list[OrderLine]] = {}
    for line in lines:
        by_offer.setdefault(line.offer, []).append(line)
    for offer_id, tiers in of(by_offer).items():
        offer = next(each for each in by_offer if each.id == offer_id)
        theirs = by_offer[offer]
        many = counted(offer, sum(map(wanted, theirs)))
        reached = [each.price for each in tiers if each.from_many <= many]
        if not reached:
            continue
        price = min([*reached, offer.closing_price or offer.price], key=lambda each: each.cents)
        offer.closing_price = price
        for line in theirs:
            if price < line.unit_price:
                line.unit_price = price
                line.order.changed_at = now()


def counted(offer: Offer, pieces: int) -> int:
    """Return so many pieces as tiers count them: pieces, or whole kilograms."""
    if offer.pricing != Pricing.WEIGHT:
        return pieces
    return pieces * (offer.grams or 0) // GRAMS


def ordered(session: OrderSession, offers: Sequence[Offer]) -> dict[int, int]:
    """Return how many are ordered in all, as tiers count them, by offer id; one query."""
    if not offers:
        return {}
    sums = {
        offer_id: int(many)
        for offer_id, many in db.session.execute(
            select(OrderLine.offer_id, func.sum(OrderLine.ordered))
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.session_id == session.id, Order.cancelled_at.is_(None))
            .group_by(OrderLine.offer_id)
        )
    }
    return {each.id: counted(each, sums.get(each.id, 0)) for each in offers}


def from_field(place: int) -> str:
    """Name the field of the number from which a tier holds."""
    return f"from-{place}"


def price_field(place: int) -> str:
    """Name the field of a tier's price."""
    return f"price-{place}"
