"""The database's files do not keep who made which code, nor in which order sealed ballots came.

SQLite's log has what was written in the order it was, between rows that name people.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from freeco.clock import held_at, now
from freeco.db import db
from freeco.members.models import Attempt, Member
from freeco.testing.live_files import log_of
from freeco.testing.visitor import Visitor
from freeco_project_decisions.polls.models import Poll, PollState
from freeco_project_decisions.sealed.credentials import draw_credential, public_of
from freeco_project_decisions.sealed.writing import digest_of
from freeco_project_decisions.secret import board, closing, preparing
from freeco_project_decisions.secret.models import WaitingBallot, Way
from freeco_project_decisions.secret.playing import Keepers, Voters, open_with_codes, prepare
from freeco_project_decisions.secret.room import ROOM

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]
ORDER = (3, 7, 0, 5, 1, 6, 2, 4)
"""In which the eight come."""


@pytest.fixture
def voted(ask: Ask, people: list[Member]) -> tuple[Voters, list[bytes]]:
    """Give a sealed vote of which ballots wait, and these in the order they came."""
    poll, keepers = ask(opened=False), Keepers()
    prepare(poll, keepers, people[1:4])
    voters = open_with_codes(poll, keepers)
    db.session.commit()
    ballots = []
    for place in ORDER[:5]:
        ballots.append(voters.cast(place, [[0, 1, 0]]).tracker)
        db.session.add(Attempt(subject=f"sign-in:{people[place].id}", window_start=now()))
        db.session.commit()
    waiting = [each.text[-80:].encode() for each in texts_of(poll, ballots)]
    log = log_of(db.engine)
    places = [log.find(each) for each in waiting]
    # What is to be forgotten stands there, one after the other.
    assert -1 not in places
    assert places == sorted(places)
    return voters, waiting


def texts_of(poll: Poll, trackers: list[str]) -> list[WaitingBallot]:
    """Return the ballots that wait, in the order of their trackers."""
    return [
        db.session.get_one(WaitingBallot, (poll.id, digest_of(tracker))) for tracker in trackers
    ]


def test_the_order_of_sealed_ballots_is_forgotten_while_they_wait(
    voted: tuple[Voters, list[bytes]],
) -> None:
    voters, ballots = voted
    (job,) = [job for job in ROOM.jobs if job.run is board.publish_due]
    job.run(voters.poll.community)
    assert job.every_minutes <= 15
    assert board.board(voters.poll) == [], "they are too few to be published"
    assert not any(each in log_of(db.engine) for each in ballots)


def test_the_order_of_sealed_ballots_is_forgotten_at_the_end(
    voted: tuple[Voters, list[bytes]],
) -> None:
    voters, ballots = voted
    with held_at(voters.poll.closes_at + timedelta(minutes=1)):
        closing.close_due(voters.poll.community)
    assert voters.poll.state == PollState.CLOSED
    assert not any(each in log_of(db.engine) for each in ballots)


def test_the_order_in_which_electors_made_their_codes_is_forgotten(
    ask: Ask, people: list[Member], visiting: Visit
) -> None:
    poll = ask(opened=False)
    preparing.make_secret(poll, Way.SITE)
    Keepers().named(poll, people[1:4])
    preparing.announce(poll)
    db.session.commit()
    number, identifier = poll.id, preparing.sealed_of(poll).identifier
    for place in ORDER[:3]:
        half = public_of(draw_credential(), identifier)
        address = f"/lavergne/project-decisions/votes/{number}/code"
        client = visiting(people[place])
        assert client.post(address, data={"public": str(half)}).status_code == 302
        assert int(half).to_bytes(256, "big")[:64] not in log_of(db.engine)
