"""Two at once at the solidarity pool: a discount is granted once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.testing.payments import organisation
from freeco_direct_sales import contracts, schedule, subscriptions
from freeco_direct_sales.models import ContractState, SeasonContract, Subscription
from freeco_direct_sales.solidarity import adjusting, applying, giving
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.models import Kind, Source
from freeco_direct_sales.solidarity.rules import Bounds


def test_a_treasurer_and_the_sweep_grant_a_discount_once(
    app: Flask,
    community: Community,
    vegetables: SeasonContract,
    take: Callable[..., Subscription],
    member: Member,
) -> None:
    pools.entrust(community, organisation(community, "Les Amis des Vergnes").id, Money(2000))
    vegetables.state = ContractState.DRAFT
    applying.set_rule(vegetables, Kind.FREE, Bounds(8000, 13000))
    contracts.open_contract(vegetables)
    applying.choose(vegetables, households.household_of(member), -1000)
    helped = take(vegetables, member, {"Petit panier": 1}, cheques=1)
    subscriptions.record_paper_signature(helped)
    giving.note(community, Source.GIFT, Money(5000), "transfer", "1")
    db.session.commit()
    community_id, helped_id = community.id, helped.id
    db.session.rollback()
    together = Barrier(4)

    def grant(_number: int) -> int:
        with app.app_context():
            together.wait(30)
            granted = applying.grant_waiting(db.session.get_one(Community, community_id))
            db.session.commit()
            return granted

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(grant, range(4))) == [0, 0, 0, 1]
    helped = db.session.get_one(Subscription, helped_id)
    assert adjusting.adjusted([helped_id])[helped_id] == Money(-345)
    assert schedule.planned(helped) == Money(3 * 1150 - 345)
