"""The monthly gazette: chosen from what the open modules tell, and printed in one click."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from freeco.activation import open_modules
from freeco.clock import now, today
from freeco.db import db
from freeco.members.membership import lock_community
from freeco.members.models import Community
from freeco.module import Story
from freeco.plugins import Plugins
from freeco_bulletin import reading
from freeco_bulletin.local import month_bounds
from freeco_bulletin.models import BulletinNotice, Gazette
from freeco_bulletin.wording import beginning

LONGEST_STORY = 600
"""A notice is cut there in the gazette: its page has the rest."""
NEXT_MONTH_FROM_DAY = 20
FARTHEST_MONTHS = 24


@dataclass(frozen=True)
class Choice:
    """A story of the month, and whether it goes into the gazette."""

    key: str
    """The same as long as the story has the same title, date and place."""
    story: Story
    source: str
    """The title of the module that tells it."""
    kept: bool
    past: bool


def usual_month(community: Community) -> date:
    """Return the month whose gazette one most likely prepares today: the next, near its end."""
    day = today(community.timezone)
    first = day.replace(day=1)
    return following(first) if day.day >= NEXT_MONTH_FROM_DAY else first


def following(month: date) -> date:
    """Return the first day of the next month."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def before(month: date) -> date:
    """Return the first day of the month before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def read_month(community: Community, text: str) -> date | None:
    """Return the month written ``2026-12``, if it is one and near enough to tell of."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    usual = usual_month(community)
    apart = (month.year - usual.year) * 12 + month.month - usual.month
    return month if abs(apart) <= FARTHEST_MONTHS and text == f"{month:%Y-%m}" else None


def find(community: Community, month: date) -> Gazette | None:
    """Return what was chosen for a month, if anything was."""
    return db.session.scalar(
        select(Gazette).where(Gazette.community_id == community.id, Gazette.month == month)
    )


def last_saved(community: Community) -> Gazette | None:
    """Return the gazette saved last, whose telephone and contact the next one takes over."""
    return db.session.scalar(
        select(Gazette)
        .where(Gazette.community_id == community.id)
        .order_by(Gazette.saved_at.desc(), Gazette.id.desc())
        .limit(1)
    )


def choices(plugins: Plugins, community: Community, month: date) -> list[Choice]:
    """Return the stories of a month, module by module.

    What is already past is left out until somebody ticks it.
    """
    saved, opened = find(community, month), open_modules(community)
    since, until = month_bounds(community, month)
    found: dict[str, Choice] = {}
    for module in plugins.titled(opened):
        for story in plugins.stories([module.name], community, since, until):
            key = key_of(story)
            past = story.at is not None and story.at < now()
            kept = key not in saved.left_out if saved is not None else not past
            found.setdefault(key, Choice(key, story, str(module.title), kept, past))
    return list(found.values())


def key_of(story: Story) -> str:
    """Return the key by which a story is recognised from one click to the next."""
    at = story.at.isoformat() if story.at is not None else ""
    words = "\0".join((str(story.title), at, story.place))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def save(
    community: Community,
    month: date,
    offered: Iterable[Choice],
    ticked: Collection[str],
    *,
    editorial: str,
    relay_phone: str,
    contact: str,
) -> Gazette:
    """Keep what was chosen for a month; a story that comes later is taken until unticked."""
    lock_community(community)
    gazette = find(community, month)
    if gazette is None:
        gazette = Gazette(community=community, month=month)
        db.session.add(gazette)
    gazette.editorial, gazette.relay_phone, gazette.contact = editorial, relay_phone, contact
    gazette.left_out = [each.key for each in offered if each.key not in ticked]
    gazette.saved_at = now()
    db.session.flush()
    return gazette


def stories(community: Community, since: datetime, until: datetime) -> list[Story]:
    """Return the notices of a time as stories: what they announce, and no author's name."""
    return [_story(each) for each in reading.during(community, since, until)]


def _story(notice: BulletinNotice) -> Story:
    text = notice.text
    if len(text) > LONGEST_STORY:
        text = beginning(text, LONGEST_STORY)
    if notice.organisation is not None:
        text = f"{text}\n({notice.speaker})"
    return Story(title=notice.title, text=text, at=notice.happens_at, place=notice.place)
