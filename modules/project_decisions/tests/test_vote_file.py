"""The file of a secret vote is put together once for all who take it, and again when it grew."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Member
from freeco.testing.visitor import Visitor
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.sealed.verifying import verify
from freeco_project_decisions.secret import board, filing, preparing
from freeco_project_decisions.secret.playing import Keepers, Voters, open_with_codes, prepare

Ask = Callable[..., Poll]


@pytest.fixture(autouse=True)
def folder(app: Flask) -> Iterator[Path]:
    """Give where the copies lie, empty."""
    found = kernel().settings.home / "archives"
    shutil.rmtree(found, ignore_errors=True)
    yield found
    if found.is_file():
        found.unlink()


@pytest.fixture
def voters(ask: Ask, people: list[Member]) -> Voters:
    """Give a secret poll that is open."""
    poll, keepers = ask(opened=False), Keepers(3)
    prepare(poll, keepers, people[1:4])
    opened = open_with_codes(poll, keepers)
    db.session.commit()
    return opened


@pytest.fixture
def reads(app: Flask) -> list[str]:
    """Give the list of the times that pieces are read from the database."""
    found: list[str] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def _heard(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "archive_piece.content" in statement:
            found.append(statement)

    return found


def address(voters: Voters) -> str:
    identifier = preparing.sealed_of(voters.poll).identifier
    return f"/lavergne/project-decisions/votes/secret/{identifier}/archive"


def get(client: Visitor, where: str, **headers: str) -> TestResponse:
    """Read an answer to its end, and let go of the file that it was read from."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.get(where, headers=named)
    assert answer.data is not None
    answer.close()
    return answer


def grow(voters: Voters) -> None:
    for voter in range(8):
        voters.cast(voter, [[0, 1, 0]])
    board.publish_batch(voters.poll)
    db.session.commit()


def copies() -> list[Path]:
    return sorted((kernel().settings.home / "archives").iterdir())


def test_the_file_is_put_together_once_until_ballots_are_added(
    client: Visitor, voters: Voters, reads: list[str]
) -> None:
    where = address(voters)
    first = [get(client, where) for _each in range(3)]
    assert len(reads) == 1
    assert len({each.data for each in first}) == 1
    assert len({each.headers["ETag"] for each in first}) == 1
    grow(voters)
    reads.clear()
    later = [get(client, where) for _each in range(3)]
    assert len(reads) == 1
    assert later[0].data == filing.archive_of(voters.poll) != first[0].data
    assert later[0].headers["ETag"] != first[0].headers["ETag"]
    assert len(verify(later[2].data).ballots) == 8
    assert len(copies()) == 1, "what it was before is gone"


def test_who_has_it_already_is_told_that_nothing_changed(
    client: Visitor, voters: Voters, reads: list[str]
) -> None:
    where = address(voters)
    known = {"If_None_Match": get(client, where).headers["ETag"]}
    reads.clear()
    same = get(client, where, **known)
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["ETag"] == known["If_None_Match"]
    assert reads == []
    grow(voters)
    assert get(client, where, **known).status_code == 200


def test_a_download_that_broke_off_goes_on(client: Visitor, voters: Voters) -> None:
    where = address(voters)
    whole = get(client, where)
    going_on = {"Range": "bytes=100-", "If_Range": whole.headers["ETag"]}
    part = get(client, where, **going_on)
    assert (part.status_code, part.data) == (206, whole.data[100:])
    grow(voters)
    assert get(client, where, **going_on).status_code == 200


def test_the_file_says_no_hour_and_is_no_shared_cache_s(client: Visitor, voters: Voters) -> None:
    answer = get(client, address(voters))
    assert "Last-Modified" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_a_disk_that_takes_nothing_does_not_hold_the_file_back(
    client: Visitor, voters: Voters, folder: Path
) -> None:
    folder.write_text("no folder")
    answer = get(client, address(voters))
    assert answer.status_code == 200
    assert answer.data == filing.archive_of(voters.poll)


def test_ballots_added_while_it_is_written_are_not_given_under_the_former_name(
    app: Flask, client: Visitor, voters: Voters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL each statement sees what was committed before it."""
    written, grown = filing._written, []

    def grow_meanwhile(folder: Path, sealed: object) -> Path:
        if not grown:
            grown.append(True)
            grow(voters)
        return written(folder, preparing.sealed_of(voters.poll))

    monkeypatch.setattr(filing, "_written", grow_meanwhile)
    monkeypatch.setattr(filing, "_clear", lambda *_files: None)
    with app.test_request_context(method="POST"):
        sealed = preparing.sealed_of(voters.poll)
        file = filing.file_of(sealed)
    assert filing.stands_at(preparing.sealed_of(voters.poll)) in file.name
    assert file.read_bytes() == filing.archive_of(voters.poll)
    assert copies() == [file]


def test_copies_are_never_many(
    voters: Voters, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "MOST_FILES", 3)
    folder.mkdir()
    for other in range(9):
        (folder / f"other{other}-0.bel").write_bytes(b"")
    file = filing.file_of(preparing.sealed_of(voters.poll))
    assert len(copies()) == 3
    assert file in copies()
