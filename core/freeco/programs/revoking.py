"""Taking a person's keys back together: whoever was in their place may have made one."""

from collections.abc import Collection, Sequence

from sqlalchemy import select, update

from freeco.clock import now
from freeco.db import db, lock
from freeco.members.models import Community, Member, Person
from freeco.programs.models import ProgramKey


def standing(person: Person) -> Sequence[tuple[ProgramKey, str]]:
    """Return the keys that open something, in every community, each with that community's name."""
    rows = db.session.execute(
        select(ProgramKey, Community.name)
        .join(Member, Member.id == ProgramKey.member_id)
        .join(Community, Community.id == Member.community_id)
        .where(
            Member.person_id == person.id,
            Member.left_at.is_(None),
            ProgramKey.revoked_at.is_(None),
            ProgramKey.created_at >= Member.joined_at,
        )
        .order_by(Community.id, ProgramKey.id)
    )
    return [(key, community) for key, community in rows]


def revoke_all(person: Person, keep: Collection[int] = ()) -> None:
    """Take back every key of a person but those to ``keep``, by their ids; twice is once.

    The person is locked first, as by who gives a key: none is made meanwhile and forgotten here.
    """
    lock(person)
    theirs = select(Member.id).where(Member.person_id == person.id)
    db.session.execute(
        update(ProgramKey)
        .where(
            ProgramKey.member_id.in_(theirs),
            ProgramKey.revoked_at.is_(None),
            ProgramKey.id.not_in(list(keep)),
        )
        .values(revoked_at=now())
    )
