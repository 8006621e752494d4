"""Votes by tokens as they are read: where one stands, the board, the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select

from freeco.clock import now
from freeco.db import db
from freeco_project_decisions.polls.electorate import count_electors
from freeco_project_decisions.polls.models import PollState
from freeco_project_decisions.tokens.boards import SUFFIX, Kind
from freeco_project_decisions.tokens.issuing import many_issued
from freeco_project_decisions.tokens.lines import lines_of, many
from freeco_project_decisions.tokens.models import TokenBallot, TokenLine, TokenPoll


class Stage(StrEnum):
    """Where a vote by tokens stands."""

    DRAFT = "draft"
    ISSUING = "issuing"
    """Electors ask for their token."""
    CASTING = "casting"
    """Ballots are taken."""
    OPENING = "opening"
    """The box is closed; the trustees open it."""
    DECIDED = "decided"
    CANCELLED = "cancelled"


def stage_of(votes: TokenPoll) -> Stage:
    """Say where a vote stands now, even before the worker has seen that an hour has come."""
    poll = votes.poll
    if poll.state == PollState.OPEN:
        if poll.closes_at <= now():
            return Stage.OPENING
        return Stage.ISSUING if now() < votes.casts_from else Stage.CASTING
    return {
        PollState.DRAFT: Stage.DRAFT,
        PollState.CLOSED: Stage.OPENING,
        PollState.DECIDED: Stage.DECIDED,
    }.get(PollState(poll.state), Stage.CANCELLED)


@dataclass(frozen=True)
class Numbers:
    """What anybody may compare: no more tokens than electors, no more votes than tokens."""

    electors: int
    issued: Sequence[tuple[str, int]]
    """What each signer signed, by their name."""
    ballots: int
    tokens: int
    """Tokens that voted, of those published."""


def numbers_of(votes: TokenPoll) -> Numbers:
    """Count what stands on the board, and what was signed."""
    tokens = select(func.count(func.distinct(TokenLine.token))).where(
        TokenLine.poll_id == votes.poll_id, TokenLine.kind == Kind.BALLOT.value
    )
    return Numbers(
        count_electors(votes.poll),
        [(each.name, many_issued(each)) for each in votes.signers],
        many(votes, Kind.BALLOT),
        db.session.scalar(tokens) or 0,
    )


def export(votes: TokenPoll) -> bytes:
    """Return the whole board as a file: a line of JSON after the other."""
    return "".join(f"{line.text}\n" for line in lines_of(votes)).encode()


def export_name(votes: TokenPoll) -> str:
    """Return how the file is called."""
    return f"{votes.identifier}{SUFFIX}"


def trackers(votes: TokenPoll) -> Sequence[str]:
    """Return the trackers of the ballots that are published, in the order of the board."""
    return db.session.scalars(
        select(TokenLine.tracker)
        .where(TokenLine.poll_id == votes.poll_id, TokenLine.kind == Kind.BALLOT.value)
        .order_by(TokenLine.place)
    ).all()


def find_line(votes: TokenPoll, tracker: str) -> TokenLine | None:
    """Find a published ballot."""
    return db.session.scalar(
        select(TokenLine).where(TokenLine.poll_id == votes.poll_id, TokenLine.tracker == tracker)
    )


def is_waiting(votes: TokenPoll, tracker: str) -> bool:
    """Whether a ballot was taken and waits for the end."""
    found = select(TokenBallot.tracker).where(
        TokenBallot.poll_id == votes.poll_id, TokenBallot.tracker == tracker
    )
    return db.session.scalar(found) is not None
