"""Closing a vote by tokens: the box is emptied, the trustees open, and the poll is decided."""

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, leave_no_trace, lock
from freeco.members.models import Community
from freeco.record.stating import state
from freeco.sweeping import one_by_one
from freeco_project_decisions.polls.closing import enter
from freeco_project_decisions.polls.models import Poll, PollState, Secrecy
from freeco_project_decisions.sealed.proofs import Form
from freeco_project_decisions.sealed.tallying import Opening, read_opening
from freeco_project_decisions.sealed.writing import compact, read
from freeco_project_decisions.secret.rounds import read_sums
from freeco_project_decisions.secret.trustees import group_of
from freeco_project_decisions.tokens import casting, issuing
from freeco_project_decisions.tokens.ballots import Ballot, ballot_in, last_of_each
from freeco_project_decisions.tokens.boards import Kind
from freeco_project_decisions.tokens.lines import has, head, lines_of, many, publish
from freeco_project_decisions.tokens.models import TokenPoll
from freeco_project_decisions.tokens.opened import count, sums_of


def close_due(community: Community) -> None:
    """Close each vote by tokens whose hour has come; late or twice is harmless.

    For a job, as it commits.
    """
    due = select(Poll.id).where(
        Poll.community_id == community.id,
        Poll.secrecy == Secrecy.TOKENS,
        Poll.state == PollState.OPEN,
        Poll.closes_at <= now(),
    )
    if one_by_one("the end of a vote by tokens", db.session.scalars(due).all(), _close):
        leave_no_trace()


def _close(poll_id: int) -> bool:
    votes = db.session.get_one(TokenPoll, poll_id)
    lock(votes.poll)
    due = votes.poll.state == PollState.OPEN and votes.poll.closes_at <= now()
    if due:
        close(votes)
    return due


def close(votes: TokenPoll) -> None:
    """Publish the ballots, end the board's, and give the trustees their work."""
    poll = votes.poll
    issuing.end(votes)
    casting.publish_all(votes)
    counted = counted_ballots(votes)
    publish(votes, Kind.CLOSED, {"ballots": many(votes, Kind.BALLOT), "counted": len(counted)})
    group = group_of(poll)
    if counted:
        group.election = casting.setup_of(votes).election.text
        group.sums = compact([[each.written() for each in row] for row in sums_of(counted)])
    poll.state = PollState.CLOSED
    poll.closed_at = now()
    db.session.flush()
    state(
        poll.community,
        "poll.closed",
        f"poll_closed:{poll.id}",
        about={"poll": poll.id, "ballots": len(counted)},
    )
    state(
        poll.community,
        "token.closed",
        f"token_closed:{poll.id}",
        about={"poll": poll.id, "ballots": len(counted), "board": head(votes)},
    )


def counted_ballots(votes: TokenPoll) -> list[Ballot]:
    """Return the last ballot of each token, in the order of the board."""
    setup = casting.setup_of(votes)
    published = (ballot_in(setup, read(line.text)["body"]) for line in lines_of(votes, Kind.BALLOT))
    return last_of_each(published)


def count_due(community: Community) -> None:
    """Count each closed vote whose trustees have opened; late or twice is harmless.

    For a job, as it commits.
    """
    closed = select(Poll.id).where(
        Poll.community_id == community.id,
        Poll.secrecy == Secrecy.TOKENS,
        Poll.state == PollState.CLOSED,
    )
    if one_by_one("a vote by tokens", db.session.scalars(closed).all(), _count):
        leave_no_trace()


def _count(poll_id: int) -> bool:
    votes = db.session.get_one(TokenPoll, poll_id)
    lock(votes.poll)
    return votes.poll.state == PollState.CLOSED and try_to_count(votes)


def try_to_count(votes: TokenPoll) -> bool:
    """Open, count and enter what was decided, unless trustees are awaited.

    The poll is locked by who calls. Returns whether it was decided.
    """
    poll = votes.poll
    setup, group = casting.setup_of(votes), group_of(poll)
    here = [trustee.place for trustee in group.trustees if trustee.opening]
    if group.sums and not setup.trustees.enough(here):
        return False
    ballots = counted_ballots(votes)
    openings = openings_of(poll)
    if not has(votes, Kind.OPENING):
        for owner, opening in sorted(openings.items()):
            publish(votes, Kind.OPENING, {"owner": owner, "payload": read(opening.text)})
    counted = count(setup, poll, ballots, openings)
    publish(votes, Kind.RESULT, counted.body)
    state(
        poll.community,
        "token.counted",
        f"token_counted:{poll.id}",
        about={
            "poll": poll.id,
            "ballots": len(counted.marks),
            "refused": len(counted.refused),
            "board": head(votes),
        },
    )
    enter(poll, counted.outcome)
    return True


def openings_of(poll: Poll) -> dict[int, Opening]:
    """Return what the trustees made of the ballots, by their numbers: as many as are needed."""
    group = group_of(poll)
    found: dict[int, Opening] = {}
    if not group.sums:
        return found
    setup = casting.setup_of(db.session.get_one(TokenPoll, poll.id))
    sums = read_sums(group.sums)
    for trustee in group.trustees:
        if trustee.opening and not setup.trustees.enough(list(found)):
            public = setup.trustees.keys[trustee.place - 1]
            found[trustee.place] = read_opening(
                trustee.opening, setup.election, sums, public, Form.BOUND
            )
    return found
