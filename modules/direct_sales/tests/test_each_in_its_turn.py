"""What runs by itself: each row in a transaction of its own, one refusal holds up nobody else."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from freeco.clock import held_at, now
from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.sweeping import one_by_one
from freeco.testing.payments import organisation
from freeco.testing.people import make_member
from freeco_direct_sales import contracts, sales, subscriptions
from freeco_direct_sales.contracting import waiting
from freeco_direct_sales.models import ContractState, SeasonContract, Subscription
from freeco_direct_sales.sales_models import Delivered
from freeco_direct_sales.solidarity import adjusting, applying, giving
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.errors import PoolTooLow
from freeco_direct_sales.solidarity.models import Adjustment, Kind, Source, SuspendedBasket
from freeco_direct_sales.solidarity.rules import Bounds

Take = Callable[..., Subscription]


@pytest.fixture
def free(vegetables: SeasonContract, community: Community) -> SeasonContract:
    """Give the farm's contract at a free price, and a pool."""
    pools.entrust(community, organisation(community, "Les Amis").id, Money(0))
    vegetables.state, vegetables.capacity = ContractState.DRAFT, None
    applying.set_rule(vegetables, Kind.FREE, Bounds(8000, 13000))
    contracts.open_contract(vegetables)
    db.session.commit()
    return vegetables


def three(community: Community, contract: SeasonContract, take: Take) -> list[Subscription]:
    found = []
    for name in ("Ana", "Bob", "Cid"):
        one = make_member(community, name, "Rue")
        if applying.rule_of(contract) is not None:
            applying.choose(contract, households.household_of(one), -1000)
        found.append(take(contract, one, {"Petit panier": 1}))
        subscriptions.record_paper_signature(found[-1])
    db.session.commit()
    return found


def test_a_discount_that_is_refused_leaves_the_others_theirs_and_is_told(
    free: SeasonContract,
    community: Community,
    take: Take,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The middle one is refused once, as a closed book or a full account would."""
    first, middle, last = three(community, free, take)
    giving.note(community, Source.GIFT, Money(5000), "transfer", "1")
    db.session.commit()
    count = adjusting.count
    refused = middle.id

    def refuse(subscription: Subscription) -> None:
        if subscription.id == refused:
            raise PoolTooLow
        count(subscription)

    monkeypatch.setattr(adjusting, "count", refuse)
    with caplog.at_level(logging.WARNING):
        assert applying.grant_waiting(community) == 2
    assert "PoolTooLow" in caplog.text
    db.session.rollback()  # what was granted is committed
    granted = adjusting.adjusted([first.id, middle.id, last.id])
    assert [granted[each.id].cents for each in (first, middle, last)] == [-345, 0, -345]
    monkeypatch.undo()
    assert applying.grant_waiting(community) == 1
    assert applying.grant_waiting(community) == 0
    assert adjusting.adjusted([middle.id])[middle.id] == Money(-345)


def test_an_error_that_nobody_foresaw_holds_up_nobody_else_and_is_not_hidden(app: Flask) -> None:
    done = []

    def act(number: int) -> None:
        if number == 2:
            raise ZeroDivisionError
        done.append(number)

    with pytest.raises(ZeroDivisionError):
        one_by_one("a number", [1, 2, 3], act)
    assert done == [1, 3]


def test_nobody_after_the_first_that_the_pool_does_not_cover(
    free: SeasonContract, community: Community, take: Take
) -> None:
    three(community, free, take)
    giving.note(community, Source.GIFT, Money(400), "transfer", "1")
    db.session.commit()
    assert applying.grant_waiting(community) == 1


def test_each_sale_stands_by_itself(
    vegetables: SeasonContract, community: Community, take: Take
) -> None:
    vegetables.capacity = None
    three(community, vegetables, take)
    with held_at(now() + timedelta(days=33)):
        sales.sell_due(community)
        db.session.rollback()
        assert db.session.query(Delivered).count() == 3
        sales.sell_due(community)
    assert db.session.query(Delivered).count() == 3


def test_each_basket_is_drawn_by_itself(
    free: SeasonContract, community: Community, take: Take, member: Member
) -> None:
    for each in three(community, free, take):
        giving.ask(each.household)
    for _number in range(2):
        basket = giving.offer(households.household_of(member), Money(1150))
        giving.receive(community, basket, "cash")
    db.session.commit()
    assert giving.draw(community) == 2
    db.session.rollback()
    assert giving.draw(community) == 0
    drawn = db.session.query(Adjustment).filter_by(source=Source.BASKET).all()
    assert len({each.subscription_id for each in drawn}) == 2
    assert all(each.given_on for each in db.session.query(SuspendedBasket))


def test_each_freed_place_is_passed_on_by_itself(
    vegetables: SeasonContract, bread: SeasonContract, community: Community, take: Take
) -> None:
    for contract, basket in ((vegetables, {"Petit panier": 1}), (bread, {"Brioche": 1})):
        contract.capacity = 1
        take(contract, make_member(community, "Eva", contract.name[:4]), basket)
        one = make_member(community, "Ida", contract.name[:4])
        waiting.wait(contract, households.household_of(one), one)
        contract.capacity = 2
    db.session.commit()
    waiting.pass_on_due(community)
    db.session.rollback()
    kept = [waiting.waiting_for(each)[0].reserved_until for each in (vegetables, bread)]
    assert all(kept)
