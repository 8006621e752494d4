"""The notices as they are read: by everybody, and by those in charge."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db
from freeco.errors import Absent
from freeco.members.models import Community
from freeco_bulletin.models import BulletinNotice, Level, NoticeState

MOST_SHOWN = 50
MOST_WRITTEN = 200
RANKS = {Level.URGENT: 0, Level.IMPORTANT: 1, Level.ORDINARY: 2}


def is_shown(notice: BulletinNotice) -> bool:
    """Whether it stands on the page now."""
    return is_public(notice) and (
        notice.state == NoticeState.PUBLISHED and now() < notice.visible_until
    )


def is_public(notice: BulletinNotice) -> bool:
    """Whether its page may be opened: from its first day on, even once over or withdrawn."""
    if notice.state == NoticeState.DRAFT or notice.visible_from is None:
        return False
    return notice.visible_from <= now()


def standing(community: Community) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for the notices on the page now."""
    return (
        BulletinNotice.community_id == community.id,
        BulletinNotice.state == NoticeState.PUBLISHED,
        BulletinNotice.visible_from <= now(),
        BulletinNotice.visible_until > now(),
    )


def shown(community: Community) -> Sequence[BulletinNotice]:
    """Return the notices that stand on the page, the pressing ones first, then the latest."""
    found = db.session.scalars(
        select(BulletinNotice)
        .where(*standing(community))
        .options(joinedload(BulletinNotice.organisation), joinedload(BulletinNotice.picture))
        .order_by(BulletinNotice.visible_from.desc(), BulletinNotice.id.desc())
        .limit(MOST_SHOWN)
    )
    return sorted(found, key=lambda each: RANKS[Level(each.level)])


def during(community: Community, since: datetime, until: datetime) -> Sequence[BulletinNotice]:
    """Return what was, is or will be shown between two instants, in order of first day."""
    return db.session.scalars(
        select(BulletinNotice)
        .where(
            BulletinNotice.community_id == community.id,
            BulletinNotice.state == NoticeState.PUBLISHED,
            BulletinNotice.visible_from < until,
            or_(BulletinNotice.visible_until > since, BulletinNotice.happens_at >= since),
        )
        .options(joinedload(BulletinNotice.organisation))
        .order_by(BulletinNotice.visible_from, BulletinNotice.id)
    ).all()


def written(community: Community) -> Sequence[BulletinNotice]:
    """Return every notice for those in charge, the latest change first."""
    return db.session.scalars(
        select(BulletinNotice)
        .where(BulletinNotice.community_id == community.id)
        .options(joinedload(BulletinNotice.organisation), joinedload(BulletinNotice.author))
        .order_by(BulletinNotice.changed_at.desc(), BulletinNotice.id.desc())
        .limit(MOST_WRITTEN)
    ).all()


def find(community: Community, notice_id: int) -> BulletinNotice:
    """Return a notice of this community, drafts too. Raises Absent for another's."""
    notice = db.session.get(BulletinNotice, notice_id)
    if notice is None or notice.community_id != community.id:
        raise Absent
    return notice


def find_public(community: Community, notice_id: int) -> BulletinNotice:
    """Return a notice that everybody here may read. Raises Absent for a draft."""
    notice = find(community, notice_id)
    if not is_public(notice):
        raise Absent
    return notice


def newer_version(notice: BulletinNotice) -> BulletinNotice | None:
    """Return the notice that corrects this one, if it was published."""
    return db.session.scalar(
        select(BulletinNotice)
        .where(BulletinNotice.corrects_id == notice.id, BulletinNotice.state != NoticeState.DRAFT)
        .order_by(BulletinNotice.id.desc())
        .limit(1)
    )
