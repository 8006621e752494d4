from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.members import households
from freeco.members.models import Member
from freeco.money import Money
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import (
    baskets,
    changing,
    contracts,
    distributions,
    harvest_lists,
    sheets,
    subscriptions,
)
from freeco_direct_sales.contracting import absences, editing, lending, rules
from freeco_direct_sales.contracting.errors import (
    DeliveryFull,
    NoSkipLeft,
    NotForeseen,
    NothingTaken,
    ProposalOver,
    SameHousehold,
    TooLate,
    TooLittleInAll,
    TooLittleThatDay,
)
from freeco_direct_sales.contracting.models import AbsenceKind, ContractRules
from freeco_direct_sales.errors import ContractAlreadyOpen
from freeco_direct_sales.models import (
    Delivery,
    Distribution,
    Producer,
    SeasonContract,
    Subscription,
)

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"


def foresee(contract: SeasonContract, **values: Any) -> None:
    """Write what a contract that is open already foresees: drafts only may, on the site."""
    db.session.add(ContractRules(contract_id=contract.id, **values))
    db.session.commit()


def deliveries(subscription: Subscription) -> Sequence[Delivery]:
    return contracts.deliveries_of(subscription.contract)


@pytest.fixture
def subscription(vegetables: SeasonContract, member: Member, take: Take) -> Subscription:
    """Give two small baskets each Thursday: 69 €."""
    return take(vegetables, member, {"Petit panier": 2})


def cells(distribution: Distribution) -> dict[str, tuple[str, ...]]:
    rows = sheets.sign_off_sheet(distribution).rows
    return {each.household: tuple(map(plain, each.baskets)) for each in rows}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_credited_skip_is_not_owed_and_not_harvested(
    subscription: Subscription,
    member: Member,
    thursdays: Sequence[Distribution],
    producer: Producer,
) -> None:
    foresee(subscription.contract, most_skips=1, skip_rule="credited")
    harvest_lists.note_print(thursdays[0], producer)
    absences.skip(subscription, deliveries(subscription)[0], member)
    assert subscription.total == Money(4600)
    assert changing.to_settle(subscription) == Money(-2300)
    (line,) = harvest_lists.harvest_list(thursdays[0], producer).lines
    assert (plain(line.quantity), plain(line.before)) == ("0 panier", "2 paniers")


def test_a_lost_skip_stays_owed_and_the_basket_is_marked_to_give(
    subscription: Subscription,
    member: Member,
    thursdays: Sequence[Distribution],
    producer: Producer,
) -> None:
    foresee(subscription.contract, most_skips=1)
    absences.skip(subscription, deliveries(subscription)[0], member)
    assert changing.to_settle(subscription) == Money(0)
    assert cells(thursdays[0]) == {"Dupont Marie": ("absent, à donner : 2 Petit panier",)}
    harvest = harvest_lists.harvest_list(thursdays[0], producer)
    assert "Dont le panier d’un foyer absent, à donner" in harvest.notices
    assert baskets.basket_of(subscription.household, thursdays[0]) == []


@pytest.mark.parametrize("rule", ["lost", "credited"])
def test_a_skip_is_undone_until_its_deadline(
    subscription: Subscription, member: Member, thursdays: Sequence[Distribution], rule: str
) -> None:
    foresee(subscription.contract, most_skips=1, skip_rule=rule)
    absence = absences.skip(subscription, deliveries(subscription)[0], member)
    absences.undo(absence)
    absences.undo(absence)
    assert subscription.total == Money(6900)
    assert cells(thursdays[0]) == {"Dupont Marie": ("2 Petit panier",)}
    assert absences.skips_left(subscription) == 1


def test_a_skip_keeps_its_notice(subscription: Subscription, member: Member) -> None:
    foresee(subscription.contract, most_skips=1, notice_days=2)
    first = deliveries(subscription)[0]
    with held_at(datetime(2026, 11, 3, 22, 59, tzinfo=UTC)):
        absence = absences.skip(subscription, first, member)
    with held_at(datetime(2026, 11, 3, 23, 0, tzinfo=UTC)), pytest.raises(TooLate):
        absences.undo(absence)


def test_there_are_so_many_skips_a_season_and_the_same_twice_is_one(
    subscription: Subscription, member: Member
) -> None:
    foresee(subscription.contract, most_skips=1)
    first, second, _third = deliveries(subscription)
    assert absences.skip(subscription, first, member) is absences.skip(subscription, first, member)
    with pytest.raises(NoSkipLeft):
        absences.skip(subscription, second, member)


def test_a_contract_that_foresees_nothing_has_no_skip(
    subscription: Subscription, member: Member
) -> None:
    first, second, _third = deliveries(subscription)
    with pytest.raises(NoSkipLeft):
        absences.skip(subscription, first, member)
    with pytest.raises(NotForeseen):
        absences.move(subscription, first, second, member)


def test_a_moved_basket_adds_to_the_other_date_and_costs_the_same(
    subscription: Subscription, member: Member, thursdays: Sequence[Distribution]
) -> None:
    foresee(subscription.contract, may_move=True)
    first, second, _third = deliveries(subscription)
    moved = absences.move(subscription, first, second, member)
    assert subscription.total == Money(6900)
    assert cells(thursdays[1]) == {"Dupont Marie": ("4 Petit panier",)}
    absences.undo(moved)
    assert cells(thursdays[1]) == {"Dupont Marie": ("2 Petit panier",)}
    assert cells(thursdays[0]) == {"Dupont Marie": ("2 Petit panier",)}


def loaf_at(delivery: Delivery, who: Member) -> Subscription:
    return subscriptions.subscribe(
        delivery.contract,
        households.household_of(who),
        who,
        {(delivery.id, delivery.contract.products[0].id): 1},
        1,
        charter_text_id=None,
        signed_by=who.name,
    )


def test_a_basket_does_not_move_to_a_delivery_that_is_full(
    bread: SeasonContract, member: Member, neighbour: Member
) -> None:
    foresee(bread, may_move=True, most_per_delivery=1)
    first, second, _third = contracts.deliveries_of(bread)
    mine = loaf_at(first, member)
    loaf_at(second, neighbour)
    with pytest.raises(DeliveryFull):
        absences.move(mine, first, second, member)
    assert second not in absences.other_deliveries(mine, first)


def test_a_moved_basket_does_not_come_back_where_others_took_the_room(
    bread: SeasonContract, member: Member, neighbour: Member
) -> None:
    foresee(bread, may_move=True, most_per_delivery=1)
    first, second, third = contracts.deliveries_of(bread)
    moved = absences.move(loaf_at(first, member), first, third, member)
    absences.move(loaf_at(second, neighbour), second, first, neighbour)
    db.session.commit()
    with pytest.raises(DeliveryFull):
        absences.undo(moved)


def test_a_basket_is_lent_once_the_other_household_agrees(
    subscription: Subscription,
    member: Member,
    neighbour: Member,
    thursdays: Sequence[Distribution],
) -> None:
    theirs = households.household_of(neighbour)
    first = deliveries(subscription)[0]
    lent = lending.propose(subscription, first, theirs, member, AbsenceKind.LENT)
    assert cells(thursdays[0]) == {"Dupont Marie": ("2 Petit panier",)}
    lending.agree(lent)
    shown = cells(thursdays[0])
    assert shown["Martin Jean"] == ("2 Petit panier, panier de Dupont Marie",)
    assert shown["Dupont Marie"] == ("",)
    assert [each.quantity for each in baskets.basket_of(theirs, thursdays[0])] == [2]
    assert baskets.basket_of(subscription.household, thursdays[0]) == []
    assert subscription.total == Money(6900)
    absences.undo(lent)
    assert cells(thursdays[0])["Dupont Marie"] == ("2 Petit panier",)


def test_a_proposal_taken_back_cannot_be_accepted(
    subscription: Subscription, member: Member, neighbour: Member
) -> None:
    theirs = households.household_of(neighbour)
    given = lending.propose(subscription, deliveries(subscription)[0], theirs, member)
    absences.undo(given)
    with pytest.raises(ProposalOver):
        lending.agree(given)


def test_a_basket_has_one_fate(
    subscription: Subscription, member: Member, neighbour: Member
) -> None:
    foresee(subscription.contract, most_skips=3)
    theirs = households.household_of(neighbour)
    first = deliveries(subscription)[0]
    lending.propose(subscription, first, theirs, member)
    with pytest.raises(NothingTaken):
        absences.skip(subscription, first, member)
    with pytest.raises(SameHousehold):
        lending.propose(subscription, deliveries(subscription)[1], subscription.household, member)


def test_free_quantities_change_until_the_day_the_contract_says(
    bread: SeasonContract, member: Member, take: Take
) -> None:
    foresee(bread, edit_days=2, least_per_date=Money(500), least_per_season=Money(1000))
    mine = take(bread, member, {"Pain de campagne": 1})
    first = contracts.deliveries_of(bread)[0]
    loaf, brioche = (each.id for each in bread.products)
    editing.edit(mine, first, {loaf: 3})
    assert mine.total == Money(5 * 520)
    assert changing.to_settle(mine) == Money(1040)
    with pytest.raises(TooLittleThatDay):
        editing.edit(mine, first, {loaf: 0, brioche: 1})
    with held_at(datetime(2026, 11, 4, 9, 0, tzinfo=UTC)), pytest.raises(TooLate):
        editing.edit(mine, first, {loaf: 4})


def test_a_season_keeps_its_least(bread: SeasonContract, member: Member, take: Take) -> None:
    foresee(bread, edit_days=1, least_per_season=Money(1500))
    mine = take(bread, member, {"Pain de campagne": 1})
    with pytest.raises(TooLittleInAll):
        editing.edit(mine, contracts.deliveries_of(bread)[0], {bread.products[0].id: 0})
    with pytest.raises(TooLittleInAll):
        take(bread, make_member(bread.community, "Jo", "Lo"), {"Brioche": 1})


def test_the_same_basket_is_not_edited_by_its_household(subscription: Subscription) -> None:
    foresee(subscription.contract, edit_days=1)
    with pytest.raises(NotForeseen):
        editing.edit(subscription, deliveries(subscription)[0], {})


def test_what_people_signed_no_longer_changes(vegetables: SeasonContract) -> None:
    with pytest.raises(ContractAlreadyOpen):
        rules.set_rules(vegetables, most_skips=4)


def test_who_takes_the_basket_is_told_too_that_it_does_not_come(
    subscription: Subscription, member: Member, neighbour: Member
) -> None:
    first = deliveries(subscription)[0]
    theirs = households.household_of(neighbour)
    lending.agree(lending.propose(subscription, first, theirs, member))
    told = distributions.cancel_delivery(first, "gel")
    assert {each.first_name for each in told} == {"Marie", "Jean"}
