from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pytest
from flask import Flask, g

from freeco.members.models import Community, Member
from freeco.module import Ref
from freeco_direct_sales import catalogue, contracts, distributions, plugin, subscriptions
from freeco_direct_sales.models import Distribution, Producer, SeasonContract, Subscription

Take = Callable[..., Subscription]
SMALL = {"Petit panier": 1}


@pytest.fixture(autouse=True)
def page(app: Flask, community: Community) -> Iterator[None]:
    """Answer as on a page of the community, where addresses are written."""
    with app.test_request_context():
        g.community = community
        yield


def agenda(member: Member, since: int, until: int) -> list[str]:
    found = plugin.freeco_agenda(
        member.community,
        member,
        datetime(2026, 11, since, tzinfo=UTC),
        datetime(2026, 11, until, tzinfo=UTC),
    )
    return [str(item.title) for item in found]


def titles(member: Member) -> list[str]:
    return [str(card.title) for card in plugin.freeco_home(member.community, member)]


def found(member: Member, words: str) -> list[str]:
    return [str(each.title) for each in plugin.freeco_search(member.community, member, words)]


def test_home_offers_the_contracts_a_household_does_not_hold_yet(
    vegetables: SeasonContract, bread: SeasonContract, member: Member, take: Take
) -> None:
    assert titles(member) == ["2 contrats ouverts"]
    take(vegetables, member, SMALL)
    take(bread, member, {"Brioche": 1})
    assert not any("ouvert" in title for title in titles(member))


def test_home_asks_the_farmer_first_to_sign(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    card = plugin.freeco_home(farmer.community, farmer)[0]
    assert (str(card.title), card.urgent) == ("1 contrat à signer", True)


def test_the_agenda_shows_the_distributions_where_the_household_takes_something(
    vegetables: SeasonContract, member: Member, neighbour: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    assert agenda(member, 1, 13) == ["Distribution\u00a0: Petit panier"] * 2
    assert agenda(neighbour, 1, 13) == []


def test_the_agenda_of_a_farm_shows_what_it_brings(
    vegetables: SeasonContract, farmer: Member
) -> None:
    assert agenda(farmer, 1, 13) == ["À apporter\u00a0: Légumes d’hiver"] * 2


def test_the_agenda_leaves_out_what_will_not_come(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    distributions.cancel_delivery(contracts.deliveries_of(vegetables)[0], "gel")
    assert len(agenda(member, 1, 20)) == 2


@pytest.mark.parametrize("words", ["vergnes", "ASSIAC"])
def test_a_producer_is_found_by_name_and_place(
    producer: Producer, member: Member, words: str
) -> None:
    assert found(member, words) == ["GAEC des Vergnes"]


def test_a_product_is_found_unless_it_is_not_on_sale(
    vegetables: SeasonContract, member: Member
) -> None:
    assert found(member, "panier") == ["Grand panier", "Petit panier"]
    vegetables.products[0].product.available = False
    assert found(member, "panier") == ["Grand panier"]


def test_nothing_of_another_community_is_found(
    vegetables: SeasonContract, elsewhere: Community, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    for words in ("vergnes", "panier", done.code, "D1"):
        assert plugin.freeco_search(elsewhere, member, words) == []


def test_a_sheet_is_found_by_its_code(thursdays: Sequence[Distribution], member: Member) -> None:
    (answer,) = plugin.freeco_search(member.community, member, f" d{thursdays[1].id} ")
    assert answer.url.endswith(f"/distributions/{thursdays[1].id}")


def test_a_contract_is_found_by_its_code_on_both_sides_only(
    vegetables: SeasonContract, member: Member, farmer: Member, neighbour: Member, take: Take
) -> None:
    code = take(vegetables, member, SMALL).code
    assert found(member, code.lower()) == ["Légumes d’hiver"]
    assert found(farmer, code) == ["Légumes d’hiver"]
    assert found(neighbour, code) == []


def test_a_link_to_a_subscription_is_named(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    label = plugin.freeco_ref(Ref("direct_sales", "subscription", done.id))
    assert label is not None
    assert label.label == "Légumes d’hiver"
    assert plugin.freeco_ref(Ref("direct_sales", "subscription", done.id + 1)) is None
    assert plugin.freeco_ref(Ref("carpool", "subscription", done.id)) is None


def test_a_place_given_back_is_offered_again_on_the_home_page(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    subscriptions.withdraw(take(vegetables, member, SMALL))
    assert titles(member) == ["1 contrat ouvert"]


def test_a_producer_without_account_finds_nothing_to_sign(
    bread: SeasonContract, bakery: Producer, member: Member, neighbour: Member, take: Take
) -> None:
    take(bread, member, {"Brioche": 1})
    assert not catalogue.acts_for(bakery, neighbour)
    assert titles(neighbour) == ["1 contrat ouvert"]
