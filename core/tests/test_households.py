from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from freeco.db import db
from freeco.errors import Absent
from freeco.hookspecs import hookimpl
from freeco.members.households import (
    NameMissing,
    SharesAnotherTable,
    add_to_household,
    find_household,
    household_of,
    leave_household,
    people_of,
    rename,
)
from freeco.members.membership import join, leave
from freeco.members.models import Community, Household, Member
from freeco.members.ties import HasTies
from freeco.module import Module, Tie
from freeco.plugins import Plugins
from freeco.testing import make_community, make_member


class Larder:
    """A module that keeps everybody who has left jars on the shelf."""

    @hookimpl
    def freeco_module(self) -> Module:
        return Module(name="larder", title="Garde-manger", summary="Des bocaux", opens_at=3)

    @hookimpl
    def freeco_leaving(self, member: Member) -> list[Tie]:
        return [Tie("des bocaux à reprendre", "/lavergne/larder")]


@pytest.fixture
def plugins(app: Flask) -> Plugins:
    return Plugins()


@pytest.fixture
def jean(community: Community) -> Member:
    return make_member(community, "Jean", "Martin")


def test_looking_for_a_household_makes_none(member: Member) -> None:
    assert find_household(member) is None
    assert db.session.scalar(select(func.count(Household.id))) == 0


def test_a_household_is_named_after_its_first_member(member: Member) -> None:
    household = household_of(member)
    assert household.name == "Marie Dupont"
    assert household_of(member) is household
    assert people_of(household) == [member]


def test_needing_it_twice_at_once_makes_one(app: Flask, member: Member) -> None:
    member_id, start = member.id, Barrier(2)
    db.session.rollback()

    def need(_number: int) -> int:
        with app.app_context():
            start.wait()
            household = household_of(db.session.get_one(Member, member_id))
            db.session.commit()
            return household.id

    with ThreadPoolExecutor(2) as crowd:
        assert len(set(crowd.map(need, range(2)))) == 1


def test_two_people_share_a_table(plugins: Plugins, member: Member, jean: Member) -> None:
    household = household_of(member)
    add_to_household(plugins, household, jean)
    add_to_household(plugins, household, jean)
    assert people_of(household) == [member, jean]
    assert find_household(jean) is household


def test_who_lived_alone_may_move_in(plugins: Plugins, member: Member, jean: Member) -> None:
    household_of(jean)
    add_to_household(plugins, household_of(member), jean)
    assert find_household(jean) is find_household(member)


def test_who_lives_alone_with_something_under_way_settles_it_first(
    plugins: Plugins, member: Member, jean: Member
) -> None:
    household_of(jean)
    plugins.add("larder", Larder())
    with pytest.raises(HasTies):
        add_to_household(plugins, household_of(member), jean)
    with pytest.raises(HasTies):
        leave_household(plugins, jean)


def test_nobody_is_taken_from_a_shared_table(
    plugins: Plugins, community: Community, member: Member, jean: Member
) -> None:
    add_to_household(plugins, household_of(member), jean)
    anne = make_member(community, "Anne", "Roux")
    with pytest.raises(SharesAnotherTable):
        add_to_household(plugins, household_of(anne), jean)


def test_a_table_is_shared_within_one_community(plugins: Plugins, member: Member) -> None:
    stranger = make_member(make_community("figeac", "Figeac"), "Paul", "Petit")
    with pytest.raises(Absent):
        add_to_household(plugins, household_of(member), stranger)


def test_the_household_stays_with_those_who_stay_and_takes_their_name(
    plugins: Plugins, member: Member, jean: Member
) -> None:
    household = household_of(member)
    add_to_household(plugins, household, jean)
    leave_household(plugins, member)
    assert people_of(household) == [jean]
    assert household.name == "Jean Martin"
    assert find_household(member) is None


def test_leaving_no_household_changes_nothing(plugins: Plugins, member: Member) -> None:
    leave_household(plugins, member)
    assert find_household(member) is None


def test_who_comes_back_to_the_community_finds_the_household(
    plugins: Plugins, community: Community, member: Member
) -> None:
    household = household_of(member)
    leave(plugins, member)
    assert people_of(household) == []
    assert member.person is not None
    join(plugins, community, member.person, member.person)
    assert household_of(member) is household


def test_who_leaves_the_community_leaves_the_shared_table(
    plugins: Plugins, member: Member, jean: Member
) -> None:
    household = household_of(member)
    add_to_household(plugins, household, jean)
    leave(plugins, jean)
    assert find_household(jean) is None
    assert household.name == "Marie Dupont"


def test_a_household_chooses_its_name(member: Member) -> None:
    household = household_of(member)
    rename(household, "  Les  Dupont ")
    assert household.name == "Les Dupont"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b"])
def test_a_name_that_no_list_can_show_is_refused(member: Member, name: str) -> None:
    with pytest.raises(NameMissing):
        rename(household_of(member), name)
