"""The schedule of cheques: written at signature, banked one a month."""

from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from freeco.cells import says
from freeco.clock import now, today
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Community, Household
from freeco.money import Money
from freeco_direct_sales.errors import ChequeOutOfOrder
from freeco_direct_sales.models import Cheque, ChequeState, SeasonContract, Subscription


def dates(first: date, count: int) -> list[date]:
    """Return the days from which each cheque is banked: the first, then the 1st of each month."""
    months = [first.year * 12 + first.month - 1 + index for index in range(count)]
    return [first, *(date(month // 12, month % 12 + 1, 1) for month in months[1:])][:count]


def amounts(total: Money, count: int) -> tuple[Money, ...]:
    """Share a total into cheques without losing a cent; never a cheque of nothing."""
    return total.split_evenly(max(1, min(count, total.cents)))


def plan(subscription: Subscription, count: int) -> None:
    """Write the schedule of a new subscription; a free basket needs no cheque."""
    if not subscription.total:
        return
    contract = subscription.contract
    first = max(contract.season_start, today(contract.community.timezone))
    shares = amounts(subscription.total, count)
    for amount, due_on in zip(shares, dates(first, len(shares)), strict=True):
        db.session.add(Cheque(subscription=subscription, amount=amount, due_on=due_on))


def find_cheque(community: Community, cheque_id: int) -> Cheque:
    """Return a cheque of this community; raise Absent for another's."""
    cheque = db.session.get(Cheque, cheque_id)
    if cheque is None or cheque.subscription.contract.community_id != community.id:
        raise Absent
    return cheque


def list_cheques(
    community: Community, state: ChequeState | None = None, words: str = ""
) -> Select[Cheque]:
    """Return what finds the cheques of standing subscriptions, the soonest first.

    ``words`` keeps those of the households whose name holds them.
    """
    query = (
        select(Cheque)
        .join(Subscription)
        .join(SeasonContract)
        .where(SeasonContract.community_id == community.id, Subscription.withdrawn_at.is_(None))
        .options(
            joinedload(Cheque.subscription).joinedload(Subscription.household),
            joinedload(Cheque.subscription)
            .joinedload(Subscription.contract)
            .joinedload(SeasonContract.producer),
        )
        .order_by(Cheque.due_on, Cheque.id)
    )
    if state is not None:
        query = query.where(Cheque.state == state)
    if words:
        households = db.session.execute(
            select(Household.id, Household.name).where(Household.community_id == community.id)
        )
        query = query.where(
            Subscription.household_id.in_(each for each, name in households if says(words, name))
        )
    return query


def sum_of(query: Select[Cheque]) -> Money:
    """Return what the listed cheques come to."""
    amounts = query.with_only_columns(Cheque.amount).options().order_by(None)
    return sum(db.session.scalars(amounts), Money(0))


def hand_over(cheque: Cheque) -> None:
    """Note that the household has handed the cheque over. Raises ChequeOutOfOrder."""
    lock(cheque)
    if cheque.state != ChequeState.DUE:
        raise ChequeOutOfOrder
    cheque.state, cheque.handed_over_at = ChequeState.HELD, now()


def bank(cheque: Cheque) -> None:
    """Note that the producer has banked the cheque. Raises ChequeOutOfOrder."""
    lock(cheque)
    if cheque.state != ChequeState.HELD:
        raise ChequeOutOfOrder
    cheque.state, cheque.banked_at = ChequeState.BANKED, now()


def take_back(cheque: Cheque) -> None:
    """Undo the last step: a wrong click in a list of sixty. Raises ChequeOutOfOrder."""
    lock(cheque)
    if cheque.state == ChequeState.BANKED:
        cheque.state, cheque.banked_at = ChequeState.HELD, None
    elif cheque.state == ChequeState.HELD:
        cheque.state, cheque.handed_over_at = ChequeState.DUE, None
    else:
        raise ChequeOutOfOrder
