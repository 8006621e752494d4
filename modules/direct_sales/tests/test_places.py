"""Farms and halls on the one map: their own position, their organisation's, or their commune's."""

from collections.abc import Callable, Sequence
from datetime import date, time

import pytest
from flask import current_app

from freeco.db import db
from freeco.members.models import Community, Member
from freeco.module import Place
from freeco.organisations.models import Organisation, OrganisationKind
from freeco.places.bounds import Bounds
from freeco.places.gazetteer import Commune
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue, distributions, places, privacy
from freeco_direct_sales.models import Distribution, Producer

Visit = Callable[[Member], Visitor]
FARM = (44.61, 2.02)
HALL = (44.49, 1.85)
AROUND = Bounds(44.0, 1.0, 45.0, 3.0)


@pytest.fixture
def no_commune(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no commune be known."""
    monkeypatch.setattr(places, "find_commune", lambda name: None)


@pytest.fixture
def assiac(monkeypatch: pytest.MonkeyPatch) -> Commune:
    """Let one commune be known, and its centre."""
    known = Commune("46999", "Assiac", "46", "Lot", ("46320",), 300, 44.63, 2.05)
    monkeypatch.setattr(places, "find_commune", lambda name: known if name == "Assiac" else None)
    return known


def found_in(community: Community) -> list[Place]:
    """Return what the module puts on the map."""
    with current_app.test_request_context():
        return places.find(community, AROUND)


def shown(community: Community) -> dict[str, tuple[float, float]]:
    """Return where everything stands, by name."""
    return {each.name: (each.latitude, each.longitude) for each in found_in(community)}


def test_a_farm_without_any_known_position_is_not_on_the_map(
    producer: Producer, no_commune: None
) -> None:
    assert shown(producer.community) == {}


def test_a_farm_stands_at_the_centre_of_the_commune_of_its_sheet(
    producer: Producer, assiac: Commune
) -> None:
    producer.place = "Assiac, 9 km"
    assert shown(producer.community) == {"GAEC des Vergnes": (44.63, 2.05)}


def test_a_farm_stands_where_its_organisation_does(producer: Producer, assiac: Commune) -> None:
    body = Organisation(kind=OrganisationKind.COMPANY, name="GAEC des Vergnes")
    body.latitude, body.longitude = FARM
    producer.member = Member(community=producer.community, organisation=body)
    db.session.flush()
    assert shown(producer.community) == {"GAEC des Vergnes": FARM}


def test_the_position_said_for_a_farm_wins(producer: Producer, assiac: Commune) -> None:
    places.place_producer(producer, FARM)
    assert shown(producer.community) == {"GAEC des Vergnes": FARM}


def test_a_position_is_moved_and_taken_back(producer: Producer, no_commune: None) -> None:
    places.place_producer(producer, FARM)
    places.place_producer(producer, HALL)
    assert shown(producer.community) == {"GAEC des Vergnes": HALL}
    places.place_producer(producer, None)
    assert shown(producer.community) == {}


def test_a_hall_is_on_the_map_once_however_many_its_dates(
    community: Community, thursdays: Sequence[Distribution], no_commune: None
) -> None:
    places.place_hall(community, "Salle des fêtes", HALL)
    (hall,) = found_in(community)
    assert (hall.name, str(hall.kind)) == ("Salle des fêtes", "Lieu de distribution")
    assert hall.url.endswith(f"/{thursdays[0].id}")


def test_a_hall_s_name_says_its_commune(community: Community, assiac: Commune) -> None:
    distributions.create_distributions(
        community, [date(2026, 11, 5)], time(18), time(19), "Préau de l’école, Assiac"
    )
    (hall,) = found_in(community)
    assert (hall.name, hall.where, hall.latitude) == ("Préau de l’école", "Assiac", 44.63)


def test_a_hall_left_long_ago_is_no_longer_on_the_map(
    community: Community, no_commune: None
) -> None:
    distributions.create_distributions(
        community, [date(2026, 8, 6)], time(18), time(19), "Ancienne gare"
    )
    places.place_hall(community, "Ancienne gare", HALL)
    assert shown(community) == {}


def test_what_is_outside_the_bounds_is_not_given(producer: Producer, no_commune: None) -> None:
    places.place_producer(producer, (48.85, 2.35))
    assert shown(producer.community) == {}


def test_another_community_s_farms_are_not_on_this_map(
    producer: Producer, elsewhere: Community, no_commune: None
) -> None:
    places.place_producer(producer, FARM)
    assert shown(elsewhere) == {}


def test_a_farmer_who_leaves_takes_the_position_along(
    producer: Producer, farmer: Member, no_commune: None
) -> None:
    places.place_producer(producer, FARM)
    exported = privacy.export(farmer)
    assert exported is not None
    assert exported.content["producers"][0]["position"] == "44,61000 ; 2,02000"
    privacy.erase(farmer)
    assert shown(producer.community) == {}


def test_the_map_shows_farms_and_halls_with_distinct_shapes(
    producer: Producer,
    thursdays: Sequence[Distribution],
    member: Member,
    visiting: Visit,
    no_commune: None,
) -> None:
    places.place_producer(producer, FARM)
    places.place_hall(producer.community, "Salle des fêtes", HALL)
    page = visiting(member).get("/lavergne/carte").text
    shapes = {part.split('"')[0] for part in page.split('<use href="#m-')[1:]}
    assert len(shapes) == 2
    assert f"/lavergne/direct-sales/producteurs/{producer.id}" in page


def test_the_coordination_places_a_farm_and_a_hall(
    producer: Producer,
    thursdays: Sequence[Distribution],
    coordinator: Member,
    visiting: Visit,
    no_commune: None,
) -> None:
    visitor = visiting(coordinator)
    listed = visitor.get("/lavergne/direct-sales/carte").text
    assert listed.count("pas encore placé") == 2
    for address, position in (
        (f"producteurs/{producer.id}", "44,61 ; 2,02"),
        ("lieu?nom=Salle des fêtes", "44,49 ; 1,85"),
    ):
        asked = visitor.get(f"/lavergne/direct-sales/carte/{address}")
        assert asked.status_code == 200
        answer = visitor.post(
            f"/lavergne/direct-sales/carte/{address}", data={"position": position}
        )
        assert answer.status_code == 302
    assert shown(producer.community) == {"GAEC des Vergnes": FARM, "Salle des fêtes": HALL}


def test_a_position_that_does_not_read_is_given_back(
    producer: Producer, coordinator: Member, visiting: Visit
) -> None:
    address = f"/lavergne/direct-sales/carte/producteurs/{producer.id}"
    answer = visiting(coordinator).post(address, data={"position": "chez Denis"})
    assert answer.status_code == 422
    assert "chez Denis" in answer.text


@pytest.mark.parametrize("address", ["", "/producteurs/1", "/lieu?nom=Salle des fêtes"])
def test_only_the_coordination_places_things(
    producer: Producer,
    thursdays: Sequence[Distribution],
    member: Member,
    visiting: Visit,
    address: str,
) -> None:
    visitor = visiting(member)
    assert visitor.get(f"/lavergne/direct-sales/carte{address}").status_code == 403


def test_a_hall_or_a_farm_of_elsewhere_is_absent(
    coordinator: Member, elsewhere: Community, visiting: Visit
) -> None:
    farm = catalogue.add_producer(elsewhere, "Ferme d’ailleurs")
    distributions.create_distributions(
        elsewhere, [date(2026, 11, 5)], time(18), time(19), "Gare d’ailleurs"
    )
    visitor = visiting(coordinator)
    for address in (f"producteurs/{farm.id}", "lieu?nom=Gare d’ailleurs", "lieu"):
        assert visitor.get(f"/lavergne/direct-sales/carte/{address}").status_code == 404
