"""Votes by tokens for tests: trustees with keys, a vote that is open, voters who hold tokens."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.tokens import casting, counting, opening, playing, preparing, voters
from freeco_project_decisions.tokens.boards import Kind, Line
from freeco_project_decisions.tokens.models import TokenBallot, TokenPoll
from freeco_project_decisions.tokens.playing import Secrets, entrust

__all__ = ["entrust"]

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
CASTS_FROM = NOW + timedelta(days=2)
CASTING = NOW + timedelta(days=3)
CLOSES = NOW + timedelta(days=7)
AFTER = CLOSES + timedelta(minutes=1)


def prepare(poll: Poll, people: Sequence[Member]) -> tuple[TokenPoll, Secrets]:
    """Make a draft a vote by tokens with three trustees, not yet open."""
    votes = preparing.make_tokens(poll, CASTS_FROM)
    return votes, entrust(poll, people[1:4])


def begin(poll: Poll, people: Sequence[Member]) -> tuple[TokenPoll, Secrets]:
    """Open a vote by tokens."""
    votes, secrets = prepare(poll, people)
    opening.open_tokens(poll)
    db.session.commit()
    return votes, secrets


def get_token(votes: TokenPoll, member: Member) -> voters.Held:
    """Ask for a member's token, where the site is the only signer."""
    held = playing.take_token(votes, member)
    db.session.commit()
    return held


def cast(votes: TokenPoll, held: voters.Held, marks: Sequence[int], serial: int = 1) -> str:
    """Cast a ballot while votes are taken; return its text."""
    ballot = held.vote(casting.setup_of(votes), marks, serial)
    with held_at(CASTING):
        casting.cast(votes, ballot.text)
        db.session.commit()
    return ballot.text


def close(votes: TokenPoll) -> None:
    """Close the vote at its hour."""
    with held_at(AFTER):
        counting.close_due(votes.poll.community)
        db.session.commit()


def open_all(votes: TokenPoll, secrets: Secrets) -> None:
    """Have every trustee open, and the vote counted."""
    with held_at(AFTER):
        playing.open_all(votes, secrets)
        counting.count_due(votes.poll.community)
        db.session.commit()


def waiting(votes: TokenPoll) -> int:
    """Count the ballots that wait for the end."""
    many = select(func.count()).select_from(TokenBallot)
    return db.session.scalar(many.where(TokenBallot.poll_id == votes.poll_id)) or 0


def chained(lines: Iterable[tuple[Kind, object]]) -> bytes:
    """Write a board with its chain made again, as somebody who changes it would."""
    parent, texts = "", []
    for kind, body in lines:
        line = Line(parent, kind, body)
        texts.append(line.text)
        parent = line.digest
    return "".join(f"{text}\n" for text in texts).encode()
