"""The record on the command line: heads, proofs, keys, and receipts verified by anybody."""

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select, update

from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Community
from freeco.record import keys
from freeco.record.checkpoint import Checkpoint, cosign, open_checkpoint
from freeco.record.commands import record
from freeco.record.models import RecordEntry, RecordOpening
from freeco.record.note import COSIGNATURE, Note, Signature, SignerKey, VerifierKey
from freeco.record.receipt import Receipt
from freeco.record.receipts import note_with_witnesses, receipt_of
from freeco.record.statement import Opening, Statement
from freeco.record.tree import leaf_hash
from freeco.record.verify_command import verify
from freeco.testing import make_community
from freeco.testing.guards import guards_lifted
from freeco.testing.record import checkpoints, seal_some, state_some

ALL = click.Group("record", commands={**record.commands, "verify": verify})
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def run(*arguments: str | Path, typed: str | None = None) -> Result:
    """Run a command as ``freeco record`` does, in the application of the test."""
    return CliRunner().invoke(ALL, [str(each) for each in arguments], input=typed)


def said(result: Result) -> str:
    """Return all that was printed, on one line."""
    return " ".join(result.output.split())


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path) -> Iterator[None]:
    """Keep the keys and the policy of each test to itself."""
    held = kernel()
    fresh = replace(
        held.settings, record_keys=tmp_path / "keys", record_policy=tmp_path / "policy.txt"
    )
    app.extensions["freeco"] = replace(held, settings=fresh)
    yield
    app.extensions["freeco"] = held


@dataclass(frozen=True)
class Kept:
    """A receipt that somebody keeps, and the key that was printed."""

    receipt: Receipt
    key: VerifierKey
    earlier: Note
    """A checkpoint of the same log that is older than the statement."""
    other: RecordEntry
    folder: Path

    def verify(self, receipt: Receipt | str | bytes, *more: str | Path) -> Result:
        """Verify what is kept in a file, with the printed key."""
        file = self.folder / "receipt.tlog-proof"
        file.write_bytes(receipt if isinstance(receipt, bytes) else str(receipt).encode())
        return run("verify", file, "--key", str(self.key), *more)


@pytest.fixture
def kept(community: Community, tmp_path: Path) -> Kept:
    log = seal_some(community, 3, 4)
    entry = entry_at(log.size - 2)
    openings = db.session.scalars(select(RecordOpening).where(RecordOpening.entry_id == entry.id))
    return Kept(
        receipt_of(entry, openings),
        keys.verifiers(log)[0],
        note_with_witnesses(checkpoints(log)[0]),
        entry_at(log.size - 3),
        tmp_path,
    )


def entry_at(index: int) -> RecordEntry:
    return db.session.scalars(select(RecordEntry).where(RecordEntry.leaf_index == index)).one()


def test_the_head_is_printed_alone_so_that_it_can_be_piped(community: Community) -> None:
    log = seal_some(community, 2, 1)
    result = run("head")
    assert result.stdout == str(note_with_witnesses(checkpoints(log)[-1]))
    assert open_checkpoint(result.stdout, keys.verifiers(log)[0]).size == log.size
    assert run("head", "lavergne").stdout == result.stdout


def test_among_several_records_one_says_which(community: Community) -> None:
    seal_some(community, 1)
    seal_some(make_community("assiac", "Assiac"), 1)
    result = run("head")
    assert result.exit_code == 2
    assert "dites lequel (lavergne, assiac)" in said(result)


def test_what_is_not_there_is_said_plainly(community: Community) -> None:
    assert "pas encore de registre" in run("head").output
    assert "n’existe pas" in run("head", "nowhere").output
    assert "Rien n’est encore inscrit" in run("head", "lavergne").output
    state_some(community, 1)
    assert "pas encore de sceau" in run("head", "lavergne").output
    assert "Aucune inscription" in run("prove", "0" * 32).output


def test_a_proof_says_nothing_of_what_is_sealed(kept: Kept, tmp_path: Path) -> None:
    reference = kept.receipt.statement.reference
    result = run("prove", reference)
    proof = Receipt.read(result.stdout)
    proof.check()
    assert proof.openings == {}
    file = tmp_path / "proof.tlog-proof"
    assert run("prove", reference, "-o", file).exit_code == 0
    assert file.read_text() == result.stdout
    number = str(kept.receipt.index + 1)
    assert run("prove", number, "--community", "lavergne").stdout == result.stdout


def test_a_statement_without_place_has_no_proof_yet(kept: Kept, community: Community) -> None:
    (waiting,) = state_some(community, 1)
    assert run("prove", waiting.reference).exit_code != 0


def test_the_public_keys_are_listed_and_never_a_secret(community: Community) -> None:
    log = seal_some(community, 1)
    run("rotate", "lavergne", "--yes")
    lines = run("keys").stdout.splitlines()
    old, new = keys.verifiers(log)
    assert [line.split()[0] for line in lines] == [str(old), str(new)]
    assert "en vigueur" in lines[1]
    assert "PRIVATE" not in run("keys", "lavergne").output


def test_changing_the_key_is_asked_for_and_done_at_once(community: Community) -> None:
    log = seal_some(community, 1)
    assert run("rotate", "lavergne", typed="n\n").exit_code == 1
    assert len(keys.verifiers(log)) == 1
    result = run("rotate", "lavergne", typed="y\n")
    assert result.exit_code == 0
    old, new = keys.verifiers(log)
    assert str(new) in result.output
    assert str(keys.file_of(log, old)) in said(result).replace(" ", "")
    assert len(Note.read(checkpoints(log)[-1].note).signatures) == 2


def test_a_lost_key_is_changed_only_when_it_is_said_to_be_lost(community: Community) -> None:
    log = seal_some(community, 1)
    keys.file_of(log, keys.verifiers(log)[0]).unlink()
    assert run("rotate", "lavergne", "--yes").exit_code != 0
    db.session.rollback()
    assert run("rotate", "lavergne", "--yes", "--lost").exit_code == 0
    assert len(Note.read(checkpoints(log)[-1].note).signatures) == 1


def test_the_whole_record_is_read_again_and_its_size_said(community: Community) -> None:
    log = seal_some(community, 2)
    state_some(community, 1)
    result = run("verify")
    assert result.exit_code == 0
    assert "rien à signaler. 3 inscriptions, sceau de taille 3" in said(result)
    root = checkpoints(log)[0].note.split("\n")[2]
    assert said(result).endswith(f"{root} (1 attend sa place)")


def test_a_fault_of_the_record_is_named_and_the_command_fails(community: Community) -> None:
    seal_some(community, 2)
    with guards_lifted():
        db.session.execute(
            update(RecordEntry).where(RecordEntry.leaf_index == 1).values(kind="charter.accepted")
        )
    db.session.commit()
    result = run("verify")
    assert result.exit_code == 1
    assert "lavergne/registre, inscription n° 2" in said(result)
    assert "1 anomalie." in said(result)


def test_a_policy_file_that_cannot_be_read_is_said(community: Community) -> None:
    seal_some(community, 1)
    kernel().settings.record_policy.write_text("quorum nobody\n")
    result = run("verify")
    assert result.exit_code == 1
    assert "FREECO_RECORD_POLICY" in result.output


def test_each_check_of_a_receipt_is_said(kept: Kept) -> None:
    result = kept.verify(kept.receipt)
    assert result.exit_code == 0
    for words in (
        "Inscription : module.paused",
        "module : direct_sales",
        "Contenu « reason » : c’est bien ce qui a été scellé.",
        "l’inscription est bien sous le sceau de localhost/lavergne/registre (8 inscriptions)",
        f"Signature : {kept.key}",
        "Ce reçu est valable.",
    ):
        assert words in said(result)


def test_without_a_key_a_receipt_is_never_said_to_be_valid(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "receipt"
    file.write_text(str(kept.receipt))
    result = run("verify", file)
    assert result.exit_code == 3
    assert "rien ne montre encore à qui est la clé" in said(result)
    assert "valable" not in result.output
    shown = next(line for line in result.output.splitlines() if line.startswith("  localhost"))
    assert str(kept.key).startswith(shown.strip())


def test_a_receipt_comes_through_a_pipe_too(kept: Kept) -> None:
    result = run("verify", "-", "--key", str(kept.key), typed=str(kept.receipt))
    assert result.exit_code == 0


def entry_changed(kept: Kept) -> Receipt:
    statement = replace(kept.receipt.statement, day=date(2020, 1, 1))
    return replace(kept.receipt, entry=statement.entry)


def entry_written_otherwise(kept: Kept) -> Receipt:
    return replace(kept.receipt, entry=kept.receipt.entry + b" ")


def size_changed(kept: Kept) -> Receipt:
    head = Checkpoint.read(kept.receipt.checkpoint.text)
    return text_changed(kept, replace(head, size=head.size + 1))


def root_changed(kept: Kept) -> Receipt:
    return text_changed(
        kept, replace(Checkpoint.read(kept.receipt.checkpoint.text), root=bytes(32))
    )


def origin_changed(kept: Kept) -> Receipt:
    head = Checkpoint.read(kept.receipt.checkpoint.text)
    return text_changed(kept, replace(head, origin="elsewhere.example/registre"))


def text_changed(kept: Kept, head: Checkpoint) -> Receipt:
    note = replace(kept.receipt.checkpoint, text=head.text)
    return replace(kept.receipt, checkpoint=note)


def another_tree(kept: Kept) -> Receipt:
    """Return a receipt that holds together, in a tree that was never signed."""
    entry = kept.receipt.entry
    head = Checkpoint(kept.key.name, 1, leaf_hash(entry))
    made = text_changed(kept, head)
    return replace(made, index=0, path=())


def index_changed(kept: Kept) -> Receipt:
    return replace(kept.receipt, index=kept.receipt.index + 1)


def newline_stripped(kept: Kept) -> str:
    return str(kept.receipt).rstrip("\n")


def windows_newlines(kept: Kept) -> str:
    return str(kept.receipt).replace("\n", "\r\n")


def signed_by_another(kept: Kept) -> Receipt:
    note = Note(kept.receipt.checkpoint.text).signed_by(SignerKey.generate(kept.key.name))
    return replace(kept.receipt, checkpoint=note)


def signed_by_another_under_our_number(kept: Kept) -> Receipt:
    text = kept.receipt.checkpoint.text
    forged = SignerKey.generate(kept.key.name).sign(text.encode())
    line = Signature(kept.key.name, kept.key.id, forged)
    return replace(kept.receipt, checkpoint=Note(text, (line,)))


def unsigned(kept: Kept) -> str:
    head, _line, _end = str(kept.receipt).rpartition("— ")
    return head


def under_an_older_checkpoint(kept: Kept) -> Receipt:
    return replace(kept.receipt, checkpoint=kept.earlier)


def proof_of_another_leaf(kept: Kept) -> Receipt:
    other = receipt_of(kept.other)
    return replace(kept.receipt, index=other.index, path=other.path)


def path_cut(kept: Kept) -> Receipt:
    return replace(kept.receipt, path=kept.receipt.path[:-1])


def path_altered(kept: Kept) -> Receipt:
    return replace(kept.receipt, path=(bytes(32), *kept.receipt.path[1:]))


def words_changed(kept: Kept) -> Receipt:
    opening = kept.receipt.openings["reason"]
    forged = Opening(opening.salt, {"reason": "Tout autre chose"})
    return replace(kept.receipt, openings={"reason": forged})


def salt_changed(kept: Kept) -> Receipt:
    opening = kept.receipt.openings["reason"]
    return replace(kept.receipt, openings={"reason": Opening(bytes(32), opening.fields)})


def opening_added(kept: Kept) -> Receipt:
    more = {**kept.receipt.openings, "member": Opening(bytes(32), {"name": "Marie"})}
    return replace(kept.receipt, openings=more)


def nothing(_kept: Kept) -> str:
    return ""


def bytes_of_nothing(_kept: Kept) -> bytes:
    return b"\xff\xfe\x00"


def no_statement(kept: Kept) -> str:
    first, _extra, rest = str(kept.receipt).split("\n", 2)
    return f"{first}\n{rest}"


def deep_json(kept: Kept) -> str:
    first, _extra, rest = str(kept.receipt).split("\n", 2)
    deep = b64encode(b"[" * 100_000).decode()
    return f"{first}\nextra {deep}\n{rest}"


FORMAT = "Ce n’est pas écrit comme le format le demande"
PATH = "La preuve ne mène pas de cette inscription au sceau : l’une a été changée."
HAND = "La signature ne correspond pas : le texte a été changé après avoir été signé."
NOBODY = "Aucune signature de la clé attendue : ce sceau n’est pas celui de ce registre."
CONTENT = "Le contenu joint n’est pas celui qui a été scellé dans l’inscription."
BAD = {
    entry_changed: PATH,
    entry_written_otherwise: PATH,
    size_changed: (PATH, HAND),
    root_changed: PATH,
    origin_changed: "Ce sceau est celui d’un autre registre.",
    another_tree: HAND,
    index_changed: PATH,
    newline_stripped: FORMAT,
    windows_newlines: FORMAT,
    signed_by_another: NOBODY,
    signed_by_another_under_our_number: HAND,
    unsigned: FORMAT,
    under_an_older_checkpoint: PATH,
    proof_of_another_leaf: PATH,
    path_cut: PATH,
    path_altered: PATH,
    words_changed: CONTENT,
    salt_changed: CONTENT,
    opening_added: CONTENT,
    nothing: FORMAT,
    bytes_of_nothing: FORMAT,
    no_statement: FORMAT,
    deep_json: FORMAT,
}


@pytest.mark.parametrize("forge", BAD, ids=lambda forge: str(forge.__name__))
def test_a_forged_receipt_is_refused_with_the_reason(kept: Kept, forge: object) -> None:
    assert callable(forge)
    assert kept.verify(kept.receipt).exit_code == 0
    result = kept.verify(forge(kept))
    assert result.exit_code == 1, result.output
    assert "valable" not in result.output
    reasons = BAD[forge]
    assert any(
        each in said(result) for each in ([reasons] if isinstance(reasons, str) else reasons)
    )


def test_a_key_of_another_log_and_an_unreadable_one_are_refused(kept: Kept) -> None:
    other = SignerKey.generate("elsewhere.example/registre").verifier
    file = kept.folder / "receipt"
    file.write_text(str(kept.receipt))
    assert "autre registre" in run("verify", file, "--key", str(other)).output
    for typed in ("", "x", str(kept.key)[:-2], str(kept.key) + "=", "x" * 100_000):
        result = run("verify", file, "--key", typed)
        assert result.exit_code == 2
        assert "--key ou --policy" in result.output


def test_a_policy_says_which_witnesses_are_needed(kept: Kept, tmp_path: Path) -> None:
    first, second = (SignerKey.generate(f"temoin-{each}", COSIGNATURE) for each in "ab")
    rule = tmp_path / "rule.txt"
    rule.write_text(
        f"log {kept.key}\nwitness a {first.verifier}\nwitness b {second.verifier}\n"
        "group both all a b\nquorum both\n"
    )
    note = kept.receipt.checkpoint
    one = Note(note.text, (*note.signatures, cosign(note.text, first, AT)))
    both = Note(note.text, (*one.signatures, cosign(note.text, second, AT)))
    refused = kept.verify(replace(kept.receipt, checkpoint=one), "--policy", rule)
    assert refused.exit_code == 1
    assert "Témoins sous ce sceau : 1 sur 2" in said(refused)
    accepted = kept.verify(replace(kept.receipt, checkpoint=both), "--policy", rule)
    assert accepted.exit_code == 0
    assert "Témoin : b, le 2026-11-22 à 12:00 UTC." in said(accepted)
    file = tmp_path / "receipt"
    file.write_text(str(replace(kept.receipt, checkpoint=both)))
    assert run("verify", file, "--policy", rule).exit_code == 0


def test_only_signatures_that_were_checked_are_named(kept: Kept) -> None:
    """A line in the name of another log that one knows, and which that log never wrote."""
    note, other = kept.receipt.checkpoint, SignerKey.generate("elsewhere/registre").verifier
    line = Signature(other.name, other.id, bytes(64))
    forged = replace(kept.receipt, checkpoint=Note(note.text, (*note.signatures, line)))
    result = kept.verify(forged, "--key", str(other))
    assert result.exit_code == 0
    assert f"Signature : {kept.key}" in said(result)
    assert "elsewhere" not in said(result)


def test_a_policy_of_witnesses_alone_does_not_say_whose_key_it_is(
    kept: Kept, tmp_path: Path
) -> None:
    rule, file = tmp_path / "rule.txt", tmp_path / "receipt"
    rule.write_text("quorum none\n")
    file.write_text(str(kept.receipt))
    assert run("verify", file, "--policy", rule).exit_code == 3
    witness = SignerKey.generate("temoin", COSIGNATURE).verifier
    rule.write_text(f"witness a {witness}\nquorum a\n")
    assert run("verify", file, "--policy", rule).exit_code == 1


def test_what_a_stranger_wrote_never_drives_the_terminal(tmp_path: Path) -> None:
    opening = Opening(
        bytes(32), {"\x1b[31mfield": "\x1b]0;title\x07[red]words[/] «\u00a0oui\u00a0»"}
    )
    statement = Statement("module.paused", date(2026, 1, 1), "0" * 32, {}, {"x": opening.sealed})
    signer = SignerKey.generate("log.example")
    note = Checkpoint("log.example", 1, statement.leaf).signed_by(signer)
    file = tmp_path / "receipt"
    file.write_text(str(Receipt(statement.entry, 0, (), note, {"x": opening})))
    result = run("verify", file, "--key", str(signer.verifier))
    assert result.exit_code == 0
    assert "\x1b" not in result.output
    assert "[red]words[/] «\u00a0oui\u00a0»" in result.output


def test_a_receipt_is_verified_without_database_nor_home(kept: Kept, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "receipt").write_text(str(kept.receipt))
    done = subprocess.run(
        [
            Path(sys.executable).with_name("freeco"),
            "record",
            "verify",
            "receipt",
            "--key",
            str(kept.key),
        ],
        cwd=alone,
        env={
            "PATH": os.environ["PATH"],
            "FREECO_HOME": "/nowhere/at/all",
            "FREECO_DATABASE_URL": "nonsense",
            "FREECO_ENVIRONMENT": "nonsense",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("Ce reçu est valable.")
    assert [each.name for each in alone.iterdir()] == ["receipt"]
