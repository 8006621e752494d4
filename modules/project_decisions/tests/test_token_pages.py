"""A vote by tokens on its pages: prepared, tokens asked for, ballots cast without a session."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.record.models import RecordEntry
from freeco.testing.forms import fill_in
from freeco.testing.visitor import Visitor
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.secret import trustees
from freeco_project_decisions.tokens import blind, casting, reading, signer_files, voters
from freeco_project_decisions.tokens.models import TokenIssue, TokenPoll
from freeco_project_decisions.tokens.setups import base64_of, of_base64
from freeco_project_decisions.tokens.testing import (
    AFTER,
    CASTING,
    begin,
    cast,
    close,
    entrust,
    get_token,
    open_all,
    prepare,
)

Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]
PAGE = "/lavergne/project-decisions/"
OPTIONS = ("Toit", "Puits", "Haie")


@pytest.fixture
def draft(ask: Ask) -> Poll:
    """Give a draft in which three things are ranked."""
    return ask(Method.SCHULZE, *OPTIONS, opened=False)


def box(votes: TokenPoll) -> str:
    return f"{PAGE}urne/{votes.identifier}"


def test_a_clerk_prepares_it_and_opens_the_giving_of_tokens(
    visiting: Visit, clerk: Member, draft: Poll, people: list[Member]
) -> None:
    client = visiting(clerk)
    address = f"{PAGE}votes/{draft.id}/jetons/preparer"
    page = client.get(address)
    wrong = fill_in(client, page, "/heures", {"casts_on": "2026-10-30", "casts_hour": "08:00"})
    assert wrong.status_code == 422
    page = client.get(address)
    made = fill_in(client, page, "/heures", {"casts_on": "2026-10-08", "casts_hour": "08:00"})
    assert made.status_code == 302, made.text
    key = blind.draw_key()
    votes = db.session.scalars(select(TokenPoll)).one()
    file = signer_files.write_public(key, votes.identifier, "La Sœur")
    assert (
        client.post(f"{PAGE}votes/{draft.id}/jetons/signataires", data={"file": "x"}).status_code
        == 422
    )
    fill_in(client, client.get(address), "/signataires", {"file": file})
    assert "La Sœur" in client.get(address).text
    early = client.post(f"{PAGE}votes/{draft.id}/jetons/ouvrir")
    assert (early.status_code, "dépositaires" in early.text) == (422, True)
    entrust(draft, people[1:4])
    db.session.commit()
    client.post(f"{PAGE}votes/{draft.id}/jetons/ouvrir")
    assert "Retirer mon jeton" in client.get(f"{PAGE}votes/{draft.id}/jetons").text


def test_trustees_are_named_and_taken_back_on_the_page(
    visiting: Visit, clerk: Member, draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = prepare(draft, people)
    preparing = f"{PAGE}votes/{draft.id}/jetons/"
    client = visiting(clerk)
    client.post(f"{preparing}depositaires", data={"member": str(people[5].id)})
    client.post(
        f"{preparing}depositaires/ailleurs", data={"name": "La Sœur", "email": "s@example.org"}
    )
    client.post(f"{preparing}seuil", data={"threshold": "3"})
    db.session.rollback()
    group = trustees.group_of(votes.poll)
    assert ([each.label for each in group.trustees][3:], group.threshold) == (
        ["Fanny Martin", "La Sœur"],
        3,
    )
    client.post(f"{preparing}depositaires/{group.trustees[4].id}/retirer")
    client.post(f"{preparing}ouverts")
    db.session.rollback()
    assert db.session.scalars(select(TokenPoll)).all() == []


def test_a_token_is_asked_for_once_on_the_page(
    visiting: Visit, draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    client = visiting(people[0])
    address = f"{PAGE}votes/{draft.id}/jetons"
    assert "Retirer mon jeton" in client.get(address).text
    setup = casting.setup_of(votes)
    asked = voters.wish(setup)
    sent = {"blinded": [base64_of(each) for each in asked.blinded]}
    answers = [client.post(f"{address}/demande", json=sent) for _twice in range(2)]
    assert answers[0].json == answers[1].json
    assert answers[0].json is not None
    signed = [of_base64(each) for each in answers[0].json["signatures"]]
    assert voters.take(setup, asked, signed).token.signatures
    other = {"blinded": [base64_of(each) for each in voters.wish(setup).blinded]}
    refused = client.post(f"{address}/demande", json=other)
    assert (refused.status_code, refused.json and refused.json["given"]) == (409, True)
    wrong: tuple[object, ...] = (None, [], {"blinded": "x"}, {"blinded": ["é"]}, {"blinded": [1]})
    for broken in wrong:
        assert client.post(f"{address}/demande", json=broken).status_code in (409, 422)
    assert "Un jeton a déjà été demandé" in client.get(address).text


def test_a_ballot_is_cast_without_a_session_and_found_by_its_tracker(
    app: Flask, draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    held = get_token(votes, people[0])
    ballot = held.vote(casting.setup_of(votes), [1, 2, 3])
    stranger = app.test_client()
    with held_at(CASTING):
        page = stranger.get(box(votes))
        assert "Sceller et déposer" in page.text
        cast_at = f"{box(votes)}/bulletins"
        answer = stranger.post(cast_at, data=ballot.text)
        assert answer.json is not None
        assert (answer.json["tracker"], answer.json["again"]) == (ballot.tracker, False)
        assert f"\n{ballot.tracker}\n" in answer.json["receipt"]
        assert stranger.post(cast_at, data=ballot.text).status_code == 200
        used = stranger.post(cast_at, data=held.vote(casting.setup_of(votes), [3, 2, 1]).text)
        assert used.json is not None
        assert (used.status_code, used.json["last"]) == (409, 1)
        assert stranger.post(cast_at, data=b"\xff").status_code == 422
        assert stranger.post(cast_at, data="x" * 20_000).status_code == 422
        waits = stranger.post(f"{box(votes)}/tableau", data={"suivi": ballot.tracker})
        in_address = stranger.get(f"{box(votes)}/tableau", query_string={"suivi": ballot.tracker})
        assert "Ce bulletin est arrivé" in waits.text
        assert "Ce bulletin est arrivé" not in in_address.text
        assert stranger.post(f"{box(votes)}/tableau", data={"suivi": "\0"}).status_code == 200
    for each in (page, answer, waits):
        assert "Set-Cookie" not in each.headers


def test_a_signed_in_voter_is_not_known_at_the_box(
    visiting: Visit, draft: Poll, people: list[Member]
) -> None:
    votes, _secrets = begin(draft, people)
    client = visiting(people[0])
    with held_at(CASTING):
        # The whole name: keys drawn at random may well spell three letters.
        assert "Awa Martin" in client.get(PAGE).text
        assert "Awa Martin" not in client.get(box(votes)).text


def test_the_box_of_another_community_is_absent(
    app: Flask, draft: Poll, people: list[Member], elsewhere: Community
) -> None:
    from freeco.testing.people import open_module

    votes, _secrets = begin(draft, people)
    open_module(elsewhere, "project_decisions")
    db.session.commit()
    stranger = app.test_client()
    for page in ("", "/tableau", "/tableau.jsonl"):
        other = f"/ailleurs/project-decisions/urne/{votes.identifier}{page}"
        assert stranger.get(other).status_code == 404


def test_the_board_gives_the_file_and_a_script_that_openssl_runs(
    app: Flask, draft: Poll, people: list[Member], tmp_path: Path
) -> None:
    votes, secrets = begin(draft, people)
    cast(votes, get_token(votes, people[0]), [1, 2, 3])
    close(votes)
    open_all(votes, secrets)
    stranger = app.test_client()
    tracker = reading.trackers(votes)[0]
    with held_at(AFTER):
        page = stranger.post(f"{box(votes)}/tableau", data={"suivi": tracker})
        assert "Ce bulletin est sur le tableau" in page.text
        assert "1. Toit, 2. Puits, 3. Haie" in page.text
        assert stranger.get(f"{box(votes)}/tableau.jsonl").data == reading.export(votes)
        assert f"suivi={tracker[:8]}" not in page.text
        script = stranger.post(f"{box(votes)}/jeton.sh", data={"suivi": tracker})
    (tmp_path / "jeton.sh").write_text(script.text)
    run = ["sh", str(tmp_path / "jeton.sh")]
    said = subprocess.run(run, capture_output=True, text=True, check=True)
    assert said.stdout == "Verified OK\nVerified OK\n"
    assert stranger.post(f"{box(votes)}/jeton.sh", data={"suivi": "x"}).status_code == 404


def test_a_dump_links_no_member_to_a_ballot(
    visiting: Visit, draft: Poll, people: list[Member]
) -> None:
    """Search all rows, the record and the export for what stands near a member and a ballot."""
    votes, _secrets = begin(draft, people)
    setup = casting.setup_of(votes)
    near_members, near_ballots = set(), set()
    ballots = []
    for member in people[:6]:
        asked = voters.wish(setup)
        client = visiting(member)
        sent = {"blinded": [base64_of(each) for each in asked.blinded]}
        answer = client.post(f"{PAGE}votes/{draft.id}/jetons/demande", json=sent).json
        assert answer is not None
        held = voters.take(setup, asked, [of_base64(each) for each in answer["signatures"]])
        ballots.append(held.vote(setup, [1, 2, 3]))
    with held_at(CASTING):
        for ballot in ballots:
            casting.cast(votes, ballot.text)
        casting.publish_all(votes)
        db.session.commit()
    for issue in db.session.scalars(select(TokenIssue)):
        near_members |= {issue.blinded, issue.signature}
    for entry in db.session.scalars(select(RecordEntry).where(RecordEntry.kind == "token.issued")):
        near_members.add(json.loads(entry.entry)["about"]["blinded"].encode())
    for ballot in ballots:
        token = ballot.token
        near_ballots |= {token.prefix, token.key, *token.signatures, ballot.number.encode()}
        near_ballots |= {ballot.tracker.encode(), ballot.signature, ballot.box.content}
    assert len(near_members) == 18
    assert not near_members & near_ballots
    board = reading.export(votes)
    assert not any(base64_of(each).encode() in board for each in near_members if each)
    order = [people_order(ballots, tracker) for tracker in reading.trackers(votes)]
    assert sorted(order) == list(range(6))
    assert b"Martin" not in board


def people_order(ballots: list, tracker: str) -> int:  # type: ignore[type-arg]
    return next(place for place, each in enumerate(ballots) if each.tracker == tracker)
