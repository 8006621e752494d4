"""Asking witnesses: what comes back is verified, who fails us is left alone for a while."""

import gzip
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import create_server
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from freeco import outgoing
from freeco.clock import held_at, now
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Admission, Community
from freeco.notifications.models import Notice
from freeco.record import alarms, asking, receipts, witness_commands, witnessing
from freeco.record.checkpoint import Checkpoint, cosign
from freeco.record.models import RecordAlarm, RecordCheckpoint, RecordCosignature, RecordLog
from freeco.record.note import COSIGNATURE, Note, SignerKey
from freeco.record.tree import EMPTY, verify_consistency
from freeco.testing import make_community, make_member
from freeco.testing.record import seal_some

SIZE = "text/x.tlog.size"
Answered = tuple[int, str, bytes]


class Neighbour:
    """A witness elsewhere, which answers as the test has it."""

    def __init__(self, name: str = "neighbour.example/temoin") -> None:
        self.key = SignerKey.generate(name, COSIGNATURE)
        self.asked: list[bytes] = []
        self.shown = b""
        self.answer: Callable[[bytes], Answered] = self.cosign
        self.headers: dict[str, str] = {}
        self.slow = 0.0
        self.size, self.root = 0, EMPTY

    def cosign(self, body: bytes) -> Answered:
        """Do what the protocol asks for, with nothing of ours but the pure rooms."""
        head, _blank, encoded = body.partition(b"\n\n")
        lines = head.decode().split("\n")
        note = Note.read(encoded)
        new = Checkpoint.read(note.text)
        old = int(lines[0].removeprefix("old "))
        if old != self.size:
            return 409, SIZE, f"{self.size}\n".encode()
        proof = [b64decode(line) for line in lines[1:]]
        verify_consistency(old, new.size, self.root, new.root, proof)
        self.size, self.root = new.size, new.root
        return 200, "text/plain", str(cosign(note.text, self.key, now())).encode()

    def says(self, status: int, kind: str = "text/plain", body: bytes = b"") -> None:
        self.answer = lambda _body: (status, kind, body)


@contextmanager
def listening(neighbour: Neighbour) -> Iterator[str]:
    """Serve a neighbour on this machine; give its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            neighbour.asked.append(body)
            self.say(*neighbour.answer(body))

        def do_GET(self) -> None:
            self.say(200 if neighbour.shown else 404, "text/plain", neighbour.shown)

        def say(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in neighbour.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for at in range(len(body)):
                sleep(neighbour.slow)
                self.wfile.write(body[at : at + 1] if neighbour.slow else body)
                if not neighbour.slow:
                    break

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/temoin"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def neighbour(app: Flask) -> Iterator[Neighbour]:
    """Give the one witness of this site's policy."""
    neighbour = Neighbour()
    with listening(neighbour) as address:
        file = kernel().settings.record_policy
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"witness voisin {neighbour.key.verifier} {address}\nquorum voisin\n")
        yield neighbour
        file.unlink()
    app.extensions.pop("freeco_witness_patience", None)


@pytest.fixture
def log(community: Community, neighbour: Neighbour) -> RecordLog:
    """Give a log under three heads."""
    return seal_some(community, 1, 2, 3)


def head() -> RecordCheckpoint:
    return db.session.query(RecordCheckpoint).order_by(RecordCheckpoint.size.desc()).limit(1).one()


def size() -> int:
    return head().size


def kinds() -> list[str]:
    return [each.kind for each in db.session.query(RecordAlarm).order_by(RecordAlarm.id)]


def test_the_head_is_cosigned_and_the_receipts_bear_it(log: RecordLog) -> None:
    assert witnessing.ask_due() == 1
    row = db.session.query(RecordCosignature).one()
    assert row.checkpoint.size == log.size
    note = receipts.note_with_witnesses(row.checkpoint)
    assert receipts.site_policy().quorum_met(note)
    assert witnessing.ask_due() == 0


def test_the_next_head_starts_from_what_was_cosigned(log: RecordLog, neighbour: Neighbour) -> None:
    witnessing.ask_due()
    first = log.size
    seal_some(log.community, 2)
    assert witnessing.ask_due() == 1
    assert [each.split(b"\n")[0] for each in neighbour.asked] == [
        b"old 0",
        f"old {first}".encode(),
    ]


def test_a_lost_answer_is_caught_up_with(log: RecordLog, neighbour: Neighbour) -> None:
    """The witness has co-signed, and we never heard of it: its own size is started from."""
    neighbour.answer = lambda body: (502, *neighbour.cosign(body)[1:])
    assert witnessing.ask_due() == 0
    seal_some(log.community, 2)
    neighbour.answer = neighbour.cosign
    assert [each.cosigned for each in witnessing.ask(at_once=True)] == [True]
    assert [each.split(b"\n")[0] for each in neighbour.asked[1:]] == [b"old 0", b"old 7"]
    assert kinds() == []


@pytest.mark.parametrize(
    "body",
    [b"", b"OK", b"\xff", "— voisin AAAA\n".encode(), "— nobody YWJjZGVmZ2g=\n".encode() * 3],
)
def test_what_is_no_cosignature_is_not_kept(
    log: RecordLog, neighbour: Neighbour, body: bytes
) -> None:
    neighbour.says(200, "text/plain", body)
    assert witnessing.ask_due() == 0
    assert db.session.query(RecordCosignature).count() == 0


def test_a_cosignature_of_another_text_is_not_kept(log: RecordLog, neighbour: Neighbour) -> None:
    line = cosign(f"{log.origin}\n9\n{'A' * 43}=\n", neighbour.key, now())
    neighbour.says(200, "text/plain", str(line).encode())
    assert witnessing.ask_due() == 0
    other = SignerKey(neighbour.key.name, SignerKey.generate("x").secret, COSIGNATURE)
    note = Note.read(head().note)
    neighbour.says(200, "text/plain", str(cosign(note.text, other, now())).encode())
    (outcome,) = witnessing.ask(at_once=True)
    assert not outcome.cosigned
    assert db.session.query(RecordCosignature).count() == 0


def test_a_cosignature_of_tomorrow_is_not_kept(log: RecordLog, neighbour: Neighbour) -> None:
    """An alarm of that witness would be over as soon as it is raised."""
    text = Note.read(head().note).text
    line = cosign(text, neighbour.key, now() + timedelta(minutes=6))
    neighbour.says(200, "text/plain", str(line).encode())
    (outcome,) = witnessing.ask(at_once=True)
    assert outcome.why == "its clock is ahead of ours"
    assert db.session.query(RecordCosignature).count() == 0
    line = cosign(text, neighbour.key, now() + timedelta(minutes=4))
    neighbour.says(200, "text/plain", str(line).encode())
    assert [each.cosigned for each in witnessing.ask(at_once=True)] == [True]


def test_a_slow_witness_of_many_logs_holds_up_the_letters_for_a_while_only(
    log: RecordLog, neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    for slug in ("saint-roch", "chaumes"):
        seal_some(make_community(slug, slug), 1)
    monkeypatch.setattr(witnessing, "ROUND_SECONDS", 0)
    neighbour.says(503)
    for asked in (1, 2, 3):
        assert len(witnessing.ask()) == 1
        assert len(neighbour.asked) == asked
    assert witnessing.ask() == []


@pytest.mark.parametrize("status", [302, 400, 403, 404, 409, 413, 422, 500, 503])
def test_a_failure_is_no_alarm_and_is_tried_later_and_later(
    log: RecordLog, neighbour: Neighbour, status: int
) -> None:
    neighbour.headers["Location"] = "/temoin/elsewhere"
    neighbour.says(status)
    instant = now()
    for tries, minutes in enumerate((1, 5, 30, 120, 120), start=1):
        with held_at(instant):
            witnessing.ask_due()
            witnessing.ask_due()
        assert len(neighbour.asked) == tries
        instant += timedelta(minutes=minutes)
    assert kinds() == []
    with held_at(instant):
        neighbour.answer = neighbour.cosign
        assert witnessing.ask_due() == 1


def test_nobody_there_holds_nothing_up(log: RecordLog) -> None:
    file = kernel().settings.record_policy
    key = SignerKey.generate("nobody.example/temoin", COSIGNATURE).verifier
    file.write_text(f"{file.read_text()}witness nobody {key} http://127.0.0.1:9/temoin\n")
    assert [each.cosigned for each in witnessing.ask()] == [True, False]


def test_who_is_silent_for_one_log_is_not_waited_for_at_the_next(
    log: RecordLog, neighbour: Neighbour
) -> None:
    seal_some(make_community("saint-roch", "Saint-Roch"), 1)
    file = kernel().settings.record_policy
    file.write_text(f"witness nobody {neighbour.key.verifier} http://127.0.0.1:9/\nquorum none\n")
    first, second = witnessing.ask()
    assert (first.silent, second.silent) == (True, True)
    assert (first.why == "silent", second.why) == (False, "silent")
    assert witnessing.ask() == []


def test_an_answer_that_drips_has_an_end(log: RecordLog, neighbour: Neighbour) -> None:
    neighbour.says(200, "text/plain", b"x" * 20)
    neighbour.slow = 0.05
    with listening(neighbour) as address, outgoing.Line(address, 0.3) as line:
        begun = monotonic()
        with pytest.raises(outgoing.Silent):
            line.post("add-checkpoint", b"", 1000)
        assert monotonic() - begun < 0.9


def test_an_answer_without_end_is_not_read(neighbour: Neighbour) -> None:
    packed = gzip.compress(bytes(50_000_000))
    for body, headers in ((b"x" * 1001, {}), (packed, {"Content-Encoding": "gzip"})):
        neighbour.shown, neighbour.headers = body, headers
        with (
            listening(neighbour) as address,
            outgoing.Line(address) as line,
            pytest.raises(outgoing.Silent),
        ):
            line.get("x", 1000)


def test_a_site_that_answers_packed_is_understood(neighbour: Neighbour) -> None:
    neighbour.shown, neighbour.headers = gzip.compress(b"words"), {"Content-Encoding": "gzip"}
    with listening(neighbour) as address, outgoing.Line(address) as line:
        assert line.get("x", 1000).body == b"words"
        neighbour.shown = neighbour.shown[:-9]
        with pytest.raises(outgoing.Silent):
            line.get("x", 1000)


def test_what_a_site_says_amiss_drives_no_terminal() -> None:
    with create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            caller, _address = server.accept()
            with caller:
                caller.recv(1000)
                caller.sendall(b"\x1b[2J all is well\r\n" + b"x" * 1000 + b"\r\n\r\n")

        thread = Thread(target=answer)
        thread.start()
        with (
            outgoing.Line(f"http://127.0.0.1:{server.getsockname()[1]}") as line,
            pytest.raises(outgoing.Silent) as silent,
        ):
            line.get("checkpoint", 1000)
        thread.join()
    assert "all is well" in str(silent.value)
    assert str(silent.value).isprintable()


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x/y", "http://", "http://a@b/c"])
def test_only_sites_are_spoken_to(address: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        outgoing.Line(address)


def test_a_log_that_has_shrunk_is_told_to_its_stewards(
    log: RecordLog, neighbour: Neighbour
) -> None:
    steward = make_member(log.community, permissions=("core.steward",))
    seal_some(log.community, 1)
    neighbour.size = size() + 10
    witnessing.ask_due()
    (alarm,) = alarms.open_alarms(log)
    assert alarm.kind == alarms.SHRUNKEN
    assert alarm.found_by == neighbour.key.name
    assert alarm.told_at is not None
    notice = db.session.query(Notice).filter_by(topic="core.record").one()
    assert notice.member_id == steward.id
    assert "plus court" in notice.body
    assert notice.url == "/lavergne/registre"


def test_a_log_that_grows_while_a_witness_is_asked_has_not_shrunk(
    app: Flask, log: RecordLog, neighbour: Neighbour
) -> None:
    """Another process of ours was quicker with a longer head."""
    community_id = log.community_id

    def answer(_body: bytes) -> Answered:
        with app.app_context():
            grown = seal_some(db.session.get_one(Community, community_id), 1).size
        return 409, SIZE, f"{grown}\n".encode()

    neighbour.answer = answer
    assert [each.why for each in witnessing.ask()] == ["another process was quicker"]
    assert kinds() == []


def test_another_history_of_the_same_length_is_a_split(
    log: RecordLog, neighbour: Neighbour
) -> None:
    same = f"{size()}\n".encode()
    neighbour.answer = lambda body: (
        (409, "text/plain", b"") if body.startswith(b"old " + same) else (409, SIZE, same)
    )
    witnessing.ask_due()
    assert kinds() == [alarms.SPLIT]


def test_another_beginning_is_a_rewriting(log: RecordLog, neighbour: Neighbour) -> None:
    neighbour.answer = lambda body: (
        (422, "text/plain", b"") if body.startswith(b"old 3\n") else (409, SIZE, b"3\n")
    )
    witnessing.ask_due()
    assert kinds() == [alarms.REWRITTEN]


def test_an_alarm_is_told_once_and_is_over_once_the_witness_cosigns(
    log: RecordLog, neighbour: Neighbour
) -> None:
    neighbour.says(409, SIZE, b"1000\n")
    witnessing.ask_due()
    seal_some(log.community, 1)
    witnessing.ask(at_once=True)
    assert kinds() == [alarms.SHRUNKEN]
    (standing,) = witnessing.standing(log)
    assert standing.contradicts
    assert standing.silent_since is None
    neighbour.answer = neighbour.cosign
    with held_at(now() + timedelta(seconds=2)):
        witnessing.ask(at_once=True)
    assert alarms.open_alarms(log) == []
    assert len(alarms.alarms_of(log.origin)) == 1


def test_the_seal_that_a_witness_holds_is_kept_with_the_alarm(
    log: RecordLog, neighbour: Neighbour
) -> None:
    seal = head().note
    neighbour.shown = seal.encode()
    neighbour.says(409, SIZE, b"1000\n")
    witnessing.ask_due()
    (alarm,) = alarms.open_alarms(log)
    assert alarm.evidence.count(seal) == 2


def test_a_witness_that_names_another_size_each_time_is_left_alone(
    log: RecordLog, neighbour: Neighbour
) -> None:
    sizes = iter(range(1, 6))
    neighbour.answer = lambda _body: (409, SIZE, f"{next(sizes)}\n".encode())
    assert witnessing.ask_due() == 0
    assert len(neighbour.asked) == asking.TURNS
    assert kinds() == []


def test_who_does_not_answer_is_named_after_ten_minutes(
    log: RecordLog, neighbour: Neighbour
) -> None:
    witnessing.ask_due()
    (standing,) = witnessing.standing(log)
    assert (standing.name, standing.size, standing.silent_since) == ("voisin", log.size, None)
    seal_some(log.community, 1)
    assert witnessing.standing(log)[0].silent_since is None
    with held_at(now() + timedelta(minutes=11)):
        late = witnessing.standing(log)[0]
    waiting = db.session.query(RecordCheckpoint).filter_by(size=size()).one()
    assert late.silent_since == waiting.signed_at
    assert late.size < size()


def test_a_closed_circle_is_not_spoken_of_unless_the_policy_names_it(
    log: RecordLog, neighbour: Neighbour
) -> None:
    log.community.admission = Admission.INVITATION
    db.session.commit()
    assert log.community.is_closed
    assert witnessing.ask() == []
    file = kernel().settings.record_policy
    file.write_text(f"log {SignerKey.generate(log.origin).verifier}\n{file.read_text()}")
    assert witnessing.ask_due() == 1


def test_a_broken_policy_is_told_with_its_line_and_the_site_goes_on(
    log: RecordLog, neighbour: Neighbour
) -> None:
    assert witnessing.policy_problem() == ""
    file = kernel().settings.record_policy
    file.write_text(f"{file.read_text()}group all of nothing\n")
    assert "ligne 3" in witnessing.policy_problem()
    assert witnessing.ask_due() == 0
    assert witnessing.standing(log) == []


def test_without_policy_nobody_is_asked(community: Community) -> None:
    log = seal_some(community, 1)
    assert witnessing.ask() == []
    assert witnessing.standing(log) == []


def test_the_command_asks_now_and_says_who_did_not(log: RecordLog, neighbour: Neighbour) -> None:
    neighbour.says(503)
    witnessing.ask_due()
    result = CliRunner().invoke(witness_commands.witness, ["ask"])
    assert result.exit_code == 1
    assert "voisin\u00a0: pas contresigné (HTTP 503)" in result.output
    neighbour.answer = neighbour.cosign
    assert CliRunner().invoke(witness_commands.witness, ["ask"]).exit_code == 0
    nothing = CliRunner().invoke(witness_commands.witness, ["ask"])
    assert "Aucun sceau n’attend de témoin." in nothing.output
    kernel().settings.record_policy.write_text("quorum all\n")
    assert "ligne 1" in CliRunner().invoke(witness_commands.witness, ["ask"]).output
