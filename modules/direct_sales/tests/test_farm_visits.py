"""Guarantee visits: told by who came, answered by the farm, never rewritten, never starred."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import update

from freeco.clock import now
from freeco.db import db
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue
from freeco_direct_sales.growing import visits
from freeco_direct_sales.growing.errors import (
    AlreadyAnswered,
    NobodyVisited,
    VisitEmpty,
    VisitNotPublished,
    VisitPublished,
    VisitToCome,
)
from freeco_direct_sales.growing.models import Visit as Report
from freeco_direct_sales.growing.models import VisitAddition
from freeco_direct_sales.models import Producer

Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
DAY = date(2026, 10, 13)


@pytest.fixture
def report(producer: Producer, member: Member, neighbour: Member) -> Report:
    """Give the draft of Marie and Jean, who came on the 13th of October."""
    found = visits.write(
        producer,
        [member, neighbour],
        visited_on=DAY,
        seen="Trois hectares, tout est paillé.",
        asked="Relever le compteur.",
        next_due_on=date(2027, 10, 13),
        points={3: "Une saisonnière, déclarée.", 6: "Aucun pesticide vu.", 99: "Rien"},
    )
    db.session.commit()
    return found


@pytest.fixture
def published(report: Report) -> Report:
    """Give it published."""
    visits.publish(report)
    db.session.commit()
    return report


def test_the_same_day_again_is_the_same_draft_and_points_are_the_charter_s(
    report: Report, producer: Producer, member: Member
) -> None:
    assert [(each.article, each.title) for each in report.points] == [
        (3, "Les conditions de travail"),
        (6, "Le climat, les sols et le vivant"),
    ]
    again = visits.write(producer, [member], visited_on=DAY, seen="Tout est paillé.")
    assert again is report
    assert ([each.member for each in again.visitors], again.points) == ([member], [])


def test_what_is_published_meanwhile_is_not_rewritten_by_who_read_a_draft(
    report: Report, producer: Producer, member: Member
) -> None:
    assert report.published_at is None  # read, as a page does before it writes
    changed = update(Report).where(Report.id == report.id).values(published_at=now())
    db.session.execute(changed.execution_options(synchronize_session=False))
    with pytest.raises(VisitPublished):
        visits.write(producer, [member], visited_on=DAY, seen="Rien.", visit=report)


def test_what_is_published_is_not_rewritten_but_corrected(
    published: Report, producer: Producer, member: Member
) -> None:
    with pytest.raises(VisitPublished):
        visits.write(producer, [member], visited_on=DAY, seen="Autre", visit=published)
    for _again in range(2):
        visits.add(published, "Quatre hectares, pas trois.", by_farm=False)
    assert published.seen == "Trois hectares, tout est paillé."
    assert [each.words for each in published.additions] == ["Quatre hectares, pas trois."]


def test_a_report_has_a_day_that_is_past_people_and_words(
    producer: Producer, member: Member
) -> None:
    with pytest.raises(NobodyVisited):
        visits.write(producer, [], visited_on=DAY)
    with pytest.raises(VisitToCome):
        visits.write(producer, [member], visited_on=date(2026, 11, 3))
    with pytest.raises(VisitEmpty):
        visits.publish(visits.write(producer, [member], visited_on=DAY))


def test_the_farm_answers_once_what_is_published(report: Report) -> None:
    for act in (
        lambda: visits.answer(report, "Merci."),
        lambda: visits.add(report, "Merci.", by_farm=True),
        lambda: visits.show_to_anybody(report, agreed=True),
    ):
        with pytest.raises(VisitNotPublished):
            act()
    visits.publish(report)
    visits.answer(report, "Merci.")
    visits.answer(report, "Merci.")
    with pytest.raises(AlreadyAnswered):
        visits.answer(report, "Non, rien.")
    assert report.answer == "Merci."


def test_a_draft_is_read_by_who_came_and_who_coordinates(
    report: Report,
    member: Member,
    coordinator: Member,
    farmer: Member,
    treasurer: Member,
    visiting: Visit,
) -> None:
    for who, status in ((member, 200), (coordinator, 200), (farmer, 404), (treasurer, 404)):
        assert visiting(who).get(f"{HERE}/visites/{report.id}").status_code == status
        listed = visiting(who).get(f"{HERE}/producteurs/{report.producer_id}").text
        assert (f"/visites/{report.id}" in listed) == (status == 200)
    assert visiting(farmer).post(f"{HERE}/visites/{report.id}/publier").status_code == 404


def test_who_came_goes_on_with_the_draft_and_publishes_it(
    report: Report, member: Member, treasurer: Member, visiting: Visit
) -> None:
    marie = visiting(member)
    assert "tout est paillé" in marie.get(f"{HERE}/visites/{report.id}/modifier").text
    sent = {"visited_on": "2026-10-13", "visitors": [str(member.id)], "seen": "Vu.", "p-6": "Bien."}
    assert marie.post(f"{HERE}/visites/{report.id}/modifier", data=sent).status_code == 302
    for _again in range(2):
        assert marie.post(f"{HERE}/visites/{report.id}/publier").status_code == 302
    page = visiting(treasurer).get(f"{HERE}/visites/{report.id}").text
    assert "Le climat, les sols et le vivant" in page
    assert "/publier" not in page
    after = visiting(member).post(f"{HERE}/visites/{report.id}/modifier", data=sent)
    assert "il ne se récrit plus" in after.text


def test_a_visitor_is_named_by_their_own_yes_alone(
    published: Report, member: Member, neighbour: Member, treasurer: Member, visiting: Visit
) -> None:
    address = f"{HERE}/visites/{published.id}"
    assert "2 personnes sont venues." in visiting(treasurer).get(address).text
    visiting(member).post(f"{address}/me-nommer", data={"agreed": "1"})
    page = visiting(treasurer).get(address).text
    assert "Sont venus\u00a0: Marie Dupont, et une autre personne." in page
    assert visiting(treasurer).post(f"{address}/me-nommer", data={}).status_code == 404
    visiting(member).post(f"{address}/me-nommer", data={})
    assert "Marie Dupont" not in visiting(treasurer).get(address).text


def test_who_is_erased_is_named_no_more(published: Report, member: Member) -> None:
    (me,) = [each for each in published.visitors if each.member is member]
    visits.name_me(me, agreed=True)
    exported = str(kernel().plugins.export(member))
    assert "guarantee_visits" in exported
    kernel().plugins.erase(member)
    assert visits.names(published) == ([], 2)


def test_the_farm_answers_and_the_visitors_correct_on_the_page(
    published: Report, farmer: Member, member: Member, treasurer: Member, visiting: Visit
) -> None:
    address, said = f"{HERE}/visites/{published.id}", {"words": "Merci d’être venus."}
    assert visiting(treasurer).post(f"{address}/repondre", data=said).status_code == 403
    assert visiting(treasurer).post(f"{address}/corriger", data=said).status_code == 403
    assert visiting(farmer).post(f"{address}/repondre", data={"words": " "}).status_code == 422
    visiting(farmer).post(f"{address}/repondre", data=said)
    again = visiting(farmer).post(f"{address}/repondre", data={"words": "Autre chose."})
    assert again.status_code == 409
    visiting(member).post(f"{address}/corriger", data={"words": "Quatre hectares."})
    visiting(farmer).post(f"{address}/corriger", data={"words": "Et deux serres."})
    sides = [(each.by_farm, each.words) for each in db.session.query(VisitAddition)]
    assert sides == [(False, "Quatre hectares."), (True, "Et deux serres.")]
    page = visiting(treasurer).get(address).text
    assert "Merci d’être venus." in page
    assert "Ajouté par la ferme" in page


def test_anybody_reads_a_report_only_as_long_as_the_farm_agrees(
    published: Report, farmer: Member, member: Member, client: Visitor, visiting: Visit
) -> None:
    visiting(member).post(f"{HERE}/visites/{published.id}/me-nommer", data={"agreed": "1"})
    refused = visiting(member).post(f"{HERE}/visites/{published.id}/vitrine", data={"agreed": "1"})
    assert refused.status_code == 403
    assert "paillé" not in client.get(f"{HERE}/vitrine").text
    visiting(farmer).post(f"{HERE}/visites/{published.id}/vitrine", data={"agreed": "1"})
    shown = client.get(f"{HERE}/vitrine").text
    assert "Aucun pesticide vu." in shown
    assert "Marie Dupont" not in shown.partition("<main")[2]
    visiting(farmer).post(f"{HERE}/visites/{published.id}/vitrine", data={})
    assert "paillé" not in client.get(f"{HERE}/vitrine").text


def test_a_coordinator_tells_a_visit(
    producer: Producer, coordinator: Member, member: Member, visiting: Visit
) -> None:
    address = f"{HERE}/producteurs/{producer.id}/visites/nouvelle"
    assert visiting(member).get(address).status_code == 403
    awa = visiting(coordinator)
    assert "Les conditions de travail" in awa.get(address).text
    sent = {"visited_on": "2026-10-13", "visitors": [str(member.id)], "seen": "Beau travail."}
    for wrong, words in (
        ({"visitors": []}, "Dites qui est venu"),
        ({"visited_on": "2026-12-24"}, "n’a pas encore eu lieu"),
        ({"next_due_on": "2026-10-01"}, "La prochaine visite vient après celle-ci."),
        ({"visitors": ["999999"]}, ""),
        ({"p-1": "x" * 3001}, "Ce texte est trop long."),
    ):
        answer = awa.post(address, data=sent | wrong)
        assert answer.status_code in (404, 422)
        assert words in answer.text
    assert db.session.query(Report).count() == 0
    answer = awa.post(address, data=sent)
    assert "Beau travail." in awa.get(answer.location).text


def test_another_community_s_visit_is_absent(
    elsewhere: Community, coordinator: Member, member: Member, visiting: Visit
) -> None:
    theirs = catalogue.add_producer(elsewhere, "Ferme d’Ailleurs")
    report = visits.write(theirs, [member], visited_on=DAY, seen="Vu.")
    visits.publish(report)
    db.session.commit()
    visitor = visiting(coordinator)
    assert visitor.get(f"{HERE}/visites/{report.id}").status_code == 404
    for deed in ("publier", "me-nommer", "repondre", "corriger", "vitrine", "modifier"):
        assert visitor.post(f"{HERE}/visites/{report.id}/{deed}").status_code == 404
