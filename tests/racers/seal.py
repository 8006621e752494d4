"""Writers who state facts, and sequencers that give them places, killed again and again.

The process forks all of them. A sequencer is killed by itself before a statement that it was
about to send, or by whoever forked it, at any moment; another takes its place at once.

Then the same with a naive sequencer, on the record of another community.

Arguments: settings as JSON, the two communities' ids, how often to kill in each storm, a seed.
"""

import json
import mmap
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import event, func, select, update

from freeco.app import create_app
from freeco.config import Settings
from freeco.db import db
from freeco.members.models import Community
from freeco.record import keys, sequencer
from freeco.record.checkpoint import Checkpoint
from freeco.record.models import RecordCheckpoint, RecordEntry, RecordLog, RecordTile
from freeco.record.stating import Sealed, log_of, state
from freeco.record.tiles import Growth, node_of
from freeco.record.tree import root

WRITERS, SEQUENCERS = 8, 2
ROLLED_BACK, LATE = 0.1, 0.1
BATCH = 25
"""Small, so that a long queue is taken in several."""
LONGEST_FUSE = 50
"""Statements after which a sequencer kills itself, at most: it seals once or twice."""
CALM = 0.5
"""Seconds for which they write on when nobody is killed any more."""
GIVE_UP = 100
"""Seconds after which something is wrong."""


@dataclass
class Storm:
    """Who writes, who sequences, and what was committed."""

    app: Flask
    community_id: int
    sequence: Callable[[], object]
    dice: random.Random
    late: float
    """For how long a late writer keeps its transaction, at most, in seconds."""
    pause: float
    """How long a writer rests between two, at most."""
    parent: int = field(default_factory=os.getpid)
    over: mmap.mmap = field(default_factory=lambda: mmap.mmap(-1, 1))
    writers: list[int] = field(default_factory=list)
    sequencers: list[int] = field(default_factory=list)

    def fork(self, work: Callable[[random.Random], None]) -> int:
        """Have a process do this, with dice of its own, and end without tidying up."""
        seed = self.dice.random()
        pid = os.fork()
        if pid == 0:
            with self.app.app_context():
                try:
                    work(random.Random(seed))
                except BaseException as error:
                    print(repr(error), file=sys.stderr, flush=True)
                    os._exit(1)
            os._exit(0)
        return pid

    def write(self, name: str, told: int, dice: random.Random) -> None:
        """State facts, some of them everybody's, some taken back, some late, until it is over."""
        number = 0
        while not self.over[0] and not self.orphaned():
            number += 1
            community = db.session.get_one(Community, self.community_id)
            facts = [f"{name}:{number}:{each}" for each in range(dice.randint(1, 2))]
            facts += [f"shared:{number}"] * (number % 3 == 0)
            for fact in facts:
                sealed = {"reason": Sealed({"reason": f"Pause {fact}"})}
                state(community, "module.paused", fact, about={"module": name}, sealed=sealed)
            if dice.random() < LATE:
                self.linger(self.late * dice.random())
            if dice.random() < ROLLED_BACK:
                db.session.rollback()
            else:
                db.session.commit()
                os.write(told, "".join(f"{each}\n" for each in facts).encode())
            time.sleep(self.pause * dice.random())

    def linger(self, seconds: float) -> None:
        """Keep the transaction until what began after it has its place, or for so long."""
        begun = select(func.max(RecordEntry.id)).where(RecordEntry.leaf_index.is_(None))
        mine = db.session.scalar(begun) or 0
        until = time.monotonic() + seconds
        after = select(func.count()).where(RecordEntry.id > mine, RecordEntry.leaf_index >= 0)
        while not db.session.scalar(after) and time.monotonic() < until:
            time.sleep(0.01)

    def give_places(self, fuse: int | None, _dice: random.Random) -> None:
        """Give places for ever; with a fuse, end before that many statements are sent."""
        left = [fuse]

        def burn(*_said: object) -> None:
            if left[0] is not None:
                left[0] -= 1
                if left[0] <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        event.listen(db.engine, "before_cursor_execute", burn)
        while not self.orphaned():
            self.sequence()
            db.session.remove()
            time.sleep(0.005)

    def orphaned(self) -> bool:
        """Whether whoever forked this process has gone."""
        return os.getppid() != self.parent

    def sequencer(self, fuse: int | None = None) -> None:
        """Have one sequencer more."""
        self.sequencers.append(self.fork(lambda dice: self.give_places(fuse, dice)))

    def strike(self, number: int) -> None:
        """Kill one of them, or wait for its own hand; then have another."""
        pid = self.sequencers.pop(0)
        if number % 2:
            time.sleep(self.dice.random() * 0.1)
            os.kill(pid, signal.SIGKILL)
        _pid, status = os.waitpid(pid, 0)
        assert os.WIFSIGNALED(status), "a sequencer failed"
        self.sequencer(None if number % 2 else self.dice.randint(1, LONGEST_FUSE))

    def run(self, kills: int, told: int) -> None:
        """Let them write and give places, kill so often, and let the last ones finish."""
        for number in range(WRITERS):
            name = f"w{number}"
            self.writers.append(
                self.fork(lambda dice, name=name: self.write(name, told, dice))  # type: ignore[misc]
            )
        self.sequencer(self.dice.randint(1, LONGEST_FUSE))
        self.sequencer()
        for number in range(kills):
            self.strike(number)
        time.sleep(CALM)
        self.over[0] = 1
        while self.writers:
            _pid, status = os.waitpid(self.writers.pop(), 0)
            assert status == 0, "a writer failed"

    def end(self) -> None:
        """Leave nobody behind."""
        for pid in self.writers + self.sequencers:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def sequence_naively(community_id: int) -> None:
    """Count, then place, then grow, then sign, each committed by itself: what most code does."""
    log = log_of(db.session.get_one(Community, community_id))
    placed = RecordEntry.leaf_index.is_not(None), RecordEntry.log_id == log.id
    size = db.session.scalar(select(func.count()).select_from(RecordEntry).where(*placed)) or 0
    waiting = RecordEntry.leaf_index.is_(None), RecordEntry.log_id == log.id
    query = select(RecordEntry.id, RecordEntry.leaf).where(*waiting).order_by(RecordEntry.id)
    rows = db.session.execute(query.limit(BATCH)).all()
    db.session.commit()
    if not rows:
        return
    for place, row in enumerate(rows, start=size):
        placing = update(RecordEntry).where(RecordEntry.id == row.id)
        db.session.execute(placing.values(leaf_index=place))
    db.session.commit()
    growth = Growth(size, sequencer.read_tile(log))
    growth.append(row.leaf for row in rows)
    for (level, number), hashes in growth.finish().items():
        db.session.merge(RecordTile(log_id=log.id, level=level, number=number, hashes=hashes))
    log.size = growth.size
    db.session.commit()
    head = root(growth.size, node_of(growth.size, sequencer.read_tile(log)))
    note = str(Checkpoint(log.origin, growth.size, head).signed_by(*keys.signers(log)))
    db.session.add(RecordCheckpoint(log=log, size=growth.size, root=head, note=note))
    db.session.commit()


def naively(community_id: int) -> Callable[[], None]:
    """Return a sequencer that goes on after whatever the database refuses."""

    def act() -> None:
        try:
            sequence_naively(community_id)
        except Exception:
            db.session.rollback()

    return act


def waiting(app: Flask, community_id: int) -> int:
    """Count what has no place yet."""
    with app.app_context():
        query = select(func.count()).select_from(RecordEntry).join(RecordLog)
        query = query.where(RecordEntry.leaf_index.is_(None))
        found = db.session.scalar(query.where(RecordLog.community_id == community_id)) or 0
        db.session.remove()
        db.engine.dispose()
    return found


def said(reader: int) -> list[str]:
    """Return what was committed."""
    words = b""
    while part := os.read(reader, 65536):
        words += part
    return words.decode().split()


def warm_up(community_id: int) -> None:
    """Do everything once before the first fork: processes inherit what was prepared for it."""
    community = db.session.get_one(Community, community_id)
    for act in (sequencer.sequence_due, naively(community_id)):
        about, sealed = {"module": "warm"}, {"reason": Sealed({"reason": "Pause"})}
        state(community, "module.paused", f"warm:{act.__name__}", about=about, sealed=sealed)
        db.session.commit()
        act()
    db.session.remove()
    db.engine.dispose()  # nothing open is handed down to a fork


def blow(storm: Storm, kills: int, grace: float) -> dict[str, object]:
    """Let a storm pass, and so many seconds for its last queue; tell what was committed."""
    reader, told = os.pipe()
    begun = time.monotonic()
    try:
        storm.run(kills, told)
        until = time.monotonic() + grace
        while waiting(storm.app, storm.community_id) and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        storm.end()
    os.close(told)
    seconds = round(time.monotonic() - begun, 1)
    return {"committed": sorted({*said(reader)}), "kills": kills, "seconds": seconds}


def main() -> None:
    environment, whole, naive, kills, naive_kills, seed = sys.argv[1:]
    app = create_app(Settings.from_environment(json.loads(environment)))
    sequencer.BATCH = BATCH
    with app.app_context():
        sqlite = db.engine.dialect.name == "sqlite"
        if sqlite:  # as PostgreSQL in the tests: we kill processes, not machines
            event.listen(
                db.engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF")
            )
        warm_up(int(naive))
    dice = random.Random(int(seed))
    # SQLite has one writer: who keeps a transaction holds up everybody.
    late, pause = (0.005, 0.4) if sqlite else (1.0, 0.3)
    signal.alarm(GIVE_UP)
    ours = Storm(app, int(whole), sequencer.sequence_due, dice, late, pause)
    theirs = Storm(app, int(naive), naively(int(naive)), dice, late, pause)
    found = {
        "whole": blow(ours, int(kills), GIVE_UP),
        "naive": blow(theirs, int(naive_kills), 0.5),
    }
    used = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
    found["seconds of CPU"] = round(sum(each.ru_utime + each.ru_stime for each in used), 1)
    print(json.dumps(found))


main()
