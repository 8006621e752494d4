"""Suspended baskets: offered without knowing to whom, drawn without knowing from whom."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from freeco.accounting.facts import Means, PoolFed
from freeco.accounting.recording import book_of, open_day, record
from freeco.clock import now, today
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Community, Household
from freeco.money import Money
from freeco.sweeping import one_by_one
from freeco_direct_sales import commitments, holding, schedule
from freeco_direct_sales.models import Subscription
from freeco_direct_sales.solidarity import adjusting
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.errors import AlreadyAsked, NotPromised
from freeco_direct_sales.solidarity.models import Flow, Need, Pool, Source, SuspendedBasket

NEED_LASTS = timedelta(days=180)


def note(community: Community, source: Source, amount: Money, means: Means, key: str) -> None:
    """Note money that came to the pool's holder, once for each key. Raises NoHolder."""
    _feed(pools.held(community), source, amount, means, f"noted:{community.id}:{key}")


def _feed(pool: Pool, source: Source, amount: Money, means: Means, key: str) -> None:
    if not pools.move(pool, key, source, amount):
        return
    assert pool.holder is not None  # noqa: S101 - it is held
    flow = db.session.scalars(select(Flow).where(Flow.key == key)).one()
    lock(pool.holder)
    book = book_of(pool.holder, pool.community)
    day = open_day(book, today(pool.community.timezone))
    record(book, PoolFed(amount, means), day, f"direct_sales:solidarity_flow:{flow.id}")


def offer(household: Household, amount: Money) -> SuspendedBasket:
    """Promise a basket: it counts once its money has come. Raises NoHolder."""
    pool = pools.held(household.community)
    promised = SuspendedBasket(pool_id=pool.id, household_id=household.id, amount=amount)
    db.session.add(promised)
    db.session.flush()
    return promised


def promised(community: Community) -> Sequence[SuspendedBasket]:
    """Return the baskets whose money is still to come, the oldest first."""
    return db.session.scalars(
        select(SuspendedBasket)
        .join(Pool, Pool.id == SuspendedBasket.pool_id)
        .where(Pool.community_id == community.id, SuspendedBasket.received_on.is_(None))
        .order_by(SuspendedBasket.id)
    ).all()


def promised_by(household: Household) -> Sequence[SuspendedBasket]:
    """Return the baskets a household promised and has still to pay."""
    return db.session.scalars(
        select(SuspendedBasket)
        .where(SuspendedBasket.household_id == household.id)
        .order_by(SuspendedBasket.id)
    ).all()


def find_promised(community: Community, basket_id: int) -> SuspendedBasket:
    """Return a promised basket of this community. Raises Absent."""
    found = db.session.get(SuspendedBasket, basket_id)
    pool = pools.find_pool(community)
    if found is None or pool is None or found.pool_id != pool.id:
        raise Absent
    return found


def receive(community: Community, basket: SuspendedBasket, means: Means) -> None:
    """Note that a basket's money came, and forget who gave it. Raises NotPromised."""
    pool = pools.held(community)
    lock(basket)
    if basket.received_on is not None:
        raise NotPromised
    _feed(pool, Source.SUSPENDED, basket.amount, means, f"suspended:{basket.id}")
    basket.received_on = today(community.timezone)
    basket.household_id = None


def take_back(basket: SuspendedBasket) -> None:
    """Give a promise up before it is paid. Raises NotPromised."""
    lock(basket)
    if basket.received_on is not None:
        raise NotPromised
    db.session.delete(basket)


def need_of(household: Household) -> Need | None:
    """Return what a household asked for and has not been drawn for yet."""
    return db.session.scalar(
        select(Need).where(Need.household_id == household.id, Need.drawn_at.is_(None))
    )


def ask(household: Household) -> Need:
    """Note that a basket would help; nobody is asked why. Raises AlreadyAsked."""
    lock(household)
    if need_of(household) is not None:
        raise AlreadyAsked
    need = Need(household=household)
    db.session.add(need)
    db.session.flush()
    return need


def ask_no_more(household: Household) -> None:
    """Forget that a household asked; never while it is being drawn."""
    pool = pools.find_pool(household.community)
    if pool is not None:
        lock(pool)
    need = need_of(household)
    if need is not None:
        db.session.delete(need)


def draw(community: Community) -> int:
    """Draw who receives the baskets that are paid for, and commit each; return how many.

    Nobody chooses. What is drawn comes off the household's next payments, like any other price.
    """
    pool = pools.find_pool(community)
    if pool is None or pool.holder_id is None:
        return 0
    return one_by_one("a basket to give", [each.id for each in _paid_for(pool)], _draw)


def _draw(basket_id: int) -> bool:
    """Draw who receives a basket; what changed meanwhile waits for the next time."""
    basket = db.session.get_one(SuspendedBasket, basket_id)
    community = db.session.get_one(Pool, basket.pool_id).community
    able = _able(basket, community)
    if not able:
        return False
    need_id, subscription = secrets.choice(able)
    holding.subscriptions([subscription], payments=True, pool=True)
    lock(basket)
    need = db.session.get(Need, need_id, populate_existing=True)  # withdrawn under the pool's lock
    if need is None or need.drawn_at is not None or basket.given_on is not None:
        return False
    if subscription.withdrawn_at is not None or not schedule.bears(subscription, -basket.amount):
        return False
    basket.given_on = today(community.timezone)
    owed = commitments.owed_of([subscription])[subscription.id]
    adjusting.add(subscription, -basket.amount, Source.BASKET, base=owed)
    schedule.respread(subscription, -basket.amount)
    adjusting.count(subscription)
    need.drawn_at, need.amount = now(), basket.amount
    return True


def _able(basket: SuspendedBasket, community: Community) -> list[tuple[int, Subscription]]:
    """Return who asked and has a subscription whose payments to come bear a basket."""
    needs = _needs(community)
    latest = {household: found[-1] for household, found in _subscriptions(needs).items()}
    return [
        (need.id, latest[need.household_id])
        for need in needs
        if need.household_id in latest and schedule.bears(latest[need.household_id], -basket.amount)
    ]


def _needs(community: Community) -> Sequence[Need]:
    return db.session.scalars(
        select(Need)
        .join(Household)
        .where(Household.community_id == community.id, Need.drawn_at.is_(None))
        .order_by(Need.id)
    ).all()


def _subscriptions(needs: Sequence[Need]) -> dict[int, list[Subscription]]:
    """Return the signed subscriptions of those who asked, by household."""
    found: dict[int, list[Subscription]] = {}
    for each in db.session.scalars(
        select(Subscription)
        .where(
            Subscription.household_id.in_({need.household_id for need in needs}),
            Subscription.withdrawn_at.is_(None),
            Subscription.household_signed_at.is_not(None),
            Subscription.producer_signed_at.is_not(None),
        )
        .order_by(Subscription.id)
    ):
        found.setdefault(each.household_id, []).append(each)
    return found


def _paid_for(pool: Pool) -> Sequence[SuspendedBasket]:
    return db.session.scalars(
        select(SuspendedBasket)
        .where(
            SuspendedBasket.pool_id == pool.id,
            SuspendedBasket.received_on.is_not(None),
            SuspendedBasket.given_on.is_(None),
        )
        .order_by(SuspendedBasket.id)
    ).all()


def draws_of(household: Household) -> Sequence[Need]:
    """Return what a household was drawn for lately, the latest first."""
    return db.session.scalars(
        select(Need)
        .where(Need.household_id == household.id, Need.drawn_at > now() - NEED_LASTS)
        .order_by(Need.id.desc())
    ).all()


def forget_old(community: Community) -> None:
    """Erase the draws that nobody needs to be told of any more."""
    for each in db.session.scalars(
        select(Need)
        .join(Household)
        .where(Household.community_id == community.id, Need.drawn_at <= now() - NEED_LASTS)
    ):
        db.session.delete(each)
