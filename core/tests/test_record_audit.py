"""The audit of the record: nothing to say of an honest log, and each fault named at its place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, select, update

from freeco.clock import held_at, now
from freeco.db import db
from freeco.members.models import Community
from freeco.record import audit, keys
from freeco.record.audit_facts import Audit, Told, key_faults
from freeco.record.checkpoint import Checkpoint, cosign
from freeco.record.models import (
    RecordCheckpoint,
    RecordCosignature,
    RecordEntry,
    RecordKey,
    RecordLog,
    RecordOpening,
    RecordTile,
)
from freeco.record.note import COSIGNATURE, Note, Signature, SignerKey
from freeco.record.sequencer import sequence
from freeco.record.statement import Statement, new_reference
from freeco.record.stating import log_of
from freeco.record.tree import leaf_hash
from freeco.testing.guards import guards_lifted
from freeco.testing.record import checkpoints, seal_some, state_some

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WITNESS = SignerKey.generate("temoin.example", COSIGNATURE)
Place = tuple[int | None, int | None]


def honest(community: Community) -> RecordLog:
    """Return a log of 9 statements under 3 checkpoints, the second of which changes the key."""
    log = seal_some(community, 3)
    keys.rotate(log)
    db.session.commit()
    seal_some(community, 2, 2)
    assert [each.size for each in checkpoints(log)] == [4, 7, 9]
    line = str(cosign(Note.read(checkpoints(log)[0].note).text, WITNESS, AT))
    db.session.add(
        RecordCosignature(
            checkpoint=checkpoints(log)[0],
            witness=str(WITNESS.verifier),
            line=line,
            given_at=AT,
        )
    )
    db.session.commit()
    return log


def found(log: RecordLog) -> list[tuple[Place, str]]:
    """Return the faults of a log, with their places, in words."""
    db.session.expire_all()
    read = audit.check(log)
    db.session.commit()
    return [((each.index, each.size), str(each.what).replace("\xa0", " ")) for each in read.faults]


def at(index: int) -> RecordEntry:
    return db.session.scalars(select(RecordEntry).where(RecordEntry.leaf_index == index)).one()


def rewritten(index: int, **changed: Any) -> dict[str, Any]:
    """Return the columns of a statement that says something else, its hash made to match."""
    statement = replace(Statement.read(at(index).entry), **changed)
    return {
        "entry": statement.entry,
        "leaf": statement.leaf,
        "kind": statement.kind,
        "day": statement.day,
        "reference": statement.reference,
    }


def set_entry(index: int, **values: Any) -> None:
    db.session.execute(update(RecordEntry).where(RecordEntry.leaf_index == index).values(**values))


def set_foot(index: int, hashed: bytes) -> None:
    tile = db.session.scalars(select(RecordTile).where(RecordTile.level == 0)).one()
    row = bytearray(tile.hashes)
    row[index * 32 : index * 32 + 32] = hashed
    db.session.execute(update(RecordTile).where(RecordTile.level == 0).values(hashes=bytes(row)))


def set_head(size: int, **values: Any) -> None:
    query = update(RecordCheckpoint).where(RecordCheckpoint.size == size)
    db.session.execute(query.values(**values))


def head(size: int) -> RecordCheckpoint:
    query = select(RecordCheckpoint).where(RecordCheckpoint.size == size)
    return db.session.scalars(query).one()


def other_bytes(_log: RecordLog) -> None:
    set_entry(2, entry=rewritten(2, day=date(2020, 1, 1))["entry"])


def other_statement(_log: RecordLog) -> None:
    set_entry(2, **rewritten(2, day=date(2020, 1, 1)))


def other_statement_and_tree(_log: RecordLog) -> None:
    forged = rewritten(2, day=date(2020, 1, 1))
    set_foot(2, forged["leaf"])
    set_entry(2, **forged)


def another_writing(_log: RecordLog) -> None:
    spaced = at(2).entry.replace(b",", b", ")
    set_foot(2, leaf_hash(spaced))
    set_entry(2, entry=spaced, leaf=leaf_hash(spaced))


def gone(_log: RecordLog) -> None:
    entry = at(2)
    db.session.execute(delete(RecordOpening).where(RecordOpening.entry_id == entry.id))
    db.session.execute(delete(RecordEntry).where(RecordEntry.id == entry.id))


def cut_off(log: RecordLog) -> None:
    """Take away the last two statements, as if they had never been: places, length and all."""
    late = select(RecordEntry.id).where(RecordEntry.leaf_index >= 7)
    db.session.execute(delete(RecordOpening).where(RecordOpening.entry_id.in_(late)))
    db.session.execute(delete(RecordEntry).where(RecordEntry.leaf_index >= 7))
    db.session.execute(update(RecordLog).values(size=7))
    tile = db.session.scalars(select(RecordTile)).one()
    db.session.execute(update(RecordTile).values(hashes=tile.hashes[: 7 * 32]))


def exchanged(_log: RecordLog) -> None:
    first, second = at(1).id, at(2).id
    for row, place in ((first, None), (second, 1), (first, 2)):
        query = update(RecordEntry).where(RecordEntry.id == row)
        db.session.execute(query.values(leaf_index=place))


def unsealed(_log: RecordLog) -> None:
    db.session.execute(delete(RecordCheckpoint).where(RecordCheckpoint.size == 9))


def signed_by_a_stranger(log: RecordLog) -> None:
    stranger = SignerKey.generate(log.origin)
    note = Checkpoint(log.origin, 9, head(9).root).signed_by(stranger)
    set_head(9, note=str(note))


def signature_altered(log: RecordLog) -> None:
    note = Note.read(head(9).note)
    (line,) = note.signatures
    forged = Signature(line.name, line.key_id, bytes(64))
    set_head(9, note=str(Note(note.text, (forged,))))


def change_signed_by_the_new_key_alone(_log: RecordLog) -> None:
    note = Note.read(head(7).note)
    set_head(7, note=str(Note(note.text, note.signatures[1:])))


def other_root_signed_by_us(log: RecordLog) -> None:
    (key,) = keys.signers(log)
    set_head(9, root=bytes(32), note=str(Checkpoint(log.origin, 9, bytes(32)).signed_by(key)))


def other_origin(log: RecordLog) -> None:
    (key,) = keys.signers(log)
    note = Checkpoint("elsewhere.example/registre", 9, head(9).root).signed_by(key)
    set_head(9, note=str(note))


def set_opening(**values: Any) -> None:
    chosen = db.session.scalars(select(RecordOpening.id).where(RecordOpening.entry_id == at(1).id))
    query = update(RecordOpening).where(RecordOpening.id == chosen.first())
    db.session.execute(query.values(**values))


def a_level_more(log: RecordLog) -> None:
    db.session.add(RecordTile(log_id=log.id, level=1, number=0, hashes=bytes(32)))
    db.session.flush()


def set_key(number: int, **values: Any) -> None:
    row = db.session.scalars(select(RecordKey.id).order_by(RecordKey.id)).all()[number]
    db.session.execute(update(RecordKey).where(RecordKey.id == row).values(**values))


def foreign_key(log: RecordLog) -> None:
    set_key(1, verifier=str(SignerKey.generate(log.origin).verifier))


DISAGREE = "Cette inscription et l’arbre ne s’accordent plus."
LEAF = "L’empreinte gardée de cette inscription n’est pas la sienne."
COLUMNS = "Le genre, le jour ou la référence n’est pas celui que dit l’inscription."
WRITING = "Cette inscription n’est pas écrite comme le registre l’écrit."
ROOT = "Ce sceau n’est pas celui des inscriptions qu’il couvre."
ROW = "Ce sceau ne dit pas ce que dit sa ligne."
OPENING = "Le contenu gardé n’est pas celui qui a été scellé."
TREE = "L’arbre gardé n’est pas celui des inscriptions : étage {}, rangée 0."
NOBODY = "Aucune signature de la clé attendue : ce sceau n’est pas celui de ce registre."
ALTERED = "La signature ne correspond pas : le texte a été changé après avoir été signé."
KEYS = "Les clés du registre ne sont pas celles qui y sont inscrites."

PLANTS: dict[str, tuple[Callable[[RecordLog], object], list[tuple[Place, str]]]] = {
    "other bytes": (
        other_bytes,
        [((2, None), DISAGREE), ((2, None), LEAF), ((2, None), COLUMNS)],
    ),
    "another statement, its leaf made to match": (other_statement, [((2, None), DISAGREE)]),
    "another statement, leaf and tree made to match": (
        other_statement_and_tree,
        [((None, 4), ROOT)],
    ),
    "another writing of the same": (another_writing, [((2, None), WRITING), ((None, 4), ROOT)]),
    "another kind in the row": (
        lambda _log: set_entry(2, kind="module.resumed"),
        [((2, None), COLUMNS)],
    ),
    "another day in the row": (
        lambda _log: set_entry(2, day=date(2020, 1, 1)),
        [((2, None), COLUMNS)],
    ),
    "another reference in the row": (
        lambda _log: set_entry(2, reference=new_reference()),
        [((2, None), COLUMNS)],
    ),
    "another leaf in the row": (lambda _log: set_entry(2, leaf=bytes(32)), [((2, None), LEAF)]),
    "a statement taken away": (
        gone,
        [((2, None), "Il manque une inscription à cette place.")],
    ),
    "the end cut off": (
        cut_off,
        [((None, 9), "Ce sceau couvre des inscriptions qui ne sont plus là.")],
    ),
    "two statements exchanged": (exchanged, [((1, None), DISAGREE), ((2, None), DISAGREE)]),
    "a length that is not the log's": (
        lambda _log: db.session.execute(update(RecordLog).values(size=8)),
        [((None, None), "Le registre se dit long de 8 inscriptions, il en tient 9.")],
    ),
    "the last checkpoint taken away": (
        unsealed,
        [((8, None), "Les dernières inscriptions n’ont pas de sceau.")],
    ),
    "a hash of the tree changed": (
        lambda _log: set_foot(5, bytes(32)),
        [((5, None), DISAGREE), ((None, 7), ROOT)],
    ),
    "a level too many": (a_level_more, [((None, None), TREE.format(1))]),
    "the tree taken away": (
        lambda _log: db.session.execute(delete(RecordTile)),
        [*(((index, None), DISAGREE) for index in range(9)), ((None, None), TREE.format(0))],
    ),
    "another root in the row": (
        lambda _log: set_head(9, root=bytes(32)),
        [((None, 9), ROW), ((None, 9), ROOT)],
    ),
    "another root, signed by us": (other_root_signed_by_us, [((None, 9), ROOT)]),
    "another origin": (other_origin, [((None, 9), ROW)]),
    "a stranger's signature": (signed_by_a_stranger, [((None, 9), NOBODY)]),
    "an altered signature": (signature_altered, [((None, 9), ALTERED)]),
    "a change of key that the old one did not sign": (
        change_signed_by_the_new_key_alone,
        [((None, 7), NOBODY)],
    ),
    "a checkpoint that is none": (
        lambda _log: set_head(9, note="seen\n\n"),
        [((None, 9), "Ce n’est pas écrit comme le format le demande : note.")],
    ),
    "other words behind a seal": (
        lambda _log: set_opening(fields={"reason": "Autre chose"}),
        [((1, None), OPENING)],
    ),
    "another salt behind a seal": (
        lambda _log: set_opening(salt=bytes(32)),
        [((1, None), OPENING)],
    ),
    "an opening under another name": (
        lambda _log: set_opening(name="member"),
        [((1, None), OPENING)],
    ),
    "a cosignature altered": (
        lambda _log: db.session.execute(
            update(RecordCosignature).values(
                line=str(Signature("temoin.example", WITNESS.verifier.id, bytes(72)))
            )
        ),
        [((None, 4), "La contresignature d’un témoin n’est pas la sienne.")],
    ),
    "a cosignature at another hour": (
        lambda _log: db.session.execute(
            update(RecordCosignature).values(given_at=AT + timedelta(seconds=1))
        ),
        [((None, 4), "L’heure d’une contresignature n’est pas celle que dit le témoin.")],
    ),
    "a key that was never stated": (foreign_key, [((None, 7), NOBODY), ((None, 9), NOBODY)]),
    "an old key that goes on": (
        lambda _log: set_key(0, to_size=9),
        [
            ((None, 9), NOBODY),
            ((4, None), "L’ancienne clé n’a pas cessé de valoir à ce changement."),
        ],
    ),
    "a key that ends and leaves no other": (
        lambda _log: set_key(1, to_size=8),
        [
            ((None, 9), "Aucune clé ne valait pour ce sceau."),
            ((3, None), "Les clés du registre ne valent pas pour toute sa longueur."),
        ],
    ),
}


def opened_at(log: RecordLog) -> int:
    query = select(RecordEntry.leaf_index).where(RecordEntry.kind == "log.opened")
    return int(db.session.scalars(query).one() or 0)


@pytest.mark.parametrize("plant", PLANTS)
def test_a_fault_is_found_and_named_at_its_place(community: Community, plant: str) -> None:
    log = honest(community)
    assert found(log) == []
    change, expected = PLANTS[plant]
    with guards_lifted():
        change(log)
        db.session.flush()
    db.session.commit()
    assert found(log)[: len(expected)] == expected
    if plant != "a key that was never stated":
        assert len(found(log)) == len(expected)


def test_an_honest_log_is_without_fault_and_says_its_size(community: Community) -> None:
    log = seal_some(community, 250, 20, 1, 10)
    state_some(community, 2)
    read = audit.check(log)
    assert (read.size, read.faults) == (282, ())


def test_what_waits_for_its_place_too_long_is_said(community: Community) -> None:
    log = seal_some(community, 1)
    state_some(community, 1)
    assert found(log) == []
    with held_at(now() + timedelta(hours=2)):
        ((place, said),) = found(log)
        assert place == (None, None)
        assert said.startswith("Des inscriptions attendent leur place depuis plus d’une heure")
        assert "lancez « freeco run »" in said  # what to do, and not the fault alone


def test_a_key_that_was_never_stated_is_named(community: Community) -> None:
    log = honest(community)
    with guards_lifted():
        foreign_key(log)
        db.session.flush()
    db.session.commit()
    assert ((opened_at(log), None), KEYS) in found(log)


def test_a_log_whose_opening_was_never_stated_is_named(community: Community) -> None:
    log = log_of(community)
    state_some(community, 1)
    key = SignerKey.generate(log.origin)
    db.session.add(RecordKey(log=log, verifier=str(key.verifier)))
    db.session.commit()
    assert found(log) == [
        ((None, None), "L’ouverture du registre doit être inscrite une seule fois."),
    ]


def test_nothing_stated_yet_is_no_fault(community: Community) -> None:
    log = log_of(community)
    assert audit.check(log) == Audit(0, ())


def test_forgetting_somebody_is_no_fault(community: Community) -> None:
    log = honest(community)
    db.session.execute(delete(RecordOpening))
    db.session.commit()
    assert found(log) == []


def test_changes_of_key_are_no_fault_lost_or_not(community: Community) -> None:
    log = honest(community)
    keys.rotate(log)
    db.session.commit()
    assert found(log) == []
    seal_some(community, 1)
    assert found(log) == []
    keys.file_of(log, keys.verifiers(log)[-1]).unlink()
    keys.rotate(log, lost=True)
    db.session.commit()
    seal_some(community, 1, 1)
    assert found(log) == []


def test_a_lost_key_in_the_middle_of_its_change_is_no_fault(community: Community) -> None:
    log = seal_some(community, 1)
    first = keys.file_of(log, keys.verifiers(log)[-1])
    keys.rotate(log)
    db.session.commit()
    first.unlink()
    keys.rotate(log, lost=True)
    db.session.commit()
    seal_some(community, 1, 1)
    assert found(log) == []


def told_of(log: RecordLog, **other: Any) -> list[str]:
    """Return what is wrong with the keys of an honest log whose statements said something else."""
    told = Told(sizes=[4, 7, 9])
    old, new = map(str, keys.verifiers(log))
    opened = {"origin": other.get("origin", log.origin), "key": old}
    told.opened = [(3, opened)]
    told.changed = [
        (
            other.get("at", 4),
            {"before": other.get("before", old), "after": new, "lost": other.get("lost", False)},
        )
    ]
    return [str(each.what) for each in key_faults(log, told)]


def test_what_is_stated_of_keys_follows_from_the_opening(community: Community) -> None:
    log = honest(community)
    assert told_of(log) == []
    assert told_of(log, origin="elsewhere/registre") == ["L’ouverture nomme un autre registre."]
    assert told_of(log, before="another") == ["Ce changement de clé ne suit pas celui d’avant."]
    ended = "L’ancienne clé n’a pas cessé de valoir à ce changement."
    assert told_of(log, at=7) == [ended]
    assert told_of(log, lost=True) == [ended]
    assert told_of(log, at=0) == [ended, "La nouvelle clé n’a pas valu dès ce changement."]


def test_five_thousand_statements_are_read_by_the_batch(community: Community) -> None:
    log = seal_some(community, 1)
    grow(log, 5_000)
    asked: list[str] = []
    with watched(asked):
        read = audit.check(log)
    assert (read.size, read.faults) == (5_002, ())
    assert len(asked) < 100


@contextmanager
def watched(asked: list[str]) -> Iterator[None]:
    """Note each question that the database is asked meanwhile."""

    def note(_connection: object, _cursor: object, question: str, *_rest: object) -> None:
        asked.append(question)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def grow(log: RecordLog, count: int) -> None:
    """State so many facts as quickly as a table takes them."""
    day, rows = date(2026, 1, 1), []
    for number in range(count):
        statement = Statement("module.resumed", day, new_reference(), {"module": "market"})
        rows.append(
            {
                "log_id": log.id,
                "reference": statement.reference,
                "key": f"grown:{number}",
                "kind": statement.kind,
                "day": day,
                "entry": statement.entry,
                "leaf": statement.leaf,
                "stated_at": AT,
            }
        )
    db.session.execute(insert(RecordEntry), rows)
    db.session.commit()
    while sequence(log) is not None:
        db.session.commit()
