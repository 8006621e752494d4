import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.members import households, privacy
from freeco.members.models import Community, Household, Member, Person
from freeco.members.ties import HasTies
from freeco.money import Money
from freeco.organisations import services as organisations
from freeco.plugins import Plugins
from freeco_direct_sales import subscriptions
from freeco_direct_sales.models import Producer, SeasonContract, Subscription

Take = Callable[..., Subscription]
SMALL = {"Petit panier": 1}


@pytest.fixture
def next_summer() -> Iterator[None]:
    """Hold the clock after the season."""
    with held_at(datetime(2027, 7, 1, 9, 0, tzinfo=UTC)):
        yield


def erase(plugins: Plugins, person: Person | None) -> None:
    """Erase a person after the season."""
    assert person is not None
    with held_at(datetime(2027, 7, 1, 9, 0, tzinfo=UTC)):
        privacy.erase(plugins, person)
    db.session.commit()


def test_the_export_holds_the_contract_its_lines_and_its_payments(
    plugins: Plugins, vegetables: SeasonContract, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL, 2)
    (exported,) = plugins.export(member)["direct_sales"]["subscriptions"]
    assert exported["contract"] == "Légumes d’hiver"
    assert exported["producer"] == "GAEC des Vergnes"
    assert exported["code"] == done.code
    assert exported["total_cents"] == 3450
    assert [
        (line["product"], line["quantity"], line["unit_price_cents"]) for line in exported["lines"]
    ] == [("Petit panier", 1, 1150)] * 3
    assert exported["payments"] == [
        {"amount_cents": 1725, "method": "cheque", "due_on": "2026-11-02", "state": "expected"},
        {"amount_cents": 1725, "method": "cheque", "due_on": "2026-12-01", "state": "expected"},
    ]


def test_the_export_is_ready_for_json(
    plugins: Plugins, vegetables: SeasonContract, member: Member, farmer: Member, take: Take
) -> None:
    subscriptions.sign_for_producer(take(vegetables, member, SMALL), farmer)
    exported = plugins.export(member)["direct_sales"]
    assert json.loads(json.dumps(exported)) == exported


def test_the_export_keeps_what_was_given_back(
    plugins: Plugins, vegetables: SeasonContract, member: Member, take: Take
) -> None:
    subscriptions.withdraw(take(vegetables, member, SMALL))
    (exported,) = plugins.export(member)["direct_sales"]["subscriptions"]
    assert exported["withdrawn"] is True


def test_the_export_follows_who_left_the_table(
    plugins: Plugins,
    vegetables: SeasonContract,
    household: Household,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    households.add_to_household(plugins, household, neighbour)
    take(vegetables, member, SMALL)
    households.leave_household(plugins, member)
    assert len(plugins.export(member)["direct_sales"]["subscriptions"]) == 1
    assert len(plugins.export(neighbour)["direct_sales"]["subscriptions"]) == 1


def test_the_export_holds_nothing_of_another_household(
    plugins: Plugins,
    vegetables: SeasonContract,
    household: Household,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    take(vegetables, neighbour, SMALL)
    assert "direct_sales" not in plugins.export(member)


def test_the_export_holds_the_farm_one_signs_for(
    plugins: Plugins, producer: Producer, farmer: Member
) -> None:
    (farm,) = plugins.export(farmer)["direct_sales"]["producers"]
    assert (farm["name"], farm["address"]) == ("GAEC des Vergnes", "Les Vergnes\n46100 Assiac")


def test_who_carries_a_contract_alone_does_not_leave_before_its_end(
    plugins: Plugins, vegetables: SeasonContract, member: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    (tie,) = plugins.leaving(member)
    assert str(tie.reason) == "Le contrat «\u00a0Légumes d’hiver\u00a0» court encore."
    assert tie.url == "/lavergne/direct-sales/"


def test_who_delivers_a_contract_does_not_leave_before_its_end(
    plugins: Plugins, vegetables: SeasonContract, farmer: Member, member: Member, take: Take
) -> None:
    assert plugins.leaving(farmer) == []
    take(vegetables, member, SMALL)
    assert len(plugins.leaving(farmer)) == 1


def test_who_carries_a_contract_alone_is_not_erased_before_its_end(
    plugins: Plugins, vegetables: SeasonContract, member: Member, person: Person, take: Take
) -> None:
    take(vegetables, member, SMALL)
    with pytest.raises(HasTies):
        privacy.erase(plugins, person)
    assert person.first_name == "Marie"


def test_nothing_holds_a_member_once_the_last_delivery_is_over(
    plugins: Plugins, vegetables: SeasonContract, member: Member, take: Take, next_summer: None
) -> None:
    with held_at(datetime(2026, 11, 2, 9, 0, tzinfo=UTC)):
        take(vegetables, member, SMALL)
    assert plugins.leaving(member) == []


def test_a_place_given_back_holds_nobody(
    plugins: Plugins, vegetables: SeasonContract, member: Member, take: Take
) -> None:
    subscriptions.withdraw(take(vegetables, member, SMALL))
    assert plugins.leaving(member) == []


def test_who_leaves_others_at_the_table_may_go(
    plugins: Plugins,
    vegetables: SeasonContract,
    household: Household,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    households.add_to_household(plugins, household, neighbour)
    take(vegetables, member, SMALL)
    assert plugins.leaving(member) == []


def test_erasing_keeps_the_books_without_the_name(
    plugins: Plugins, vegetables: SeasonContract, member: Member, person: Person, take: Take
) -> None:
    done = take(vegetables, member, SMALL, 2)
    erase(plugins, person)
    assert (done.total, len(done.lines)) == (Money(3450), 3)
    assert [each.amount for each in done.payments] == [Money(1725), Money(1725)]
    assert done.household_signed_by == "—"
    assert done.household_signed_at is not None
    assert "Dupont" not in done.household.name


def test_erasing_who_shared_a_table_forgets_the_signature(
    plugins: Plugins,
    vegetables: SeasonContract,
    household: Household,
    member: Member,
    person: Person,
    neighbour: Member,
    take: Take,
) -> None:
    households.add_to_household(plugins, household, neighbour)
    done = take(vegetables, member, SMALL)
    erase(plugins, person)
    assert done.household_signed_by == "—"


def test_erasing_leaves_the_signature_of_the_others(
    plugins: Plugins,
    vegetables: SeasonContract,
    household: Household,
    member: Member,
    person: Person,
    neighbour: Member,
    take: Take,
) -> None:
    households.add_to_household(plugins, household, neighbour)
    done = take(vegetables, neighbour, SMALL)
    erase(plugins, person)
    assert done.household_signed_by == "Jean Martin"


def test_erasing_leaves_the_signature_of_who_bears_the_same_name(
    plugins: Plugins,
    vegetables: SeasonContract,
    community: Community,
    member: Member,
    person: Person,
    take: Take,
) -> None:
    other = Member(
        community=community,
        person=Person(first_name="Marie", last_name="Dupont", email="m.dupont@example.org"),
    )
    db.session.add(other)
    db.session.flush()
    done = take(vegetables, other, SMALL)
    erase(plugins, person)
    assert done.household_signed_by == "Marie Dupont"


def test_erasing_a_proxy_forgets_the_name_signed_beside_another(
    plugins: Plugins,
    vegetables: SeasonContract,
    person: Person,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    done = take(vegetables, neighbour, SMALL)
    done.household_signed_by = "Marie Dupont, pour Jean Martin"
    erase(plugins, person)
    assert done.household_signed_by == "—"


def test_erasing_the_farmer_keeps_the_farm_and_forgets_him(
    plugins: Plugins,
    vegetables: SeasonContract,
    producer: Producer,
    member: Member,
    farmer: Member,
    take: Take,
) -> None:
    done = take(vegetables, member, SMALL)
    subscriptions.sign_for_producer(done, farmer)
    (farm,) = organisations.organisations_of(farmer.community)
    organisations.take_out(plugins, farm, farmer)
    erase(plugins, farmer.person)
    assert (producer.name, producer.member, producer.address) == ("GAEC des Vergnes", None, "")
    assert done.producer_signed_by == "—"
    assert done.is_signed
