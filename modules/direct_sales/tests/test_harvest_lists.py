from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from freeco.clock import held_at
from freeco.members.models import Member
from freeco_direct_sales import changing, contracts, distributions, harvest_lists, subscriptions
from freeco_direct_sales.models import Distribution, Producer, SeasonContract, Subscription

Take = Callable[..., Subscription]
Line = tuple[str, str, str]


@pytest.fixture
def thursday(thursdays: Sequence[Distribution]) -> Distribution:
    """Give the distribution of Thursday the 5th."""
    return thursdays[0]


def lines(distribution: Distribution, producer: Producer) -> list[Line]:
    """Return product, quantity and weight."""
    found = harvest_lists.harvest_list(distribution, producer).lines
    return [(each.product, each.quantity, each.weight) for each in found]


def before(distribution: Distribution, producer: Producer) -> dict[str, str]:
    found = harvest_lists.harvest_list(distribution, producer).lines
    return {each.product: each.before for each in found}


def change_first(subscription: Subscription, **quantities: int) -> None:
    small, large = subscription.contract.products
    ids = {"petit": small.id, "grand": large.id}
    changing.change_delivery(
        subscription,
        contracts.deliveries_of(subscription.contract)[0],
        {ids[name]: many for name, many in quantities.items()},
    )


def test_the_farm_reads_what_to_bring_in_all_with_its_weight(
    vegetables: SeasonContract,
    producer: Producer,
    thursday: Distribution,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    take(vegetables, member, {"Petit panier": 2, "Grand panier": 1})
    take(vegetables, neighbour, {"Petit panier": 1})
    assert lines(thursday, producer) == [
        ("Petit panier", "3\u00a0paniers", "12,6\u00a0kg"),
        ("Grand panier", "1\u00a0panier", "7\u00a0kg"),
    ]


def test_less_than_a_kilogram_is_weighed_in_grams(
    bread: SeasonContract,
    bakery: Producer,
    thursday: Distribution,
    member: Member,
    take: Take,
) -> None:
    take(bread, member, {"Brioche": 2})
    assert lines(thursday, bakery) == [("Brioche", "2\u00a0pièces", "800\u00a0g")]


def test_a_producer_reads_its_own_products_only(
    vegetables: SeasonContract,
    bread: SeasonContract,
    bakery: Producer,
    thursday: Distribution,
    member: Member,
    take: Take,
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    take(bread, member, {"Pain de campagne": 1})
    assert lines(thursday, bakery) == [("Pain de campagne", "1\u00a0pièce", "1\u00a0kg")]


def test_a_list_says_for_how_many_households(
    vegetables: SeasonContract,
    producer: Producer,
    thursday: Distribution,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    take(vegetables, member, {"Petit panier": 1, "Grand panier": 1})
    take(vegetables, neighbour, {"Petit panier": 1})
    assert harvest_lists.harvest_list(thursday, producer).notices[0] == "Pour 2 foyers"


def test_a_list_names_no_household(
    vegetables: SeasonContract,
    producer: Producer,
    thursday: Distribution,
    member: Member,
    take: Take,
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    assert "Dupont" not in repr(harvest_lists.harvest_list(thursday, producer))


def test_a_place_given_back_is_not_harvested(
    vegetables: SeasonContract,
    producer: Producer,
    thursday: Distribution,
    member: Member,
    take: Take,
) -> None:
    subscriptions.withdraw(take(vegetables, member, {"Petit panier": 1}))
    assert lines(thursday, producer) == []


def test_a_first_list_marks_nothing(
    vegetables: SeasonContract,
    producer: Producer,
    thursday: Distribution,
    member: Member,
    take: Take,
) -> None:
    change_first(take(vegetables, member, {"Petit panier": 1}), petit=3)
    assert before(thursday, producer) == {"Petit panier": ""}


def test_a_list_says_what_was_told_before_when_it_has_changed(
    vegetables: SeasonContract,
    producer: Producer,
    thursday: Distribution,
    member: Member,
    take: Take,
    monday: datetime,
) -> None:
    done = take(vegetables, member, {"Petit panier": 2, "Grand panier": 1})
    harvest_lists.note_print(thursday, producer)
    with held_at(monday + timedelta(hours=1)):
        change_first(done, petit=1)
    assert before(thursday, producer) == {"Petit panier": "2\u00a0paniers", "Grand panier": ""}


def test_what_is_no_longer_wanted_stays_on_the_list_as_nothing(
    vegetables: SeasonContract,
    producer: Producer,
    thursday: Distribution,
    member: Member,
    take: Take,
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    harvest_lists.note_print(thursday, producer)
    change_first(done, petit=0)
    (line,) = harvest_lists.harvest_list(thursday, producer).lines
    assert (line.quantity, line.weight, line.before) == ("0\u00a0panier", "", "1\u00a0panier")


def test_what_is_newly_wanted_is_marked_too(
    vegetables: SeasonContract,
    producer: Producer,
    thursday: Distribution,
    member: Member,
    take: Take,
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    harvest_lists.note_print(thursday, producer)
    change_first(done, grand=2)
    assert before(thursday, producer) == {"Petit panier": "", "Grand panier": "0\u00a0panier"}


def test_the_latest_list_told_is_the_one_compared(
    vegetables: SeasonContract,
    producer: Producer,
    thursday: Distribution,
    member: Member,
    take: Take,
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    harvest_lists.note_print(thursday, producer)
    change_first(done, petit=2)
    harvest_lists.note_print(thursday, producer)
    assert before(thursday, producer) == {"Petit panier": ""}


def test_the_sign_off_sheet_printed_tells_the_farm_nothing(
    vegetables: SeasonContract,
    producer: Producer,
    thursday: Distribution,
    member: Member,
    take: Take,
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    harvest_lists.note_print(thursday)
    change_first(done, petit=2)
    assert before(thursday, producer) == {"Petit panier": ""}


def test_a_cancelled_delivery_is_not_harvested_and_says_why(
    vegetables: SeasonContract,
    producer: Producer,
    thursday: Distribution,
    member: Member,
    take: Take,
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    distributions.cancel_delivery(contracts.deliveries_of(vegetables)[0], "gel")
    harvest = harvest_lists.harvest_list(thursday, producer)
    assert harvest.lines == ()
    assert "Légumes d’hiver\u00a0: pas de livraison (gel)" in harvest.notices
