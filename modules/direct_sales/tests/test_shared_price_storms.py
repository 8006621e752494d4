"""Whatever is cancelled, restored or added: the pool never owes, the book says the season."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

import pytest

from freeco.accounting import ledger
from freeco.clock import held_at
from freeco.db import db
from freeco.errors import Refusal
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money, total
from freeco.testing.payments import organisation
from freeco.testing.people import make_member
from freeco_direct_sales import (
    changing,
    commitments,
    contracts,
    distributions,
    sellers,
    subscriptions,
)
from freeco_direct_sales.growing.season import season_of
from freeco_direct_sales.models import ContractState, Distribution, SeasonContract, Subscription
from freeco_direct_sales.solidarity import adjusting, applying, giving
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.models import Flow, Kind, Pool, Source
from freeco_direct_sales.solidarity.rules import Bounds, contribution

SEEDS = range(int(os.environ.get("STORM_FROM", "0")), int(os.environ.get("STORM_TO", "3")))
STEPS = 25
POINTS = {"Ami0": -2000, "Ami1": 1500, "Ami2": -3333, "Ami3": 777}


class Season:
    """A contract at a free price, and what may happen to it."""

    def __init__(self, contract: SeasonContract, pool: Pool, chance: Random) -> None:
        self.contract, self.pool, self.chance = contract, pool, chance
        self.found: list[Subscription] = []
        self.points: dict[int, int] = {}
        self.gifts = 0

    def step(self) -> None:
        act = self.chance.choice(
            [self.cancel, self.restore, self.change, self.settle, self.gift, self.grant]
        )
        try:
            act()
            db.session.commit()
        except Refusal:
            db.session.rollback()

    def cancel(self) -> None:
        distributions.cancel_delivery(self.chance.choice(self.contract.deliveries), "gel")

    def restore(self) -> None:
        distributions.restore_delivery(self.chance.choice(self.contract.deliveries))

    def change(self) -> None:
        delivery = self.chance.choice(self.contract.deliveries)
        products = {each.id: self.chance.randrange(3) for each in self.contract.products}
        changing.change_delivery(self.chance.choice(self.found), delivery, products)

    def settle(self) -> None:
        changing.settle_difference(self.chance.choice(self.found))

    def gift(self, cents: int = 0) -> None:
        self.gifts += 1
        cents = cents or self.chance.randrange(1, 900)
        community = self.contract.community
        giving.note(community, Source.GIFT, Money(cents), "transfer", f"gift {self.gifts}")

    def grant(self) -> None:
        applying.grant_waiting(self.contract.community)

    def check(self) -> None:
        db.session.expire_all()
        balance = pools.balance(self.pool)
        assert balance >= Money(0)
        given = db.session.query(Flow).filter(Flow.source == Source.GIFT)
        made = [one for each in self.found for one in adjusting.adjustments_of(each)]
        moved = total([each.amount for each in made if each.in_pool])
        assert balance == total([each.amount for each in given]) + moved
        whole = season_of(self.contract.producer).whole
        assert whole.promised == total(list(commitments.owed_of(self.found).values()))
        book = sellers.book(self.contract.producer)
        owed = [ledger.balance(book, each) for each in ("411", "4672")]
        assert total(owed) == whole.promised - whole.received

    def check_in_the_end(self) -> None:
        """Once the pool has enough: to the cent what each chose, of what is owed."""
        self.gift(99_900)
        db.session.commit()
        for each in self.found:
            changing.settle_difference(each)
        db.session.commit()
        self.grant()
        owed = commitments.owed_of(self.found)
        added = adjusting.adjusted(each.id for each in self.found)
        for each in self.found:
            assert added[each.id] == contribution(owed[each.id], self.points[each.id])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_storm_over_a_shared_price(
    community: Community,
    vegetables: SeasonContract,
    thursdays: Sequence[Distribution],
    seed: int,
) -> None:
    chance = Random(seed)
    pool = pools.entrust(community, organisation(community, "Les Amis").id, Money(0))
    vegetables.state, vegetables.capacity = ContractState.DRAFT, None
    applying.set_rule(vegetables, Kind.FREE, Bounds(5000, 15000))
    contracts.open_contract(vegetables)
    season = Season(vegetables, pool, chance)
    season.gift()
    db.session.commit()
    with held_at(datetime(2026, 11, 2, 9, tzinfo=UTC)):
        for name, points in POINTS.items():
            member: Member = make_member(community, name, "Bois")
            household = households.household_of(member)
            applying.choose(vegetables, household, points)
            done = subscriptions.subscribe(
                vegetables,
                household,
                member,
                subscriptions.same_basket(vegetables, {vegetables.products[0].id: 1}),
                chance.choice([1, 3]),
                charter_text_id=None,
                signed_by=member.name,
            )
            subscriptions.record_paper_signature(done)
            db.session.commit()
            season.found.append(done)
            season.points[done.id] = points
        season.check()
        for _step in range(STEPS):
            season.step()
            season.check()
        season.check_in_the_end()
        season.check()
