"""A session made again some days later."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from freeco.db import db
from freeco_direct_sales.orders import picking, tiers
from freeco_direct_sales.orders.models import Counted, Offer, OrderSession, SessionProducer
from freeco_direct_sales.orders.tier_models import PriceTier
from freeco_direct_sales.solidarity import cost_lines


def repeat(session: OrderSession, days: int) -> OrderSession:
    """Make the same session again some days later, as a draft: same producers, same offers.

    Prices are today's; pickups are chosen anew. Stock is what is really left: the producer's own,
    or the number said for the session before, which both then share until a fresh one is said.
    Its hours are those on the community's clock, whatever the season.
    """
    zone = ZoneInfo(session.community.timezone)

    def later(at: datetime) -> datetime:
        return at.astimezone(zone) + timedelta(days=days)

    copy = OrderSession(
        community=session.community,
        name=session.name,
        opens_at=later(session.opens_at),
        closes_at=later(session.closes_at),
        note=session.note,
    )
    db.session.add(copy)
    for taking_part in db.session.scalars(
        select(SessionProducer).where(SessionProducer.session_id == session.id)
    ):
        db.session.add(
            SessionProducer(
                session=copy,
                producer=taking_part.producer,
                closes_at=taking_part.closes_at and later(taking_part.closes_at),
                least_total=taking_part.least_total,
            )
        )
    fallen = tiers.of(session.offers)
    for offer in session.offers:
        if offer.withdrawn_at is None and offer.product.available:
            again = _again(offer, copy)
            db.session.add(again)
            for tier in fallen.get(offer.id, ()):
                if tier.price < again.price:
                    many, price = tier.from_many, tier.price
                    db.session.add(PriceTier(offer=again, from_many=many, price=price))
    db.session.flush()
    picking.pick_again(copy)
    cost_lines.repeat(session, copy)
    return copy


def _again(offer: Offer, copy: OrderSession) -> Offer:
    product = offer.product
    return Offer(
        session=copy,
        product=product,
        name=product.name,
        unit=product.unit,
        price=product.price if offer.pricing == "unit" else offer.price,
        vat_basis_points=product.vat_basis_points,
        pricing=offer.pricing,
        grams=offer.grams,
        step=offer.step,
        least=offer.least,
        most=offer.most,
        stock=offer.stock if offer.counted == Counted.OWN else None,
        counted=offer.counted,
        case_size=offer.case_size,
        case_rule=offer.case_rule,
    )
