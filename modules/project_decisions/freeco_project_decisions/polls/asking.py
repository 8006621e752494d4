"""Questions that other modules put: read by somebody, then a poll, answered by an event."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Community
from freeco.module import Asked, Question, Ref
from freeco_project_decisions.polls import preparing
from freeco_project_decisions.polls.errors import AlreadyClosing
from freeco_project_decisions.polls.models import Method, Poll, PollState
from freeco_project_decisions.polls.preparing import Choice, Written

READ_FIRST = timedelta(days=1)
"""For so long those who prepare votes may read a question, change it or hold it back."""


def ask(question: Question, make_secret: Callable[[Poll], object]) -> Asked:
    """Prepare a poll about another module's object; asked again before its end, it is the same.

    Without choices it is yes, no or blank; among choices, majority judgment. It opens by itself
    at the hour that was asked, else a day later, or after a quarter of the time there is when
    that comes sooner. One that is secret, or has a single choice, waits for somebody to finish
    it. ``PollDecided`` carries ``asked_by`` and what was chosen. Raises ``AlreadyClosing``.
    """
    asked_by = f"{question.asked_by.module}:{question.asked_by.kind}:{question.asked_by.id}"
    community = db.session.get(Community, question.community_id)
    if community is None:
        raise Absent
    lock(community)
    poll = db.session.scalar(
        select(Poll).where(
            Poll.community_id == question.community_id,
            Poll.asked_by == asked_by,
            Poll.state.in_((PollState.DRAFT, PollState.OPEN, PollState.CLOSED)),
        )
    )
    if poll is None:
        poll = _prepare(community, question, asked_by, make_secret)
    return Asked(Ref("project_decisions", "poll", poll.id))


def _prepare(
    community: Community,
    question: Question,
    asked_by: str,
    make_secret: Callable[[Poll], object],
) -> Poll:
    opens_at = _opens(question)
    if question.closes_at <= max(now(), opens_at):
        raise AlreadyClosing
    poll = preparing.draft(
        community,
        None,
        Method.JUDGMENT if question.choices else Method.ASSENT,
        Written(
            title=question.title,
            text=question.text,
            opens_at=opens_at,
            closes_at=question.closes_at,
        ),
        [Choice(text) for text in question.choices],
        asked_by,
    )
    if question.secret:
        make_secret(poll)
    elif len(question.choices) != 1:
        poll.ready = True
        db.session.flush()
    return poll


def _opens(question: Question) -> datetime:
    if question.opens_at is not None:
        return question.opens_at
    return now() + min(READ_FIRST, (question.closes_at - now()) / 4)
