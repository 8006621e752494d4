"""The letters of the bulletin, through the gate where each reader's own switches decide."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.db import db
from freeco.i18n import spoken
from freeco.members.models import Community, Member
from freeco.notifications.notices import notify
from freeco_bulletin import wording
from freeco_bulletin.local import when
from freeco_bulletin.models import BulletinNotice

LETTERS = Path(__file__).parent / "letters"
AT_ONCE = 300
"""How many are told in one transaction: the page answers, and nobody waits for the database."""


def path_of(notice: BulletinNotice) -> str:
    """Return the address of a notice on this site: short, since it is printed too."""
    return f"{page_of(notice.community)}{notice.id}"


def page_of(community: Community) -> str:
    """Return the address of the bulletin on this site."""
    return f"/{community.slug}/bulletin/"


def tell_members(notice: BulletinNotice, after: int) -> int | None:
    """Tell the next members of a notice, those whose id comes after the one given.

    Returns the id to go on after, or None when everybody was told.
    """
    members = db.session.scalars(
        select(Member)
        .where(
            Member.community_id == notice.community_id,
            Member.left_at.is_(None),
            Member.person_id.is_not(None),
            Member.id > after,
        )
        .options(joinedload(Member.person))
        .order_by(Member.id)
        .limit(AT_ONCE)
    ).all()
    for member in members:
        notify(
            member,
            wording.topic(notice),
            "notice",
            key=f"bulletin:notice:{notice.id}",
            url=path_of(notice),
            folder=LETTERS,
            **letter(notice, member.person.language if member.person is not None else "fr"),
        )
    return members[-1].id if len(members) == AT_ONCE else None


def letter(notice: BulletinNotice, language: str) -> dict[str, object]:
    """Return what the letter of a notice says, in the reader's language."""
    with spoken(language):
        return {
            "headline": wording.headline(notice),
            "speaker": notice.speaker,
            "text": notice.text,
            "when": when(notice),
            "place": notice.place,
            "picture": notice.picture.alternative if notice.picture is not None else "",
            "asks_help": notice.asks_help,
            "corrects": notice.corrects is not None,
        }


def tell_author(notice: BulletinNotice, author: Member, helper: Member) -> None:
    """Tell the author that somebody offers to help."""
    notify(
        author,
        "bulletin.help",
        "helper",
        key=f"bulletin:helper:{notice.id}:{helper.id}",
        url=path_of(notice),
        folder=LETTERS,
        helper=helper.name,
        title=notice.title,
    )
