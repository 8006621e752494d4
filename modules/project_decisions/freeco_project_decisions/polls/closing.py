"""Closing a poll, counting it, and entering what was decided in the register."""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.events import publish
from freeco.members.models import Community
from freeco.record.stating import state
from freeco_project_decisions.counting.assent import NO
from freeco_project_decisions.counting.outcomes import Outcome
from freeco_project_decisions.polls import objecting, paper, seeds, tallying
from freeco_project_decisions.polls.events import PollDecided, PollExtended
from freeco_project_decisions.polls.marks import OF_ONE
from freeco_project_decisions.polls.models import (
    Decision,
    Method,
    Poll,
    PollState,
    Secrecy,
)


def close_due(community: Community) -> None:
    """Close or extend each poll whose hour has come, and count each that can be counted.

    Late or twice is harmless.
    """
    due = (
        select(Poll)
        .where(
            Poll.community_id == community.id,
            Poll.secrecy == Secrecy.OPEN,
            (Poll.state == PollState.OPEN) & (Poll.closes_at <= now()) & (Poll.room == "")
            | (Poll.state == PollState.CLOSED),
        )
        .order_by(Poll.closes_at, Poll.id)
    )
    for poll in db.session.scalars(due).all():
        lock(poll)
        if poll.state == PollState.OPEN and poll.closes_at <= now():
            close(poll)
        if poll.state == PollState.CLOSED and poll.secrecy == Secrecy.OPEN:
            decide(poll)


def close(poll: Poll) -> None:
    """Close a poll whose hour has come, or let it go on when that was announced."""
    cast = tallying.ballots_of(poll)
    enrolled = tallying.enrolled_by_college(poll)
    met = tallying.quorum_met(poll, len(cast), sum(enrolled.values()))
    if not met and poll.extensions_left and poll.secrecy == Secrecy.OPEN:
        poll.extensions_left -= 1
        poll.closes_at = later(poll.closes_at, poll.extension_days, poll.community.timezone)
        publish(PollExtended(community_id=poll.community_id, poll_id=poll.id))
        return
    poll.state = PollState.CLOSED
    poll.closed_at = now()
    if not paper.awaited(poll):
        _state_closed(poll)


def _state_closed(poll: Poll) -> None:
    """State in the record how many ballots there are, once: the seed of a lot comes after."""
    cast = tallying.ballots_of(poll)
    state(
        poll.community,
        "poll.closed",
        f"poll_closed:{poll.id}",
        about={"poll": poll.id, "ballots": len(cast)},
    )


def later(instant: datetime, days: int, zone: str) -> datetime:
    """Return the same hour of the clock so many days later in a zone, across a change of time."""
    local = instant.astimezone(ZoneInfo(zone))
    return (local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=local.tzinfo)


def decide(poll: Poll) -> Decision | None:
    """Count a closed poll and enter it in the register; none while something is awaited.

    That is two tellers who agree, where an assembly counts in its room, or the seed of a lot.

    ``poll`` is locked by the caller. A tie that nothing settles is entered as one: nothing is
    adopted, and it is discussed again.
    """
    if paper.awaited(poll):
        return None
    if paper.counts_in_room(poll):
        _state_closed(poll)
    if needs_seed(poll) and not poll.seed:
        poll.seed = seed_of(poll)
        if not poll.seed:
            return None
    outcome = tallying.count(poll, tallying.ballots_of(poll), tallying.enrolled_by_college(poll))
    return enter(poll, tallying.with_sources(poll, outcome))


def needs_seed(poll: Poll) -> bool:
    """Whether something is drawn by lot."""
    return seeds.needs_seed(poll)


def seed_of(poll: Poll) -> str:
    """Return what the poll's lot is drawn from, as ``seeds.seed_of`` does; empty while awaited."""
    return seeds.seed_of(poll)


def enter(poll: Poll, outcome: Outcome) -> Decision:
    """Enter an outcome in the register of decisions, and tell who asked."""
    outcome = seeds.with_seal(poll, outcome)
    lock(poll.community)
    last = db.session.scalar(
        select(func.max(Decision.number)).where(Decision.community_id == poll.community_id)
    )
    text = written(outcome)
    decision = Decision(
        community=poll.community,
        poll=poll,
        number=(last or 0) + 1,
        adopted=adopted(poll, outcome),
        outcome=text,
        sha256=sha256(text.encode()).hexdigest(),
        minority=objecting.maintained(poll),
        decided_at=now(),
    )
    db.session.add(decision)
    poll.state = PollState.DECIDED
    poll.decided_at = decision.decided_at
    db.session.flush()
    state(
        poll.community,
        "decision.made",
        f"decision:{decision.id}",
        about={
            "poll": poll.id,
            "number": decision.number,
            "adopted": decision.adopted,
            "outcome": decision.sha256,
        },
    )
    publish(
        PollDecided(
            community_id=poll.community_id,
            poll_id=poll.id,
            decision_id=decision.id,
            adopted=decision.adopted,
            asked_by=poll.asked_by,
            chosen=() if Method(poll.method) in OF_ONE else tuple(outcome.chosen),
        )
    )
    return decision


def adopted(poll: Poll, outcome: Outcome) -> bool:
    """Whether something was decided: a proposal adopted, or something chosen."""
    if Method(poll.method) in OF_ONE:
        return outcome.chosen != (NO,) and bool(outcome.chosen)
    return bool(outcome.chosen)


def written(outcome: Outcome) -> str:
    """Write an outcome as one line of JSON, its keys in order: what its digest is of."""
    content = {
        "method": outcome.method,
        "chosen": list(outcome.chosen),
        "tied": list(outcome.tied),
        "places_left": outcome.places_left,
        "ranking": [list(tied) for tied in outcome.ranking],
        "derivation": outcome.derivation,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
