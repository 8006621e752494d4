"""The one guard: signed in, member here, charter accepted, module open, permission held."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask

from freeco.app import create_app
from freeco.charter.models import CharterAcceptance
from freeco.db import db
from freeco.members import invitations, membership, proxies
from freeco.members.models import Community, Member
from freeco.module import Module
from freeco.organisations import services as organisations
from freeco.plugins import BadModule, Plugins
from freeco.testing import (
    Visitor,
    make_community,
    make_member,
    make_person,
    migrated_app,
    settings_for,
    sign_in_as,
)
from freeco.testing.forms import form_of
from freeco.testing.modules import module_object, plugins_with
from freeco.testing.people import open_module

GARDEN = "/lavergne/garden/"


@pytest.fixture
def app(tmp_path: Path, garden_plugins: Plugins) -> Iterator[Flask]:
    """Give an application whose only module is the garden, on SQLite."""
    app = migrated_app(
        settings_for(f"sqlite:///{tmp_path / 'freeco.sqlite'}", tmp_path), garden_plugins
    )
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def signed_in(client: Visitor, member: Member) -> Visitor:
    """Give the browser of a member."""
    assert member.person is not None
    return sign_in_as(client, member.person)


def test_a_stranger_is_sent_to_sign_in_and_comes_back(
    client: Visitor, community: Community
) -> None:
    open_module(community, "garden")
    answer = client.get(GARDEN)
    assert answer.status_code == 302
    assert answer.location == "/connexion?suite=/lavergne/garden/"


def test_a_stranger_is_not_taken_for_an_organisation(
    client: Visitor, community: Community, member: Member, garden_plugins: Plugins
) -> None:
    """An organisation is a member without a person, as a stranger is nobody."""
    organisations.register(
        garden_plugins, community, "independent", "Ferme du Causse", founder=member
    )
    db.session.commit()
    open_module(community, "garden")
    assert client.get(GARDEN).status_code == 302
    assert "Adhérer" in client.get("/lavergne/").text
    community.admission = "invitation"
    db.session.commit()
    assert client.get("/lavergne/").status_code == 404


def test_a_program_that_is_not_signed_in_gets_problem_json(
    client: Visitor, community: Community
) -> None:
    open_module(community, "garden")
    answer = client.get(GARDEN, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_a_public_page_needs_its_module_open(client: Visitor, community: Community) -> None:
    assert client.get("/lavergne/garden/fence").status_code == 404
    open_module(community, "garden")
    assert client.get("/lavergne/garden/fence").text == "over the fence"


def test_a_closed_module_looks_absent(signed_in: Visitor) -> None:
    answer = signed_in.get(GARDEN)
    assert answer.status_code == 404
    assert "Jardin" not in answer.text


def test_a_member_enters_an_open_module(signed_in: Visitor, community: Community) -> None:
    open_module(community, "garden")
    assert signed_in.get(GARDEN).text == "the garden"


def test_a_person_who_is_no_member_is_shown_the_way_in(
    client: Visitor, community: Community
) -> None:
    open_module(community, "garden")
    sign_in_as(client, make_person("Paul", "Roux", "paul@example.org"))
    answer = client.get(GARDEN)
    assert answer.status_code == 302
    assert answer.location.startswith("/lavergne/rejoindre")
    assert client.post(GARDEN).status_code == 403


def test_who_has_not_accepted_the_charter_reads_but_does_not_act(
    signed_in: Visitor, community: Community
) -> None:
    open_module(community, "garden")
    db.session.query(CharterAcceptance).delete()
    db.session.commit()
    assert signed_in.get(GARDEN).status_code == 200
    assert signed_in.post(GARDEN).status_code == 403


def test_a_member_acts_once_the_charter_is_accepted(
    signed_in: Visitor, community: Community
) -> None:
    open_module(community, "garden")
    assert signed_in.post(GARDEN).text == "planted"


def test_a_permission_is_asked(signed_in: Visitor, community: Community, member: Member) -> None:
    open_module(community, "garden")
    assert signed_in.get("/lavergne/garden/shed").status_code == 403
    membership.grant(member, "garden.dig")
    db.session.commit()
    assert signed_in.get("/lavergne/garden/shed").text == "the shed"


def test_a_permission_held_elsewhere_is_worth_nothing_here(
    signed_in: Visitor, community: Community, member: Member
) -> None:
    open_module(community, "garden")
    assert member.person is not None
    other = make_community("assiac", "Assiac")
    make_member(other, person=member.person, permissions=("garden.dig",))
    assert signed_in.get("/lavergne/garden/shed").status_code == 403


def test_a_closed_circle_is_invisible_to_strangers(client: Visitor, community: Community) -> None:
    community.admission = "invitation"
    db.session.commit()
    assert client.get("/lavergne/").status_code == 404
    assert client.get("/lavergne/charte").status_code == 404
    assert client.get("/lavergne/ouvertures").status_code == 404
    assert "Lavergne" not in client.get("/").text


def test_a_closed_circle_is_invisible_to_members_of_others(
    client: Visitor, community: Community
) -> None:
    community.admission = "invitation"
    db.session.commit()
    outsider = make_member(make_community("assiac", "Assiac"), "Paul", "Roux")
    assert outsider.person is not None
    sign_in_as(client, outsider.person)
    assert client.get("/lavergne/").status_code == 404
    assert client.post("/lavergne/rejoindre").status_code == 404


def test_a_circle_that_admits_a_domain_shows_itself_to_its_confirmed_addresses(
    client: Visitor, community: Community
) -> None:
    community.admission, community.email_domain = "domain", "mairie-lavergne.example.org"
    db.session.commit()
    inside = make_person("Anne", "Roux", "anne@mairie-lavergne.example.org")
    sign_in_as(client, inside)
    assert client.get("/lavergne/rejoindre").status_code == 200
    inside.confirmed_at = None
    db.session.commit()
    assert client.get("/lavergne/rejoindre").status_code == 404


def test_an_invitation_shows_a_circle_of_a_domain_to_another_address(
    client: Visitor, community: Community, member: Member
) -> None:
    community.admission, community.email_domain = "domain", "mairie.example.org"
    invitations.invite(community, "paul@example.org", member)
    db.session.commit()
    sign_in_as(client, make_person("Paul", "Roux", "paul@example.org"))
    assert client.get("/lavergne/rejoindre").status_code == 200


@pytest.mark.parametrize("slug", ["%00", "%00/membres", "Lavergne", "%F0%9F%8D%9E"])
def test_an_impossible_community_is_absent(client: Visitor, slug: str) -> None:
    assert client.get(f"/{slug}/").status_code == 404


def test_a_form_that_stood_open_does_not_act_in_another_name(
    signed_in: Visitor, community: Community, member: Member, garden_plugins: Plugins
) -> None:
    assert member.person is not None
    served = proxies.enter_person_without_email(
        garden_plugins, community, "Odette", "Blanc", proxy=member.person, charter_paper_signed=True
    )
    open_module(community, "garden")
    signed_in.post(f"/moi/agir-pour/{served.id}")
    stood_open = form_of(signed_in.get("/lavergne/foyer"), "/foyer/nom").values["csrf_token"]
    signed_in.post("/moi/agir-pour-moi")
    answer = signed_in.post(GARDEN, data={"csrf_token": stood_open}, token=False)
    assert answer.status_code == 400


def test_a_session_from_before_signing_out_everywhere_is_worth_nothing(
    signed_in: Visitor, community: Community, member: Member
) -> None:
    open_module(community, "garden")
    assert member.person is not None
    member.person.session_number += 1
    db.session.commit()
    assert signed_in.get(GARDEN).status_code == 302


def test_who_has_left_is_no_member(
    signed_in: Visitor, community: Community, member: Member, garden_plugins: Plugins
) -> None:
    open_module(community, "garden")
    membership.leave(garden_plugins, member)
    db.session.commit()
    assert signed_in.get(GARDEN).status_code == 302


def test_a_form_without_its_token_is_refused(signed_in: Visitor, community: Community) -> None:
    open_module(community, "garden")
    assert signed_in.post(GARDEN, token=False).status_code == 400


@pytest.mark.parametrize("number", ["99999999999999999999", "٣", "-1", "1.5", "2147483648", "x"])
def test_an_impossible_id_is_absent(signed_in: Visitor, community: Community, number: str) -> None:
    open_module(community, "garden")
    assert signed_in.get(f"/lavergne/garden/rows/{number}").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "/a\nb"],
)
def test_nobody_is_sent_to_another_site(client: Visitor, address: str) -> None:
    person = make_person("Paul", "Roux", "paul@example.org")
    sign_in_as(client, person)
    answer = client.get("/connexion", query_string={"suite": address})
    assert answer.location == "/moi"


def test_every_page_is_served_with_a_strict_policy(client: Visitor) -> None:
    answer = client.get("/")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_pages_that_do_not_bear_their_module_s_name_are_refused(tmp_path: Path) -> None:
    stray = Module(
        "orchard", "Verger", "", opens_at=1, blueprints=(Blueprint("garden", "orchard"),)
    )
    with pytest.raises(BadModule, match=r"orchard.*garden"):
        create_app(settings_for("sqlite:///:memory:", tmp_path), plugins_with(module_object(stray)))
