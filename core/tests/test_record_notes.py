"""Notes, checkpoints and co-signatures: read strictly, and refused with the reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from freeco.record.checkpoint import (
    Checkpoint,
    check_cosignature,
    check_follows,
    cosign,
    open_checkpoint,
)
from freeco.record.errors import (
    BadSignature,
    Malformed,
    NotConsistent,
    NotSigned,
    OtherOrigin,
    Shrunken,
)
from freeco.record.note import COSIGNATURE, Note, Signature, SignerKey, VerifierKey, key_id
from freeco.testing.trees import ORIGIN, MemoryLog, key_for, witness_keys, witnessed

# The key and the notes in the documentation of Go's package note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfq"
    "dngotpRZb6KE6RyyBwJnAM=\n"
)
GOOD = f"{TEXT}\n{LINE}"
KEY = VerifierKey.read(PETER)
ROOT = b"\x07" * 32


def test_the_note_in_the_documentation_of_go_is_read_and_checked() -> None:
    note = Note.read(GOOD)
    assert note.text == TEXT
    note.check(KEY)
    assert str(note) == GOOD
    assert str(KEY) == PETER


def test_the_secret_key_in_the_documentation_of_go_signs_the_same() -> None:
    signer = SignerKey.read(PETER_SECRET)
    assert signer.encoded() == PETER_SECRET
    assert signer.verifier == KEY
    assert str(Note(TEXT).signed_by(signer)) == GOOD


def test_a_secret_key_shows_itself_nowhere_by_accident() -> None:
    signer = SignerKey.generate("freeco.example/temoin")
    assert signer.secret.hex() not in repr(signer)
    assert repr(signer.secret) not in repr(signer)
    with pytest.raises(Malformed) as refusal:
        SignerKey.read(signer.encoded()[:-4])
    assert signer.encoded()[-20:-8] not in str(refusal.value)


BROKEN_NOTES: dict[str, str | bytes] = {
    "nothing": "",
    "no blank line": TEXT + LINE,
    "no signature": TEXT + "\n",
    "the last newline is stripped": GOOD[:-1],
    "a newline too many": GOOD + "\n",
    "a blank line between signatures": GOOD + "\n" + LINE + "x",
    "the blank line is stripped": TEXT[:-1] + "\n" + LINE,
    "a carriage return": GOOD.replace("\n", "\r\n"),
    "a carriage return in the text": GOOD.replace(",\n", ",\r\n"),
    "a tab": GOOD.replace("the answer", "the\tanswer"),
    "a zero byte": GOOD.replace("the answer", "the\0answer"),
    "an escape": GOOD.replace("the answer", "the\x1banswer"),
    "a hyphen for the dash": GOOD.replace("—", "-"),
    "an en dash": GOOD.replace("—", "–"),
    "no space after the dash": GOOD.replace("— ", "—"),
    "two spaces after the dash": GOOD.replace("— ", "—  "),
    "two spaces before the signature": GOOD.replace("PeterNeumann ", "PeterNeumann  "),
    "no name": GOOD.replace("PeterNeumann ", ""),
    "a plus in the name": GOOD.replace("PeterNeumann", "Peter+Neumann"),
    "a no-break space in the name": GOOD.replace("PeterNeumann", "Peter\u00a0Neumann"),
    "a line separator in the name": GOOD.replace("PeterNeumann", "Peter\u2028Neumann"),
    "a space at the end of the line": GOOD[:-1] + " \n",
    "base64 without padding": GOOD.replace("AM=", "AM"),
    "base64 written otherwise": GOOD.replace("AM=", "AN="),
    "base64 for addresses": GOOD.replace("/", "_"),
    "a key's id alone": f"{TEXT}\n— PeterNeumann x08gow==\n",
    "one line that is no signature": GOOD + "something else\n",
    "bytes that are not UTF-8": GOOD.encode()[:20] + b"\xff" + GOOD.encode()[20:],
    "a surrogate in UTF-8": GOOD.encode()[:20] + b"\xed\xa0\x80" + GOOD.encode()[20:],
    "a lone surrogate": GOOD.replace("the answer", "the\ud800answer"),
    "101 signatures": f"{TEXT}\n{LINE * 101}",
    "too long": "x" * 999_900 + GOOD,
    "too long in bytes": "é" * 500_000 + GOOD,
}


@pytest.mark.parametrize("fault", BROKEN_NOTES)
def test_a_note_that_is_not_written_as_the_format_asks_is_refused(fault: str) -> None:
    with pytest.raises(Malformed):
        Note.read(BROKEN_NOTES[fault])


ODD_TEXTS = {
    "empty lines": "a\n\n\nb\n\n",
    "one empty line": "\n",
    "a line separator and a next line": "a\u2028b\u0085c\n",
    "a delete": "a\x7fb\n",
    "letters of everywhere": "ed è subito sera — 夜\n",
    "something like a signature": LINE,
}


@pytest.mark.parametrize("kind", ODD_TEXTS)
def test_whatever_the_format_allows_in_a_text_comes_back_as_it_was(kind: str) -> None:
    signer = SignerKey.read(PETER_SECRET)
    note = Note(ODD_TEXTS[kind]).signed_by(signer)
    read = Note.read(str(note).encode())
    assert read == note
    read.check(KEY)


def test_a_hundred_signatures_are_read_and_strangers_ignored() -> None:
    strangers = tuple(
        Signature(f"stranger-{each}", bytes(4), bytes(5000 if each < 20 else 64))
        for each in range(99)
    )
    note = Note.read(str(replace(Note.read(GOOD), signatures=strangers)) + LINE)
    assert len(note.signatures) == 100
    note.check(KEY)


def test_a_signature_under_the_same_name_or_the_same_id_alone_is_a_strangers() -> None:
    found = Note.read(GOOD).signatures[0]
    for other in (replace(found, name="PeterNewman"), replace(found, key_id=bytes(4))):
        with pytest.raises(NotSigned):
            Note(TEXT, (other,)).check(KEY)


def test_a_known_key_with_a_signature_that_is_not_its_own_refuses_the_note() -> None:
    found = Note.read(GOOD).signatures[0]
    for wrong in (bytes(64), found.signature[:-1], found.signature + b"\0", b"\0"):
        with pytest.raises(BadSignature):
            Note(TEXT, (replace(found, signature=wrong), found)).check(KEY)


def test_a_signature_with_the_order_of_the_curve_added_is_refused() -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    found = Note.read(GOOD).signatures[0]
    s = int.from_bytes(found.signature[32:], "little") + order
    again = found.signature[:32] + s.to_bytes(32, "little")
    with pytest.raises(BadSignature):
        Note(TEXT, (replace(found, signature=again),)).check(KEY)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        PETER[:-4],
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("c74f20a3", "C74F20A3"),
        PETER.replace("c74f20a3", "0c74f20a3"),
        PETER.replace("PeterNeumann", "PeterNewman"),
        PETER.replace("PeterNeumann", ""),
        PETER.replace("PeterNeumann", "Peter Neumann"),
        PETER.replace("PeterNeumann", "Peter\udcffNeumann"),
        PETER + " ",
        PETER + "\n",
        PETER + "+",
        PETER.replace("+A", "+B"),
        PETER_SECRET,
    ],
)
def test_a_public_key_that_is_not_written_as_the_format_asks_is_refused(vkey: str) -> None:
    with pytest.raises(Malformed):
        VerifierKey.read(vkey)


def test_a_name_that_could_not_be_read_back_makes_no_key() -> None:
    for name in ("", "with space", "with+plus", "no\u00a0break", "new\nline"):
        with pytest.raises(ValueError, match="cannot name"):
            SignerKey.generate(name)


def test_the_id_of_a_key_depends_on_its_name_its_kind_and_itself() -> None:
    ids = {
        key_id(name, kind, public)
        for name in ("a", "b")
        for kind in (1, 4)
        for public in (bytes(32), b"\1" * 32)
    }
    assert len(ids) == 8


@pytest.fixture(scope="module")
def log() -> MemoryLog:
    """Give a log of twenty entries."""
    return MemoryLog(entries=(b"entry %d" % each for each in range(20)))


def test_a_checkpoint_is_read_as_the_example_of_the_specification() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = Checkpoint.read(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == text
    assert Checkpoint.read(text + "more\nlines\n") == checkpoint


def test_an_empty_log_has_a_checkpoint() -> None:
    text = MemoryLog().checkpoint().text
    assert text == f"{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    assert Checkpoint.read(text).size == 0


TRUE = Checkpoint("example.com/log", 20, ROOT).text
BROKEN_CHECKPOINTS = {
    "nothing": "",
    "a stripped newline": TRUE[:-1],
    "no origin": TRUE.replace("example.com/log", ""),
    "two lines": "example.com/log\n20\n",
    "an empty line at the end": TRUE + "\n",
    "an empty line before an extension": TRUE + "\nmore\n",
    "a leading zero": TRUE.replace("20", "020"),
    "a sign": TRUE.replace("20", "+20"),
    "a minus": TRUE.replace("20", "-20"),
    "a space": TRUE.replace("20", " 20"),
    "other digits": TRUE.replace("20", "٢٠"),
    "hexadecimal": TRUE.replace("20", "0x14"),
    "no size": TRUE.replace("20", "many"),
    "2**63": TRUE.replace("20", str(2**63)),
    "twenty digits": TRUE.replace("20", "1" * 20),
    "five thousand digits": TRUE.replace("20", "1" * 5000),
    "a short root": Checkpoint("example.com/log", 20, ROOT[:-1]).text,
    "a long root": Checkpoint("example.com/log", 20, ROOT + b"\0").text,
    "no root": Checkpoint("example.com/log", 20, b"").text,
    "a root written otherwise": TRUE.replace("wc=", "wd="),
    "a root in hexadecimal": f"example.com/log\n20\n{ROOT.hex()}\n",
}


@pytest.mark.parametrize("fault", BROKEN_CHECKPOINTS)
def test_a_checkpoint_that_is_not_written_as_the_format_asks_is_refused(fault: str) -> None:
    assert BROKEN_CHECKPOINTS[fault] != TRUE
    with pytest.raises(Malformed):
        Checkpoint.read(BROKEN_CHECKPOINTS[fault])


def test_the_largest_size_is_read() -> None:
    largest = Checkpoint("example.com/log", 2**63 - 1, ROOT)
    assert Checkpoint.read(largest.text) == largest


def altered(log: MemoryLog, change: Callable[[str], str]) -> str:
    """Return a signed checkpoint whose text was changed afterwards."""
    note = log.note()
    changed = change(note.text)
    assert changed != note.text
    return str(replace(note, text=changed))


def test_an_altered_size_is_refused_as_changed_after_signing(log: MemoryLog) -> None:
    with pytest.raises(BadSignature, match="changé après"):
        open_checkpoint(altered(log, lambda text: text.replace("\n20\n", "\n21\n")), key(log))


def test_an_altered_root_is_refused_as_changed_after_signing(log: MemoryLog) -> None:
    true = log.checkpoint()
    with pytest.raises(BadSignature, match="changé après"):
        open_checkpoint(altered(log, lambda _: replace(true, root=ROOT).text), key(log))


def test_an_added_line_is_refused_as_changed_after_signing(log: MemoryLog) -> None:
    with pytest.raises(BadSignature, match="changé après"):
        open_checkpoint(altered(log, lambda text: text + "and more\n"), key(log))


def test_another_origin_is_refused_as_another_log(log: MemoryLog) -> None:
    with pytest.raises(OtherOrigin, match="autre registre"):
        open_checkpoint(altered(log, lambda text: text.replace("lavergne", "chaumes")), key(log))
    with pytest.raises(OtherOrigin, match="autre registre"):
        open_checkpoint(MemoryLog("freeco.example/chaumes/registre").note(), key(log))


def test_a_stripped_newline_is_refused_as_badly_written(log: MemoryLog) -> None:
    with pytest.raises(Malformed, match="comme le format"):
        open_checkpoint(str(log.note())[:-1], key(log))
    with pytest.raises(Malformed, match="comme le format"):
        open_checkpoint(str(log.note()).replace("\n\n", "\n"), key(log))


def test_a_foreign_signature_is_refused_as_nobodys_that_was_expected(log: MemoryLog) -> None:
    stranger = SignerKey.generate(log.key.name)
    with pytest.raises(NotSigned, match="clé attendue"):
        open_checkpoint(log.checkpoint().signed_by(stranger), key(log))


def test_a_foreign_signature_under_the_keys_own_id_is_refused(log: MemoryLog) -> None:
    true, stranger = log.note().signatures[0], SignerKey.generate(log.key.name)
    forged = replace(true, signature=stranger.sign(log.checkpoint().text.encode()))
    with pytest.raises(BadSignature):
        open_checkpoint(Note(log.checkpoint().text, (forged,)), key(log))


def test_the_checkpoint_of_a_change_of_keys_is_believed_by_both(log: MemoryLog) -> None:
    after = SignerKey.generate(log.key.name)
    note = Note.read(str(log.checkpoint().signed_by(log.key, after)))
    assert open_checkpoint(note, key(log)) == open_checkpoint(note, after.verifier)


def test_an_older_checkpoint_is_refused_where_a_newer_one_is_known(log: MemoryLog) -> None:
    with pytest.raises(Shrunken, match="raccourci"):
        check_follows(log.checkpoint(), log.checkpoint(12), log.growth(12, 20))
    check_follows(log.checkpoint(12), log.checkpoint(), log.growth(12, 20))


def test_a_rewritten_log_is_refused_where_its_past_is_known(log: MemoryLog) -> None:
    other = MemoryLog(entries=(b"other %d" % each for each in range(20)))
    with pytest.raises(NotConsistent, match="réécrit"):
        check_follows(log.checkpoint(12), other.checkpoint(), other.growth(12, 20))
    with pytest.raises(NotConsistent, match="réécrit"):
        check_follows(log.checkpoint(), other.checkpoint(), ())
    with pytest.raises(OtherOrigin):
        check_follows(
            log.checkpoint(), MemoryLog("freeco.example/chaumes/registre").checkpoint(), ()
        )


def test_a_witness_signs_the_checkpoint_with_the_time_it_saw_it(log: MemoryLog) -> None:
    (witness,) = witness_keys(1)
    at = datetime(2026, 3, 4, 6, 30, 12, 999, tzinfo=UTC)
    note = log.note()
    note = replace(note, signatures=(*note.signatures, cosign(note.text, witness, at)))
    read = Note.read(str(note))
    assert check_cosignature(read, witness.verifier) == at.replace(microsecond=0)
    assert open_checkpoint(read, key(log)) == log.checkpoint()


def test_a_co_signature_with_another_time_or_on_another_text_is_refused(log: MemoryLog) -> None:
    (witness,) = witness_keys(1)
    note = log.note(None, witness)
    line = note.signatures[-1]
    later = bytes([*line.signature[:7], line.signature[7] ^ 1]) + line.signature[8:]
    for wrong in (
        replace(note, signatures=(replace(line, signature=later),)),
        replace(note, signatures=(replace(line, signature=line.signature[:8]),)),
        replace(note, signatures=(replace(line, signature=line.signature[8:]),)),
        replace(note, text=log.checkpoint(12).text),
        replace(note, text=note.text + "and more\n"),
    ):
        with pytest.raises(BadSignature):
            check_cosignature(wrong, witness.verifier)


def test_a_plain_signature_is_no_co_signature_nor_the_other_way_round(log: MemoryLog) -> None:
    (witness,) = witness_keys(1)
    plain = Note(log.checkpoint().text).signed_by(witness)
    with pytest.raises(BadSignature):
        check_cosignature(plain, witness.verifier)
    with pytest.raises(NotSigned):
        plain.check(witness.verifier)
    with pytest.raises(NotSigned):
        check_cosignature(log.note(), key(log))
    with pytest.raises(ValueError, match="does not witness"):
        cosign(log.checkpoint().text, log.key, datetime.now(UTC))
    same = SignerKey(witness.name, witness.secret)
    with pytest.raises(NotSigned):
        witnessed(Note(log.checkpoint().text), witness).check(same.verifier)


def test_a_time_past_every_calendar_is_refused(log: MemoryLog) -> None:
    witness, text = key_for("village.example/temoin", COSIGNATURE), log.checkpoint().text
    for seconds in (2**63 - 1, 2**63, 2**64 - 1):
        signed = witness.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
        line = Signature(witness.name, witness.verifier.id, seconds.to_bytes(8, "big") + signed)
        with pytest.raises(BadSignature):
            check_cosignature(Note(text, (line,)), witness.verifier)


def key(log: MemoryLog) -> VerifierKey:
    """Return the key by which a log is known."""
    return log.key.verifier
