"""A farm that serves several groups reads on one page what it brings to all of them."""

from collections.abc import Callable, Sequence
from datetime import date, time

import pytest

from freeco.db import db
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.testing.people import make_community, make_member, open_module
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue, contracts, distributions, subscriptions
from freeco_direct_sales.growing import everywhere
from freeco_direct_sales.models import (
    ContractKind,
    Distribution,
    Producer,
    SeasonContract,
    Subscription,
)

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
SMALL = {"Petit panier": 1}


def written_down(community: Community, farmer: Member) -> tuple[Producer, SeasonContract]:
    """Write the farm down in another community, with the same basket on the same Thursday."""
    farm = catalogue.add_producer(community, "GAEC des Vergnes", member=farmer)
    basket = catalogue.add_product(farm, "Petit panier", Money(1200), unit="basket", grams=4200)
    contract = contracts.create_contract(
        farm, "Légumes", ContractKind.FIXED, date(2026, 11, 1), date(2027, 3, 31)
    )
    contracts.set_products(contract, [basket])
    contracts.set_deliveries(
        contract,
        distributions.create_distributions(
            community,
            distributions.plan_dates(date(2026, 11, 5), date(2026, 11, 5), 1),
            time(17, 0),
            time(18, 0),
            "Cour de la mairie",
        ),
    )
    contracts.open_contract(contract)
    db.session.commit()
    return farm, contract


@pytest.fixture
def elsewhere(opened: None) -> Community:
    """Give another AMAP, its direct sales open."""
    community = make_community("ailleurs", "AMAP d’Ailleurs")
    open_module(community, "direct_sales")
    return community


@pytest.fixture
def farmer_there(elsewhere: Community, farmer: Member) -> Member:
    """Give the same person as a member of the other AMAP."""
    return make_member(elsewhere, person=farmer.person)


def sign(take: Take, contract: SeasonContract, member: Member) -> None:
    subscriptions.record_paper_signature(take(contract, member, SMALL))
    db.session.commit()


def test_what_two_groups_take_on_one_day_is_added_up(
    vegetables: SeasonContract,
    member: Member,
    take: Take,
    farmer: Member,
    farmer_there: Member,
    elsewhere: Community,
) -> None:
    _farm, contract = written_down(elsewhere, farmer_there)
    sign(take, vegetables, member)
    sign(take, contract, make_member(elsewhere, "Nadia", "Roux"))
    assert farmer.person is not None
    days = everywhere.days_of(farmer.person)
    assert [each.day for each in days] == [date(2026, 11, 5), date(2026, 11, 12)]
    assert [stop.distribution.place for stop in days[0].stops] == [
        "Cour de la mairie",
        "Salle des fêtes",
    ]
    assert days[0].together == ("2\u00a0paniers, Petit panier",)
    assert days[1].together == ()


def test_the_page_leads_to_each_group_s_own_list(
    vegetables: SeasonContract,
    member: Member,
    take: Take,
    farmer: Member,
    farmer_there: Member,
    elsewhere: Community,
    visiting: Visit,
    thursdays: Sequence[Distribution],
) -> None:
    farm, contract = written_down(elsewhere, farmer_there)
    sign(take, vegetables, member)
    sign(take, contract, make_member(elsewhere, "Nadia", "Roux"))
    visitor = visiting(farmer)
    page = visitor.get(f"/{farmer.community.slug}/direct-sales/producteurs/partout")
    assert "AMAP d’Ailleurs" in page.text
    assert "En tout ce jour-là" in page.text
    there = contract.deliveries[0].distribution
    address = f"/ailleurs/direct-sales/distributions/{there.id}/recolte/{farm.id}"
    assert address in page.text
    assert visitor.get(address).status_code == 200


def test_another_s_farm_is_nowhere_on_it(
    vegetables: SeasonContract, member: Member, take: Take, farmer: Member, elsewhere: Community
) -> None:
    # Same name, written down there for somebody else: it is another's farm.
    somebody = make_member(elsewhere, "Paul", "Autre")
    _farm, contract = written_down(elsewhere, somebody)
    sign(take, vegetables, member)
    sign(take, contract, make_member(elsewhere, "Nadia", "Roux"))
    assert farmer.person is not None
    stops = [stop for each in everywhere.days_of(farmer.person) for stop in each.stops]
    assert {stop.distribution.community_id for stop in stops} == {farmer.community_id}


def test_who_left_a_group_reads_nothing_of_it(
    vegetables: SeasonContract,
    farmer: Member,
    farmer_there: Member,
    elsewhere: Community,
    take: Take,
) -> None:
    _farm, contract = written_down(elsewhere, farmer_there)
    sign(take, contract, make_member(elsewhere, "Nadia", "Roux"))
    farmer_there.left_at = contract.created_at
    db.session.commit()
    assert farmer.person is not None
    assert everywhere.days_of(farmer.person) == []


def test_who_acts_for_no_farm_has_no_such_page(
    vegetables: SeasonContract, member: Member, visiting: Visit
) -> None:
    page = visiting(member).get(f"/{member.community.slug}/direct-sales/producteurs/partout")
    assert page.status_code == 404
