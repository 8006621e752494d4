"""What each pays: chosen before the contract is signed, fixed by income, granted in order."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.members.models import Community, Household
from freeco.money import Money
from freeco_direct_sales import commitments, schedule
from freeco_direct_sales.models import ContractState, SeasonContract, Subscription
from freeco_direct_sales.solidarity import adjusting, declaring
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.errors import (
    AlreadyTaken,
    NoHolder,
    NoSuchChoice,
    NotReadyToFix,
    PaymentsTooFar,
    RuleFixed,
    TooFewDeclared,
)
from freeco_direct_sales.solidarity.models import Adjustment, Choice, ContractRule, Kind, Source
from freeco_direct_sales.solidarity.rules import (
    WHOLE,
    Bounds,
    Placed,
    Scale,
    contribution,
    covered,
)

LEAST_DECLARED = 3
"""With two, each would read the other's income in their own price."""
NOTHING = Money(0)


def rule_of(contract: SeasonContract) -> ContractRule | None:
    """Return how a contract shares its price; none when everybody pays the same."""
    return db.session.scalar(select(ContractRule).where(ContractRule.contract_id == contract.id))


def bounds_of(rule: ContractRule) -> Bounds:
    """Return what the assembly voted for a contract."""
    return Bounds(rule.least, rule.most, rule.floor, rule.ceiling)


def set_rule(contract: SeasonContract, kind: Kind | None, bounds: Bounds) -> None:
    """Say how a draft will share its price; none: everybody pays the same.

    Raises RuleFixed, NoHolder.
    """
    lock(contract)
    if contract.state != ContractState.DRAFT:
        raise RuleFixed
    rule = rule_of(contract)
    if kind is None:
        if rule is not None:
            db.session.delete(rule)
        return
    if not pools.is_held(contract.community):
        raise NoHolder
    if rule is None:
        rule = ContractRule(contract=contract, kind=kind, least=bounds.least, most=bounds.most)
        db.session.add(rule)
    rule.kind, rule.least, rule.most = kind, bounds.least, bounds.most
    rule.floor, rule.ceiling = bounds.floor, bounds.ceiling
    db.session.flush()


# A free contribution


def choice_of(contract: SeasonContract, household: Household) -> Choice | None:
    """Return what a household chose to pay of a contract."""
    return db.session.scalar(
        select(Choice).where(Choice.contract_id == contract.id, Choice.household_id == household.id)
    )


def choose(contract: SeasonContract, household: Household, basis_points: int) -> Choice:
    """Keep what a household chose, until it signs. Raises NoSuchChoice, AlreadyTaken."""
    lock(contract)
    rule = rule_of(contract)
    if rule is None or rule.kind != Kind.FREE:
        raise NoSuchChoice
    if not rule.least - WHOLE <= basis_points <= rule.most - WHOLE:
        raise NoSuchChoice
    if _standing(contract, household) is not None:
        raise AlreadyTaken
    choice = choice_of(contract, household)
    if choice is None:
        choice = Choice(contract=contract, household=household, basis_points=basis_points)
        db.session.add(choice)
    choice.basis_points, choice.chosen_at = basis_points, now()
    db.session.flush()
    return choice


def _standing(contract: SeasonContract, household: Household) -> Subscription | None:
    return db.session.scalar(
        select(Subscription).where(
            Subscription.contract_id == contract.id,
            Subscription.household_id == household.id,
            Subscription.withdrawn_at.is_(None),
        )
    )


def wanted(subscription: Subscription) -> Money:
    """Return what a household chose to add to this subscription's price, or to take off."""
    choice = choice_of(subscription.contract, subscription.household)
    return contribution(subscription.total, choice.basis_points) if choice else NOTHING


def begin(subscription: Subscription) -> Money:
    """Return what is added to a new subscription's price, or taken off, before it is scheduled.

    More is taken at its word. Less is taken off when the pool covers it and nobody waits before:
    else the base price stands, and the rest comes off later (``grant_waiting``).
    """
    amount = wanted(subscription)
    if amount > NOTHING:
        adjusting.add(subscription, amount, Source.SURCHARGE)
    elif amount < NOTHING:
        pools.held(subscription.contract.community)
        if not covers(subscription.contract.community, -amount, subscription):
            return NOTHING
        adjusting.add(subscription, amount, Source.DISCOUNT)
    return amount


def covers(community: Community, discount: Money, but: Subscription | None = None) -> bool:
    """Whether the pool covers a discount after those that wait already."""
    pool = pools.find_pool(community)
    if pool is None:
        return False
    line = [*(-wanted(each) for each in waiting(community, but)), discount]
    return covered(pools.free(pool), line) == len(line)


def foreseen(
    contract: SeasonContract, household: Household | None, base: Money
) -> tuple[Money, Money]:
    """Return what a household's choice would change of a price, and what of it holds at once."""
    choice = choice_of(contract, household) if household else None
    asked = contribution(base, choice.basis_points) if choice else NOTHING
    if asked < NOTHING and not covers(contract.community, -asked):
        return asked, NOTHING
    return asked, asked


def waiting(community: Community, but: Subscription | None = None) -> Sequence[Subscription]:
    """Return the subscriptions whose discount waits for the pool, the oldest first."""
    done = select(Adjustment.subscription_id)
    return db.session.scalars(
        select(Subscription)
        .join(SeasonContract, SeasonContract.id == Subscription.contract_id)
        .join(
            Choice,
            (Choice.contract_id == Subscription.contract_id)
            & (Choice.household_id == Subscription.household_id),
        )
        .where(
            SeasonContract.community_id == community.id,
            Choice.basis_points < 0,
            Subscription.withdrawn_at.is_(None),
            Subscription.id.not_in(done.where(Adjustment.source == Source.DISCOUNT)),
            Subscription.id != (but.id if but else 0),
        )
        .options(joinedload(Subscription.contract))
        .order_by(Subscription.id)
    ).all()


def grant_waiting(community: Community) -> int:
    """Take off what the pool covers now, the oldest first; return how many were granted.

    Begins a transaction's locks: call it first in one. What the payments to come no longer bear
    is passed over.
    """
    if not pools.is_held(community):
        return 0
    line = list(waiting(community))
    for each in line:
        lock(each)
    for each in line:
        schedule.hold(each)
    pool = pools.held(community)
    still = {each.id for each in waiting(community)}  # another may have granted meanwhile
    able = [
        (each, amount)
        for each in line
        if each.id in still and (amount := wanted(each)) < NOTHING and schedule.bears(each, amount)
    ]
    granted = able[: covered(pools.free(pool), [-amount for _each, amount in able])]
    for each, amount in granted:
        adjusting.add(each, amount, Source.DISCOUNT)
        schedule.respread(each, amount)
    for each, _amount in granted:
        adjusting.count(each)
    return len(granted)


# By income


def fix_prices(contract: SeasonContract) -> None:
    """Fix everybody's price by income, once, when all have signed; who said nothing pays the base.

    Raises NotReadyToFix, TooFewDeclared, PaymentsTooFar.
    """
    lock(contract)
    rule = rule_of(contract)
    if rule is None or rule.kind != Kind.MEANS or contract.state != ContractState.CLOSED:
        raise NotReadyToFix
    if rule.fixed_at is not None:
        return
    found = _held(contract)
    differences = _differences(found, bounds_of(rule))
    if not all(schedule.bears(each, differences[each.id]) for each in found):
        raise PaymentsTooFar
    pools.held(contract.community)
    for each in sorted(found, key=lambda one: -differences[one.id].cents):  # what comes in first
        _fix(each, differences[each.id])
    rule.fixed_at = now()


def _fix(subscription: Subscription, amount: Money) -> None:
    if amount:
        source = Source.SURCHARGE if amount > NOTHING else Source.DISCOUNT
        adjusting.add(subscription, amount, source)
        adjusting.count(subscription)
    schedule.respread(subscription, amount)  # everybody's, so that nobody's stands out


def _held(contract: SeasonContract) -> Sequence[Subscription]:
    """Return a contract's subscriptions and hold their schedules. Raises NotReadyToFix."""
    found = _all_of(contract)
    for each in found:
        lock(each)
    if not all(each.is_signed for each in found):
        raise NotReadyToFix
    for each in found:
        schedule.hold(each)
    return found


def _all_of(contract: SeasonContract) -> Sequence[Subscription]:
    return db.session.scalars(
        select(Subscription)
        .where(Subscription.contract_id == contract.id, Subscription.withdrawn_at.is_(None))
        .order_by(Subscription.id)
    ).all()


def _differences(found: Sequence[Subscription], bounds: Bounds) -> dict[int, Money]:
    owed = commitments.owed_of(found)
    placed = {}
    for each in found:
        declaration = declaring.find(each.household)
        said = declaring.opened(declaration) if declaration else None
        if said is not None and owed[each.id]:
            placed[each.id] = Placed(owed[each.id], said.per_part)
    if len(placed) < LEAST_DECLARED:
        raise TooFewDeclared
    scale = Scale.fitting(bounds, list(placed.values()))
    prices = dict(zip(placed, scale.prices(list(placed.values())), strict=True))
    return {each.id: prices.get(each.id, owed[each.id]) - owed[each.id] for each in found}
