"""One process of those that write in the same books, the same pool and the same waiting lists.

Arguments: settings as JSON, what to do, community id, "ordered" or "naive", the instant, seconds,
a file to wait for. Prints how often it did it, and how often it waited in a circle.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from freeco.app import create_app
from freeco.clock import held_at
from freeco.config import Settings
from freeco.db import db
from freeco.errors import Refusal
from freeco.members.models import Community, Household
from freeco.money import Money
from freeco_direct_sales import contracts, distributions, holding, sales, subscriptions
from freeco_direct_sales.contracting import waiting
from freeco_direct_sales.models import SeasonContract
from freeco_direct_sales.orders import settling
from freeco_direct_sales.orders.models import Order, OrderSession
from freeco_direct_sales.solidarity import applying, giving
from freeco_direct_sales.solidarity.models import Source

A_MOMENT = 0.3


def naive() -> None:
    """Do without the order: everything in one transaction, each row locked when it is written."""

    def together(_what: str, keys: Iterable[Any], act: Callable[[Any], object]) -> int:
        for each in list(keys):
            act(each)
            time.sleep(A_MOMENT)
        return 0

    sell = settling._sell

    def slowly(*arguments: Any) -> Any:
        sold = sell(*arguments)
        time.sleep(A_MOMENT)
        return sold

    instead: list[tuple[object, str, object]] = [
        *((module, "one_by_one", together) for module in (sales, applying, waiting)),
        (holding, "subscriptions", lambda found, **_options: None),
        (holding, "sellers_and_books", lambda *_found: None),
        (holding, "contracts", lambda found: None),
        (settling, "_sell", slowly),
    ]
    for module, name, what in instead:
        setattr(module, name, what)


def sell(community: Community) -> None:
    sales.sell_due(community)


def settle(community: Community) -> None:
    (session,) = db.session.scalars(select(OrderSession)).all()
    for each in settling.to_settle(session)[:2]:
        settling.settle_order(db.session.get_one(Order, each.id))
        db.session.commit()


def grant(community: Community) -> None:
    giving.note(community, Source.GIFT, Money(100), "transfer", str(random.random()))
    db.session.commit()
    applying.grant_waiting(community)


def cancel(community: Community) -> None:
    contract = random.choice(contracts.contracts_of(community)[:2])
    delivery = random.choice(contracts.coming_deliveries(contract, contract.created_at)[-2:])
    distributions.cancel_delivery(delivery, "gel")
    db.session.commit()
    distributions.restore_delivery(delivery)


def queue(community: Community) -> None:
    """Take a place, give it back, wait again, prefer the other, pass on."""
    full = db.session.scalars(
        select(SeasonContract).where(SeasonContract.capacity == 1).order_by(SeasonContract.id)
    ).all()
    contract = random.choice(full)
    household = random.choice(db.session.scalars(select(Household)).all())
    member = household.people[0].member
    wishes = waiting.wishes_of(household)
    held = subscriptions.standing_subscription(contract, household)
    if held is not None:
        subscriptions.withdraw(held)
    elif len(wishes) < 2:
        waiting.wait(contract, household, member)
    elif random.random() < 0.3:
        waiting.prefer(wishes[-1])
    elif random.random() < 0.3:
        db.session.commit()
        waiting.pass_on_due(community)
    else:
        basket = subscriptions.same_basket(contract, {contract.products[0].id: 1})
        subscriptions.subscribe(
            contract, household, member, basket, 1, charter_text_id=None, signed_by="test"
        )


def main() -> None:
    environment, what, community_id, locking, instant, seconds, start = sys.argv[1:]
    app = create_app(Settings.from_environment(json.loads(environment)))
    if locking == "naive":
        naive()
    act = {"sell": sell, "settle": settle, "grant": grant, "cancel": cancel, "queue": queue}[what]
    print("ready", flush=True)
    while not Path(start).exists():
        time.sleep(0.002)
    until = time.monotonic() + float(seconds)
    done = circles = 0
    with app.app_context(), held_at(datetime.fromisoformat(instant)):
        while time.monotonic() < until and not circles:
            try:
                act(db.session.get_one(Community, int(community_id)))
                db.session.commit()
                done += 1
            except Refusal:
                db.session.rollback()
            except OperationalError as error:
                db.session.rollback()
                if "deadlock" not in str(error):
                    raise
                circles += 1
    print(json.dumps([done, circles]))


main()
