"""What orders, waiting lists and reports know of a person; what holds them; what is forgotten."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.members import households
from freeco.members import privacy as people
from freeco.members.models import Community, Household, Member, Person
from freeco.members.ties import HasTies
from freeco.money import Money
from freeco.plugins import Plugins
from freeco.testing.people import make_member
from freeco_direct_sales import privacy
from freeco_direct_sales.contracting import lending, waiting
from freeco_direct_sales.contracts import deliveries_of
from freeco_direct_sales.models import Producer, SeasonContract, Subscription
from freeco_direct_sales.orders import favourites, placing
from freeco_direct_sales.orders.amounts import order_total
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.shifts import incidents
from freeco_direct_sales.shifts.incident_models import IncidentKind

Buy = Callable[..., Order]
Take = Callable[..., Subscription]
AFTER = datetime(2026, 11, 20, 9, tzinfo=UTC)


def erase(plugins: Plugins, person: Person | None) -> None:
    """Erase a person once the distributions are over."""
    assert person is not None
    with held_at(AFTER):
        people.erase(plugins, person)
    db.session.commit()


def test_the_export_holds_what_the_household_ordered_and_usually_takes(
    plugins: Plugins, member: Member, buy: Buy
) -> None:
    order = buy(member, Poireaux=2, Pain=1)
    order.note = "Sonnez fort"
    favourites.keep(order)
    told = plugins.export(member)["direct_sales"]
    (exported,) = told["orders"]
    assert (exported["session"], exported["note"]) == ("Marché du 5", "Sonnez fort")
    assert (exported["placed_by"], exported["total_cents"]) == ("Marie Dupont", 1020)
    assert [
        (each["product"], each["ordered"], each["amount_cents"]) for each in exported["lines"]
    ] == [
        ("Poireaux", 2, 500),
        ("Pain", 1, 520),
    ]
    assert [(each["product"], each["quantity"]) for each in told["usual_basket"]] == [
        ("Poireaux", 2),
        ("Pain", 1),
    ]
    assert json.loads(json.dumps(told)) == told


def test_what_a_volunteer_typed_at_the_telephone_is_the_household_s(
    plugins: Plugins, shop: OrderSession, member: Member, volunteer: Member
) -> None:
    wants = {shop.offers[0].id: placing.Want(1)}
    home = households.household_of(member)
    placing.place(shop, home, volunteer, wants, shop.pickups[0].id, key="a", by_phone=True)
    (exported,) = plugins.export(member)["direct_sales"]["orders"]
    assert (exported["by_phone"], exported["placed_by"]) == (True, "Rose Lavaur")
    assert "direct_sales" not in plugins.export(volunteer)


def test_nothing_of_another_household_is_exported(
    plugins: Plugins, member: Member, neighbour: Member, household: Household, buy: Buy
) -> None:
    favourites.keep(buy(neighbour, Poireaux=2))
    assert "direct_sales" not in plugins.export(member)


def test_an_order_to_fetch_holds_who_lives_alone_until_it_is_given_back(
    plugins: Plugins, member: Member, person: Person, buy: Buy
) -> None:
    order = buy(member, Poireaux=2)
    (tie,) = plugins.leaving(member)
    assert str(tie.reason) == "Votre commande «\u00a0Marché du 5\u00a0» n’est pas encore retirée."
    assert tie.url == "/lavergne/direct-sales/commandes"
    with pytest.raises(HasTies):
        people.erase(plugins, person)
    placing.cancel(order)
    assert plugins.leaving(member) == []


def test_an_order_holds_nobody_who_leaves_others_at_the_table_nor_once_it_was_handed_out(
    plugins: Plugins, member: Member, neighbour: Member, household: Household, buy: Buy
) -> None:
    buy(member, Poireaux=2)
    with held_at(AFTER):
        assert plugins.leaving(member) == []
    households.add_to_household(plugins, household, neighbour)
    assert plugins.leaving(member) == []


def test_who_brings_what_was_ordered_does_not_leave_before(
    plugins: Plugins, producer: Producer, farmer: Member, member: Member, buy: Buy
) -> None:
    assert plugins.leaving(farmer) == []
    buy(member, Pain=1)
    assert plugins.leaving(farmer) == []
    buy(member, Poireaux=2)
    (tie,) = plugins.leaving(farmer)
    assert "Marché du 5" in str(tie.reason)


def test_erasing_keeps_the_amounts_and_forgets_the_words_and_the_habits(
    plugins: Plugins, member: Member, person: Person, household: Household, buy: Buy
) -> None:
    order = buy(member, Poireaux=2, Pain=1)
    order.note = "Sonnez fort"
    favourites.keep(order)
    erase(plugins, person)
    assert (order_total(order), len(order.lines)) == (Money(1020), 2)
    assert order.note == ""
    assert "Dupont" not in order.placed_by.name + order.household.name
    assert favourites.favourite_of(household) == []


def test_erasing_who_shared_a_table_leaves_what_the_others_take(
    plugins: Plugins,
    member: Member,
    person: Person,
    neighbour: Member,
    household: Household,
    buy: Buy,
) -> None:
    households.add_to_household(plugins, household, neighbour)
    theirs = buy(neighbour, Poireaux=2)
    theirs.note = "Nous serons deux"
    favourites.keep(theirs)
    erase(plugins, person)
    assert theirs.note == "Nous serons deux"
    assert len(favourites.favourite_of(household)) == 1


@pytest.fixture
def full(
    vegetables: SeasonContract, community: Community, take: Take
) -> tuple[SeasonContract, Subscription]:
    """Give the farm's contract with both places taken, and one of those who took them."""
    take(vegetables, make_member(community, "Zoé", "Lac"), {"Petit panier": 1})
    return vegetables, take(vegetables, make_member(community, "Luc", "Pré"), {"Petit panier": 1})


def test_a_wish_ends_with_the_last_of_its_household_and_not_before(
    plugins: Plugins,
    full: tuple[SeasonContract, Subscription],
    member: Member,
    person: Person,
    neighbour: Member,
    household: Household,
) -> None:
    households.add_to_household(plugins, household, neighbour)
    wish = waiting.wait(full[0], household, member)
    erase(plugins, person)
    assert wish.ended_at is None
    erase(plugins, neighbour.person)
    assert wish.outcome == "left"


def test_what_was_offered_to_who_is_erased_is_offered_no_more(
    full: tuple[SeasonContract, Subscription],
    bread: SeasonContract,
    member: Member,
    neighbour: Member,
    household: Household,
) -> None:
    _contract, taken = full
    lent = lending.propose(taken, deliveries_of(taken.contract)[0], household, taken.subscribed_by)
    privacy.erase(member)
    assert lent.undone_at is not None


def test_what_was_told_at_the_table_for_a_household_is_its_own(
    plugins: Plugins,
    member: Member,
    person: Person,
    household: Household,
    producer: Producer,
    volunteer: Member,
    shop: OrderSession,
    buy: Buy,
) -> None:
    buy(member, Poireaux=2)
    told = incidents.report(
        shop.pickups[0].distribution,
        household,
        volunteer,
        producer,
        IncidentKind.MISSING,
        "Marie n’a pas eu ses poireaux",
    )
    (exported,) = plugins.export(member)["direct_sales"]["incidents"]
    assert exported["words"] == "Marie n’a pas eu ses poireaux"
    erase(plugins, person)
    assert told.words == "—"
