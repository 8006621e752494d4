import pytest
from flask import Flask
from sqlalchemy import func, select

from freeco.db import db
from freeco.errors import Absent
from freeco.members.contacts import agree, contact
from freeco.members.households import add_to_household, household_of
from freeco.members.membership import leave
from freeco.members.models import Agreement, Community, Member, Person
from freeco.members.proxies import enter_person_without_email
from freeco.organisations.services import give_role, register
from freeco.plugins import Plugins
from freeco.testing import make_community, make_member

ABOUT = "direct_sales:subscription:12"


@pytest.fixture
def plugins(app: Flask) -> Plugins:
    """Give core by itself: what modules add is theirs to test."""
    return Plugins()


@pytest.fixture
def jean(community: Community) -> Member:
    jean = make_member(community, "Jean", "Martin")
    assert jean.person is not None
    jean.person.phone, jean.person.address = "06 12 34 56 78", "3, rue du Four"
    return jean


@pytest.fixture
def anne(community: Community) -> Member:
    return make_member(community, "Anne", "Roux")


def test_contact_data_is_hidden(member: Member, jean: Member) -> None:
    assert contact(member, jean) is None


def test_an_agreement_shows_each_to_the_other_and_to_nobody_else(
    member: Member, jean: Member, anne: Member
) -> None:
    agree(member, jean, ABOUT)
    seen = contact(member, jean)
    assert seen is not None
    assert (seen.name, seen.email, seen.phone) == (
        "Jean Martin",
        "jean.martin@example.org",
        "06 12 34 56 78",
    )
    assert contact(jean, member) is not None
    assert contact(anne, jean) is contact(jean, anne) is None


def test_an_agreement_is_noted_once_whoever_says_it(member: Member, jean: Member) -> None:
    assert agree(member, jean, ABOUT) is agree(jean, member, ABOUT)
    agree(member, jean, "direct_sales:subscription:13")
    assert db.session.scalar(select(func.count(Agreement.id))) == 2


def test_an_agreement_is_between_two_members_of_one_community(member: Member) -> None:
    stranger = make_member(make_community("figeac", "Figeac"), "Paul", "Petit")
    for other in (stranger, member):
        with pytest.raises(Absent):
            agree(member, other, ABOUT)
    assert contact(member, stranger) is None


def test_one_sees_oneself(member: Member) -> None:
    seen = contact(member, member)
    assert seen is not None
    assert seen.email == "marie@example.org"


def test_people_at_one_table_see_each_other_and_what_each_agreed(
    plugins: Plugins, member: Member, jean: Member, anne: Member
) -> None:
    add_to_household(plugins, household_of(member), jean)
    agree(jean, anne, ABOUT)
    assert contact(member, jean) is not None
    assert contact(member, anne) is not None
    assert contact(anne, member) is None


def test_who_acts_for_an_organisation_sees_those_who_agreed_with_it(
    plugins: Plugins, community: Community, member: Member, jean: Member, anne: Member
) -> None:
    farm = register(plugins, community, "independent", "Ferme", founder=jean, commune="Lavergne")
    agree(member, farm, ABOUT)
    assert contact(jean, member) is not None
    assert contact(anne, member) is None
    give_role(farm, anne, "producer", jean)
    assert contact(anne, member) is not None


def test_an_organisation_is_reached_through_its_people_without_their_home_address(
    plugins: Plugins, community: Community, member: Member, jean: Member
) -> None:
    farm = register(plugins, community, "independent", "Ferme", founder=jean, commune="Lavergne")
    assert contact(member, farm) is None
    agree(member, farm, ABOUT)
    seen = contact(member, farm)
    assert seen is not None
    assert (seen.name, seen.commune) == ("Ferme", "Lavergne")
    assert [(each.name, each.phone, each.address) for each in seen.people] == [
        ("Jean Martin", "06 12 34 56 78", "")
    ]
    assert contact(member, jean) is None


def test_a_proxy_sees_those_served_and_those_they_agreed_with(
    plugins: Plugins, community: Community, member: Member, person: Person, jean: Member
) -> None:
    odette = enter_person_without_email(
        plugins, community, "Odette", "Vidal", proxy=person, charter_paper_signed=True
    )
    agree(odette, jean, ABOUT)
    assert contact(member, odette) is not None
    assert contact(member, jean) is not None
    seen = contact(jean, odette)
    assert seen is not None
    assert [each.email for each in seen.people] == ["marie@example.org"]


def test_who_has_left_neither_sees_nor_is_seen(
    plugins: Plugins, member: Member, jean: Member
) -> None:
    agree(member, jean, ABOUT)
    leave(plugins, jean)
    assert contact(member, jean) is contact(jean, member) is None
