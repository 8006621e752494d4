"""Secret ballots by the hundred, and a process killed among them: none that was taken is lost.

Served as an operator serves it. Each ballot is sealed beforehand, as browsers do, and sent without
a session. The gate sends sixty; ``FREECO_SEALED=10000`` sends as many as the bar.
"""

import http.client
import json
import os
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Member
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.sealed.ballots import Ballot
from freeco_project_decisions.sealed.verifying import require_result, verify
from freeco_project_decisions.secret import filing, preparing
from freeco_project_decisions.secret.playing import Keepers, Voters, open_with_codes, prepare
from freeco_project_decisions.testing import belenios_accepts

from .storm import Crowd, blow, night, until_answered
from .voters import gather_voters

CASTS = int(os.environ.get("FREECO_SEALED", "60"))
CODES = max(8, CASTS // 3)
"""Each code votes three times, the same each time."""
FEW_FOR_BELENIOS = 200
CLIENTS = 20
WORKERS = {"sqlite": 1, "postgresql": 2}


@dataclass
class Urn(Crowd):
    """A ballot box, and the ballots on their way to it."""

    address: str
    ballots: list[Ballot]


def fill(app: Flask) -> tuple[Voters, Urn]:
    """Open a secret poll whose codes were made elsewhere, and seal all ballots."""
    rush = gather_voters(app, CODES)
    poll = db.session.get_one(Poll, rush.poll_id)
    keepers = Keepers()
    members = db.session.scalars(select(Member).order_by(Member.id).offset(1).limit(3)).all()
    prepare(poll, keepers, members)
    voters = open_with_codes(poll, keepers)
    db.session.commit()
    ballots = [voters.sealed(each % CODES, answer_of(each % CODES)) for each in range(CASTS)]
    identifier = preparing.sealed_of(poll).identifier
    db.session.rollback()  # reading has begun a transaction, which on SQLite keeps others out
    return voters, Urn(f"/lavergne/project-decisions/votes/secret/{identifier}/bulletins", ballots)


def answer_of(voter: int) -> list[list[int]]:
    """Return blank, yes or no, always the same for one voter."""
    return [[int(each == voter % 3) for each in range(3)]]


def cast(urn: Urn, port: int, number: int) -> str:
    """Send a ballot; return what came of it."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=180)
    began = time.perf_counter()
    try:
        line.request("POST", urn.address, urn.ballots[number].text, {"Content-Type": "text/plain"})
        answer = line.getresponse()
        said = answer.read()
    except (OSError, http.client.HTTPException):
        return "cut"
    finally:
        urn.seconds.append(time.perf_counter() - began)
        line.close()
    if answer.status == 201 and json.loads(said)["tracker"] == urn.ballots[number].tracker:
        urn.acknowledged.add(number)
        return "taken"
    return f"{answer.status} {said.decode()[:200]}"


def test_a_process_killed_among_sealed_ballots_loses_none_and_the_archive_verifies(
    shared_app: Flask, shared_url: str, engine_name: str, tmp_path: Path
) -> None:
    voters, urn = fill(shared_app)
    with night(shared_url, tmp_path, WORKERS[engine_name]) as site:
        before = set(site.workers())
        killer = threading.Timer(0.5, os.kill, (max(before), signal.SIGKILL))
        killer.start()
        blow(urn, site.port, range(CASTS), CLIENTS, until_answered(cast))
        killer.join()
        lost = before - set(site.workers())
    assert len(lost) == 1
    assert set(urn.answers) <= {"taken", "cut"}, urn.answers
    assert urn.acknowledged == set(range(CASTS))

    db.session.expire_all()
    voters.finish()
    db.session.commit()
    content = filing.archive_of(voters.poll)
    found = verify(content)
    expected = [[sum(answer_of(v)[0][each] for v in range(CODES)) for each in range(3)]]
    assert [list(row) for row in require_result(found)] == expected
    assert found.counted == CODES
    assert {each.tracker for each in found.ballots} == {each.tracker for each in urn.ballots}
    if CASTS <= FEW_FOR_BELENIOS:
        assert belenios_accepts(content, found.election.identifier, tmp_path)
