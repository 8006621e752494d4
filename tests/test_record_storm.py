"""The record through a storm: writers, sequencers that are killed, and one place for each fact."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Community
from freeco.record.models import RecordEntry
from freeco.record.stating import log_of
from freeco.testing import make_community
from freeco.testing.record import checkpoints
from freeco.testing.record_faults import faults_of

ROOT = Path(__file__).parent.parent
SEED = 20261122
KILLS, NAIVE_KILLS = 24, 6


def storm(environment: str, *communities: Community) -> dict[str, Any]:
    """Run the storms in a process of its own, which forks the others."""
    numbers = [str(each.id) for each in communities]
    numbers += [str(each) for each in (KILLS, NAIVE_KILLS, SEED)]
    db.session.rollback()
    ended = subprocess.run(
        [sys.executable, "-m", "tests.racers.seal", environment, *numbers],
        capture_output=True,
        text=True,
        timeout=150,
        cwd=ROOT,
    )
    assert ended.returncode == 0, f"seed {SEED}: {ended.stdout} {ended.stderr}"
    said: dict[str, Any] = json.loads(ended.stdout)
    return said


def placed(community: Community) -> dict[str, int | None]:
    """Return the place of each fact, in the order in which their transactions began."""
    query = select(RecordEntry.key, RecordEntry.leaf_index).order_by(RecordEntry.id)
    mine = query.where(RecordEntry.log_id == log_of(community).id)
    return {row.key: row.leaf_index for row in db.session.execute(mine)}


def test_each_fact_has_one_place_whoever_is_killed_and_a_naive_sequencer_is_found_out(
    shared_app: Flask, environment: str
) -> None:
    community, theirs = make_community("lavergne", "Lavergne"), make_community("assiac", "Assiac")
    said = storm(environment, community, theirs)
    assert said["whole"]["kills"] >= 20
    places = placed(community)
    opening = f"record_log:{log_of(community).id}"
    assert sorted(places) == sorted([*said["whole"]["committed"], opening])
    assert len(places) > 100
    assert len(checkpoints(log_of(community))) > 5
    assert faults_of(log_of(community)) == []
    if db.engine.dialect.name == "postgresql":
        # Some began before others and came true after them.
        assert list(places.values()) != sorted(places.values(), key=int)  # type: ignore[arg-type]
    # The same storm without the lock, and not in one transaction: it would be noticed.
    caught = faults_of(log_of(theirs))
    for slug in ("cajarc", "figeac"):
        if not caught:  # it may be lucky once, not three times
            other, again = make_community(f"{slug}-haut", slug), make_community(slug, slug)
            storm(environment, other, again)
            caught = faults_of(log_of(again))
    assert caught, "nothing wrong: the storm sees nothing"
