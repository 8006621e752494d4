"""The recurring basket: what a household usually takes, ordered again in one click."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.members.models import Household
from freeco_direct_sales.orders.favourite_models import FavouriteLine
from freeco_direct_sales.orders.models import (
    Order,
    OrderLine,
    OrderSession,
    SessionProducer,
    Wish,
)
from freeco_direct_sales.orders.placing import Want


def favourite_of(household: Household) -> Sequence[FavouriteLine]:
    """Return what a household usually takes, in the order it was kept."""
    return db.session.scalars(
        select(FavouriteLine)
        .where(FavouriteLine.household_id == household.id)
        .options(joinedload(FavouriteLine.product))
        .order_by(FavouriteLine.id)
    ).all()


def keep(order: Order) -> int:
    """Keep an order as the household's recurring basket, instead of the one before.

    Returns how many articles it holds; what was put in place of something else is left out.
    """
    lock(order.household)
    forget(order.household)
    own = {line: line.ordered - _added(line) for line in order.lines}
    kept = [line for line in order.lines if own[line] > 0]
    for line in kept:
        db.session.add(
            FavouriteLine(
                household=order.household,
                product=line.offer.product,
                quantity=own[line],
                wish=line.wish,
                tolerance=line.tolerance,
            )
        )
    db.session.flush()
    return len(kept)


def _added(line: OrderLine) -> int:
    """Return how many of a line came in place of something else."""
    return sum(each.instead for each in line.order.lines if each.instead_line_id == line.id)


def forget(household: Household) -> None:
    """Forget the recurring basket."""
    db.session.execute(delete(FavouriteLine).where(FavouriteLine.household_id == household.id))


def wants_in(session: OrderSession, household: Household) -> dict[int, Want]:
    """Return the recurring basket as far as this session offers it still, by offer id."""
    closed = {
        each.producer_id
        for each in db.session.scalars(
            select(SessionProducer).where(SessionProducer.session_id == session.id)
        )
        if each.closes_at is not None and each.closes_at <= now()
    }
    offers = {
        offer.product_id: offer
        for offer in session.offers
        if offer.withdrawn_at is None and offer.product.producer_id not in closed
    }
    found = {}
    for line in favourite_of(household):
        offer = offers.get(line.product_id)
        if offer is None:
            continue
        most = line.quantity if offer.most is None else min(line.quantity, offer.most)
        many = most // offer.step * offer.step
        if many >= max(1, offer.least):
            more = min(line.tolerance, offer.case_size - 1) if offer.case_size else 0
            found[offer.id] = Want(many, Wish(line.wish), tolerance=more)
    return found
