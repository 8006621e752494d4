from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Literal

import pytest
from flask import Flask
from sqlalchemy import select

from freeco.activation import open_modules
from freeco.charter import services as charter
from freeco.clock import held_at, now
from freeco.db import db
from freeco.errors import Absent
from freeco.events import MemberJoined, MemberLeft
from freeco.hookspecs import hookimpl
from freeco.kernel_models import PublishedEvent
from freeco.members import membership
from freeco.members.membership import (
    InvitationNeeded,
    LastSteward,
    OtherDomain,
    grant,
    holds,
    join,
    leave,
    revoke,
)
from freeco.members.models import STEWARD, Community, Member, Person, Territory
from freeco.members.ties import HasTies
from freeco.module import Module, Tie
from freeco.organisations.services import give_role, register
from freeco.plugins import Plugins
from freeco.testing import make_community, make_member, make_person


class Larder:
    """A module that opens with the third member, and keeps those who have jars on the shelf."""

    def __init__(self, within: Literal["community", "territory"] = "community") -> None:
        self.within = within
        self.jars: dict[int, int] = {}

    @hookimpl
    def freeco_module(self) -> Module:
        return Module(
            name="larder", title="Garde-manger", summary="Bocaux", opens_at=3, within=self.within
        )

    @hookimpl
    def freeco_leaving(self, member: Member) -> list[Tie]:
        jars = self.jars.get(member.id, 0)
        return [Tie(f"{jars} bocaux à reprendre", "/lavergne/larder")] if jars else []


@pytest.fixture
def larder() -> Larder:
    return Larder()


@pytest.fixture
def plugins(app: Flask, larder: Larder) -> Plugins:
    plugins = Plugins()
    plugins.add("larder", larder)
    return plugins


def events(name: str) -> list[int]:
    rows = db.session.scalars(select(PublishedEvent).where(PublishedEvent.name == name))
    return [row.payload["member_id"] for row in rows]


def test_joining_accepts_the_charter_and_is_told(
    plugins: Plugins, community: Community, person: Person
) -> None:
    member = join(plugins, community, person, person)
    assert charter.has_accepted_current(member)
    assert events(MemberJoined.name) == [member.id]
    assert membership.membership_of(community, person) is member


def test_what_was_accepted_is_the_language_that_was_read(
    plugins: Plugins, community: Community, person: Person
) -> None:
    member = join(plugins, community, person, person, "en")
    assert [each.text.language for each in charter.acceptances(member)] == ["en"]


def test_joining_with_an_outdated_text_is_refused(
    plugins: Plugins, community: Community, person: Person
) -> None:
    with pytest.raises(charter.CharterChanged):
        join(plugins, community, person, person, "fr", "0" * 64)


def test_joining_twice_changes_nothing(
    plugins: Plugins, community: Community, person: Person
) -> None:
    first = join(plugins, community, person, person)
    assert join(plugins, community, person, person) is first
    assert events(MemberJoined.name) == [first.id]


def test_who_comes_back_finds_the_same_place(
    plugins: Plugins, community: Community, member: Member, person: Person
) -> None:
    leave(plugins, member)
    with held_at(now() + timedelta(days=400)):
        assert join(plugins, community, person, person) is member
        assert member.joined_at == now()
    assert member.left_at is None
    assert events(MemberJoined.name) == events(MemberLeft.name) == [member.id]


def test_the_third_member_opens_a_module_that_waits_for_three(
    plugins: Plugins, community: Community
) -> None:
    for number in range(3):
        assert open_modules(community) == frozenset()
        newcomer = make_person("Anne", "Roux", f"anne{number}@example.org")
        join(plugins, community, newcomer, newcomer)
    assert open_modules(community) == {"larder"}


@pytest.mark.parametrize("race", range(10))
@pytest.mark.parametrize("within", ["community", "territory"])
def test_two_last_members_at_once_miss_no_opening(
    app: Flask, race: int, within: Literal["community", "territory"]
) -> None:
    plugins = Plugins()
    plugins.add("larder", Larder(within))
    territory = Territory(slug=f"causse{race}", name="Causse")
    db.session.add(territory)
    lavergne, figeac = (make_community(f"{race}{name}", name) for name in ("lavergne", "figeac"))
    lavergne.territory_id = figeac.territory_id = territory.id
    make_member(lavergne, "Marie", "Dupont")
    arrivals = [
        (make_person("Anne", "Roux", "anne@example.org").id, lavergne.id),
        (
            make_person("Jean", "Martin", "jean@example.org").id,
            lavergne.id if within == "community" else figeac.id,
        ),
    ]
    db.session.commit()
    start = Barrier(2)

    def arrive(arrival: tuple[int, int]) -> None:
        with app.app_context():
            start.wait()
            person = db.session.get_one(Person, arrival[0])
            join(plugins, db.session.get_one(Community, arrival[1]), person, person)
            db.session.commit()

    with ThreadPoolExecutor(2) as crowd:
        list(crowd.map(arrive, arrivals))
    assert open_modules(lavergne) == {"larder"}
    assert open_modules(figeac) == (frozenset() if within == "community" else {"larder"})


def test_one_person_clicking_twice_at_once_joins_once(
    app: Flask, plugins: Plugins, community: Community, person: Person
) -> None:
    community_id, person_id, start = community.id, person.id, Barrier(2)
    db.session.rollback()

    def click(_number: int) -> None:
        with app.app_context():
            start.wait()
            person = db.session.get_one(Person, person_id)
            join(plugins, db.session.get_one(Community, community_id), person, person)
            db.session.commit()

    with ThreadPoolExecutor(2) as crowd:
        list(crowd.map(click, range(2)))
    assert len(events(MemberJoined.name)) == 1


def test_a_circle_by_invitation_refuses_who_was_not_invited(
    plugins: Plugins, person: Person
) -> None:
    circle = make_community("atelier", "Atelier", admission="invitation")
    with pytest.raises(InvitationNeeded):
        join(plugins, circle, person, person)


@pytest.mark.parametrize(
    ("email", "confirmed"),
    [("marie@example.org", True), ("marie@coop.example", False), ("m@not-coop.example", True)],
)
def test_a_circle_of_a_domain_refuses_other_and_unproved_addresses(
    plugins: Plugins, person: Person, email: str, confirmed: bool
) -> None:
    circle = make_community("coop", "Coop", admission="domain", email_domain="coop.example")
    person.email, person.confirmed_at = email, now() if confirmed else None
    with pytest.raises(OtherDomain):
        join(plugins, circle, person, person)


def test_a_circle_of_a_domain_admits_its_confirmed_addresses(
    plugins: Plugins, person: Person
) -> None:
    circle = make_community("coop", "Coop", admission="domain", email_domain="coop.example")
    person.email = "marie@coop.example"
    assert join(plugins, circle, person, person).community is circle


def test_what_is_under_way_keeps_a_member(plugins: Plugins, larder: Larder, member: Member) -> None:
    larder.jars[member.id] = 2
    with pytest.raises(HasTies, match="2 bocaux à reprendre") as refused:
        leave(plugins, member)
    assert [tie.url for tie in refused.value.ties] == ["/lavergne/larder"]
    assert member.left_at is None


def test_the_only_one_who_acts_for_an_organisation_sees_to_it_before_leaving(
    plugins: Plugins, community: Community, member: Member
) -> None:
    farm = register(plugins, community, "independent", "Ferme du Causse", founder=member)
    with pytest.raises(HasTies, match="Ferme du Causse"):
        leave(plugins, member)
    leave(plugins, farm)
    leave(plugins, member)
    assert membership.members_of(community) == []


def test_a_member_who_left_holds_nothing(
    plugins: Plugins, community: Community, member: Member
) -> None:
    grant(member, "larder.keep")
    leave(plugins, member)
    assert membership.permissions_of(member) == frozenset()
    assert member.person is not None
    join(plugins, community, member.person, member.person)
    assert membership.permissions_of(member) == frozenset()


def test_leaving_twice_is_leaving(plugins: Plugins, member: Member) -> None:
    leave(plugins, member)
    leave(plugins, member)
    assert events(MemberLeft.name) == [member.id]


def test_a_permission_is_given_once_and_taken_back(member: Member) -> None:
    grant(member, "larder.keep")
    grant(member, "larder.keep")
    assert membership.permissions_of(member) == {"larder.keep"}
    revoke(member, "larder.keep")
    assert not holds(member, "larder.keep")


def test_who_still_has_a_role_but_left_does_not_count(
    plugins: Plugins, community: Community, member: Member
) -> None:
    farm = register(plugins, community, "independent", "Ferme du Causse", founder=member)
    other = make_member(community, "Jean", "Martin")
    give_role(farm, other, "treasurer", member)
    leave(plugins, other)
    with pytest.raises(HasTies, match="Ferme du Causse"):
        leave(plugins, member)


def test_nobody_holds_nothing() -> None:
    assert membership.permissions_of(None) == frozenset()


def test_the_last_steward_stays_one(plugins: Plugins, community: Community, member: Member) -> None:
    other = make_member(community, "Jean", "Martin")
    grant(member, STEWARD)
    with pytest.raises(LastSteward):
        revoke(member, STEWARD)
    with pytest.raises(LastSteward):
        leave(plugins, member)
    grant(other, STEWARD)
    revoke(member, STEWARD)
    assert membership.stewards(community) == [other]


def test_two_stewards_cannot_remove_each_other_at_once(
    app: Flask, community: Community, member: Member
) -> None:
    other = make_member(community, "Jean", "Martin")
    make_member(community, "Anne", "Roux")
    grant(member, STEWARD)
    grant(other, STEWARD)
    ids, start = [member.id, other.id], Barrier(2)
    db.session.commit()

    def remove(number: int) -> bool:
        with app.app_context():
            start.wait()
            try:
                revoke(db.session.get_one(Member, ids[number]), STEWARD)
            except LastSteward:
                db.session.rollback()
                return False
            db.session.commit()
            return True

    with ThreadPoolExecutor(2) as crowd:
        assert sorted(crowd.map(remove, range(2))) == [False, True]


def test_the_last_person_out_may_be_the_steward(plugins: Plugins, member: Member) -> None:
    grant(member, STEWARD)
    leave(plugins, member)
    assert member.left_at is not None


def test_members_are_listed_as_on_paper(
    plugins: Plugins, community: Community, member: Member
) -> None:
    make_member(community, "Zoé", "Albert")
    gone = make_member(community, "Anne", "Roux")
    register(plugins, community, "amap", "Brebis du Causse", founder=member)
    leave(plugins, gone)
    names = [each.name for each in membership.members_of(community)]
    assert names == ["Zoé Albert", "Brebis du Causse", "Marie Dupont"]


def test_a_member_of_another_community_does_not_exist_here(
    community: Community, member: Member
) -> None:
    elsewhere = make_community("figeac", "Figeac")
    assert membership.find_member(community, member.id) is member
    for circle, member_id in ((elsewhere, member.id), (community, 999_999)):
        with pytest.raises(Absent):
            membership.find_member(circle, member_id)


def test_a_person_has_one_membership_a_community(
    plugins: Plugins, community: Community, member: Member, person: Person
) -> None:
    second = join(plugins, make_community("figeac", "Figeac"), person, person)
    assert membership.memberships_of(person) == [member, second]
