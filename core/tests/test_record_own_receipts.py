"""Receipts made from the database: whole, offline, with as many witnesses as are asked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.record import keys
from freeco.record.checkpoint import cosign
from freeco.record.errors import Malformed, NotIncluded
from freeco.record.models import RecordCheckpoint, RecordCosignature, RecordEntry, RecordOpening
from freeco.record.note import COSIGNATURE, SignerKey
from freeco.record.policy import Policy
from freeco.record.receipt import Receipt
from freeco.record.receipts import NotYet, checkpoint_for, note_with_witnesses, prove, receipt_of
from freeco.record.sequencer import sequence
from freeco.record.stating import log_of
from freeco.record.tree import verify_inclusion
from freeco.testing.record import checkpoints, seal_some, state_some

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WITNESSES = [SignerKey.generate(f"temoin-{each}.example", COSIGNATURE) for each in "abc"]


@pytest.fixture
def rule(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """Ask for two witnesses of three."""
    held = kernel()
    file = tmp_path / "policy.txt"
    lines = [f"witness {name} {key.verifier}" for name, key in zip("abc", WITNESSES, strict=True)]
    file.write_text("\n".join([*lines, "group two 2 a b c", "quorum two", ""]))
    app.extensions["freeco"] = replace(held, settings=replace(held.settings, record_policy=file))
    yield file
    app.extensions["freeco"] = held


def cosigned(checkpoint: RecordCheckpoint, *witnesses: SignerKey) -> None:
    for each in witnesses:
        line = str(cosign(note_with_witnesses(checkpoint).text, each, AT))
        db.session.add(
            RecordCosignature(
                checkpoint=checkpoint, witness=str(each.verifier), line=line, given_at=AT
            )
        )
    db.session.commit()


def entry_at(index: int) -> RecordEntry:
    return db.session.scalars(select(RecordEntry).where(RecordEntry.leaf_index == index)).one()


def openings(entry: RecordEntry) -> list[RecordOpening]:
    query = select(RecordOpening).where(RecordOpening.entry_id == entry.id)
    return list(db.session.scalars(query))


def test_a_receipt_is_verified_with_the_public_key_alone(
    community: Community, member: Member
) -> None:
    log = log_of(community)
    entry = state_some(community, 3, member)[1]
    sequence(log)
    receipt = Receipt.read(str(receipt_of(entry, openings(entry))))
    assert receipt.check() == Policy.of(*keys.verifiers(log)).check(receipt.checkpoint)
    assert receipt.statement.reference == entry.reference
    assert receipt.openings["reason"].fields == {"reason": "Pause n° 1"}


def test_a_receipt_may_be_had_without_what_is_sealed(community: Community) -> None:
    seal_some(community, 2)
    receipt = Receipt.read(str(receipt_of(entry_at(0))))
    assert receipt.openings == {}
    receipt.check()


def test_a_log_of_more_than_one_tile_gives_receipts_on_both_sides(community: Community) -> None:
    log = seal_some(community, 253, 1, 2, 20)
    for index in (0, 252, *range(254, 260), log.size - 1):
        Receipt.read(str(receipt_of(entry_at(index)))).check()


def test_there_is_no_receipt_before_its_place(community: Community) -> None:
    (entry,) = state_some(community, 1)
    with pytest.raises(NotYet):
        receipt_of(entry)


def test_a_receipt_stays_the_same_while_the_log_grows(community: Community) -> None:
    seal_some(community, 2)
    before = str(receipt_of(entry_at(1)))
    seal_some(community, 5, 5)
    assert str(receipt_of(entry_at(1))) == before


def test_a_receipt_of_before_a_change_of_key_holds_with_the_old_key(community: Community) -> None:
    log = seal_some(community, 2)
    keys.rotate(log)
    db.session.commit()
    seal_some(community, 1)
    old, new = keys.verifiers(log)
    Policy.of(old).check(receipt_of(entry_at(0)).checkpoint)
    Policy.of(new).check(receipt_of(entry_at(log.size - 1)).checkpoint)


def test_a_path_leads_to_any_later_root(community: Community) -> None:
    log = seal_some(community, 3, 4, 9)
    for checkpoint in checkpoints(log)[1:]:
        path = prove(log, 2, checkpoint.size)
        verify_inclusion(entry_at(2).leaf, 2, checkpoint.size, path, checkpoint.root)
        with pytest.raises(NotIncluded):
            verify_inclusion(entry_at(1).leaf, 2, checkpoint.size, path, checkpoint.root)


def test_no_path_leads_out_of_the_log(community: Community) -> None:
    log = seal_some(community, 3)
    with pytest.raises(ValueError, match="is not in a tree"):
        prove(log, log.size, log.size)
    with pytest.raises(Malformed):
        prove(log, 0, log.size + 1)


def test_the_checkpoint_is_the_first_that_has_its_witnesses(
    community: Community, rule: Path
) -> None:
    log = seal_some(community, 1, 1, 1, 1)
    one, _two, three, four = checkpoints(log)
    cosigned(one, WITNESSES[0])
    cosigned(three, *WITNESSES[:2])
    cosigned(four, *WITNESSES)
    assert checkpoint_for(entry_at(0)) is three
    assert checkpoint_for(entry_at(log.size - 1)) is four
    assert Policy.read(rule.read_bytes()).quorum_met(receipt_of(entry_at(0)).checkpoint)


def test_while_witnesses_are_missing_the_first_checkpoint_serves(
    community: Community, rule: Path
) -> None:
    log = seal_some(community, 1, 1)
    one, two = checkpoints(log)
    cosigned(two, WITNESSES[0], SignerKey.generate("stranger.example", COSIGNATURE))
    assert checkpoint_for(entry_at(0)) is one


def test_a_policy_file_that_cannot_be_read_keeps_nobody_from_a_receipt(
    community: Community, rule: Path
) -> None:
    log = seal_some(community, 1)
    rule.write_text("quorum nobody\n")
    assert checkpoint_for(entry_at(0)) is checkpoints(log)[0]


def test_a_note_bears_its_witnesses_below_the_log(community: Community) -> None:
    log = seal_some(community, 1)
    cosigned(checkpoints(log)[0], *WITNESSES[:2])
    note = note_with_witnesses(checkpoints(log)[0])
    assert [each.name for each in note.signatures] == [
        log.origin,
        "temoin-a.example",
        "temoin-b.example",
    ]
