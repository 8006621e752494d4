"""The log's files: a stranger copies them all, and verifies them with what is in them alone."""

from typing import Any

import pytest

from freeco.db import db
from freeco.members.models import Admission, Community, Member, Person
from freeco.record import sequencer
from freeco.record.checkpoint import Checkpoint, open_checkpoint
from freeco.record.models import RecordLog
from freeco.record.note import VerifierKey
from freeco.record.reading import log_if_any
from freeco.record.showing import keys_of
from freeco.record.statement import Statement
from freeco.record.stating import state
from freeco.record.tiles import HASH, WIDTH, node_of, tile_path, unbundle, widths
from freeco.record.tree import inclusion_proof, leaf_hash, root, verify_inclusion
from freeco.testing import Visitor, make_community, make_member, sign_in_as

ADDRESS = "/lavergne/registre/"
HOSTILE = (
    "0/000.p/0",
    "0/000.p/256",
    "0/000.p/01",
    "0/000.p/1000",
    "0/000.p/-1",
    "0/000.p/１",
    "0/001",
    "0/x000/000",
    "0/00",
    "0/0000",
    "0/x001",
    "00/000",
    "-1/000",
    "64/000",
    "7/000.p/1",
    "data/000",
    "entries/000.p/",
    "entries/000.p/1/",
    "entries/../../checkpoint",
    "entries/..%2f..%2fcheckpoint",
    "entries//000",
    "/entries/000",
    "0/000%00",
    "0/000%0a",
    "0/" + "x999/" * 2000 + "999",
    "0/" + "9" * 5000,
    "0/x" + "9" * 5000,
    "entries/" + "x999/" * 18 + "999.p/1",
)


def note_things(community: Community, number: int) -> RecordLog:
    """State this many facts without anybody's name, and seal them together."""
    for each in range(number):
        state(
            community,
            "module.resumed",
            f"resumed:{number}:{each}",
            about={"module": f"module-{each}"},
        )
    log = log_if_any(community)
    assert log is not None
    while sequencer.sequence(log) is not None:
        db.session.commit()
    db.session.commit()
    return log


def copied(client: Visitor, path: str) -> bytes:
    answer = client.get(ADDRESS + path)
    assert answer.status_code == 200, path
    content: bytes = answer.data
    return content


def test_a_stranger_copies_a_whole_log_and_verifies_it(
    client: Visitor, community: Community
) -> None:
    log = note_things(community, 300)
    key = VerifierKey.read(keys_of(log)[0].verifier)
    head = open_checkpoint(copied(client, "checkpoint"), key)
    assert head.size > 300

    tiles = {
        (level, number): copied(client, tile_path(level, number, width))
        for level, number, width in widths(head.size)
    }
    entries: list[bytes] = []
    for level, number, width in widths(head.size):
        if level == 0:
            bundle = unbundle(copied(client, tile_path(None, number, width)))
            assert len(bundle) == width
            entries += bundle
    node = node_of(head.size, lambda level, number, width: tiles[level, number][: width * HASH])

    assert root(head.size, node) == head.root
    assert b"".join(tiles[0, number] for number in (0, 1)) == b"".join(map(leaf_hash, entries))
    for index in (0, 255, 256, head.size - 1):
        proof = inclusion_proof(index, head.size, node)
        verify_inclusion(leaf_hash(entries[index]), index, head.size, proof, head.root)
    assert {Statement.read(entry).kind for entry in entries} >= {"module.resumed", "log.opened"}


def test_a_partial_tile_is_given_in_the_widths_that_were_signed_and_no_other(
    client: Visitor, community: Community
) -> None:
    first = note_things(community, 3).size
    second = note_things(community, 5).size
    for kind in ("0", "entries"):
        given = [
            width
            for width in (*range(1, second + 4), WIDTH - 1)
            if client.get(f"{ADDRESS}tile/{kind}/000.p/{width}").status_code == 200
        ]
        assert given == [first, second]
        assert client.get(f"{ADDRESS}tile/{kind}/000").status_code == 404


def test_a_path_that_names_no_tile_is_absent(client: Visitor, community: Community) -> None:
    note_things(community, 3)
    answers = {path[:40]: client.get(f"{ADDRESS}tile/{path}").status_code for path in HOSTILE}
    assert answers == dict.fromkeys(answers, 404)


def test_files_may_be_kept_and_carry_no_cookie(
    client: Visitor, community: Community, member: Member, person: Person
) -> None:
    size = note_things(community, 3).size
    sign_in_as(client, person)
    tile = client.get(f"{ADDRESS}tile/0/000.p/{size}")
    assert tile.mimetype == "application/octet-stream"
    assert tile.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    head = client.get(f"{ADDRESS}checkpoint")
    assert head.content_type == "text/plain; charset=utf-8"
    assert "max-age=5" in head.headers["Cache-Control"]
    for answer in (tile, head):
        assert "Set-Cookie" not in answer.headers
    again = client.get(f"{ADDRESS}checkpoint", headers={"If-None-Match": head.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    note_things(community, 4)
    changed = client.get(f"{ADDRESS}checkpoint", headers={"If-None-Match": head.headers["ETag"]})
    assert Checkpoint.read(changed.text.partition("\n\n")[0] + "\n").size > size


def test_before_the_first_statement_there_is_no_file(client: Visitor) -> None:
    make_community("ailleurs", "Ailleurs")
    assert client.get("/ailleurs/registre/checkpoint").status_code == 404
    assert client.get("/ailleurs/registre/tile/0/000.p/1").status_code == 404


def test_a_statement_without_place_is_in_no_file(client: Visitor, community: Community) -> None:
    size = note_things(community, 3).size
    waiting = state(community, "module.resumed", "later", about={"module": "garden"})
    assert waiting is not None
    db.session.commit()
    assert client.get(f"{ADDRESS}tile/entries/000.p/{size + 1}").status_code == 404
    assert waiting.reference.encode() not in copied(client, f"tile/entries/000.p/{size}")


@pytest.fixture
def circle(app: Any) -> Community:
    """Give a circle that strangers do not know of, with a log."""
    return make_community("secret", "Cercle", Admission.INVITATION)


def test_a_closed_circle_shows_its_files_to_its_members_only(
    client: Visitor, circle: Community, member: Member, person: Person
) -> None:
    inside = make_member(circle, "Ada", "Roux")
    size = note_things(circle, 2).size
    paths = ("/secret/registre/checkpoint", f"/secret/registre/tile/0/000.p/{size}")
    for path in paths:
        assert client.get(path).status_code == 404
    sign_in_as(client, person)
    for path in paths:
        assert client.get(path).status_code == 404
    assert inside.person is not None
    sign_in_as(client, inside.person)
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"].startswith("private")
        assert "Set-Cookie" not in answer.headers
