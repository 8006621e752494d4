"""A new coordinator finds the season on one page, the notes, and a charge that is theirs."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from freeco.clock import held_at, now
from freeco.db import db
from freeco.kernel import kernel
from freeco.members import membership
from freeco.members.models import STEWARD, TREASURER, Community, Member
from freeco.testing import Visitor, make_community, make_member
from freeco.testing.people import open_module, sign_in_as
from freeco_direct_sales import distributions
from freeco_direct_sales.handover import notes, passing, seeing
from freeco_direct_sales.handover.errors import NotYours, ToOneself, WrittenMeanwhile
from freeco_direct_sales.handover.models import HandingOver, HandoverNote
from freeco_direct_sales.models import SeasonContract, Subscription
from freeco_direct_sales.permissions import COORDINATE

Take = Callable[..., Subscription]
SEASON = "/lavergne/direct-sales/saison"


@pytest.fixture
def sylvie(community: Community) -> Member:
    """Give who coordinates today, and watches over the community."""
    return make_member(community, "Sylvie", "Marty", permissions=(COORDINATE.name, STEWARD))


@pytest.fixture
def newcomer(community: Community) -> Member:
    return make_member(community, "Anne", "Roy")


def tasks(client: Visitor, member: Member) -> str:
    assert member.person is not None
    return sign_in_as(client, member.person).get(SEASON).text


def test_the_page_counts_what_stands_and_what_waits(
    client: Visitor,
    opened: None,
    vegetables: SeasonContract,
    member: Member,
    sylvie: Member,
    take: Take,
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    db.session.commit()
    (line,) = seeing.see(sylvie.community).contracts
    assert (line.taken, line.unsigned, line.waiting) == (1, 1, 0)
    page = tasks(client, sylvie)
    assert "Faire signer 1 contrat" in page
    assert "Imprimer la feuille du jeudi 5 novembre" in page


def test_tasks_come_in_the_order_of_their_days(
    client: Visitor, vegetables: SeasonContract, sylvie: Member, opened: None
) -> None:
    vegetables.season_end = date(2026, 10, 31) + timedelta(days=20)
    db.session.commit()
    page = tasks(client, sylvie)
    soon, late = page.index("Imprimer la feuille"), page.index("Préparer la saison suivante")
    assert soon < late
    assert page.index("Cette semaine") < soon < page.index("Ce mois-ci") < late


def test_a_season_that_ends_asks_for_the_next(
    client: Visitor, opened: None, vegetables: SeasonContract, sylvie: Member
) -> None:
    vegetables.season_end = date(2027, 3, 31)
    db.session.commit()
    assert "Préparer la saison suivante" not in tasks(client, sylvie)
    vegetables.season_end = date(2026, 11, 30)
    db.session.commit()
    assert "Préparer la saison suivante de" in tasks(client, sylvie)


def test_the_page_is_for_who_coordinates(
    client: Visitor, opened: None, community: Community, member: Member, sylvie: Member
) -> None:
    assert member.person is not None
    sign_in_as(client, member.person)
    for path in (SEASON, f"{SEASON}/notes", f"{SEASON}/passer", f"{SEASON}/exercices"):
        assert client.get(path).status_code == 403, path
    assert sylvie.person is not None
    sign_in_as(client, sylvie.person)
    assert client.get(f"{SEASON}/exercices").status_code == 404
    elsewhere = make_community("ailleurs", "Ailleurs")
    open_module(elsewhere, "direct_sales")
    assert client.get("/ailleurs/direct-sales/saison").status_code in (302, 404)


def queries_of_the_season(app: Flask, community_id: int) -> int:
    """Count what the page asks of the database, in a session of its own as a page has."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    db.session.commit()
    with app.app_context():
        community = db.session.get_one(Community, community_id)
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            seen = seeing.see(community)
            assert [line.contract.producer.name for line in seen.contracts]
            assert [each.member.name for each in seen.holders]
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


def test_a_longer_season_asks_the_database_no_more(
    app: Flask, vegetables: SeasonContract, bread: SeasonContract, sylvie: Member, take: Take
) -> None:
    here = sylvie.community_id
    vegetables.capacity = None
    few = queries_of_the_season(app, here)
    for number in range(3):
        member = make_member(sylvie.community, f"Tom{number}", "Gil", permissions=(TREASURER,))
        take(vegetables, member, {"Petit panier": 1})
    distributions.create_distributions(
        sylvie.community,
        [date(2027, 1, 7) + timedelta(weeks=week) for week in range(12)],
        time(18, 30),
        time(19, 30),
        "Halle",
    )
    assert queries_of_the_season(app, here) == few
    assert few <= 20


def test_notes_are_kept_with_what_stood_before(sylvie: Member, newcomer: Member) -> None:
    notes.write(sylvie, "La clé est chez Bernard.", seen=0)
    notes.write(newcomer, "La clé est chez Anne.", seen=1)
    notes.write(newcomer, "La clé est chez Anne.", seen=1)
    assert [(row.version, row.written_by_id) for row in notes.versions(sylvie.community)] == [
        (2, newcomer.id),
        (1, sylvie.id),
    ]
    with pytest.raises(WrittenMeanwhile):
        notes.write(sylvie, "Autre chose.", seen=1)


def test_notes_typed_meanwhile_are_not_lost(client: Visitor, opened: None, sylvie: Member) -> None:
    notes.write(sylvie, "La clé est chez Bernard.", seen=0)
    db.session.commit()
    assert sylvie.person is not None
    sign_in_as(client, sylvie.person)
    late = client.post(f"{SEASON}/notes", data={"words": "Chez Anne.", "seen": "0"})
    assert late.status_code == 409
    assert "Chez Anne." in late.text
    assert (
        client.post(f"{SEASON}/notes", data={"words": "Chez Anne.", "seen": "1"}).status_code == 302
    )
    assert db.session.query(HandoverNote).count() == 2


def test_the_newcomer_has_the_charge_at_once_and_the_other_gives_it_back_on_the_day(
    sylvie: Member, newcomer: Member
) -> None:
    day = now().date() + timedelta(days=7)
    passing.hand_over(sylvie, newcomer, [COORDINATE.name, STEWARD], day)
    passing.hand_over(sylvie, newcomer, [COORDINATE.name, STEWARD], day)
    db.session.commit()
    assert db.session.query(HandingOver).count() == 2
    assert {COORDINATE.name, STEWARD} <= membership.permissions_of(newcomer)
    passing.give_back_due(sylvie.community)
    assert membership.holds(sylvie, COORDINATE.name)
    with held_at(now() + timedelta(days=7)):
        passing.give_back_due(sylvie.community)
        passing.give_back_due(sylvie.community)
    assert membership.permissions_of(sylvie) == frozenset()
    assert passing.coming(sylvie.community) == []


def test_a_charge_is_never_left_to_nobody(sylvie: Member, newcomer: Member) -> None:
    passing.hand_over(sylvie, newcomer, [COORDINATE.name], now().date())
    membership.revoke(newcomer, COORDINATE.name)
    passing.give_back_due(sylvie.community)
    assert membership.holds(sylvie, COORDINATE.name)


def test_who_hands_over_may_change_their_mind(sylvie: Member, newcomer: Member) -> None:
    (row,) = passing.hand_over(sylvie, newcomer, [COORDINATE.name], now().date())
    passing.keep(sylvie, row.id)
    passing.give_back_due(sylvie.community)
    assert membership.holds(sylvie, COORDINATE.name)


def test_one_hands_over_what_one_holds_to_somebody_else(sylvie: Member, newcomer: Member) -> None:
    with pytest.raises(NotYours):
        passing.hand_over(sylvie, newcomer, [TREASURER], now().date())
    with pytest.raises(ToOneself):
        passing.hand_over(sylvie, sylvie, [COORDINATE.name], now().date())
    assert membership.permissions_of(newcomer) == frozenset()


def test_only_a_steward_confides_a_charge(
    client: Visitor, opened: None, community: Community, newcomer: Member
) -> None:
    only = make_member(community, "Luc", "Brun", permissions=(COORDINATE.name,))
    assert only.person is not None
    sign_in_as(client, only.person)
    assert "Demandez-le à" in client.get(f"{SEASON}/passer").text
    data = {"member": newcomer.id, "charges": COORDINATE.name, "gives_back_on": "2026-11-30"}
    assert client.post(f"{SEASON}/passer", data=data).status_code == 403


def test_the_form_hands_over_and_says_so(
    client: Visitor, opened: None, sylvie: Member, newcomer: Member
) -> None:
    assert sylvie.person is not None
    sign_in_as(client, sylvie.person)
    data = {"member": newcomer.id, "charges": [COORDINATE.name], "gives_back_on": "2026-11-30"}
    wrong = client.post(f"{SEASON}/passer", data={**data, "gives_back_on": ""})
    assert wrong.status_code == 422
    assert client.post(f"{SEASON}/passer", data=data).status_code == 302
    page = client.get(f"{SEASON}/passer").text
    assert "Ce que vous rendez" in page
    assert "lundi 30 novembre" in page
    assert "Anne Roy" in client.get(SEASON).text


def test_what_one_wrote_and_handed_over_is_in_the_export(sylvie: Member, newcomer: Member) -> None:
    notes.write(sylvie, "La clé.", seen=0)
    passing.hand_over(sylvie, newcomer, [COORDINATE.name], date(2026, 11, 30))
    found = kernel().plugins.export(sylvie)["direct_sales"]
    assert found["handover_notes"][0]["words"] == "La clé."
    assert found["charges_handed_over"][0]["gives_back_on"] == "2026-11-30"
    kernel().plugins.erase(sylvie)
    assert passing.coming(sylvie.community) == []
