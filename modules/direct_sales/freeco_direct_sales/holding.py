"""The one order in which what a contract touches is locked, so that nobody waits in a circle.

Households, then contracts by id (who writes a wish of a waiting list holds its contract), then
subscriptions by id, payments by id, the solidarity pool, producers by id, organisations by id,
books by id. Who needs one of these takes all it will need of them here, before it writes.
"""

from collections.abc import Iterable

from sqlalchemy import select

from freeco.accounting.recording import book_of
from freeco.db import db, lock
from freeco.members.models import Community
from freeco.organisations.models import Organisation
from freeco.payments.models import Payment
from freeco.payments.step_log import is_of_before, lock_in_order
from freeco_direct_sales import sellers
from freeco_direct_sales.models import Producer, SeasonContract, Subscription
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.models import Adjustment


def contracts(found: Iterable[SeasonContract]) -> None:
    """Lock contracts."""
    for each in sorted(set(found), key=lambda one: one.id):
        lock(each)


def subscriptions(
    found: Iterable[Subscription], *, payments: bool = False, pool: bool = False
) -> None:
    """Lock subscriptions, and what writing them in the pool and in the books touches.

    ``payments``: their schedules change; ``pool``: the pool has a part in it from now on, as it
    always has where it had one. Raises NoHolder.
    """
    mine = sorted(set(found), key=lambda one: one.id)
    for each in mine:
        lock(each)
    _payments(mine, every=payments)
    holders = _pools(mine, wanted=pool)
    sellers_and_books([each.contract.producer for each in mine if each.is_signed], holders)


def _payments(mine: list[Subscription], *, every: bool) -> None:
    touched: list[Payment] = []
    for each in mine:
        if every:
            db.session.expire(each, ["payments"])
        touched += [one for one in each.payments if every or is_of_before(one)]
    lock_in_order(touched)


def _pools(mine: list[Subscription], *, wanted: bool) -> list[tuple[Organisation, Community]]:
    """Lock the pool of these subscriptions; return who holds it, and where."""
    if not mine:
        return []
    ids = [each.id for each in mine]
    touched = select(Adjustment.id).where(Adjustment.subscription_id.in_(ids)).limit(1)
    if not wanted and db.session.scalar(touched) is None:
        return []
    community = mine[0].contract.community
    holder = pools.held(community).holder
    return [(holder, community)] if holder is not None else []


def sellers_and_books(
    producers: Iterable[Producer], holders: Iterable[tuple[Organisation, Community]] = ()
) -> None:
    """Lock producers, who sells what they bring, and their books; and other organisations."""
    ordered = sorted(set(producers), key=lambda one: one.id)
    sold_by = [(sellers.seller(each), each.community) for each in ordered]  # locks the producer
    everybody = list(dict.fromkeys([*sold_by, *holders]))
    for organisation in sorted({each for each, _here in everybody}, key=lambda one: one.id):
        lock(organisation)
    books = {book_of(organisation, community) for organisation, community in everybody}
    for book in sorted(books, key=lambda one: one.id):
        lock(book)
