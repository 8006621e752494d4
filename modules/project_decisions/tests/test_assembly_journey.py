"""An assembly by its pages, without JavaScript: called, held, counted, written and signed."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.record.models import RecordEntry
from freeco.testing.forms import Typed, fill_in, form_of
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_project_decisions.assembly.models import Assembly, Minutes, Seat
from freeco_project_decisions.polls import reading
from freeco_project_decisions.polls.models import Decision, Poll

Visit = Callable[[Member], Visitor]
HOME = "/lavergne/project-decisions/assemblees"
EVENING = datetime(2026, 10, 29, 18, 30, tzinfo=UTC)
"""Twenty to eight in the evening, in winter time."""
PLANNED = {
    "kind": "ordinary",
    "title": "Assemblée d’automne",
    "starts_on": "2026-10-29",
    "starts_hour": "19:30",
    "ends_hour": "22:00",
    "place": "Salle des fêtes de Lavergne",
    "remote": "01 23 45 67 89",
    "notice_days": "15",
    "quorum": "quarter",
    "most_proxies": "2",
}
ACCOUNTS = {
    "title": "Les comptes de l’année",
    "text": "Le rapport de la trésorière : 1 240 € d’excédent.",
    "vote": "ask",
    "question": "Approuver les comptes de l’année",
    "room": "hands",
}


@pytest.fixture
def secretary(community: Community, people: list[Member]) -> Member:
    """Give who calls assemblies and keeps their papers; a ninth member."""
    return make_member(community, "Inès", "Marchand", permissions=("project_decisions.assembly",))


@pytest.fixture
def by_post(people: list[Member]) -> Member:
    """Give a member whom no e-mail reaches."""
    person = people[7].person
    assert person is not None
    person.email, person.address = None, "3 chemin du Lavoir"
    person.postal_code, person.commune = "46320", "Lavergne"
    db.session.commit()
    return people[7]


def text_of(answer: TestResponse) -> str:
    assert answer.content_type == "application/pdf", answer.text
    pages = PdfReader(BytesIO(answer.data)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def plain(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").replace("\u202f", " ").split())


def send(client: Visitor, page: str, ending: str, typed: Typed | None = None) -> TestResponse:
    """Open a page, fill in one of its forms, say yes when it asks, and see that it was taken."""
    shown = client.get(page)
    assert shown.status_code == 200, shown.text
    data = dict(typed or {})
    if "a_confirmer" in form_of(shown, ending).values:
        data["a_confirmer"] = []
    answer = fill_in(client, shown, ending, data)
    assert answer.status_code == 302, plain(answer.text)
    return answer


def call(client: Visitor, people: Sequence[Member], secretary: Member) -> None:
    """Prepare an assembly of two items, and call everybody to it."""
    named = {"chair": str(people[0].id), "secretary": str(secretary.id)}
    send(client, f"{HOME}/nouvelle", "/nouvelle", PLANNED | named)
    send(client, f"{HOME}/1/points/nouveau", "/points/nouveau", ACCOUNTS)
    send(client, f"{HOME}/1/points/nouveau", "/points/nouveau", {"title": "Questions diverses"})
    tellers = [str(people[1].id), str(people[2].id)]
    send(client, f"{HOME}/1/preparer", "/scrutateurs", {"tellers": tellers})
    send(client, f"{HOME}/1/preparer", "/convoquer")


def seat(member: Member) -> int:
    db.session.rollback()
    return db.session.scalars(select(Seat.id).where(Seat.member_id == member.id)).one()


def test_from_the_notice_to_the_signed_minutes(
    visiting: Visit, people: list[Member], secretary: Member, by_post: Member
) -> None:
    client = visiting(secretary)
    call(client, people, secretary)
    convocation = text_of(client.get(f"{HOME}/1/convocation.pdf"))
    assert "Assemblée d’automne" in convocation
    assert "1 240 €" in plain(convocation)
    assert "Procuration" in convocation
    posted = text_of(client.get(f"{HOME}/1/courriers.pdf"))
    assert "Hana Martin" in posted
    assert "46320 Lavergne" in posted
    assert "Bruno Martin" not in posted

    client = visiting(people[3])
    send(client, f"{HOME}/1", "/procuration", {"holder": str(people[4].id)})

    with held_at(EVENING):
        client = visiting(secretary)
        send(client, f"{HOME}/1/emargement", "/emargement/ouvrir")
        papers = {"giver": str(by_post.id), "holder": str(people[4].id)}
        send(client, f"{HOME}/1/emargement", "/procurations", papers)
        for member in (people[0], people[1], people[2], people[4], secretary):
            send(client, f"{HOME}/1/emargement", f"/emargement/{seat(member)}/present")
        send(client, f"{HOME}/1/emargement", f"/emargement/{seat(people[5])}/distance")
        assert "8 voix, il en faut 3" in plain(client.get(f"{HOME}/1/emargement").text)
        send(client, f"{HOME}/1/seance", "/seance/ouvrir")
        send(client, f"{HOME}/1/seance", "/points/1/appeler")
        send(client, f"{HOME}/1/seance", "/points/1/ouvrir-le-vote")
        send(client, f"{HOME}/1/seance", "/points/1/notes", {"notes": "Bilan lu par Élise."})
        remote = visiting(people[5])
        send(remote, "/lavergne/project-decisions/votes/1", "/bulletin", {"answer": "0"})
        present = visiting(people[0])
        refused = present.post("/lavergne/project-decisions/votes/1/bulletin", data={"answer": "0"})
        assert "compte déjà dans la salle" in plain(refused.text)
        wall = plain(present.get(f"{HOME}/1/ecran").text)
        assert "Approuver les comptes de l’année" in wall
        assert "1 bulletin reçu · 7 voix dans la salle" in wall
        assert "Martin" not in wall

        first = visiting(people[1])
        counted = {"answer_0": "5", "answer_1": "1", "answer_2": "1"}
        send(first, f"{HOME}/1/points/1/comptage", "/comptage/1", counted)
        second = visiting(people[2])
        assert 'value="5"' not in second.get(f"{HOME}/1/points/1/comptage").text
        wrong = counted | {"answer_0": "4"}
        send(second, f"{HOME}/1/points/1/comptage", "/comptage/1", wrong)
        page = plain(second.get(f"{HOME}/1/points/1/comptage").text)
        assert "Ce qui diffère" in page
        assert "<td>5</td><td>4</td>" in page
        send(second, f"{HOME}/1/points/1/comptage", "/comptage/1", counted)

        client = visiting(secretary)
        send(client, f"{HOME}/1/seance", "/points/1/terminer-le-vote")
        send(client, f"{HOME}/1/seance", "/points/2/appeler")
        send(client, f"{HOME}/1/seance", "/seance/lever")
        send(client, f"{HOME}/1/proces-verbal", "/points/2/notes", {"notes": "Rien à signaler."})
        send(client, f"{HOME}/1/proces-verbal", "/proces-verbal/arreter")
        send(client, f"{HOME}/1/proces-verbal", "/proces-verbal/signer")
        chair = visiting(people[0])
        send(chair, f"{HOME}/1/proces-verbal", "/proces-verbal/signer")

        given = visiting(people[6]).get(f"{HOME}/1/proces-verbal.pdf")
        text = plain(text_of(given))
        for words in (
            "Procès-verbal",
            "Salle des fêtes de Lavergne",
            "Décision n° 1 : Approuver les comptes de l’année",
            "Bilan lu par Élise.",
            "1 sur la page et 7 à main levée dans la salle",
            "plus de la moitié",
            "Quorum atteint : 8 présents ou représentés, il en fallait 3.",
            "Awa Martin",
            "Inès Marchand",
            "signé sur le site le 29 octobre 2026",
        ):
            assert words in text, text
    db.session.rollback()
    decision = db.session.scalars(select(Decision)).one()
    assert decision.adopted
    minutes = db.session.scalars(select(Minutes)).one()
    assert minutes.sha256 == sha256(given.data).hexdigest()
    stated = db.session.scalars(
        select(RecordEntry).where(RecordEntry.kind == "assembly.minutes")
    ).one()
    assert minutes.sha256.encode() in stated.entry
    assert db.session.scalars(select(Assembly.state)).one() == "closed"
    poll = db.session.scalars(select(Poll)).one()
    assert reading.voted(poll) == reading.Voted(8, 9)
