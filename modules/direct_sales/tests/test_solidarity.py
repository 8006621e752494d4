"""The pool, what households choose and declare, and baskets given to whoever needs them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from freeco.accounting import ledger
from freeco.accounting.models import Entry
from freeco.accounting.recording import book_of
from freeco.clock import held_at
from freeco.db import db
from freeco.members import households
from freeco.members.models import Community, Household, Member
from freeco.money import Money, total
from freeco.organisations.models import Organisation
from freeco.payments.parties import party_of
from freeco.testing.payments import organisation
from freeco.testing.people import make_member
from freeco_direct_sales import changing, contracts, privacy, schedule, sellers, subscriptions
from freeco_direct_sales.models import ContractState, SeasonContract, Subscription
from freeco_direct_sales.solidarity import adjusting, applying, declaring, giving, months
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.declaring import Said
from freeco_direct_sales.solidarity.errors import (
    AlreadyAsked,
    AlreadyTaken,
    NoHolder,
    NoSuchChoice,
    NotReadyToFix,
    NotSworn,
    PoolTooLow,
    RuleFixed,
    TooFewDeclared,
    TooManyReaders,
)
from freeco_direct_sales.solidarity.models import (
    Declaration,
    Kind,
    Pool,
    Source,
)
from freeco_direct_sales.solidarity.rules import Bounds

Take = Callable[..., Subscription]
AROUND = Bounds(8000, 13000)
BY_MEANS = Bounds(7500, 22000, Money(300_000), Money(1_500_000))
BASE = Money(3 * 1150)


@pytest.fixture
def association(community: Community) -> Organisation:
    """Give the association that holds the pool."""
    return organisation(community, "Les Amis des Vergnes")


@pytest.fixture
def pool(community: Community, association: Organisation) -> Pool:
    """Give the community's pool, with nothing in it."""
    found = pools.entrust(community, association.id, Money(2000))
    db.session.commit()
    return found


def shared(contract: SeasonContract, kind: Kind, voted: Bounds) -> SeasonContract:
    """Share a contract's price as if it had been said before it opened."""
    contract.state, contract.capacity = ContractState.DRAFT, None
    applying.set_rule(contract, kind, voted)
    contracts.open_contract(contract)
    db.session.commit()
    return contract


@pytest.fixture
def free(vegetables: SeasonContract, pool: Pool) -> SeasonContract:
    """Give the farm's contract, whose price is free between 80 % and 130 %."""
    return shared(vegetables, Kind.FREE, AROUND)


@pytest.fixture
def means(vegetables: SeasonContract, pool: Pool) -> SeasonContract:
    """Give the farm's contract, whose price follows incomes."""
    return shared(vegetables, Kind.MEANS, BY_MEANS)


def gift(community: Community, cents: int, key: str = "1") -> None:
    giving.note(community, Source.GIFT, Money(cents), "transfer", key)
    db.session.commit()


def signed(take: Take, contract: SeasonContract, member: Member, points: int = 0) -> Subscription:
    """Let a household choose, sign, and the producer sign on paper."""
    if points:
        applying.choose(contract, households.household_of(member), points)
    found = take(contract, member, {"Petit panier": 1}, cheques=1)
    subscriptions.record_paper_signature(found)
    db.session.commit()
    return found


def added(subscription: Subscription) -> Money:
    return adjusting.adjusted([subscription.id])[subscription.id]


def test_the_same_money_is_noted_once(community: Community, pool: Pool) -> None:
    gift(community, 5000)
    gift(community, 5000)
    assert pools.balance(pool) == Money(5000)


def test_the_pool_never_goes_below_nought(community: Community, pool: Pool) -> None:
    gift(community, 1000)
    with pytest.raises(PoolTooLow):
        pools.move(pools.held(community), "too-much", Source.DISCOUNT, Money(-1001))
    assert pools.balance(pool) == Money(1000)


def test_nothing_is_shared_before_an_association_holds_the_pool(
    community: Community, vegetables: SeasonContract
) -> None:
    vegetables.state = ContractState.DRAFT
    with pytest.raises(NoHolder):
        applying.set_rule(vegetables, Kind.FREE, AROUND)
    with pytest.raises(NoHolder):
        giving.note(community, Source.GIFT, Money(100), "cash", "1")


def test_one_warns_before_the_pool_is_empty(community: Community, pool: Pool) -> None:
    gift(community, 2500)
    assert not pools.is_low(pool)
    pools.move(pools.held(community), "some", Source.DISCOUNT, Money(-600))
    assert pools.is_low(pool)
    assert pools.balance(pool) == Money(1900)


def test_the_rule_is_set_on_a_draft_only(free: SeasonContract) -> None:
    with pytest.raises(RuleFixed):
        applying.set_rule(free, None, AROUND)


def test_who_pays_more_pays_the_producer_and_the_pool_has_it_once_both_signed(
    free: SeasonContract, pool: Pool, take: Take, member: Member
) -> None:
    applying.choose(free, households.household_of(member), 1000)
    found = take(free, member, {"Petit panier": 1}, cheques=3)
    assert [each.amount.cents for each in found.payments] == [1265, 1265, 1265]
    assert pools.balance(pool) == Money(0)
    subscriptions.record_paper_signature(found)
    assert pools.balance(pool) == Money(345)
    assert found.total == BASE
    assert not changing.to_settle(found)


def test_a_discount_is_covered_or_waits(
    free: SeasonContract,
    community: Community,
    pool: Pool,
    take: Take,
    member: Member,
    neighbour: Member,
) -> None:
    helped = signed(take, free, member, -1000)
    assert schedule.planned(helped) == BASE  # nothing in the pool yet
    signed(take, free, neighbour, 3000)
    assert pools.balance(pool) == Money(1035)
    assert applying.grant_waiting(community) == 1
    assert applying.grant_waiting(community) == 0
    assert schedule.planned(helped) == Money(3105)
    assert not changing.to_settle(helped)
    assert pools.balance(pool) == Money(690)


def test_a_covered_discount_shapes_the_first_schedule(
    free: SeasonContract, community: Community, pool: Pool, take: Take, member: Member
) -> None:
    gift(community, 1000)
    helped = signed(take, free, member, -2000)
    assert [each.amount for each in helped.payments] == [Money(2760)]
    assert pools.balance(pool) == Money(310)


def test_a_newcomer_does_not_overtake_who_waits(
    free: SeasonContract,
    community: Community,
    take: Take,
    member: Member,
    neighbour: Member,
) -> None:
    signed(take, free, member, -2000)
    gift(community, 689)
    later = signed(take, free, neighbour, -500)
    assert added(later) == Money(0)
    assert applying.grant_waiting(community) == 0
    gift(community, 1000, "2")
    assert applying.grant_waiting(community) == 2


def test_a_place_given_back_gives_its_discount_back(
    free: SeasonContract, community: Community, pool: Pool, take: Take, member: Member
) -> None:
    gift(community, 1000)
    applying.choose(free, households.household_of(member), -2000)
    found = take(free, member, {"Petit panier": 1})
    assert pools.balance(pool) == Money(310)
    subscriptions.withdraw(found)
    assert pools.balance(pool) == Money(1000)


def test_one_chooses_within_what_was_voted_and_before_signing(
    free: SeasonContract, take: Take, member: Member
) -> None:
    household = households.household_of(member)
    for points in (-2001, 3001):
        with pytest.raises(NoSuchChoice):
            applying.choose(free, household, points)
    take(free, member, {"Petit panier": 1})
    with pytest.raises(AlreadyTaken):
        applying.choose(free, household, -500)


def balances(body: Organisation, community: Community) -> dict[tuple[str, str], int]:
    """Return what stands in each account of a book, by account and party."""
    found: dict[tuple[str, str], int] = {}
    book = book_of(body, community)
    for entry in db.session.scalars(select(Entry).where(Entry.book_id == book.id)):
        for line in ledger.lines_of(entry):
            place = (line.account, line.party)
            found[place] = found.get(place, 0) + line.cents
    return found


def declare(member: Member, euros: int) -> None:
    declaring.declare(
        households.household_of(member), member, Said(Money(euros * 100), adults=1, children=0)
    )


@pytest.fixture
def street(community: Community) -> list[Member]:
    """Give four members of four households."""
    return [make_member(community, f"Voisin{each}", "Rue") for each in range(4)]


def test_prices_by_income_leave_the_producer_s_total_as_it_was(
    means: SeasonContract, pool: Pool, take: Take, street: list[Member]
) -> None:
    found = [signed(take, means, each) for each in street]
    for each, euros in zip(street, (3000, 9000, 20000), strict=False):
        declare(each, euros)
    contracts.close_contract(means)
    applying.fix_prices(means)
    db.session.commit()
    applying.fix_prices(means)  # twice is once
    paid = [schedule.planned(each) for each in found]
    assert total(paid) == BASE * 4
    assert paid[0] < paid[1] < paid[2]
    assert paid[3] == BASE  # who said nothing
    assert pools.balance(pool) == Money(0)
    assert not any(changing.to_settle(each) for each in found)
    assert total([each.total for each in found]) == BASE * 4


def test_prices_are_fixed_when_all_have_signed(
    means: SeasonContract, take: Take, street: list[Member]
) -> None:
    for each in street:
        declare(each, 9000)
        take(means, each, {"Petit panier": 1})
    with pytest.raises(NotReadyToFix):
        applying.fix_prices(means)
    contracts.close_contract(means)
    with pytest.raises(NotReadyToFix):
        applying.fix_prices(means)


def test_two_declarations_would_tell_each_other(
    means: SeasonContract, take: Take, street: list[Member]
) -> None:
    for each in street:
        signed(take, means, each)
    declare(street[0], 3000)
    declare(street[1], 30000)
    contracts.close_contract(means)
    with pytest.raises(TooFewDeclared):
        applying.fix_prices(means)


def test_a_declaration_is_sealed_and_erased_with_the_person(
    member: Member, community: Community
) -> None:
    declare(member, 12345)
    db.session.commit()
    kept = db.session.scalars(select(Declaration)).one()
    assert "12345" not in kept.sealed
    assert declaring.opened(kept) == Said(Money(1_234_500), 1, 0)
    privacy.erase(member)
    db.session.commit()
    assert not db.session.scalars(select(Declaration)).all()


def test_a_declaration_of_one_community_is_not_opened_by_the_key_of_another(
    member: Member, elsewhere: Community
) -> None:
    declare(member, 12345)
    stranger = make_member(elsewhere, "Nina", "Loin")
    declare(stranger, 1)
    mine, theirs = db.session.scalars(select(Declaration).order_by(Declaration.id)).all()
    theirs.sealed = mine.sealed
    assert declaring.opened(theirs) is None


def test_a_declaration_ends_with_its_season(
    member: Member, household: Household, community: Community, monday: datetime
) -> None:
    declare(member, 12345)
    with held_at(monday + timedelta(days=366)):
        assert declaring.find(household) is None
        declaring.forget_expired(community)
    assert not db.session.scalars(select(Declaration)).all()


def test_two_sworn_readers_open_declarations_and_nobody_else(
    community: Community, member: Member, coordinator: Member
) -> None:
    declare(member, 9000)
    reader = make_member(community, "Ada", "R", permissions=("direct_sales.solidarity_reader",))
    with pytest.raises(NotSworn):
        declaring.for_readers(community, reader)
    declaring.swear(reader)
    assert [said.income for _each, said in declaring.for_readers(community, reader)] == [
        Money(900_000)
    ]
    declaring.swear(coordinator)
    with pytest.raises(NotSworn):
        declaring.for_readers(community, coordinator)
    for name in ("Bea", "Cleo"):
        make_member(community, name, "R", permissions=("direct_sales.solidarity_reader",))
    with pytest.raises(TooManyReaders):
        declaring.for_readers(community, reader)


def test_a_suspended_basket_goes_to_who_is_drawn_and_neither_knows_the_other(
    vegetables: SeasonContract,
    pool: Pool,
    community: Community,
    take: Take,
    member: Member,
    neighbour: Member,
) -> None:
    helped = signed(take, vegetables, member)
    household = households.household_of(member)
    giving.ask(household)
    with pytest.raises(AlreadyAsked):
        giving.ask(household)
    basket = giving.offer(households.household_of(neighbour), Money(1150))
    assert giving.draw(community) == 0
    giving.receive(community, basket, "cheque")
    assert basket.household_id is None
    assert giving.draw(community) == 1
    assert giving.draw(community) == 0
    db.session.commit()
    assert schedule.planned(helped) == BASE - Money(1150)
    assert pools.balance(pool) == Money(0)
    assert not giving.need_of(household)
    assert [each.amount for each in giving.draws_of(household)] == [Money(1150)]


def test_a_paid_basket_is_not_spent_on_discounts(
    free: SeasonContract, community: Community, pool: Pool, take: Take, member: Member
) -> None:
    basket = giving.offer(households.household_of(member), Money(1150))
    giving.receive(community, basket, "cash")
    assert (pools.balance(pool), pools.free(pool)) == (Money(1150), Money(0))
    assert added(signed(take, free, member, -1000)) == Money(0)


def test_a_month_is_told_once_without_names_and_never_one_movement_alone(
    community: Community, pool: Pool, monday: datetime
) -> None:
    gift(community, 5000)
    held = pools.held(community)
    for each in range(2):
        pools.move(held, f"out-{each}", Source.DISCOUNT, Money(-100))
    with held_at(datetime(2026, 12, 2, 9, tzinfo=UTC)):
        months.publish_due(community)
        assert not months.told(community)
        pools.move(held, "out-3", Source.DISCOUNT, Money(-100))
    with held_at(datetime(2027, 1, 2, 9, tzinfo=UTC)):
        months.publish_due(community)
        months.publish_due(community)
    told = months.told(community)
    assert [(each.came_in, each.went_out, each.balance) for each in told] == [
        (Money(5000), Money(300), Money(4700))
    ]


def test_the_books_say_who_owes_whom(
    free: SeasonContract,
    community: Community,
    association: Organisation,
    take: Take,
    member: Member,
    neighbour: Member,
) -> None:
    gift(community, 1000)
    helped = signed(take, free, member, -2000)
    helping = signed(take, free, neighbour, 1000)
    seller = sellers.seller(free.producer)
    theirs, ours = balances(seller, community), balances(association, community)
    assert theirs["411", party_of(helped.household)] == 3450 - 690
    assert theirs["411", party_of(helping.household)] == 3450 + 345
    assert theirs["4672", party_of(association)] == 690 - 345
    assert theirs["4191", party_of(helped.household)] == -3450
    assert ours["4671", ""] == -(1000 - 690 + 345)
    assert ours["4672", party_of(seller)] == 345 - 690
    assert ours["512", ""] == 1000


def test_eight_at_once_never_empty_the_pool_below_nought(
    app: Flask, community: Community, pool: Pool
) -> None:
    gift(community, 1000)
    community_id, pool_id = community.id, pool.id
    db.session.remove()
    ready, told = Barrier(8), []

    def take_out(number: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                held = pools.held(db.session.get_one(Community, community_id))
                pools.move(held, f"at-once-{number}", Source.DISCOUNT, Money(-300))
                db.session.commit()
                told.append("yes")
            except PoolTooLow:
                db.session.rollback()
                told.append("no")
            db.session.remove()

    threads = [Thread(target=take_out, args=(each,)) for each in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(told) == ["no"] * 5 + ["yes"] * 3
    assert pools.balance(db.session.get_one(Pool, pool_id)) == Money(100)


def test_with_the_last_of_a_household_goes_what_it_chose_and_asked(
    free: SeasonContract, member: Member
) -> None:
    household = households.household_of(member)
    applying.choose(free, household, -500)
    giving.ask(household)
    giving.offer(household, Money(1200))
    told = privacy.export(member)
    assert told is not None
    assert told.content["solidarity"] == {
        "choices": [{"contract": free.name, "basis_points": -500}],
        "promised": [1200],
        "waits_for_a_basket": True,
    }
    privacy.erase(member)
    assert applying.choice_of(free, household) is None
    assert giving.need_of(household) is None
    assert not giving.promised_by(household)


def test_who_no_longer_asks_is_not_drawn(
    vegetables: SeasonContract,
    pool: Pool,
    community: Community,
    take: Take,
    member: Member,
) -> None:
    signed(take, vegetables, member)
    household = households.household_of(member)
    giving.ask(household)
    giving.ask_no_more(household)
    giving.receive(community, giving.offer(household, Money(1150)), "cash")
    assert giving.draw(community) == 0
    assert pools.balance(pool) == Money(1150)
