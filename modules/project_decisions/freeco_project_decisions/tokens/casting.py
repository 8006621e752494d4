"""Casting a ballot without a face: the token is the right, and nothing else is looked at."""

from secrets import SystemRandom
from typing import NamedTuple

from sqlalchemy import delete, select

from freeco.clock import now
from freeco.db import db, leave_no_trace, lock
from freeco.members.models import Community
from freeco.sweeping import one_by_one
from freeco_project_decisions.pacing import BALLOTS
from freeco_project_decisions.polls.models import Poll, PollState
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.writing import digest, fingerprint
from freeco_project_decisions.tokens import issuing
from freeco_project_decisions.tokens.ballots import (
    BadBallot,
    BadToken,
    Ballot,
    ForAnother,
    read_ballot,
)
from freeco_project_decisions.tokens.errors import (
    BallotElsewhere,
    BallotUnreadable,
    BallotUnsigned,
    CastingOver,
    NotCastingYet,
    SerialUsed,
    TokenUnsigned,
)
from freeco_project_decisions.tokens.lines import publish_ballots
from freeco_project_decisions.tokens.models import TokenBallot, TokenLine, TokenPoll
from freeco_project_decisions.tokens.receipts import receipt_of
from freeco_project_decisions.tokens.setups import Setup, read_setup

_RANDOM = SystemRandom()


class Taken(NamedTuple):
    """A ballot that is in the box."""

    tracker: str
    again: bool
    """Whether it was there already."""
    receipt: str
    """That it is there, signed by the community's record; empty in a rehearsal."""


_read_setups: dict[str, Setup] = {}


def setup_of(votes: TokenPoll) -> Setup:
    """Return the setup of a vote, read once by each process."""
    found = _read_setups.get(votes.identifier)
    if found is None or found.text != votes.setup:
        if len(_read_setups) > 50:
            _read_setups.clear()
        found = _read_setups[votes.identifier] = read_setup(votes.setup)
    return found


def cast(votes: TokenPoll, text: str) -> Taken:
    """Put a ballot in the box; it is checked before anything is locked.

    The same ballot again is the same, even after the end: whose answer was lost has a receipt
    all the same. Raises ``NotCastingYet``, ``CastingOver``, ``BallotUnreadable``,
    ``BallotElsewhere``, ``TokenUnsigned``, ``BallotUnsigned``, ``SerialUsed``, ``KeyMissing``,
    ``TooOften`` of one token within the hour.
    """
    try:
        require_casting(votes)
    except CastingOver:
        return _taken_in_time(votes, fingerprint(text))
    ballot = _checked(setup_of(votes), text)
    BALLOTS.count(f"{votes.identifier}:{ballot.number}")
    lock(votes.poll)
    require_casting(votes)
    if not votes.issued:
        issuing.end(votes)
    held = _held(votes, ballot.number)
    if ballot.tracker in held.values():
        return Taken(ballot.tracker, again=True, receipt=receipt_of(votes, ballot.tracker))
    last = max(held, default=0)
    if ballot.serial <= last:
        raise SerialUsed(last)
    db.session.add(
        TokenBallot(
            sha256=digest(ballot.text),
            poll_id=votes.poll_id,
            token=ballot.number,
            serial=ballot.serial,
            tracker=ballot.tracker,
            text=ballot.text,
        )
    )
    db.session.flush()
    # Signed before it is kept for good: no ballot is taken without its receipt.
    return Taken(ballot.tracker, again=False, receipt=receipt_of(votes, ballot.tracker))


def _taken_in_time(votes: TokenPoll, tracker: str) -> Taken:
    """Answer who asks again for a ballot that is there; raises ``CastingOver`` for another."""
    lock(votes.poll)
    for table in (TokenLine, TokenBallot):
        found = select(table.tracker).where(
            table.poll_id == votes.poll_id, table.tracker == tracker
        )
        if db.session.scalar(found.limit(1)) is not None:
            return Taken(tracker, again=True, receipt=receipt_of(votes, tracker))
    raise CastingOver


def require_casting(votes: TokenPoll) -> None:
    """Stop a ballot outside the hours; raises ``NotCastingYet``, ``CastingOver``."""
    poll = votes.poll
    if poll.state == PollState.DRAFT or votes.casts_from > now():
        raise NotCastingYet
    if poll.state != PollState.OPEN or poll.closes_at <= now():
        raise CastingOver


def _checked(setup: Setup, text: str) -> Ballot:
    try:
        ballot = read_ballot(setup, text)
        ballot.check(setup)
    except ForAnother as unsound:
        raise BallotElsewhere from unsound
    except BadToken as unsound:
        raise TokenUnsigned from unsound
    except BadBallot as unsound:
        raise BallotUnsigned from unsound
    except Unsound as unsound:
        raise BallotUnreadable from unsound
    return ballot


def _held(votes: TokenPoll, number: str) -> dict[int, str]:
    """Return the trackers of a token's ballots, by their own numbers."""
    found: dict[int, str] = {}
    for table in (TokenLine, TokenBallot):
        rows = db.session.execute(
            select(table.serial, table.tracker).where(
                table.poll_id == votes.poll_id, table.token == number
            )
        )
        found |= {row.serial: row.tracker for row in rows}
    return found


def publish_all(votes: TokenPoll) -> int:
    """Publish all that wait, in an order drawn now; return how many.

    Once the vote is over, and not before: a few at a time would be a few people, and the last ones
    of all could be one, whose ballot is opened.
    """
    lock(votes.poll)
    rows = list(db.session.scalars(select(TokenBallot).where(TokenBallot.poll_id == votes.poll_id)))
    _RANDOM.shuffle(rows)
    setup = setup_of(votes)
    publish_ballots(votes, [read_ballot(setup, row.text) for row in rows])
    db.session.execute(delete(TokenBallot).where(TokenBallot.poll_id == votes.poll_id))
    db.session.flush()
    return len(rows)


def forget_order(community: Community) -> None:
    """Empty what SQLite's log says of the order of ballots, while some are taken.

    The rows themselves have no order: their keys are digests. For a job, as it commits.
    """
    running = select(TokenPoll.poll_id).where(
        TokenPoll.poll_id == Poll.id,
        Poll.community_id == community.id,
        Poll.state == PollState.OPEN,
        TokenPoll.casts_from <= now(),
    )
    if one_by_one("a vote by tokens", db.session.scalars(running).all(), bool):
        leave_no_trace()
