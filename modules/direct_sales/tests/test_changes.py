from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.members.models import Member
from freeco.money import Money
from freeco_direct_sales import baskets, changing, contracts, subscriptions
from freeco_direct_sales.errors import DeliveryPast, PlaceGivenBack, UnknownChoice
from freeco_direct_sales.models import Change, Distribution, SeasonContract, Subscription

Take = Callable[..., Subscription]


@pytest.fixture
def subscription(vegetables: SeasonContract, member: Member, take: Take) -> Subscription:
    """Give two small baskets each Thursday: 69 €, in two cheques."""
    return take(vegetables, member, {"Petit panier": 2}, 2)


def change(subscription: Subscription, **quantities: int) -> list[str]:
    """Change the first delivery; ``petit`` and ``grand`` say how many."""
    small, large = subscription.contract.products
    ids = {"petit": small.id, "grand": large.id}
    return changing.change_delivery(
        subscription,
        contracts.deliveries_of(subscription.contract)[0],
        {ids[name]: many for name, many in quantities.items()},
    )


def changes() -> list[Change]:
    return db.session.query(Change).order_by(Change.id).all()


def test_a_change_concerns_one_delivery_only(
    subscription: Subscription, thursdays: Sequence[Distribution]
) -> None:
    change(subscription, petit=1)
    assert [each.products for each in baskets.dates_of(subscription)] == [
        [("Petit panier", 1)],
        [("Petit panier", 2)],
        [("Petit panier", 2)],
    ]


def test_a_change_is_marked_in_words_without_a_name(subscription: Subscription) -> None:
    change(subscription, petit=0, grand=1)
    (marked,) = changes()
    assert marked.words == "Petit panier : 2 → 0 ; Grand panier : 0 → 1"
    assert marked.household_id == subscription.household_id


def test_the_total_follows_a_change_and_the_schedule_does_not(subscription: Subscription) -> None:
    change(subscription, petit=1)
    assert subscription.total == Money(5 * 1150)
    assert [each.amount for each in subscription.payments] == [Money(3450), Money(3450)]


def test_what_was_added_is_to_be_settled(subscription: Subscription) -> None:
    change(subscription, grand=1)
    assert changing.to_settle(subscription) == Money(1800)


def test_what_was_taken_away_is_to_be_given_back(subscription: Subscription) -> None:
    change(subscription, petit=0)
    assert changing.to_settle(subscription) == Money(-2300)


def test_nothing_is_to_be_settled_without_change(subscription: Subscription) -> None:
    assert changing.to_settle(subscription) == Money(0)


def test_the_same_quantities_are_no_change(subscription: Subscription) -> None:
    assert change(subscription, petit=2, grand=0) == []
    assert changes() == []


def test_products_left_out_stay_as_they_are(subscription: Subscription) -> None:
    change(subscription, grand=1)
    assert baskets.dates_of(subscription)[0].products == [
        ("Petit panier", 2),
        ("Grand panier", 1),
    ]


def test_a_second_change_counts_from_the_first(subscription: Subscription) -> None:
    change(subscription, grand=1)
    assert change(subscription, grand=3) == ["Grand panier : 1 → 3"]
    assert subscription.total == Money(6 * 1150 + 3 * 1800)


def test_a_distribution_under_way_may_still_change(subscription: Subscription) -> None:
    with held_at(datetime(2026, 11, 5, 18, 0, tzinfo=UTC)):
        assert change(subscription, petit=1) == ["Petit panier : 2 → 1"]


def test_what_was_taken_home_does_not_change(subscription: Subscription) -> None:
    with held_at(datetime(2026, 11, 6, 9, 0, tzinfo=UTC)), pytest.raises(DeliveryPast):
        change(subscription, petit=1)


@pytest.mark.parametrize("many", [-1, 100])
def test_a_change_stays_within_reason(subscription: Subscription, many: int) -> None:
    with pytest.raises(UnknownChoice):
        change(subscription, petit=many)


def test_a_delivery_of_another_contract_does_not_change(
    subscription: Subscription, bread: SeasonContract
) -> None:
    delivery = contracts.deliveries_of(bread)[0]
    with pytest.raises(UnknownChoice):
        changing.change_delivery(subscription, delivery, {})


def test_a_product_of_another_contract_does_not_come_in(
    subscription: Subscription, bread: SeasonContract
) -> None:
    delivery = contracts.deliveries_of(subscription.contract)[0]
    with pytest.raises(UnknownChoice):
        changing.change_delivery(subscription, delivery, {bread.products[0].id: 1})


def test_a_place_given_back_has_nothing_left_to_change(subscription: Subscription) -> None:
    subscriptions.withdraw(subscription)
    with pytest.raises(PlaceGivenBack):
        change(subscription, petit=1)
