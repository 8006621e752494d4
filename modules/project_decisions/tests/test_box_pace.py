"""A code does not fill the box; an assembly behind one address votes as it likes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Attempt, Member
from freeco.testing.visitor import Visitor
from freeco_project_decisions import pacing
from freeco_project_decisions.pacing import HOUR, MOST, Pace, TooOften
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.sealed.writing import compact, read
from freeco_project_decisions.secret import casting, preparing
from freeco_project_decisions.secret.models import WaitingBallot
from freeco_project_decisions.secret.playing import Keepers, Voters, open_with_codes, prepare
from freeco_project_decisions.tokens import casting as token_casting
from freeco_project_decisions.tokens.models import TokenBallot
from freeco_project_decisions.tokens.testing import CASTING, begin, get_token

Ask = Callable[..., Poll]
FEW = 3


@pytest.fixture
def voters(ask: Ask, people: list[Member], monkeypatch: pytest.MonkeyPatch) -> Voters:
    """Give a secret poll that is open, on a site that takes three ballots of a code in an hour."""
    few = Pace(FEW)
    monkeypatch.setattr(casting, "BALLOTS", few)
    monkeypatch.setattr(pacing, "BALLOTS", few)
    poll, keepers = ask(opened=False), Keepers(3)
    prepare(poll, keepers, people[1:4])
    opened = open_with_codes(poll, keepers)
    db.session.commit()
    return opened


def box(voters: Voters) -> str:
    identifier = preparing.sealed_of(voters.poll).identifier
    return f"/lavergne/project-decisions/votes/secret/{identifier}"


def ballot(voters: Voters, voter: int = 0) -> str:
    return voters.sealed(voter, [[0, 1, 0]]).text


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(WaitingBallot)) or 0


def test_a_code_that_sends_without_end_is_told_to_wait_and_nothing_is_kept(
    client: Visitor, voters: Voters
) -> None:
    address = f"{box(voters)}/bulletins"
    for _each in range(FEW):
        assert client.post(address, data=ballot(voters), token=False).status_code == 201
    refused = client.post(address, data=ballot(voters), token=False)
    assert refused.status_code == 429
    assert refused.json is not None
    assert "rien n’a été enregistré" in refused.json["refused"]
    assert refused.headers["Retry-After"] == "3600"
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert kept() == FEW
    file = {"file": (BytesIO(ballot(voters).encode()), "bulletin.json")}
    handed = client.post(f"{box(voters)}/fichier", data=file, token=False)
    assert (handed.status_code, handed.headers["Retry-After"]) == (429, "3600")
    assert "rien n’a été enregistré" in handed.text
    assert kept() == FEW


def test_an_hour_later_the_same_code_votes_again(
    client: Visitor, voters: Voters, evening: datetime
) -> None:
    address = f"{box(voters)}/bulletins"
    for _each in range(FEW + 1):
        client.post(address, data=ballot(voters), token=False)
    with held_at(evening + HOUR - timedelta(seconds=7)):
        refused = client.post(address, data=ballot(voters), token=False)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    with held_at(evening + HOUR):
        assert client.post(address, data=ballot(voters), token=False).status_code == 201


def test_all_the_others_behind_the_same_address_vote_meanwhile(
    client: Visitor, voters: Voters
) -> None:
    address = f"{box(voters)}/bulletins"
    for _each in range(FEW + 2):
        client.post(address, data=ballot(voters), token=False)
    for voter in range(1, 8):
        sent = client.post(address, data=ballot(voters, voter), token=False)
        assert sent.status_code == 201, sent.text
    assert kept() == FEW + 7


def test_nobody_uses_up_the_turns_of_another_whose_public_half_all_may_read(
    client: Visitor, voters: Voters
) -> None:
    forged = read(ballot(voters))
    forged["signature"]["proof"]["response"] = "1"
    for _each in range(FEW + 2):
        sent = client.post(f"{box(voters)}/bulletins", data=compact(forged), token=False)
        assert sent.status_code == 422
    assert (
        client.post(f"{box(voters)}/bulletins", data=ballot(voters), token=False).status_code == 201
    )


def test_a_ballot_that_its_code_has_signed_counts_even_when_a_proof_is_false(
    client: Visitor, voters: Voters
) -> None:
    """Its proofs are the long part: a code does not have them checked without end."""
    copied = ballot(voters, 1)
    for _each in range(FEW):
        client.post(f"{box(voters)}/bulletins", data=copied, token=False)
    assert kept() == 1, "the very same ballot is one"
    assert client.post(f"{box(voters)}/bulletins", data=copied, token=False).status_code == 429


def test_nothing_of_it_reaches_the_database(client: Visitor, voters: Voters) -> None:
    for _each in range(FEW + 2):
        client.post(f"{box(voters)}/bulletins", data=ballot(voters), token=False)
    assert db.session.scalars(select(Attempt)).all() == []


def test_a_token_is_paced_as_a_code_is(
    client: Visitor, ask: Ask, people: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Pace(FEW)
    monkeypatch.setattr(token_casting, "BALLOTS", few)
    monkeypatch.setattr(pacing, "BALLOTS", few)
    votes, _secrets = begin(ask(Method.SCHULZE, "Toit", "Puits", opened=False), people)
    setup, held, other = (
        token_casting.setup_of(votes),
        get_token(votes, people[0]),
        get_token(votes, people[1]),
    )
    texts = [held.vote(setup, [1, 2], serial).text for serial in range(1, FEW + 2)]
    address = f"/lavergne/project-decisions/urne/{votes.identifier}/bulletins"
    db.session.commit()
    with held_at(CASTING):
        sent = [client.post(address, data=text, token=False) for text in texts]
        assert [each.status_code for each in sent] == [*([201] * FEW), 429]
        assert sent[-1].headers["Retry-After"] == "3600"
        assert "rien n’a été enregistré" in sent[-1].get_json()["refused"]
        file = {"file": (BytesIO(texts[-1].encode()), "bulletin.json")}
        handed = client.post(address.replace("bulletins", "fichier"), data=file, token=False)
        assert (handed.status_code, handed.headers["Retry-After"]) == (429, "3600")
        answer = client.post(address, data=other.vote(setup, [1, 2], 1).text, token=False)
        assert answer.status_code == 201
    assert db.session.scalar(select(func.count()).select_from(TokenBallot)) == FEW + 1


def test_three_hundred_members_vote_three_times_in_a_minute_and_nobody_waits() -> None:
    pace = Pace()
    for _again in range(3):
        for member in range(300):
            pace.count(f"code {member}")
    for _each in range(MOST - 3):
        pace.count("code 0")
    with pytest.raises(TooOften):
        pace.count("code 0")


def test_counts_are_forgotten_with_their_hour_and_hold_no_code(evening: datetime) -> None:
    pace = Pace(1)
    pace.count("a code")
    key, (name,) = pace._key, pace._counts
    assert b"a code" not in name
    with held_at(evening + HOUR):
        pace.count("another")
        assert pace._key != key
        assert name not in pace._counts
        assert len(pace._counts) == 1
