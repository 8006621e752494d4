"""Where things stand: pasted by hand, or the centre of their commune."""

import pytest
from flask import Flask

from freeco.db import db
from freeco.errors import Invalid
from freeco.members.models import STEWARD, Community, Member
from freeco.organisations import services as organisations
from freeco.organisations.models import Organisation, OrganisationKind, Role
from freeco.places import positions
from freeco.places.gazetteer import Commune
from freeco.plugins import Plugins
from freeco.testing import (
    Visitor,
    make_community,
    make_member,
    sign_in_as,
)

CAJARC = (44.4846, 1.8427)
FIGEAC = (44.6086, 2.0333)


@pytest.mark.parametrize(
    "text",
    [
        "44.4846, 1.8427",
        "44,4846 ; 1,8427",
        "44,4846\u00a0; 1,8427",
        "44.4846 1.8427",
        "geo:44.4846,1.8427",
        "https://www.openstreetmap.org/#map=15/44.4846/1.8427",
        "https://www.openstreetmap.org/?mlat=44.4846&mlon=1.8427",
        "https://example.org/maps/@44.4846,1.8427,15z",
    ],
)
def test_a_position_is_read_as_people_copy_it(text: str) -> None:
    assert positions.read_position(text) == CAJARC


@pytest.mark.parametrize("text", ["Cajarc", "44", "99.5, 1.2", "44.5, 181.0", "1;2"])
def test_what_is_no_position_is_refused_beside_its_field(app: Flask, text: str) -> None:
    with app.test_request_context(), pytest.raises(Invalid) as refused:
        positions.read_position(text)
    assert list(refused.value.fields) == ["position"]


def test_a_written_position_is_read_back() -> None:
    assert positions.read_position(positions.written_position(*CAJARC)) == CAJARC


@pytest.fixture
def cajarc(monkeypatch: pytest.MonkeyPatch) -> Commune:
    """Let the gazetteer know one commune, and its centre."""
    commune = Commune("46045", "Cajarc", "46", "Lot", ("46160",), 1136, *CAJARC)
    monkeypatch.setattr(
        positions, "find_commune", lambda name, code="": commune if name == "Cajarc" else None
    )
    return commune


def test_a_community_stands_at_the_centre_of_its_commune(app: Flask, cajarc: Commune) -> None:
    community = Community(slug="cajarc", name="Cajarc", commune="Cajarc")
    db.session.add(community)
    db.session.commit()
    assert (community.latitude, community.longitude) == CAJARC
    assert community.commune_insee == "46045"


def test_a_position_that_was_said_wins_over_the_commune(app: Flask, cajarc: Commune) -> None:
    community = Community(slug="cajarc", name="Cajarc", commune="Cajarc", latitude=44.0)
    community.longitude = 2.0
    db.session.add(community)
    db.session.commit()
    community.presentation = "Un mot"
    db.session.commit()
    assert (community.latitude, community.longitude) == (44.0, 2.0)


def test_an_organisation_follows_when_its_commune_changes(
    community: Community, cajarc: Commune
) -> None:
    body = Organisation(kind=OrganisationKind.COMMUNE, name="Mairie", commune="Figeac")
    body.latitude, body.longitude = FIGEAC
    member = Member(community=community, organisation=body)
    db.session.add(member)
    db.session.commit()
    assert member.organisation is not None
    member.organisation.commune = "Lavergne"
    db.session.commit()
    assert member.organisation.latitude is None
    member.organisation.commune = "Cajarc"
    db.session.commit()
    assert member.organisation.latitude == CAJARC[0]


def test_a_steward_moves_the_community(client: Visitor, community: Community) -> None:
    steward = make_member(community, permissions=(STEWARD,))
    assert steward.person is not None
    visitor = sign_in_as(client, steward.person)
    answer = visitor.post("/lavergne/carte/position", data={"position": "44,4846 ; 1,8427"})
    assert answer.status_code == 302
    db.session.refresh(community)
    assert (community.latitude, community.longitude) == CAJARC


def test_a_wrong_position_is_given_back_as_it_was_typed(
    client: Visitor, community: Community
) -> None:
    steward = make_member(community, permissions=(STEWARD,))
    assert steward.person is not None
    answer = sign_in_as(client, steward.person).post(
        "/lavergne/carte/position", data={"position": "près du pont"}
    )
    assert answer.status_code == 422
    assert "près du pont" in answer.text


def test_only_who_acts_for_an_organisation_moves_it(
    client: Visitor, community: Community, member: Member, plugins: Plugins
) -> None:
    farm = organisations.register(
        plugins, community, "company", "Ferme", founder=member, role=Role.PRODUCER
    )
    other = make_member(community, "Ana", "Ruiz")
    db.session.commit()
    assert member.person is not None
    assert other.person is not None
    address = f"/lavergne/carte/organisations/{farm.id}"
    moved = {"position": "44.4846, 1.8427"}
    assert sign_in_as(client, other.person).post(address, data=moved).status_code == 403
    assert sign_in_as(client, member.person).post(address, data=moved).status_code == 302
    assert farm.organisation is not None
    db.session.refresh(farm.organisation)
    assert farm.organisation.latitude == CAJARC[0]


def test_an_organisation_of_elsewhere_is_absent(client: Visitor, member: Member) -> None:
    body = Organisation(kind=OrganisationKind.COMMUNE, name="Régie")
    elsewhere = Member(community=make_community("ailleurs", "Ailleurs"), organisation=body)
    db.session.add(elsewhere)
    db.session.commit()
    assert member.person is not None
    visitor = sign_in_as(client, member.person)
    assert visitor.get(f"/lavergne/carte/organisations/{elsewhere.id}").status_code == 404
