import pytest
from flask import Flask
from sqlalchemy import select

from freeco.charter import services as charter
from freeco.charter.models import CharterAcceptance
from freeco.db import db
from freeco.errors import Absent, Invalid, NotAllowed
from freeco.events import MemberJoined
from freeco.kernel_models import PublishedEvent
from freeco.members.membership import find_member, grant, leave
from freeco.members.models import STEWARD, Community, Member
from freeco.organisations.models import Role
from freeco.organisations.numbers import normal_rna, normal_siren, normal_siret
from freeco.organisations.services import (
    AlreadyRegistered,
    LastRole,
    NotAMember,
    acting_for,
    end_role,
    find_organisation,
    give_role,
    holders,
    holds_role,
    members_with_role,
    organisations_of,
    register,
    take_out,
)
from freeco.plugins import Plugins
from freeco.testing import make_community, make_member

SIRET = "732 829 320 00074"
SIREN = "732829320"


@pytest.fixture
def plugins(app: Flask) -> Plugins:
    """Give core by itself: what modules add is theirs to test."""
    return Plugins()


@pytest.fixture
def farm(plugins: Plugins, community: Community, member: Member) -> Member:
    return register(plugins, community, "independent", "Ferme du Causse", founder=member)


@pytest.fixture
def jean(community: Community) -> Member:
    return make_member(community, "Jean", "Martin")


def test_an_organisation_is_a_member_that_accepts_the_charter_through_its_founder(
    farm: Member, member: Member
) -> None:
    assert farm.name == "Ferme du Causse"
    assert charter.has_accepted_current(farm)
    assert [each.recorded_by_id for each in charter.acceptances(farm)] == [member.person_id]
    assert holds_role(farm, member.person_id, Role.COORDINATOR)
    joined = db.session.scalars(
        select(PublishedEvent).where(PublishedEvent.name == MemberJoined.name)
    ).one()
    assert joined.payload["member_id"] == farm.id


def test_the_founder_may_have_another_first_role(
    plugins: Plugins, community: Community, member: Member
) -> None:
    farm = register(plugins, community, "independent", "Ferme", founder=member, role=Role.PRODUCER)
    assert [each.role for each in holders(farm)] == ["producer"]


def test_numbers_are_kept_without_their_spaces(
    plugins: Plugins, community: Community, member: Member
) -> None:
    farm = register(
        plugins, community, "company", " Ferme  Ltd ", founder=member, siret=SIRET, rna="w462001234"
    )
    assert farm.organisation is not None
    assert farm.organisation.name == "Ferme Ltd"
    assert (farm.organisation.siret, farm.organisation.siren) == ("73282932000074", SIREN)
    assert farm.organisation.rna == "W462001234"


def test_everything_wrong_is_named_at_once(
    plugins: Plugins, community: Community, member: Member
) -> None:
    with pytest.raises(Invalid) as refused:
        register(
            plugins,
            community,
            "circus",
            " ",
            founder=member,
            siren="123456789",
            siret="1",
            rna="X1",
            address="x" * 201,
        )
    assert set(refused.value.fields) == {"kind", "name", "siren", "siret", "rna", "address"}


def test_a_siren_of_another_company_than_the_siret_s_is_refused(
    plugins: Plugins, community: Community, member: Member
) -> None:
    with pytest.raises(Invalid) as refused:
        register(
            plugins, community, "company", "Ferme", founder=member, siret=SIRET, siren="552008443"
        )
    assert list(refused.value.fields) == ["siren"]


@pytest.mark.parametrize("number", ["732829321", "73282932", "٧٣٢٨٢٩٣٢٠", "abcdefghi"])
def test_a_false_siren_is_refused(app: Flask, number: str) -> None:
    with pytest.raises(Invalid):
        normal_siren(number)


@pytest.mark.parametrize("number", ["73282932000079", "732829320", "not a number"])
def test_a_false_siret_is_refused(app: Flask, number: str) -> None:
    with pytest.raises(Invalid):
        normal_siret(number)


@pytest.mark.parametrize("number", ["W462001234", "W2A1000119", "w2b2000016", " W9R 1003737 "])
def test_an_rna_number_may_name_corsica_or_an_overseas_department(app: Flask, number: str) -> None:
    assert normal_rna(number) == number.replace(" ", "").upper()


@pytest.mark.parametrize(
    "number", ["W12345678", "W1234567890", "1234567890", "WAA1234567", "W²62001234"]
)
def test_a_false_rna_number_is_refused(app: Flask, number: str) -> None:
    with pytest.raises(Invalid):
        normal_rna(number)


def test_numbers_are_not_required(app: Flask) -> None:
    assert (normal_siren(""), normal_siret(" "), normal_rna("")) == ("", "", "")


def test_an_establishment_is_a_member_once(
    plugins: Plugins, community: Community, member: Member, jean: Member
) -> None:
    farm = register(plugins, community, "company", "Ferme", founder=member, siret=SIRET)
    with pytest.raises(AlreadyRegistered):
        register(plugins, community, "company", "La Ferme", founder=jean, siret="73282932000074")
    leave(plugins, farm)
    register(plugins, community, "company", "La Ferme", founder=jean, siret=SIRET)


def test_only_a_person_who_is_a_member_here_founds(
    plugins: Plugins, community: Community, farm: Member, jean: Member
) -> None:
    stranger = make_member(make_community("figeac", "Figeac"), "Paul", "Petit")
    leave(plugins, jean)
    for founder in (stranger, jean, farm):
        with pytest.raises(NotAMember):
            register(plugins, community, "amap", "AMAP", founder=founder)


def test_who_coordinates_gives_roles(farm: Member, member: Member, jean: Member) -> None:
    give_role(farm, jean, Role.TREASURER, member)
    give_role(farm, jean, Role.TREASURER, member)
    give_role(farm, jean, Role.PRODUCER, member)
    assert [(each.member, each.role) for each in holders(farm)] == [
        (member, "coordinator"),
        (jean, "treasurer"),
        (jean, "producer"),
    ]
    assert members_with_role(farm) == [member, jean]
    assert members_with_role(farm, Role.PRODUCER) == [jean]
    assert acting_for(jean) == [farm]


def test_others_do_not_give_roles(farm: Member, member: Member, jean: Member) -> None:
    with pytest.raises(NotAllowed):
        give_role(farm, jean, Role.COORDINATOR, jean)
    give_role(farm, jean, Role.TREASURER, member)
    with pytest.raises(NotAllowed):
        end_role(farm, member, Role.COORDINATOR, jean)


def test_a_steward_may_help(farm: Member, jean: Member) -> None:
    grant(jean, STEWARD)
    give_role(farm, jean, Role.COORDINATOR, jean)
    assert holds_role(farm, jean.person_id)


def test_a_role_goes_to_a_person_of_the_community(
    plugins: Plugins, farm: Member, member: Member, jean: Member
) -> None:
    stranger = make_member(make_community("figeac", "Figeac"), "Paul", "Petit")
    leave(plugins, jean)
    for other in (stranger, jean, farm):
        with pytest.raises(NotAMember):
            give_role(farm, other, Role.TREASURER, member)


def test_an_unknown_role_is_refused(farm: Member, member: Member, jean: Member) -> None:
    with pytest.raises(Invalid):
        give_role(farm, jean, "emperor", member)


def test_one_gives_up_one_s_own_role(farm: Member, member: Member, jean: Member) -> None:
    give_role(farm, jean, Role.TREASURER, member)
    end_role(farm, jean, Role.TREASURER, jean)
    assert not holds_role(farm, jean.person_id)
    with pytest.raises(Absent):
        end_role(farm, jean, Role.TREASURER, member)


def test_somebody_keeps_acting_for_an_organisation(farm: Member, member: Member) -> None:
    with pytest.raises(LastRole):
        end_role(farm, member, Role.COORDINATOR, member)


def test_an_organisation_is_found_in_its_community(
    community: Community, farm: Member, member: Member
) -> None:
    assert find_organisation(community, farm.id) is farm
    assert organisations_of(community) == [farm]
    assert find_member(community, farm.id) is farm
    with pytest.raises(Absent):
        find_organisation(community, member.id)


def test_a_person_is_no_organisation(member: Member, jean: Member) -> None:
    with pytest.raises(Absent):
        give_role(member, jean, Role.TREASURER, jean)


def test_who_acts_for_an_organisation_makes_it_leave_before_leaving(
    plugins: Plugins, farm: Member, member: Member, jean: Member
) -> None:
    with pytest.raises(NotAllowed):
        take_out(plugins, farm, jean)
    take_out(plugins, farm, member)
    assert organisations_of(farm.community) == []
    leave(plugins, member)
    assert member.left_at is not None


@pytest.mark.parametrize("accepted", [True, False])
def test_nobody_accepts_for_another_a_charter_that_was_not_read(
    plugins: Plugins, community: Community, member: Member, accepted: bool
) -> None:
    if not accepted:
        db.session.query(CharterAcceptance).delete()
    farm = register(
        plugins, community, "independent", "Ferme", founder=member, by_somebody_else=True
    )
    assert charter.has_accepted_current(farm) is accepted
