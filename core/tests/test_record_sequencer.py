"""The sequencer: places without gap, in whatever order facts come true, and a sealed head."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, insert, select

from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Community
from freeco.record import keys, sequencer
from freeco.record.errors import KeyMissing, Malformed
from freeco.record.models import RecordEntry, RecordLog, RecordTile
from freeco.record.sequencer import read_tile, sequence, sequence_due
from freeco.record.statement import Statement, new_reference
from freeco.record.stating import log_of
from freeco.record.tiles import node_of, widths
from freeco.record.tree import inclusion_proof, leaf_hash, verify_inclusion
from freeco.testing import make_community
from freeco.testing.record import checkpoints, seal_some, state_some
from freeco.testing.record_faults import NaiveTree, faults_of
from freeco.worker import tick


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """Keep the keys of each test in a folder of its own."""
    held = kernel()
    fresh = replace(held.settings, record_keys=tmp_path / "keys")
    app.extensions["freeco"] = replace(held, settings=fresh)
    yield fresh.record_keys
    app.extensions["freeco"] = held


def places(log: RecordLog) -> list[tuple[str, int | None]]:
    query = select(RecordEntry.kind, RecordEntry.leaf_index).where(RecordEntry.log_id == log.id)
    return [(kind, at) for kind, at in db.session.execute(query.order_by(RecordEntry.id))]


def waiting() -> int:
    query = select(func.count()).select_from(RecordEntry).where(RecordEntry.leaf_index.is_(None))
    return db.session.scalar(query) or 0


def test_statements_get_places_from_nought_in_their_order(community: Community) -> None:
    state_some(community, 3)
    log = log_of(community)
    head = sequence(log)
    assert head is not None
    assert places(log) == [*(("module.paused", at) for at in range(3)), ("log.opened", 3)]
    assert (head.size, log.size) == (4, 4)
    assert faults_of(log) == []


def test_an_entry_that_is_held_tells_its_place(community: Community) -> None:
    (entry,) = state_some(community, 1)
    sequence(entry.log)
    assert entry.leaf_index == 0


def test_nothing_new_is_not_sealed_again(community: Community) -> None:
    log = seal_some(community, 2)
    assert sequence(log) is None
    assert sequence_due() == 0
    assert [each.size for each in checkpoints(log)] == [3]


def test_nothing_at_all_is_not_sealed(community: Community) -> None:
    log = log_of(community)
    db.session.commit()
    assert sequence(log) is None
    assert keys.verifiers(log) == ()


def test_gaps_between_ids_leave_no_gap_between_places(community: Community) -> None:
    other = make_community("assiac", "Assiac")
    for _time in range(3):
        state_some(community, 1)
        state_some(other, 2)
    assert sequence_due() == 2
    for each in (community, other):
        log = log_of(each)
        assert [at for _kind, at in places(log)] == list(range(log.size))
        assert faults_of(log) == []
    assert log_of(other).size == 7


def test_what_comes_true_late_gets_a_late_place(community: Community) -> None:
    """Its number is smaller: its transaction began before, and took longer."""
    log = seal_some(community, 2)
    late = Statement("module.resumed", date(2026, 3, 4), new_reference(), {"module": "garden"})
    row = {
        "id": -1,
        "log_id": log.id,
        "reference": late.reference,
        "key": "late",
        "kind": late.kind,
        "day": late.day,
        "entry": late.entry,
        "leaf": late.leaf,
        "stated_at": log.opened_at,
    }
    db.session.execute(insert(RecordEntry.__table__), [row])
    head = sequence(log)
    assert head is not None
    assert places(log)[0] == ("module.resumed", 3)
    assert faults_of(log) == []


def test_what_is_rolled_back_leaves_places_tiles_and_keys_as_they_were(
    community: Community,
) -> None:
    state_some(community, 2)
    log = log_of(community)
    assert sequence(log) is not None
    db.session.rollback()
    assert (waiting(), log.size, checkpoints(log)) == (2, 0, [])
    assert db.session.scalars(select(RecordTile)).all() == []
    assert sequence_due() == 1
    assert faults_of(log) == []


def test_a_long_queue_is_taken_in_batches(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "BATCH", 3)
    state_some(community, 8)
    assert [sequence_due() for _tick in range(5)] == [1, 1, 1, 0, 0]
    log = log_of(community)
    assert [each.size for each in checkpoints(log)] == [3, 6, 9]
    assert faults_of(log) == []


def test_every_checkpoint_is_recomputed_from_the_rows_beyond_one_tile(
    community: Community,
) -> None:
    """Sizes around 256: a tile is filled, exactly and beyond."""
    log = seal_some(community, 1, 253, 1, 1, 5)
    assert [each.size for each in checkpoints(log)] == [2, 255, 256, 257, 262]
    assert faults_of(log) == []


def test_tiles_are_read_in_every_width_that_they_have_had(community: Community) -> None:
    log = seal_some(community, 200, 60)
    entries = db.session.scalars(
        select(RecordEntry.entry)
        .where(RecordEntry.log_id == log.id)
        .order_by(RecordEntry.leaf_index)
    )
    tree, read = NaiveTree(list(entries)), read_tile(log)
    for size in (1, 7, 200, 201, 256, 257, log.size):
        for level, number, width in widths(size):
            span = 256**level
            begin = number * 256 * span
            assert read(level, number, width) == b"".join(
                tree.root(begin + at * span, begin + (at + 1) * span) for at in range(width)
            )
    with pytest.raises(Malformed):
        read(0, 1, log.size - 256 + 1)
    with pytest.raises(Malformed):
        read(0, 2, 1)
    proof = inclusion_proof(257, log.size, node_of(log.size, read))
    verify_inclusion(leaf_hash(tree.entries[257]), 257, log.size, proof, tree.root(0, log.size))


def test_a_batch_asks_as_much_of_a_long_log_as_of_a_short_one(community: Community) -> None:
    """Counted in statements sent, and in hashes written."""

    def asked() -> int:
        state_some(community, 4)
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        assert sequence(log) is not None
        event.remove(db.engine, "before_cursor_execute", note)
        db.session.commit()
        return len(sent)

    log = seal_some(community, 9)
    short = asked()
    seal_some(community, 250)
    # One level more: its tile is looked for, read twice, written.
    assert asked() <= short + 6


def test_a_missing_key_signs_nothing_and_loses_nothing(
    community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    log = seal_some(community, 2)
    other = make_community("assiac", "Assiac")
    file = keys.file_of(log, keys.verifiers(log)[0])
    secret = file.read_bytes()
    file.unlink()
    state_some(community, 3)
    state_some(other, 1)
    with pytest.raises(KeyMissing):
        sequence(log)
    db.session.rollback()
    with caplog.at_level(logging.ERROR, logger="freeco.record.sequencer"):
        assert sequence_due() == 1
    assert [each.name for each in caplog.records] == ["freeco.record.sequencer"]
    assert faults_of(log_of(other)) == []
    assert (waiting(), log.size, len(checkpoints(log))) == (3, 3, 1)
    assert not file.exists()
    file.write_bytes(secret)
    assert sequence_due() == 1
    assert log.size == 6
    assert faults_of(log) == []


def test_of_two_sequencers_at_once_the_second_finds_nothing_to_do(
    app: Flask, community: Community
) -> None:
    state_some(community, 5)
    log = log_of(community)
    number = log.id
    assert sequence(log) is not None

    def another() -> int | None:
        with app.app_context():
            found = sequence(db.session.get_one(RecordLog, number))
            db.session.commit()
            return found.size if found is not None else None

    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(another)
        db.session.commit()
        assert told.result(timeout=30) is None
    assert faults_of(log) == []


def test_the_worker_gives_places_at_each_tick(app: Flask, community: Community) -> None:
    found = state_some(community, 2)
    tick(app)
    assert [db.session.get_one(RecordEntry, each.id).leaf_index for each in found] == [0, 1]
