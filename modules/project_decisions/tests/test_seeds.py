"""What a lot is drawn from: a seal that witnesses signed, or what the trustees of a vote opened."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from gmpy2 import mpz
from sqlalchemy import select

from freeco.clock import held_at, now
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Member
from freeco.record import sequencer
from freeco.record.checkpoint import cosign
from freeco.record.models import RecordCheckpoint, RecordCosignature, RecordEntry
from freeco.record.note import COSIGNATURE, Note, SignerKey
from freeco.testing.visitor import Visitor
from freeco_project_decisions.counting.lots import ticket
from freeco_project_decisions.polls import closing, seeds, tallying, voting
from freeco_project_decisions.polls.models import Decision, Method, Poll, PollState, Tie
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.tokens import reading
from freeco_project_decisions.tokens.boards import Kind, read_lines
from freeco_project_decisions.tokens.opened import lot_seed
from freeco_project_decisions.tokens.questions import poll_of
from freeco_project_decisions.tokens.testing import (
    AFTER,
    begin,
    cast,
    chained,
    close,
    get_token,
    open_all,
)
from freeco_project_decisions.tokens.verifying import verify_board

Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]
WITNESS, OTHER = (
    SignerKey(name, bytes([place] * 32), COSIGNATURE)
    for place, name in enumerate(("saint-roch.example/temoin", "figeac.example/temoin"), start=7)
)


def witnessed_by(app: Flask, file: Path, *, quorum: str = "saint-roch", url: str = "/w") -> None:
    """Ask Saint-Roch's signature, on a site whose witnesses are Saint-Roch and Figeac."""
    where = f" https://saint-roch.example{url}" if url else ""
    file.write_text(
        f"witness saint-roch {WITNESS.verifier}{where}\n"
        f"witness figeac {OTHER.verifier}\nquorum {quorum}\n"
    )
    settings = replace(kernel().settings, record_policy=file)
    app.extensions["freeco"] = replace(kernel(), settings=settings)


def sign(key: SignerKey, checkpoint: RecordCheckpoint) -> None:
    """Give a witness's signature on a checkpoint, as it was asked for just now."""
    line = str(cosign(Note.read(checkpoint.note).text, key, now()))
    db.session.add(
        RecordCosignature(
            checkpoint=checkpoint, witness=str(key.verifier), line=line, given_at=now()
        )
    )
    db.session.commit()


@pytest.fixture
def tied(ask: Ask, people: list[Member]) -> Poll:
    """Give a poll whose two options have as many ticks, and whose ties are drawn by lot."""
    poll = ask(Method.APPROVAL, "Toit", "Puits", tie=Tie.DRAWN)
    voting.vote(poll, people[0], [1, 1])
    db.session.commit()
    return poll


def sealed_end(poll: Poll) -> RecordCheckpoint:
    """Close a poll at its hour, and give its closing a checkpoint."""
    closing.close_due(poll.community)
    db.session.commit()
    sequencer.sequence_due()
    largest = select(RecordCheckpoint).order_by(RecordCheckpoint.size.desc()).limit(1)
    return db.session.scalars(largest).one()


def derivation(poll: Poll) -> dict:  # type: ignore[type-arg]
    closing.close_due(poll.community)
    db.session.commit()
    decision = db.session.scalars(select(Decision).where(Decision.poll_id == poll.id)).one()
    found: dict = json.loads(decision.outcome)["derivation"]  # type: ignore[type-arg]
    return found


def test_without_witness_the_seal_is_given_and_the_page_says_who_could_choose(
    tied: Poll, people: list[Member], visiting: Visit
) -> None:
    with held_at(AFTER):
        checkpoint = sealed_end(tied)
        seal = derivation(tied)["seal"]
    assert seal == Note.read(checkpoint.note).text + "\n"
    assert sha256(seal.encode()).hexdigest() == tied.seed
    with held_at(AFTER):
        page = visiting(people[0]).get(f"/lavergne/project-decisions/votes/{tied.id}/resultat")
    assert "Aucun témoin d’ailleurs n’a signé ce sceau" in page.text
    assert seal.splitlines()[2] in page.text


def test_where_a_witness_is_asked_the_lot_waits_for_its_signature_and_takes_it_in(
    app: Flask, tied: Poll, people: list[Member], visiting: Visit, tmp_path: Path
) -> None:
    witnessed_by(app, tmp_path / "policy")
    with held_at(AFTER):
        checkpoint = sealed_end(tied)
        closing.close_due(tied.community)
        assert (tied.state, tied.seed) == (PollState.CLOSED, "")
        sign(OTHER, checkpoint)
        closing.close_due(tied.community)
        assert tied.seed == ""
        sign(WITNESS, checkpoint)
        seal = derivation(tied)["seal"]
        text = Note.read(checkpoint.note).text
        assert seal == f"{text}\n{cosign(text, WITNESS, now())}"
        assert sha256(seal.encode()).hexdigest() == tied.seed
        first = min("01", key=lambda place: ticket(tied.seed, place))
        decision = db.session.scalars(select(Decision)).one()
        assert json.loads(decision.outcome)["chosen"] == [int(first)]
        page = visiting(people[0]).get(f"/lavergne/project-decisions/votes/{tied.id}/resultat")
    assert "Un témoin d’ailleurs a signé ce sceau" in page.text


def test_a_later_signature_changes_no_seed(app: Flask, tied: Poll, tmp_path: Path) -> None:
    witnessed_by(app, tmp_path / "policy")
    with held_at(AFTER):
        checkpoint = sealed_end(tied)
        sign(WITNESS, checkpoint)
        seed = seeds.seed_of(tied)
        sign(OTHER, checkpoint)
        sequencer.sequence_due()
        assert seeds.seed_of(tied) == seed


def test_a_witness_that_stays_silent_holds_up_nothing_for_ever_and_it_is_said(
    app: Flask, tied: Poll, tmp_path: Path
) -> None:
    witnessed_by(app, tmp_path / "policy")
    with held_at(AFTER):
        sealed_end(tied)
    with held_at(AFTER + seeds.AWAITED):
        assert not seeds.seed_of(tied)
    with held_at(AFTER + 2 * seeds.AWAITED):
        assert not seeds.is_witnessed(derivation(tied)["seal"])


@pytest.mark.parametrize("text", ["quorum nobody\n", "", "unreadable"])
def test_a_policy_that_nobody_can_read_or_meet_does_not_stop_a_lot(
    app: Flask, tied: Poll, tmp_path: Path, text: str
) -> None:
    witnessed_by(app, tmp_path / "policy", url="")
    with held_at(AFTER):
        sealed_end(tied)
        assert seeds.seed_of(tied)
        (tmp_path / "policy").write_text(text)
        assert seeds.seed_of(tied)


def by_tokens(ask: Ask, people: list[Member]) -> tuple[Poll, bytes]:
    """Play a vote by tokens that ends in a tie; return it with its board."""
    poll = ask(Method.APPROVAL, "Toit", "Puits", "Haie", tie=Tie.DRAWN, opened=False)
    votes, secrets = begin(poll, people)
    for held in [get_token(votes, member) for member in people[:3]]:
        cast(votes, held, [1, 1, 1])
    close(votes)
    open_all(votes, secrets)
    return poll, reading.export(votes)


def test_a_lot_by_tokens_is_drawn_from_what_the_trustees_opened_and_nobody_chooses(
    ask: Ask, people: list[Member]
) -> None:
    poll, board = by_tokens(ask, people)
    # Decided at once: no checkpoint of the record is waited for, and none is looked at.
    assert poll.state == PollState.DECIDED
    placed = select(RecordEntry).where(RecordEntry.leaf_index.is_not(None))
    assert db.session.scalars(placed).all() == []
    counted = verify_board(board).counted
    assert counted is not None
    assert (counted.seed, len(poll.seed)) == (poll.seed, 64)
    first = min("012", key=lambda place: ticket(poll.seed, place))
    assert counted.outcome.chosen == (int(first),)


def test_who_keeps_the_site_cannot_put_another_seed_on_the_board(
    ask: Ask, people: list[Member]
) -> None:
    _poll, board = by_tokens(ask, people)
    lines = read_lines(board.decode().splitlines())
    verified = verify_board(board)
    assert verified.counted is not None
    others = set()
    # Seeds until another option wins; each with the count that goes with it.
    for number in range(20):
        question = poll_of(verified.setup)
        question.seed = sha256(bytes([number])).hexdigest()
        cast_marks = [(None, each) for each in verified.counted.marks]
        outcome = tallying.count(question, cast_marks, Counter({None: 8}))
        counted = replace(verified.counted, outcome=outcome, seed=question.seed)
        others.add(counted.outcome.chosen)
        forged = [(each.kind, each.body) for each in lines[:-1]]
        with pytest.raises(Unsound, match="the result is not what the ballots give"):
            verify_board(chained([*forged, (Kind.RESULT, counted.body)]))
    assert len(others) == 3


def test_another_order_of_the_ballots_is_no_second_try(ask: Ask, people: list[Member]) -> None:
    halves = [mpz(3**each) for each in range(1, 6)]
    assert lot_seed("vote", halves) == lot_seed("vote", reversed(halves))
    assert lot_seed("vote", halves) != lot_seed("autre", halves)
    assert lot_seed("vote", halves) != lot_seed("vote", halves[1:])
