"""The board in the database: lines are added at its end, and never touched again."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select

from freeco.db import db
from freeco_project_decisions.tokens.ballots import Ballot
from freeco_project_decisions.tokens.boards import Kind, Line
from freeco_project_decisions.tokens.models import TokenLine, TokenPoll

AT_ONCE = 500


def publish(votes: TokenPoll, kind: Kind, body: Any) -> None:
    """Add a line at the end of the board; the poll is locked by who calls."""
    _add(votes, kind, [(body, None)])


def publish_ballots(votes: TokenPoll, ballots: Sequence[Ballot]) -> None:
    """Add ballots at the end of the board, in this order; the poll is locked by who calls."""
    _add(votes, Kind.BALLOT, [(each.body, each) for each in ballots])


def _add(votes: TokenPoll, kind: Kind, bodies: Sequence[tuple[Any, Ballot | None]]) -> None:
    place, parent = end(votes)
    for body, ballot in bodies:
        line = Line(parent, kind, body)
        place, parent = place + 1, line.digest
        db.session.add(
            TokenLine(
                poll_id=votes.poll_id,
                place=place,
                kind=kind.value,
                text=line.text,
                sha256=parent,
                token=ballot.number if ballot is not None else "",
                serial=ballot.serial if ballot is not None else 0,
                tracker=ballot.tracker if ballot is not None else "",
            )
        )
    db.session.flush()


def lines_of(votes: TokenPoll, *kinds: Kind) -> Iterator[TokenLine]:
    """Give the lines of the board in their order, all or those of some kinds."""
    query = select(TokenLine).where(TokenLine.poll_id == votes.poll_id).order_by(TokenLine.place)
    if kinds:
        query = query.where(TokenLine.kind.in_([each.value for each in kinds]))
    yield from db.session.scalars(query.execution_options(yield_per=AT_ONCE))


def has(votes: TokenPoll, kind: Kind) -> bool:
    """Whether a line of this kind was published."""
    return many(votes, kind) > 0


def many(votes: TokenPoll, kind: Kind) -> int:
    """Count the lines of a kind."""
    query = select(func.count()).where(
        TokenLine.poll_id == votes.poll_id, TokenLine.kind == kind.value
    )
    return db.session.scalar(query) or 0


def head(votes: TokenPoll) -> str:
    """Return the digest of the last line: it stands for the whole board."""
    return end(votes)[1]


def end(votes: TokenPoll) -> tuple[int, str]:
    """Return how many lines the board has, and the digest of the last; empty before the first."""
    last = db.session.execute(
        select(TokenLine.place, TokenLine.sha256)
        .where(TokenLine.poll_id == votes.poll_id)
        .order_by(TokenLine.place.desc())
        .limit(1)
    ).first()
    return (last[0], last[1]) if last is not None else (0, "")
