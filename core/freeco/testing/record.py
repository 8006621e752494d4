"""A record for tests: statements, with something sealed in each, and their places."""

from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Community, Member
from freeco.record.models import RecordCheckpoint, RecordEntry, RecordLog
from freeco.record.sequencer import sequence
from freeco.record.statement import new_reference
from freeco.record.stating import Sealed, log_of, state


def state_some(community: Community, count: int, member: Member | None = None) -> list[RecordEntry]:
    """State this many facts, each of which seals a reason; committed, and without place."""
    found = []
    for number in range(count):
        entry = state(
            community,
            "module.paused",
            f"test:{new_reference()}",
            about={"module": "direct_sales"},
            sealed={"reason": Sealed({"reason": f"Pause n° {number}"}, member)},
        )
        assert entry is not None
        found.append(entry)
    db.session.commit()
    return found


def seal_some(community: Community, *counts: int) -> RecordLog:
    """State so many facts at a time, each time under a checkpoint of its own; committed."""
    log = log_of(community)
    for count in counts:
        state_some(community, count)
        assert sequence(log) is not None
        db.session.commit()
    return log


def checkpoints(log: RecordLog) -> list[RecordCheckpoint]:
    """Return the checkpoints of a log, the smallest first."""
    query = select(RecordCheckpoint).where(RecordCheckpoint.log_id == log.id)
    return list(db.session.scalars(query.order_by(RecordCheckpoint.size)))
