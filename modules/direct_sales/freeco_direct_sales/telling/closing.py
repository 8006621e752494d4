"""Tells each producer, once, what is ordered from them when nobody changes it any more."""

import hashlib
from collections.abc import Collection

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Community
from freeco.money import Money
from freeco.sweeping import one_by_one
from freeco_direct_sales.orders import following
from freeco_direct_sales.orders.following import Part
from freeco_direct_sales.orders.models import OrderSession, SessionProducer, SessionState
from freeco_direct_sales.telling import notices
from freeco_direct_sales.telling.lists import claim
from freeco_direct_sales.telling.models import Telling, TellingKind


def tell_closed(session_id: int) -> None:
    """Tell all who sell in a session that has closed, but those who closed earlier and know."""
    session = db.session.get(OrderSession, session_id)
    if session is None or session.state in (SessionState.DRAFT, SessionState.OPEN):
        return
    _tell(session, None)


def tell_early(community: Community) -> None:
    """Tell the producers who close before their session, at their own hour."""
    rows = db.session.scalars(
        select(SessionProducer)
        .join(OrderSession, OrderSession.id == SessionProducer.session_id)
        .where(
            OrderSession.community_id == community.id,
            OrderSession.state == SessionState.OPEN,
            SessionProducer.closes_at <= now(),
            SessionProducer.producer_id.not_in(
                select(Telling.producer_id).where(Telling.session_id == OrderSession.id)
            ),
        )
        .order_by(SessionProducer.session_id, SessionProducer.producer_id)
    )
    closed: dict[int, set[int]] = {}
    for row in rows:
        closed.setdefault(row.session_id, set()).add(row.producer_id)
    one_by_one(
        "a producer's closing",
        closed,
        lambda session: _tell(db.session.get_one(OrderSession, session), closed[session]),
    )


def _to_tell(session: OrderSession, part: Part, least: Money) -> Telling | None:
    """Write that a producer is told; None when they know it already.

    Who closed earlier is told again if the closing of all changed it: a case that was filled, or
    a sum that was not reached.
    """
    digest = _digest(part if notices.comes(part, least) else None)
    telling = claim(
        Telling(kind=TellingKind.CLOSING, producer=part.producer, session=session, digest=digest)
    )
    if telling is not None:
        return telling
    known = db.session.scalars(
        select(Telling)
        .where(Telling.session_id == session.id, Telling.producer_id == part.producer.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if known.digest == digest:
        return None
    known.digest, known.told_at, known.said_at, known.said_by_id = digest, now(), None, None
    return known


def _digest(part: Part | None) -> str:
    what = sorted(
        (pickup, offer, many)
        for pickup, offers in (part.by_pickup if part is not None else {}).items()
        for offer, many in offers.items()
        if many
    )
    return hashlib.sha256(repr(what).encode()).hexdigest()[:16]


def _is_wanted(part: Part) -> bool:
    return any(many for at in part.by_pickup.values() for many in at.values())


def _tell(session: OrderSession, producers: Collection[int] | None) -> None:
    leasts = {
        row.producer_id: row.least_total
        for row in db.session.scalars(
            select(SessionProducer).where(SessionProducer.session_id == session.id)
        )
    }
    for part in sorted(following.follow(session), key=lambda each: each.producer.id):
        if producers is not None and part.producer.id not in producers:
            continue
        least = leasts.get(part.producer.id, Money(0))
        telling = _to_tell(session, part, least)
        if telling is None:
            continue
        notices.tell_closing(
            session,
            part,
            least,
            telling,
            early=session.state == SessionState.OPEN,
        )
        telling.reached = notices.is_reached(part.producer) or not _is_wanted(part)
    db.session.flush()
