from collections.abc import Callable

import pytest

from freeco.db import db
from freeco.kernel_models import PublishedEvent
from freeco.members import contacts
from freeco.members.models import Community, Household, Member
from freeco_direct_sales import contracts, subscriptions
from freeco_direct_sales.errors import AlreadySigned, NotYours, SignedByBoth
from freeco_direct_sales.models import SeasonContract, Subscription

Take = Callable[..., Subscription]
SMALL = {"Petit panier": 1}


def published() -> list[str]:
    db.session.flush()
    return [each.name for each in db.session.query(PublishedEvent).order_by(PublishedEvent.id)]


def test_the_farmer_countersigns_in_his_name(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    subscriptions.sign_for_producer(done, farmer)
    assert done.is_signed
    assert (done.producer_signed_by, done.producer_signed_way) == ("Denis Couderc", "online")


def test_nobody_else_countersigns(
    vegetables: SeasonContract, member: Member, coordinator: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    for each in (member, coordinator):
        with pytest.raises(NotYours):
            subscriptions.sign_for_producer(done, each)
    assert not done.is_signed


def test_a_producer_signs_once(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    subscriptions.sign_for_producer(done, farmer)
    with pytest.raises(AlreadySigned):
        subscriptions.sign_for_producer(done, farmer)


def test_a_producer_without_account_signs_on_paper(
    bread: SeasonContract, member: Member, take: Take
) -> None:
    done = take(bread, member, {"Brioche": 1})
    subscriptions.record_paper_signature(done)
    assert done.is_signed
    assert (done.producer_signed_by, done.producer_signed_way) == (
        "Le Fournil de Lise",
        "paper",
    )


def test_the_farmer_cannot_be_reached_before_both_have_signed(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take
) -> None:
    take(vegetables, member, SMALL)
    assert contacts.contact(member, farmer) is None
    assert contacts.contact(farmer, member) is None


def test_both_sides_reach_each_other_once_both_have_signed(
    vegetables: SeasonContract, member: Member, farmer: Member, neighbour: Member, take: Take
) -> None:
    subscriptions.sign_for_producer(take(vegetables, member, SMALL), farmer)
    seen, shown = contacts.contact(member, farmer), contacts.contact(farmer, member)
    assert seen is not None
    assert seen.phone == "05 65 00 00 01"
    assert shown is not None
    assert shown.email == "marie@example.org"
    assert contacts.contact(neighbour, farmer) is None


def test_the_farmer_who_eats_his_own_vegetables_signs_too(
    vegetables: SeasonContract, farmer: Member, take: Take
) -> None:
    done = take(vegetables, farmer, SMALL)
    subscriptions.sign_for_producer(done, farmer)
    assert done.is_signed


def test_a_household_gives_its_place_back_before_the_producer_signs(
    vegetables: SeasonContract, household: Household, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    subscriptions.withdraw(done)
    assert contracts.places_left(vegetables) == 2
    assert subscriptions.subscriptions_of(household) == []
    assert published()[-1] == "direct_sales.subscription_withdrawn"


def test_a_household_that_withdrew_may_subscribe_again(
    vegetables: SeasonContract, household: Household, member: Member, take: Take
) -> None:
    subscriptions.withdraw(take(vegetables, member, SMALL))
    again = take(vegetables, member, {"Grand panier": 1})
    assert subscriptions.standing_subscription(vegetables, household) is again


def test_withdrawing_twice_is_told_once(
    vegetables: SeasonContract, member: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    subscriptions.withdraw(done)
    subscriptions.withdraw(done)
    assert published().count("direct_sales.subscription_withdrawn") == 1


def test_what_both_have_signed_is_not_withdrawn(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    subscriptions.sign_for_producer(done, farmer)
    with pytest.raises(SignedByBoth):
        subscriptions.withdraw(done)
    assert contracts.places_left(vegetables) == 1


def test_a_withdrawn_contract_is_not_countersigned(
    vegetables: SeasonContract, member: Member, farmer: Member, take: Take
) -> None:
    done = take(vegetables, member, SMALL)
    subscriptions.withdraw(done)
    with pytest.raises(AlreadySigned):
        subscriptions.sign_for_producer(done, farmer)


def test_the_farmer_sees_what_waits_for_his_signature(
    vegetables: SeasonContract,
    community: Community,
    member: Member,
    neighbour: Member,
    farmer: Member,
    take: Take,
) -> None:
    first, second = take(vegetables, member, SMALL), take(vegetables, neighbour, SMALL)
    assert subscriptions.awaiting_producer(community, farmer) == [first, second]
    subscriptions.sign_for_producer(first, farmer)
    assert subscriptions.awaiting_producer(community, farmer) == [second]
    assert subscriptions.awaiting_producer(community, member) == []
