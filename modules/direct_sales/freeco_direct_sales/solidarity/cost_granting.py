"""The pool pays what admitted households pay less: at settling if it covers it, else later.

It pays a discount whole or not yet, in the order in which it was asked for, contracts and orders
in one line: nobody is overtaken, and the pool never goes below nought.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from freeco.accounting.facts import PoolOwes, PriceLessened
from freeco.accounting.recording import book_of, open_day, record
from freeco.clock import now, today
from freeco.db import db, lock
from freeco.members.models import Community
from freeco.money import Money, total
from freeco.organisations.models import Organisation
from freeco.payments import steps
from freeco.payments.models import Method, Payment, State
from freeco.payments.parties import party_of
from freeco.payments.step_log import lock_in_order
from freeco_direct_sales import holding, sellers
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders.models import Order
from freeco_direct_sales.orders.settling_models import OrderSale
from freeco_direct_sales.solidarity import cost_lines, following
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.cost_models import PartDiscount
from freeco_direct_sales.solidarity.models import Pool, Source
from freeco_direct_sales.solidarity.rules import covered

NOTHING = Money(0)


@dataclass(frozen=True)
class Held:
    """What an order asks of the pool, which is locked, and whether it gets it now."""

    wanted: Mapping[Producer, Money]
    holders: Sequence[tuple[Organisation, Community]] = ()
    covers: bool = False


@dataclass(frozen=True)
class InLine:
    """Something that waits for the pool."""

    at: datetime
    amount: Money = field(repr=False)
    subscription_id: int | None = None
    part_id: int | None = None
    """None of both: an order that is not settled yet. It keeps its place and its sum."""


def line(community: Community, but: Order | None = None) -> list[InLine]:
    """Return all that waits for the pool, contracts and orders, the first to ask before."""
    found = [
        InLine(each.subscribed_at, -amount, subscription_id=each.id)
        for each, amount in following.waiting(community)
    ]
    found += [
        InLine(each.at, each.amount, part_id=each.waiting_id)
        for each in cost_lines.asked(community, but)
    ]
    return sorted(found, key=lambda each: each.at)


def hold(order: Order) -> Held:
    """Lock the pool if an order asks something of it; before the producers and the books."""
    wanted = cost_lines.of_order(order)
    if not wanted:
        return Held({})
    community = order.session.community
    pool = pools.held(community)
    ahead = [each.amount for each in line(community, order) if each.at <= order.placed_at]
    amounts = [*ahead, total(list(wanted.values()))]
    holders = [(pool.holder, community)] if pool.holder is not None else []
    return Held(wanted, holders, covered(pools.free(pool), amounts) == len(amounts))


def settle(part: OrderSale, held: Held) -> Money:
    """Note what the pool pays of a part that was just sold; return what it pays at once.

    The caller holds the pool and both books (``hold``, then ``holding.sellers_and_books``).
    """
    wanted = held.wanted.get(part.producer, NOTHING)
    if not wanted or part.line_id is not None:
        return NOTHING
    found = PartDiscount(sale=part, amount=wanted)
    db.session.add(found)
    db.session.flush()
    if not held.covers:
        return NOTHING
    _grant(found, pools.held(part.order.session.community))
    return wanted


def _grant(found: PartDiscount, pool: Pool) -> None:
    """Take a discount out of the pool, and say in both books who owes whom."""
    part = found.sale
    community = part.order.session.community
    assert pool.holder is not None  # noqa: S101 - it is held
    pools.move(pool, f"part:{found.id}", Source.DISCOUNT, -found.amount)
    seller = sellers.seller(part.producer)
    day, key = today(community.timezone), f"direct_sales:cost_price:{found.id}"
    book = book_of(seller, community)
    less = PriceLessened(party_of(part.order.household), party_of(pool.holder), found.amount)
    record(book, less, open_day(book, day), key, piece=f"COMMANDE-{part.order_id}")
    book = book_of(pool.holder, community)
    record(book, PoolOwes(party_of(seller), found.amount), open_day(book, day), f"{key}:pool")
    found.granted_at = now()
    db.session.flush()


def grant_part(part_id: int, kept: Money) -> bool | None:
    """Lower the payment of a part that waits; ``kept`` is for who asked before.

    Returns whether it was done; None when the pool does not cover it. What was paid meanwhile is
    paid, and waits no longer.
    """
    found = db.session.get(PartDiscount, part_id)
    if found is None:
        return False
    part, community = found.sale, found.sale.order.session.community
    payments = lock_in_order(
        db.session.scalars(select(Payment).where(Payment.purpose == part.purpose))
    )
    coming = [each for each in payments if each.state == State.EXPECTED]
    pool = pools.held(community)
    lock(found)
    if found.granted_at is not None:
        return False
    if not any(each.amount > found.amount for each in coming):
        db.session.delete(found)
        return False
    if pools.free(pool) - kept < found.amount:
        return None
    assert pool.holder is not None  # noqa: S101 - it is held
    holding.sellers_and_books([part.producer], [(pool.holder, community)])
    payment = next(each for each in coming if each.amount > found.amount)
    _grant(found, pool)
    steps.cancel(payment, None)
    steps.expect(
        community,
        payment.beneficiary,
        payment.payer,
        part.purpose,
        payment.amount - found.amount,
        payment.due_on,
        Method(payment.method),
    )
    return True


def falls_short(community: Community) -> bool:
    """Whether the pool does not cover what is promised and waits: said without any amount."""
    pool = pools.find_pool(community)
    asked = cost_lines.asked(community)
    return (
        pool is not None
        and bool(asked)
        and (pools.free(pool) < total([each.amount for each in line(community)]))
    )
