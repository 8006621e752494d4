"""What accords know of a member, and how they forget it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select

from freeco.accords.models import Accord
from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members.models import Member
from freeco.notifications.models import Notice, OutgoingSignal
from freeco.notifications.topics import ACCORD

LETTERS = ("accord_proposed", "accord_agreed", "accord_declined")


def export(member: Member) -> list[dict[str, Any]]:
    """Give the accords a member proposed or was asked, in the words proposed."""
    return [
        {
            "title": each.title,
            "text": each.text,
            "about": each.about,
            "proposed_by_me": each.proposer_id == member.id,
            "with": (each.other if each.proposer_id == member.id else each.proposer).name,
            "proposed_at": _instant(each.proposed_at),
            "agreed_at": _instant(each.agreed_at),
            "declined_at": _instant(each.declined_at),
            "withdrawn_at": _instant(each.withdrawn_at),
            "statement": each.entry.reference if each.entry is not None else None,
        }
        for each in _accords_of(member)
    ]


def forget(member: Member) -> None:
    """Forget what came to nothing, and the letters that name them.

    What was agreed stays as long as the other party is known: it is theirs too.
    """
    found = _accords_of(member)
    keys = [f"{letter}:{each.id}" for each in found for letter in LETTERS]
    db.session.execute(delete(Notice).where(Notice.key.in_(keys)))
    others = {each.other_id for each in found} | {each.proposer_id for each in found}
    for table, words in (
        (OutgoingMail, OutgoingMail.subject),
        (OutgoingSignal, OutgoingSignal.title),
    ):
        named = words.contains(member.name, autoescape=True)
        written = and_(table.topic == ACCORD.name, table.member_id.in_(others), named)
        db.session.execute(delete(table).where(written))
    for each in found:
        other = each.other if each.proposer_id == member.id else each.proposer
        if each.agreed_at is None or _is_forgotten(other):
            db.session.delete(each)
    db.session.flush()


def _accords_of(member: Member) -> Sequence[Accord]:
    mine = or_(Accord.proposer_id == member.id, Accord.other_id == member.id)
    return db.session.scalars(select(Accord).where(mine).order_by(Accord.id)).all()


def _is_forgotten(member: Member) -> bool:
    return member.person is not None and member.person.erased_at is not None


def _instant(value: datetime | None) -> str | None:
    return value.isoformat() if value is not None else None
