"""The letters of deliberation: one mail a week at most, unless one asked for each message."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db
from freeco.i18n import deadline, spoken
from freeco.mail.letters import in_view
from freeco.members.models import Community, Member, Person
from freeco.notifications.digests import digest_time
from freeco.notifications.models import Notice
from freeco.notifications.notices import Told, notify, notify_each
from freeco_project_decisions.deliberation import following, reading, replying
from freeco_project_decisions.deliberation.models import (
    Discussion,
    Follow,
    Message,
    Proposal,
    Rhythm,
    Stage,
)
from freeco_project_decisions.polls.telling import AT_ONCE, LETTERS

NEWS = timedelta(days=7)
BEFORE_LETTER = timedelta(hours=3)
"""What is new in a discussion is gathered so long before the weekly letter leaves."""
BEFORE_END = timedelta(days=2)
SHORT = 40
"""Words of a message in a letter; all of it is on the page."""


def tell_due(community: Community) -> None:
    """Tell of what opened, of each message to those who asked, and of what waits for its authors.

    What is weekly is gathered shortly before the weekly letter: one notice for a discussion.
    """
    _tell_opened(community)
    _tell_published(community)
    _tell_each(community)
    if _letter_is_near(community):
        _tell_week(community)
        _tell_ends(community)
    _remind(community)


def path(community: Community, kind: str, number: int) -> str:
    """Return the page of a discussion or a proposal, as a path of this site."""
    return f"/{community.slug}/project-decisions/{kind}/{number}"


def _everybody(community: Community, key: str) -> list[Member]:
    """Return the next of those who are not told yet."""
    told = select(Notice.id).where(Notice.member_id == Member.id, Notice.key == key).exists()
    return list(
        db.session.scalars(
            select(Member)
            .join(Person, Member.person_id == Person.id)
            .where(
                Member.community_id == community.id,
                Member.left_at.is_(None),
                Person.erased_at.is_(None),
                ~told,
            )
            .options(joinedload(Member.person))
            .order_by(Member.id)
            .limit(AT_ONCE)
        )
    )


def _tell_opened(community: Community) -> None:
    found = db.session.scalars(
        select(Discussion).where(
            Discussion.community_id == community.id,
            Discussion.state == "open",
            Discussion.opened_at > now() - NEWS,
        )
    ).all()
    for each in found:
        key = f"project_decisions:discussion:{each.id}"
        others = (who for who in _everybody(community, key) if who.id != each.author_id)
        tell(
            others, "discussions", "discussion_opened", key,
            path(community, "discussions", each.id), title=each.title,
        )  # fmt: skip


def _tell_published(community: Community) -> None:
    for each in reading.proposals(community, Stage.AMENDING):
        if each.published_at is None or each.published_at <= now() - NEWS:
            continue
        key = f"project_decisions:proposal:{each.id}"
        for who in _everybody(community, key):
            with speaking(who):
                until = deadline(each.amend_until) if each.amend_until else ""
            tell(
                [who], "discussions", "proposal_published", key,
                path(community, "propositions", each.id), title=each.title, until=until,
            )  # fmt: skip


def speaking(member: Member) -> AbstractContextManager[None]:
    """Write in a member's language."""
    return spoken(member.person.language if member.person is not None else "fr")


def tell(
    members: Iterable[Member], topic: str, letter: str, key: str, url: str, **content: object
) -> None:
    """Tell members of something, each once, through the gate where their switches decide."""
    for member in members:
        notify(
            member,
            f"project_decisions.{topic}",
            letter,
            key=key,
            url=url,
            folder=LETTERS,
            **content,
        )


def _untold(community: Community, rhythm: Rhythm) -> list[Follow]:
    """Return who follows at a rhythm and has something to read from others."""
    newer = (
        select(Message.id)
        .where(Message.discussion_id == Follow.discussion_id, Message.id > Follow.told_up_to)
        .exists()
    )
    return list(
        db.session.scalars(
            select(Follow)
            .join(Follow.discussion)
            .where(Discussion.community_id == community.id, Follow.rhythm == rhythm, newer)
            .order_by(Follow.id)
            .limit(AT_ONCE)
        )
    )


def _news(follow: Follow) -> list[Message]:
    """Return what others said since the reader was told, and note that they are told now."""
    found = db.session.scalars(
        select(Message)
        .where(Message.discussion_id == follow.discussion_id, Message.id > follow.told_up_to)
        .options(joinedload(Message.author))
        .order_by(Message.id)
    ).all()
    follow.told_up_to = found[-1].id if found else follow.told_up_to
    return [each for each in found if each.hidden_at is None and each.author_id != follow.member_id]


def _tell_each(community: Community) -> None:
    for follow in _untold(community, Rhythm.EACH):
        for message in _news(follow):
            reply_to = replying.address_of(follow, message)
            content = {
                "title": follow.discussion.title,
                "name": message.author.name if message.author is not None else "",
                "text": message.text,
                "answered": bool(reply_to),
            }
            url = path(community, "discussions", follow.discussion_id) + f"#m{message.id}"
            notify_each(
                [Told(follow.member, url, content, reply_to)],
                "project_decisions.messages",
                "discussion_message",
                key=f"project_decisions:message:{message.id}",
                folder=LETTERS,
            )


def _letter_is_near(community: Community) -> bool:
    weekday, hour = digest_time(community)
    local = now().astimezone(ZoneInfo(community.timezone))
    leaves = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    leaves += timedelta(days=(weekday - local.weekday()) % 7)
    return local <= leaves <= local + BEFORE_LETTER


def _tell_week(community: Community) -> None:
    for follow in _untold(community, Rhythm.WEEKLY):
        said_since = _news(follow)
        if not said_since:
            continue
        notify(
            follow.member,
            "project_decisions.discussions",
            "discussion_news",
            key=f"project_decisions:news:{follow.discussion_id}:{said_since[-1].id}",
            url=path(community, "discussions", follow.discussion_id),
            folder=LETTERS,
            title=follow.discussion.title,
            many=len(said_since),
            names=_names(said_since),
        )


def _tell_ends(community: Community) -> None:
    """Say in the weekly letter which discussions and which amendments end in the coming week."""
    for each in db.session.scalars(reading.discussions(community, "open")).all():
        if each.until is not None and _soon(each.until):
            muted = following.members_at(each, Rhythm.MUTED)
            key = f"project_decisions:ends:discussion:{each.id}:{each.until:%Y%m%d}"
            _tell_end(community, key, path(community, "discussions", each.id), each, muted)
    for proposal in reading.proposals(community, Stage.AMENDING):
        if proposal.amend_until is not None and _soon(proposal.amend_until):
            key = f"project_decisions:ends:proposal:{proposal.id}:{proposal.amend_until:%Y%m%d}"
            _tell_end(community, key, path(community, "propositions", proposal.id), proposal)


def _soon(end: datetime) -> bool:
    return now() < end <= now() + BEFORE_LETTER + NEWS


def _tell_end(
    community: Community,
    key: str,
    url: str,
    ending: Discussion | Proposal,
    muted: frozenset[int] = frozenset(),
) -> None:
    talk = isinstance(ending, Discussion)
    end = ending.until if isinstance(ending, Discussion) else ending.amend_until
    for who in _everybody(community, key):
        if who.id in muted or end is None:
            continue
        with in_view(community), speaking(who):
            until = deadline(end)
        tell(
            [who],
            "discussions",
            "stage_ends",
            key,
            url,
            title=ending.title,
            until=until,
            discussion=talk,
        )


def _names(messages: list[Message]) -> str:
    names = dict.fromkeys(each.author.name for each in messages if each.author is not None)
    return ", ".join(list(names)[:5]) + ("…" if len(names) > 5 else "")


def _remind(community: Community) -> None:
    """Tell the authors of a stage that ends, or ended, with amendments they have not answered."""
    for proposal in reading.proposals(community, Stage.AMENDING, Stage.SETTLED):
        if proposal.amend_until is None or now() < proposal.amend_until - BEFORE_END:
            continue
        waiting = [each for each in reading.waiting(proposal) if each.state == "open"]
        if not waiting:
            continue
        key = f"project_decisions:waits:{proposal.id}:{proposal.amend_until:%Y%m%d}"
        for author in [each.member for each in proposal.authors if each.member is not None]:
            with in_view(community), speaking(author):
                until = deadline(proposal.amend_until)
            tell(
                [author], "concerns", "proposal_waits", key,
                path(community, "propositions", proposal.id),
                title=proposal.title, many=len(waiting), until=until,
            )  # fmt: skip
