"""The letters of polls, through the gate where each reader's own switches decide.

Electors are told in turns: a sweep finds those without the notice, so that nobody is told twice
and no page waits for a thousand letters.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db
from freeco.i18n import deadline, said, spoken
from freeco.mail.letters import in_view
from freeco.members.models import Community, Member, Person
from freeco.notifications.models import Notice
from freeco.notifications.notices import notify
from freeco_project_decisions.polls import reading, results, wording
from freeco_project_decisions.polls.ballot_models import OpenBallot, Proxy
from freeco_project_decisions.polls.models import Elector, Poll, PollState, Secrecy

LETTERS = Path(__file__).parent.parent / "letters"
AT_ONCE = 300
"""How many are told of one poll in one transaction."""
BEFORE = timedelta(days=1)
"""A reminder leaves so long before the end."""
FRESH = timedelta(days=5)
"""A poll that opened since was told of in this week's letter."""
NEWS = timedelta(days=7)
"""A result is news for so long: who comes back later reads the register."""

Content = Mapping[str, object]


def tell_due(community: Community) -> None:
    """Tell electors of polls that opened, end tomorrow, or were decided or called off."""
    for poll in reading.by_state(community, PollState.OPEN):
        # Of a vote by tokens, electors are told when theirs is given: ``tokens``.
        if not _of_an_evening(poll) and poll.secrecy != Secrecy.TOKENS:
            tell_electors(poll, "poll_opened", "opened", f"opened:{poll.id}", _opened)
        if _ends_tomorrow(poll):
            key = f"reminder:{poll.id}:{poll.closes_at:%Y%m%d}"
            tell_electors(poll, "poll_reminder", "reminder", key, _opened, *_silent())
    for poll in _finished(community):
        if poll.state == PollState.DECIDED:
            tell_electors(poll, "poll_result", "result", f"result:{poll.id}", _result)
        else:
            tell_electors(poll, "poll_cancelled", "result", f"cancelled:{poll.id}", _cancelled)


def _of_an_evening(poll: Poll) -> bool:
    """Whether an assembly votes on it and is done with it the same day: no letter comes in time."""
    return bool(poll.room) and poll.closes_at - (poll.opened_at or poll.opens_at) <= BEFORE


def tell_waiting(community: Community) -> None:
    """Say once a week, in the weekly letter, which votes still wait for somebody's answer.

    Those that opened in the last days were told already. Twice in a week is once.
    """
    old = now() - FRESH
    polls = [
        poll
        for poll in reading.by_state(community, PollState.OPEN)
        if poll.secrecy == Secrecy.OPEN and (poll.opened_at or poll.opens_at) <= old
    ]
    if not polls:
        return
    week = "{}-{}".format(*now().isocalendar()[:2])
    key = f"project_decisions:waiting:{week}"
    told = and_(Notice.member_id == Member.id, Notice.key == key)
    members = db.session.scalars(
        select(Member)
        .distinct()
        .join(Elector, func.coalesce(Elector.voice_id, Elector.member_id) == Member.id)
        .join(Person, Member.person_id == Person.id)
        .where(
            Elector.poll_id.in_([poll.id for poll in polls]),
            Member.left_at.is_(None),
            Person.erased_at.is_(None),
            ~select(Notice.id).where(told).exists(),
            *_silent(),
        )
        .order_by(Member.id)
        .limit(AT_ONCE)
    ).all()
    for member in members:
        waiting = [poll for poll in reading.unanswered(member) if poll in polls]
        with in_view(community), spoken(member.person.language if member.person else "fr"):
            lines = [
                said("%(title)s, jusqu’au %(end)s", title=poll.title, end=deadline(poll.closes_at))
                for poll in waiting
            ]
        notify(
            member,
            "project_decisions.waiting",
            "polls_waiting",
            key=key,
            url=f"/{community.slug}/project-decisions/",
            folder=LETTERS,
            many=len(lines),
            polls=lines,
        )


def _ends_tomorrow(poll: Poll) -> bool:
    """Whether it is time to remind: a poll of a day or two is told once, when it opens."""
    opened = poll.opened_at or poll.opens_at
    last_day = poll.closes_at - BEFORE
    return poll.secrecy == Secrecy.OPEN and opened <= last_day - BEFORE and last_day <= now()


def _finished(community: Community) -> list[Poll]:
    ended = func.coalesce(Poll.decided_at, Poll.cancelled_at)
    return list(
        db.session.scalars(
            select(Poll)
            .where(
                Poll.community_id == community.id,
                Poll.state.in_((PollState.DECIDED, PollState.CANCELLED)),
                ended > now() - NEWS,
            )
            .order_by(Poll.id)
        )
    )


def _silent() -> tuple[ColumnElement[bool], ...]:
    """Who neither voted nor handed their vote to somebody."""
    cast = select(OpenBallot.id).where(OpenBallot.elector_id == Elector.id).exists()
    given = select(Proxy.id).where(Proxy.giver_id == Elector.id).exists()
    return ~cast, ~given


def tell_electors(
    poll: Poll,
    letter: str,
    topic: str,
    key: str,
    content: Callable[[Poll], Content],
    *among: ColumnElement[bool],
    page: str = "",
) -> None:
    """Tell the electors of a poll, or some ``among`` them, once each, in turns of ``AT_ONCE``.

    ``page`` leads further than the poll's own page, such as ``/code``.
    """
    key = f"project_decisions:{key}"
    told = and_(Notice.member_id == Member.id, Notice.key == key)
    members = db.session.scalars(
        select(Member)
        .join(Elector, func.coalesce(Elector.voice_id, Elector.member_id) == Member.id)
        .join(Person, Member.person_id == Person.id)
        .where(
            Elector.poll_id == poll.id,
            Member.left_at.is_(None),
            Person.erased_at.is_(None),
            ~select(Notice.id).where(told).exists(),
            *among,
        )
        .options(joinedload(Member.person))
        .order_by(Elector.id)
        .limit(AT_ONCE)
    ).all()
    for member in members:
        with in_view(poll.community), spoken(member.person.language if member.person else "fr"):
            words = content(poll)
        notify(
            member,
            f"project_decisions.{topic}",
            letter,
            key=key,
            url=f"/{poll.community.slug}/project-decisions/votes/{poll.id}{page}",
            folder=LETTERS,
            **words,
        )


def _opened(poll: Poll) -> Content:
    return {
        "title": poll.title,
        "ends": deadline(poll.closes_at),
        "method": str(wording.EXPLAINED[poll.method]),
    }


def _result(poll: Poll) -> Content:
    decision = reading.decision_of(poll)
    if decision is None:
        return {"title": poll.title, "number": "", "sentence": said("Rien n’est décidé.")}
    return {
        "title": poll.title,
        "number": decision.number,
        "sentence": results.sentence_of(decision),
    }


def _cancelled(poll: Poll) -> Content:
    return {"title": poll.title, "reason": poll.cancelled_reason}
