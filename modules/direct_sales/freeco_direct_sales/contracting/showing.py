"""What a household may do with each of its coming baskets, for the page of its contract."""

from collections.abc import Sequence
from dataclasses import dataclass

from freeco.clock import now
from freeco.members.models import Household
from freeco_direct_sales import subscriptions
from freeco_direct_sales.baskets import DatedBasket, dates_of
from freeco_direct_sales.contracting import absences, editing, rules
from freeco_direct_sales.contracting.models import Absence
from freeco_direct_sales.models import Delivery, Distribution, Subscription


@dataclass(frozen=True)
class Possible:
    """What may be done with one basket today."""

    skip: bool
    edit: bool
    other: bool
    """Moved, lent or given."""


def possible(subscription: Subscription, dates: Sequence[DatedBasket]) -> dict[int, Possible]:
    """Return what may be done by delivery id; nothing where a basket has its fate already."""
    if subscription.withdrawn_at is not None:
        return {}
    foreseen = rules.rules_of(subscription.contract)
    busy = absences.absences_of(subscription)
    skips = foreseen.most_skips and absences.skips_left(subscription)
    shared = absences.shared_by_halves(subscription)
    found = {}
    for each in dates:
        delivery = each.delivery
        if delivery.cancelled_at is not None or delivery.id in busy or shared:
            continue
        if delivery.distribution.starts_at <= now():
            continue
        in_time = rules.in_time(delivery.distribution, foreseen.notice_days)
        found[delivery.id] = Possible(
            skip=bool(skips) and in_time,
            edit=editing.may_edit(subscription, delivery, foreseen),
            other=True,
        )
    return found


@dataclass(frozen=True)
class Changeable:
    """A basket of one distribution that its household may still take otherwise."""

    subscription: Subscription
    delivery: Delivery
    may: Possible


def at(household: Household, distribution: Distribution) -> list[Changeable]:
    """Return what a household may take otherwise at a distribution, contract by contract."""
    found = []
    for each in subscriptions.subscriptions_of(household):
        dates = [
            date for date in dates_of(each) if date.delivery.distribution_id == distribution.id
        ]
        may = possible(each, dates)
        found += [
            Changeable(each, date.delivery, may[date.delivery.id])
            for date in dates
            if date.delivery.id in may
        ]
    return found


def standing(subscription: Subscription) -> list[tuple[Absence, bool]]:
    """Return the absences of a subscription in order of date, and whether each may be undone."""
    found = sorted(
        absences.absences_of(subscription).values(),
        key=lambda each: each.delivery.distribution.starts_at,
    )
    return [(each, absences.may_undo(each)) for each in found]
