"""Leaving: what waited for an answer is taken back; what was agreed stays."""

from sqlalchemy import or_, update

from freeco.accords.models import Accord
from freeco.clock import now
from freeco.db import db
from freeco.members.models import Member


def withdraw_waiting(member: Member) -> None:
    """Take back what a member who leaves proposed, or was asked; the row is locked already."""
    db.session.execute(
        update(Accord)
        .where(
            or_(Accord.proposer_id == member.id, Accord.other_id == member.id),
            Accord.agreed_at.is_(None),
            Accord.declined_at.is_(None),
            Accord.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now())
    )
