"""The sign-off sheet of a thousand households and sixty products, and a peer's beside it.

Run by ``make bench``. Counts SQL queries and CPU seconds of this process; nothing is asserted:
a machine under load would lie. juntagrico (an AMAP program from PyPI) does the same work in
its own environment, where it installs.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import time as hour_of_day
from datetime import timedelta
from pathlib import Path

from flask import Flask
from rich.console import Console
from rich.table import Table
from sqlalchemy import event, insert

from freeco.clock import today
from freeco.db import db
from freeco.members.models import Community, Household, HouseholdMember, Member, Person
from freeco.money import Money
from freeco.testing import make_community, make_member, migrated_app, settings_for, sign_in_as
from freeco.testing.people import open_module
from freeco_direct_sales import catalogue, contracts, distributions, sheets
from freeco_direct_sales.models import (
    ContractKind,
    Distribution,
    SeasonContract,
    Subscription,
    SubscriptionLine,
)
from freeco_direct_sales.papers import print_sign_off_sheet
from freeco_direct_sales.permissions import COORDINATE

PRODUCTS = 60
PRODUCERS = 6
SEED = 2026
out = Console()


def season(community: Community) -> tuple[Distribution, list[SeasonContract]]:
    """Make one distribution where six producers bring ten products each."""
    day = today() + timedelta(days=7)
    (distribution,) = distributions.create_distributions(
        community, [day], hour_of_day(18), hour_of_day(19), "Salle des fêtes"
    )
    found = []
    for number in range(PRODUCERS):
        producer = catalogue.add_producer(community, f"Ferme n° {number + 1}")
        goods = [
            catalogue.add_product(producer, f"Produit {number * 10 + index + 1}", Money(300))
            for index in range(PRODUCTS // PRODUCERS)
        ]
        contract = contracts.create_contract(
            producer, f"Contrat n° {number + 1}", ContractKind.FREE, day, day
        )
        contracts.set_products(contract, goods)
        contracts.set_deliveries(contract, [distribution])
        contracts.open_contract(contract)
        found.append(contract)
    return distribution, found


def fill(community: Community, held: list[SeasonContract], households: int) -> int:
    """Seat the households, each with a third of the sixty products; return how many lines."""
    chance = random.Random(SEED)  # noqa: S311 - quantities of a benchmark
    lines: list[dict[str, int]] = []
    for number in range(households):
        person = Person(first_name="Jeanne", last_name=f"Nom {number:04}")
        member = Member(community=community, person=person)
        household = Household(community=community, name=person.name)
        db.session.add_all([member, household, HouseholdMember(household=household, member=member)])
        for contract in held:
            subscription = Subscription(
                contract=contract,
                household=household,
                subscribed_by=member,
                charter_text_id=None,
                code=f"{number:05}{contract.id}",
                total=Money(0),
            )
            db.session.add(subscription)
            db.session.flush()
            lines += [
                {
                    "subscription_id": subscription.id,
                    "delivery_id": contract.deliveries[0].id,
                    "contract_product_id": product.id,
                    "quantity": chance.randint(1, 4),
                }
                for product in contract.products
                if chance.random() < 1 / 3
            ]
    db.session.execute(insert(SubscriptionLine), lines)
    db.session.commit()
    return len(lines)


def measured(work: Callable[[], object]) -> tuple[float, int]:
    """Return the CPU seconds and the SQL queries of some work."""
    queries = 0

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal queries
        queries += not statement.startswith("BEGIN")

    event.listen(db.engine, "before_cursor_execute", count)
    begun = time.process_time()
    work()
    spent = time.process_time() - begun
    event.remove(db.engine, "before_cursor_execute", count)
    return spent, queries


def measure(households: int, table: Table) -> float:
    """Measure our sheet for so many households; return the CPU seconds of its page."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        app = migrated_app(settings_for(f"sqlite:///{home / 'freeco.sqlite'}", home))
        with app.app_context():
            seconds = _rows(app, households, table)
            db.session.remove()
            db.engine.dispose()
        return seconds


def _rows(app: Flask, households: int, table: Table) -> float:
    community = make_community("banc", "Banc de mesure")
    open_module(community, "direct_sales")
    coordinator = make_member(community, permissions=(COORDINATE.name,))
    distribution, held = season(community)
    lines = fill(community, held, households)
    with out.status("Mesure…"):
        spent, queries = measured(lambda: sheets.sign_off_sheet(distribution))
        table.add_row("Freeco", f"feuille ({lines} lignes)", *_shown(households, queries, spent))
        client = app.test_client()
        sign_in_as(client, coordinator.person)  # type: ignore[arg-type]
        address = f"/banc/direct-sales/distributions/{distribution.id}/emargement"
        assert client.get(address).status_code == 200
        html, queries = measured(lambda: client.get(address))
        table.add_row("Freeco", "page HTML entière", *_shown(households, queries, html))
        sheet = sheets.sign_off_sheet(distribution)
        spent, queries = measured(lambda: print_sign_off_sheet(sheet))
        table.add_row("Freeco", "PDF (typst)", *_shown(households, queries, spent))
    return html


def _shown(rows: int, queries: int, seconds: float) -> tuple[str, str, str, str]:
    return str(rows), str(queries), f"{seconds:.2f}", f"{seconds / rows * 1000:.2f}"


def peer(table: Table) -> dict[str, object]:
    """Measure juntagrico in its own environment, where it installs."""
    script = Path(__file__).with_name("juntagrico_beside.py")
    with out.status("juntagrico, le pair, s’installe et se mesure (quelques minutes)…"):
        done = subprocess.run(
            [sys.executable, str(script)], capture_output=True, text=True, check=False
        )
    try:
        told: dict[str, object] = json.loads(done.stdout)
    except ValueError:
        told = {"installed": False, "why": done.stderr.strip()[-300:]}
    if told.get("installed"):
        shown = _shown(
            int(str(told["rows"])), int(str(told["queries"])), float(str(told["cpu_seconds"]))
        )
        table.add_row("juntagrico 2.0.10", "page HTML", *shown)
    return told


def main() -> None:
    """Measure ours at two sizes, then the peer, and print them in one table."""
    table = Table("Programme", "Travail", "Foyers", "Requêtes", "CPU (s)", "CPU par foyer (ms)")
    measure(100, table)
    seconds = measure(1000, table)
    told = peer(table)
    out.print(table)
    if told.get("installed"):
        theirs = float(str(told["cpu_seconds"])) / int(str(told["rows"]))
        out.print(f"Par foyer, juntagrico prend {theirs / (seconds / 1000):.0f} fois plus de CPU.")
    else:
        out.print(f"juntagrico n’a pas pu être mesuré ici\u00a0: {told.get('why')}")


if __name__ == "__main__":
    main()
