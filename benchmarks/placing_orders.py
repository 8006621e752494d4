"""Our own order functions in the same races as the programs beside us: threads, without HTTP.

``python benchmarks/placing_orders.py URL`` migrates the empty PostgreSQL database of the URL. Each
order is placed, its letter written, and committed, as the page does. One JSON object comes out.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from datetime import time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from beside import ALONE, ATTEMPTS, races
from flask import Flask
from race import Shop
from sqlalchemy import event, func, select

from freeco.clock import now, today
from freeco.db import db
from freeco.errors import Refusal
from freeco.members.models import Community, Household, HouseholdMember, Member, Person
from freeco.money import Money
from freeco.testing import make_community, migrated_app, settings_for
from freeco_direct_sales import catalogue, distributions
from freeco_direct_sales.orders import order_notices, placing, preparing, sessions
from freeco_direct_sales.orders.models import OrderLine, OrderSession
from freeco_direct_sales.orders.placing import Want
from freeco_direct_sales.orders.preparing import Terms

NUMBERS = count(1)


def inside(url: str) -> dict[str, Any]:
    """Migrate, and let the races run."""
    with tempfile.TemporaryDirectory() as folder:
        app = migrated_app(settings_for(url, Path(folder)))
        with app.app_context():
            community = make_community("lavergne", "Lavergne")
            people = [_household(community, number) for number in range(max(ATTEMPTS, ALONE + 1))]
            db.session.commit()
            queries = _count()
            found = races(lambda units: set_up(app, community.id, people, units), queries)
            db.session.remove()
            db.engine.dispose()
    return found


def _household(community: Community, number: int) -> tuple[int, int]:
    person = Person(first_name="Jeanne", last_name=f"N° {number}")
    member = Member(community=community, person=person)
    household = Household(community=community, name=f"Foyer {number}")
    db.session.add(HouseholdMember(household=household, member=member))
    db.session.flush()
    return household.id, member.id


def _count() -> Callable[[], int]:
    number, asked = count(1), [0]

    @event.listens_for(db.engine, "before_cursor_execute")
    def _one_more(*_statement: object) -> None:
        asked[0] = next(number)

    return lambda: asked[0]


def set_up(app: Flask, community_id: int, people: list[tuple[int, int]], units: int) -> Shop:
    """Open a session with so many pieces of one article; return its shop."""
    community = db.session.get_one(Community, community_id)
    halle = distributions.create_distributions(
        community, [today() + timedelta(days=7)], time(18), time(19), f"Halle {next(NUMBERS)}"
    )
    farm = catalogue.add_producer(community, f"GAEC {next(NUMBERS)}")
    session = preparing.create(
        community, "Marché", now() - timedelta(hours=1), now() + timedelta(hours=9)
    )
    leeks = catalogue.add_product(farm, "Poireaux", Money(250))
    offer = preparing.offer(session, leeks, Terms(Money(250), on_hand=units))
    preparing.set_pickups(session, {halle[0]: None})
    sessions.publish_session(session)
    db.session.commit()
    session_id, offer_id, pickup_id = session.id, offer.id, session.pickups[0].id
    db.session.rollback()

    def buy(number: int) -> bool:
        household_id, member_id = people[number]
        with app.app_context():
            try:
                placed = placing.place(
                    db.session.get_one(OrderSession, session_id),
                    db.session.get_one(Household, household_id),
                    db.session.get_one(Member, member_id),
                    {offer_id: Want(1)},
                    pickup_id,
                    key=f"form-{number}",
                )
                order_notices.tell_ordered(placed.order)
                db.session.commit()
            except Refusal:
                db.session.rollback()
                return False
        return True

    def sold() -> int:
        db.session.rollback()
        ordered = select(func.sum(OrderLine.ordered)).where(OrderLine.offer_id == offer_id)
        return int(db.session.scalar(ordered) or 0)

    return Shop(buy, lambda: None, sold)


if __name__ == "__main__":
    print(json.dumps(inside(sys.argv[1])))
