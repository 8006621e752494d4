"""Copies of a log: plain files, verified, resumed, and never given up for another history."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask

from freeco.members.models import Community
from freeco.record.checkpoint import Checkpoint
from freeco.record.errors import BadSignature, Malformed, NotConsistent, RecordRefusal, Shrunken
from freeco.record.mirror import (
    Busy,
    KeyUnknown,
    NotServed,
    OtherKey,
    Tampered,
    _alone,
    mirror,
)
from freeco.record.note import Note, SignerKey
from freeco.record.stating import log_of
from freeco.testing.logs import PlainLog
from freeco.testing.record import seal_some


class Quiet(SimpleHTTPRequestHandler):
    """What ``python -m http.server`` does, but for its words."""

    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path.lstrip("/"))
        super().do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[[Path], str]]:
    """Give what serves a folder as files; its address."""
    Quiet.asked = []
    running: list[tuple[ThreadingHTTPServer, Thread]] = []

    def begin(folder: Path) -> str:
        handler = partial(Quiet, directory=str(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield begin
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def log() -> PlainLog:
    """Give a log of three hundred entries, whose first names its key."""
    log = PlainLog()
    log.state("log.opened", origin=log.key.name, key=str(log.key.verifier))
    return log.grow(299)


@pytest.fixture
def address(log: PlainLog, serve: Callable[[Path], str], tmp_path: Path) -> str:
    """Give where it is served."""
    return serve(log.write(tmp_path / "log"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give the folder of its copy."""
    return tmp_path / "copy"


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def held(folder: Path) -> Checkpoint:
    return Checkpoint.read(Note.read((folder / "checkpoint").read_bytes()).text)


def test_a_copy_holds_the_same_files(
    address: str, copy: Path, log: PlainLog, tmp_path: Path
) -> None:
    done = mirror(address, copy)
    assert done.checkpoint == log.checkpoint()
    assert (done.held, done.key_changed) == (0, True)
    assert files(tmp_path / "log").items() <= files(copy).items()


def test_a_copy_is_a_log_that_others_copy(
    address: str, copy: Path, serve: Callable[[Path], str], tmp_path: Path, log: PlainLog
) -> None:
    mirror(address, copy)
    second = tmp_path / "second"
    done = mirror(serve(copy), second, log.key.verifier)
    assert done.checkpoint == log.checkpoint()
    assert files(second) == files(copy)


def test_a_copy_goes_on_where_it_was(
    address: str, copy: Path, log: PlainLog, tmp_path: Path
) -> None:
    mirror(address, copy)
    log.grow(300).write(tmp_path / "log")
    Quiet.asked.clear()
    done = mirror(address, copy)
    assert (done.held, done.checkpoint.size, done.key_changed) == (300, 600, False)
    assert "tile/entries/000" not in Quiet.asked
    assert sorted(each.name for each in (copy / "seen").iterdir()) == [
        f"{size}-{log.checkpoint(size).root.hex()[:16]}" for size in (300, 600)
    ]
    assert not (copy / "tile/0/001.p").exists(), "the full tile has taken its place"
    assert files(copy)["tile/entries/001"] == files(tmp_path / "log")["tile/entries/001"]


def test_a_copy_that_was_cut_off_is_finished(address: str, copy: Path, tmp_path: Path) -> None:
    entries = tmp_path / "log/tile/entries/001.p/44"
    content = entries.read_bytes()
    entries.unlink()
    with pytest.raises(NotServed):
        mirror(address, copy)
    assert not (copy / "checkpoint").exists()
    entries.write_bytes(content)
    Quiet.asked.clear()
    assert mirror(address, copy).checkpoint.size == 300
    # The first bundle alone is read again for the key, which was not yet believed.
    assert Quiet.asked.count("tile/entries/000") == 1


def test_a_damaged_copy_is_mended(address: str, copy: Path, tmp_path: Path) -> None:
    mirror(address, copy)
    for path in ("tile/0/000", "tile/entries/000"):
        file = copy / path
        file.write_bytes(file.read_bytes()[:-1] + b"\x00")
        mirror(address, copy)
        assert file.read_bytes() == (tmp_path / "log" / path).read_bytes()


def test_a_full_tile_stands_for_a_partial_one_that_is_gone(
    address: str, copy: Path, log: PlainLog, tmp_path: Path
) -> None:
    (tmp_path / "log/checkpoint").write_text(str(log.note(200)))
    assert mirror(address, copy).checkpoint.size == 200


def test_the_same_twice_changes_nothing(address: str, copy: Path) -> None:
    mirror(address, copy)
    before = files(copy)
    assert mirror(address, copy).held == 300
    assert files(copy) == before


@pytest.mark.parametrize(
    "path", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000"]
)
def test_an_altered_file_is_refused(address: str, copy: Path, path: str, tmp_path: Path) -> None:
    file = tmp_path / "log" / path
    file.write_bytes(file.read_bytes()[:-1] + b"\x00")
    with pytest.raises(Tampered):
        mirror(address, copy)
    assert not (copy / "checkpoint").exists()


def test_a_file_that_is_missing_or_cut_is_refused(address: str, copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "log/tile/0/000"
    file.write_bytes(file.read_bytes()[:-32])
    with pytest.raises(Tampered):
        mirror(address, copy)
    file.unlink()
    with pytest.raises(NotServed, match="HTTP 404"):
        mirror(address, copy)


def test_a_log_that_has_shrunk_is_refused_and_its_seal_kept(
    address: str, copy: Path, log: PlainLog, tmp_path: Path
) -> None:
    mirror(address, copy)
    (tmp_path / "log/checkpoint").write_text(str(log.note(290)))
    with pytest.raises(Shrunken):
        mirror(address, copy)
    assert held(copy).size == 300
    assert len(list((copy / "seen").iterdir())) == 2


@pytest.mark.parametrize("kept", [0, 10, 256, 299])
@pytest.mark.parametrize("size", [300, 513, 700])
def test_a_log_that_was_rewritten_is_refused_and_both_seals_kept(
    address: str, copy: Path, log: PlainLog, tmp_path: Path, kept: int, size: int
) -> None:
    mirror(address, copy)
    before = files(copy)
    other = PlainLog.of(log.entries[:kept], log.key).grow(size - kept, "lie")
    other.write(tmp_path / "log")
    with pytest.raises(NotConsistent):
        mirror(address, copy)
    after = files(copy)
    seal = f"seen/{size}-{other.checkpoint().root.hex()[:16]}"
    assert after.pop(seal) == str(other.note()).encode()
    assert after == before


def test_a_lie_about_the_first_leaf_is_found_in_a_log_of_one(
    serve: Callable[[Path], str], copy: Path, tmp_path: Path
) -> None:
    log = PlainLog().grow(1)
    served = serve(log.write(tmp_path / "log"))
    mirror(served, copy, log.key.verifier)
    PlainLog.of([], log.key).grow(2, "lie").write(tmp_path / "log")
    with pytest.raises(NotConsistent):
        mirror(served, copy)


def test_anothers_key_is_refused(address: str, copy: Path, log: PlainLog) -> None:
    with pytest.raises(OtherKey):
        mirror(address, copy, SignerKey.generate(log.key.name).verifier)
    with pytest.raises(RecordRefusal):
        mirror(address, copy, SignerKey.generate("other.example/registre").verifier)
    assert not (copy / "verifier-key").exists()


def test_the_key_that_was_believed_once_is_asked_again(
    address: str, copy: Path, log: PlainLog, tmp_path: Path
) -> None:
    mirror(address, copy)
    assert (copy / "verifier-key").read_text() == f"{log.key.verifier}\n"
    thief = PlainLog(key=SignerKey.generate(log.key.name))
    thief.state("log.opened", origin=thief.key.name, key=str(thief.key.verifier)).grow(400)
    thief.write(tmp_path / "log")
    with pytest.raises(OtherKey):
        mirror(address, copy)
    assert not any(str(thief.note()) == each.read_text() for each in (copy / "seen").iterdir())


def test_a_change_of_key_that_both_have_signed_is_followed(
    address: str, copy: Path, log: PlainLog, tmp_path: Path
) -> None:
    mirror(address, copy)
    after = SignerKey.generate(log.key.name)
    log.state("key.changed", before=str(log.key.verifier), after=str(after.verifier))
    log.write(tmp_path / "log")
    both = log.checkpoint().signed_by(log.key, after)
    (tmp_path / "log/checkpoint").write_text(str(both))
    done = mirror(address, copy)
    assert (done.key, done.key_changed) == (after.verifier, True)
    log.key = after
    log.grow(1).write(tmp_path / "log")
    assert mirror(address, copy).checkpoint.size == 302


def test_a_change_of_key_that_only_the_old_one_signs_is_not_followed(
    address: str, copy: Path, log: PlainLog, tmp_path: Path
) -> None:
    mirror(address, copy)
    after = SignerKey.generate(log.key.name)
    log.state("key.changed", before=str(log.key.verifier), after=str(after.verifier))
    log.write(tmp_path / "log")
    assert mirror(address, copy).key == log.key.verifier
    log.key = after
    log.grow(1).write(tmp_path / "log")
    with pytest.raises(OtherKey):
        mirror(address, copy)
    assert mirror(address, copy, after.verifier).key_changed


def test_a_log_that_names_no_key_wants_one(
    serve: Callable[[Path], str], copy: Path, tmp_path: Path
) -> None:
    log = PlainLog().grow(5)
    served = serve(log.write(tmp_path / "log"))
    with pytest.raises(KeyUnknown):
        mirror(served, copy)
    assert mirror(served, copy, log.key.verifier).checkpoint.size == 5


def test_an_altered_seal_is_refused(address: str, copy: Path, log: PlainLog) -> None:
    served = Path(copy.parent / "log/checkpoint")
    served.write_text(str(log.note()).replace("\n300\n", "\n299\n"))
    with pytest.raises(BadSignature):
        mirror(address, copy)
    served.write_text("<html>")
    with pytest.raises(Malformed):
        mirror(address, copy)


def test_two_copies_into_one_folder_do_not_mix(address: str, copy: Path) -> None:
    with _alone(copy), pytest.raises(Busy):
        mirror(address, copy)


def test_the_command_needs_neither_base_nor_site(address: str, copy: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "FREECO" not in name}
    environment["FREECO_ENVIRONMENT"] = "a word that no site takes"
    command = [sys.executable, "-c", "from freeco.cli import main; main()"]
    command += ["record", "mirror", address, str(copy)]
    (tmp_path / "here").mkdir()

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path / "here",
        )

    done = run()
    assert done.returncode == 0, done.stderr
    assert "300 inscriptions vérifiées, dont 300 nouvelles" in done.stdout
    assert "comparez-la" in done.stderr
    assert list((tmp_path / "here").iterdir()) == []
    (tmp_path / "log/tile/entries/000").write_bytes(b"")
    (copy / "tile/entries/000").unlink()
    done = run()
    assert done.returncode == 1
    assert "ne correspond pas au sceau" in done.stderr


def test_the_log_of_a_community_is_copied_as_it_is_served(
    app: Flask, community: Community, copy: Path
) -> None:
    """From the site itself, as a neighbour would: its first statement names its key."""
    seal_some(community, 3, 300)
    origin = log_of(community).origin
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, app, threaded=False)
    thread = Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        done = mirror(f"http://127.0.0.1:{server.server_port}/{community.slug}/registre", copy)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert done.checkpoint.origin == origin
    assert done.checkpoint.size >= 303
