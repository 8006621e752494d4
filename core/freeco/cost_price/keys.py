"""Allocation keys and provisional rates: published with a day, in force from it, never changed."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select

from freeco.accounting.recording import platform_book
from freeco.clock import today
from freeco.cost_price.errors import KeyPublished, RatePublished, RateTooHigh
from freeco.cost_price.models import HIGHEST_BASIS_POINTS, AllocationKey, Basis, CostRate, Pool
from freeco.cost_price.share_models import CostShare
from freeco.db import db, lock
from freeco.money import Money
from freeco.record import parameters
from freeco.record.parameter_names import KEY, RATE


def publish_key(
    pool: Pool, basis: Basis, in_force_from: date, *, reason: str = "", decided: str = ""
) -> AllocationKey:
    """Publish how a pool is shared from a day on; the same again returns the one there is.

    The first key of a pool may begin on any day; a later one begins after it, and not before
    today. ``reason`` and ``decided`` as in ``parameters.changed``. Raises KeyPublished.
    """
    lock(platform_book())
    last = _last_key(pool)
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
    _tell(f"{KEY}{pool}", _key_code(last), _key_code(key), reason, decided)
    return key


def _last_key(pool: str) -> AllocationKey | None:
    return db.session.scalars(
        select(AllocationKey)
        .where(AllocationKey.pool == pool)
        .order_by(AllocationKey.version.desc())
        .limit(1)
    ).one_or_none()


def key_in_force(pool: str, day: date) -> AllocationKey | None:
    """Return the key of a pool on a day; none before the first."""
    return db.session.scalars(
        select(AllocationKey)
        .where(AllocationKey.pool == pool, AllocationKey.in_force_from <= day)
        .order_by(AllocationKey.in_force_from.desc())
        .limit(1)
    ).one_or_none()


def publish_rate(
    basis_points: int,
    in_force_from: date,
    per_gift: Money | None = None,
    *,
    reason: str = "",
    decided: str = "",
) -> CostRate:
    """Publish the provisional rate from a day to the end of its year.

    The first rate of a year may begin on any day that no share was counted on or after; a later
    one begins after it, and not before today. The same again returns the one there is.
    ``reason`` and ``decided`` as in ``parameters.changed``. Raises RateTooHigh, RatePublished.
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
    before = _rate_code(_last_rate())
    db.session.add(rate)
    db.session.flush()
    _tell(RATE, before, _rate_code(_last_rate()), reason, decided)
    return rate


def codes() -> Mapping[str, str]:
    """Return what was published last, the rate and each pool's key, as the record writes it."""
    found = {RATE: _rate_code(_last_rate())}
    found.update({f"{KEY}{pool}": _key_code(_last_key(pool)) for pool in Pool})
    return {name: code for name, code in found.items() if code}


def _last_rate() -> CostRate | None:
    return db.session.scalars(
        select(CostRate).order_by(CostRate.in_force_from.desc()).limit(1)
    ).one_or_none()


def _rate_code(rate: CostRate | None) -> str:
    if rate is None:
        return ""
    return f"{rate.basis_points}:{rate.per_gift.cents}:{rate.in_force_from.isoformat()}"


def _key_code(key: AllocationKey | None) -> str:
    return f"{key.basis}:{key.in_force_from.isoformat()}" if key is not None else ""


def _tell(name: str, before: str, after: str, reason: str, decided: str) -> None:
    """Each community bears its part: it stands in the record of each."""
    parameters.changed_everywhere(name, before, after, reason=reason, decided=decided)


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
