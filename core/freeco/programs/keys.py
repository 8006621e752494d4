"""Giving a key to a program, recognising it, taking it back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent, NotAllowed, Refusal
from freeco.i18n import _
from freeco.members.limits import bound
from freeco.members.links import hidden
from freeco.members.models import Member
from freeco.programs.models import ProgramKey, Scope
from freeco.signing import drawn

BEGINNING = "freeco_"
"""So that whoever finds one in a file knows what it is."""
MOST = 20
CALLS_AN_HOUR = 1200


class NotForPrograms(NotAllowed):
    """A program reads, and orders when its key says so; the rest is for people."""

    reason = _("La clé de ce programme ne permet pas ce changement.")


class NameTaken(Refusal):
    """Two keys of one name could not be told apart."""

    reason = _("Vous avez déjà une clé de ce nom : donnez un nom par programme.")

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"name": [str(self.reason)]}


class TooManyKeys(Refusal):
    """Keys that nobody uses are to be taken back first."""

    reason = _("Vous avez déjà vingt clés : supprimez d’abord celles qui ne servent plus.")


class FormUsed(Refusal):
    """What was taken back is not given again."""

    reason = _("Rechargez la page.")


def give(
    member: Member, name: str, scope: Scope, form_key: str, session_number: int | None = None
) -> str:
    """Make a key and return it: it is shown now, and cannot be read again.

    The same form sent twice gives the same key. ``session_number`` is that of the session which
    asks: one that is ended at this very moment gets none. Raises NameTaken, TooManyKeys, FormUsed.
    """
    if member.person is not None:
        lock(member.person)
        if session_number not in (None, member.person.session_number):
            raise FormUsed
    lock(member)
    db.session.execute(
        update(ProgramKey)
        .where(
            ProgramKey.member_id == member.id,
            ProgramKey.created_at < member.joined_at,
            ProgramKey.revoked_at.is_(None),
        )
        .values(revoked_at=member.joined_at)
    )
    secret = BEGINNING + drawn("program key", member.id, form_key, length=48)
    standing = keys_of(member)
    if any(each.secret_hash == hidden(secret) for each in standing):
        return secret
    if db.session.scalar(select(ProgramKey.id).where(ProgramKey.secret_hash == hidden(secret))):
        raise FormUsed
    if any(each.name.casefold() == name.casefold() for each in standing):
        raise NameTaken
    if len(standing) >= MOST:
        raise TooManyKeys
    made = ProgramKey(member=member, name=name, scope=scope, secret_hash=hidden(secret))
    # Not before the membership began again: a clock may give the same instant twice.
    made.created_at = max(now(), member.joined_at)
    db.session.add(made)
    db.session.flush()
    return secret


def keys_of(member: Member) -> Sequence[ProgramKey]:
    """Return the keys that open something, the oldest first."""
    return db.session.scalars(
        select(ProgramKey)
        .where(
            ProgramKey.member_id == member.id,
            ProgramKey.revoked_at.is_(None),
            ProgramKey.created_at >= member.joined_at,
        )
        .order_by(ProgramKey.id)
    ).all()


def revoke(member: Member, key_id: int) -> None:
    """Take a key back; twice is once. Raises Absent for somebody else's."""
    found = db.session.get(ProgramKey, key_id)
    if found is None or found.member_id != member.id:
        raise Absent
    lock(found)
    found.revoked_at = found.revoked_at or now()


def recognise(secret: str) -> ProgramKey | None:
    """Return the key that a program shows, if it opens anything still."""
    found = db.session.scalar(select(ProgramKey).where(ProgramKey.secret_hash == hidden(secret)))
    if found is None or found.revoked_at is not None:
        return None
    member = found.member
    gone = member.left_at is not None or found.created_at < member.joined_at
    if gone or member.person is None or member.person.erased_at is not None:
        return None
    return found


def count(key: ProgramKey) -> None:
    """Note that a key was used, and how often within the hour. Raises TooMany.

    It is a transaction of its own: a page that only reads holds up nobody who writes.
    """
    subject = f"program:{key.id}"
    db.session.commit()
    bound(subject, CALLS_AN_HOUR, 60)
    key.last_used_at = now()
    db.session.commit()


def export(member: Member) -> list[dict[str, Any]]:
    """Give what is known of a member's keys."""
    return [
        {
            "name": each.name,
            "scope": each.scope,
            "created_at": each.created_at.isoformat(),
            "last_used_at": each.last_used_at.isoformat() if each.last_used_at else None,
            "revoked_at": each.revoked_at.isoformat() if each.revoked_at else None,
        }
        for each in db.session.scalars(
            select(ProgramKey).where(ProgramKey.member_id == member.id).order_by(ProgramKey.id)
        )
    ]


def forget(member: Member) -> None:
    """Forget a member's keys."""
    db.session.execute(delete(ProgramKey).where(ProgramKey.member_id == member.id))
