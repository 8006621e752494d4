"""A few deliveries first: then the rest of the season is confirmed, or dropped."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.members.models import Community, Household, Member
from freeco.money import Money
from freeco.payments.models import Method
from freeco.sweeping import one_by_one
from freeco_direct_sales import changing, contracts, holding, subscriptions
from freeco_direct_sales.contracting import room, rules, waiting
from freeco_direct_sales.contracting.errors import NoTrial, RestDecided, TooLate
from freeco_direct_sales.contracting.models import Trial, TrialRest
from freeco_direct_sales.models import Delivery, SeasonContract, Subscription
from freeco_direct_sales.subscriptions import Quantities

REMINDED = timedelta(days=4)
"""How long before the answer is due a household is reminded of it."""


def deliveries_tried(contract: SeasonContract) -> Sequence[Delivery]:
    """Return the deliveries that one may try today; none when there is no trial to make."""
    many = rules.rules_of(contract).trial_deliveries
    coming = contracts.coming_deliveries(contract)
    return coming[:many] if many and many < len(coming) else ()


def split(contract: SeasonContract, chosen: Quantities) -> tuple[Quantities, Quantities]:
    """Return what is tried, and the rest of what was chosen. Raises NoTrial."""
    tried = {each.id for each in deliveries_tried(contract)}
    if not tried:
        raise NoTrial
    return (
        {key: many for key, many in chosen.items() if key[0] in tried},
        {key: many for key, many in chosen.items() if key[0] not in tried and many},
    )


def begin(
    contract: SeasonContract,
    household: Household,
    member: Member,
    chosen: Quantities,
    payments: int,
    *,
    charter_text_id: int | None,
    signed_by: str,
    method: Method = Method.CHEQUE,
) -> Subscription:
    """Take a place for the trial only: the rest waits for the household's word.

    Raises NoTrial, and as ``subscriptions.subscribe``.
    """
    waiting.hold(contract, household)
    tried, rest = split(contract, chosen)
    rules.check_least(contract, chosen)
    room.check_dates(contract, rest)
    subscription = subscriptions.subscribe(
        contract,
        household,
        member,
        tried,
        payments,
        charter_text_id=charter_text_id,
        signed_by=signed_by,
        method=method,
        tries=True,
    )
    db.session.add(
        Trial(
            subscription=subscription,
            rest=[
                TrialRest(delivery_id=delivery, contract_product_id=product, quantity=many)
                for (delivery, product), many in rest.items()
            ],
            decide_by=decide_by(contract),
        )
    )
    db.session.flush()
    return subscription


def decide_by(contract: SeasonContract) -> datetime:
    """Return until when the rest is decided: in time for the first delivery after the trial."""
    following = contracts.coming_deliveries(contract)[len(deliveries_tried(contract))]
    return rules.deadline(following.distribution, rules.rules_of(contract).notice_days)


def trial_of(subscription: Subscription) -> Trial | None:
    """Return the trial of a subscription that began with one."""
    return db.session.get(Trial, subscription.id)


def rest_of(trial: Trial) -> dict[tuple[int, int], int]:
    """Return what is taken if the season is confirmed, at the deliveries still to come."""
    coming = {each.id for each in contracts.coming_deliveries(trial.subscription.contract)}
    return {
        (each.delivery_id, each.contract_product_id): each.quantity
        for each in trial.rest
        if each.delivery_id in coming
    }


def price_of_rest(trial: Trial) -> Money:
    """Return what the rest of the season costs."""
    return subscriptions.price(trial.subscription.contract, rest_of(trial))


def confirm(trial: Trial) -> None:
    """Take the rest of the season too: the commitment and the payments follow; twice is once.

    Raises RestDecided once dropped, TooLate.
    """
    subscription = _hold(trial)
    if trial.confirmed_at is not None:
        return
    if trial.dropped_at is not None:
        raise RestDecided
    if trial.decide_by <= now():
        raise TooLate
    holding.subscriptions([subscription], payments=True)
    trial.confirmed_at = now()
    wanted: dict[Delivery, Mapping[int, int]] = {}
    for delivery in contracts.coming_deliveries(subscription.contract):
        basket = {
            product: many for (each, product), many in rest_of(trial).items() if each == delivery.id
        }
        if basket:
            wanted[delivery] = basket
    changing.change_deliveries(subscription, wanted)
    changing.settle_difference(subscription)


def drop(trial: Trial) -> None:
    """Stop after the trial: its deliveries stay owed, the place is free; twice is once.

    Raises RestDecided once confirmed.
    """
    subscription = _hold(trial)
    if trial.confirmed_at is not None:
        raise RestDecided
    if trial.dropped_at is None:
        trial.dropped_at = now()
        db.session.flush()
        waiting.pass_on(subscription.contract)


def _hold(trial: Trial) -> Subscription:
    subscription = trial.subscription
    lock(subscription.contract)
    lock(subscription)
    lock(trial)
    return subscription


def undecided(community: Community, before: datetime) -> Sequence[Trial]:
    """Return the trials whose answer is due before an instant."""
    return db.session.scalars(
        select(Trial)
        .join(Subscription, Subscription.id == Trial.subscription_id)
        .join(SeasonContract, SeasonContract.id == Subscription.contract_id)
        .where(
            SeasonContract.community_id == community.id,
            Subscription.withdrawn_at.is_(None),
            Trial.confirmed_at.is_(None),
            Trial.dropped_at.is_(None),
            Trial.decide_by <= before,
        )
        .order_by(SeasonContract.id, Trial.subscription_id)
    ).all()


def end_due(community: Community) -> None:
    """Drop the trials nobody confirmed in time, and commit each: silence commits to nothing."""
    due = [each.subscription_id for each in undecided(community, now())]
    one_by_one("a trial that ends", due, lambda each: drop(db.session.get_one(Trial, each)))
