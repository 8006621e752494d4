"""The table at the door: who has taken their basket."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from freeco.clock import now
from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Household, Member
from freeco.testing.forms import forms_of
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import collection
from freeco_direct_sales.collection_models import Collection
from freeco_direct_sales.errors import NotOnTheList
from freeco_direct_sales.models import Distribution

Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales/distributions/{id}/table"


def home_of(member: Member) -> Household:
    return households.household_of(member)


def tick(page: TestResponse, client: Visitor, household: Household, **typed: str) -> TestResponse:
    """Press the button of one household's row, which is the whole form without JavaScript."""
    (form,) = [
        each for each in forms_of(page) if each.values.get("household") == [str(household.id)]
    ]
    data: dict[str, Any] = {name: values[0] for name, values in form.values.items()}
    return client.post(form.action, data={**data, "taken": "1", **typed}, token=False)


def standing(distribution: Distribution) -> dict[str, bool]:
    return {row.household: row.taken for row in collection.table_of(distribution)}


def test_a_basket_is_ticked_and_unticked_without_javascript(
    thursday: Distribution, volunteer: Member, member: Member, visiting: Visit
) -> None:
    client, address = visiting(volunteer), HERE.format(id=thursday.id)
    page = client.get(address)
    assert ">0</span> sur 2 ont pris leur panier" in page.text
    household = home_of(member)
    answer = tick(page, client, household)
    assert answer.status_code == 302
    assert answer.location == f"{address}#foyer-{household.id}"
    page = client.get(address)
    assert ">1</span> sur 2 ont pris leur panier" in page.text
    assert standing(thursday) == {"Dupont Marie": True, "Martin Jean": False}
    tick(page, client, household, taken="0")
    assert ">0</span> sur 2 ont pris leur panier" in client.get(address).text


def test_a_second_tap_is_nothing_new(
    thursday: Distribution, volunteer: Member, member: Member, visiting: Visit
) -> None:
    client = visiting(volunteer)
    page = client.get(HERE.format(id=thursday.id))
    tick(page, client, home_of(member))
    tick(page, client, home_of(member))
    assert db.session.query(Collection).count() == 1


def test_the_list_is_that_of_the_paper_with_what_to_give(
    thursday: Distribution, coordinator: Member, visiting: Visit
) -> None:
    page = visiting(coordinator).get(HERE.format(id=thursday.id)).text
    assert page.index("Dupont Marie") < page.index("Martin Jean")
    assert "2\u00a0Grand panier" in page
    rows = collection.table_of(thursday)
    assert [row.contents for row in rows] == [
        [("Légumes d’hiver", "1\u00a0Petit panier")],
        [("Légumes d’hiver", "2\u00a0Grand panier")],
    ]


def test_a_neighbour_takes_the_basket_and_a_word_is_left(
    thursday: Distribution, volunteer: Member, member: Member, visiting: Visit
) -> None:
    client, address = visiting(volunteer), HERE.format(id=thursday.id)
    page = client.get(address)
    tick(page, client, home_of(member), taken_by="Nadège Roques", note="Manque un fromage")
    page = client.get(address)
    assert "pris par Nadège Roques (noté le 2 novembre 2026 à\u00a010\u00a0h)" in page.text
    assert "«\u00a0Manque un fromage\u00a0»" in page.text


def test_a_word_stays_when_somebody_ticks_again_at_the_other_end(
    thursday: Distribution, volunteer: Member, coordinator: Member, member: Member
) -> None:
    household = home_of(member).id
    collection.mark(thursday, household, volunteer, taken=True, note="Manque un fromage")
    collection.mark(thursday, household, coordinator, taken=True, at=now() + timedelta(minutes=1))
    row = collection.table_of(thursday)[0]
    assert row.notes == ["Manque un fromage"]
    assert not row.contradictory


def test_too_long_a_word_is_refused_beside_its_field_and_kept(
    thursday: Distribution, volunteer: Member, member: Member, visiting: Visit
) -> None:
    client = visiting(volunteer)
    page = client.get(HERE.format(id=thursday.id))
    answer = tick(page, client, home_of(member), note="très " * 60)
    assert answer.status_code == 422
    assert "Ce texte est trop long." in answer.text
    assert "très très" in answer.text
    assert standing(thursday)["Dupont Marie"] is False


@pytest.mark.parametrize(
    ("asked", "found"),
    [("nom=mart", ["Martin Jean"]), ("nom=MARÍ", ["Dupont Marie"]), ("nom=zz", [])],
)
def test_a_household_is_found_by_the_first_letters_of_any_of_its_names(
    thursday: Distribution, volunteer: Member, visiting: Visit, asked: str, found: list[str]
) -> None:
    page = visiting(volunteer).get(f"{HERE.format(id=thursday.id)}?{asked}").text
    assert [name for name in ("Dupont Marie", "Martin Jean") if f"<h2>{name}" in page] == found


def test_those_who_are_left_can_be_seen_alone(
    thursday: Distribution, volunteer: Member, member: Member, visiting: Visit
) -> None:
    collection.mark(thursday, home_of(member).id, volunteer, taken=True)
    page = visiting(volunteer).get(f"{HERE.format(id=thursday.id)}?reste=1").text
    assert "<h2>Martin Jean" in page
    assert "<h2>Dupont Marie" not in page
    assert ">1</span> sur 2" in page


def test_the_table_is_for_those_who_hold_a_charge(
    thursday: Distribution, member: Member, visiting: Visit
) -> None:
    client, address = visiting(member), HERE.format(id=thursday.id)
    assert client.get(address).status_code == 403
    sent = {"distribution": thursday.id, "household": home_of(member).id, "taken": "1"}
    assert client.post(address, data=sent).status_code == 403
    assert standing(thursday)["Dupont Marie"] is False


def test_another_community_s_distribution_does_not_exist(
    thursday: Distribution, elsewhere: Community, member: Member, visiting: Visit
) -> None:
    stranger = make_member(elsewhere, "Ana", "Ruiz", permissions=("direct_sales.coordinate",))
    address = HERE.format(id=thursday.id).replace("lavergne", "ailleurs")
    client = visiting(stranger)
    assert client.get(address).status_code == 404
    sent = {"distribution": thursday.id, "household": home_of(member).id, "taken": "1"}
    assert client.post(address, data=sent).status_code == 404


def test_a_household_that_fetches_nothing_there_is_refused(
    thursday: Distribution, volunteer: Member, coordinator: Member
) -> None:
    with pytest.raises(NotOnTheList):
        collection.mark(thursday, home_of(coordinator).id, volunteer, taken=True)
