import pytest
from flask import Flask

from freeco.charter import services as charter
from freeco.errors import Invalid
from freeco.members.membership import leave
from freeco.members.models import Community, Member, Person
from freeco.members.proxies import (
    HasAnAccount,
    NotAProxy,
    PaperNotSigned,
    enter_person_without_email,
    hand_over,
    may_act_for,
    people_served_by,
)
from freeco.members.ties import HasTies
from freeco.organisations.services import register
from freeco.plugins import Plugins
from freeco.testing import make_community, make_member, make_person


def enter(plugins: Plugins, community: Community, proxy: Person, signed: bool = True) -> Member:
    return enter_person_without_email(
        plugins,
        community,
        "Odette",
        "Vidal",
        proxy=proxy,
        charter_paper_signed=signed,
        phone="05 65 00 00 00",
        commune="Lavergne",
    )


@pytest.fixture
def plugins(app: Flask) -> Plugins:
    """Give core by itself: what modules add is theirs to test."""
    return Plugins()


@pytest.fixture
def odette(plugins: Plugins, community: Community, member: Member, person: Person) -> Member:
    return enter(plugins, community, person)


@pytest.fixture
def jean(community: Community) -> Member:
    return make_member(community, "Jean", "Martin")


def test_a_person_without_email_is_a_member_like_others(odette: Member, person: Person) -> None:
    assert odette.person is not None
    assert (odette.person.email, odette.person.proxy) == (None, person)
    assert (odette.person.phone, odette.person.commune) == ("05 65 00 00 00", "Lavergne")
    assert charter.has_accepted_current(odette)


def test_the_proxy_who_keeps_the_paper_is_recorded(odette: Member, person: Person) -> None:
    assert [each.recorded_by_id for each in charter.acceptances(odette)] == [person.id]


def test_nobody_enters_without_a_signed_paper(
    plugins: Plugins, community: Community, member: Member, person: Person
) -> None:
    with pytest.raises(PaperNotSigned):
        enter(plugins, community, person, signed=False)


def test_the_proxy_is_a_member_here_with_an_account(
    plugins: Plugins, community: Community, odette: Member
) -> None:
    assert odette.person is not None
    for proxy in (make_person("Paul", "Petit", "paul@example.org"), odette.person):
        with pytest.raises(NotAProxy):
            enter(plugins, community, proxy)


def test_a_member_brings_somebody_into_a_closed_circle(plugins: Plugins, person: Person) -> None:
    circle = make_community("atelier", "Atelier", admission="invitation")
    make_member(circle, person=person)
    assert enter(plugins, circle, person).community is circle


def test_a_name_that_cannot_be_one_is_refused(
    plugins: Plugins, community: Community, member: Member, person: Person
) -> None:
    with pytest.raises(Invalid):
        enter_person_without_email(
            plugins, community, "", "Vidal", proxy=person, charter_paper_signed=True
        )


def test_people_served_are_listed_by_name(
    plugins: Plugins, community: Community, odette: Member, person: Person
) -> None:
    other = enter_person_without_email(
        plugins, community, "Léon", "Albert", proxy=person, charter_paper_signed=True
    )
    assert people_served_by(person) == [other.person, odette.person]


def test_one_acts_for_oneself_and_for_those_one_serves(
    plugins: Plugins, member: Member, person: Person, odette: Member, jean: Member
) -> None:
    assert may_act_for(person, member)
    assert may_act_for(person, odette)
    assert not may_act_for(person, jean)
    assert jean.person is not None
    assert not may_act_for(jean.person, odette)
    leave(plugins, odette)
    assert not may_act_for(person, odette)


def test_one_acts_for_an_organisation_while_one_is_a_member(
    plugins: Plugins, community: Community, member: Member, person: Person, jean: Member
) -> None:
    farm = register(plugins, community, "independent", "Ferme", founder=jean)
    assert jean.person is not None
    assert may_act_for(jean.person, farm)
    assert not may_act_for(person, farm)


def test_the_charge_is_handed_over(odette: Member, person: Person, jean: Member) -> None:
    assert odette.person is not None
    assert jean.person is not None
    hand_over(odette.person, jean.person)
    assert people_served_by(person) == []
    assert may_act_for(jean.person, odette)


def test_the_charge_goes_to_a_member_with_an_account(odette: Member) -> None:
    assert odette.person is not None
    with pytest.raises(NotAProxy):
        hand_over(odette.person, make_person("Paul", "Petit", "paul@example.org"))


def test_nobody_is_put_under_somebody_s_charge(person: Person, jean: Member) -> None:
    assert jean.person is not None
    with pytest.raises(HasAnAccount):
        hand_over(jean.person, person)


def test_who_serves_somebody_hands_over_before_leaving(
    plugins: Plugins, member: Member, odette: Member, jean: Member
) -> None:
    with pytest.raises(HasTies, match="Odette Vidal"):
        leave(plugins, member)
    assert odette.person is not None
    assert jean.person is not None
    hand_over(odette.person, jean.person)
    leave(plugins, member)
