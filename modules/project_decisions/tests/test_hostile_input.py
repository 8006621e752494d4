"""What a program, or somebody of ill will, sends instead of a form: refused, and never a 500."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask

from freeco.db import db
from freeco.errors import Absent
from freeco.members.models import Community, Member
from freeco.testing.visitor import Visitor
from freeco_project_decisions.deliberation import discussing, paragraphs, proposing
from freeco_project_decisions.polls.models import Method, Poll
from freeco_project_decisions.projects import proposing as projects
from freeco_project_decisions.secret import preparing, trustees
from freeco_project_decisions.secret.models import Way
from freeco_project_decisions.tokens import preparing as tokens

Ask = Callable[..., Poll]
Visit = Callable[[Member], Visitor]
PAGE = "/lavergne/project-decisions"
DEEP = "[" * 100_000
DIGITS = "1" * 5000
"""More digits than Python makes a number of."""


@pytest.mark.parametrize("identifier", ["%00", "%ED%A0%80", "é", "a" * 2000, "1' or '1'='1"])
@pytest.mark.parametrize("room", ["votes/secret", "urne"])
def test_no_box_has_a_strange_name(
    app: Flask, community: Community, identifier: str, room: str
) -> None:
    stranger = app.test_client()
    address = f"{PAGE}/{room}/{identifier}"
    board = "tableau" if room == "urne" else "urne"
    assert stranger.get(address).status_code in (302, 404)
    assert stranger.post(f"{address}/bulletins", data=b"{}").status_code == 404
    assert stranger.get(f"{address}/{board}").status_code in (302, 404)


@pytest.mark.parametrize("sent", [DEEP, "{", "1" * 5000, '{"key": "\\ud800"}', "é", '{"key": 1}'])
def test_what_is_no_answer_of_a_trustee_is_refused(
    visiting: Visit, ask: Ask, people: list[Member], sent: str
) -> None:
    poll = ask(opened=False)
    preparing.make_secret(poll, Way.SITE)
    group = trustees.group_of(poll)
    for member in people[1:4]:
        trustees.name_member(group, member)
    trustees.set_threshold(group, 3)
    db.session.commit()
    client = visiting(people[1])
    answer = client.post(f"{PAGE}/votes/{poll.id}/cle", data={"answer": sent})
    assert answer.status_code in (409, 422)


def test_a_number_of_thousands_of_digits_is_no_message_nor_version(
    visiting: Visit, community: Community, people: list[Member]
) -> None:
    discussion = discussing.open_discussion(community, people[0], "Où ?", "")
    proposal = proposing.propose(
        community, people[0], "Un four", "", [paragraphs.Written("Le four", "Il chauffe.")]
    )
    db.session.commit()
    client = visiting(people[0])
    said = client.post(
        f"{PAGE}/discussions/{discussion.id}/messages", data={"text": "Ici.", "answers": DIGITS}
    )
    paragraph = f"{PAGE}/propositions/{proposal.id}/paragraphes/{proposal.paragraphs[0].id}"
    written = client.post(
        f"{paragraph}/modifier", data={"title": "Le four", "text": "Il cuit.", "read": DIGITS}
    )
    assert (said.status_code, written.status_code) == (422, 422)


def test_only_a_proposal_for_the_charter_becomes_a_vote_on_the_charter(
    visiting: Visit, clerk: Member, community: Community
) -> None:
    proposal = proposing.propose(
        community, clerk, "Un four", "", [paragraphs.Written("Le four", "Il chauffe.")]
    )
    db.session.commit()
    client = visiting(clerk)
    address = f"{PAGE}/charte/propositions/{proposal.id}/vote"
    assert client.get(address).status_code == 404
    assert client.post(address, data={"closes_on": "2026-10-12"}).status_code == 404
    db.session.rollback()
    assert proposal.poll is None


@pytest.mark.parametrize("sent", [DEEP, DIGITS, "{", '"x"'])
def test_what_asks_for_no_token_is_refused(
    visiting: Visit, ask: Ask, people: list[Member], sent: str
) -> None:
    poll = ask(Method.SCHULZE, "Toit", "Puits")
    client = visiting(people[0])
    asked = client.post(
        f"{PAGE}/votes/{poll.id}/jetons/demande", data=sent, content_type="application/json"
    )
    assert asked.status_code in (404, 409, 422)


def test_the_way_back_from_tokens_unseals_no_sealed_poll(ask: Ask) -> None:
    poll = ask(opened=False)
    preparing.make_secret(poll, Way.ENVELOPES)
    with pytest.raises(Absent):
        tokens.make_open(poll)
    assert poll.secrecy == "sealed"


@pytest.mark.parametrize("days", ["au=9999-12-31", "du=0001-01-01", "du=%00&au=²"])
@pytest.mark.parametrize("form", ["csv", "pdf"])
def test_the_register_has_no_day_at_the_end_of_time(
    visiting: Visit, people: list[Member], days: str, form: str
) -> None:
    answer = visiting(people[0]).get(f"{PAGE}/decisions.{form}?{days}")
    assert (answer.status_code, answer.mimetype) == (422, "text/html")


def test_a_file_is_called_what_a_database_keeps(
    visiting: Visit, community: Community, people: list[Member]
) -> None:
    described = projects.Described(title="Un four", goals="Cuire.")
    project = projects.propose(community, people[0], described)
    db.session.commit()
    address = f"{PAGE}/projets/{project.id}/documents"
    client = visiting(people[0])
    sent = {"file": (BytesIO(b"%PDF-1.7"), "../plan\0.pdf")}
    kept = client.post(address, data=sent, content_type="multipart/form-data")
    assert kept.status_code == 302
    assert ">plan.pdf<" in client.get(address).text
