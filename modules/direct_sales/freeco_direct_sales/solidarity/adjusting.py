"""What is added to the price of a subscription, or taken off; light enough for anybody to read."""

from collections.abc import Iterable

from sqlalchemy import func, select

from freeco.accounting.facts import PoolOwed, PoolOwes, PriceLessened, PriceRaised
from freeco.accounting.recording import book_of, open_day, record
from freeco.clock import today
from freeco.db import db
from freeco.money import Money
from freeco.payments.parties import party_of
from freeco_direct_sales import sellers
from freeco_direct_sales.models import Subscription
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.models import Adjustment, Pool, Source

NOTHING = Money(0)


def adjusted(subscription_ids: Iterable[int]) -> dict[int, Money]:
    """Return by id what is added to the base price of subscriptions; below nought: taken off."""
    wanted = list(subscription_ids)
    rows = db.session.execute(
        select(Adjustment.subscription_id, func.sum(Adjustment.amount))
        .where(Adjustment.subscription_id.in_(wanted))
        .group_by(Adjustment.subscription_id)
    )
    found = {subscription_id: Money(int(amount.cents)) for subscription_id, amount in rows}
    return {each: found.get(each, NOTHING) for each in wanted}


def adjustments_of(subscription: Subscription) -> list[Adjustment]:
    """Return what was added to a subscription or taken off, in order."""
    return list(
        db.session.scalars(
            select(Adjustment)
            .where(Adjustment.subscription_id == subscription.id)
            .order_by(Adjustment.id)
        )
    )


def add(
    subscription: Subscription,
    amount: Money,
    source: Source,
    *,
    base: Money | None = None,
    at_once: bool | None = None,
) -> Adjustment:
    """Write an adjustment; the caller has locked the pool.

    ``base``: what was owed when the price was set. ``at_once``: whether the pool has it now, as
    it has a discount; what comes in counts once both have signed. Raises PoolTooLow.
    """
    made = Adjustment(subscription=subscription, amount=amount, source=source, base=base)
    db.session.add(made)
    db.session.flush()
    if amount < NOTHING if at_once is None else at_once:
        pool = pools.held(subscription.contract.community)
        pools.move(pool, f"adjustment:{made.id}", source, amount)
        made.in_pool = True
    return made


def count(subscription: Subscription) -> None:
    """Bring a subscription that both have signed into the pool and the books; twice is once.

    The caller holds it, the pool and the books (``holding.subscriptions``).
    """
    waiting = [
        each for each in adjustments_of(subscription) if not each.in_books or not each.in_pool
    ]
    if not waiting or not subscription.is_signed or subscription.withdrawn_at is not None:
        return
    pool = pools.held(subscription.contract.community)
    for each in waiting:
        if not each.in_pool:
            pools.move(pool, f"adjustment:{each.id}", Source(each.source), each.amount)
            each.in_pool = True
    for each in waiting:
        if not each.in_books:
            _book(subscription, pool, each)
            each.in_books = True
    db.session.flush()


def _book(subscription: Subscription, pool: Pool, made: Adjustment) -> None:
    """Say in both books who owes whom."""
    contract = subscription.contract
    assert pool.holder is not None  # noqa: S101 - it is held
    seller = sellers.seller(contract.producer)
    household, holder = party_of(subscription.household), party_of(pool.holder)
    less, amount = made.amount < NOTHING, made.amount if made.amount > NOTHING else -made.amount
    day, key = today(contract.community.timezone), f"direct_sales:solidarity:{made.id}"
    book = book_of(seller, contract.community)
    theirs = (PriceLessened if less else PriceRaised)(household, holder, amount)
    record(book, theirs, open_day(book, day), key, piece=f"CONTRAT-{subscription.code}")
    book = book_of(pool.holder, contract.community)
    ours = (PoolOwes if less else PoolOwed)(party_of(seller), amount)
    record(book, ours, open_day(book, day), f"{key}:pool")


def give_back(subscription: Subscription) -> None:
    """Bring a discount back to the pool: the place was given back before both had signed."""
    discounts = [each for each in adjustments_of(subscription) if each.in_pool]
    if not discounts:
        return
    pool = pools.held(subscription.contract.community)
    for each in discounts:
        pools.move(pool, f"adjustment:{each.id}:returned", Source.RETURNED, -each.amount)
