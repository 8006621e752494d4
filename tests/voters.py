"""A poll and its electors, for storms: everybody votes over HTTP in the last minute."""

import http.client
import time
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.kernel_models import Activation
from freeco.members.models import HouseholdMember, Member
from freeco.testing import make_community
from freeco_project_decisions.polls import closing, opening
from freeco_project_decisions.polls.ballot_models import OpenBallot
from freeco_project_decisions.polls.errors import PollOver
from freeco_project_decisions.polls.models import Elector, Method, Poll, PollState

from .storm import Crowd, cookies_of, form_headers, households_of_one

LATE = "PollOver"


@dataclass
class Rush(Crowd):
    """A crowd of voters before one poll; each is known by the number of their household."""

    poll_id: int
    secret: str
    cookies: dict[int, str]

    @property
    def voters(self) -> list[int]:
        """Who clicks, in order."""
        return list(self.cookies)


def gather_voters(app: Flask, many: int) -> Rush:
    """Prepare a poll, and so many members who will vote; it is opened by ``open_for``."""
    community = make_community("lavergne", "Lavergne")
    db.session.add(
        Activation(community=community, module="project_decisions", threshold=1, member_count=1)
    )
    people = households_of_one(community, many)
    poll = Poll(
        community=community,
        author=db.session.scalars(select(Member).limit(1)).one(),
        method=Method.ASSENT,
        title="Un hangar pour les outils",
        text="Construire un hangar de vingt mètres carrés derrière la salle.",
        opens_at=now(),
        closes_at=now() + timedelta(days=1),
    )
    db.session.add(poll)
    db.session.commit()
    rush = Rush(poll.id, app.config["SECRET_KEY"], cookies_of(app, people))
    db.session.rollback()  # reading has begun a transaction, which on SQLite keeps others out
    return rush


def open_for(rush: Rush, seconds: float) -> None:
    """Open the poll for so many seconds from now."""
    poll = db.session.get_one(Poll, rush.poll_id)
    poll.opens_at, poll.closes_at = now(), now() + timedelta(seconds=seconds)
    opening.open_poll(poll)
    db.session.commit()
    db.session.rollback()


def vote(rush: Rush, port: int, voter: int) -> str:
    """Send one voter's ballot; return what came of it."""
    address = f"/lavergne/project-decisions/votes/{rush.poll_id}/bulletin"
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=180)
    began = time.perf_counter()
    try:
        form = urlencode({"answer": str(voter % 3)})
        line.request("POST", address, form, form_headers(rush.secret, rush.cookies[voter]))
        answer = line.getresponse()
        page = answer.read().decode()
    except (OSError, http.client.HTTPException):
        return "cut"
    finally:
        rush.seconds.append(time.perf_counter() - began)
        line.close()
    if answer.status == 302:
        rush.acknowledged.add(voter)
        return "noted"
    if str(PollOver.reason) in page:
        rush.reasons[LATE] += 1
    return str(answer.status)


def close_at_its_hour(app: Flask, rush: Rush) -> None:
    """Do what the background work does each minute, at the very second the poll ends."""
    while True:
        with app.app_context():
            poll = db.session.get_one(Poll, rush.poll_id)
            closing.close_due(poll.community)
            db.session.commit()
            state, left = poll.state, (poll.closes_at - now()).total_seconds()
            db.session.rollback()
        if state == PollState.DECIDED:
            return
        time.sleep(min(max(left, 0.01), 1))


def ballots_kept(rush: Rush) -> dict[int, bytes]:
    """Return what the database holds: the marks of each voter, by household."""
    db.session.rollback()
    found = db.session.execute(
        select(HouseholdMember.household_id, OpenBallot.marks)
        .join(Elector, Elector.id == OpenBallot.elector_id)
        .join(HouseholdMember, HouseholdMember.member_id == Elector.member_id)
        .where(Elector.poll_id == rush.poll_id)
    ).all()
    db.session.rollback()
    kept = dict(found)
    assert len(kept) == len(found), "somebody has two ballots"
    return kept
