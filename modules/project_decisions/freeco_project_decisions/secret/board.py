"""The board: which ballots stand in the file, published in batches whose order says nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from random import SystemRandom

from sqlalchemy import delete, func, select

from freeco.clock import now
from freeco.db import db, leave_no_trace, lock
from freeco.members.models import Community
from freeco.record.stating import state
from freeco.sweeping import one_by_one
from freeco_project_decisions.polls.models import Poll, PollState, Secrecy
from freeco_project_decisions.sealed.archives import Step
from freeco_project_decisions.sealed.writing import digest, digest_of, fingerprint_of
from freeco_project_decisions.secret import filing
from freeco_project_decisions.secret.models import PublishedBallot, WaitingBallot
from freeco_project_decisions.secret.preparing import sealed_of

FEWEST_AT_ONCE = 8
"""Fewer are not published before the end: the hour of a batch would tell whose it is."""


@dataclass(frozen=True)
class Batch:
    """Ballots that were published together, in the order of their trackers."""

    number: int
    trackers: Sequence[str]


class Place(StrEnum):
    """Where a ballot is."""

    PUBLISHED = "published"
    WAITING = "waiting"
    """Taken; it is published with others."""
    ABSENT = "absent"


def board(poll: Poll) -> list[Batch]:
    """Return all trackers that stand in the file, by batch."""
    rows = db.session.execute(
        select(PublishedBallot.batch, PublishedBallot.sha256)
        .where(PublishedBallot.poll_id == poll.id)
        .order_by(PublishedBallot.batch)
    )
    return [
        Batch(number, sorted(fingerprint_of(sha256) for _batch, sha256 in some))
        for number, some in groupby(rows, key=lambda row: row[0])
    ]


def find(poll: Poll, tracker: str) -> Place:
    """Say where the ballot of a tracker is."""
    sha256 = digest_of(tracker)
    if sha256 and db.session.get(PublishedBallot, (poll.id, sha256)) is not None:
        return Place.PUBLISHED
    if sha256 and db.session.get(WaitingBallot, (poll.id, sha256)) is not None:
        return Place.WAITING
    return Place.ABSENT


def many_voted(poll: Poll) -> int:
    """Return for how many codes there is a ballot."""
    published = select(PublishedBallot.credential).where(PublishedBallot.poll_id == poll.id)
    waiting = select(WaitingBallot.credential).where(WaitingBallot.poll_id == poll.id)
    together = published.union(waiting).subquery()
    return db.session.scalar(select(func.count()).select_from(together)) or 0


def publish_due(community: Community) -> None:
    """Publish the ballots that wait, where they are enough to hide each other.

    Whether or not some were, what SQLite's log says of the order in which they came is emptied:
    between them stand rows that name people. For a job, as it commits.
    """
    opened = select(Poll.id).where(
        Poll.community_id == community.id,
        Poll.state == PollState.OPEN,
        Poll.secrecy == Secrecy.SEALED,
        Poll.closes_at > now(),
    )
    if one_by_one("the box of a secret poll", db.session.scalars(opened).all(), _publish):
        leave_no_trace()


def _publish(poll_id: int) -> bool:
    poll = db.session.get_one(Poll, poll_id)
    if _many_waiting(poll) >= FEWEST_AT_ONCE:
        publish_batch(poll)
    return True


def publish_batch(poll: Poll) -> int:
    """Publish all ballots that wait, shuffled; return how many there were.

    Of one code, they keep their order: the last one counts.
    """
    lock(poll)
    waiting = db.session.scalars(
        select(WaitingBallot).where(WaitingBallot.poll_id == poll.id)
    ).all()
    if not waiting:
        return 0
    sealed = sealed_of(poll)
    sealed.batches += 1
    archive = filing.going_on(sealed)
    for ballot in shuffled(waiting):
        archive.happen(Step.BALLOT, ballot.text)
    filing.add(sealed, archive)
    for ballot in sorted(waiting, key=lambda each: each.sha256):
        db.session.add(
            PublishedBallot(
                poll_id=poll.id,
                sha256=ballot.sha256,
                credential=ballot.credential,
                choices=ballot.choices,
                batch=sealed.batches,
            )
        )
    db.session.execute(
        delete(WaitingBallot).where(WaitingBallot.poll_id == poll.id),
        execution_options={"synchronize_session": False},
    )
    for ballot in waiting:
        db.session.expunge(ballot)
    db.session.flush()
    state(
        poll.community,
        "poll.ballots",
        f"poll_ballots:{poll.id}:{sealed.batches}",
        about={
            "poll": poll.id,
            "batch": sealed.batches,
            "ballots": len(waiting),
            "digest": digest(sealed.last_event),
        },
    )
    return len(waiting)


def shuffled(waiting: Sequence[WaitingBallot]) -> list[WaitingBallot]:
    """Shuffle ballots; the places that one code drew are taken in the order of its turns."""
    drawn = list(waiting)
    SystemRandom().shuffle(drawn)
    in_order = sorted(waiting, key=lambda each: (each.credential, each.turn))
    in_turn = {
        credential: iter(list(some))
        for credential, some in groupby(in_order, key=lambda each: each.credential)
    }
    return [next(in_turn[each.credential]) for each in drawn]


def _many_waiting(poll: Poll) -> int:
    """Return for how many codes a ballot waits."""
    many = select(func.count(WaitingBallot.credential.distinct())).where(
        WaitingBallot.poll_id == poll.id
    )
    return db.session.scalar(many) or 0
