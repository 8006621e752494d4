import json

import pytest
from flask import Flask
from sqlalchemy import select

from freeco.charter import services as charter
from freeco.db import Model, db
from freeco.events import MemberLeft
from freeco.hookspecs import hookimpl
from freeco.kernel_models import Intention, PublishedEvent
from freeco.members.accounts import WrongCredentials, send_sign_in_link, set_password, sign_in
from freeco.members.contacts import agree
from freeco.members.households import add_to_household, household_of
from freeco.members.invitations import invite
from freeco.members.membership import LastSteward, grant, join, leave
from freeco.members.models import STEWARD, Community, Member, Person
from freeco.members.privacy import ServesSomebody, erase, export
from freeco.members.proxies import enter_person_without_email, hand_over
from freeco.members.ties import HasTies
from freeco.module import Exported, Module, Tie
from freeco.organisations.services import give_role, register
from freeco.plugins import Plugins
from freeco.testing import make_community, make_member


class Larder:
    """A module that knows how many jars each member keeps, and forgets them when asked."""

    def __init__(self) -> None:
        self.jars: dict[int, int] = {}
        self.under_way = False

    @hookimpl
    def freeco_module(self) -> Module:
        return Module(name="larder", title="Garde-manger", summary="Des bocaux", opens_at=9)

    @hookimpl
    def freeco_leaving(self, member: Member) -> list[Tie]:
        return [Tie("des bocaux à reprendre", "/larder")] if self.under_way else []

    @hookimpl
    def freeco_export(self, member: Member) -> Exported:
        return Exported("larder", {"jars": self.jars.get(member.id, 0)})

    @hookimpl
    def freeco_erase(self, member: Member) -> None:
        self.jars.pop(member.id, None)


@pytest.fixture
def larder() -> Larder:
    return Larder()


@pytest.fixture
def plugins(app: Flask, larder: Larder) -> Plugins:
    plugins = Plugins()
    plugins.add("larder", larder)
    return plugins


@pytest.fixture
def jean(community: Community) -> Member:
    return make_member(community, "Jean", "Martin")


@pytest.fixture
def marie(
    plugins: Plugins, larder: Larder, community: Community, member: Member, jean: Member
) -> Person:
    """Give somebody who has done a little of everything."""
    marie = member.person
    assert marie is not None
    marie.phone, marie.address, marie.commune = "06 12 34 56 78", "3, rue du Four", "Lavergne"
    marie.postal_code = "46500"
    set_password(marie, "trois pommes vertes")
    larder.jars[member.id] = 4
    add_to_household(plugins, household_of(member), jean)
    agree(member, jean, "larder:jar:1")
    grant(member, "larder.keep")
    db.session.add(Intention(member=member, module="carpool"))
    farm = register(plugins, community, "independent", "Ferme du Causse", founder=jean)
    give_role(farm, member, "treasurer", jean)
    invite(community, "ami@example.net", member)
    send_sign_in_link("marie@example.org", "")
    db.session.commit()
    return marie


def everything_stored() -> str:
    return "\n".join(
        repr(tuple(row))
        for table in Model.metadata.sorted_tables
        if table.name != "charter_text"
        for row in db.session.execute(table.select())
    )


def test_the_export_says_all_that_is_known(plugins: Plugins, marie: Person) -> None:
    copy = json.loads(json.dumps(export(plugins, marie)))
    assert copy["person"]["email"] == "marie@example.org"
    (here,) = copy["memberships"]
    assert here["community"] == "Amis de Lavergne"
    assert here["household"] == {"name": "Marie Dupont", "people": ["Marie Dupont", "Jean Martin"]}
    assert here["charter"][0]["version"] == charter.current_version()
    assert here["permissions"] == ["larder.keep"]
    assert here["would_use"] == ["carpool"]
    assert here["agreements"][0]["about"] == "larder:jar:1"
    assert here["modules"] == {"larder": {"jars": 4}}
    assert [each["role"] for each in copy["roles"]] == ["treasurer"]
    assert [each["to"] for each in copy["invitations"]] == ["ami@example.net"]
    assert [each["subject"] for each in copy["emails"]] == [
        "Votre mot de passe a changé",
        "Votre lien de connexion",
    ]


def test_the_export_holds_no_secret(plugins: Plugins, marie: Person) -> None:
    copy = json.dumps(export(plugins, marie))
    assert marie.password_hash is not None
    assert marie.password_hash not in copy
    assert "/lien/" not in copy


def test_the_export_tells_of_a_community_one_has_left(
    plugins: Plugins, member: Member, person: Person
) -> None:
    leave(plugins, member)
    (there,) = export(plugins, person)["memberships"]
    assert there["left_at"] is not None
    assert there["household"] is None


def test_nothing_stored_names_the_person_any_more(plugins: Plugins, marie: Person) -> None:
    words = ("Marie", "Dupont", "marie@example", "06 12", "rue du Four", "46500", "ami@example.net")
    stored = everything_stored()
    assert all(word in stored for word in words)
    erase(plugins, marie)
    db.session.commit()
    stored = everything_stored()
    assert [word for word in words if word in stored] == []
    assert marie.name == f"Personne effacée n° {marie.id}"


def test_the_proof_of_acceptance_stays(plugins: Plugins, member: Member, marie: Person) -> None:
    before = [each.text.sha256 for each in charter.acceptances(member)]
    erase(plugins, marie)
    assert [each.text.sha256 for each in charter.acceptances(member)] == before != []


def test_the_others_keep_their_table(plugins: Plugins, marie: Person, jean: Member) -> None:
    erase(plugins, marie)
    assert household_of(jean).name == "Jean Martin"


def test_an_empty_household_loses_its_name(
    plugins: Plugins, member: Member, person: Person
) -> None:
    household = household_of(member)
    erase(plugins, person)
    assert household.name == f"Foyer effacé n° {household.id}"


def test_every_module_forgets_every_membership(
    plugins: Plugins, larder: Larder, marie: Person
) -> None:
    second = join(plugins, make_community("figeac", "Figeac"), marie, marie)
    larder.jars[second.id] = 1
    leave(plugins, second)
    erase(plugins, marie)
    assert larder.jars == {}


def test_the_community_hears_that_a_member_left(
    plugins: Plugins, member: Member, marie: Person
) -> None:
    erase(plugins, marie)
    assert member.left_at is not None
    told = db.session.scalars(
        select(PublishedEvent).where(PublishedEvent.name == MemberLeft.name)
    ).one()
    assert told.payload["member_id"] == member.id


def test_an_erased_person_does_not_sign_in(plugins: Plugins, marie: Person) -> None:
    number = marie.session_number
    erase(plugins, marie)
    with pytest.raises(WrongCredentials):
        sign_in("marie@example.org", "trois pommes vertes")
    assert marie.session_number > number


def test_what_is_under_way_comes_first(plugins: Plugins, larder: Larder, marie: Person) -> None:
    larder.under_way = True
    with pytest.raises(HasTies):
        erase(plugins, marie)
    assert marie.erased_at is None


def test_the_last_steward_finds_another_first(
    plugins: Plugins, member: Member, marie: Person
) -> None:
    grant(member, STEWARD)
    with pytest.raises(LastSteward):
        erase(plugins, marie)


def test_a_proxy_hands_over_first(
    plugins: Plugins, community: Community, member: Member, person: Person, jean: Member
) -> None:
    odette = enter_person_without_email(
        plugins, community, "Odette", "Vidal", proxy=person, charter_paper_signed=True
    )
    with pytest.raises(HasTies, match="Odette Vidal"):
        erase(plugins, person)
    leave(plugins, odette)
    with pytest.raises(ServesSomebody):
        erase(plugins, person)
    assert odette.person is not None
    assert jean.person is not None
    hand_over(odette.person, jean.person)
    erase(plugins, person)
    erase(plugins, odette.person)
    assert odette.person.proxy_id is None
