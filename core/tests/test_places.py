"""The one map: what stands on it, who sees it, how it is drawn and what it weighs."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Admission, Community, Member
from freeco.organisations.models import Organisation, OrganisationKind
from freeco.places import ground
from freeco.testing import (
    Visitor,
    make_community,
    sign_in_as,
)

CAJARC = (44.4846, 1.8427)
FIGEAC = (44.6086, 2.0333)
SVG = re.compile(r'<svg class="ground".*?</svg>', re.DOTALL)


@pytest.fixture
def village(community: Community) -> Community:
    """Give the community a centre."""
    community.latitude, community.longitude = CAJARC
    db.session.commit()
    return community


def settle(
    community: Community,
    name: str,
    position: tuple[float, float] | None,
    kind: str = OrganisationKind.ASSOCIATION,
) -> Member:
    """Return an organisation of the community, at a position."""
    body = Organisation(kind=kind, name=name, commune="Cajarc")
    if position:
        body.latitude, body.longitude = position
    member = Member(community=community, organisation=body)
    db.session.add(member)
    db.session.commit()
    return member


def drawing(page: str) -> ElementTree.Element:
    """Return the map of a page, read as the XML it has to be."""
    found = SVG.search(page)
    assert found is not None
    return ElementTree.fromstring(found.group())  # noqa: S314 - our own page


def titles(page: str) -> list[str]:
    """Return what the marks say."""
    svg = drawing(page)
    return [each.text or "" for each in svg.iter("{http://www.w3.org/2000/svg}title")]


def test_an_organisation_stands_on_the_map_and_in_the_list(
    client: Visitor, village: Community
) -> None:
    settle(village, "Les Amis du Célé", FIGEAC)
    page = client.get("/lavergne/carte").text
    assert titles(page) == ["Les Amis du Célé, Association, Cajarc"]
    assert page.count("Les Amis du Célé") >= 2
    assert "20\u00a0km" in page


def test_a_stranger_sees_the_map_of_an_open_community(client: Visitor, village: Community) -> None:
    assert client.get("/lavergne/carte").status_code == 200


@pytest.mark.parametrize("address", ["carte", "carte.json?bounds=44,1,45,3"])
def test_a_closed_circle_has_no_map_for_strangers(
    client: Visitor, app: Flask, address: str
) -> None:
    make_community("atelier", "Atelier", Admission.INVITATION)
    assert client.get(f"/atelier/{address}").status_code == 404


def test_places_of_another_community_are_never_shown(client: Visitor, village: Community) -> None:
    settle(make_community("ailleurs", "Ailleurs"), "Régie d’ailleurs", FIGEAC)
    assert "ailleurs" not in client.get("/lavergne/carte").text.casefold()
    assert client.get("/lavergne/carte.json?bounds=44,1,45,3").json == {"total": 0, "marks": []}


def test_an_organisation_that_left_is_no_longer_on_the_map(
    client: Visitor, village: Community
) -> None:
    member = settle(village, "Partie depuis", FIGEAC)
    member.left_at = now()
    db.session.commit()
    assert "Partie depuis" not in client.get("/lavergne/carte").text


def test_nobody_s_home_is_on_the_map(client: Visitor, village: Community, member: Member) -> None:
    assert member.person is not None
    member.person.commune = "Figeac"
    db.session.commit()
    page = sign_in_as(client, member.person).get("/lavergne/carte").text
    assert titles(page) == []


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><svg onload="x">',
        "Ferme & fils",
        "شركة الحليب",
        "\u202egnal",
        "x" * 70,
        "Amp&amp;",
    ],
)
def test_the_drawing_is_whole_whatever_a_place_is_called(
    client: Visitor, village: Community, name: str
) -> None:
    settle(village, name, FIGEAC)
    page = client.get("/lavergne/carte").text
    shown = name.replace("\u202e", " ").strip()
    assert titles(page) == [f"{shown}, Association, Cajarc"]
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_an_empty_map_says_what_will_appear(client: Visitor, village: Community) -> None:
    page = client.get("/lavergne/carte").text
    assert titles(page) == []
    assert "Aucun lieu n’est encore placé" in page


def test_a_community_without_position_still_has_its_map_and_list(
    client: Visitor, community: Community
) -> None:
    settle(community, "Les Amis du Célé", FIGEAC)
    page = client.get("/lavergne/carte").text
    assert titles(page) == ["Les Amis du Célé, Association, Cajarc"]
    assert "km" not in drawing(page).itertext()


def test_the_map_works_without_outlines_installed(
    client: Visitor, village: Community, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ground, "folders", lambda: [tmp_path])
    settle(village, "Les Amis du Célé", FIGEAC)
    assert len(titles(client.get("/lavergne/carte").text)) == 1


def test_a_kind_is_shown_alone_without_javascript(client: Visitor, village: Community) -> None:
    settle(village, "Les Amis du Célé", FIGEAC)
    settle(village, "Mairie", CAJARC, OrganisationKind.COMMUNE)
    page = client.get("/lavergne/carte?kind=commune").text
    assert titles(page) == ["Mairie, Commune, Cajarc"]
    assert "1 lieu dans cette vue" in page


def test_the_list_begins_with_the_nearest(client: Visitor, village: Community) -> None:
    settle(village, "Au loin", FIGEAC)
    settle(village, "Tout près", CAJARC)
    page = client.get("/lavergne/carte").text
    listed = page[page.index('id="liste"') :]
    assert listed.index("Tout près") < listed.index("Au loin")
    assert "moins d’un km" in listed


def test_the_links_of_the_map_move_and_near_it(client: Visitor, village: Community) -> None:
    settle(village, "Mairie", CAJARC)
    start = client.get("/lavergne/carte?zoom=12&lat=44.4846&lon=1.8427").text
    east = re.search(r'id="a-l-est" href="([^"]+)"', start)
    near = re.search(r'id="plus-pres" href="([^"]+)"', start)
    assert east is not None
    assert near is not None
    away = client.get(east.group(1).replace("&amp;", "&")).text
    twice = client.get(
        re.search(r'id="a-l-est" href="([^"]+)"', away).group(1).replace("&amp;", "&")  # type: ignore[union-attr]
    ).text
    assert titles(twice) == []
    assert "zoom=13" in near.group(1)


@pytest.mark.parametrize(
    "asked", ["zoom=x&lat=1&lon=1", "zoom=9&lat=nan&lon=2", "zoom=9&lat=91&lon=0", "page=-3"]
)
def test_an_address_that_makes_no_view_shows_the_first_one(
    client: Visitor, village: Community, asked: str
) -> None:
    settle(village, "Mairie", CAJARC)
    assert len(titles(client.get(f"/lavergne/carte?{asked}").text)) == 1


@pytest.mark.parametrize(
    "bounds",
    ["", "44,1,45", "45,1,44,3", "44,3,45,1", "a,b,c,d", "nan,1,45,3", "44,1,95,3", "44,1,45,inf"],
)
def test_bad_bounds_are_refused_as_problem_json(
    client: Visitor, village: Community, bounds: str
) -> None:
    answer = client.get(f"/lavergne/carte.json?bounds={bounds}")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert json.loads(answer.text)["status"] == 400


def test_marks_outside_the_bounds_are_not_given(client: Visitor, village: Community) -> None:
    settle(village, "Dedans", CAJARC)
    settle(village, "Dehors", (43.6, 1.44))
    answer = client.get("/lavergne/carte.json?bounds=44,1,45,3").json
    assert answer is not None
    assert [each["title"].split(",")[0] for each in answer["marks"]] == ["Dedans"]


def test_a_stranger_is_not_sent_to_a_page_that_would_ask_them_to_sign_in(
    client: Visitor, village: Community, member: Member
) -> None:
    settled = settle(village, "Mairie", CAJARC)
    address = f"/lavergne/organisations/{settled.id}"
    assert address not in client.get("/lavergne/carte").text
    assert member.person is not None
    assert address in sign_in_as(client, member.person).get("/lavergne/carte").text
