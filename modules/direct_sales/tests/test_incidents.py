"""What was wrong with a basket: read by those it concerns, and by nobody else."""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.notifications.models import Notice
from freeco.testing.forms import Typed, fill_in
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.shifts import incidents
from freeco_direct_sales.shifts.errors import IncidentSettled, NotDelivered
from freeco_direct_sales.shifts.incident_models import Incident, IncidentKind, IncidentState

Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"


def send(client: Visitor, page: TestResponse, ending: str, typed: Typed) -> TestResponse:
    """Send a form of a page and follow to the page it leads to."""
    answer = fill_in(client, page, ending, typed)
    return client.get(answer.location) if answer.status_code == 302 else answer


@pytest.fixture
def incident(thursday: Distribution, member: Member, producer: Producer) -> Incident:
    """Give leeks that were missing from Marie's basket."""
    found = incidents.report(
        thursday,
        households.household_of(member),
        member,
        producer,
        IncidentKind.MISSING,
        "Pas de poireaux.",
    )
    db.session.commit()
    return found


def told(member: Member) -> int:
    return db.session.query(Notice).filter_by(member_id=member.id).count()


def test_from_my_basket_the_producer_and_the_coordinator_are_told_once(
    visiting: Visit,
    thursday: Distribution,
    member: Member,
    farmer: Member,
    coordinator: Member,
    neighbour: Member,
) -> None:
    marie = visiting(member)
    basket = marie.get(f"{HERE}/distributions/{thursday.id}/mon-panier")
    address = f"{HERE}/distributions/{thursday.id}/signaler"
    assert address in basket.text
    form = marie.get(address)
    for _click in range(2):
        page = send(marie, form, "/signaler", {"words": "Pas de poireaux."})
    assert "Pas de poireaux." in page.text
    assert db.session.query(Incident).count() == 1
    assert [told(each) for each in (farmer, coordinator, neighbour)] == [1, 1, 0]


def test_the_farmer_answers_and_the_household_says_it_is_settled(
    visiting: Visit, incident: Incident, member: Member, farmer: Member
) -> None:
    denis = visiting(farmer)
    page = denis.get(f"{HERE}/signalements/{incident.id}")
    page = send(denis, page, "/repondre", {"words": "J’en rajoute jeudi."})
    assert incident.state == IncidentState.ANSWERED
    assert "/regler" not in page.text
    assert denis.post(f"{HERE}/signalements/{incident.id}/regler").status_code == 403
    marie = visiting(member)
    page = marie.get(f"{HERE}/signalements/{incident.id}")
    assert "J’en rajoute jeudi." in page.text
    send(marie, page, "/regler", {})
    db.session.refresh(incident)
    assert incident.state == IncidentState.SETTLED
    with pytest.raises(IncidentSettled):
        incidents.answer(incident, farmer, "Encore un mot.")


def test_what_the_household_adds_waits_for_an_answer_again(
    incident: Incident, member: Member, farmer: Member
) -> None:
    incidents.answer(incident, farmer, "Désolé.")
    incidents.answer(incident, member, "Et les carottes ?")
    assert incident.state == IncidentState.OPEN
    incidents.answer(incident, member, "Et les carottes ?")
    assert len(incident.answers) == 2


def test_nobody_else_reads_it(
    visiting: Visit, incident: Incident, neighbour: Member, elsewhere: Community
) -> None:
    jean = visiting(neighbour)
    assert jean.get(f"{HERE}/signalements/{incident.id}").status_code == 404
    answer = jean.post(f"{HERE}/signalements/{incident.id}/repondre", data={"words": "Moi"})
    assert answer.status_code == 404
    assert "manquait" not in jean.get(f"{HERE}/signalements").text
    stranger = make_member(elsewhere, "Ana", "Sol", permissions=("direct_sales.coordinate",))
    there = visiting(stranger)
    path = f"/ailleurs/direct-sales/signalements/{incident.id}"
    assert there.get(path).status_code == 404


def test_the_table_reports_for_who_stands_there_and_a_neighbour_may_not(
    visiting: Visit, thursday: Distribution, member: Member, volunteer: Member, neighbour: Member
) -> None:
    marie_s = households.household_of(member).id
    address = f"{HERE}/distributions/{thursday.id}/signaler?foyer={marie_s}"
    rose = visiting(volunteer)
    assert (
        address.partition("/direct")[2]
        in rose.get(f"{HERE}/distributions/{thursday.id}/table").text
    )
    page = send(rose, rose.get(address), "/signaler", {"kind": "damaged"})
    assert page.status_code == 200
    assert db.session.query(Incident).one().household_id == marie_s
    jean = visiting(neighbour)
    assert jean.get(address).status_code == 403
    refused = jean.post(
        f"{HERE}/distributions/{thursday.id}/signaler",
        data={"household": str(marie_s), "kind": "missing", "producer": "1"},
    )
    assert refused.status_code == 403


def test_something_else_needs_words_and_a_producer_who_came(
    visiting: Visit, thursday: Distribution, member: Member, bakery: Producer
) -> None:
    marie = visiting(member)
    form = marie.get(f"{HERE}/distributions/{thursday.id}/signaler")
    page = send(marie, form, "/signaler", {"kind": "other"})
    assert page.status_code == 422
    assert "Dites en quelques mots" in page.text
    with pytest.raises(NotDelivered):
        incidents.report(
            thursday, households.household_of(member), member, bakery, IncidentKind.WRONG
        )


def test_the_coordinator_has_a_list_for_each_producer(
    visiting: Visit, incident: Incident, coordinator: Member, bakery: Producer
) -> None:
    awa = visiting(coordinator)
    mine = awa.get(f"{HERE}/signalements?producteur={incident.producer_id}")
    assert f"/signalements/{incident.id}" in mine.text
    other = awa.get(f"{HERE}/signalements?producteur={bakery.id}")
    assert f"/signalements/{incident.id}" not in other.text
