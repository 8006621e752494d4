"""Nobody reads in the database's files who cast which ballot: the log is emptied on the way.

SQLite's log has what was written, in the order it was: a ballot, then what the site noted of its
voter. Once ballots are opened, that would be who voted what.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from freeco.clock import held_at
from freeco.db import db, leave_no_trace
from freeco.members.models import Attempt, Member
from freeco.testing.live_files import contents_of, log_of
from freeco_project_decisions.polls.models import Method, Poll, PollState
from freeco_project_decisions.tokens import casting, counting, playing
from freeco_project_decisions.tokens.models import TokenPoll
from freeco_project_decisions.tokens.playing import Secrets
from freeco_project_decisions.tokens.room import ROOM
from freeco_project_decisions.tokens.testing import AFTER, CASTING, begin, cast, get_token

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
Ask = Callable[..., Poll]
ORDER = (3, 7, 0, 5, 1, 6, 2, 4)
"""In which the eight voters come."""


def vote(votes: TokenPoll, people: list[Member]) -> list[bytes]:
    """Have all vote, and the site note something of each just after; return the ballots."""
    tokens = [get_token(votes, member) for member in people]
    # An empty log is not begun again on the way, which would be luck.
    leave_no_trace()
    ballots = []
    for place in ORDER:
        text = cast(votes, tokens[place], [place % 2, 1 - place % 2])
        ballots.append(text[-80:].encode())
        noted = Attempt(subject=f"sign-in:{people[place].id}", window_start=CASTING)
        db.session.add(noted)
        db.session.commit()
    return ballots


@pytest.fixture
def voted(ask: Ask, people: list[Member]) -> tuple[TokenPoll, Secrets, list[bytes]]:
    """Give a vote whose box is full, on SQLite, and its ballots in the order they came."""
    votes, secrets = begin(ask(Method.APPROVAL, "Toit", "Puits", opened=False), people)
    ballots = vote(votes, people)
    log = log_of(db.engine)
    # What is to be forgotten: all of it stands there, one after the other.
    places = [log.find(each) for each in ballots]
    assert -1 not in places
    assert places == sorted(places)
    return votes, secrets, ballots


def test_the_order_of_ballots_is_forgotten_while_they_are_taken(
    voted: tuple[TokenPoll, Secrets, list[bytes]],
) -> None:
    votes, _secrets, ballots = voted
    with held_at(CASTING + timedelta(hours=1)):
        (job,) = [job for job in ROOM.jobs if job.run is casting.forget_order]
        job.run(votes.poll.community)
    assert job.every_minutes <= 15
    assert not any(each in log_of(db.engine) for each in ballots)


def test_the_order_of_ballots_is_forgotten_before_any_is_opened(
    voted: tuple[TokenPoll, Secrets, list[bytes]],
) -> None:
    votes, _secrets, ballots = voted
    with held_at(AFTER):
        counting.close_due(votes.poll.community)
    assert votes.poll.state == PollState.CLOSED
    assert not any(each in log_of(db.engine) for each in ballots)


def test_nothing_of_it_is_left_once_the_vote_is_counted(
    voted: tuple[TokenPoll, Secrets, list[bytes]],
) -> None:
    votes, secrets, ballots = voted
    with held_at(AFTER):
        counting.close_due(votes.poll.community)
        playing.open_all(votes, secrets)
        db.session.commit()
        counting.count_due(votes.poll.community)
    assert votes.poll.state == PollState.DECIDED
    assert len(log_of(db.engine)) == 0
    database = Path(db.engine.url.database or "")
    (content,) = [each for name, each in contents_of(database.parent) if name == database.name]
    # In the file itself, each stands once, on the board, which was shuffled at the end.
    assert [content.count(each) for each in ballots] == [1] * len(ballots)
