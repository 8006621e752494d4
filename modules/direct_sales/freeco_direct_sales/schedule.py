"""The schedule of payments: agreed at signature, one a month."""

from datetime import date

from freeco.clock import today
from freeco.db import db
from freeco.money import Money, total
from freeco.payments import steps
from freeco.payments.models import Method, Payment, State
from freeco.payments.parties import party_of
from freeco.payments.step_log import lock_in_order
from freeco_direct_sales.models import Subscription
from freeco_direct_sales.sellers import seller

STANDING = frozenset(State) - {State.FAILED, State.CANCELLED}
"""States in which a payment counts towards what was agreed: a failed one was replaced."""


def dates(first: date, count: int) -> list[date]:
    """Return the days from which each payment is due: the first, then the 1st of each month."""
    months = [first.year * 12 + first.month - 1 + index for index in range(count)]
    return [first, *(date(month // 12, month % 12 + 1, 1) for month in months[1:])][:count]


def amounts(sum_due: Money, count: int) -> tuple[Money, ...]:
    """Share a sum into payments without losing a cent; never a payment of nothing."""
    return sum_due.split_evenly(max(1, min(count, sum_due.cents)))


def plan(
    subscription: Subscription,
    count: int,
    method: Method = Method.CHEQUE,
    added: Money = Money(0),
) -> None:
    """Write the schedule of a new subscription; a free basket needs none.

    ``added`` is what solidarity adds to the price, or takes off.
    """
    sum_due = subscription.total + added
    if not sum_due:
        return
    contract = subscription.contract
    first = max(contract.season_start, today(contract.community.timezone))
    shares = amounts(sum_due, count)
    for amount, due_on in zip(shares, dates(first, len(shares)), strict=True):
        _expect(subscription, amount, due_on, method)


def _expect(subscription: Subscription, amount: Money, due_on: date, method: Method) -> Payment:
    contract = subscription.contract
    return steps.expect(
        contract.community,
        seller(contract.producer),
        party_of(subscription.household),
        subscription.purpose,
        amount,
        due_on,
        method,
    )


def planned(subscription: Subscription) -> Money:
    """Return what the schedule comes to, refunds taken off: also of what bounced afterwards."""
    standing = [each.amount for each in subscription.payments if each.state in STANDING]
    return total(standing) - total([each.refunded for each in subscription.payments])


def hold(subscription: Subscription) -> None:
    """Lock the schedule: a payment that is begun meanwhile is no longer ours to give up."""
    db.session.expire(subscription, ["payments"])
    lock_in_order(subscription.payments)


def give_up(subscription: Subscription) -> None:
    """Ask for nothing more: the place was given back."""
    for each in subscription.payments:
        if each.state == State.EXPECTED:
            steps.cancel(each, None)


def coming(subscription: Subscription) -> list[Payment]:
    """Return the payments nobody has begun, in order."""
    return [each for each in subscription.payments if each.state == State.EXPECTED]


def bears(subscription: Subscription, difference: Money) -> bool:
    """Whether the payments still to come bear a difference, each of a cent at least."""
    found = coming(subscription)
    return (total([each.amount for each in found]) + difference).cents >= len(found) > 0


def respread(subscription: Subscription, difference: Money) -> None:
    """Spread what is still to come and a difference evenly over the same days.

    The schedule keeps its shape, so that no payment stands out; only for what it ``bears``.
    """
    found = coming(subscription)
    sum_due = total([each.amount for each in found]) + difference
    for each, amount in zip(found, amounts(sum_due, len(found)), strict=True):
        steps.cancel(each, None)
        _expect(subscription, amount, each.due_on, Method(each.method))
    db.session.expire(subscription, ["payments"])


def adjust(subscription: Subscription, difference: Money) -> Money:
    """Bring the schedule to what is owed; return what is left to give back by hand.

    More is owed: one payment more, due with the last one still expected, or today. Less is owed:
    the last expected payments shrink; what they cannot bear is to be refunded.
    """
    db.session.expire(subscription, ["payments"])
    left = _adjust(subscription, difference)
    db.session.expire(subscription, ["payments"])
    return left


def _adjust(subscription: Subscription, difference: Money) -> Money:
    expected = [each for each in subscription.payments if each.state == State.EXPECTED]
    day = today(subscription.contract.community.timezone)
    if difference.cents > 0:
        due_on = max([day, *(each.due_on for each in expected)])
        method = Method(expected[-1].method) if expected else Method.CHEQUE
        _expect(subscription, difference, due_on, method)
        return Money(0)
    left = -difference
    for each in reversed(expected):
        if not left:
            break
        taken = min(left, each.amount)
        steps.cancel(each, None)
        if each.amount > taken:
            _expect(subscription, each.amount - taken, each.due_on, Method(each.method))
        left -= taken
    return left
