"""What a producer counts: how many of each article, in all, for some days or one distribution.

A number is changed against the one that was shown: who types over what somebody else, or an
order handed out, has changed meanwhile is told so. Locks are taken as for an order: the sessions
by id, the product, then the stocks by id.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from freeco.clock import now, today
from freeco.db import db, lock
from freeco.i18n import said
from freeco.members.models import Community, Member
from freeco_direct_sales import catalogue
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Distribution, Producer, Product
from freeco_direct_sales.orders import picking, stocks
from freeco_direct_sales.orders.errors import WrongQuantities
from freeco_direct_sales.orders.models import (
    Counted,
    Offer,
    OrderSession,
    SessionState,
    Stock,
)
from freeco_direct_sales.orders.stock_models import StockMovement, Why

IN_ALL = "in_all"


@dataclass(frozen=True)
class Reason:
    """Why numbers change, and who says so."""

    why: Why = Why.COUNTED
    words: str = ""
    by: Member | None = None


@dataclass(frozen=True)
class Shown:
    """An article on the page: what is counted of it in all, and apart."""

    product: Product
    in_all: Stock | None
    apart: list[Stock]
    """For distributions and days that are not over, the earliest first."""

    @property
    def rows(self) -> list[Stock | None]:
        """Return its numbers in the order of the page; None where nothing is counted in all."""
        return [self.in_all, *self.apart]


@dataclass(frozen=True)
class Typed:
    """A number that was typed over another."""

    shown: int | None
    """What the page had shown; None where nothing was counted."""
    many: int | None
    """None when it is no longer counted."""


def shown(producer: Producer) -> list[Shown]:
    """Return what is counted of each article of a producer; two queries."""
    products = catalogue.products_of(producer)
    rows: dict[int, list[Stock]] = {}
    for row in db.session.scalars(
        select(Stock)
        .join(Product, Product.id == Stock.product_id)
        .where(
            Product.producer_id == producer.id,
            Stock.session_id.is_(None),
            Stock.ended_at.is_(None),
        )
        .options(joinedload(Stock.distribution))
        .order_by(Stock.id)
    ):
        rows.setdefault(row.product_id, []).append(row)
    here = today(producer.community.timezone)
    return [
        Shown(
            each,
            next((row for row in rows.get(each.id, ()) if picking.is_in_all(row)), None),
            sorted(
                (
                    row
                    for row in rows.get(each.id, ())
                    if not picking.is_in_all(row) and (last_day(row) >= here or row.reserved)
                ),
                key=lambda row: (last_day(row), row.id),
            ),
        )
        for each in products
        if each.available or each.id in rows
    ]


def last_day(row: Stock) -> date:
    """Return until when a number holds that is not for everything."""
    if row.distribution is not None:
        return local_day(row.distribution)
    return row.last_day or date.max


def movements(producer: Producer) -> Select[StockMovement]:
    """Select why a producer's numbers changed, the latest first; those of sessions too."""
    return (
        select(StockMovement)
        .join(Stock, Stock.id == StockMovement.stock_id)
        .join(Product, Product.id == Stock.product_id)
        .where(Product.producer_id == producer.id)
        .options(
            joinedload(StockMovement.stock).joinedload(Stock.product),
            joinedload(StockMovement.stock).joinedload(Stock.distribution),
            joinedload(StockMovement.by),
        )
        .order_by(StockMovement.id.desc())
    )


def set_numbers(
    producer: Producer,
    rows: Mapping[Stock, Typed],
    in_all: Mapping[Product, Typed],
    reason: Reason,
) -> int:
    """Set several numbers at once, all or none; returns how many changed.

    ``in_all`` are those of articles of which nothing was counted in all. Raises WrongQuantities,
    by ``field_of`` and ``new_field``.
    """
    changed = {row: typed for row, typed in rows.items() if typed.many != typed.shown}
    new = {
        product: typed.many
        for product, typed in in_all.items()
        if typed.many is not None and typed.many != typed.shown
    }
    concerned = {row.product_id: row.product for row in changed} | {each.id: each for each in new}
    offers = _hold(producer.community, concerned.values(), changed)
    wrong: dict[str, list[str]] = {}
    for row, typed in changed.items():
        problem = _problem(row, typed)
        if problem:
            wrong[field_of(row)] = [problem]
        elif typed.many is None:
            stocks.move(row, -row.on_hand, reason.why, reason.words, by=reason.by)
            row.ended_at = now()
        else:
            stocks.move(row, typed.many - row.on_hand, reason.why, reason.words, by=reason.by)
    for product, many in new.items():
        before = next((row for row in picking.counted(product) if picking.is_in_all(row)), None)
        if before is not None:
            wrong[new_field(product)] = [_changed_meanwhile(before)]
            continue
        _begin(Stock(product=product, on_hand=0), many, reason)
    if wrong:
        raise WrongQuantities(wrong)
    _take_anew(offers, {product.id: new_field(product) for product in new})
    return len(changed) + len(new)


def count_apart(
    product: Product,
    many: int,
    reason: Reason,
    distribution: Distribution | None = None,
    days: tuple[date, date] | None = None,
) -> Stock:
    """Count an article apart for one distribution, or from a day to another.

    Raises WrongQuantities for a scope that is counted already, and below what is ordered.
    """
    offers = _hold(product.producer.community, [product], ())
    for row in picking.counted(product):
        if distribution is not None and row.distribution_id == distribution.id:
            raise WrongQuantities({"distribution": [said("Déjà compté à part : changez-le.")]})
        if days is not None and _overlaps(row, *days):
            raise WrongQuantities(
                {"first_day": [said("Ces jours en recouvrent d’autres, déjà comptés à part.")]}
            )
    first, last = days or (None, None)
    row = Stock(
        product=product, on_hand=0, distribution=distribution, first_day=first, last_day=last
    )
    _begin(row, many, reason)
    _take_anew(offers, {product.id: "many"})
    return row


def _overlaps(row: Stock, first: date, last: date) -> bool:
    if row.first_day is None or row.last_day is None:
        return False
    return row.first_day <= last and first <= row.last_day


def _hold(community: Community, products: Iterable[Product], rows: Iterable[Stock]) -> list[Offer]:
    """Lock what a new number may concern; returns the offers taken from a producer's stock."""
    ids = [each.id for each in products]
    offers = db.session.scalars(
        select(Offer)
        .join(OrderSession, OrderSession.id == Offer.session_id)
        .where(
            Offer.product_id.in_(ids),
            Offer.counted == Counted.STOCK,
            OrderSession.community_id == community.id,
            OrderSession.state.in_((SessionState.DRAFT, SessionState.OPEN)),
        )
        .order_by(Offer.session_id, Offer.id)
    ).all()
    for session in dict.fromkeys(offer.session for offer in offers):
        lock(session)
    for product in sorted(ids):
        lock(db.session.get_one(Product, product))
    stocks.lock_stocks(
        [*(row.id for row in rows), *(each.stock_id for each in offers if each.stock_id)]
    )
    prepared = (SessionState.DRAFT, SessionState.OPEN)
    return [each for each in offers if each.session.state in prepared]


def _problem(row: Stock, typed: Typed) -> str:
    if row.ended_at is not None or row.on_hand != typed.shown:
        return _changed_meanwhile(row)
    if typed.many is None and row.reserved:
        return said("%(many)s sont commandés : un nombre est à dire.", many=row.reserved)
    if typed.many is not None and typed.many < row.reserved:
        return said("%(many)s sont déjà commandés : pas moins.", many=row.reserved)
    return ""


def _changed_meanwhile(row: Stock) -> str:
    return said("Ce nombre a changé entre-temps : il y en a %(many)s.", many=row.on_hand)


def _begin(row: Stock, many: int, reason: Reason) -> None:
    db.session.add(row)
    db.session.flush()
    stocks.move(row, many, reason.why, reason.words, by=reason.by)
    db.session.flush()


def _take_anew(offers: Sequence[Offer], fields: Mapping[int, str]) -> None:
    """Let open offers be taken from the number that now holds for them."""
    for offer in offers:
        try:
            picking.take_from(offer, picking.pick(offer.session, offer.product))
        except WrongQuantities as refused:
            name = fields.get(offer.product_id)
            if name is None:
                raise
            raise WrongQuantities({name: refused.fields["on_hand"]}) from refused


def field_of(row: Stock) -> str:
    """Name the field of a number; in all, it has the article's name before it is counted too."""
    return new_field(row.product) if picking.is_in_all(row) else f"s-{row.id}"


def new_field(product: Product) -> str:
    """Name the field of an article of which nothing is counted in all."""
    return f"p-{product.id}"
