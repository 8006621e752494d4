"""Receipts: whatever is altered in one is refused, with the reason."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from freeco.record.checkpoint import Checkpoint, check_follows
from freeco.record.errors import (
    BadSignature,
    Malformed,
    NotIncluded,
    NotSigned,
    OpeningDiffers,
    OtherOrigin,
    RecordRefusal,
    Shrunken,
    TooFewWitnesses,
)
from freeco.record.note import SignerKey
from freeco.record.policy import Group, Policy, Witness
from freeco.record.proof import LogProof
from freeco.record.receipt import Receipt
from freeco.record.statement import Opening, canonical
from freeco.testing.trees import (
    MemoryLog,
    log_of_statements,
    receipt_number,
    statement_number,
    witness_keys,
)

WITNESSES = witness_keys(3)
MANY, INDEX = 300, 137


@pytest.fixture(scope="module")
def log() -> MemoryLog:
    """Give a log of three hundred statements."""
    return log_of_statements(MANY)


@pytest.fixture(scope="module")
def receipt(log: MemoryLog) -> Receipt:
    """Give the receipt of one, which two witnesses have signed."""
    return receipt_number(log, INDEX, *WITNESSES[:2])


@pytest.fixture(scope="module")
def policy(log: MemoryLog) -> Policy:
    """Give a rule: this log, and two witnesses of three."""
    return two_of_three(log)


def two_of_three(log: MemoryLog) -> Policy:
    """Return that rule."""
    named = tuple(Witness(f"w{at}", each.verifier) for at, each in enumerate(WITNESSES))
    group = Group("villages", 2, tuple(each.name for each in named))
    return replace(Policy.of(log.key.verifier), witnesses=named, groups=(group,), quorum=group.name)


def believed(file: str, policy: Policy) -> Checkpoint:
    """Check a receipt wholly, as whoever receives one does."""
    receipt = Receipt.read(file)
    receipt.check()
    return policy.check(receipt.checkpoint)


def test_a_receipt_is_believed_and_says_what_was_stated(
    log: MemoryLog, receipt: Receipt, policy: Policy
) -> None:
    assert believed(str(receipt), policy) == log.checkpoint()
    read = Receipt.read(str(receipt))
    assert read == receipt
    assert read.statement == statement_number(INDEX)[0]
    assert read.openings["member"].fields == {"name": "Zoé 137", "member": 137}


def test_a_receipt_whose_openings_were_deleted_is_still_believed(
    receipt: Receipt, policy: Policy
) -> None:
    closed = replace(receipt, openings={})
    believed(str(closed), policy)
    assert "Zoé" not in str(closed)


def test_a_receipt_is_a_proof_that_others_programs_read(receipt: Receipt) -> None:
    proof = LogProof.read(str(receipt))
    assert proof.check(receipt.statement.leaf).size == MANY
    held = json.loads(proof.extra)
    assert held["statement"].encode() == receipt.entry


def test_an_altered_statement_is_refused(receipt: Receipt, policy: Policy) -> None:
    altered = receipt.entry.replace(b'"fr"', b'"en"')
    assert altered != receipt.entry
    with pytest.raises(NotIncluded, match="ne mène pas"):
        believed(str(replace(receipt, entry=altered)), policy)


def test_the_same_statement_written_otherwise_is_refused(receipt: Receipt, policy: Policy) -> None:
    spaced = json.dumps(json.loads(receipt.entry)).encode()
    with pytest.raises(NotIncluded, match="ne mène pas"):
        believed(str(replace(receipt, entry=spaced)), policy)


def test_a_log_that_holds_something_else_than_statements_gives_no_receipt(policy: Policy) -> None:
    log = MemoryLog(entries=[b"hello", b'{"about": {}}'])
    for index in (0, 1):
        other = Receipt(log.entries[index], index, log.path(index, 2), log.note())
        with pytest.raises(Malformed):
            believed(str(other), policy)


def test_an_altered_size_is_refused(log: MemoryLog, receipt: Receipt, policy: Policy) -> None:
    # 301 leaves have a path of the same length: only the signature tells.
    text = receipt.checkpoint.text.replace("\n300\n", "\n301\n")
    changed = replace(receipt, checkpoint=replace(receipt.checkpoint, text=text))
    changed.check()
    with pytest.raises(BadSignature, match="changé après"):
        believed(str(changed), policy)


def test_an_altered_root_is_refused(log: MemoryLog, receipt: Receipt, policy: Policy) -> None:
    forged = replace(log.checkpoint(), root=bytes(32)).text
    changed = replace(receipt, checkpoint=replace(receipt.checkpoint, text=forged))
    with pytest.raises(NotIncluded, match="ne mène pas"):
        believed(str(changed), policy)
    with pytest.raises(BadSignature, match="changé après"):
        policy.check(changed.checkpoint)


def test_a_root_that_fits_an_invented_statement_is_refused(
    receipt: Receipt, policy: Policy
) -> None:
    invented = MemoryLog(entries=[receipt.entry.replace(b'"fr"', b'"en"')])
    forged = Receipt(
        invented.entries[0],
        0,
        (),
        replace(receipt.checkpoint, text=invented.checkpoint().text),
        receipt.openings,
    )
    forged.check()
    with pytest.raises(BadSignature, match="changé après"):
        believed(str(forged), policy)


def test_an_altered_origin_is_refused(receipt: Receipt, policy: Policy) -> None:
    text = receipt.checkpoint.text.replace("lavergne", "chaumes")
    with pytest.raises(OtherOrigin, match="autre registre"):
        believed(str(replace(receipt, checkpoint=replace(receipt.checkpoint, text=text))), policy)


def test_an_altered_index_is_refused(receipt: Receipt, policy: Policy) -> None:
    for index in (INDEX - 1, INDEX + 1, 0, MANY - 1, MANY, 2**62):
        with pytest.raises(NotIncluded, match="ne mène pas"):
            believed(str(replace(receipt, index=index)), policy)


def test_a_stripped_newline_is_refused(receipt: Receipt, policy: Policy) -> None:
    whole = str(receipt)
    for at, letter in enumerate(whole):
        if letter == "\n":
            with pytest.raises(RecordRefusal):
                believed(whole[:at] + whole[at + 1 :], policy)
    with pytest.raises(Malformed, match="comme le format"):
        believed(whole[:-1], policy)


def test_a_foreign_signature_is_refused(log: MemoryLog, receipt: Receipt, policy: Policy) -> None:
    stranger = SignerKey.generate(log.key.name)
    foreign = replace(receipt, checkpoint=log.checkpoint().signed_by(stranger))
    with pytest.raises(NotSigned, match="clé attendue"):
        believed(str(foreign), policy)


def test_an_older_checkpoint_is_refused_where_a_newer_one_is_known(
    log: MemoryLog, receipt: Receipt
) -> None:
    older = replace(receipt, path=log.path(INDEX, 200), checkpoint=log.note(200))
    checkpoint = older.check()
    with pytest.raises(Shrunken, match="raccourci"):
        check_follows(log.checkpoint(), checkpoint, ())


def test_a_proof_for_another_leaf_is_refused(
    log: MemoryLog, receipt: Receipt, policy: Policy
) -> None:
    with pytest.raises(NotIncluded, match="ne mène pas"):
        believed(str(replace(receipt, path=log.path(INDEX + 1, MANY))), policy)
    other = receipt_number(log, INDEX + 1, *WITNESSES[:2])
    with pytest.raises(NotIncluded, match="ne mène pas"):
        believed(str(replace(other, entry=receipt.entry)), policy)


def test_too_few_witnesses_are_refused_and_counted(log: MemoryLog, policy: Policy) -> None:
    with pytest.raises(TooFewWitnesses, match=r"1 sur 3.*au moins 2"):
        believed(str(receipt_number(log, INDEX, WITNESSES[0])), policy)


def test_another_opening_is_refused(receipt: Receipt, policy: Policy) -> None:
    right = receipt.openings["member"]
    for name, wrong in (
        ("member", Opening(right.salt, {**right.fields, "name": "Léon"})),
        ("member", Opening(bytes(32), right.fields)),
        ("reason", right),
    ):
        with pytest.raises(OpeningDiffers, match="scellé"):
            believed(str(replace(receipt, openings={name: wrong})), policy)


def held(change: Callable[[dict[str, Any]], object]) -> Callable[[Receipt], bytes]:
    """Return how the receipt's own part is written after a change."""

    def written(receipt: Receipt) -> bytes:
        content = json.loads(receipt.extra)
        change(content)
        return canonical(content)

    return written


OTHER_EXTRAS: dict[str, Callable[[Receipt], bytes]] = {
    "nothing": lambda _receipt: b"",
    "no JSON": lambda _receipt: b"hello",
    "a list": lambda _receipt: b"[]",
    "spaces": lambda receipt: json.dumps(json.loads(receipt.extra)).encode(),
    "UTF-16": lambda receipt: receipt.extra.decode().encode("utf-16"),
    "a mark of byte order": lambda receipt: b"\xef\xbb\xbf" + receipt.extra,
    "a key twice": lambda receipt: receipt.extra.replace(
        b'{"openings":', b'{"openings":{},"openings":'
    ),
    "a word more": held(lambda found: found.update(more="x")),
    "no openings": held(lambda found: found.pop("openings")),
    "no statement": held(lambda found: found.pop("statement")),
    "a statement that is an object": held(lambda found: found.update(statement={})),
    "openings in a list": held(lambda found: found.update(openings=[])),
    "an opening without salt": held(lambda found: found["openings"]["member"].pop("salt")),
    "an opening without fields": held(lambda found: found["openings"]["member"].pop("fields")),
    "an opening with something more": held(
        lambda found: found["openings"]["member"].update(more=1)
    ),
    "a short salt": held(lambda found: found["openings"]["member"].update(salt="AAAA")),
    "a salt that is a number": held(lambda found: found["openings"]["member"].update(salt=7)),
    "fields in a list": held(lambda found: found["openings"]["member"].update(fields=[])),
    "fields in pairs": held(
        lambda found: found["openings"]["member"].update(
            fields=[["name", "Zoé 137"], ["member", 137]]
        )
    ),
    "a field that is a list": held(
        lambda found: found["openings"]["member"]["fields"].update(name=["Zoé 137"])
    ),
    "a field that is nothing": held(
        lambda found: found["openings"]["member"]["fields"].update(name=None)
    ),
    "a number with a point": lambda receipt: receipt.extra.replace(
        b'"member":137', b'"member":137.0'
    ),
    "half a number": held(lambda found: found["openings"]["member"]["fields"].update(member=0.5)),
    "half a letter": lambda receipt: receipt.extra.replace("Zoé".encode(), b"\\ud800"),
    "deep": lambda _receipt: b"[" * 30_000 + b"]" * 30_000,
}


@pytest.mark.parametrize("fault", OTHER_EXTRAS)
def test_a_receipt_whose_own_part_is_not_written_as_asked_is_refused(
    receipt: Receipt, policy: Policy, fault: str
) -> None:
    extra = OTHER_EXTRAS[fault](receipt)
    assert extra != receipt.extra
    mine, theirs = (b64encode(each).decode() for each in (receipt.extra, extra))
    file = str(receipt).replace(mine, theirs)
    with pytest.raises(Malformed, match="comme le format"):
        believed(file, policy)


def test_every_single_letter_of_a_receipt_counts(receipt: Receipt, policy: Policy) -> None:
    whole = str(receipt)
    assert believed(whole, policy)
    for at, letter in enumerate(whole):
        other = "A" if letter != "A" else "B"
        try:
            believed(whole[:at] + other + whole[at + 1 :], policy)
        except RecordRefusal:
            continue
        raise AssertionError(f"letter {at} of the receipt may be changed: {whole[at - 20 : at]}")
