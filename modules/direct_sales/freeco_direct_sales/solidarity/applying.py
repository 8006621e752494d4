"""What each pays: chosen before the contract is signed, fixed by income, granted in order."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.members.models import Community, Household
from freeco.money import Money
from freeco.sweeping import one_by_one
from freeco_direct_sales import commitments, holding, schedule
from freeco_direct_sales.models import ContractState, SeasonContract, Subscription
from freeco_direct_sales.solidarity import adjusting, cost_granting, declaring, following
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.errors import (
    AlreadyTaken,
    NoHolder,
    NoSuchChoice,
    NotReadyToFix,
    PaymentsTooFar,
    RuleFixed,
    RuleToConfirm,
    TooFewDeclared,
)
from freeco_direct_sales.solidarity.models import Choice, ContractRule, Kind, Source
from freeco_direct_sales.solidarity.rules import (
    WHOLE,
    Bounds,
    Placed,
    Scale,
    contribution,
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
    rule.to_confirm = False
    db.session.flush()


def propose_rule(before: SeasonContract, draft: SeasonContract) -> None:
    """Take over how a contract shares its price into the draft that renews it, to be confirmed."""
    rule = rule_of(before)
    if rule is None:
        return
    bounds = bounds_of(rule)
    proposed = ContractRule(
        contract=draft,
        kind=rule.kind,
        least=bounds.least,
        most=bounds.most,
        floor=bounds.floor,
        ceiling=bounds.ceiling,
        to_confirm=True,
    )
    db.session.add(proposed)
    db.session.flush()


def check_confirmed(contract: SeasonContract) -> None:
    """Check that what was taken over from the season before was voted again.

    Raises RuleToConfirm.
    """
    rule = rule_of(contract)
    if rule is not None and rule.to_confirm:
        raise RuleToConfirm


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
    base = subscription.total
    if amount > NOTHING:
        adjusting.add(subscription, amount, Source.SURCHARGE, base=base)
    elif amount < NOTHING:
        pools.held(subscription.contract.community)
        if not following.covers(subscription.contract.community, -amount, subscription):
            return NOTHING
        adjusting.add(subscription, amount, Source.DISCOUNT, base=base)
    return amount


def foreseen(
    contract: SeasonContract, household: Household | None, base: Money
) -> tuple[Money, Money]:
    """Return what a household's choice would change of a price, and what of it holds at once."""
    choice = choice_of(contract, household) if household else None
    asked = contribution(base, choice.basis_points) if choice else NOTHING
    if asked < NOTHING and not following.covers(contract.community, -asked):
        return asked, NOTHING
    return asked, asked


def grant_waiting(community: Community) -> int:
    """Take off what the pool covers now, the oldest first, and commit each; return how many.

    It stops at the first that the pool does not cover; what an order that is not settled yet was
    promised is kept for it. What the payments to come no longer bear is passed over.
    """
    if not pools.is_held(community):
        return 0
    kept, is_short = NOTHING, False

    def act(each: cost_granting.InLine) -> bool:
        nonlocal kept, is_short
        if is_short:
            return False
        if each.subscription_id is not None:
            done = _grant(each.subscription_id, kept)
        elif each.part_id is not None:
            done = cost_granting.grant_part(each.part_id, kept)
        else:
            kept, done = kept + each.amount, False
        is_short = done is None
        return bool(done)

    return one_by_one("a discount", cost_granting.line(community), act)


def _grant(subscription_id: int, kept: Money) -> bool | None:
    """Take off what waits for a subscription; None if the pool does not cover it besides."""
    subscription = db.session.get_one(Subscription, subscription_id)
    holding.subscriptions([subscription], payments=True, pool=True)
    stands = following.standings([subscription])[subscription.id]
    amount, own = stands.due, following.is_own(stands)
    bears = schedule.bears(subscription, amount)
    if subscription.withdrawn_at is not None or amount >= NOTHING or not (bears or own):
        return False
    if pools.free(pools.held(subscription.contract.community)) - kept < -amount:
        return None
    source = Source.RETURNED if own else Source.DISCOUNT
    adjusting.add(subscription, amount, source, base=stands.new_base)
    if bears:
        schedule.respread(subscription, amount)
    adjusting.count(subscription)
    return True


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
    owed = commitments.owed_of(found)
    differences = _differences(found, bounds_of(rule), owed)
    if not all(schedule.bears(each, differences[each.id]) for each in found):
        raise PaymentsTooFar
    for each in sorted(found, key=lambda one: -differences[one.id].cents):  # what comes in first
        _fix(each, differences[each.id], owed[each.id])
    rule.fixed_at = now()


def _fix(subscription: Subscription, amount: Money, owed: Money) -> None:
    if amount:
        source = Source.SURCHARGE if amount > NOTHING else Source.DISCOUNT
        adjusting.add(subscription, amount, source, base=owed)
        adjusting.count(subscription)
    schedule.respread(subscription, amount)  # everybody's, so that nobody's stands out


def _held(contract: SeasonContract) -> Sequence[Subscription]:
    """Return a contract's subscriptions and hold their schedules. Raises NotReadyToFix."""
    found = _all_of(contract)
    if not all(each.is_signed for each in found):  # nobody takes a signature back
        raise NotReadyToFix
    holding.subscriptions(found, payments=True, pool=True)
    return found


def _all_of(contract: SeasonContract) -> Sequence[Subscription]:
    return db.session.scalars(
        select(Subscription)
        .where(Subscription.contract_id == contract.id, Subscription.withdrawn_at.is_(None))
        .order_by(Subscription.id)
    ).all()


def _differences(
    found: Sequence[Subscription], bounds: Bounds, owed: Mapping[int, Money]
) -> dict[int, Money]:
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
