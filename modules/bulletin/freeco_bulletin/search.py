"""What the bulletin knows about some words."""

from flask import url_for

from freeco.cells import says
from freeco.db import db
from freeco.members.models import Community
from freeco.module import Found, Ref, RefLabel
from freeco_bulletin import reading, wording
from freeco_bulletin.models import BulletinNotice


def find(community: Community, words: str) -> list[Found]:
    """Return the notices on the page that say these words, in any order, accents apart."""
    return [
        Found(each.title, wording.beginning(each.text), _url(each))
        for each in reading.shown(community)
        if says(words, each.title, each.text, each.place, each.speaker)
    ]


def label(ref: Ref) -> RefLabel | None:
    """Name a notice that a link points to; drafts have no name yet."""
    if ref.module != "bulletin" or ref.kind != "notice":
        return None
    notice = db.session.get(BulletinNotice, ref.id)
    if notice is None or not reading.is_public(notice):
        return None
    return RefLabel(notice.title, _url(notice))


def _url(notice: BulletinNotice) -> str:
    return url_for("bulletin.notice", community=notice.community.slug, notice_id=notice.id)
