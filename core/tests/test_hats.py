"""A hat changes what is read first, and gives no right."""

import pytest

from freeco.db import db
from freeco.members import membership
from freeco.members.hats import hats_of, in_order
from freeco.members.models import STEWARD, Community, Member
from freeco.organisations import services as organisations
from freeco.organisations.models import Role
from freeco.plugins import Plugins
from freeco.testing import Visitor, make_community, make_member, sign_in_as


@pytest.fixture
def signed_in(client: Visitor, member: Member) -> Visitor:
    """Give the browser of a member without any charge."""
    assert member.person is not None
    return sign_in_as(client, member.person)


def wear(visitor: Visitor, hat: str) -> int:
    return visitor.post("/lavergne/chapeau", data={"hat": hat}).status_code


def hats(plugins: Plugins, member: Member) -> list[str]:
    return list(in_order(hats_of(plugins, member, membership.permissions_of(member))))


def test_a_member_wears_a_member_s_hat_alone(plugins: Plugins, member: Member) -> None:
    assert hats(plugins, member) == ["member"]


def test_a_steward_coordinates(plugins: Plugins, member: Member) -> None:
    membership.grant(member, STEWARD)
    assert hats(plugins, member) == ["member", "coordinator"]


def test_a_permission_says_which_hat_its_holder_may_wear(plugins: Plugins, member: Member) -> None:
    membership.grant(member, "core.treasurer")
    assert hats(plugins, member) == ["member", "treasurer"]


@pytest.mark.parametrize(
    ("role", "hat"),
    [
        (Role.COORDINATOR, "coordinator"),
        (Role.SECRETARY, "coordinator"),
        (Role.TREASURER, "treasurer"),
        (Role.PRODUCER, "producer"),
    ],
)
def test_a_role_in_a_member_organisation_gives_its_hat(
    plugins: Plugins, community: Community, member: Member, role: Role, hat: str
) -> None:
    organisations.register(
        plugins, community, "independent", "Ferme du Causse", founder=member, role=role
    )
    assert hat in hats(plugins, member)


def test_a_role_in_an_organisation_of_another_community_gives_no_hat_here(
    plugins: Plugins, member: Member
) -> None:
    there = make_community("ailleurs", "Amis d’Ailleurs")
    assert member.person is not None
    also = make_member(there, person=member.person)
    organisations.register(
        plugins, there, "independent", "Ferme d’Ailleurs", founder=also, role=Role.PRODUCER
    )
    assert hats(plugins, member) == ["member"]
    assert "producer" in hats(plugins, also)


@pytest.mark.parametrize("hat", ["coordinator", "treasurer", "producer", "mayor", ""])
def test_nobody_takes_a_hat_they_were_not_given(signed_in: Visitor, hat: str) -> None:
    assert wear(signed_in, hat) == 404
    page = signed_in.get("/lavergne/").text
    assert "Chapeau" not in page
    assert "Le travail de" not in page


def test_a_hat_opens_no_door(
    plugins: Plugins, community: Community, signed_in: Visitor, member: Member
) -> None:
    """Who coordinates a farm wears the hat of a coordinator, and does not manage the community."""
    organisations.register(plugins, community, "independent", "Ferme du Causse", founder=member)
    assert wear(signed_in, "coordinator") == 302
    assert "Chapeau" in signed_in.get("/lavergne/").text
    assert signed_in.get("/lavergne/gerer").status_code == 403
    assert "/lavergne/gerer" not in signed_in.get("/lavergne/").text


def test_the_hat_worn_stands_in_words_on_every_page(signed_in: Visitor, member: Member) -> None:
    membership.grant(member, STEWARD)
    assert "<strong>membre</strong>" in signed_in.get("/lavergne/membres").text
    assert wear(signed_in, "coordinator") == 302
    assert "<strong>coordination</strong>" in signed_in.get("/lavergne/membres").text
    assert wear(signed_in, "member") == 302
    assert "<strong>membre</strong>" in signed_in.get("/lavergne/membres").text


def test_a_hat_falls_with_the_charge(
    community: Community, signed_in: Visitor, member: Member
) -> None:
    make_member(community, "Awa", "Diallo", permissions=(STEWARD,))
    membership.grant(member, STEWARD)
    assert wear(signed_in, "coordinator") == 302
    membership.revoke(member, STEWARD)
    db.session.commit()
    assert "Chapeau" not in signed_in.get("/lavergne/").text


def test_a_hat_is_worn_in_one_community_at_a_time(signed_in: Visitor, member: Member) -> None:
    there = make_community("ailleurs", "Amis d’Ailleurs")
    assert member.person is not None
    also = make_member(there, person=member.person)
    membership.grant(member, STEWARD)
    membership.grant(also, STEWARD)
    assert wear(signed_in, "coordinator") == 302
    assert "<strong>membre</strong>" in signed_in.get("/ailleurs/membres").text


def test_a_hat_is_changed_by_a_form_of_ours_only(signed_in: Visitor, member: Member) -> None:
    membership.grant(member, STEWARD)
    db.session.commit()
    answer = signed_in.post("/lavergne/chapeau", data={"hat": "coordinator"}, token=False)
    assert answer.status_code == 400
    assert "<strong>membre</strong>" in signed_in.get("/lavergne/").text


def test_a_stranger_wears_nothing(client: Visitor, community: Community) -> None:
    assert wear(client, "member") == 302
    assert "Chapeau" not in client.get("/lavergne/").text
