"""A delivery serves so many households: who subscribes, tries or changes is told so."""

from collections.abc import Callable
from typing import Any

import pytest

from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.testing.forms import fill_in
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import contracts, subscriptions
from freeco_direct_sales.contracting import editing, trials, waiting
from freeco_direct_sales.contracting.errors import DateFull
from freeco_direct_sales.contracting.models import ContractRules
from freeco_direct_sales.errors import ContractFull
from freeco_direct_sales.models import SeasonContract, Subscription

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"


def serves(contract: SeasonContract, most: int, **rules: Any) -> None:
    db.session.add(ContractRules(contract_id=contract.id, most_per_delivery=most, **rules))
    contract.capacity = None
    db.session.commit()


def order(contract: SeasonContract, member: Member, *dates: int) -> Subscription:
    coming = contracts.coming_deliveries(contract)
    found = subscriptions.subscribe(
        contract,
        households.household_of(member),
        member,
        {(coming[each].id, contract.products[0].id): 1 for each in dates},
        1,
        charter_text_id=None,
        signed_by=member.name,
    )
    db.session.commit()
    return found


def test_the_same_basket_is_full_when_its_deliveries_are_and_one_may_wait(
    vegetables: SeasonContract, take: Take, member: Member, neighbour: Member
) -> None:
    serves(vegetables, 1)
    first = take(vegetables, member, {"Petit panier": 1})
    assert contracts.places_left(vegetables) == 0
    with pytest.raises(ContractFull):
        take(vegetables, neighbour, {"Petit panier": 1})
    db.session.rollback()
    wish = waiting.wait(vegetables, households.household_of(neighbour), neighbour)
    subscriptions.withdraw(first)
    assert wish.reserved_until is not None
    take(vegetables, neighbour, {"Petit panier": 1})


def test_a_date_that_is_full_is_named_and_another_may_be_chosen(
    bread: SeasonContract, member: Member, neighbour: Member
) -> None:
    serves(bread, 1)
    order(bread, member, 0, 1)
    with pytest.raises(DateFull, match="12 novembre") as refused:
        order(bread, neighbour, 1, 2)
    assert "Ne prenez rien" in str(refused.value)
    db.session.rollback()
    order(bread, neighbour, 2)


def test_a_date_that_is_full_is_not_added_later(
    bread: SeasonContract, member: Member, neighbour: Member
) -> None:
    serves(bread, 1, edit_days=1)
    order(bread, member, 0)
    mine = order(bread, neighbour, 1)
    full, open_still = contracts.coming_deliveries(bread)[:2]
    with pytest.raises(DateFull):
        editing.edit(mine, full, {bread.products[0].id: 1})
    editing.edit(mine, open_still, {bread.products[0].id: 3})


def test_who_tries_keeps_its_room_for_the_season_until_it_decides(
    vegetables: SeasonContract, take: Take, member: Member, neighbour: Member
) -> None:
    serves(vegetables, 1, trial_deliveries=1)
    done = trials.begin(
        vegetables,
        households.household_of(member),
        member,
        subscriptions.same_basket(vegetables, {vegetables.products[0].id: 1}),
        1,
        charter_text_id=None,
        signed_by=member.name,
    )
    db.session.commit()
    with pytest.raises(ContractFull):
        take(vegetables, neighbour, {"Petit panier": 1})
    db.session.rollback()
    trial = trials.trial_of(done)
    assert trial is not None
    trials.drop(trial)
    for each in contracts.coming_deliveries(vegetables)[:1]:
        each.cancelled_at = trial.dropped_at
    take(vegetables, neighbour, {"Petit panier": 1})


def test_the_page_says_which_date_is_full_and_keeps_what_was_typed(
    bread: SeasonContract, community: Community, neighbour: Member, visiting: Visit
) -> None:
    serves(bread, 1)
    order(bread, make_member(community, "Zoé", "Lac"), 0)
    client = visiting(neighbour)
    first, second = contracts.coming_deliveries(bread)[:2]
    page = client.get(f"{HERE}/contrats/{bread.id}")
    loaf = bread.products[0].id
    typed = {f"q-{loaf}-{first.id}": "1", f"q-{loaf}-{second.id}": "2", "cheques": "1"}
    read = fill_in(client, page, "/relire", typed)
    refused = fill_in(client, read, "/signer", {"agreed": "1"})
    assert refused.status_code == 409
    assert "5 novembre 2026 sert déjà autant de foyers" in refused.text.replace("\u00a0", " ")
    assert 'value="2"' in refused.text
