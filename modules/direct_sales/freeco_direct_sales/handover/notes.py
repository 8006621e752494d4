"""The notes that coordinators leave each other, with what stood there before."""

from sqlalchemy import delete, select

from freeco.db import db, lock
from freeco.members.models import Community, Member
from freeco_direct_sales.handover.errors import WrittenMeanwhile
from freeco_direct_sales.handover.models import HandoverNote

VERSIONS_KEPT = 20


def latest(community: Community) -> HandoverNote | None:
    """Return the notes as they stand; none when nobody wrote any."""
    return next(iter(versions(community)), None)


def versions(community: Community) -> list[HandoverNote]:
    """Return the notes as they stood, the latest first."""
    return list(
        db.session.scalars(
            select(HandoverNote)
            .where(HandoverNote.community_id == community.id)
            .order_by(HandoverNote.version.desc())
        )
    )


def write(by: Member, words: str, *, seen: int) -> HandoverNote:
    """Write the notes anew, over the version that was shown; the same words are not another.

    Raises WrittenMeanwhile.
    """
    community = by.community
    lock(community)
    last = latest(community)
    if last is not None and last.words == words:
        return last
    version = last.version if last is not None else 0
    if seen != version:
        raise WrittenMeanwhile
    note = HandoverNote(community=community, version=version + 1, words=words, written_by=by)
    db.session.add(note)
    db.session.execute(
        delete(HandoverNote).where(
            HandoverNote.community_id == community.id,
            HandoverNote.version <= version + 1 - VERSIONS_KEPT,
        )
    )
    db.session.flush()
    return note
