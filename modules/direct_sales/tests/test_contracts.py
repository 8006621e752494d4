from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Absent
from freeco.kernel_models import PublishedEvent
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco_direct_sales import catalogue, contracts, distributions
from freeco_direct_sales.errors import (
    ContractAlreadyOpen,
    ContractNotReady,
    TooFewPlaces,
    UnknownChoice,
)
from freeco_direct_sales.models import (
    ContractKind,
    ContractState,
    Distribution,
    Producer,
    Product,
    SeasonContract,
    Subscription,
)

Take = Callable[..., Subscription]
FRIDAY = datetime(2026, 11, 6, 9, 0, tzinfo=UTC)


@pytest.fixture
def draft(producer: Producer) -> SeasonContract:
    return contracts.create_contract(
        producer, "Légumes d’été", ContractKind.FIXED, date(2026, 11, 1), date(2027, 3, 31)
    )


def names(contract: SeasonContract) -> list[str]:
    db.session.expire(contract, ["products"])
    return [each.name for each in contract.products]


def dates(contract: SeasonContract) -> list[int]:
    return [each.distribution.starts_at.day for each in contracts.deliveries_of(contract)]


def test_a_contract_begins_as_a_draft(draft: SeasonContract) -> None:
    assert draft.state == ContractState.DRAFT


def test_a_draft_without_product_does_not_open(
    draft: SeasonContract, thursdays: Sequence[Distribution]
) -> None:
    contracts.set_deliveries(draft, thursdays)
    with pytest.raises(ContractNotReady):
        contracts.open_contract(draft)


def test_a_draft_without_date_does_not_open(
    draft: SeasonContract, products: Sequence[Product]
) -> None:
    contracts.set_products(draft, products)
    with pytest.raises(ContractNotReady):
        contracts.open_contract(draft)


def test_a_draft_opens_with_products_and_dates_and_tells_it_once(
    draft: SeasonContract, products: Sequence[Product], thursdays: Sequence[Distribution]
) -> None:
    contracts.set_products(draft, products)
    contracts.set_deliveries(draft, thursdays)
    contracts.open_contract(draft)
    contracts.open_contract(draft)
    db.session.flush()
    opened = db.session.query(PublishedEvent).filter_by(name="direct_sales.contract_opened")
    assert draft.state == ContractState.OPEN
    assert [each.payload["contract_id"] for each in opened] == [draft.id]


def test_a_draft_changes_its_products_and_dates_as_often_as_needed(
    draft: SeasonContract, products: Sequence[Product], thursdays: Sequence[Distribution]
) -> None:
    contracts.set_products(draft, products)
    contracts.set_deliveries(draft, thursdays)
    contracts.set_products(draft, products[1:])
    contracts.set_deliveries(draft, thursdays[:2])
    assert names(draft) == ["Grand panier"]
    assert dates(draft) == [5, 12]


def test_a_draft_follows_the_price_of_its_products(
    draft: SeasonContract, products: Sequence[Product]
) -> None:
    contracts.set_products(draft, products)
    products[0].price = Money(1200)
    contracts.set_products(draft, products)
    assert draft.products[0].price == Money(1200)


def test_an_open_contract_changes_neither_products_nor_dates(
    vegetables: SeasonContract, products: Sequence[Product], thursdays: Sequence[Distribution]
) -> None:
    with pytest.raises(ContractAlreadyOpen):
        contracts.set_products(vegetables, products[:1])
    with pytest.raises(ContractAlreadyOpen):
        contracts.set_deliveries(vegetables, thursdays[:1])


def test_the_price_of_an_open_contract_is_frozen(
    vegetables: SeasonContract, products: Sequence[Product]
) -> None:
    products[0].price, products[0].name = Money(9900), "Panier d’or"
    db.session.commit()
    assert (vegetables.products[0].price, vegetables.products[0].name) == (
        Money(1150),
        "Petit panier",
    )


def test_a_contract_takes_no_product_of_another_producer(
    draft: SeasonContract, bakery: Producer
) -> None:
    with pytest.raises(UnknownChoice):
        contracts.set_products(draft, [catalogue.add_product(bakery, "Pain", Money(520))])


def test_a_contract_takes_no_distribution_of_another_community(
    draft: SeasonContract, elsewhere: Community
) -> None:
    foreign = Distribution(
        community=elsewhere,
        starts_at=datetime(2026, 11, 5, 17, 30, tzinfo=UTC),
        ends_at=datetime(2026, 11, 5, 18, 30, tzinfo=UTC),
        place="Ailleurs",
    )
    db.session.add(foreign)
    db.session.flush()
    with pytest.raises(UnknownChoice):
        contracts.set_deliveries(draft, [foreign])


def test_deliveries_come_in_order_of_date(vegetables: SeasonContract) -> None:
    assert dates(vegetables) == [5, 12, 19]


def test_a_delivery_that_has_begun_is_no_longer_to_come(vegetables: SeasonContract) -> None:
    with held_at(FRIDAY):
        coming = contracts.coming_deliveries(vegetables)
    assert [each.distribution.starts_at.day for each in coming] == [12, 19]


def test_a_cancelled_delivery_is_no_longer_to_come(vegetables: SeasonContract) -> None:
    distributions.cancel_delivery(contracts.deliveries_of(vegetables)[1], "gel")
    coming = contracts.coming_deliveries(vegetables)
    assert [each.distribution.starts_at.day for each in coming] == [5, 19]


def test_a_closed_contract_may_open_again(vegetables: SeasonContract) -> None:
    contracts.close_contract(vegetables)
    assert vegetables.state == ContractState.CLOSED
    contracts.open_contract(vegetables)
    assert vegetables.state == ContractState.OPEN


def test_closing_a_draft_leaves_it_a_draft(draft: SeasonContract) -> None:
    contracts.close_contract(draft)
    assert draft.state == ContractState.DRAFT


def test_drafts_are_listed_only_when_asked_for(
    draft: SeasonContract, vegetables: SeasonContract, bread: SeasonContract
) -> None:
    contracts.close_contract(bread)
    community = draft.community
    assert contracts.contracts_of(community) == [vegetables, bread]
    assert contracts.contracts_of(community, drafts=True) == [vegetables, draft, bread]


def test_places_left_are_those_not_taken(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    assert contracts.places_left(vegetables) == 1


def test_a_contract_without_limit_counts_no_places(bread: SeasonContract) -> None:
    assert contracts.places_left(bread) is None


def test_capacity_does_not_fall_below_the_households_that_subscribed(
    vegetables: SeasonContract, member: Member, neighbour: Member, take: Take
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    take(vegetables, neighbour, {"Petit panier": 1})
    with pytest.raises(TooFewPlaces):
        contracts.change_capacity(vegetables, 1)
    assert vegetables.capacity == 2


def test_capacity_grows_or_has_no_limit(vegetables: SeasonContract) -> None:
    contracts.change_capacity(vegetables, 40)
    assert contracts.places_left(vegetables) == 40
    contracts.change_capacity(vegetables, None)
    assert contracts.places_left(vegetables) is None


def test_a_contract_is_absent_from_another_community(
    vegetables: SeasonContract, elsewhere: Community
) -> None:
    assert contracts.find_contract(vegetables.community, vegetables.id) is vegetables
    with pytest.raises(Absent):
        contracts.find_contract(elsewhere, vegetables.id)
