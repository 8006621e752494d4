"""A whole year before today: contracts kept, cheques banked and bounced, months sold."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sqlalchemy import select

from freeco.clock import held_at, now, today
from freeco.db import db
from freeco.members.models import Member
from freeco.module import Demonstration
from freeco.money import Money
from freeco.payments import steps
from freeco.payments.models import Method, Payment, State
from freeco_direct_sales import changing, distributions, sales
from freeco_direct_sales.demonstration_farms import Farm
from freeco_direct_sales.models import Distribution, Producer, Subscription
from freeco_direct_sales.playing import offer, take

WEEKS = 52
PLACE = "Salle des fêtes, Lavergne-sur-Célé"
METHODS = (Method.CHEQUE,) * 8 + (Method.TRANSFER, Method.TRANSFER, Method.CASH)
BOUNCED, CANCELLED, CHANGED = 0.015, 0.02, 0.3
"""How often: a cheque banked, a delivery; a household changes its basket at a delivery."""
SOLD_BY = 14
"""Until which day of a month those of the month before are sold, week by week."""
BANK_FEE = Money(1200)


def stage(
    staging: Demonstration,
    farms: Sequence[Farm],
    producers: Sequence[Producer],
    tables: Sequence[Member],
    last: date,
) -> None:
    """Play a season of a year that ends with the week of ``last``, day by day as it went."""
    first = last - timedelta(weeks=WEEKS - 1)
    with held_at(_morning(first - timedelta(days=20))):
        dates = distributions.create_distributions(
            staging.community,
            [first + timedelta(weeks=week) for week in range(WEEKS)],
            time(18, 30),
            time(19, 30),
            PLACE,
        )
        taken = [
            subscription
            for farm, producer in zip(farms, producers, strict=True)
            for subscription in _season(staging, farm, producer, tables, dates, first)
        ]
    for day in _mondays(first, last):
        with held_at(_morning(day)):
            _week(staging, taken, dates)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(8), UTC)


def _mondays(first: date, last: date) -> Iterator[date]:
    day = first - timedelta(days=first.weekday())
    while day <= last:
        yield day
        day += timedelta(weeks=1)


def _season(
    staging: Demonstration,
    farm: Farm,
    producer: Producer,
    tables: Sequence[Member],
    dates: Sequence[Distribution],
    first: date,
) -> list[Subscription]:
    contract = offer(farm, producer, f"{farm.contract} {first.year}–{first.year + 1}", dates, first)
    found = [
        take(contract, table, staging.random, staging.random.choice(METHODS))
        for table in tables
        if staging.random.randrange(100) < farm.taken_by
    ]
    return [each for each in found if each is not None]


def _week(
    staging: Demonstration, taken: Sequence[Subscription], dates: Sequence[Distribution]
) -> None:
    """Receive and bank what is due, lose a delivery, change a basket, sell the month that ended."""
    present = today(staging.community.timezone)
    for payment in _standing(staging, State.EXPECTED):
        _pay(payment, present, staging.treasurer, staging.random)
    _bank(staging, present)
    for evening in dates:
        if present <= evening.starts_at.date() < present + timedelta(days=7):
            _go_wrong(evening, taken, staging.random)
    if present.day <= SOLD_BY:
        sales.sell_due(staging.community)


def _standing(staging: Demonstration, state: State) -> Sequence[Payment]:
    query = select(Payment).where(
        Payment.community_id == staging.community.id, Payment.state == state
    )
    return db.session.scalars(query.order_by(Payment.id)).all()


def _bank(staging: Demonstration, present: date) -> None:
    due: dict[int, list[Payment]] = {}
    for payment in _standing(staging, State.HELD):
        if payment.due_on <= present:
            due.setdefault(payment.beneficiary_id, []).append(payment)
    for cheques in due.values():
        steps.bank(cheques, present, staging.treasurer)
        for cheque in cheques:
            if staging.random.random() < BOUNCED:
                steps.fail(cheque, _morning(present), "no_funds", fee=BANK_FEE)


def _pay(payment: Payment, present: date, treasurer: Member, chance: Random) -> None:
    early = payment.method == Method.CHEQUE and chance.random() < 0.5
    late = chance.random() < 0.1
    if early or (payment.due_on <= present and not late):
        steps.receive(payment, treasurer)


def _go_wrong(evening: Distribution, taken: Sequence[Subscription], chance: Random) -> None:
    for delivery in distributions.deliveries_at(evening):
        of_contract = [each for each in taken if each.contract_id == delivery.contract_id]
        if chance.random() < CANCELLED:
            distributions.cancel_delivery(delivery, "gel")
            for subscription in of_contract:
                _settle(subscription)
        elif of_contract and chance.random() < CHANGED:
            subscription = chance.choice(of_contract)
            product = chance.choice(subscription.contract.products)
            changing.change_delivery(subscription, delivery, {product.id: 2})
            _settle(subscription)


def _settle(subscription: Subscription) -> None:
    """Bring a household's schedule to what it owes; what was paid too much is given back."""
    left = changing.settle_difference(subscription)
    for payment in reversed(subscription.payments):
        if left and payment.state == State.SETTLED:
            amount = min(left, payment.amount - payment.refunded)
            if amount:
                key = f"too-much:{payment.id}:{payment.refunded.cents}"
                steps.given_back(payment, amount, key, now(), Method.TRANSFER)
                left -= amount
