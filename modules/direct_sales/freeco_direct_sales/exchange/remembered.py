"""One key is one change, however often a program sends it: the first answer is given again.

Only what was done is remembered. A change that was refused left nothing behind, so the same key
may try again.
"""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from freeco.clock import now
from freeco.db import db
from freeco.errors import Refusal
from freeco.i18n import _
from freeco.members.models import Community, Member
from freeco_direct_sales.exchange.api_models import ApiAnswer

KEPT = timedelta(hours=48)
"""Twice what a program may count on."""


class KeyReused(Refusal):
    """One key is one change."""

    reason = _("Cette Idempotency-Key a déjà servi pour une autre demande.")
    status = 422


def begin(member: Member, key: str, asked: Any) -> ApiAnswer:
    """Take a key for what is asked, its address with it; one already answered has a ``status``.

    Of two requests that come together the second waits here for the first. Raises KeyReused.
    """
    digest = sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    fresh = ApiAnswer(member_id=member.id, key=key, digest=digest)
    try:
        with db.session.begin_nested():
            db.session.add(fresh)
    except IntegrityError:
        found = db.session.scalars(
            select(ApiAnswer).where(ApiAnswer.member_id == member.id, ApiAnswer.key == key)
        ).one()
        if found.digest != digest:
            raise KeyReused from None
        return found
    return fresh


def forget_due(community: Community) -> None:
    """Forget the answers that no program asks for again."""
    db.session.execute(
        delete(ApiAnswer).where(
            ApiAnswer.given_at < now() - KEPT,
            ApiAnswer.member_id.in_(select(Member.id).where(Member.community_id == community.id)),
        )
    )


def forget(member: Member) -> None:
    """Forget the answers that a member's programs were given."""
    db.session.execute(delete(ApiAnswer).where(ApiAnswer.member_id == member.id))


def export(member: Member) -> dict[str, Any]:
    """Give the answers still kept for a member's programs."""
    found = db.session.scalars(
        select(ApiAnswer).where(ApiAnswer.member_id == member.id).order_by(ApiAnswer.id)
    ).all()
    told = [
        {"key": each.key, "given_at": each.given_at.isoformat(), "answer": each.body}
        for each in found
    ]
    return {"api_answers": told} if told else {}
