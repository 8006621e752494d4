"""What the queue knows about a member, and how it forgets them."""

from sqlalchemy import delete, select, update

from freeco.db import db
from freeco.members.models import Member
from freeco.offline.models import QueuedAction

FORGOTTEN = "Personne effacée"


def export(member: Member) -> list[dict[str, object]]:
    """Return what a member typed without network, ready for JSON."""
    rows = db.session.scalars(
        select(QueuedAction).where(QueuedAction.member_id == member.id).order_by(QueuedAction.id)
    )
    return [
        {
            "kind": row.kind,
            "values": row.values,
            "recorded_at": row.recorded_at.isoformat(),
            "outcome": row.outcome,
            "sentence": row.sentence,
        }
        for row in rows
    ]


def forget(member: Member) -> None:
    """Forget what a member typed and on which devices; the modules keep what came of it."""
    db.session.execute(delete(QueuedAction).where(QueuedAction.member_id == member.id))
    db.session.execute(
        update(QueuedAction)
        .where(QueuedAction.settled_by_id == member.id)
        .values(settled_by_id=None)
    )
    # Others typed the name of a neighbour who took a basket.
    for row in db.session.scalars(
        select(QueuedAction).where(QueuedAction.community_id == member.community_id)
    ):
        if member.name in row.values.values():
            row.values = {
                name: FORGOTTEN if value == member.name else value
                for name, value in row.values.items()
            }
