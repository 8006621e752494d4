"""What happens around an urn beside a sealed vote, as tests say it."""

import json
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco.record.models import RecordEntry
from freeco_project_decisions.assembly import agenda, attending, holding, voices
from freeco_project_decisions.assembly.models import Assembly, AssemblyItem
from freeco_project_decisions.polls import paper, reading
from freeco_project_decisions.polls.models import (
    Decision,
    Elector,
    Poll,
    Room,
)
from freeco_project_decisions.secret import (
    casting,
    closing,
    counting,
)
from freeco_project_decisions.secret.playing import Voters

COUNTS = {"answer_0": 5, "answer_1": 3, "answer_2": 0}
"""What tellers find: five yes and three no."""


def put(assembly: Assembly, poll: Poll, room: Room = Room.URN) -> AssemblyItem:
    """Put a poll on the agenda, with an urn beside it."""
    item = agenda.add_item(assembly, poll.title)
    agenda.attach(item, poll, room)
    return item


def elector(poll: Poll, member: Member) -> Elector:
    """Return the elector that a member is."""
    return next(each for each in reading.electors(poll) if each.member_id == member.id)


def send(voters: Voters, *ballots: Sequence[Sequence[int]]) -> None:
    """Send ballots as pages do, one for each code."""
    for voter, answers in enumerate(ballots):
        casting.cast(voters.poll, voters.sealed(voter, answers).text.encode())
        db.session.commit()


def end(voters: Voters) -> None:
    """Let the hour of the remote vote come."""
    with held_at(voters.poll.closes_at + timedelta(minutes=1)):
        closing.close_due(voters.poll.community)
    db.session.commit()


def come(assembly: Assembly, *members: Member) -> None:
    """Have members come to the room."""
    attending.seat_everybody(assembly)
    assembly.state = "called"
    db.session.flush()
    seats = {each.member_id: each for each in attending.seats(assembly)}
    for each in members:
        voices.arrive(seats[each.id])
    db.session.commit()


def tell(assembly: Assembly, poll: Poll, counts: dict[str, int], tellers: Sequence[Member]) -> None:
    """Have tellers count the papers, as their pages do."""
    for teller in tellers:
        most = voices.came_with_paper(assembly, poll)
        if paper.enter(paper.bundles(poll)[0], teller, counts, most):
            holding.settle(poll)
    db.session.commit()


def count(voters: Voters) -> Decision:
    """Have the trustees open the sum, and count, as the job does."""
    voters.keepers.open(voters.poll)
    db.session.commit()
    with held_at(voters.poll.closes_at + timedelta(hours=1)):
        counting.count_due(voters.poll.community)
    return db.session.scalars(select(Decision).where(Decision.poll_id == voters.poll.id)).one()


def derivation(decision: Decision) -> dict:  # type: ignore[type-arg]
    """Read how the count was made."""
    found: dict = json.loads(decision.outcome)["derivation"]  # type: ignore[type-arg]
    return found


def stated(kind: str) -> list[dict]:  # type: ignore[type-arg]
    """Return what the public record holds of a kind."""
    entries = db.session.scalars(
        select(RecordEntry).where(RecordEntry.kind == kind).order_by(RecordEntry.id)
    )
    return [json.loads(entry.entry)["about"] for entry in entries]
