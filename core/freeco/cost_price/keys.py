"""Allocation keys and provisional rates: published with a day, in force from it, never changed."""

from datetime import date

from sqlalchemy import func, select

from freeco.accounting.recording import platform_book
from freeco.clock import today
from freeco.cost_price.errors import KeyPublished, RatePublished, RateTooHigh
from freeco.cost_price.models import HIGHEST_BASIS_POINTS, AllocationKey, Basis, CostRate, Pool
from freeco.cost_price.share_models import CostShare
from freeco.db import db, lock
from freeco.money import Money


def publish_key(pool: Pool, basis: Basis, in_force_from: date) -> AllocationKey:
    """Publish how a pool is shared from a day on; the same again returns the one there is.

    The first key of a pool may begin on any day; a later one begins after it, and not before
    today. Raises KeyPublished.
    """
    lock(platform_book())
    last = db.session.scalars(
        select(AllocationKey)
        .where(AllocationKey.pool == pool)
        .order_by(AllocationKey.version.desc())
        .limit(1)
    ).one_or_none()
    if last is not None:
        if (last.basis, last.in_force_from) == (basis, in_force_from):
            return last
        if in_force_from <= last.in_force_from or in_force_from < today():
            raise KeyPublished
    key = AllocationKey(
        pool=pool,
        version=last.version + 1 if last else 1,
        basis=basis,
        in_force_from=in_force_from,
    )
    db.session.add(key)
    db.session.flush()
    return key


def key_in_force(pool: str, day: date) -> AllocationKey | None:
    """Return the key of a pool on a day; none before the first."""
    return db.session.scalars(
        select(AllocationKey)
        .where(AllocationKey.pool == pool, AllocationKey.in_force_from <= day)
        .order_by(AllocationKey.in_force_from.desc())
        .limit(1)
    ).one_or_none()


def publish_rate(basis_points: int, in_force_from: date, per_gift: Money | None = None) -> CostRate:
    """Publish the provisional rate from a day to the end of its year.

    The first rate of a year may begin on any day that no share was counted on or after; a later
    one begins after it, and not before today. The same again returns the one there is. Raises
    RateTooHigh, RatePublished.
    """
    if not 0 <= basis_points <= HIGHEST_BASIS_POINTS:
        raise RateTooHigh
    per_gift = per_gift or Money(0)
    lock(platform_book())
    year = in_force_from.year
    last = db.session.scalars(
        select(CostRate).where(CostRate.year == year).order_by(CostRate.version.desc()).limit(1)
    ).one_or_none()
    if last is not None:
        if (last.basis_points, last.in_force_from, last.per_gift) == (
            basis_points,
            in_force_from,
            per_gift,
        ):
            return last
        if in_force_from <= last.in_force_from or in_force_from < today():
            raise RatePublished
    if _last_share(year) >= in_force_from:
        raise RatePublished
    rate = CostRate(
        year=year,
        version=last.version + 1 if last else 1,
        basis_points=basis_points,
        in_force_from=in_force_from,
        per_gift=per_gift,
    )
    db.session.add(rate)
    db.session.flush()
    return rate


def _last_share(year: int) -> date:
    found = db.session.scalar(
        select(func.max(CostShare.day)).where(
            CostShare.day.between(date(year, 1, 1), date(year, 12, 31))
        )
    )
    return found or date.min


def rate_in_force(day: date) -> CostRate | None:
    """Return the provisional rate of a day; none when its year has none yet."""
    return db.session.scalars(
        select(CostRate)
        .where(CostRate.year == day.year, CostRate.in_force_from <= day)
        .order_by(CostRate.in_force_from.desc())
        .limit(1)
    ).one_or_none()
