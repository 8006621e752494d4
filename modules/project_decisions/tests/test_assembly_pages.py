"""Assemblies on their pages: what is typed wrong, what belongs to others, two tellers at once."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.spreadsheets import read_table
from freeco.testing.people import make_member, open_module
from freeco.testing.visitor import Visitor
from freeco_project_decisions.assembly import agenda, attending, holding, preparing, voices
from freeco_project_decisions.assembly.agenda import Resolution
from freeco_project_decisions.assembly.models import Assembly, AssemblyItem, AssemblyProxy
from freeco_project_decisions.assembly.preparing import Planned
from freeco_project_decisions.polls import paper
from freeco_project_decisions.polls.ballot_models import OpenBallot
from freeco_project_decisions.polls.models import Method, Poll, Room
from freeco_project_decisions.polls.paper_models import Bundle, TellerEntry

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
STARTS = NOW + timedelta(days=20)
HOME = "/lavergne/project-decisions/assemblees"
PAGE = f"{HOME}/1"
TYPED = {
    "kind": "ordinary",
    "title": "Assemblée d’automne",
    "starts_on": "2026-10-29",
    "starts_hour": "19:30",
    "place": "Salle des fêtes",
    "notice_days": "15",
    "quorum": "none",
}
PDF = b"%PDF-1.7\n%%EOF\n"
Visit = Callable[[Member], Visitor]
Ask = Callable[..., Poll]


@pytest.fixture
def secretary(community: Community, people: list[Member]) -> Member:
    """Give who calls assemblies and keeps their papers; a ninth member."""
    return make_member(community, "Inès", "Marchand", permissions=("project_decisions.assembly",))


@pytest.fixture
def draft(community: Community, people: list[Member]) -> Assembly:
    """Give an assembly that nobody was called to yet, with one vote by hands."""
    starts = STARTS
    planned = Planned(
        kind="ordinary",
        title="Assemblée d’automne",
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        place="Salle des fêtes",
        most_proxies=1,
        chair=people[0],
    )
    found = preparing.draft(community, planned)
    item = agenda.add_item(found, "Les comptes")
    agenda.ask(item, people[0], Resolution(title="Approuver les comptes"))
    preparing.name_tellers(found, people[:2])
    db.session.commit()
    return found


@pytest.fixture
def sitting(draft: Assembly) -> Iterator[Assembly]:
    """Open it with five in the room, and its vote."""
    preparing.call(draft)
    with held_at(STARTS):
        attending.seat_everybody(draft)
        for seat in attending.seats(draft)[:5]:
            voices.arrive(seat)
        holding.open_session(draft)
        holding.open_vote(draft.items[0])
        db.session.commit()
        yield draft


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"title": ""}, "Ce champ est à remplir"),
        ({"starts_on": "2026-10-01"}, "L’heure de cette assemblée est déjà passée"),
        ({"starts_on": "2036-10-01"}, "loin d’aujourd’hui"),
        ({"starts_hour": "midi"}, "Écrivez l’heure ainsi"),
        ({"ends_hour": "18:00"}, "La fin vient avant le début"),
        ({"quorum": "everybody"}, "Ce choix n’existe pas"),
        ({"notice_days": "200"}, "hors des limites"),
        ({"invented": "1"}, "champ inconnu"),
    ],
)
def test_what_was_typed_stays_when_something_is_wrong(
    visiting: Visit, secretary: Member, wrong: dict[str, str], word: str
) -> None:
    answer = visiting(secretary).post(f"{HOME}/nouvelle", data=TYPED | {"text": "Venez."} | wrong)
    assert answer.status_code == 422 or "passée" in word
    assert word in answer.text
    assert "Venez." in answer.text
    assert db.session.scalars(select(Assembly)).all() == []


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"vote": "ask"}, "Écrivez ce qui est mis au vote"),
        ({"vote": "join"}, "Choisissez un vote préparé"),
        ({"document": "javascript:alert(1)"}, "commence par https"),
        ({"file": "compte.pdf"}, "n’est pas un PDF"),
    ],
)
def test_an_item_that_is_wrong_keeps_its_words(
    visiting: Visit, secretary: Member, draft: Assembly, wrong: dict[str, object], word: str
) -> None:
    data = {"title": "Le budget", "text": "Le rapport.", "vote": "none"} | wrong
    if "file" in wrong:
        data["file"] = (BytesIO(b"MZ"), wrong["file"])
    answer = visiting(secretary).post(f"{PAGE}/points/nouveau", data=data)
    assert answer.status_code == 422
    assert word in answer.text
    assert "Le rapport." in answer.text
    assert len(db.session.scalars(select(AssemblyItem)).all()) == 1


def test_an_item_carries_a_document_and_a_vote_that_was_prepared(
    visiting: Visit, secretary: Member, draft: Assembly, ask: Ask
) -> None:
    poll = ask(Method.JUDGMENT, "Toit", "Puits", opened=False)
    number = poll.id
    data = {"title": "Où", "vote": "join", "poll": number, "room": "urn"}
    data["file"] = (BytesIO(PDF), "Rapport d’été.pdf")
    client = visiting(secretary)
    assert client.post(f"{PAGE}/points/nouveau", data=data).status_code == 302
    assert client.get(f"{PAGE}/points/2/document.pdf").data == PDF
    db.session.rollback()
    assert db.session.get_one(Poll, number).room == Room.URN
    client.post(f"{PAGE}/points/2/modifier", data={"title": "Où", "vote": "none"})
    db.session.rollback()
    assert db.session.get_one(Poll, number).room == ""


def test_a_short_notice_is_ticked_before_everybody_is_called(
    visiting: Visit, secretary: Member, draft: Assembly
) -> None:
    client = visiting(secretary)
    with held_at(STARTS - timedelta(days=3)):
        refused = client.post(f"{PAGE}/convoquer")
        assert refused.status_code == 422
        assert "cochez la case" in refused.text
        assert client.post(f"{PAGE}/convoquer", data={"short": "1"}).status_code == 302
        assert client.post(f"{PAGE}/convoquer", data={"short": "1"}).status_code == 302
    assert client.get(f"{PAGE}/points/1/modifier").status_code == 200
    changed = client.post(f"{PAGE}/points/1/modifier", data={"title": "Autre", "vote": "none"})
    assert changed.status_code == 409
    assert "L’ordre du jour a été envoyé" in changed.text


def test_a_draft_is_seen_by_who_prepares_it_alone(
    visiting: Visit, secretary: Member, draft: Assembly, people: list[Member]
) -> None:
    assert visiting(people[0]).get(PAGE).status_code == 404
    assert "Assemblée d’automne" not in visiting(people[0]).get(HOME).text
    assert "Assemblée d’automne" in visiting(secretary).get(HOME).text
    assert visiting(secretary).post(f"{PAGE}/supprimer").status_code == 302
    db.session.rollback()
    assert db.session.scalars(select(Assembly)).all() == []
    assert len(db.session.scalars(select(Poll)).all()) == 1


def test_another_community_s_assembly_is_absent(
    visiting: Visit, sitting: Assembly, elsewhere: Community
) -> None:
    open_module(elsewhere, "project_decisions")
    stranger = make_member(elsewhere, "Zoé", "Roux", permissions=("project_decisions.assembly",))
    client = visiting(stranger)
    theirs = "/ailleurs/project-decisions/assemblees/1"
    paths = ("", "/preparer", "/emargement", "/seance", "/convocation.pdf", "/ecran")
    for path in (*paths, "/points/1/comptage", "/points/1/salle", "/proces-verbal.pdf"):
        assert client.get(theirs + path).status_code == 404, path
    for path in ("/convoquer", "/seance/lever", "/emargement/1/parti", "/points/1/comptage/1"):
        assert client.post(theirs + path).status_code == 404, path


def test_a_search_finds_a_name_and_the_answer_comes_back_to_it(
    visiting: Visit, sitting: Assembly, people: list[Member]
) -> None:
    client = visiting(people[0])
    page = client.get(f"{PAGE}/emargement?q=chloe")
    assert "Martin Chloé" in page.text
    assert "Martin Bruno" not in page.text
    seat = attending.seats(sitting)[6].id
    data = {"q": "gael", "liste": "absents"}
    answer = client.post(f"{PAGE}/emargement/{seat}/present", data=data)
    assert answer.location.endswith(f"?q=gael&liste=absents#place-{seat}")
    assert client.post(f"{PAGE}/emargement/{seat}/present").status_code == 302
    assert "6 présents" in client.get(f"{PAGE}/emargement").text.replace("\xa0", " ")


def test_only_who_was_named_counts(
    visiting: Visit, sitting: Assembly, people: list[Member], secretary: Member
) -> None:
    data = {"answer_0": "5", "answer_1": "0", "answer_2": "0"}
    for member in (people[3], secretary):
        answer = visiting(member).post(f"{PAGE}/points/1/comptage/1", data=data)
        assert answer.status_code == 403
    wrong = visiting(people[1]).post(f"{PAGE}/points/1/comptage/1", data=data | {"answer_1": "-3"})
    assert wrong.status_code == 422
    assert 'value="5"' in wrong.text
    many = visiting(people[1]).post(f"{PAGE}/points/1/comptage/1", data=data | {"answer_1": "1"})
    assert "6 bulletins, et 5 voix" in many.text
    assert db.session.scalars(select(TellerEntry)).all() == []


def test_two_tellers_at_the_same_moment_agree_once(
    app: Flask, sitting: Assembly, people: list[Member]
) -> None:
    accounts = [(m.person.id, m.person.session_number) for m in people[:2] if m.person]
    db.session.commit()

    def tell(number: int) -> int:
        browser = app.test_client()
        assert isinstance(browser, Visitor)
        with browser.session_transaction() as session:
            session["person"], session["number"] = accounts[number % 2]
        data = {"answer_0": "3", "answer_1": "1", "answer_2": "1"}
        return browser.post(f"{PAGE}/points/1/comptage/1", data=data).status_code

    with ThreadPoolExecutor(4) as pool:
        assert Counter(pool.map(tell, range(12))) == {302: 12}
    db.session.rollback()
    assert len(db.session.scalars(select(TellerEntry)).all()) == 2
    assert db.session.scalars(select(Bundle)).one().agreed_at is not None


def test_the_wall_shows_the_result_and_no_name(
    visiting: Visit, sitting: Assembly, people: list[Member]
) -> None:
    bundle = paper.bundles(db.session.scalars(select(Poll)).one())[0]
    for teller in people[:2]:
        paper.enter(bundle, teller, {"answer_0": 3, "answer_1": 1, "answer_2": 1})
    holding.close_vote(sitting.items[0])
    shown = visiting(people[5]).get(f"{PAGE}/ecran?fond=sombre")
    assert shown.headers["Refresh"] == "5"
    page = shown.text.replace("\xa0", " ")
    assert "La proposition est adoptée" in page
    assert "<svg" in page
    assert "Refresh" not in visiting(people[5]).get(f"{PAGE}/ecran?arret=1").headers
    assert "Martin" not in page
    result = visiting(people[5]).get("/lavergne/project-decisions/votes/1/resultat").text
    assert "5 à main levée dans la salle" in result.replace("\xa0", " ")
    assert "a voté dans la salle" in result


def test_who_votes_where_is_a_list_by_last_names_with_accents_in_their_place(
    visiting: Visit, sitting: Assembly, people: list[Member]
) -> None:
    for member, name in zip(people[:3], ("Faure", "Élie", "Bonnet"), strict=True):
        assert member.person is not None
        member.person.last_name = name
    db.session.commit()
    listed = visiting(people[0]).get(f"{PAGE}/points/1/salle").text
    places = [listed.index(f"{each.name}</") for each in people[:4]]
    assert places[2] < places[1] < places[0] < places[3]


def test_a_paper_with_a_name_is_typed_by_who_holds_the_assembly(
    visiting: Visit, sitting: Assembly, people: list[Member]
) -> None:
    client = visiting(people[0])
    assert client.get(f"{PAGE}/points/1/papier/6").status_code == 200
    typed = client.post(f"{PAGE}/points/1/papier/6", data={"answer": "1"})
    assert typed.status_code == 302
    inside = client.post(f"{PAGE}/points/1/papier/1", data={"answer": "1"})
    assert "compte déjà dans la salle" in inside.text
    assert client.post(f"{PAGE}/points/1/salle/2/page").status_code == 302
    assert client.post(f"{PAGE}/points/1/salle/6/salle").status_code == 409
    db.session.rollback()
    assert [each.way for each in db.session.scalars(select(OpenBallot))] == ["paper"]
    assert visiting(people[4]).get(f"{PAGE}/points/1/salle").status_code == 403


def test_a_proxy_on_paper_is_typed_and_taken_away(
    visiting: Visit, sitting: Assembly, people: list[Member]
) -> None:
    client = visiting(people[0])
    path = f"{PAGE}/procurations"
    giver, holder = people[6].id, people[1].id
    assert client.post(path, data={"giver": giver, "holder": holder}).status_code == 302
    again = client.post(path, data={"giver": people[7].id, "holder": holder})
    assert again.status_code == 409
    assert "autant de procurations que permis" in again.text
    assert client.post(f"{path}/{giver}/retirer").status_code == 302
    db.session.rollback()
    assert db.session.scalars(select(AssemblyProxy)).all() == []


def test_the_attendance_sheet_and_the_register_are_given_as_files(
    visiting: Visit, sitting: Assembly, people: list[Member]
) -> None:
    client = visiting(people[0])
    sheet = PdfReader(BytesIO(client.get(f"{PAGE}/emargement.pdf").data)).pages[0].extract_text()
    assert "Martin Chloé" in sheet
    assert "8 membres inscrits" in sheet.replace("\xa0", " ")
    bundle = paper.bundles(db.session.scalars(select(Poll)).one())[0]
    for teller in people[:2]:
        paper.enter(bundle, teller, {"answer_0": 5, "answer_1": 0, "answer_2": 0})
    holding.close_vote(sitting.items[0])
    db.session.commit()
    register = "/lavergne/project-decisions/decisions"
    printed = PdfReader(BytesIO(client.get(f"{register}.pdf").data)).pages[0].extract_text()
    assert "n° 1 : Approuver les comptes" in printed.replace("\xa0", " ")
    for form in ("csv", "ods"):
        table = read_table(form, client.get(f"{register}.{form}").data)
        assert [row.cells[2] for row in table.rows] == ["Approuver les comptes"]
    before = client.get(f"{register}.csv?du=2026-10-01&au=2026-10-24")
    assert "Approuver" not in before.text
    assert "Approuver" in client.get(f"{register}.csv?du=2026-10-25&au=2026-10-25").text
    backwards = client.get(f"{register}.pdf?du=2026-10-25&au=2026-10-24")
    assert backwards.status_code == 422
    assert 'id="f-au-error">Le dernier jour vient avant le premier.' in backwards.text
    assert 'value="2026-10-25"' in backwards.text


def test_who_presides_is_named_during_the_session_until_the_text_is_fixed(
    visiting: Visit, sitting: Assembly, secretary: Member, people: list[Member]
) -> None:
    client = visiting(secretary)
    named = {"chair": people[1].id, "secretary": secretary.id}
    assert client.post(f"{PAGE}/bureau", data=named).status_code == 302
    assert visiting(people[0]).post(f"{PAGE}/bureau", data=named).status_code == 403
    assert visiting(people[1]).get(f"{PAGE}/seance").status_code == 200
    page = visiting(secretary).get(f"{PAGE}/proces-verbal")
    assert "Bruno Martin" in page.text
