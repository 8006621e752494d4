from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent
from freeco.kernel_models import PublishedEvent
from freeco.members import households
from freeco.members.models import Community, Household, Member
from freeco.money import Money
from freeco.plugins import Plugins
from freeco.testing.people import make_member
from freeco_direct_sales import baskets, contracts, distributions, subscriptions
from freeco_direct_sales.errors import (
    AlreadySubscribed,
    ContractFull,
    ContractNotOpen,
    NothingChosen,
    TooManyCheques,
    UnknownChoice,
)
from freeco_direct_sales.models import Product, SeasonContract, Subscription

Take = Callable[..., Subscription]
SMALL = {"Petit panier": 1}


def published() -> list[str]:
    db.session.flush()
    return [each.name for each in db.session.query(PublishedEvent).order_by(PublishedEvent.id)]


def subscribe(
    contract: SeasonContract,
    household: Household,
    member: Member,
    quantities: dict[tuple[int, int], int],
    cheques: int = 1,
) -> Subscription:
    return subscriptions.subscribe(
        contract,
        household,
        member,
        quantities,
        cheques,
        charter_text_id=None,
        signed_by=member.name,
    )


def test_a_season_costs_each_basket_at_each_delivery(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    done = take(vegetables, member, {"Petit panier": 2, "Grand panier": 1})
    assert done.total == Money(3 * (2 * 1150 + 1800))


def test_a_subscription_begins_with_the_deliveries_still_to_come(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    with held_at(datetime(2026, 11, 6, 9, 0, tzinfo=UTC)):
        done = take(vegetables, member, SMALL)
    assert done.total == Money(2 * 1150)


def test_subscribing_signs_for_the_household_only(
    vegetables: SeasonContract, member: Member, take: Take, monday: datetime
) -> None:
    done = take(vegetables, member, SMALL)
    assert (done.household_signed_by, done.household_signed_at) == ("Marie Dupont", monday)
    assert done.producer_signed_at is None
    assert not done.is_signed


def test_a_subscription_keeps_its_price_when_the_product_changes(
    vegetables: SeasonContract, products: Sequence[Product], member: Member, take: Take
) -> None:
    products[0].price = Money(2000)
    db.session.commit()
    assert take(vegetables, member, SMALL).total == Money(3 * 1150)


def test_free_quantities_are_those_of_each_date(
    bread: SeasonContract, household: Household, member: Member
) -> None:
    first, second, _third = contracts.coming_deliveries(bread)
    loaf, brioche = bread.products
    quantities = {(first.id, loaf.id): 2, (second.id, brioche.id): 1, (second.id, loaf.id): 0}
    done = subscribe(bread, household, member, quantities)
    assert done.total == Money(2 * 520 + 480)
    assert [(each.delivery, each.products) for each in baskets.dates_of(done)] == [
        (first, [("Pain de campagne", 2)]),
        (second, [("Brioche", 1)]),
    ]


def test_the_last_place_taken_fills_the_contract(
    vegetables: SeasonContract, community: Community, take: Take
) -> None:
    for name in ("Un", "Deux"):
        take(vegetables, make_member(community, name), SMALL)
    with pytest.raises(ContractFull):
        take(vegetables, make_member(community, "Trois"), SMALL)


def test_a_household_subscribes_once(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    with pytest.raises(AlreadySubscribed):
        take(vegetables, member, SMALL)


def test_two_people_at_one_table_hold_one_subscription(
    plugins: Plugins,
    vegetables: SeasonContract,
    household: Household,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    households.add_to_household(plugins, household, neighbour)
    done = take(vegetables, member, SMALL)
    with pytest.raises(AlreadySubscribed):
        take(vegetables, neighbour, SMALL)
    assert subscriptions.is_of_household(done, neighbour)


def test_a_household_may_hold_several_contracts(
    vegetables: SeasonContract,
    bread: SeasonContract,
    household: Household,
    member: Member,
    take: Take,
) -> None:
    first = take(vegetables, member, SMALL)
    second = take(bread, member, {"Brioche": 1})
    assert subscriptions.subscriptions_of(household) == [second, first]


@pytest.mark.parametrize(
    "change", [contracts.close_contract, lambda each: setattr(each, "state", "draft")]
)
def test_a_contract_that_is_not_open_takes_nobody(
    vegetables: SeasonContract,
    member: Member,
    take: Take,
    change: Callable[[SeasonContract], None],
) -> None:
    change(vegetables)
    with pytest.raises(ContractNotOpen):
        take(vegetables, member, SMALL)


def test_an_empty_basket_is_no_commitment(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    with pytest.raises(NothingChosen):
        take(vegetables, member, {"Petit panier": 0})


@pytest.mark.parametrize("many", [-1, 100])
def test_a_quantity_stays_within_reason(
    vegetables: SeasonContract, member: Member, take: Take, many: int
) -> None:
    with pytest.raises(UnknownChoice):
        take(vegetables, member, {"Petit panier": many})


def test_a_product_of_another_contract_is_refused(
    vegetables: SeasonContract, bread: SeasonContract, household: Household, member: Member
) -> None:
    delivery = contracts.coming_deliveries(vegetables)[0]
    with pytest.raises(UnknownChoice):
        subscribe(vegetables, household, member, {(delivery.id, bread.products[0].id): 1})


def test_a_delivery_of_another_contract_is_refused(
    vegetables: SeasonContract, bread: SeasonContract, household: Household, member: Member
) -> None:
    delivery = contracts.coming_deliveries(bread)[0]
    with pytest.raises(UnknownChoice):
        subscribe(vegetables, household, member, {(delivery.id, vegetables.products[0].id): 1})


def test_a_cancelled_delivery_is_no_longer_to_be_had(
    vegetables: SeasonContract, household: Household, member: Member
) -> None:
    delivery = contracts.coming_deliveries(vegetables)[0]
    distributions.cancel_delivery(delivery, "gel")
    with pytest.raises(UnknownChoice):
        subscribe(vegetables, household, member, {(delivery.id, vegetables.products[0].id): 1})


@pytest.mark.parametrize("count", [0, 7])
def test_there_are_as_many_cheques_as_the_producer_takes(
    vegetables: SeasonContract, member: Member, take: Take, count: int
) -> None:
    with pytest.raises(TooManyCheques):
        take(vegetables, member, SMALL, count)


def test_a_refused_subscription_leaves_the_place_free(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    with pytest.raises(TooManyCheques):
        take(vegetables, member, SMALL, 7)
    assert contracts.places_left(vegetables) == 2


def test_codes_are_read_on_paper_without_doubt(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    code = take(vegetables, member, SMALL).code
    assert len(code) == 8
    assert not set(code) & set("IO01")


def test_each_step_of_a_contract_is_told(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take
) -> None:
    subscriptions.sign_for_producer(take(vegetables, member, SMALL), farmer)
    assert published()[-2:] == [
        "direct_sales.subscription_made",
        "direct_sales.subscription_signed",
    ]


def test_a_subscription_is_absent_from_another_community(
    vegetables: SeasonContract, elsewhere: Community, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    with pytest.raises(Absent):
        subscriptions.find_subscription(elsewhere, done.id)
