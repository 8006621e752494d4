"""What is missing at a distribution, as the papers, pages and cards about it say it."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from freeco.clock import now
from freeco.db import db
from freeco.i18n import listed, said, short_day
from freeco_direct_sales import wording
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Distribution, Producer, Product
from freeco_direct_sales.orders.models import OrderSession, Pickup
from freeco_direct_sales.telling.models import (
    HowShort,
    Shortage,
    ShortageDate,
    ShortageProduct,
)


def shortages_at(distribution: Distribution, producer: Producer | None = None) -> list[Shortage]:
    """Return what stands of what producers said is missing at a distribution; few queries."""
    query = (
        select(Shortage)
        .join(ShortageDate, ShortageDate.shortage_id == Shortage.id)
        .where(
            ShortageDate.distribution_id == distribution.id,
            Shortage.taken_back_at.is_(None),
        )
        .options(selectinload(Shortage.products).joinedload(ShortageProduct.product))
        .order_by(Shortage.id)
    )
    if producer is not None:
        query = query.where(Shortage.producer_id == producer.id)
    return list(db.session.scalars(query))


def for_shop(session: OrderSession) -> dict[int, list[str]]:
    """Say beside each article what its producer says is missing where it is taken, by product."""
    found: dict[int, list[str]] = {}
    days: dict[int, list[Distribution]] = {}
    rows = db.session.execute(
        select(Shortage, Distribution)
        .join(ShortageDate, ShortageDate.shortage_id == Shortage.id)
        .join(Distribution, Distribution.id == ShortageDate.distribution_id)
        .join(Pickup, Pickup.distribution_id == Distribution.id)
        .where(
            Pickup.session_id == session.id,
            Distribution.ends_at > now(),
            Shortage.taken_back_at.is_(None),
        )
        .options(selectinload(Shortage.products).joinedload(ShortageProduct.product))
        .order_by(Shortage.id, Distribution.starts_at)
    ).all()
    for shortage, distribution in rows:
        days.setdefault(shortage.id, []).append(distribution)
    for shortage in dict.fromkeys(shortage for shortage, _distribution in rows):
        when = listed([short_day(local_day(each)) for each in days[shortage.id]])
        for each in shortage.products:
            words = said(
                "Pour le %(days)s : %(what)s", days=when, what=line(shortage, {each.product_id})
            )
            found.setdefault(each.product_id, []).append(words)
    return found


def words_at(distribution: Distribution, producer: Producer | None = None) -> list[str]:
    """Say what is missing at a distribution, a line for each message."""
    return [line(each) for each in shortages_at(distribution, producer)]


def line(shortage: Shortage, products: Collection[int] | None = None) -> str:
    """Say on one line what is missing and what comes instead, with the producer's sentence.

    Of these products only, by id, where somebody takes but some of them.
    """
    parts = [
        said("%(farm)s. %(what)s.", farm=shortage.producer.name, what=missing(shortage, products))
    ]
    if instead := instead_words(shortage):
        parts.append(said("À la place : %(what)s.", what=instead.rstrip(".")))
    if shortage.words:
        parts.append(said("« %(words)s »", words=shortage.words))
    return " ".join(parts)


def missing(shortage: Shortage, products: Collection[int] | None = None) -> str:
    """Say what is missing, and how much of it."""
    what = listed(names(shortage, products))
    if shortage.how == HowShort.NONE:
        return said("Il manque : %(what)s", what=what)
    if shortage.how == HowShort.LESS:
        return said("Moins que prévu : %(what)s", what=what)
    return said("Ce qui change : %(what)s", what=what)


def names(shortage: Shortage, products: Collection[int] | None = None) -> list[str]:
    """Return the names of what is missing."""
    return [
        each.product.name
        for each in shortage.products
        if products is None or each.product_id in products
    ]


def instead_words(shortage: Shortage) -> str:
    """Say what comes instead, if something does."""
    return instead_in_words(shortage.instead, shortage.instead_product, shortage.instead_quantity)


def instead_in_words(words: str, product: Product | None, many: int | None) -> str:
    """Say what comes instead: the producer's words, then the product with its quantity."""
    found = [words] if words else []
    if product is not None:
        found.append(
            said(
                "%(name)s (%(quantity)s par foyer)",
                name=product.name,
                quantity=wording.quantity(many, product.unit),
            )
            if many
            else product.name
        )
    return ", ".join(found)
