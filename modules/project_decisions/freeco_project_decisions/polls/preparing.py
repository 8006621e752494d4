"""Preparing a poll: a draft that changes until it opens, and what is given up with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.events import publish
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.record.stating import state
from freeco_project_decisions.assembly.models import AssemblyItem
from freeco_project_decisions.polls import binds, colleges
from freeco_project_decisions.polls.errors import AlreadyClosing, OnAnAgenda, PollFinished
from freeco_project_decisions.polls.events import PollCancelled
from freeco_project_decisions.polls.marks import BUDGETS
from freeco_project_decisions.polls.models import Elector, Option, Poll, PollState, Tie
from freeco_project_decisions.polls.opening import require_draft, require_ready


@dataclass(frozen=True)
class Choice:
    """An option as it is typed."""

    text: str
    cost: Money | None = None
    detail: str = ""
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A poll as it is typed; each field is the one of ``Poll``."""

    title: str
    text: str
    opens_at: datetime
    closes_at: datetime
    places: int = 1
    share_part: int = 1
    share_whole: int = 2
    more_than: bool = True
    base: str = "cast"
    quorum_part: int = 0
    quorum_whole: int = 1
    tie: str = Tie.AGAIN
    by_organisation: bool = False
    most_proxies: int = 0
    extension_days: int = 0
    extensions_left: int = 0
    budget: Money | None = None
    subject: str = ""
    rests_months: int = 0


def draft(
    community: Community,
    author: Member | None,
    method: str,
    written: Written,
    choices: Sequence[Choice] = (),
    asked_by: str = "",
) -> Poll:
    """Keep a poll that nobody sees but who prepares it."""
    poll = Poll(
        community=community, author=author, method=method, asked_by=asked_by, **_values(written)
    )
    db.session.add(poll)
    db.session.flush()
    _choose(poll, choices)
    return poll


WRITTEN_TOGETHER = ("project_decisions:proposal:", "project_decisions:amendment:")
"""What these ask was written and amended by all: who prepares the vote only sets its rules."""


def words_are_fixed(poll: Poll) -> bool:
    """Whether the question and its explanations come from a text that was written together."""
    return poll.asked_by.startswith(WRITTEN_TOGETHER)


def change(poll: Poll, written: Written, choices: Sequence[Choice] = ()) -> None:
    """Write a draft anew; raises ``PollFrozen``. It no longer opens by itself."""
    lock(poll)
    require_draft(poll)
    if words_are_fixed(poll):
        written = replace(written, title=poll.title, text=poll.text)
    if poll.method not in BUDGETS:  # its form asks no amounts: those of its projects stay
        written = replace(written, budget=poll.budget)
    for name, value in _values(written).items():
        setattr(poll, name, value)
    poll.ready = False
    binds.keep_fitting(poll, [each.text for each in poll.options], [each.text for each in choices])
    known = {each.text: each for each in poll.options}
    kept = [
        replace(each, detail=was.detail, about=was.about, cost=each.cost or was.cost)
        if (was := known.get(each.text)) is not None and not each.detail
        else each
        for each in choices
    ]
    db.session.execute(delete(Option).where(Option.poll_id == poll.id))
    _choose(poll, kept)


def detail(poll: Poll, details: Sequence[str]) -> None:
    """Say more of each option of a draft, in their order; raises ``PollFrozen``."""
    lock(poll)
    require_draft(poll)
    for option, words in zip(poll.options, details, strict=True):
        option.detail = words
    poll.ready = False
    db.session.flush()


def _values(written: Written) -> dict[str, Any]:
    return {each.name: getattr(written, each.name) for each in fields(written)}


def _choose(poll: Poll, choices: Sequence[Choice]) -> None:
    for place, each in enumerate(choices):
        db.session.add(
            Option(
                poll=poll,
                place=place,
                text=each.text,
                detail=each.detail,
                cost=each.cost,
                about=each.about,
            )
        )
    db.session.flush()
    db.session.refresh(poll, ["options"])


def make_ready(poll: Poll) -> None:
    """Let a draft open by itself at its hour.

    Raises ``PollFrozen``, and what opening raises for a poll that could not be decided.
    """
    lock(poll)
    require_draft(poll)
    if poll.opens_at <= now():
        raise AlreadyClosing
    require_ready(poll)
    poll.ready = True


def hold_back(poll: Poll) -> None:
    """Keep a draft from opening by itself; raises ``PollFrozen``."""
    lock(poll)
    require_draft(poll)
    poll.ready = False


def throw_away(poll: Poll) -> None:
    """Delete a draft; raises ``PollFrozen``, and ``OnAnAgenda`` for one an assembly will hold."""
    lock(poll)
    require_draft(poll)
    if poll.room or _is_on_an_agenda(poll):
        raise OnAnAgenda
    colleges.forget(poll)
    db.session.execute(delete(Elector).where(Elector.poll_id == poll.id))
    db.session.execute(delete(Option).where(Option.poll_id == poll.id))
    db.session.expire(poll, ["options"])
    db.session.delete(poll)
    db.session.flush()


def _is_on_an_agenda(poll: Poll) -> bool:
    """Whether an item leads to it: a secret vote has no room there, and keeps its own hours."""
    item = select(AssemblyItem.id).where(AssemblyItem.poll_id == poll.id).limit(1)
    return db.session.scalar(item) is not None


def cancel(poll: Poll, reason: str) -> bool:
    """Give up a poll that is open or not yet counted, saying why to all.

    A second click changes nothing and returns False. Raises ``PollFinished`` for one that is
    decided, or was never opened.
    """
    lock(poll)
    if poll.state == PollState.CANCELLED:
        return False
    if poll.state not in (PollState.OPEN, PollState.CLOSED):
        raise PollFinished
    poll.state = PollState.CANCELLED
    poll.cancelled_at = now()
    poll.cancelled_reason = reason
    state(poll.community, "poll.cancelled", f"poll_cancelled:{poll.id}", about={"poll": poll.id})
    publish(PollCancelled(community_id=poll.community_id, poll_id=poll.id, asked_by=poll.asked_by))
    return True
