"""An order session under way for the demonstration: the market of the coming Thursday."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from freeco.clock import now
from freeco.db import db
from freeco.members import households
from freeco.members.models import Member
from freeco.payments.models import Method
from freeco_direct_sales import catalogue
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.orders import favourites, placing, preparing, sessions
from freeco_direct_sales.orders.models import OrderSession
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms

OPEN_SINCE = timedelta(days=2)
STILL_OPEN = timedelta(days=2)
ORDERS = 12
MOST = 3
SCARCE = 6
"""How many there are of each producer's first article."""


def stage(
    producers: Sequence[Producer],
    tables: Sequence[Member],
    dates: Sequence[Distribution],
    random: Random,
) -> OrderSession:
    """Open a session with everything the farms sell, and let some households order."""
    community = producers[0].community
    session = preparing.create(
        community, "Marché de la semaine", now() - OPEN_SINCE, now() + STILL_OPEN
    )
    for producer in producers:
        for place, product in enumerate(catalogue.products_of(producer)):
            scarce = SCARCE * (ORDERS // MOST) if place == 0 else None
            preparing.offer(session, product, Terms(product.price, on_hand=scarce))
    preparing.set_pickups(session, {dates[0]: None, dates[1]: ORDERS})
    sessions.publish_session(session)
    offers = list(session.offers)
    for number, member in enumerate(tables[3 : 3 + ORDERS]):
        chosen = random.sample(offers, min(4, len(offers)))
        placed = placing.place(
            session,
            households.household_of(member),
            member,
            {each.id: Want(random.randint(1, MOST)) for each in chosen},
            session.pickups[0].id,
            key=f"demonstration-{number}",
            method=Method.CHEQUE,
        )
        favourites.keep(placed.order)
    db.session.flush()
    return session
