"""The table at the door without network: what phones note, and how it is merged."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from freeco.clock import held_at
from freeco.db import db
from freeco.kernel import kernel
from freeco.members import households
from freeco.members.membership import permissions_of
from freeco.members.models import Community, Household, Member
from freeco.offline import queue
from freeco.testing.forms import fill_in
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import collection, contracts, distributions
from freeco_direct_sales.collection_models import Collection
from freeco_direct_sales.models import Distribution, SeasonContract

Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales/distributions/{id}/table"
PHONE, TABLET = str(uuid4()), str(uuid4())
DOOR = datetime(2026, 11, 5, 17, 40, tzinfo=UTC)
"""Twenty to seven on Thursday evening in Paris."""


def home_of(member: Member) -> Household:
    return households.household_of(member)


def standing(distribution: Distribution) -> dict[str, bool]:
    return {row.household: row.taken for row in collection.table_of(distribution)}


def line(
    distribution: Distribution, household: Household, position: int, at: datetime, **typed: str
) -> dict[str, Any]:
    """Return what offline.js puts in the queue for a tap on a row."""
    values = {"distribution": str(distribution.id), "household": str(household.id), "seen": "0"}
    return {
        "key": str(uuid4()),
        "kind": "direct_sales.collected",
        "values": {**values, "taken": "1", "taken_by": "", "note": "", **typed},
        "at": at.isoformat(),
        "position": position,
    }


def hand_in(
    client: Visitor,
    member: Member,
    *actions: dict[str, Any],
    device: str = PHONE,
    at: datetime = DOOR + timedelta(hours=1),
    place: str = "lavergne",
) -> TestResponse:
    """Hand in as a device does, an hour after the tap unless told."""
    with held_at(at):
        return client.post(
            f"/{place}/hors-ligne",
            json={
                "device": device,
                "member": member.id,
                "now": at.isoformat(),
                "actions": list(actions),
            },
            headers={"Accept": "application/json"},
        )


def outcomes(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["outcome"] for each in answer.get_json()["answers"]]


def test_what_two_phones_noted_is_merged_once(
    thursday: Distribution, volunteer: Member, member: Member, neighbour: Member, visiting: Visit
) -> None:
    client = visiting(volunteer)
    first = line(thursday, home_of(member), 1, DOOR)
    second = line(thursday, home_of(neighbour), 1, DOOR + timedelta(minutes=2))
    assert outcomes(hand_in(client, volunteer, second, device=TABLET)) == ["applied"]
    assert outcomes(hand_in(client, volunteer, first)) == ["applied"]
    assert outcomes(hand_in(client, volunteer, first)) == ["applied"]
    assert standing(thursday) == {"Dupont Marie": True, "Martin Jean": True}
    assert db.session.query(Collection).count() == 2
    assert [row.recorded_at for row in db.session.query(Collection).order_by(Collection.id)] == [
        DOOR + timedelta(minutes=2),
        DOOR,
    ]


@pytest.mark.parametrize("late_phone_first", [True, False])
def test_the_line_typed_last_counts_whichever_phone_comes_first(
    thursday: Distribution,
    volunteer: Member,
    coordinator: Member,
    member: Member,
    visiting: Visit,
    late_phone_first: bool,
) -> None:
    household = home_of(member)
    early = line(thursday, household, 1, DOOR)
    late = line(thursday, household, 1, DOOR + timedelta(minutes=3), taken="0")
    deliveries = [(volunteer, early, PHONE), (coordinator, late, TABLET)]
    told = []
    for who, action, device in deliveries[::-1] if late_phone_first else deliveries:
        told += hand_in(visiting(who), who, action, device=device).get_json()["answers"]
    assert [each["outcome"] for each in told] == ["applied", "conflict"]
    assert "« pas pris », noté en dernier" in told[1]["sentence"]
    row = collection.table_of(thursday)[0]
    assert not row.taken
    assert [each.taken for each in row.lines] == [True, False]
    page = visiting(coordinator).get(HERE.format(id=thursday.id)).text
    assert "noté par Rose Lavaur" in page
    assert "noté par Awa Diallo" in page


def test_a_contradiction_is_listed_until_somebody_has_looked(
    thursday: Distribution, volunteer: Member, coordinator: Member, member: Member, visiting: Visit
) -> None:
    household = home_of(member)
    hand_in(visiting(volunteer), volunteer, line(thursday, household, 1, DOOR))
    later = line(thursday, household, 1, DOOR + timedelta(minutes=3), taken_by="Nadège Roques")
    hand_in(visiting(coordinator), coordinator, later, device=TABLET)
    client = visiting(coordinator)
    page = client.get("/lavergne/hors-ligne")
    assert "À vérifier : 1" in page.text
    assert "Marie Dupont : pris par Nadège Roques" in page.text
    assert "Awa Diallo, 5 novembre 2026 à\u00a018\u00a0h\u00a043" in page.text
    assert f"/table#foyer-{household.id}" in page.text
    answer = fill_in(client, page, "/verifie")
    assert answer.status_code == 302
    page = client.get("/lavergne/hors-ligne")
    assert "À vérifier : 0" in page.text
    assert "Vérifié par Awa Diallo" in page.text


def test_what_was_seen_before_tapping_is_a_correction_and_no_contradiction(
    thursday: Distribution, volunteer: Member, coordinator: Member, member: Member, visiting: Visit
) -> None:
    household = home_of(member)
    with held_at(DOOR):
        collection.mark(thursday, household.id, coordinator, taken=True)
        db.session.commit()
    seen = str(collection.table_of(thursday)[0].seen)
    undo = line(thursday, household, 1, DOOR + timedelta(minutes=5), taken="0", seen=seen)
    assert outcomes(hand_in(visiting(volunteer), volunteer, undo)) == ["applied"]
    assert standing(thursday)["Dupont Marie"] is False


def test_one_phone_may_change_its_mind(
    thursday: Distribution, volunteer: Member, member: Member, visiting: Visit
) -> None:
    household = home_of(member)
    taps = [
        line(thursday, household, number, DOOR + timedelta(minutes=number), taken=taken)
        for number, taken in ((1, "1"), (2, "0"), (3, "1"))
    ]
    assert outcomes(hand_in(visiting(volunteer), volunteer, *taps)) == ["applied"] * 3
    assert standing(thursday)["Dupont Marie"] is True


def test_two_phones_that_say_the_same_agree(
    thursday: Distribution, volunteer: Member, coordinator: Member, member: Member, visiting: Visit
) -> None:
    household = home_of(member)
    for who, device in ((volunteer, PHONE), (coordinator, TABLET)):
        answer = hand_in(visiting(who), who, line(thursday, household, 1, DOOR), device=device)
        assert outcomes(answer) == ["applied"]


def test_a_wrong_line_does_not_lose_the_others(
    thursday: Distribution, volunteer: Member, member: Member, coordinator: Member, visiting: Visit
) -> None:
    household = home_of(member)
    answer = hand_in(
        visiting(volunteer),
        volunteer,
        line(thursday, home_of(coordinator), 1, DOOR),
        {"key": "scrawl", "position": -3},
        "nothing at all",  # type: ignore[arg-type]
        line(thursday, household, 2, DOOR, taken="perhaps"),
        line(thursday, household, 3, DOOR),
    )
    said = {each["key"]: each["outcome"] for each in answer.get_json()["answers"]}
    assert said["scrawl"] == "refused"
    assert sorted(outcomes(answer)) == ["applied", *["refused"] * 4]
    assert standing(thursday)["Dupont Marie"] is True


def test_a_member_without_the_charge_is_refused_line_by_line(
    thursday: Distribution, member: Member, visiting: Visit
) -> None:
    answer = hand_in(visiting(member), member, line(thursday, home_of(member), 1, DOOR))
    assert outcomes(answer) == ["refused"]
    assert "réservée" in answer.get_json()["answers"][0]["sentence"]
    assert standing(thursday)["Dupont Marie"] is False


def test_another_community_s_distribution_is_refused_without_network_too(
    thursday: Distribution, elsewhere: Community, member: Member, visiting: Visit
) -> None:
    stranger = make_member(elsewhere, "Ana", "Ruiz", permissions=("direct_sales.coordinate",))
    action = line(thursday, home_of(member), 1, DOOR)
    answer = hand_in(visiting(stranger), stranger, action, place="ailleurs")
    assert outcomes(answer) == ["refused"]
    assert standing(thursday)["Dupont Marie"] is False


def test_a_wrong_clock_is_corrected_by_what_it_says_at_the_delivery(
    thursday: Distribution, volunteer: Member, member: Member, visiting: Visit
) -> None:
    two_hours_fast = line(thursday, home_of(member), 1, DOOR + timedelta(hours=2))
    at = DOOR + timedelta(minutes=30)
    with held_at(at):
        answer = visiting(volunteer).post(
            "/lavergne/hors-ligne",
            json={
                "device": PHONE,
                "member": volunteer.id,
                "now": (at + timedelta(hours=2)).isoformat(),
                "actions": [two_hours_fast],
            },
        )
    assert answer.get_json()["clock_error_seconds"] == -7200
    assert db.session.query(Collection).one().recorded_at == DOOR


def test_nothing_is_sent_in_the_name_of_who_signed_in_next(
    thursday: Distribution, volunteer: Member, coordinator: Member, member: Member, visiting: Visit
) -> None:
    answer = hand_in(visiting(coordinator), volunteer, line(thursday, home_of(member), 1, DOOR))
    assert answer.status_code == 409
    assert db.session.query(Collection).count() == 0


def test_who_is_signed_out_is_told_so_and_a_forged_delivery_is_refused(
    thursday: Distribution, volunteer: Member, member: Member, visiting: Visit, client: Visitor
) -> None:
    action = line(thursday, home_of(member), 1, DOOR)
    told = client.get("/lavergne/hors-ligne/etat", headers={"Accept": "application/json"})
    assert told.status_code == 401
    assert hand_in(client, volunteer, action).status_code == 401
    visitor = visiting(volunteer)
    forged = visitor.post("/lavergne/hors-ligne", json={"actions": [action]}, token=False)
    assert forged.status_code == 400
    assert visitor.get("/lavergne/hors-ligne/etat").get_json()["member"] == volunteer.id


@pytest.mark.parametrize("sent", [[], {}, {"device": "x"}, "words", {"now": "yesterday"}])
def test_a_delivery_that_is_none_is_refused_whole(
    volunteer: Member, visiting: Visit, sent: object
) -> None:
    answer = visiting(volunteer).post(
        "/lavergne/hors-ligne", json=sent, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422


def test_what_was_noted_of_me_goes_with_me_and_my_name_is_forgotten(
    thursday: Distribution, volunteer: Member, member: Member, neighbour: Member, visiting: Visit
) -> None:
    collection.mark(thursday, home_of(member).id, volunteer, taken=True, note="Absente au marché")
    taken_by_marie = line(thursday, home_of(neighbour), 1, DOOR, taken_by="Marie Dupont")
    hand_in(visiting(volunteer), volunteer, taken_by_marie)
    found = kernel().plugins.export(member)["direct_sales"]["collections"]
    assert [each["note"] for each in found] == ["Absente au marché"]
    kernel().plugins.erase(member)
    db.session.commit()
    lines = db.session.query(Collection).order_by(Collection.id).all()
    assert [(each.taken, each.note, each.taken_by) for each in lines] == [
        (True, "", ""),
        (True, "", "—"),
    ]


def test_the_queue_knows_who_looks_after_the_table(
    thursday: Distribution, volunteer: Member, coordinator: Member, member: Member, visiting: Visit
) -> None:
    hand_in(visiting(volunteer), volunteer, line(thursday, home_of(coordinator), 1, DOOR))
    plugins = kernel().plugins
    for who, many in ((coordinator, 1), (volunteer, 1), (member, 0)):
        assert len(queue.to_check(plugins, who, permissions_of(who))) == many


def test_a_cancelled_season_still_shows_what_was_ticked(
    thursday: Distribution, volunteer: Member, member: Member, vegetables: SeasonContract
) -> None:
    collection.mark(thursday, home_of(member).id, volunteer, taken=True)
    distributions.cancel_delivery(contracts.deliveries_of(vegetables)[0], "Grêle")
    db.session.commit()
    assert collection.table_of(thursday) == []
    assert db.session.query(Collection).count() == 1
