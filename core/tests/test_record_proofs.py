"""Proofs in a file: read strictly, and each alteration refused with its reason."""

from dataclasses import replace

import pytest

from freeco.record.errors import Malformed, NotIncluded, RecordRefusal
from freeco.record.proof import LogProof
from freeco.record.tree import leaf_hash
from freeco.testing.trees import MemoryLog, witness_keys


@pytest.fixture(scope="module")
def log() -> MemoryLog:
    """Give a log of twenty entries."""
    return MemoryLog(entries=(b"entry %d" % each for each in range(20)))


@pytest.fixture(scope="module")
def proof(log: MemoryLog) -> LogProof:
    """Give the proof of its twelfth."""
    return LogProof(11, log.path(11, 20), log.note(None, *witness_keys(2)), b"more")


def test_a_proof_is_written_as_the_specification_has_it(proof: LogProof) -> None:
    lines = str(proof).split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra bW9yZQ==", "index 11"]
    assert lines[8:10] == ["", "freeco.example/lavergne/registre"]
    assert LogProof.read(str(proof)) == proof
    assert str(replace(proof, extra=b"")).split("\n")[1] == "index 11"
    assert LogProof.read(str(replace(proof, extra=b""))) == replace(proof, extra=b"")


def test_the_only_leaf_needs_no_path() -> None:
    log = MemoryLog(entries=[b"entry"])
    alone = LogProof(0, (), log.note())
    assert LogProof.read(str(alone)) == alone
    assert alone.check(leaf_hash(b"entry")) == log.checkpoint()


def test_a_proof_leads_from_its_leaf_to_the_checkpoint(log: MemoryLog, proof: LogProof) -> None:
    assert proof.check(leaf_hash(b"entry 11")) == log.checkpoint()


def test_a_proof_for_another_leaf_is_refused(proof: LogProof) -> None:
    with pytest.raises(NotIncluded, match="ne mène pas"):
        proof.check(leaf_hash(b"entry 12"))


def test_an_altered_index_is_refused(proof: LogProof) -> None:
    for index in (10, 12, 0, 19, 20, 2**63 - 1):
        with pytest.raises(NotIncluded, match="ne mène pas"):
            replace(proof, index=index).check(leaf_hash(b"entry 11"))


def test_a_path_under_another_checkpoint_is_refused(log: MemoryLog, proof: LogProof) -> None:
    with pytest.raises(NotIncluded, match="ne mène pas"):
        replace(proof, checkpoint=log.note(16)).check(leaf_hash(b"entry 11"))


CHANGES: dict[str, tuple[str, str]] = {
    "another first line": ("tlog-proof@v1", "tlog-proof@v2"),
    "no first line": ("c2sp.org/tlog-proof@v1\n", ""),
    "a space after the first line": ("@v1", "@v1 "),
    "carriage returns": ("\n", "\r\n"),
    "an empty extra": ("extra bW9yZQ==", "extra "),
    "an extra without its space": ("extra bW9yZQ==", "extra"),
    "an extra that is not base64": ("bW9yZQ==", "m-re"),
    "an extra written otherwise": ("bW9yZQ==", "bW9yZR=="),
    "a second extra": ("index 11", "extra bW9yZQ==\nindex 11"),
    "an extra after the index": ("index 11", "index 11\nextra bW9yZQ=="),
    "no index": ("index 11\n", ""),
    "a second index": ("index 11", "index 11\nindex 11"),
    "an index with a nought before": ("index 11", "index 011"),
    "an index with a sign": ("index 11", "index +11"),
    "an index below nought": ("index 11", "index -11"),
    "other digits": ("index 11", "index ١١"),
    "two spaces": ("index 11", "index  11"),
    "a space after the index": ("index 11", "index 11 "),
    "2**63": ("index 11", f"index {2**63}"),
    "an empty line in the path": ("index 11\n", "index 11\n\n"),
    "a short hash": ("index 11\n", "index 11\nAAAA\n"),
    "a hash that is not base64": ("index 11\n", "index 11\nsomething\n"),
    "64 hashes": ("index 11\n", "index 11\n" + f"{'A' * 43}=\n" * 64),
    "no blank line before the checkpoint": ("\n\nfreeco.example", "\nfreeco.example"),
    "two blank lines before the checkpoint": ("\n\nfreeco.example", "\n\n\nfreeco.example"),
}


@pytest.mark.parametrize("fault", CHANGES)
def test_a_proof_that_is_not_written_as_the_format_asks_is_refused(
    proof: LogProof, fault: str
) -> None:
    before, after = CHANGES[fault]
    changed = str(proof).replace(before, after)
    assert changed != str(proof)
    with pytest.raises(RecordRefusal) as refusal:
        LogProof.read(changed).check(leaf_hash(b"entry 11"))
    assert type(refusal.value) is Malformed


def test_a_proof_cut_off_anywhere_is_refused(proof: LogProof) -> None:
    whole = str(proof)
    leaf = leaf_hash(b"entry 11")
    lines = [at + 1 for at, each in enumerate(whole) if each == "\n"]
    for end in range(len(whole)):
        try:
            LogProof.read(whole[:end]).check(leaf)
        except RecordRefusal:
            continue
        # Only witnesses can be cut off unseen: it is for the policy to miss them.
        assert end in lines[-3:-1]
