"""Many places: the map stays light, and loses none."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest
from flask import Flask

from freeco.db import db
from freeco.members.models import Community, Member
from freeco.module import Module, Place
from freeco.organisations.models import Organisation, OrganisationKind
from freeco.places.bounds import Bounds
from freeco.places.spots import collect
from freeco.testing import (
    Visitor,
    make_community,
    migrated_app,
    settings_for,
)
from freeco.testing.modules import module_object, plugins_with
from freeco.testing.people import open_module

CAJARC = (44.4846, 1.8427)
AROUND = Bounds(44.0, 1.0, 45.0, 3.0)
SVG = re.compile(r'<svg class="ground".*?</svg>', re.DOTALL)
LONGEST_PAGE = 150_000


def drawing(page: str) -> ElementTree.Element:
    """Return the map of a page, read as the XML it has to be."""
    found = SVG.search(page)
    assert found is not None
    return ElementTree.fromstring(found.group())  # noqa: S314 - our own page


def titles(page: str) -> list[str]:
    """Return what the marks say."""
    svg = drawing(page)
    return [each.text or "" for each in svg.iter("{http://www.w3.org/2000/svg}title")]


def crowd(many: int, seed: int = 7) -> list[Place]:
    """Return places within twenty kilometres or so of Cajarc."""
    chance = Random(seed)
    return [
        Place(
            name=f"Lieu {number}",
            kind=chance.choice(("Atelier", "Point de rencontre", "Verger")),
            latitude=CAJARC[0] + chance.gauss(0, 0.1),
            longitude=CAJARC[1] + chance.gauss(0, 0.15),
            url=f"/lavergne/garden/{number}",
            where="Cajarc",
        )
        for number in range(many)
    ]


Crowded = Callable[[Sequence[Place]], Visitor]


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[Crowded]:
    """Give what opens the map of a community whose garden has many places."""
    held: list[Place] = []
    garden = Module(name="garden", title="Jardin", summary="", opens_at=1, colour="ochre")
    plugins = plugins_with(
        module_object(garden, freeco_places=lambda community, bounds: held)  # bounds unheeded
    )
    app = migrated_app(settings_for(f"sqlite:///{tmp_path / 'freeco.sqlite'}", tmp_path), plugins)
    with app.app_context():
        community = make_community("lavergne", "Amis de Lavergne")
        community.latitude, community.longitude = CAJARC
        db.session.commit()
        open_module(community, "garden")

        def visit(places: Sequence[Place]) -> Visitor:
            held[:] = places
            visitor = app.test_client()
            assert isinstance(visitor, Visitor)
            return visitor

        yield visit
        db.session.remove()
        db.engine.dispose()


def counted_in(page: str) -> int:
    """Add up the marks: a group says its number."""
    total = 0
    for mark in drawing(page).iter():
        if mark.get("class", "").startswith("mark "):
            written = [each.text for each in mark.iter("{http://www.w3.org/2000/svg}text")]
            total += int(re.sub(r"\D", "", written[0] or "")) if written else 1
    return total


@pytest.mark.parametrize("many", [0, 1, 200, 10_000])
def test_every_place_in_view_is_in_just_one_mark(crowded: Crowded, many: int) -> None:
    page = crowded(crowd(many)).get("/lavergne/carte?zoom=10&lat=44.4846&lon=1.8427").text
    said = re.search(r"([\d\s]+) lieux? dans cette vue", page)
    assert counted_in(page) == (int(re.sub(r"\s", "", said.group(1))) if said else 0)
    assert len(page.encode()) < LONGEST_PAGE


def test_ten_thousand_places_on_one_spot_are_one_mark(crowded: Crowded) -> None:
    heap = [Place(f"Lieu {n}", "Atelier", *CAJARC, f"/{n}") for n in range(10_000)]
    page = crowded(heap).get("/lavergne/carte?zoom=5&lat=44.4846&lon=1.8427").text
    assert counted_in(page) == 10_000
    assert len(titles(page)) == 1


def test_a_module_that_answers_with_other_bounds_is_cut_to_them(crowded: Crowded) -> None:
    visitor = crowded([Place("Ici", "Atelier", *CAJARC, "/1"), Place("Là", "Atelier", 48, 2, "/2")])
    answer = visitor.get("/lavergne/carte.json?bounds=44,1,45,3").json
    assert answer is not None
    assert answer["total"] == 1


def test_a_link_that_is_not_an_address_is_not_followed(crowded: Crowded) -> None:
    page = crowded([Place("Piège", "Atelier", *CAJARC, "javascript://x/%0aalert(1)")])
    assert "javascript:" not in page.get("/lavergne/carte").text


def test_an_organisation_that_a_module_shows_is_not_shown_twice(
    app: Flask, community: Community
) -> None:
    body = Organisation(kind=OrganisationKind.COMPANY, name="GAEC des Vergnes")
    body.latitude, body.longitude = CAJARC
    db.session.add(Member(community=community, organisation=body))
    db.session.commit()
    garden = Module(name="garden", title="Jardin", summary="", opens_at=1)
    place = Place("Gaec des Vergnes", "Ferme", *CAJARC, "/1")
    plugins = plugins_with(module_object(garden, freeco_places=lambda community, bounds: [place]))
    with app.test_request_context():
        found = collect(plugins, ["garden"], community, AROUND)
    assert [each.kind for each in found] == ["Ferme"]
