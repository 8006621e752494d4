"""The pool: rows without names whose sum never goes below nought.

Freeco holds no money: the pool is the account of the association that its community names.
Everything that moves the pool locks its row first, on both engines.
"""

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from freeco.clock import today
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Community
from freeco.money import Money
from freeco.organisations import services as organisations
from freeco.organisations.models import Organisation
from freeco_direct_sales.solidarity.errors import NoHolder, PoolTooLow
from freeco_direct_sales.solidarity.models import Flow, Pool, Source, SuspendedBasket

NOTED = (Source.GIFT, Source.SUBSIDY, Source.UNSOLD)
"""What a treasurer notes by hand, once the money has come."""


def find_pool(community: Community) -> Pool | None:
    """Return the community's pool if there is one; writes nothing."""
    return db.session.scalar(select(Pool).where(Pool.community_id == community.id))


def pool_of(community: Community) -> Pool:
    """Return the community's pool, laid at its first need."""
    found = find_pool(community)
    if found is not None:
        return found
    laid = Pool(community=community)
    try:
        with db.session.begin_nested():
            db.session.add(laid)
            db.session.flush()
    except IntegrityError:
        return db.session.scalars(select(Pool).where(Pool.community_id == community.id)).one()
    return laid


def held(community: Community) -> Pool:
    """Return the pool, locked until the transaction ends. Raises NoHolder."""
    pool = pool_of(community)
    lock(pool)
    if pool.holder_id is None:
        raise NoHolder
    return pool


def is_held(community: Community) -> bool:
    """Whether an association holds the pool."""
    pool = find_pool(community)
    return pool is not None and pool.holder_id is not None


def associations(community: Community) -> list[Organisation]:
    """Return the organisations of the community that may hold the pool."""
    members = organisations.organisations_of(community)
    return [each.organisation for each in members if each.organisation is not None]


def entrust(community: Community, organisation_id: int, alarm_below: Money) -> Pool:
    """Say whose account holds the pool, and below what to warn. Raises Absent."""
    pool = pool_of(community)
    lock(pool)
    by_id = {each.id: each for each in associations(community)}
    if organisation_id not in by_id:
        raise Absent
    if pool.holder_id is None or not balance(pool):
        pool.holder = by_id[organisation_id]
    elif pool.holder_id != organisation_id:
        raise PoolTooLow  # the money is on the other's account until it is given over
    pool.alarm_below = alarm_below
    return pool


def balance(pool: Pool) -> Money:
    """Return what the pool contains."""
    found = db.session.scalar(select(func.sum(Flow.amount)).where(Flow.pool_id == pool.id))
    return found or Money(0)


def free(pool: Pool) -> Money:
    """Return what discounts may draw on: baskets that were paid for wait for whoever is drawn."""
    kept = db.session.scalar(
        select(func.sum(SuspendedBasket.amount)).where(
            SuspendedBasket.pool_id == pool.id,
            SuspendedBasket.received_on.is_not(None),
            SuspendedBasket.given_on.is_(None),
        )
    )
    return balance(pool) - (kept or Money(0))


def is_low(pool: Pool) -> bool:
    """Whether the pool is nearly empty: said before it refuses anything."""
    return free(pool) < pool.alarm_below


def move(pool: Pool, key: str, source: Source, amount: Money) -> bool:
    """Write a movement, once for each key; the caller has locked the pool.

    Returns whether it was new. Raises PoolTooLow.
    """
    if db.session.scalar(select(Flow.id).where(Flow.key == key)) is not None:
        return False
    if amount < Money(0) and balance(pool) + amount < Money(0):
        raise PoolTooLow
    day = today(pool.community.timezone)
    db.session.add(Flow(pool_id=pool.id, key=key, source=source, amount=amount, day=day))
    db.session.flush()
    return True
