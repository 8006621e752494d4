"""Whole elections through the pages: what ours and Belenios's own tool make of their files.

A thousand ballots take minutes: ``FREECO_TEST_THOUSAND=1`` asks for them.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member, Person
from freeco.testing.visitor import Visitor
from freeco_project_decisions.polls.models import Decision, Method, Poll
from freeco_project_decisions.sealed.archives import Step, read_archive
from freeco_project_decisions.sealed.elections import read_election
from freeco_project_decisions.sealed.tallying import add_up
from freeco_project_decisions.sealed.verifying import require_result, verify
from freeco_project_decisions.sealed.writing import compact, digest
from freeco_project_decisions.secret import board, closing, counting, preparing
from freeco_project_decisions.secret.playing import Keepers, open_with_codes, prepare
from freeco_project_decisions.testing import belenios_accepts, choose

Ask = Callable[..., Poll]
MANY = [3, 100, 1000] if os.environ.get("FREECO_TEST_THOUSAND") else [3, 100]


def crowd(people: list[Member], many: int) -> None:
    """Let so many more join the cooperative."""
    for each in range(len(people), many):
        person = Person(first_name=f"Voix {each}", last_name="Martin", email=None)
        db.session.add(Member(community=people[0].community, person=person))
    db.session.commit()


@pytest.mark.parametrize("many", MANY)
def test_an_election_held_on_the_pages_is_accepted_by_both_verifiers(
    ask: Ask, people: list[Member], client: Visitor, tmp_path: Path, many: int
) -> None:
    if many > 3 and db.engine.dialect.name != "sqlite":
        many = 10  # the pages and the proofs are the same
    crowd(people, many)
    method = Method.ASSENT if many > 3 else Method.JUDGMENT
    poll = ask(method, *(("Hangar", "Serre") if many == 3 else ()), opened=False)
    keepers = Keepers()
    prepare(poll, keepers, people[1:4])
    voters = open_with_codes(poll, keepers)
    db.session.commit()
    sealed = preparing.sealed_of(poll)
    election = read_election(sealed.election)
    chance = Random(many)
    answers = [[choose(each, chance) for each in election.questions] for _each in range(many)]
    address = f"/{poll.community.slug}/project-decisions/votes/secret/{sealed.identifier}"
    for voter, chosen in enumerate(answers):
        ballot = voters.sealed(voter, chosen)
        sent = client.post(f"{address}/bulletins", data=ballot.text, token=False)
        assert sent.status_code == 201
        assert ballot.tracker in sent.text
        if voter == many // 2:
            board.publish_due(poll.community)
            db.session.commit()
    with held_at(poll.closes_at + timedelta(minutes=1)):
        closing.close_due(poll.community)
        db.session.commit()
        keepers.open(poll, [1, 3])
        db.session.commit()
        counting.count_due(poll.community)
    assert db.session.scalar(select(Decision.id).where(Decision.poll_id == poll.id))
    with client.get(f"{address}/archive") as file:
        content = file.data
    assert belenios_accepts(content, sealed.identifier, tmp_path)
    verified = verify(content)
    expected = [
        [sum(each[place][answer] for each in answers) for answer in range(question.width)]
        for place, question in enumerate(election.questions)
    ]
    assert [list(row) for row in require_result(verified)] == expected
    published = read_archive(content)
    assert published.events[-1].step is Step.RESULT
    tally = add_up(verified.election, verified.ballots)
    (sized,) = (e.payload for e in published.events if e.step is Step.TALLY)
    assert published.files[str(sized)] == compact(
        {
            "num_tallied": many,
            "total_weight": many,
            "encrypted_tally": digest(tally.text),
        }
    )
