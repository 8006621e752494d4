"""« Je peux aider »: offered in one click, taken back in another, seen by the author alone."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from freeco.db import db, lock
from freeco.members import contacts
from freeco.members.models import Member
from freeco_bulletin import telling
from freeco_bulletin.errors import NoHelpAsked, OwnNotice
from freeco_bulletin.models import BulletinNotice, Helper
from freeco_bulletin.reading import is_shown


def offer(notice: BulletinNotice, member: Member) -> None:
    """Offer one's help; once is enough. Raises NoHelpAsked, OwnNotice.

    The author and the helper may see how to reach each other from then on.
    """
    lock(notice)
    if not notice.asks_help or not is_shown(notice):
        raise NoHelpAsked
    if notice.author is member:
        raise OwnNotice
    if offered(notice, member):
        return
    db.session.add(Helper(notice=notice, member=member))
    if notice.author is not None and notice.author.left_at is None:
        contacts.agree(notice.author, member, _about(notice))
        telling.tell_author(notice, notice.author, member)
    db.session.flush()


def take_back(notice: BulletinNotice, member: Member) -> None:
    """Take one's offer back, and the contact data with it; nobody is told."""
    db.session.execute(
        delete(Helper).where(Helper.notice_id == notice.id, Helper.member_id == member.id)
    )
    contacts.withdraw_agreements(member, _about(notice))


def offered(notice: BulletinNotice, member: Member) -> bool:
    """Whether this member has offered to help."""
    return (
        db.session.scalar(
            select(Helper.id).where(Helper.notice_id == notice.id, Helper.member_id == member.id)
        )
        is not None
    )


def helpers_of(notice: BulletinNotice) -> Sequence[Helper]:
    """Return who offered to help, in order; for the author's eyes."""
    return db.session.scalars(
        select(Helper)
        .where(Helper.notice_id == notice.id)
        .options(joinedload(Helper.member).joinedload(Member.person))
        .order_by(Helper.id)
    ).all()


def _about(notice: BulletinNotice) -> str:
    return f"bulletin:notice:{notice.id}"
