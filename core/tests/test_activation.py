"""Modules open with the membership, and stay open."""

import pytest

from freeco import activation
from freeco.db import db
from freeco.kernel_models import Activation, ModuleThreshold, PublishedEvent
from freeco.members import membership
from freeco.members.models import Community, Member, Territory
from freeco.module import Module
from freeco.plugins import Plugins
from freeco.testing import make_community, make_person
from freeco.testing.modules import module_object, plugins_with


def join(plugins: Plugins, community: Community, number: int) -> Member:
    person = make_person("Jeanne", f"Numéro {number}", f"jeanne{number}@example.org")
    return membership.join(plugins, community, person, person)


def opened(community: Community) -> list[str]:
    return sorted(activation.open_modules(community))


def test_a_module_opens_with_the_member_who_reaches_its_threshold(
    community: Community, garden_plugins: Plugins
) -> None:
    for number in range(2):
        join(garden_plugins, community, number)
    assert opened(community) == []
    join(garden_plugins, community, 2)
    assert opened(community) == ["garden"]


def test_an_opening_is_told_once_with_the_count(
    community: Community, garden_plugins: Plugins
) -> None:
    for number in range(5):
        join(garden_plugins, community, number)
    told = db.session.query(PublishedEvent).filter_by(name="core.module_opened").all()
    assert [each.payload["member_count"] for each in told] == [3]


def test_a_module_stays_open_when_members_leave(
    community: Community, garden_plugins: Plugins
) -> None:
    members = [join(garden_plugins, community, number) for number in range(3)]
    membership.leave(garden_plugins, members[0])
    assert opened(community) == ["garden"]


def test_the_community_s_own_number_wins_over_the_territory_s_and_the_module_s(
    community: Community, garden: Module
) -> None:
    territory = Territory(slug="cele", name="Vallée du Célé")
    db.session.add(territory)
    db.session.flush()
    community.territory_id = territory.id
    assert activation.threshold(community, garden) == 3
    db.session.add(ModuleThreshold(module="garden", members=7, territory_id=territory.id))
    assert activation.threshold(community, garden) == 7
    db.session.add(ModuleThreshold(module="garden", members=5, community_id=community.id))
    assert activation.threshold(community, garden) == 5


def test_lowering_the_threshold_opens_what_it_makes_due(
    community: Community, garden: Module, garden_plugins: Plugins, member: Member
) -> None:
    activation.set_threshold(garden_plugins, community, garden, 1)
    assert opened(community) == ["garden"]


def test_a_module_waits_for_the_one_it_requires(community: Community) -> None:
    plugins = plugins_with(
        module_object(Module("barn", "Grange", "", opens_at=1, requires=("garden",))),
        module_object(Module("garden", "Jardin", "", opens_at=2)),
    )
    join(plugins, community, 1)
    assert opened(community) == []
    join(plugins, community, 2)
    assert opened(community) == ["barn", "garden"]


def test_a_territory_counts_each_person_once(community: Community) -> None:
    plugins = plugins_with(
        module_object(Module("train", "Train", "", opens_at=2, within="territory"))
    )
    territory = Territory(slug="cele", name="Vallée du Célé")
    db.session.add(territory)
    db.session.flush()
    other = make_community("assiac", "Assiac")
    community.territory_id = other.territory_id = territory.id
    person = make_person("Marie", "Dupont", "marie@example.org")
    membership.join(plugins, community, person, person)
    membership.join(plugins, other, person, person)
    assert opened(community) == []
    join(plugins, other, 2)
    assert opened(community) == opened(other) == ["train"]


def test_organisations_are_members_but_do_not_count(community: Community, member: Member) -> None:
    assert activation.count_members(community) == 1


def test_a_pause_asks_for_a_reason_every_member_can_read(
    community: Community, garden: Module, garden_plugins: Plugins, member: Member
) -> None:
    activation.set_threshold(garden_plugins, community, garden, 1)
    with pytest.raises(activation.ReasonMissing):
        activation.pause(community, "garden", member, "   ")
    activation.pause(community, "garden", member, "Le puits est à sec.")
    assert opened(community) == []
    assert activation.openings(garden_plugins, community, member)[0].activation is not None
    activation.resume(community, "garden")
    assert opened(community) == ["garden"]


def test_what_never_opened_is_not_paused(community: Community, member: Member) -> None:
    with pytest.raises(activation.NotOpenYet):
        activation.pause(community, "garden", member, "Pour voir.")


def test_an_intention_is_said_and_taken_back(
    community: Community, garden: Module, garden_plugins: Plugins, member: Member
) -> None:
    activation.toggle_intention(member, garden)
    line = activation.openings(garden_plugins, community, member)[0]
    assert (line.interested, line.i_am_interested, line.missing) == (1, True, 2)
    activation.toggle_intention(member, garden)
    assert activation.openings(garden_plugins, community, member)[0].interested == 0


def test_a_module_that_is_uninstalled_keeps_its_row(
    community: Community, garden: Module, garden_plugins: Plugins, member: Member
) -> None:
    activation.set_threshold(garden_plugins, community, garden, 1)
    activation.open_due(Plugins(), community)
    assert db.session.query(Activation).count() == 1
