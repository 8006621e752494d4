"""What the record knows of a member, and forgetting it: salts and fields go, the tree stays.

What is stated holds a salted digest only. Once salt and fields are deleted nobody can tell any
more whom it was about, not even by trying every name; every proof still holds.
"""

from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import aliased

from freeco.db import db
from freeco.members.models import Member
from freeco.record.models import ParameterChange, RecordEntry, RecordOpening


def export(member: Member) -> list[dict[str, Any]]:
    """Give each statement that concerns a member, with what proves what was sealed in it.

    What belongs to all parties is given too, but not what concerns another party alone.
    """
    mine = select(RecordOpening.entry_id).where(RecordOpening.member_id == member.id)
    query = (
        select(RecordEntry, RecordOpening)
        .join(RecordOpening, RecordOpening.entry_id == RecordEntry.id)
        .where(RecordEntry.id.in_(mine))
        .where(or_(RecordOpening.member_id == member.id, RecordOpening.member_id.is_(None)))
        .order_by(RecordEntry.id, RecordOpening.name)
    )
    found: dict[int, dict[str, Any]] = {}
    for entry, opening in db.session.execute(query):
        told = found.setdefault(
            entry.id,
            {
                "kind": entry.kind,
                "day": entry.day.isoformat(),
                "reference": entry.reference,
                "statement": entry.entry.decode(),
                "opened": {},
            },
        )
        told["opened"][opening.name] = {"salt": opening.salt.hex(), "fields": opening.fields}
    return list(found.values())


def forget(member: Member) -> None:
    """Delete what opens the statements about a member; no statement goes.

    What belonged to all parties of a statement goes with the last of them. A reason that the
    member gave for a change is emptied if it names them.
    """
    mine = RecordOpening.member_id == member.id
    entries = list(db.session.scalars(select(RecordOpening.entry_id).where(mine).distinct()))
    db.session.execute(delete(RecordOpening).where(mine))
    party = aliased(RecordOpening)
    left = select(party.id).where(
        party.entry_id == RecordOpening.entry_id, party.member_id.is_not(None)
    )
    db.session.execute(
        delete(RecordOpening)
        .where(RecordOpening.entry_id.in_(entries), ~left.exists())
        .execution_options(synchronize_session="fetch")
    )
    _forget_reasons(member)


def _forget_reasons(member: Member) -> None:
    person = member.person
    names = {person.first_name, person.last_name} - {""} if person is not None else set()
    given = select(ParameterChange).where(ParameterChange.changed_by_id == member.id)
    for change in db.session.scalars(given.where(ParameterChange.reason != "")):
        if any(each.casefold() in change.reason.casefold() for each in names):
            change.reason = ""
    db.session.flush()
