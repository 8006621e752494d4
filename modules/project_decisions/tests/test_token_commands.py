"""``freeco vote sign`` and ``verify`` on votes by tokens; the boards that somebody changed."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco.testing.visitor import Visitor
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.writing import compact
from freeco_project_decisions.secret.verify_command import verify_archive
from freeco_project_decisions.tokens import blind, casting, issuing, reading, signer_files, voters
from freeco_project_decisions.tokens.boards import Kind, Line, read_lines
from freeco_project_decisions.tokens.commands import make_key, sign_requests
from freeco_project_decisions.tokens.models import TokenIssue
from freeco_project_decisions.tokens.setups import base64_of
from freeco_project_decisions.tokens.signer_files import Request
from freeco_project_decisions.tokens.testing import (
    NOW,
    begin,
    cast,
    chained,
    close,
    get_token,
    open_all,
)
from freeco_project_decisions.tokens.verifying import verify_board

Ask = Callable[..., Poll]
VOTE = "unvote1234567x"
PHRASE = "trois-ponts-et-un-panier\n"


def sign(folder: Path, *requests: Request, electors: int = 8) -> Result:
    """Sign requests with the key in a folder."""
    file = folder / "demandes.json"
    file.write_text(signer_files.write_requests(VOTE, electors, list(requests)))
    key = folder / f"signataire-{VOTE}.pem"
    return CliRunner().invoke(sign_requests, [str(key), str(file)], input=PHRASE)


def test_a_sister_makes_a_key_and_signs_once_for_each_elector(tmp_path: Path) -> None:
    made = CliRunner().invoke(
        make_key, [VOTE, "--name", "La Sœur", "--folder", str(tmp_path)], input=PHRASE * 2
    )
    assert made.exit_code == 0, made.output
    public = (tmp_path / f"signataire-{VOTE}.json").read_text()
    key = blind.read_public(signer_files.read_public(public, VOTE).key)
    hidden = [blind.blind(key, blind.prepare(bytes([each]))).message for each in range(3)]
    assert sign(tmp_path, Request(12, hidden[0]), Request(13, hidden[1])).exit_code == 0
    answer = (tmp_path / f"signatures-{VOTE}.json").read_text()
    assert sign(tmp_path, Request(12, hidden[0])).exit_code == 0
    assert sorted(signer_files.read_signatures(answer, VOTE)) == [12, 13]
    again = sign(tmp_path, Request(12, hidden[2]))
    assert (again.exit_code, "d’une autre demande" in again.output) == (1, True)
    assert sign(tmp_path, Request(14, hidden[2]), electors=9).exit_code == 1
    assert json.loads((tmp_path / f"signataire-{VOTE}.signed.json").read_text())["electors"] == 8


def test_a_sister_signs_no_more_than_there_are_electors(tmp_path: Path) -> None:
    args = [VOTE, "--name", "La Sœur", "--folder", str(tmp_path)]
    assert CliRunner().invoke(make_key, args, input="court\ncourt\n").exit_code == 1
    assert CliRunner().invoke(make_key, args, input=PHRASE * 2).exit_code == 0
    assert CliRunner().invoke(make_key, args, input=PHRASE * 2).exit_code == 1
    key = blind.read_public(
        signer_files.read_public((tmp_path / f"signataire-{VOTE}.json").read_text(), VOTE).key
    )
    hidden = [blind.blind(key, blind.prepare(bytes([each]))).message for each in range(2)]
    assert sign(tmp_path, Request(1, hidden[0]), electors=1).exit_code == 0
    assert sign(tmp_path, Request(2, hidden[1]), electors=1).exit_code == 1


@pytest.fixture
def board(ask: Ask, people: list[Member]) -> list[Line]:
    """Give the board of a vote that was counted, of three ballots."""
    poll = ask(Method.SCHULZE, "Toit", "Puits", opened=False)
    votes, secrets = begin(poll, people)
    for held in [get_token(votes, member) for member in people[:3]]:
        cast(votes, held, [1, 2])
    close(votes)
    open_all(votes, secrets)
    return read_lines(reading.export(votes).decode().splitlines())


def verify(content: bytes, folder: Path) -> Result:
    file = folder / "vote.jetons.jsonl"
    file.write_bytes(content)
    return CliRunner().invoke(verify_archive, [str(file)])


def changed(line: Line, **fields: object) -> tuple[Kind, object]:
    return line.kind, {**line.body, **fields}


def test_what_somebody_changes_on_a_board_is_refused(board: list[Line], tmp_path: Path) -> None:
    whole = [(line.kind, line.body) for line in board]
    kinds = [line.kind for line in board]
    assert kinds == ["setup", "issued", *["ballot"] * 3, "closed", *["opening"] * 3, "result"]
    sound = verify(chained(whole), tmp_path)
    assert sound.exit_code == 0, sound.output
    assert "3 bulletins comptés" in sound.output.replace("\u00a0", " ")
    assert verify(chained(whole[:-1]), tmp_path).exit_code == 3
    assert verify(chained(whole[:4]), tmp_path).exit_code == 3
    setup, issued, ballot, result = board[0], board[1], board[2], board[-1]
    one = [{"signer": 1, "digests": issued.body[0]["digests"][:1]}]
    forged = {
        **ballot.body,
        "token": {**ballot.body["token"], "signatures": [base64_of(bytes(256))]},
    }
    fewer = setup.body.replace('"electors":8', '"electors":2')
    opening = board[6].body
    factors = opening["payload"]["decryption_factors"]
    swapped = {**opening["payload"], "decryption_factors": [factors[0][::-1]]}
    for name, lines in {
        "a ballot is taken out": [*whole[:2], *whole[3:]],
        "a ballot stands twice": [*whole[:3], *whole[2:]],
        "a ballot comes after the end": [*whole[:2], *whole[3:6], whole[2], *whole[6:]],
        "a token is not signed": [*whole[:2], (Kind.BALLOT, forged), *whole[3:]],
        "a choice is changed": [
            *whole[:2],
            changed(ballot, content=board[3].body["content"]),
            *whole[3:],
        ],
        "more tokens than signed": [whole[0], (Kind.ISSUED, one), *whole[2:]],
        "more tokens than electors": [(Kind.SETUP, fewer), *whole[1:]],
        "a trustee's part is false": [*whole[:6], changed(board[6], payload=swapped), *whole[7:]],
        "a trustee is missing": [*whole[:6], *whole[7:]],
        "another result": [*whole[:-1], changed(result, counted=4)],
        "a seed where nothing is drawn": [*whole[:-1], changed(result, seed="graine")],
        "another number of ballots": [*whole[:5], changed(board[5], ballots=4), *whole[6:]],
        "no setup": whole[1:],
        "two results": [*whole, whole[-1]],
        "an opening before the end": [*whole[:5], *whole[6:9], *whole[9:]],
    }.items():
        refused = verify(chained(lines), tmp_path)
        assert (refused.exit_code, "refusé" in refused.output) == (1, True), name


def test_a_line_changed_without_its_chain_is_refused(board: list[Line]) -> None:
    texts = [line.text for line in board]
    for broken in ([*texts[:3], texts[4], texts[3], *texts[5:]], [*texts[:2], f"{texts[2]} "], []):
        with pytest.raises(Unsound):
            verify_board("\n".join(broken).encode())
    with pytest.raises(Unsound):
        verify_board(b"\xff")


def test_several_processes_verify_the_same(board: list[Line]) -> None:
    content = "".join(f"{line.text}\n" for line in board).encode()
    with ThreadPoolExecutor(2) as pool:
        assert verify_board(content, pool).tokens == 3


def test_a_token_asked_for_many_times_at_once_is_signed_once(
    app: Flask, ask: Ask, people: list[Member]
) -> None:
    votes, _secrets = begin(ask(Method.SCHULZE, "Toit", "Puits", opened=False), people)
    setup = casting.setup_of(votes)
    person = people[0].person
    assert person is not None
    account = (person.id, person.session_number)
    address = f"/lavergne/project-decisions/votes/{votes.poll_id}/jetons/demande"
    wishes = [[base64_of(each) for each in voters.wish(setup).blinded] for _each in range(4)]
    db.session.commit()

    def demand(number: int) -> tuple[int, str]:
        browser = app.test_client()
        assert isinstance(browser, Visitor)
        with browser.session_transaction() as session:
            session["person"], session["number"] = account
        answer = browser.post(address, json={"blinded": wishes[number % 4]})
        return answer.status_code, compact(answer.json)

    with held_at(NOW), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(demand, range(16)))
    assert len({text for status, text in answers if status == 200}) == 1
    assert {status for status, _text in answers} == {200, 409}
    db.session.rollback()
    assert len(db.session.scalars(select(TokenIssue)).all()) == 1
    assert issuing.many_issued(votes.signers[0]) == 1
