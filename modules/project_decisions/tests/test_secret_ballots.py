"""What the ballot box of a secret poll takes, what it refuses and with which sentence."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco.record.keys import verifiers
from freeco.record.stating import log_of
from freeco_project_decisions.polls.errors import PollNotOpen, PollOver
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.sealed.ballots import MOST_BALLOT_CHARACTERS
from freeco_project_decisions.sealed.credentials import draw_credential, secret_of
from freeco_project_decisions.sealed.proofs import sign
from freeco_project_decisions.sealed.verifying import verify
from freeco_project_decisions.sealed.writing import compact, fingerprint, read
from freeco_project_decisions.secret import board, casting, errors, filing, preparing
from freeco_project_decisions.secret.models import PublishedBallot, WaitingBallot
from freeco_project_decisions.secret.playing import Keepers, Voters, open_with_codes, prepare
from freeco_project_decisions.secret.receipts import read_receipt

Ask = Callable[..., Poll]
FOR, AGAINST = [[0, 1, 0]], [[0, 0, 1]]


@pytest.fixture
def voters(ask: Ask, people: list[Member]) -> Voters:
    """Give a secret poll that is open, with eight codes."""
    poll = ask(opened=False)
    keepers = Keepers(threshold=3)
    prepare(poll, keepers, people[1:4])
    opened = open_with_codes(poll, keepers)
    db.session.commit()
    return opened


def send(voters: Voters, text: str) -> casting.Acknowledged:
    """Send a ballot as the page does."""
    acknowledged = casting.cast(voters.poll, text.encode())
    db.session.commit()
    return acknowledged


def kept(voters: Voters) -> int:
    """Count the ballots in the box."""
    many = select(func.count()).select_from(WaitingBallot)
    return db.session.scalar(many.where(WaitingBallot.poll_id == voters.poll.id)) or 0


def signed(voters: Voters, voter: int, content: dict[str, Any]) -> str:
    """Sign a changed ballot with a voter's code."""
    secret = secret_of(voters.codes[voter], preparing.sealed_of(voters.poll).identifier)
    unsigned = {name: part for name, part in content.items() if name != "signature"}
    hash_of_it = fingerprint(compact(unsigned))
    signature = {"hash": hash_of_it, "proof": sign(secret, f"sig|{hash_of_it}").written()}
    return compact({**unsigned, "signature": signature})


def of_another_poll(voters: Voters) -> str:
    content = read(voters.sealed(0, FOR).text)
    content["election_uuid"] = "1" * 14
    return compact(content)


def of_nobody(voters: Voters) -> str:
    stranger = Voters(voters.poll, voters.keepers, [draw_credential()])
    return stranger.sealed(0, FOR).text


def proof_changed(voters: Voters) -> str:
    content = read(voters.sealed(0, FOR).text)
    proof = content["answers"][0]["individual_proofs"][0][0]
    proof["response"] = str(int(proof["response"]) ^ 1)
    return signed(voters, 0, content)


def signature_changed(voters: Voters) -> str:
    content = read(voters.sealed(0, FOR).text)
    proof = content["signature"]["proof"]
    proof["response"] = str(int(proof["response"]) ^ 1)
    return compact(content)


def stolen(voters: Voters) -> str:
    """Sign, with one's own code, the choices of another's ballot."""
    theirs = voters.sealed(1, AGAINST)
    send(voters, theirs.text)
    mine = read(voters.sealed(0, FOR).text)
    mine["answers"] = read(theirs.text)["answers"]
    return signed(voters, 0, mine)


BAD: list[tuple[Callable[[Voters], str], type[Exception]]] = [
    (of_another_poll, errors.BallotForAnother),
    (of_nobody, errors.BallotOfNobody),
    (proof_changed, errors.BallotUnproved),
    (signature_changed, errors.BallotUnproved),
    (stolen, errors.BallotCopied),
    (lambda voters: voters.sealed(0, FOR).text.replace(",", ", ", 1), errors.BallotMalformed),
    (lambda voters: voters.sealed(0, FOR).text[:-9], errors.BallotMalformed),
    (lambda _voters: "{}", errors.BallotMalformed),
    (lambda _voters: "[" * 100_000, errors.BallotMalformed),
    (lambda _voters: "x" * (MOST_BALLOT_CHARACTERS + 1), errors.BallotTooLong),
]


def test_a_bad_ballot_is_refused_with_its_sentence_and_nothing_is_kept(voters: Voters) -> None:
    for make, refusal in BAD:
        text = make(voters)
        before = kept(voters)
        db.session.commit()
        with pytest.raises(refusal, match="rien n’a été enregistré"):
            send(voters, text)
        assert kept(voters) == before


def test_bytes_that_are_no_text_are_no_ballot(voters: Voters) -> None:
    with pytest.raises(errors.BallotMalformed):
        casting.cast(voters.poll, b"\xff\xfe")


def test_after_the_end_a_ballot_is_refused_and_one_that_came_in_time_is_told_again(
    voters: Voters,
) -> None:
    mine, late = voters.sealed(0, FOR).text, voters.sealed(1, FOR).text
    first = send(voters, mine)
    with held_at(voters.poll.closes_at + timedelta(seconds=1)):
        with pytest.raises(PollOver):
            send(voters, late)
        assert send(voters, mine) == casting.Acknowledged(first.tracker, first.receipt, again=True)


def test_a_poll_that_is_not_open_takes_no_ballot(ask: Ask) -> None:
    with pytest.raises(PollNotOpen):
        casting.cast(ask(opened=False), b"{}")


def test_the_very_same_ballot_again_is_told_the_same(voters: Voters) -> None:
    text, other = voters.sealed(0, FOR).text, voters.sealed(0, AGAINST).text
    first = send(voters, text)
    assert not first.again
    send(voters, other)
    again = send(voters, text)
    assert (again.tracker, again.receipt, again.again) == (first.tracker, first.receipt, True)
    board.publish_batch(voters.poll)
    db.session.commit()
    assert send(voters, text).again
    last = verify(filing.archive_of(voters.poll)).ballots[-1]
    assert last.text == other


def test_a_receipt_is_signed_by_the_public_record(voters: Voters) -> None:
    taken = send(voters, voters.sealed(0, FOR).text)
    (key,) = verifiers(log_of(voters.poll.community))
    received = read_receipt(taken.receipt, key)
    assert (received.tracker, received.election) == (
        taken.tracker,
        preparing.sealed_of(voters.poll).identifier,
    )
    for forged in (
        taken.receipt.replace(taken.tracker, "A" * 43),
        taken.receipt.replace("freeco/ballot/v1", "freeco/ballot/v2"),
        "",
    ):
        with pytest.raises(ValueError, match="record"):
            read_receipt(forged, key)


def test_fifty_at_once_with_one_code_leave_one_ballot_that_counts(
    app: Flask, voters: Voters
) -> None:
    poll_id = voters.poll.id
    texts = [voters.sealed(0, FOR if each % 2 else AGAINST).text for each in range(10)] * 5
    db.session.commit()

    def cast(text: str) -> str:
        with app.app_context():
            acknowledged = casting.cast(db.session.get_one(Poll, poll_id), text.encode())
            db.session.commit()
            return acknowledged.tracker

    with ThreadPoolExecutor(50) as threads:
        trackers = set(threads.map(cast, texts))
    assert len(trackers) == kept(voters) == 10
    assert board.many_voted(voters.poll) == 1
    voters.close()
    db.session.commit()
    assert preparing.sealed_of(voters.poll).ballots == 1
    assert db.session.scalar(select(func.count()).select_from(PublishedBallot)) == 10
