from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.mail.models import OutgoingMail
from freeco.members import households
from freeco.members.models import Community, Household, Member
from freeco.money import Money
from freeco.testing.forms import fill_in
from freeco.testing.people import make_member
from freeco.testing.visitor import Visitor
from freeco_direct_sales import baskets, contracts, harvest_lists, sheets, subscriptions
from freeco_direct_sales.contracting import absences, sharing
from freeco_direct_sales.contracting.errors import BasketShared, NotForeseen, ProposalOver
from freeco_direct_sales.contracting.models import ContractRules, SharedBasket, SharingWay
from freeco_direct_sales.errors import ContractFull
from freeco_direct_sales.models import Distribution, Producer, SeasonContract, Subscription

Take = Callable[..., Subscription]
Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"


@pytest.fixture
def shareable(vegetables: SeasonContract) -> SeasonContract:
    """Give the farm's contract, whose places may be shared."""
    db.session.add(ContractRules(contract_id=vegetables.id, may_share=True, most_skips=1))
    db.session.commit()
    return vegetables


def propose(
    contract: SeasonContract, member: Member, other: Household, way: SharingWay
) -> SharedBasket:
    return sharing.propose(
        contract,
        households.household_of(member),
        member,
        other,
        way,
        {contract.products[0].id: 1},
        1,
        charter_text_id=None,
        signed_by=member.name,
    )


def agree(shared: SharedBasket, member: Member) -> Subscription:
    return sharing.agree(shared, member, 1, charter_text_id=None, signed_by=member.name)


def of(shared: SharedBasket) -> tuple[Subscription, Subscription]:
    assert shared.first_id is not None
    assert shared.second_id is not None
    return (
        db.session.get_one(Subscription, shared.first_id),
        db.session.get_one(Subscription, shared.second_id),
    )


def cells(distribution: Distribution) -> dict[str, tuple[str, ...]]:
    rows = sheets.sign_off_sheet(distribution).rows
    return {
        each.household: tuple(text.replace("\u00a0", " ") for text in each.baskets) for each in rows
    }


def test_two_households_take_turns_on_one_place(
    shareable: SeasonContract,
    member: Member,
    neighbour: Member,
    thursdays: Sequence[Distribution],
) -> None:
    shared = propose(shareable, member, households.household_of(neighbour), SharingWay.TURNS)
    assert contracts.places_left(shareable) == 2
    agree(shared, neighbour)
    first, second = of(shared)
    assert contracts.places_left(shareable) == 1
    assert (first.total, second.total) == (Money(2300), Money(1150))
    assert [each.household_signed_by for each in (first, second)] == ["Marie Dupont", "Jean Martin"]
    assert [cells(each) for each in thursdays] == [
        {"Dupont Marie": ("1 Petit panier",)},
        {"Martin Jean": ("1 Petit panier",)},
        {"Dupont Marie": ("1 Petit panier",)},
    ]


def test_two_halves_come_every_time_and_make_one_basket(
    shareable: SeasonContract,
    member: Member,
    neighbour: Member,
    thursdays: Sequence[Distribution],
    producer: Producer,
) -> None:
    theirs = households.household_of(neighbour)
    shared = propose(shareable, member, theirs, SharingWay.HALVES)
    agree(shared, neighbour)
    first, second = of(shared)
    for distribution in thursdays:
        assert cells(distribution) == {
            "Dupont Marie": ("moitié de 1 Petit panier, avec Martin Jean",),
            "Martin Jean": ("moitié de 1 Petit panier, avec Dupont Marie",),
        }
        (line,) = harvest_lists.harvest_list(distribution, producer).lines
        assert line.quantity.replace("\u00a0", " ") == "1 panier"
        assert len(baskets.basket_of(theirs, distribution)) == 1
    assert first.total + second.total == Money(3 * 1150)
    with pytest.raises(BasketShared):
        absences.skip(first, contracts.deliveries_of(shareable)[0], member)


def test_a_shared_place_is_refused_where_none_is_left(
    shareable: SeasonContract,
    community: Community,
    member: Member,
    neighbour: Member,
    take: Take,
) -> None:
    shared = propose(shareable, member, households.household_of(neighbour), SharingWay.TURNS)
    for name in ("Un", "Deux"):
        take(shareable, make_member(community, name, "Autre"), {"Petit panier": 1})
    with pytest.raises(ContractFull):
        agree(shared, neighbour)


def test_who_gives_its_part_back_leaves_the_place_to_the_other(
    shareable: SeasonContract, member: Member, neighbour: Member
) -> None:
    shared = propose(shareable, member, households.household_of(neighbour), SharingWay.HALVES)
    agree(shared, neighbour)
    first, _second = of(shared)
    subscriptions.withdraw(first)
    assert contracts.places_left(shareable) == 1
    assert shared.ended_at is not None


def test_a_proposal_holds_for_the_dates_it_was_made_for(
    shareable: SeasonContract, member: Member, neighbour: Member
) -> None:
    shared = propose(shareable, member, households.household_of(neighbour), SharingWay.TURNS)
    with held_at(datetime(2026, 11, 6, 9, 0, tzinfo=UTC)), pytest.raises(ProposalOver):
        agree(shared, neighbour)


def test_a_place_is_shared_only_where_the_contract_says_so(
    vegetables: SeasonContract, member: Member, neighbour: Member
) -> None:
    with pytest.raises(NotForeseen):
        propose(vegetables, member, households.household_of(neighbour), SharingWay.TURNS)


def test_a_place_is_shared_on_the_site(
    shareable: SeasonContract, member: Member, neighbour: Member, visiting: Visit
) -> None:
    theirs = households.household_of(neighbour)
    db.session.commit()
    client = visiting(member)
    assert (
        f"/contrats/{shareable.id}/partager" in client.get(f"{HERE}/contrats/{shareable.id}").text
    )
    typed = {
        f"q-{shareable.products[0].id}": "1",
        "household": str(theirs.id),
        "way": "turns",
        "cheques": "2",
    }
    address = f"{HERE}/contrats/{shareable.id}/partager"
    read = fill_in(client, client.get(address), "/partager", typed)
    assert "23,00" in read.text
    done = fill_in(client, read, "/partager", {"agreed": "1"})
    assert done.status_code == 302
    assert db.session.query(OutgoingMail).filter(OutgoingMail.subject.contains("partager")).count()
    other = visiting(neighbour)
    assert "Voir ce partage" in other.get(f"{HERE}/").text
    signed = fill_in(other, other.get(done.location), "/signer", {"agreed": "1"})
    assert signed.status_code == 302
    page = other.get(signed.location)
    assert "une livraison sur deux" in page.text
