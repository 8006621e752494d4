"""Raw SQL against the record, past all our code: nothing is accepted, on either engine."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from freeco.accords.models import Accord
from freeco.accounting.guards import statements
from freeco.db import Model, db
from freeco.members.models import Community
from freeco.record import guards
from freeco.record.models import (
    ParameterChange,
    RecordAlarm,
    RecordCosignature,
    RecordEntry,
    RecordKey,
    RecordLog,
    RecordOpening,
    RecordTile,
)
from freeco.record.sequencer import sequence
from freeco.record.stating import Sealed, log_of, state
from freeco.testing import make_community, make_member

NOON = "'2026-11-22 12:00:00+00:00'"
TABLES = (
    *("record_log", "record_key", "record_entry", "record_opening", "record_tile"),
    *("record_checkpoint", "record_cosignature", "record_alarm", "parameter_change", "accord"),
)


def entry(
    *,
    verb: str = "INSERT",
    number: str = "9001",
    reference: str = "raw",
    key: str = "raw",
    place: str = "NULL",
    leaf: str = "{hash}",
    end: str = "",
) -> str:
    return (
        f"{verb} INTO record_entry (id, log_id, reference, key, kind, day, entry, leaf, stated_at,"
        f" leaf_index) VALUES ({number}, {{log}}, '{reference}', '{key}', 'module.resumed',"
        f" '2026-11-22', {{hash}}, {leaf}, {NOON}, {place}){end}"
    )


def log(size: int = 0, *, verb: str = "INSERT", number: str = "9001", origin: str = "raw") -> str:
    return (
        f"{verb} INTO record_log (id, community_id, origin, size, opened_at)"
        f" VALUES ({number}, {{third}}, '{origin}', {size}, {NOON})"
    )


def key(*, verb: str = "INSERT", number: str = "9001", verifier: str = "{verifier}") -> str:
    return (
        f"{verb} INTO record_key (id, log_id, verifier, from_size, created_at)"
        f" VALUES ({number}, {{log}}, '{verifier}', 0, {NOON})"
    )


def checkpoint(
    size: str, *, verb: str = "INSERT", number: str = "9001", root: str = "{hash}"
) -> str:
    return (
        f"{verb} INTO record_checkpoint (id, log_id, size, root, note, signed_at)"
        f" VALUES ({number}, {{log}}, {size}, {root}, 'a note', {NOON})"
    )


def tile(number: int = 0, level: int = 0, hashes: str = "{hash}", verb: str = "INSERT") -> str:
    return f"{verb} INTO record_tile VALUES ({{log}}, {level}, {number}, {hashes})"


def grown(hashes: str) -> str:
    return " ".join(("UPDATE record_tile SET hashes =", hashes, "WHERE log_id = {log}"))


def placed(place: str, which: str = "{waiting}") -> str:
    return " ".join(("UPDATE record_entry SET leaf_index =", place, "WHERE id =", which))


def sign(*, verb: str = "INSERT", number: str = "9001") -> str:
    return (
        f"{verb} INTO record_cosignature (id, checkpoint_id, witness, line, given_at)"
        f" VALUES ({number}, {{covering}}, 'witness', 'another', {NOON})"
    )


def alarm(*, verb: str = "INSERT", number: str = "9001") -> str:
    return (
        f"{verb} INTO record_alarm (id, origin, kind, found_by, digest, evidence, found_at)"
        f" VALUES ({number}, 'theirs', 'split', 'us', 'ab', 'nothing', {NOON})"
    )


Attacks = dict[str, dict[str, str]]
"""By the trigger that alone stands before them, or none where two do: what is sent and said."""
ATTACKS: Attacks = {
    "record_log_opened": {log(5): "begins empty"},
    "record_log_changed": {
        "UPDATE record_log SET origin = 'x'": "only grows",
        "UPDATE record_log SET community_id = {third} WHERE id = {empty}": "only grows",
        "UPDATE record_log SET size = size - 1 WHERE id = {log}": "only grows",
        "UPDATE record_log SET size = size + 1": "as long as its places",
    },
    "record_log_deleted": {"DELETE FROM record_log WHERE id = {empty}": "stays"},
    "record_key_changed": {
        "UPDATE record_key SET verifier = 'mine'": "only ends",
        "UPDATE record_key SET log_id = {empty}": "only ends",
        "UPDATE record_key SET from_size = 7": "only ends",
        "UPDATE record_key SET to_size = 8 WHERE to_size IS NOT NULL": "only ends",
        "UPDATE record_key SET to_size = NULL": "only ends",
    },
    "record_key_deleted": {"DELETE FROM record_key": "stays"},
    "record_entry_stated": {
        entry(place="{next}"): "comes afterwards",
        entry(leaf="{half}"): "not a leaf",
    },
    "record_entry_changed": {
        "UPDATE record_entry SET entry = {hash}": "entry never changes",
        "UPDATE record_entry SET leaf = {hash} WHERE id = {first}": "entry never changes",
        "UPDATE record_entry SET day = '2020-01-01'": "entry never changes",
        "UPDATE record_entry SET key = 'x' WHERE id = {waiting}": "entry never changes",
        "UPDATE record_entry SET log_id = {empty} WHERE id = {waiting}": "entry never changes",
        placed("NULL", "{first}"): "entry never changes",
        placed("{next}", "{first}"): "never changes",
        placed("{next} + 1"): "no gap",
        placed("-1"): "no gap",
        placed("NULL"): "no gap",
        placed("{next}, day = '2020-01-01'"): "entry never changes",
    },
    "record_entry_deleted": {"DELETE FROM record_entry WHERE id = {waiting}": "stays"},
    "record_opening_changed": {
        "UPDATE record_opening SET salt = {hash}": "never changes",
        "UPDATE record_opening SET member_id = NULL": "never changes",
    },
    "record_tile_begun": {
        tile(5, hashes="{half}"): "not a tile",
        tile(5, hashes="{none}"): "not a tile",
        tile(5, hashes="{wide}"): "not a tile",
        tile(5, level=-1): "not a tile",
    },
    "record_tile_grown": {
        grown("{hash}"): "grows at its end",
        grown("{others}"): "grows at its end",
        grown("{and_half}"): "not a tile",
        grown("{too_wide}"): "not a tile",
        "UPDATE record_tile SET number = 7, hashes = {and_one}": "grows at its end",
    },
    "record_tile_deleted": {"DELETE FROM record_tile": "stays"},
    "record_checkpoint_signed": {
        checkpoint("1"): "only grow",
        checkpoint("0"): "only grow",
        checkpoint("{next} + 1"): "longer than its log",
    },
    "record_checkpoint_changed": {
        "UPDATE record_checkpoint SET note = 'x'": "never changes",
        "UPDATE record_checkpoint SET root = {hash}": "never changes",
    },
    "record_checkpoint_deleted": {"DELETE FROM record_checkpoint WHERE id <> {covering}": "stays"},
    "record_cosignature_changed": {"UPDATE record_cosignature SET line = 'x'": "never changes"},
    "record_cosignature_deleted": {"DELETE FROM record_cosignature": "stays"},
    "record_alarm_changed": {
        "UPDATE record_alarm SET evidence = ''": "only told",
        "UPDATE record_alarm SET told_at = NULL": "only told",
    },
    "record_alarm_deleted": {"DELETE FROM record_alarm": "stays"},
    "parameter_change_changed": {
        "UPDATE parameter_change SET reason = 'x'": "only stated",
        "UPDATE parameter_change SET entry_id = {waiting}": "only stated",
    },
    "parameter_change_deleted": {"DELETE FROM parameter_change": "stays"},
    "accord_changed": {
        "UPDATE accord SET text = 'x'": "never changes",
        "UPDATE accord SET other_id = {stranger}": "never changes",
        "UPDATE accord SET proposed_at = {noon}": "never changes",
        "UPDATE accord SET agreed_at = {noon}": "ends once",
        "UPDATE accord SET agreed_at = NULL": "ends once",
    },
}
REPLACE = "INSERT OR REPLACE"
ON_SQLITE: Attacks = {
    "record_log_opened": {log(verb=REPLACE, number="{empty}", origin="mine"): "this log exists"},
    "record_key_opened": {
        key(verb=REPLACE): "this key exists",
        key(verb=REPLACE, number="{key}", verifier="mine"): "this key exists",
    },
    "record_entry_stated": {
        entry(verb=REPLACE, number="{waiting}"): "this entry exists",
        entry(verb=REPLACE, key="{fact}"): "this entry exists",
        entry(verb=REPLACE, reference="{reference}"): "this entry exists",
        entry(leaf=f"'{'a' * 32}'"): "not a leaf",
    },
    "": {
        entry(
            key="{fact}", end=" ON CONFLICT (log_id, key) DO UPDATE SET kind = 'x'"
        ): "this entry exists",
    },
    "record_entry_changed": {
        "UPDATE OR REPLACE record_entry SET leaf_index = 0 WHERE id = {waiting}": "no gap",
        placed("'last'"): "no gap",
        placed("{next} - 0.5"): "no gap",
    },
    "record_opening_added": {
        "INSERT OR REPLACE INTO record_opening (id, entry_id, name, salt, fields)"
        " SELECT id, entry_id, name, {hash}, '{{}}' FROM record_opening": "this opening exists",
    },
    "record_tile_begun": {
        tile(verb="REPLACE"): "this tile exists",
        tile(5, hashes=f"'{'a' * 32}'"): "not a tile",
    },
    "record_tile_grown": {grown(f"CAST({{tile}} AS TEXT) || '{'a' * 32}'"): "grows at its end"},
    "record_checkpoint_signed": {
        checkpoint("{next}", verb=REPLACE, number="{early}"): "this checkpoint exists",
    },
    "record_cosignature_given": {sign(verb=REPLACE): "this cosignature exists"},
    "record_alarm_raised": {alarm(verb=REPLACE): "this alarm exists"},
    "parameter_change_noted": {
        "REPLACE INTO parameter_change (id, community_id, name, before, after, reason, decided,"
        " changed_at) SELECT id, community_id, name, before, 'x', '', '', changed_at"
        " FROM parameter_change WHERE entry_id IS NULL": "this change exists",
    },
    "accord_proposed": {
        "REPLACE INTO accord (id, community_id, proposer_id, other_id, title, text, about,"
        " proposed_at) SELECT id, community_id, proposer_id, other_id, title, 'x', '', proposed_at"
        " FROM accord": "this accord exists",
    },
}
ON_POSTGRESQL: Attacks = {
    "record_entry_changed": {
        entry(
            key="{fact}", end=" ON CONFLICT (log_id, key) DO UPDATE SET kind = 'x'"
        ): "entry never changes",
    },
    "": {
        "TRUNCATE record_log CASCADE": "nothing is emptied",
        "TRUNCATE record_entry CASCADE": "nothing is emptied",
        "TRUNCATE record_checkpoint CASCADE": "nothing is emptied",
    },
} | {
    f"{each}_emptied": {f"TRUNCATE {each}": f"emptied: {each}"}
    for each in (
        *("record_key", "record_tile", "record_cosignature", "record_alarm"),
        "parameter_change",
    )
}


@pytest.fixture
def attacks(engine_name: str) -> list[tuple[str, str, str]]:
    """Give each attack with its trigger and what is said."""
    own = ON_SQLITE if engine_name == "sqlite" else ON_POSTGRESQL
    return [
        (trigger, attack, why)
        for group in (ATTACKS, own)
        for trigger, attacks in group.items()
        for attack, why in attacks.items()
    ]


@pytest.fixture
def names(community: Community, engine_name: str) -> dict[str, Any]:
    """Give a record with a little of everything, and what an attacker would know of it."""
    marie, paul = make_member(community, "Marie"), make_member(community, "Paul")
    record, empty = log_of(community), log_of(make_community("assiac", "Assiac"))
    third = make_community("vernet", "Vernet")
    first = stated(community, "first", sealed={"reason": Sealed({"why": "vacances"}, marie)})
    early = sequence(record)
    second = stated(community, "second")
    covering = sequence(record)
    waiting = stated(community, "waiting")
    assert early is not None
    assert covering is not None
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    gone = RecordKey(log=record, verifier="gone")
    change = ParameterChange(community=community, name="threshold.garden", before="", after="3")
    other = ParameterChange(community=community, name="threshold.garden", before="3", after="4")
    change.entry_id = second.id
    accord = Accord(community=community, proposer=marie, other=paul, title="Blé", text="Le blé")
    accord.agreed_at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    found = RecordAlarm(
        origin="theirs", kind="split", found_by="us", digest="ab", evidence="…", told_at=noon
    )
    signature = RecordCosignature(checkpoint=covering, witness="witness", line="—", given_at=noon)
    db.session.add_all([gone, change, other, accord, found, signature])
    db.session.flush()
    gone.to_size = 1
    db.session.flush()
    key_id = select(RecordKey.id).where(RecordKey.log_id == record.id, RecordKey.id != gone.id)
    tiles = select(RecordTile).where(RecordTile.log_id == record.id, RecordTile.number == 0)
    hashes = db.session.scalars(tiles.where(RecordTile.level == 0)).one().hashes

    def blob(content: bytes) -> str:
        said = content.hex()
        return f"X'{said}'" if engine_name == "sqlite" else f"decode('{said}', 'hex')"

    known = {
        "log": record.id,
        "empty": empty.id,
        "third": third.id,
        "stranger": make_member(community, "Zoé").id,
        "first": first.id,
        "waiting": waiting.id,
        "fact": first.key,
        "reference": waiting.reference,
        "next": record.size,
        "early": early.id,
        "covering": covering.id,
        "key": db.session.scalars(key_id).first(),
        "verifier": gone.verifier,
        "noon": NOON,
        "hash": blob(b"\x07" * 32),
        "half": blob(b"\x07" * 16),
        "none": blob(b""),
        "wide": blob(b"\x07" * 32 * 257),
        "tile": blob(hashes),
        "and_half": blob(hashes + b"\x07" * 16),
        "and_one": blob(hashes + b"\x07" * 32),
        "too_wide": blob(hashes + b"\x07" * 32 * 256),
        "others": blob(b"\x07" * 32 + hashes),
    }
    db.session.commit()
    return known


def stated(community: Community, key: str, **more: Any) -> RecordEntry:
    kind = "module.paused" if more else "module.resumed"
    found = state(community, kind, key, about={"module": "garden"}, **more)
    assert found is not None
    return found


def contents() -> list[Any]:
    tables = [Model.metadata.tables[each] for each in TABLES]
    return [sorted(map(repr, db.session.execute(select(each)))) for each in tables]


@contextmanager
def without(trigger: str, engine_name: str) -> Iterator[None]:
    """Drop one trigger for a moment; what is done meanwhile is undone."""
    statement = f"DROP TRIGGER {trigger}"
    if engine_name == "postgresql":
        table = next(each for each in TABLES if trigger.startswith(f"{each}_"))
        statement += f" ON {table}"
    db.session.connection().exec_driver_sql(statement)
    try:
        yield
    finally:
        db.session.rollback()


def refusal(attack: str, names: dict[str, Any]) -> str:
    """Return why an attack is refused; empty when it is accepted."""
    try:
        db.session.connection().exec_driver_sql(attack.format(**names))
    except IntegrityError as error:
        return str(error.orig)
    return ""


def test_nothing_is_accepted(names: dict[str, Any], attacks: list[tuple[str, str, str]]) -> None:
    before = contents()
    for _trigger, attack, why in attacks:
        said = refusal(attack, names)
        assert re.match(f"record: .*({why})", said), f"{attack}: {said or 'accepted'}"
        db.session.rollback()
    assert contents() == before


def test_each_trigger_stands_alone_before_what_it_refuses(
    names: dict[str, Any], attacks: list[tuple[str, str, str]], engine_name: str
) -> None:
    passed = set()
    for trigger, attack, _why in attacks:
        if trigger:
            with without(trigger, engine_name):
                said = refusal(attack, names)
            # A constraint of the table stands behind some of them, but no other trigger.
            assert "record: " not in said, attack
            passed |= set() if said else {trigger}
    words = [each.split() for each in statements("core_0014", engine_name, guards.__name__)]
    triggers = {each[each.index("TRIGGER") + 1] for each in words if "TRIGGER" in each[:20]}
    assert passed == triggers


def test_what_is_in_order_passes(app: Flask, names: dict[str, Any]) -> None:
    """The attacks above fail for what they say, not for a slip in their words."""
    for each in (
        log(),
        key(verifier="another"),
        entry(),
        placed("{next}"),
        "UPDATE record_log SET size = {next} + 1 WHERE id = {log}",
        checkpoint("{next} + 1"),
        grown("{and_one}"),
        tile(5),
        "UPDATE record_key SET to_size = 9 WHERE to_size IS NULL",
        "DELETE FROM record_opening",
        "UPDATE parameter_change SET entry_id = {waiting} WHERE entry_id IS NULL",
        "UPDATE accord SET entry_id = {first}",
    ):
        assert refusal(each, names) == "", each
    assert refusal("UPDATE record_entry SET leaf_index = {next} + 1 WHERE id = 9001", names) == ""
    assert refusal("UPDATE record_log SET size = {next} + 2 WHERE id = {log}", names) == ""
    assert db.session.scalars(select(RecordOpening)).all() == []
    assert db.session.get_one(RecordLog, names["log"]).size == names["next"] + 2
    short = checkpoint("{next} + 2", number="9002", root="{half}")
    assert "record: not a root" in refusal(short, names)


def test_a_rehearsal_s_changes_go_with_it(app: Flask, community: Community) -> None:
    """It has no log, and states nothing."""
    db.session.add(ParameterChange(community=community, name="threshold.a", before="", after="3"))
    db.session.commit()
    assert refusal("DELETE FROM parameter_change", {}) == ""
    assert db.session.scalars(select(ParameterChange)).all() == []
