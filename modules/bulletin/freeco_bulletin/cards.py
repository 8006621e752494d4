"""What the bulletin puts on the home page and in the agenda."""

from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy import func, select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _, counted, said, sentence
from freeco.members import membership
from freeco.members.models import Community, Member
from freeco.module import AgendaItem, Card
from freeco_bulletin import reading, wording
from freeco_bulletin.local import when
from freeco_bulletin.models import BulletinNotice, Helper, Level, NoticeState
from freeco_bulletin.permissions import PUBLISH

MOST_PRESSING = 2
USUAL_LENGTH = timedelta(hours=1)
NEW, SOON = timedelta(days=3), timedelta(days=1)
"""An important notice is on the home page while it is new, and when the day comes."""


def cards(community: Community, member: Member) -> list[Card]:
    """Return what presses, the help offered to one's notices, and the drafts to publish."""
    pressing = [each for each in reading.shown(community) if _presses(each)]
    found = [_pressing(each) for each in pressing[:MOST_PRESSING]]
    found += _helped(community, member)
    if membership.holds(member, PUBLISH.name):
        found += _drafts(community)
    return found


def _presses(notice: BulletinNotice) -> bool:
    """Whether it belongs on the home page today: an important one is not there for weeks."""
    if notice.level != Level.IMPORTANT:
        return notice.level == Level.URGENT
    if notice.visible_from is not None and now() < notice.visible_from + NEW:
        return True
    starts = notice.happens_at
    return starts is not None and starts - SOON < now() < (notice.ends_at or starts + USUAL_LENGTH)


def _pressing(notice: BulletinNotice) -> Card:
    facts = ", ".join(each for each in (when(notice), notice.place) if each)
    return Card(
        title=wording.headline(notice),
        text=sentence(facts) if facts else wording.beginning(notice.text, 140),
        url=_url(notice),
        action=_("Lire l’annonce"),
        colour="blue",
        urgent=notice.level == Level.URGENT,
    )


def _helped(community: Community, member: Member) -> list[Card]:
    many = (
        select(Helper.notice_id, func.count(Helper.id).label("many"))
        .group_by(Helper.notice_id)
        .subquery()
    )
    rows = db.session.execute(
        select(BulletinNotice, many.c.many)
        .join(many, many.c.notice_id == BulletinNotice.id)
        .where(*reading.standing(community), BulletinNotice.author_id == member.id)
        .order_by(BulletinNotice.id)
    )
    return [
        Card(
            title=wording.helpers(each.many),
            text=each.BulletinNotice.title,
            url=_url(each.BulletinNotice),
            action=_("Voir qui vient"),
            colour="blue",
        )
        for each in rows
    ]


def _drafts(community: Community) -> list[Card]:
    many = (
        db.session.scalar(
            select(func.count(BulletinNotice.id)).where(
                BulletinNotice.community_id == community.id,
                BulletinNotice.state == NoticeState.DRAFT,
            )
        )
        or 0
    )
    if not many:
        return []
    return [
        Card(
            title=counted("%(num)s annonce à publier", "%(num)s annonces à publier", many),
            text=said("Le texte est écrit : relisez-le sur chaque canal, puis publiez."),
            url=url_for("bulletin_editing.index", community=community.slug),
            action=_("Relire et publier"),
            colour="blue",
            hat="coordinator",
        )
    ]


def _url(notice: BulletinNotice) -> str:
    return url_for("bulletin.notice", community=notice.community.slug, notice_id=notice.id)


def agenda(community: Community, since: datetime, until: datetime) -> list[AgendaItem]:
    """Return what the notices on the page announce between two instants."""
    return [
        AgendaItem(
            title=each.title,
            starts_at=each.happens_at,
            ends_at=each.ends_at or each.happens_at + USUAL_LENGTH,
            place=each.place,
            url=_url(each),
            key=f"bulletin.notice:{each.id}",
        )
        for each in reading.shown(community)
        if each.happens_at is not None
        and (each.ends_at or each.happens_at) >= since
        and each.happens_at < until
    ]
