"""The last minute of a poll: everybody votes at once, a process dies, the hour strikes.

Served as an operator serves it: four workers on PostgreSQL, one on SQLite. The gate sends two
hundred voters; ``FREECO_LAST_MINUTE=5000`` sends as many as the bar, in sixty seconds.
"""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from freeco.db import db
from freeco_project_decisions.polls.models import Decision

from .storm import blow, night, until_answered
from .voters import (
    LATE,
    ballots_kept,
    close_at_its_hour,
    gather_voters,
    open_for,
    vote,
)

VOTERS = int(os.environ.get("FREECO_LAST_MINUTE", "200"))
SECONDS = 60 if VOTERS > 1000 else 8
TOO_LATE = 10
"""Voters who click once the hour has struck, however fast the machine."""
CLIENTS = 100
WORKERS = {"sqlite": 1, "postgresql": 4}


def test_who_votes_in_the_last_minute_is_counted_and_who_comes_late_is_told(
    shared_app: Flask,
    shared_url: str,
    engine_name: str,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    rush = gather_voters(shared_app, VOTERS)
    with night(shared_url, tmp_path, WORKERS[engine_name]) as site:
        open_for(rush, SECONDS)
        clock = threading.Thread(target=close_at_its_hour, args=(shared_app, rush))
        clock.start()
        blow(rush, site.port, rush.voters[:-TOO_LATE], CLIENTS, vote)
        clock.join()
        blow(rush, site.port, rush.voters[-TOO_LATE:], TOO_LATE, vote)
    for name, value in {
        "voters": VOTERS,
        "noted": rush.answers["noted"],
        "late": rush.reasons[LATE],
        "median": rush.percentile(0.5),
        "p99": rush.percentile(0.99),
        "wall": round(rush.passed, 1),
        "cpu": site.cpu,
    }.items():
        record_property(name, value)
    late = VOTERS - rush.answers["noted"]
    assert late >= TOO_LATE
    assert sum(rush.answers.values()) == VOTERS
    assert rush.reasons[LATE] == late, rush.answers
    kept = ballots_kept(rush)
    assert set(kept) == rush.acknowledged
    assert all(marks == bytes([voter % 3]) for voter, marks in kept.items())
    # What was counted at the hour is all that was noted: nobody slipped in afterwards.
    outcome = json.loads(db.session.scalars(select(Decision.outcome)).one())
    (college,) = outcome["derivation"]["colleges"]
    assert college["yes"] + college["no"] + college["blank"] == len(kept)


def test_a_worker_killed_among_the_votes_loses_none_that_was_noted(
    shared_app: Flask, shared_url: str, engine_name: str, tmp_path: Path
) -> None:
    rush = gather_voters(shared_app, VOTERS // 2)
    with night(shared_url, tmp_path, WORKERS[engine_name]) as site:
        open_for(rush, 3600)
        before = set(site.workers())
        killer = threading.Timer(0.3, os.kill, (max(before), signal.SIGKILL))
        killer.start()
        blow(rush, site.port, rush.voters, CLIENTS, until_answered(vote))
        killer.join()
        time.sleep(0.1)
        lost = before - set(site.workers())
        assert site.server.poll() is None
    assert len(lost) == 1
    assert rush.answers["noted"] == len(rush.voters)
    assert set(ballots_kept(rush)) == rush.acknowledged == set(rush.voters)
