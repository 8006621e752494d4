"""Boards of tokens that somebody wrote to deceive: refused in a sentence, never with a crash."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.sealed.writing import compact
from freeco_project_decisions.secret.verify_command import verify_archive
from freeco_project_decisions.tokens import casting, reading
from freeco_project_decisions.tokens.ballots import (
    ORDER,
    BadBallot,
    der_of,
    is_low,
    raw_of,
    read_ballot,
)
from freeco_project_decisions.tokens.boards import Kind, read_lines
from freeco_project_decisions.tokens.errors import BallotUnsigned
from freeco_project_decisions.tokens.testing import (
    CASTING,
    begin,
    cast,
    chained,
    close,
    get_token,
    open_all,
    waiting,
)

Ask = Callable[..., Poll]
Body = tuple[Kind, Any]
SETUP, ISSUED, CLOSED, RESULT = 0, 1, 3, -1
"""Where these lines stand on the board below."""


@pytest.fixture
def board(ask: Ask, people: list[Member]) -> list[Body]:
    """Give the board of a vote that was counted, of one ballot: equal to true, and to 1.0."""
    votes, secrets = begin(ask(Method.APPROVAL, "Toit", "Puits", opened=False), people)
    cast(votes, get_token(votes, people[0]), [1, 0])
    close(votes)
    open_all(votes, secrets)
    lines = read_lines(reading.export(votes).decode().splitlines())
    return [(line.kind, line.body) for line in lines]


def refused(board: list[Body], where: int, body: object, folder: Path) -> None:
    """Change one line, and see the command refuse it in a sentence."""
    lines = list(board)
    lines[where] = (lines[where][0], body)
    file = folder / "vote.jetons.jsonl"
    file.write_bytes(chained(lines))
    said = CliRunner().invoke(verify_archive, [str(file)])
    assert isinstance(said.exception, SystemExit), (body, said.exception)
    assert (said.exit_code, "refusé" in said.output) == (1, True), (body, said.output)


def test_a_number_is_neither_a_fraction_nor_a_truth(board: list[Body], tmp_path: Path) -> None:
    for many in (1.0, True, "1", [1], None):
        refused(board, CLOSED, {"ballots": many, "counted": many}, tmp_path)
    assert board[CLOSED][1] == {"ballots": 1, "counted": 1}
    for signer in (1.0, True, "1"):
        refused(board, ISSUED, [{**board[ISSUED][1][0], "signer": signer}], tmp_path)


@pytest.mark.parametrize(
    "digests",
    [
        ["a"],
        [1],
        [{}],
        [["a"]],
        ["a", 1],
        ["A" * 64],
        ["0" * 63 + "g"],
        ["0" * 64 + "\n"],
        ["1" * 64, "0" * 64],
        ["0" * 64, "0" * 64],
        "0" * 64,
        {"0" * 64: 1},
        None,
    ],
)
def test_what_was_signed_are_digests_and_nothing_else(
    board: list[Body], tmp_path: Path, digests: object
) -> None:
    refused(board, ISSUED, [{"signer": 1, "digests": digests}], tmp_path)


def test_a_question_that_no_count_answers_is_refused(board: list[Body], tmp_path: Path) -> None:
    setup = json.loads(board[SETUP][1])
    question = json.loads(setup["question"])
    majority = question["majority"]
    changes: list[dict[str, object]] = [
        {"method": "sorcery"},
        {"method": ["approval"]},
        {"method": "draw"},
        {"method": "consent"},
        {"majority": {**majority, "share": "1/0"}},
        {"majority": {**majority, "share": "3/2"}},
        {"majority": {**majority, "quorum": "-1/2"}},
        {"majority": {**majority, "quorum": 1}},
        {"majority": {**majority, "base": "nobody"}},
        {"majority": {**majority, "more_than": 1}},
        {"majority": []},
        {"places": "x"},
        {"places": 0},
        {"places": True},
        {"places": 1.0},
        {"tie": "mine"},
        {"budget": 1.5},
        {"budget": -1},
        {"options": "abc"},
        {"options": [{"text": 1, "cost": None}]},
        {"options": [{"text": "Toit", "cost": "x"}]},
        {"options": [None, None]},
        {"title": 3},
        {"title": "Autre chose"},
        {"text": None},
        {"closes_at": 0},
        {"closes_at": "demain"},
    ]
    for change in changes:
        written = compact({**setup, "question": compact({**question, **change})})
        refused(board, SETUP, written, tmp_path)
    whole = setup["question"]
    # Said twice, or with a space that no eye sees: one question has one text.
    twice = whole.replace("{", '{"title":"Le puits",', 1)
    for text in ("", "[]", "null", "{}", '"question"', "[" * 100_000, twice, whole + " "):
        refused(board, SETUP, compact({**setup, "question": text}), tmp_path)


def test_a_result_that_is_no_result_is_refused(board: list[Body], tmp_path: Path) -> None:
    result = board[RESULT][1]
    for change in (
        {"seed": 3},
        {"seed": "graine"},
        {"counted": 1.0},
        {"counted": True},
        {"refused": None},
        {"outcome": None},
    ):
        refused(board, RESULT, {**result, **change}, tmp_path)
    refused(board, RESULT, [], tmp_path)


def higher(signature: bytes) -> bytes:
    """Make the other signature that holds: anybody can."""
    r, s = decode_dss_signature(der_of(signature))
    return r.to_bytes(32, "big") + (ORDER - s).to_bytes(32, "big")


def test_a_ballot_has_one_text_and_one_tracker(ask: Ask, people: list[Member]) -> None:
    """Else the site could publish the other text, and an honest receipt would say « left out »."""
    votes, _secrets = begin(ask(Method.APPROVAL, "Toit", "Puits", opened=False), people)
    setup, held = casting.setup_of(votes), get_token(votes, people[0])
    for serial in range(1, 9):
        ballot = held.vote(setup, [1, 0], serial)
        assert is_low(ballot.signature)
        other = replace(ballot, signature=higher(ballot.signature))
        assert (other.tracker != ballot.tracker, is_low(other.signature)) == (True, False)
        assert raw_of(der_of(other.signature)) == ballot.signature
        with pytest.raises(BadBallot):
            read_ballot(setup, other.text).check(setup)
    with held_at(CASTING):
        with pytest.raises(BallotUnsigned):
            casting.cast(votes, other.text)
        casting.cast(votes, ballot.text)
        db.session.commit()
    assert waiting(votes) == 1
