"""Assemblies on the home page, in the agenda, in letters, in searches, exported and forgotten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from freeco.clock import held_at
from freeco.db import db
from freeco.events import deliver_events
from freeco.kernel import kernel
from freeco.members import membership
from freeco.members.models import Community, Member
from freeco.module import Ref
from freeco.notifications.models import Notice
from freeco.record.models import RecordEntry
from freeco.testing.visitor import Visitor
from freeco_project_decisions.assembly import (
    agenda,
    attending,
    holding,
    minutes,
    preparing,
    telling,
    voices,
)
from freeco_project_decisions.assembly.agenda import Resolution
from freeco_project_decisions.assembly.models import Assembly, AssemblyProxy, Minutes, Seat
from freeco_project_decisions.assembly.preparing import Planned
from freeco_project_decisions.polls import paper
from freeco_project_decisions.polls.models import Room

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
STARTS = NOW + timedelta(days=20)
NAME = ("project_decisions",)


@pytest.fixture
def assembly(community: Community, people: list[Member]) -> Assembly:
    """Give an assembly that was called, with one vote by hands."""
    found = preparing.draft(
        community,
        Planned(
            kind="ordinary",
            title="Assemblée d’automne",
            starts_at=STARTS,
            ends_at=STARTS + timedelta(hours=2),
            place="Salle des fêtes",
            text="Venez nombreux.",
            most_proxies=1,
            chair=people[0],
            secretary=people[1],
        ),
    )
    item = agenda.add_item(found, "Les comptes", "Le rapport.")
    agenda.ask(item, people[0], Resolution(title="Approuver les comptes"))
    preparing.name_tellers(found, people[:2])
    preparing.call(found)
    db.session.commit()
    return found


def hold(assembly: Assembly, people: list[Member], yes: int = 4) -> None:
    """Hold it to its end: four in the room, who all say yes."""
    attending.seat_everybody(assembly)
    for seat in attending.seats(assembly)[:4]:
        voices.arrive(seat)
    holding.open_session(assembly)
    for item in assembly.items:
        holding.open_vote(item)
        if item.poll is not None:
            for teller in people[:2]:
                counts = {"answer_0": yes, "answer_1": 4 - yes, "answer_2": 0}
                paper.enter(paper.bundles(item.poll)[0], teller, counts)
        holding.close_vote(item)
    holding.close_session(assembly)


def sign(assembly: Assembly, people: list[Member]) -> None:
    minutes.fix(assembly)
    for member in people[:2]:
        minutes.sign(assembly, member)


def cards(community: Community, member: Member) -> list[tuple[str, str]]:
    return [
        (str(each.title), str(each.text)) for each in kernel().plugins.home(NAME, community, member)
    ]


def told(member: Member) -> list[str]:
    found = select(Notice).where(Notice.member_id == member.id).order_by(Notice.id)
    return [each.subject for each in db.session.scalars(found)]


def test_the_home_asks_for_a_proxy_then_for_counts_then_for_minutes(
    app: Flask, community: Community, assembly: Assembly, people: list[Member]
) -> None:
    with app.test_request_context():
        title, text = cards(community, people[3])[0]
        assert title.startswith("Assemblée d’automne, le 25 octobre 2026")
        assert "donnez procuration" in text
        attending.give_proxy(assembly, people[3], people[2])
        assert "Vous avez donné procuration à Chloé Martin." in cards(community, people[3])[0][1]
        with held_at(STARTS):
            attending.seat_everybody(assembly)
            voices.arrive(attending.seats(assembly)[0])
            holding.open_session(assembly)
            holding.open_vote(assembly.items[0])
            assert "Vous comptez : Approuver les comptes" in [
                each.replace("\xa0", " ") for each, _text in cards(community, people[0])
            ]
            assert not [each for each in cards(community, people[4]) if "comptez" in each[0]]


def test_the_agenda_moves_it_and_does_not_keep_both(
    app: Flask, community: Community, assembly: Assembly, people: list[Member]
) -> None:
    with app.test_request_context():
        found = kernel().plugins.agenda(NAME, community, people[0], NOW, STARTS + timedelta(days=1))
        mine = [each for each in found if each.title == "Assemblée d’automne"]
        assert [(each.starts_at, each.place) for each in mine] == [(STARTS, "Salle des fêtes")]
        assert mine[0].key == f"project_decisions.assembly:{assembly.id}"


def test_everybody_is_told_once_and_reminded_three_days_before(
    community: Community, assembly: Assembly, people: list[Member]
) -> None:
    for _each in range(2):
        telling.tell_due(community)
    assert [each.replace("\xa0", " ") for each in told(people[5])] == [
        "Convocation : Assemblée d’automne"
    ]
    notice = db.session.scalars(select(Notice).where(Notice.member_id == people[5].id)).one()
    assert "1. Les comptes" in notice.body
    assert "Salle des fêtes" in notice.body
    with held_at(STARTS - timedelta(days=3)):
        telling.tell_due(community)
        telling.tell_due(community)
    assert len(told(people[5])) == 2
    preparing.cancel(assembly, "La salle est inondée.")
    telling.tell_due(community)
    assert "n’aura pas lieu" in told(people[5])[-1]


def test_signed_minutes_are_told_and_stated(
    community: Community, assembly: Assembly, people: list[Member]
) -> None:
    with held_at(STARTS):
        hold(assembly, people)
        sign(assembly, people)
        telling.tell_due(community)
    assert "procès-verbal est signé" in told(people[5])[-1]
    kinds = db.session.scalars(select(RecordEntry.kind).order_by(RecordEntry.id)).all()
    assert [each for each in kinds if each.startswith("assembly.")] == [
        "assembly.called",
        "assembly.minutes",
    ]


def test_the_vote_of_the_next_assembly_adopts_the_minutes(
    community: Community, assembly: Assembly, people: list[Member]
) -> None:
    with held_at(STARTS):
        hold(assembly, people)
        sign(assembly, people)
    later = STARTS + timedelta(days=30)
    with held_at(STARTS + timedelta(days=1)):
        following = preparing.draft(
            community,
            Planned(
                kind="ordinary",
                title="La suivante",
                starts_at=later,
                ends_at=later + timedelta(hours=1),
                place="Salle des fêtes",
                chair=people[0],
                secretary=people[1],
            ),
        )
        item = agenda.add_item(following, "Le procès-verbal")
        item.approves = assembly
        agenda.ask(item, people[0], Resolution(title="L’adopter", room=Room.HANDS))
        preparing.call(following)
    with held_at(later):
        hold(following, people)
        db.session.commit()
        while deliver_events(kernel().plugins):
            pass
    found = db.session.scalars(select(Minutes).where(Minutes.assembly_id == assembly.id)).one()
    assert found.adopted_in_id == following.id


def test_it_is_found_and_named_and_a_draft_is_not(
    app: Flask, community: Community, assembly: Assembly, people: list[Member]
) -> None:
    with app.test_request_context():
        found = kernel().plugins.search(NAME, community, people[0], "assemblee automne")
        assert "Assemblée d’automne" in [str(each.title) for each in found]
        label = kernel().plugins.ref(Ref("project_decisions", "assembly", assembly.id))
        assert label is not None
        assert label.label == "Assemblée d’automne"
        assembly.state = "draft"
        assert kernel().plugins.ref(Ref("project_decisions", "assembly", assembly.id)) is None


def test_what_one_did_is_given_and_a_name_goes_but_not_that_somebody_came(
    community: Community, assembly: Assembly, people: list[Member]
) -> None:
    with held_at(STARTS):
        attending.give_proxy(assembly, people[6], people[3], paper=True)
        hold(assembly, people)
    plugins = kernel().plugins
    given = plugins.export(people[0])["project_decisions"]
    assert given["assemblies"][0]["assembly"] == "Assemblée d’automne"
    assert given["voted_in_the_room"] == ["Approuver les comptes"]
    assert len(given["counts_typed"]) == 1
    giver = plugins.export(people[6])["project_decisions"]
    assert giver["assembly_proxies_given"][0]["on_paper"]
    for member in (people[0], people[6]):
        plugins.erase(member)
    assert assembly.chair_id is None
    came = select(Seat).where(Seat.came_at.is_not(None))
    assert len(db.session.scalars(came).all()) == 4
    assert db.session.scalars(select(AssemblyProxy.giver_id)).one() is None


def test_who_leaves_before_it_takes_their_proxy_along(
    community: Community, assembly: Assembly, people: list[Member]
) -> None:
    attending.give_proxy(assembly, people[6], people[3])
    kernel().plugins.erase(people[3])
    assert db.session.scalars(select(AssemblyProxy)).all() == []


Visit = Callable[[Member], Visitor]


def test_a_member_without_a_charge_only_reads(
    visiting: Visit, assembly: Assembly, people: list[Member]
) -> None:
    client = visiting(people[5])
    page = f"/lavergne/project-decisions/assemblees/{assembly.id}"
    assert client.get(page).status_code == 200
    for path in ("/emargement", "/seance", "/preparer", "/modifier", "/courriers.pdf"):
        assert client.get(page + path).status_code == 403, path
    assert client.get(f"{page}/proces-verbal").status_code == 404
    for path in ("/seance/ouvrir", "/emargement/ouvrir", "/convoquer", "/points/1/appeler"):
        assert client.post(page + path).status_code == 403, path
    assert not membership.holds(people[5], "project_decisions.assembly")
