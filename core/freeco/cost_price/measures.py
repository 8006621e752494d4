"""What a year's costs are shared by: counted from what happened, organisation by organisation."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Select, and_, cast, func, select

from freeco.accounting.models import Book
from freeco.cost_price.models import Basis
from freeco.cost_price.share_models import CostBill, CostShare
from freeco.db import db
from freeco.documents.models import Document
from freeco.members.models import Community
from freeco.payments.models import Payment, State


def _days(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _instants(year: int) -> tuple[datetime, datetime]:
    zone = ZoneInfo("Europe/Paris")
    return datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)


def sellers(year: int) -> list[int]:
    """Return the ids of the organisations that sold something in a year, or were billed."""
    sold = select(CostShare.organisation_id).where(
        CostShare.day.between(*_days(year)), CostShare.given_back_on.is_(None)
    )
    billed = select(CostBill.organisation_id).where(CostBill.month.between(*_days(year)))
    return sorted({*db.session.scalars(sold), *db.session.scalars(billed)})


def weigh(basis: str, year: int, among: Iterable[int]) -> dict[int, int]:
    """Return how much each organisation weighs in a basis, zero included."""
    bearers = list(among)
    if basis == Basis.ORGANISATION:
        return dict.fromkeys(bearers, 1)
    counted = {row[0]: int(row[1] or 0) for row in db.session.execute(_count(basis, year))}
    return {each: max(counted.get(each, 0), 0) for each in bearers}


def _count(basis: str, year: int) -> Select[Any, Any]:
    if basis == Basis.EURO:
        return (
            select(CostShare.organisation_id, func.sum(cast(CostShare.base, BigInteger)))
            .where(CostShare.day.between(*_days(year)), CostShare.given_back_on.is_(None))
            .group_by(CostShare.organisation_id)
        )
    if basis == Basis.DOCUMENT:
        real = and_(Book.organisation_id.is_not(None), Book.rehearsal.is_(False))
        return (
            select(Book.organisation_id, func.count(Document.id))
            .join(Document, Document.book_id == Book.id)
            .where(real, Document.issued_on.between(*_days(year)))
            .group_by(Book.organisation_id)
        )
    begins, ends = _instants(year)
    what = Payment.id if basis == Basis.PAYMENT else Payment.payer.distinct()
    return (
        select(Payment.beneficiary_id, func.count(what))
        .join(Community, Community.id == Payment.community_id)
        .where(
            Payment.state == State.SETTLED,
            Payment.settled_at >= begins,
            Payment.settled_at < ends,
            Community.rehearsal_of_id.is_(None),
        )
        .group_by(Payment.beneficiary_id)
    )
