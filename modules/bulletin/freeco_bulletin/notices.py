"""A notice, from its draft to its withdrawal."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from freeco import events as outbox
from freeco.clock import now
from freeco.db import db, lock
from freeco.members.models import Community, Member
from freeco.organisations.services import acting_for
from freeco.web.pictures import read_picture
from freeco_bulletin import telling
from freeco_bulletin.errors import (
    AlreadyPublished,
    AlternativeMissing,
    NotPublished,
    NotYourOrganisation,
    OverBeforeShown,
    ReasonMissing,
)
from freeco_bulletin.events import NoticePublished, NoticeWithdrawn
from freeco_bulletin.models import BulletinNotice, Level, NoticePicture, NoticeState
from freeco_bulletin.reading import is_shown, standing

LEAST_SHOWN = timedelta(days=1)
"""How long a correction stands at least, so that those who were told read it."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What is typed in the form of a notice; its times are aware."""

    title: str
    text: str
    visible_until: datetime
    visible_from: datetime | None = None
    level: str = Level.ORDINARY
    happens_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    asks_help: bool = False


def speakers(author: Member) -> list[Member]:
    """Return the organisations in whose name a member may write here."""
    return [each for each in acting_for(author) if each.organisation is not None]


def draft(author: Member, text: Written, organisation_id: int | None = None) -> BulletinNotice:
    """Write a draft, which only those in charge see. Raises NotYourOrganisation."""
    notice = BulletinNotice(community=author.community, author=author, **asdict(text))
    _speak_for(notice, author, organisation_id)
    db.session.add(notice)
    db.session.flush()
    return notice


def change(
    notice: BulletinNotice, by: Member, text: Written, organisation_id: int | None = None
) -> None:
    """Write a draft anew. Raises AlreadyPublished, NotYourOrganisation."""
    _still_a_draft(notice)
    _speak_for(notice, by, organisation_id)
    for name, value in asdict(text).items():
        setattr(notice, name, value)
    notice.changed_at = now()


def _speak_for(notice: BulletinNotice, by: Member, organisation_id: int | None) -> None:
    if organisation_id is None:
        notice.organisation = None
        return
    if organisation_id == notice.organisation_id:
        return  # another of those in charge goes on with the same draft
    allowed = {each.organisation_id: each.organisation for each in speakers(by)}
    if organisation_id not in allowed:
        raise NotYourOrganisation
    notice.organisation = allowed[organisation_id]


def _still_a_draft(notice: BulletinNotice) -> None:
    lock(notice)
    if notice.state != NoticeState.DRAFT:
        raise AlreadyPublished


def set_picture(notice: BulletinNotice, content: bytes, alternative: str) -> None:
    """Give a draft its picture; without a file, only the words about it change.

    Raises AlreadyPublished, AlternativeMissing, and what is wrong with the picture.
    """
    _still_a_draft(notice)
    if not alternative:
        raise AlternativeMissing
    notice.changed_at = now()
    if notice.picture is not None and not content:
        notice.picture.alternative = alternative
        return
    read = read_picture(content)
    remove_picture(notice)
    db.session.add(
        NoticePicture(
            notice=notice,
            alternative=alternative,
            width=read.width,
            height=read.height,
            sha256=read.sha256,
            full=read.full,
            thumb=read.thumb,
        )
    )
    db.session.flush()


def remove_picture(notice: BulletinNotice) -> None:
    """Take the picture of a draft away. Raises AlreadyPublished."""
    _still_a_draft(notice)
    if notice.picture is not None:
        db.session.delete(notice.picture)
        db.session.flush()
        db.session.expire(notice, ["picture"])


def publish(notice: BulletinNotice) -> bool:
    """Show a notice to everyone and tell the members, once; return whether it was a draft.

    Of one that is to be shown later the worker tells them, on its first day. The notice it corrects
    gives way to it. Raises OverBeforeShown, or NotPublished for a withdrawn one.
    """
    lock(notice)
    if notice.state == NoticeState.PUBLISHED:
        return False
    if notice.state == NoticeState.WITHDRAWN:
        raise NotPublished
    put_up(notice)
    if is_shown(notice):
        tell(notice)
    outbox.publish(NoticePublished(community_id=notice.community_id, notice_id=notice.id))
    return True


def put_up(notice: BulletinNotice) -> None:
    """Publish without telling anybody. Raises OverBeforeShown."""
    instant, older = now(), notice.corrects
    if notice.visible_until <= max(instant, notice.visible_from or instant):
        raise OverBeforeShown
    if notice.visible_from is None or notice.visible_from < instant or older is not None:
        notice.visible_from = instant
    notice.state, notice.published_at, notice.changed_at = NoticeState.PUBLISHED, instant, instant
    if older is not None:
        lock(older)
        if older.state == NoticeState.PUBLISHED:
            older.state, older.withdrawn_at = NoticeState.WITHDRAWN, instant
    db.session.flush()


def tell(notice: BulletinNotice) -> None:
    """Tell the members of a notice, each as they chose, as many as one transaction bears."""
    if notice.told_at is not None:
        return
    last = telling.tell_members(notice, notice.told_up_to)
    if last is None:
        notice.told_at = now()
    else:
        notice.told_up_to = last


def tell_due(community: Community) -> None:
    """Tell of what is shown from today on, and those who are still to be told.

    Late or twice is harmless.
    """
    waiting = db.session.scalars(
        select(BulletinNotice)
        .where(*standing(community), BulletinNotice.told_at.is_(None))
        .order_by(BulletinNotice.id)
        .with_for_update(of=BulletinNotice, key_share=True)
    )
    for notice in waiting.all():
        tell(notice)


def withdraw(notice: BulletinNotice, reason: str) -> None:
    """Take a notice off every channel; its page says why. Raises ReasonMissing, NotPublished."""
    lock(notice)
    if notice.state == NoticeState.WITHDRAWN:
        return
    if notice.state != NoticeState.PUBLISHED:
        raise NotPublished
    if not reason:
        raise ReasonMissing
    notice.state, notice.withdrawn_reason = NoticeState.WITHDRAWN, reason
    notice.withdrawn_at = notice.changed_at = now()
    outbox.publish(NoticeWithdrawn(community_id=notice.community_id, notice_id=notice.id))


def correct(notice: BulletinNotice, by: Member) -> BulletinNotice:
    """Begin a new version of a published notice, or go on with it. Raises NotPublished."""
    lock(notice)
    begun = db.session.scalar(
        select(BulletinNotice).where(
            BulletinNotice.corrects_id == notice.id, BulletinNotice.state == NoticeState.DRAFT
        )
    )
    if begun is not None:
        return begun
    if notice.state != NoticeState.PUBLISHED:
        raise NotPublished
    newer = BulletinNotice(
        community=notice.community,
        author=by,
        organisation=notice.organisation,
        title=notice.title,
        text=notice.text,
        visible_until=max(notice.visible_until, now() + LEAST_SHOWN),
        level=notice.level,
        happens_at=notice.happens_at,
        ends_at=notice.ends_at,
        place=notice.place,
        asks_help=notice.asks_help,
    )
    newer.corrects = notice
    db.session.add(newer)
    if notice.picture is not None:
        kept = notice.picture
        columns = ("alternative", "width", "height", "sha256", "full", "thumb")
        copied = {name: getattr(kept, name) for name in columns}
        db.session.add(NoticePicture(notice=newer, **copied))
    db.session.flush()
    return newer


def delete_draft(notice: BulletinNotice) -> None:
    """Throw a draft away. Raises AlreadyPublished."""
    remove_picture(notice)
    db.session.delete(notice)
    db.session.flush()
