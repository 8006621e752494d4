"""What handing over knows about a member."""

from typing import Any

from sqlalchemy import or_, select

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Member
from freeco_direct_sales.handover.models import HandingOver, HandoverNote


def export(member: Member) -> dict[str, Any]:
    """Give the notes a member wrote, and the charges they passed on or took over."""
    notes = db.session.scalars(
        select(HandoverNote)
        .where(HandoverNote.written_by_id == member.id)
        .order_by(HandoverNote.id)
    ).all()
    handed = db.session.scalars(
        select(HandingOver)
        .where(or_(HandingOver.from_member_id == member.id, HandingOver.to_member_id == member.id))
        .order_by(HandingOver.id)
    ).all()
    found: dict[str, Any] = {
        "handover_notes": [
            {"words": each.words, "written_at": each.written_at.isoformat()} for each in notes
        ],
        "charges_handed_over": [
            {
                "permission": each.permission,
                "given": each.from_member_id == member.id,
                "gives_back_on": each.gives_back_on.isoformat(),
            }
            for each in handed
        ],
    }
    return {name: content for name, content in found.items() if content}


def erase(member: Member) -> None:
    """End what was to be handed over; notes are the community's, and show no name any more."""
    for row in db.session.scalars(
        select(HandingOver).where(
            HandingOver.ended_at.is_(None),
            or_(HandingOver.from_member_id == member.id, HandingOver.to_member_id == member.id),
        )
    ):
        row.ended_at = now()
