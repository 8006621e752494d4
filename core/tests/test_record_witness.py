"""Being a witness: what is co-signed, what is refused, and what is kept of a refusal."""

from base64 import b64encode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from werkzeug.test import TestResponse

from freeco.db import db, lock
from freeco.members.models import Community
from freeco.notifications.models import Notice
from freeco.record import keys, witness, witness_commands
from freeco.record.alarms import REWRITTEN, SPLIT, is_open
from freeco.record.checkpoint import Checkpoint, check_cosignature
from freeco.record.errors import Malformed
from freeco.record.models import RecordAlarm, WatchedLog
from freeco.record.note import Note, Signature, SignerKey
from freeco.record.stating import log_of
from freeco.record.tree import Hash
from freeco.testing import Visitor, make_member
from freeco.testing.logs import ORIGIN, PlainLog

HERE = "/temoin/add-checkpoint"


@pytest.fixture
def log(app: Flask) -> PlainLog:
    """Give a log of seven entries, elsewhere, that this site witnesses."""
    log = PlainLog().grow(7)
    witness.watch(str(log.key.verifier))
    db.session.commit()
    return log


def body(old: int, proof: Sequence[Hash], note: Note) -> bytes:
    lines = "".join(f"{b64encode(each).decode()}\n" for each in proof)
    return f"old {old}\n{lines}\n{note}".encode()


def ask(client: Visitor, old: int, log: PlainLog, size: int | None = None) -> TestResponse:
    """Ask as a log would: without session nor form."""
    proof = log.proof(old, size) if old <= (size or len(log.entries)) else []
    return client.post(HERE, data=body(old, proof, log.note(size)), token=False)


def seen() -> WatchedLog:
    return db.session.query(WatchedLog).one()


def kinds() -> list[str]:
    return [each.kind for each in db.session.query(RecordAlarm).order_by(RecordAlarm.id)]


def test_a_first_checkpoint_is_cosigned_with_its_time(client: Visitor, log: PlainLog) -> None:
    answer = ask(client, 0, log)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert "Set-Cookie" not in answer.headers
    cosigned = Note(log.note().text, (Signature.read(answer.text.removesuffix("\n")),))
    given = check_cosignature(cosigned, keys.witness_key().verifier)
    watched = seen()
    assert (watched.size, watched.root) == (7, log.checkpoint().root)
    assert watched.seen_at is not None
    assert abs((watched.seen_at - given).total_seconds()) <= 1


def test_a_longer_one_is_cosigned_when_it_prolongs_the_last(client: Visitor, log: PlainLog) -> None:
    ask(client, 0, log)
    log.grow(300)
    assert ask(client, 7, log).status_code == 200
    assert seen().size == 307


def test_the_same_again_is_cosigned_again(client: Visitor, log: PlainLog) -> None:
    first = ask(client, 0, log).text
    again = ask(client, 7, log)
    assert again.status_code == 200
    assert again.text.split()[1] == first.split()[1]
    assert seen().size == 7


def test_an_empty_log_is_cosigned_and_grows(client: Visitor, log: PlainLog) -> None:
    assert ask(client, 0, log, 0).status_code == 200
    assert ask(client, 0, log).status_code == 200


def test_only_the_signature_of_the_log_is_kept(client: Visitor, log: PlainLog) -> None:
    note = log.note().signed_by(SignerKey.generate("stranger.example"))
    assert client.post(HERE, data=body(0, [], note), token=False).status_code == 200
    assert seen().note == str(log.note())


def test_an_unknown_log_is_not_found(client: Visitor, log: PlainLog) -> None:
    other = PlainLog("other.example/registre").grow(3)
    assert ask(client, 0, other).status_code == 404


def test_anothers_signature_is_forbidden(client: Visitor, log: PlainLog) -> None:
    forged = PlainLog.of(log.entries, SignerKey.generate(ORIGIN))
    assert ask(client, 0, forged).status_code == 403
    signed = log.note()
    altered = Note(signed.text.replace("\n7\n", "\n8\n"), signed.signatures)
    assert client.post(HERE, data=body(0, [], altered), token=False).status_code == 403
    assert seen().size == 0


def test_an_old_size_that_is_larger_is_a_bad_request(client: Visitor, log: PlainLog) -> None:
    assert ask(client, 8, log).status_code == 400


def test_from_another_size_the_answer_is_ours(client: Visitor, log: PlainLog) -> None:
    ask(client, 0, log)
    log.grow(5)
    for old in (0, 3, 9):
        answer = ask(client, old, log)
        assert answer.status_code == 409
        assert answer.headers["Content-Type"] == "text/x.tlog.size"
        assert answer.data == b"7\n"
    assert kinds() == []


def test_an_older_checkpoint_is_only_old(client: Visitor, log: PlainLog) -> None:
    ask(client, 0, log)
    assert ask(client, 3, log, 5).data == b"7\n"
    assert kinds() == []


def test_two_contents_of_one_size_are_refused_and_kept(
    client: Visitor, log: PlainLog, community: Community
) -> None:
    steward = make_member(community, permissions=("core.steward",))
    log_of(community)
    ask(client, 0, log)
    other = PlainLog.of(log.entries[:5], log.key).grow(2, "lie")
    answer = ask(client, 7, other)
    assert (answer.status_code, answer.mimetype) == (409, "text/plain")
    (alarm,) = db.session.query(RecordAlarm).all()
    assert alarm.kind == SPLIT
    assert alarm.evidence == f"{log.note()}\n{other.note()}"
    assert is_open(alarm)
    assert alarm.told_at is not None
    told = db.session.query(Notice).filter_by(member_id=steward.id, topic="core.record").one()
    assert ORIGIN in told.body
    assert seen().root == log.checkpoint().root
    # From another size it is the same fault, told once.
    assert ask(client, 2, other).data == b"7\n"
    assert kinds() == [SPLIT]
    assert db.session.query(Notice).filter_by(topic="core.record").count() == 1


def test_a_longer_log_that_begins_otherwise_is_refused_and_kept(
    client: Visitor, log: PlainLog
) -> None:
    ask(client, 0, log)
    other = PlainLog.of(log.entries[:5], log.key).grow(20, "lie")
    assert ask(client, 7, other).status_code == 422
    assert kinds() == [REWRITTEN]
    assert ask(client, 7, other, 22).status_code == 422
    assert kinds() == [REWRITTEN]
    assert seen().size == 7
    log.grow(1)
    assert ask(client, 7, log).status_code == 200
    assert not is_open(db.session.query(RecordAlarm).one())


def test_a_strangers_false_proof_accuses_nobody(client: Visitor, log: PlainLog) -> None:
    ask(client, 0, log)
    log.grow(5)
    right = log.proof(7)
    noise = bytes(32)
    for false in ([], right[:-1], [*right, noise], [noise, *right[1:]], right[::-1], [noise] * 63):
        asked = body(7, false, log.note())
        assert client.post(HERE, data=asked, token=False).status_code == 422
    assert kinds() == []
    assert seen().size == 7


def test_a_proof_from_nothing_is_empty(client: Visitor, log: PlainLog) -> None:
    asked = body(0, [bytes(32)], log.note())
    assert client.post(HERE, data=asked, token=False).status_code == 422


@pytest.mark.parametrize(
    "asked",
    [
        b"",
        b"old 0",
        b"old 0\n\n",
        b"old -1\n\nNOTE",
        b"old 00\n\nNOTE",
        b"old  0\n\nNOTE",
        b"OLD 0\n\nNOTE",
        b"old 0 \n\nNOTE",
        b"\nold 0\n\nNOTE",
        b"old 0\nAAAA\n\nNOTE",
        b"old 0\nnot base64\n\nNOTE",
        "old ٣\n\nNOTE".encode(),
        b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + b"\nNOTE",
        b"old 0\n\nNOTE extra",
        b"old 0\r\n\r\nNOTE",
        b"old 0\n\n\xff\xfe",
    ],
)
def test_what_is_not_written_as_the_format_asks_is_a_bad_request(
    client: Visitor, log: PlainLog, asked: bytes
) -> None:
    data = asked.replace(b"NOTE", str(log.note()).encode())
    assert client.post(HERE, data=data, token=False).status_code == 400


def test_more_hashes_than_any_tree_needs_are_a_bad_request(client: Visitor, log: PlainLog) -> None:
    asked = body(0, [bytes(32)] * 64, log.note())
    assert client.post(HERE, data=asked, token=False).status_code == 400


def test_a_size_that_no_database_holds_is_a_bad_request(client: Visitor, log: PlainLog) -> None:
    for size, status in ((2**63, 400), (2**63 - 1, 200)):
        note = Checkpoint(ORIGIN, size, bytes(32)).signed_by(log.key)
        assert client.post(HERE, data=body(0, [], note), token=False).status_code == status


def test_a_body_without_end_is_not_read(client: Visitor, log: PlainLog) -> None:
    asked = body(0, [], log.note()) + b"x" * witness.LARGEST_BODY
    assert client.post(HERE, data=asked, token=False).status_code == 413


def test_a_log_whose_key_has_changed_is_watched_on(client: Visitor, log: PlainLog) -> None:
    ask(client, 0, log)
    renewed = PlainLog.of(log.entries, SignerKey.generate(ORIGIN)).grow(1)
    assert ask(client, 7, renewed).status_code == 403
    witness.watch(str(renewed.key.verifier))
    db.session.commit()
    assert ask(client, 7, renewed).status_code == 200


def test_the_page_says_what_was_seen_and_how_to_be_watched(client: Visitor, log: PlainLog) -> None:
    page = client.get("/temoin").text
    assert "Il ne nous a encore rien montré" in page
    ask(client, 0, log)
    page = client.get("/temoin").text
    assert ORIGIN in page
    assert "avec 7 inscriptions" in page
    assert str(keys.witness_key().verifier).replace("+", "&#43;") in page.replace("+", "&#43;")
    address = f"/temoin/{witness.digest_of(ORIGIN)}/checkpoint"
    assert address in page
    assert client.get(address).text == str(log.note())
    assert client.get(f"/temoin/{'0' * 64}/checkpoint").status_code == 404


def test_the_page_shows_a_contradiction_until_it_is_over(client: Visitor, log: PlainLog) -> None:
    ask(client, 0, log)
    ask(client, 7, PlainLog.of(log.entries[:5], log.key).grow(2, "lie"))
    page = client.get("/temoin").text
    assert "Ce registre se contredit" in page
    assert "deux contenus différents" in page
    log.grow(1)
    ask(client, 7, log)
    page = client.get("/temoin").text
    assert "Ce registre se contredit" not in page
    assert "il s’était contredit" in page


def test_who_comes_second_is_measured_by_what_the_first_has_left(app: Flask, log: PlainLog) -> None:
    """Nothing co-signed is ever rolled back: a smaller head waits, and is then too small."""
    watched = seen()
    lock(watched)
    watched.size, watched.root, watched.note = 6, log.checkpoint(6).root, str(log.note(6))
    db.session.flush()
    asked = body(0, [], log.note(5))
    with ThreadPoolExecutor(1) as other:
        second = other.submit(lambda: app.test_client().post(HERE, data=asked).data)
        sleep(0.5)
        assert not second.done()
        db.session.commit()
        assert second.result(timeout=20) == b"6\n"
    db.session.refresh(watched)
    assert watched.size == 6


def run(*words: str) -> Result:
    """Run ``freeco record witness`` in the application of the test."""
    return CliRunner().invoke(witness_commands.witness, words)


def test_the_commands_begin_and_end_a_watch(app: Flask) -> None:
    log = PlainLog().grow(3)
    assert "Ce site est témoin de" in run("watch", str(log.key.verifier)).output
    assert "jamais vu" in run("list").output
    assert run("unwatch", ORIGIN).exit_code == 1
    assert run("unwatch", ORIGIN, "--yes").exit_code == 0
    assert run("list").output == ""


def test_the_commands_say_what_contradicts_a_log(client: Visitor, log: PlainLog) -> None:
    ask(client, 0, log)
    ask(client, 7, PlainLog.of(log.entries[:5], log.key).grow(2, "lie"))
    assert "contredit (split)" in run("list").output


def test_the_command_prints_the_key(app: Flask) -> None:
    assert str(keys.witness_key().verifier) in run("key").output


@pytest.mark.parametrize(
    "wrong",
    ["", "x", "x+y+z", pytest.param(str(SignerKey.generate("w", 4).verifier), id="a witness")],
)
def test_only_the_key_of_a_log_can_be_watched(app: Flask, wrong: str) -> None:
    assert isinstance(run("watch", wrong).exception, Malformed)
    assert db.session.query(WatchedLog).count() == 0
