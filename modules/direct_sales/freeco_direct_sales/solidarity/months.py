"""What everybody may know: totals by month, without names, told once and stated in the record."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from freeco.clock import today
from freeco.db import db, lock
from freeco.i18n import _
from freeco.members.models import Community
from freeco.module import RecordKind, Text
from freeco.money import Money, total
from freeco.record.stating import state
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.models import Flow, Month, Pool

FEWEST = 3
"""Fewer movements out than this are told with the next month's: one would be recognised."""


def _sentence(_about: Mapping[str, Any]) -> Text:
    return _("Le total d’un mois de la caisse solidaire a été publié, sans aucun nom.")


MONTH = RecordKind(
    "solidarity.month",
    _("Caisse solidaire"),
    _sentence,
    about=("month", "in_cents", "out_cents", "balance_cents"),
)


def publish_due(community: Community) -> None:
    """Tell the months that are over, once; too few movements wait for the next month."""
    pool = pools.find_pool(community)
    if pool is None:
        return
    lock(pool)
    this_month = today(community.timezone).replace(day=1)
    month = (this_month - timedelta(days=1)).replace(day=1)
    last = db.session.scalar(select(func.max(Month.month)).where(Month.pool_id == pool.id))
    if last is not None and last >= month:
        return
    query = select(Flow.amount).where(Flow.pool_id == pool.id, Flow.day < this_month)
    if last is not None:
        query = query.where(Flow.day >= _next(last))
    amounts = db.session.scalars(query).all()
    out = [-each for each in amounts if each < Money(0)]
    if not amounts or 0 < len(out) < FEWEST:
        return
    before = select(func.sum(Flow.amount)).where(Flow.pool_id == pool.id, Flow.day < this_month)
    told = Month(
        pool_id=pool.id,
        month=month,
        came_in=total([each for each in amounts if each > Money(0)]),
        went_out=total(out),
        balance=db.session.scalar(before) or Money(0),
    )
    db.session.add(told)
    db.session.flush()
    state(
        community,
        MONTH.name,
        f"direct_sales:solidarity_month:{told.id}",
        about={
            "month": f"{month:%Y-%m}",
            "in_cents": told.came_in.cents,
            "out_cents": told.went_out.cents,
            "balance_cents": told.balance.cents,
        },
    )


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def told(community: Community) -> Sequence[Month]:
    """Return what was told, the latest month first."""
    return db.session.scalars(
        select(Month)
        .join(Pool, Pool.id == Month.pool_id)
        .where(Pool.community_id == community.id)
        .order_by(Month.month.desc())
    ).all()
