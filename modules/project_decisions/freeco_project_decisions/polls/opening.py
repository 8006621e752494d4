"""Opening a poll: from then on the question, the choices, the rules and the voters are fixed."""

import json
from collections.abc import Mapping
from hashlib import sha256

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent, Refusal
from freeco.events import publish
from freeco.members.models import Community
from freeco.record.stating import state
from freeco_project_decisions.polls import binds, electorate, paper
from freeco_project_decisions.polls.errors import (
    AlreadyClosing,
    LotNeeded,
    NoBudget,
    NotEnoughToChoose,
    PollFrozen,
    PreparedElsewhere,
    TooManyPlaces,
)
from freeco_project_decisions.polls.events import PollOpened
from freeco_project_decisions.polls.marks import BUDGETS, CHOOSING, LEVELLED
from freeco_project_decisions.polls.models import (
    College,
    Method,
    Poll,
    PollState,
    Secrecy,
    Tie,
)


def find_poll(community: Community, poll_id: int) -> Poll:
    """Return a poll of this community; raise Absent for another's."""
    found = db.session.get(Poll, poll_id)
    if found is None or found.community_id != community.id:
        raise Absent
    return found


def require_draft(poll: Poll) -> None:
    """Stop a change to what is open; raises ``PollFrozen``."""
    if poll.state != PollState.DRAFT:
        raise PollFrozen


def open_poll(
    poll: Poll, colleges: Mapping[int, College] | None = None, *, prepared: bool = False
) -> None:
    """Open a poll: note who may vote, fix its text, and state it in the record.

    ``colleges`` gives each member's college by their number, when they are not those prepared.
    A second click changes nothing. ``prepared`` says that a secret poll has its keys and codes, and
    its electors noted before. Raises ``NotEnoughToChoose``, ``NoBudget``, ``TooManyPlaces``,
    ``LotNeeded``, ``AlreadyClosing``, what ``binds.require_in_force`` raises, ``NobodyToVote``,
    ``CollegeEmpty``, ``PreparedElsewhere`` for a secret poll that is not ``prepared``, and
    ``PollFrozen`` for a poll that is over.
    """
    lock(poll)
    if poll.state == PollState.OPEN:
        return
    require_draft(poll)
    require_ready(poll)
    if poll.secrecy != Secrecy.OPEN and not prepared:
        raise PreparedElsewhere
    electors = (prepared and electorate.count_electors(poll)) or electorate.freeze(poll, colleges)
    poll.frozen_text = _text(poll, electors)
    poll.frozen_sha256 = sha256(poll.frozen_text.encode()).hexdigest()
    poll.state = PollState.OPEN
    poll.opened_at = now()
    state(
        poll.community,
        "poll.opened",
        f"poll_opened:{poll.id}",
        about={
            "poll": poll.id,
            "method": poll.method,
            "secrecy": poll.secrecy,
            "electors": electors,
            "text": poll.frozen_sha256,
        },
    )
    publish(PollOpened(community_id=poll.community_id, poll_id=poll.id))


def open_due(community: Community) -> None:
    """Open every poll that was made ready and whose hour has come.

    One that can no longer be opened, as when its end is past too, is a draft again and stops
    nothing else.
    """
    due = select(Poll).where(
        Poll.community_id == community.id,
        Poll.state == PollState.DRAFT,
        Poll.ready.is_(True),
        Poll.secrecy == Secrecy.OPEN,
        Poll.opens_at <= now(),
    )
    for poll in db.session.scalars(due).all():
        try:
            with db.session.begin_nested():
                open_poll(poll)
        except Refusal:
            poll.ready = False


def require_ready(poll: Poll) -> None:
    """Stop a poll that could not be decided; raises as ``open_poll`` does."""
    method = Method(poll.method)
    if poll.closes_at <= now():
        raise AlreadyClosing
    binds.require_in_force(poll)
    if method not in CHOOSING:
        return
    if len(poll.options) < 2:
        raise NotEnoughToChoose
    if method in BUDGETS and (
        poll.budget is None or any(option.cost is None for option in poll.options)
    ):
        raise NoBudget
    if poll.places > len(poll.options):
        raise TooManyPlaces
    if method in LEVELLED and poll.tie == Tie.AGAIN:
        raise LotNeeded


def _text(poll: Poll, electors: int) -> str:
    """Write what is opened, to the letter: one line of JSON, its keys in order.

    How many vote on paper is known beforehand beside a secret vote alone.
    """
    on_paper = paper.voters(poll).total()
    content = {
        "title": poll.title,
        "text": poll.text,
        "method": poll.method,
        "secrecy": poll.secrecy,
        "places": poll.places,
        "majority": {
            "share": f"{poll.share_part}/{poll.share_whole}",
            "more_than": poll.more_than,
            "base": poll.base,
            "quorum": f"{poll.quorum_part}/{poll.quorum_whole}",
        },
        "tie": poll.tie,
        "by_organisation": poll.by_organisation,
        "most_proxies": poll.most_proxies,
        "extension": {"days": poll.extension_days, "times": poll.extensions_left},
        "budget": poll.budget.cents if poll.budget is not None else None,
        "options": [
            {
                "text": option.text,
                "detail": option.detail,
                "cost": option.cost.cents if option.cost is not None else None,
                "about": option.about,
            }
            for option in poll.options
        ],
        "colleges": [
            {"name": each.name, "weight": each.weight, "belongs": each.belongs}
            for each in poll.colleges
        ],
        "electors": electors,
        "closes_at": poll.closes_at.isoformat(),
        "asked_by": poll.asked_by,
        "binds": binds.content_of(binds.read(poll.binds)),
        "rests_months": poll.rests_months,
        "earlier": poll.earlier_id,
        **({"room": poll.room} if poll.room else {}),
        **({"on_paper": on_paper} if on_paper else {}),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
