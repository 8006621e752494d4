"""Who follows a discussion, how, and the address where each may reply."""

import secrets
from base64 import b32encode

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from freeco.db import db
from freeco.members.models import Member
from freeco_project_decisions.deliberation.models import Discussion, Follow, Message, Rhythm

KEY_BYTES = 15
"""120 bits: nobody guesses one, and it makes 24 letters without padding."""


def follow_of(discussion: Discussion, member: Member) -> Follow | None:
    """Return how a member follows a discussion; none while they never chose nor wrote."""
    return db.session.scalar(
        select(Follow).where(Follow.discussion_id == discussion.id, Follow.member_id == member.id)
    )


def follow(discussion: Discussion, member: Member, rhythm: Rhythm | None = None) -> Follow:
    """Follow a discussion at a rhythm, or at the one already chosen: weekly unless asked.

    What was said before is on the page: only what comes later is told.
    """
    found = follow_of(discussion, member)
    if found is None:
        found = _begun(discussion, member)
    if rhythm is not None and found.rhythm != rhythm:
        if rhythm == Rhythm.EACH:
            found.told_up_to = _latest(discussion)
        found.rhythm = rhythm
        db.session.flush()
    return found


def _begun(discussion: Discussion, member: Member) -> Follow:
    begun = Follow(
        discussion=discussion,
        member=member,
        reply_key=b32encode(secrets.token_bytes(KEY_BYTES)).decode().lower(),
        told_up_to=_latest(discussion),
    )
    try:
        with db.session.begin_nested():
            db.session.add(begun)
    except IntegrityError:  # on another page, at the same instant
        there = follow_of(discussion, member)
        if there is None:
            raise
        return there
    return begun


def _latest(discussion: Discussion) -> int:
    return (
        db.session.scalar(
            select(func.max(Message.id)).where(Message.discussion_id == discussion.id)
        )
        or 0
    )


def members_at(discussion: Discussion, rhythm: Rhythm) -> frozenset[int]:
    """Return the numbers of the members who follow a discussion at a rhythm."""
    return frozenset(
        db.session.scalars(
            select(Follow.member_id).where(
                Follow.discussion_id == discussion.id, Follow.rhythm == rhythm
            )
        )
    )


def rhythms_of(member: Member) -> dict[int, str]:
    """Return how a member follows each discussion, by its number."""
    found = db.session.execute(
        select(Follow.discussion_id, Follow.rhythm).where(Follow.member_id == member.id)
    )
    return {row[0]: row[1] for row in found}


def find_by_key(key: str) -> Follow | None:
    """Return whose reply address holds this key; letter case is lost on the way."""
    return db.session.scalar(select(Follow).where(Follow.reply_key == key.lower()))
