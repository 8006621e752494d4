"""Order sessions for the demonstration: one open, one to be weighed, one settled."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from freeco.clock import held_at, now
from freeco.db import db
from freeco.members import households
from freeco.members.models import Member
from freeco.money import Money
from freeco.payments.models import Method
from freeco_direct_sales import catalogue
from freeco_direct_sales.models import Distribution, Producer, Product
from freeco_direct_sales.orders import (
    counting,
    favourites,
    placing,
    preparing,
    sessions,
    settling,
)
from freeco_direct_sales.orders.counting import Reason, Typed
from freeco_direct_sales.orders.models import Order, OrderSession, Pricing
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms
from freeco_direct_sales.orders.stock_models import Why

OPEN_SINCE = timedelta(days=2)
STILL_OPEN = timedelta(days=2)
ORDERS = 12
MOST = 3
FEW = 1
"""How many come of the article that is short."""
CHICKEN = "Poulet fermier"
"""Sold by weight, at the price of its kilogram."""
CHICKEN_KILO, CHICKEN_WHOLE = Money(1290), Money(2322)
"""The kilogram, in the session; a whole one of 1,8 kg at that price, in the catalogue."""
HEAVIER = 45
"""Grams that the scales say more than was thought."""
FALLING = {"Pain de campagne 1 kg": {20: Money(480)}}
"""What costs less once all have ordered so many."""
BY_CASES = "jar"
"""The unit of what is sold one by one and delivered by cases."""
CASE = 12
FILLED, BROKEN = 60, 2
"""How many there were after the harvest, and how many fell."""
SCARCE = 6
"""How many there are of each producer's first article."""


def stage(
    producers: Sequence[Producer],
    tables: Sequence[Member],
    dates: Sequence[Distribution],
    random: Random,
) -> OrderSession:
    """Open a session with everything the farms sell, and let some households order."""
    catalogue.add_product(producers[0], CHICKEN, CHICKEN_WHOLE, grams=1800, category="Volaille")
    session = preparing.create(
        producers[0].community, "Marché de la semaine", now() - OPEN_SINCE, now() + STILL_OPEN
    )
    for producer in producers:
        for place, product in enumerate(catalogue.products_of(producer)):
            by_cases = product.unit == BY_CASES
            scarce = SCARCE * (ORDERS // MOST) if place == 0 and not by_cases else None
            case = CASE if by_cases else None
            terms = replace(
                _terms(product, scarce), case_size=case, tiers=FALLING.get(product.name)
            )
            preparing.offer(session, product, terms)
        _count(producer)
    preparing.set_pickups(session, {dates[0]: None, dates[1]: ORDERS})
    sessions.publish_session(session)
    for order in _orders(session, tables[3 : 3 + ORDERS], random):
        favourites.keep(order)
    db.session.flush()
    return session


def _count(producer: Producer) -> None:
    """Let a producer count what is made once a year, and note what was broken since."""
    by = producer.member
    jars = [each for each in catalogue.products_of(producer) if each.unit == BY_CASES]
    harvest, broken = Reason(Why.HARVEST, "récolte de juillet", by), Reason(Why.LOSS, "tombés", by)
    counting.set_numbers(producer, {}, {each: Typed(None, FILLED) for each in jars}, harvest)
    rows = [shown.in_all for shown in counting.shown(producer) if shown.in_all is not None]
    left = Typed(FILLED, FILLED - BROKEN)
    counting.set_numbers(producer, dict.fromkeys(rows[:1], left), {}, broken)


def _terms(product: Product, on_hand: int | None = None) -> Terms:
    pricing = Pricing.WEIGHT if product.name == CHICKEN else Pricing.UNIT
    price = CHICKEN_KILO if pricing == Pricing.WEIGHT else product.price
    return Terms(price, pricing, grams=product.grams, on_hand=on_hand)


def _orders(session: OrderSession, tables: Sequence[Member], random: Random) -> list[Order]:
    """Let each of these households order a few articles."""
    offers = list(session.offers)
    return [
        placing.place(
            session,
            households.household_of(member),
            member,
            {
                each.id: Want(
                    random.randint(1, MOST),
                    tolerance=1 if each.case_size and number == 0 else 0,
                )
                for each in dict.fromkeys(
                    [
                        *random.sample(offers, min(4, len(offers))),
                        *(each for each in offers if each.pricing == Pricing.WEIGHT),
                    ]
                )
            },
            session.pickups[0].id,
            key=f"demonstration-{number}",
            method=Method.CHEQUE,
        ).order
        for number, member in enumerate(tables)
    ]


def stage_past(
    producers: Sequence[Producer],
    tables: Sequence[Member],
    evening: Distribution,
    random: Random,
    *,
    settled: bool,
) -> OrderSession:
    """Play a session up to its distribution: weighed and settled, or still to be weighed.

    Of the first article too few come.
    """
    name = "Marché du mois dernier" if settled else "Marché de la semaine dernière"
    opened = evening.starts_at - 4 * STILL_OPEN
    with held_at(opened):
        session = preparing.create(
            producers[0].community, name, opened, evening.starts_at - STILL_OPEN
        )
        for producer in producers:
            for product in catalogue.products_of(producer):
                preparing.offer(session, product, _terms(product))
        preparing.set_pickups(session, {evening: None})
        sessions.publish_session(session)
        orders = _orders(session, [tables[0], *tables[4 : 4 + ORDERS // 2]], random)
    with held_at(session.closes_at):
        sessions.close(session)
        sessions.say_coming(session.offers[0], FEW)
    if settled:
        _weigh_and_settle(orders)
    db.session.flush()
    return session


def _weigh_and_settle(orders: Sequence[Order]) -> None:
    # Late, but in the order of the books: what is written now comes after what stands there.
    for order in orders:
        for line in order.lines:
            if line.offer.pricing == Pricing.WEIGHT:
                sessions.weigh(line, (line.offer.grams or 0) * line.ordered + HEAVIER)
        settling.settle_order(order)
