"""What the bulletin knows about a member, and how it forgets them."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from freeco.db import db
from freeco.members.models import Member
from freeco.module import Exported
from freeco_bulletin.models import BulletinNotice, Helper


def export(member: Member) -> Exported | None:
    """Give what a member wrote, and where they offered to help."""
    written = db.session.scalars(
        select(BulletinNotice)
        .where(BulletinNotice.author_id == member.id)
        .options(joinedload(BulletinNotice.organisation))
        .order_by(BulletinNotice.id)
    ).all()
    helping = db.session.scalars(
        select(Helper)
        .where(Helper.member_id == member.id)
        .options(joinedload(Helper.notice))
        .order_by(Helper.id)
    ).all()
    if not written and not helping:
        return None
    return Exported(
        "bulletin",
        {
            "notices": [_exported(each) for each in written],
            "offers_of_help": [
                {"notice": each.notice.title, "offered_at": each.offered_at.isoformat()}
                for each in helping
            ],
        },
    )


def _exported(notice: BulletinNotice) -> dict[str, Any]:
    published = notice.published_at
    return {
        "title": notice.title,
        "text": notice.text,
        "in_the_name_of": notice.speaker,
        "level": notice.level,
        "state": notice.state,
        "written_at": notice.created_at.isoformat(),
        "published_at": published.isoformat() if published is not None else None,
        "picture": notice.picture.alternative if notice.picture is not None else None,
    }


def erase(member: Member) -> None:
    """Forget who wrote and who helps: a notice speaks for the community, and stays."""
    db.session.execute(
        update(BulletinNotice)
        .where(BulletinNotice.author_id == member.id)
        .values(author_id=None)
        .execution_options(synchronize_session="fetch")
    )
    db.session.execute(delete(Helper).where(Helper.member_id == member.id))
