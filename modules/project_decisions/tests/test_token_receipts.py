"""What a voter by token keeps: a receipt that proves a ballot taken, and a page of their own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.record.keys import verifiers
from freeco.record.models import RecordEntry
from freeco.record.note import SignerKey, VerifierKey
from freeco.record.stating import log_of
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.secret.verify_command import verify_archive
from freeco_project_decisions.tokens import casting, errors, reading
from freeco_project_decisions.tokens.boards import Kind, Line, read_lines
from freeco_project_decisions.tokens.models import TokenPoll
from freeco_project_decisions.tokens.receipts import read_receipt
from freeco_project_decisions.tokens.testing import (
    AFTER,
    CASTING,
    begin,
    chained,
    close,
    get_token,
    open_all,
    waiting,
)
from freeco_project_decisions.tokens.voters import Held

Ask = Callable[..., Poll]
OPTIONS = ("Toit", "Puits", "Haie")
BOX = "/lavergne/project-decisions/urne/"


@pytest.fixture
def draft(ask: Ask) -> Poll:
    """Give a draft in which three things are ranked."""
    return ask(Method.SCHULZE, *OPTIONS, opened=False)


def drop(votes: TokenPoll, held: Held) -> casting.Taken:
    """Cast a ballot while votes are taken."""
    ballot = held.vote(casting.setup_of(votes), [1, 2, 3])
    with held_at(CASTING):
        taken = casting.cast(votes, ballot.text)
        db.session.commit()
    return taken


def key_of(votes: TokenPoll) -> VerifierKey:
    (key,) = verifiers(log_of(votes.poll.community))
    return key


def without(content: bytes, tracker: str) -> bytes:
    """Write a board as who leaves a ballot out would: with its chain and its numbers made again."""
    bodies, left = [], 0
    for line in read_lines(content.decode().splitlines()):
        body = line.body
        if line.kind is Kind.BALLOT and tracker_of(line) == tracker:
            left += 1
            continue
        if line.kind is Kind.CLOSED:
            body = {name: many - left for name, many in body.items()}
        bodies.append((line.kind, body))
    assert left == 1
    return chained(bodies)


def with_a_token_more(content: bytes) -> bytes:
    """Write a board as who signed a token in secret would show it to others."""
    bodies = [(line.kind, line.body) for line in read_lines(content.decode().splitlines())]
    kind, (issued,) = bodies[1]
    assert kind is Kind.ISSUED
    digests = sorted([*issued["digests"], sha256(b"in secret").hexdigest()])
    bodies[1] = (kind, [{**issued, "digests": digests}])
    return chained(bodies)


def tracker_of(line: Line) -> str:
    from freeco_project_decisions.sealed.writing import compact, fingerprint

    return fingerprint(compact(line.body))


def verify(board: bytes, receipt: str, key: object, folder: Path) -> Result:
    archive, kept = folder / "vote.jetons.jsonl", folder / "recu.txt"
    archive.write_bytes(board)
    kept.write_text(receipt, "utf-8")
    args = [str(archive), "--receipt", str(kept), "--key", str(key)]
    return CliRunner().invoke(verify_archive, args)


def test_a_receipt_proves_that_a_ballot_was_left_out(
    draft: Poll, people: list[Member], tmp_path: Path
) -> None:
    votes, secrets = begin(draft, people)
    tokens = [get_token(votes, member) for member in people[:3]]
    mine, *_others = [drop(votes, held) for held in tokens]
    key = key_of(votes)
    waits = verify(reading.export(votes), mine.receipt, key, tmp_path)
    assert (waits.exit_code, "pas encore publié" in waits.output) == (3, True)
    close(votes)
    shut = reading.export(votes)
    assert verify(shut, mine.receipt, key, tmp_path).exit_code == 3
    dropped = verify(without(shut, mine.tracker), mine.receipt, key, tmp_path)
    assert (dropped.exit_code, "le prouve" in dropped.output) == (4, True)
    open_all(votes, secrets)
    there = verify(reading.export(votes), mine.receipt, key, tmp_path)
    assert (there.exit_code, f"{mine.tracker} y est" in there.output) == (0, True)


def test_a_receipt_proves_that_two_boards_were_shown(
    draft: Poll, people: list[Member], tmp_path: Path
) -> None:
    votes, _secrets = begin(draft, people)
    tokens = [get_token(votes, member) for member in people[:2]]
    mine, _other = [drop(votes, held) for held in tokens]
    close(votes)
    board = reading.export(votes)
    key = key_of(votes)
    # A token more than were signed when the voter came; their own ballot is there.
    shown = verify(with_a_token_more(board), mine.receipt, key, tmp_path)
    assert (shown.exit_code, "deux tableaux" in shown.output) == (4, True)
    assert verify(board, mine.receipt, key, tmp_path).exit_code == 3
    received = read_receipt(mine.receipt, key)
    assert (received.lines, received.tracker) == (2, mine.tracker)
    lines = read_lines(board.decode().splitlines())
    assert received.head == lines[1].digest


def test_a_receipt_that_somebody_wrote_proves_nothing(
    draft: Poll, people: list[Member], ask: Ask, tmp_path: Path
) -> None:
    votes, _secrets = begin(draft, people)
    mine = drop(votes, get_token(votes, people[0]))
    elsewhere, _ignored = begin(ask(Method.SCHULZE, *OPTIONS, opened=False), people)
    other = drop(elsewhere, get_token(elsewhere, people[0]))
    close(votes)
    board, key = reading.export(votes), key_of(votes)
    forged = mine.receipt.replace(mine.tracker, "A" * 43)
    assert forged != mine.receipt
    for receipt in (forged, "", mine.receipt.replace("/v1", "/v2"), other.receipt):
        assert verify(board, receipt, key, tmp_path).exit_code == 1
    stranger = SignerKey.generate(key.name).verifier
    assert verify(board, mine.receipt, stranger, tmp_path).exit_code == 1
    assert verify(board, mine.receipt, "no key", tmp_path).exit_code == 1


def test_a_receipt_names_nobody_and_is_kept_by_the_voter_alone(
    draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    taken = drop(votes, get_token(votes, people[0]))
    received = read_receipt(taken.receipt, key_of(votes))
    log = log_of(draft.community)
    said = taken.receipt.split("\n\n")[0].splitlines()
    assert said == [
        "freeco/token-ballot/v1",
        log.origin,
        votes.identifier,
        sha256(votes.setup.encode()).hexdigest(),
        taken.tracker,
        str(received.lines),
        received.head,
    ]
    statements = db.session.scalars(select(RecordEntry.entry)).all()
    assert statements
    assert not any(taken.tracker.encode() in each for each in statements)


def test_whose_answer_was_lost_has_the_receipt_again_even_after_the_end(
    draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    setup = casting.setup_of(votes)
    ballot = get_token(votes, people[0]).vote(setup, [1, 2, 3])
    late = get_token(votes, people[1]).vote(setup, [1, 2, 3])
    with held_at(CASTING):
        first = casting.cast(votes, ballot.text)
        assert casting.cast(votes, ballot.text) == first._replace(again=True)
        db.session.commit()
    with held_at(AFTER):
        assert casting.cast(votes, ballot.text).receipt == first.receipt
    close(votes)
    with held_at(AFTER + timedelta(days=1)):
        again = casting.cast(votes, ballot.text)
        assert read_receipt(again.receipt, key_of(votes)).lines == 4
        with pytest.raises(errors.CastingOver):
            casting.cast(votes, late.text)


def test_a_rehearsal_has_no_record_and_gives_no_receipt(
    draft: Poll, people: list[Member], elsewhere: Community
) -> None:
    draft.community.admission = "invitation"
    draft.community.rehearsal_of_id = elsewhere.id
    db.session.commit()
    votes, _secrets = begin(draft, people)
    assert drop(votes, get_token(votes, people[0])).receipt == ""


def test_a_ballot_written_elsewhere_is_handed_over_as_a_file(
    app: Flask, draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    held, setup = get_token(votes, people[0]), casting.setup_of(votes)
    ballot = held.vote(setup, [1, 2, 3])
    stranger = app.test_client()
    address = f"{BOX}{votes.identifier}/fichier"

    def hand_over(content: bytes) -> tuple[int, str]:
        sent = {"file": (BytesIO(content), "bulletin.json")}
        page = stranger.post(address, data=sent, content_type="multipart/form-data")
        assert "Set-Cookie" not in page.headers
        return page.status_code, page.text

    with held_at(CASTING):
        status, page = hand_over(ballot.text.encode() + b"\n")
        assert (status, ballot.tracker in page, "freeco/token-ballot/v1" in page) == (
            200,
            True,
            True,
        )
        assert waiting(votes) == 1
        older = hand_over(held.vote(setup, [3, 2, 1]).text.encode())
        assert (older[0], "déjà voté avec ce numéro" in older[1]) == (409, True)
        for wrong in (b"", b"\xff", b"{}", b"x" * 20_000):
            assert hand_over(wrong)[0] == 422
        assert stranger.post(address).status_code == 422
    forged = replace(ballot, serial=2).text.encode()
    with held_at(CASTING):
        assert hand_over(forged)[0] == 403


def test_the_page_to_save_is_what_the_record_states_and_fetches_nothing(
    app: Flask, draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    stranger = app.test_client()
    with held_at(CASTING):
        given = stranger.get(f"{BOX}{votes.identifier}/page")
        box = stranger.get(f"{BOX}{votes.identifier}")
    digest = sha256(given.data).hexdigest()
    statement = select(RecordEntry.entry).where(RecordEntry.kind == "token.opened")
    assert f'"page":"{digest}"'.encode() in db.session.scalars(statement).one()
    assert digest in box.text
    assert "attachment" in given.headers["Content-Disposition"]
    page = unescape(given.text)
    assert "default-src 'none'; script-src 'sha256-" in page
    assert all(each not in page for each in ("<link", "src=", "@import", "url("))
    assert all(option in page for option in OPTIONS)
    assert 'name="option_0"' in page
    assert f"/lavergne/project-decisions/urne/{votes.identifier}/bulletins" in page
    assert stranger.get(f"{BOX}inconnu/page").status_code == 404


def test_a_saved_page_may_read_what_the_box_answers(
    app: Flask, draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    ballot = get_token(votes, people[0]).vote(casting.setup_of(votes), [1, 2, 3])
    stranger = app.test_client()
    with held_at(CASTING):
        for content in (ballot.text, "{}"):
            answer = stranger.post(f"{BOX}{votes.identifier}/bulletins", data=content)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_vote_opened_before_there_was_a_page_goes_on_without(
    app: Flask, draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    votes.page = b""
    db.session.commit()
    stranger = app.test_client()
    with held_at(CASTING):
        assert "Enregistrer la page de vote" not in stranger.get(f"{BOX}{votes.identifier}").text
        assert stranger.get(f"{BOX}{votes.identifier}/page").status_code == 404
