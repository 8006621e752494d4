"""Many vote at once: each has one ballot, the last one, and nothing is half done."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco.testing.visitor import Visitor
from freeco_project_decisions.polls.ballot_models import OpenBallot
from freeco_project_decisions.polls.models import Poll, PollState

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
AT_ONCE, VOTES = 8, 50


def test_fifty_votes_at_once_leave_each_one_ballot(
    app: Flask, people: list[Member], ask: Callable[..., Poll]
) -> None:
    poll = ask()
    address = f"/lavergne/project-decisions/votes/{poll.id}/bulletin"
    voters = [member.person for member in people[:4] if member.person is not None]
    db.session.commit()
    accounts = [(person.id, person.session_number) for person in voters]
    db.session.commit()

    def vote(number: int) -> int:
        browser = app.test_client()
        assert isinstance(browser, Visitor)
        with browser.session_transaction() as session:
            session["person"], session["number"] = accounts[number % len(accounts)]
        return browser.post(address, data={"answer": str(number % 3)}).status_code

    with held_at(NOW), ThreadPoolExecutor(AT_ONCE) as pool:
        answers = Counter(pool.map(vote, range(VOTES)))
    assert answers == {302: VOTES}
    db.session.rollback()
    cast = db.session.scalars(select(OpenBallot.elector_id)).all()
    assert Counter(Counter(cast).values()) == {1: 4}
    assert db.session.scalars(select(Poll.state)).one() == PollState.OPEN
