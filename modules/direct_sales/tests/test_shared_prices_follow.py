"""A shared price follows what is owed, to the cent; the pool pays for what is delivered only."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from freeco.clock import held_at
from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Member
from freeco.money import Money, total
from freeco.organisations.models import Organisation
from freeco.testing.payments import organisation
from freeco.testing.people import make_member
from freeco_direct_sales import changing, contracts, distributions, schedule, subscriptions
from freeco_direct_sales.contracting import trials
from freeco_direct_sales.contracting.models import ContractRules, Trial
from freeco_direct_sales.models import ContractState, Distribution, SeasonContract, Subscription
from freeco_direct_sales.solidarity import adjusting, applying, declaring, giving
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.declaring import Said
from freeco_direct_sales.solidarity.models import Choice, Kind, Pool, Source
from freeco_direct_sales.solidarity.rules import Bounds, in_proportion

Take = Callable[..., Subscription]
TUESDAY = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def pool(community: Community) -> Pool:
    """Give the pool, in the association's hands."""
    held: Organisation = organisation(community, "Les Amis des Vergnes")
    return pools.entrust(community, held.id, Money(0))


def shared(contract: SeasonContract, kind: Kind, bounds: Bounds) -> SeasonContract:
    contract.state, contract.capacity = ContractState.DRAFT, None
    applying.set_rule(contract, kind, bounds)
    contracts.open_contract(contract)
    db.session.commit()
    return contract


@pytest.fixture
def free(vegetables: SeasonContract, pool: Pool) -> SeasonContract:
    """Give the farm's contract at a free price, a first delivery to try."""
    db.session.add(ContractRules(contract_id=vegetables.id, trial_deliveries=1, notice_days=1))
    return shared(vegetables, Kind.FREE, Bounds(5000, 15000))


def gift(community: Community, cents: int, key: str = "gift") -> None:
    giving.note(community, Source.GIFT, Money(cents), "transfer", key)


def signed(take: Take, contract: SeasonContract, member: Member, points: int = 0) -> Subscription:
    if points:
        applying.choose(contract, households.household_of(member), points)
    found = take(contract, member, {"Petit panier": 1})
    subscriptions.record_paper_signature(found)
    db.session.commit()
    return found


def added(found: Subscription) -> Money:
    return adjusting.adjusted([found.id])[found.id]


def cancel(distribution: Distribution) -> None:
    (delivery,) = distributions.deliveries_at(distribution)
    distributions.cancel_delivery(delivery, "gel")
    db.session.commit()


def restore(distribution: Distribution) -> None:
    (delivery,) = distributions.deliveries_at(distribution)
    distributions.restore_delivery(delivery)
    db.session.commit()


def test_a_discount_shrinks_with_a_cancelled_delivery_and_goes_back_to_the_pool_once(
    free: SeasonContract,
    community: Community,
    pool: Pool,
    take: Take,
    member: Member,
    thursdays: Sequence[Distribution],
) -> None:
    gift(community, 1000)
    helped = signed(take, free, member, -2000)
    assert (added(helped), pools.balance(pool)) == (Money(-690), Money(310))
    for _twice in range(2):
        cancel(thursdays[1])
        assert (added(helped), pools.balance(pool)) == (Money(-460), Money(540))
    assert changing.to_settle(helped) == Money(-920)
    restore(thursdays[1])
    assert (added(helped), pools.balance(pool)) == (Money(-690), Money(310))
    assert changing.to_settle(helped) == Money(0)


def test_a_surcharge_shrinks_too_and_the_pool_gives_it_back(
    free: SeasonContract,
    pool: Pool,
    take: Take,
    member: Member,
    neighbour: Member,
    thursdays: Sequence[Distribution],
) -> None:
    helping = signed(take, free, member, 1000)
    applying.choose(free, households.household_of(neighbour), 1000)
    unsigned = take(free, neighbour, {"Petit panier": 1})
    assert pools.balance(pool) == Money(345)
    cancel(thursdays[1])
    assert (added(helping), added(unsigned)) == (Money(230), Money(230))
    assert pools.balance(pool) == Money(230)
    subscriptions.record_paper_signature(unsigned)
    assert pools.balance(pool) == Money(460)


def test_what_the_pool_has_spent_comes_back_when_it_can(
    free: SeasonContract,
    community: Community,
    pool: Pool,
    take: Take,
    member: Member,
    neighbour: Member,
    thursdays: Sequence[Distribution],
) -> None:
    helping = signed(take, free, member, 2000)
    pools.move(pools.held(community), "spent", Source.DISCOUNT, Money(-690))
    db.session.commit()
    cancel(thursdays[1])
    assert (added(helping), pools.balance(pool)) == (Money(690), Money(0))
    gift(community, 1000)
    assert applying.grant_waiting(community) == 1
    assert applying.grant_waiting(community) == 0
    assert (added(helping), pools.balance(pool)) == (Money(460), Money(770))


def test_a_household_that_took_more_pays_its_part_of_it(
    free: SeasonContract,
    pool: Pool,
    take: Take,
    member: Member,
    thursdays: Sequence[Distribution],
) -> None:
    helping = signed(take, free, member, 1000)
    (delivery,) = distributions.deliveries_at(thursdays[1])
    changing.change_delivery(helping, delivery, {free.products[0].id: 3})
    assert (added(helping), pools.balance(pool)) == (Money(575), Money(575))


def try_it(contract: SeasonContract, member: Member, points: int) -> Trial:
    applying.choose(contract, households.household_of(member), points)
    done = trials.begin(
        contract,
        households.household_of(member),
        member,
        subscriptions.same_basket(contract, {contract.products[0].id: 1}),
        1,
        charter_text_id=None,
        signed_by=member.name,
    )
    subscriptions.record_paper_signature(done)
    found = trials.trial_of(done)
    assert found is not None
    db.session.commit()
    return found


def test_a_surcharge_is_completed_when_the_trial_turns_into_the_season(
    free: SeasonContract, pool: Pool, member: Member
) -> None:
    trial = try_it(free, member, 1000)
    assert added(trial.subscription) == Money(115)
    with held_at(TUESDAY):
        for _twice in range(2):
            trials.confirm(trial)
            db.session.commit()
    assert (added(trial.subscription), pools.balance(pool)) == (Money(345), Money(345))
    assert schedule.planned(trial.subscription) == Money(3450 + 345)


def test_a_discount_is_completed_as_far_as_the_pool_covers_it_then_waits(
    free: SeasonContract, community: Community, pool: Pool, member: Member
) -> None:
    gift(community, 300)
    trial = try_it(free, member, -2000)
    assert added(trial.subscription) == Money(-230)
    with held_at(TUESDAY):
        trials.confirm(trial)
        db.session.commit()
        assert added(trial.subscription) == Money(-230)
        gift(community, 1000, "2")
        assert applying.grant_waiting(community) == 1
    assert (added(trial.subscription), pools.balance(pool)) == (Money(-690), Money(610))
    assert schedule.planned(trial.subscription) == Money(3450 - 690)


def test_prices_by_income_shrink_in_proportion_and_the_producer_s_total_stays(
    vegetables: SeasonContract,
    community: Community,
    pool: Pool,
    take: Take,
    thursdays: Sequence[Distribution],
) -> None:
    bounds = Bounds(7500, 22000, Money(300_000), Money(1_500_000))
    contract = shared(vegetables, Kind.MEANS, bounds)
    found = []
    for number, euros in enumerate((3000, 9100, 20000)):
        one = make_member(community, f"Voisin{number}", "Rue")
        found.append(signed(take, contract, one))
        household = households.household_of(one)
        declaring.declare(household, one, Said(Money(euros * 100), adults=1, children=0))
    contracts.close_contract(contract)
    applying.fix_prices(contract)
    before = [added(each) for each in found]
    assert total(before) == Money(0)
    cancel(thursdays[1])
    after = [added(each) for each in found]
    for was, now_is in zip(before, after, strict=True):
        assert 0 <= now_is.cents * 3 - was.cents * 2 < 3  # two thirds, rounded for the pool
    assert pools.balance(pool) == total(after)
    restore(thursdays[1])
    assert [added(each) for each in found] == before
    assert pools.balance(pool) == Money(0)


def test_a_given_basket_never_takes_more_off_than_there_is_to_pay(
    vegetables: SeasonContract,
    community: Community,
    pool: Pool,
    take: Take,
    member: Member,
    neighbour: Member,
    thursdays: Sequence[Distribution],
) -> None:
    helped = signed(take, vegetables, member)
    giving.ask(households.household_of(member))
    offered = giving.offer(households.household_of(neighbour), Money(1500))
    giving.receive(community, offered, "cheque")
    assert giving.draw(community) == 1
    cancel(thursdays[1])
    assert (added(helped), pools.balance(pool)) == (Money(-1500), Money(0))
    cancel(thursdays[2])
    assert (added(helped), pools.balance(pool)) == (Money(-1150), Money(350))
    restore(thursdays[2])
    assert (added(helped), pools.balance(pool)) == (Money(-1500), Money(0))


def test_who_is_forgotten_keeps_the_price_that_was_agreed(
    free: SeasonContract,
    community: Community,
    pool: Pool,
    take: Take,
    member: Member,
    thursdays: Sequence[Distribution],
) -> None:
    gift(community, 1000)
    helped = signed(take, free, member, -2000)
    db.session.query(Choice).delete()
    cancel(thursdays[1])
    assert (added(helped), pools.balance(pool)) == (Money(-460), Money(540))


@pytest.mark.parametrize(
    ("amount", "owed", "part"), [(-690, 2300, -460), (-100, 2300, -66), (100, 2300, 67), (7, 0, 0)]
)
def test_the_cent_that_is_left_stays_with_the_pool(amount: int, owed: int, part: int) -> None:
    assert in_proportion(Money(amount), Money(owed), Money(3450)) == Money(part)
