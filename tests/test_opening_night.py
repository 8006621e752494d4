"""Opening night: a thousand impatient clicks over HTTP on a stock for a few of them.

Served as an operator serves it: four workers on PostgreSQL, one on SQLite. The gate sends a
tenth of the storm; ``FREECO_STORM=2000`` sends all of it, as ``make bench`` does.
"""

import http.client
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import time as clock_time
from datetime import timedelta
from pathlib import Path
from queue import Empty, Queue
from urllib.parse import urlencode

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select

from freeco.charter.models import CharterAcceptance
from freeco.charter.services import shown_text
from freeco.clock import now, today
from freeco.db import db
from freeco.kernel_models import Activation
from freeco.members.models import Community, Household, HouseholdMember, Member, Person
from freeco.money import Money
from freeco.testing import make_community
from freeco.testing.visitor import TOKEN
from freeco_direct_sales import catalogue, distributions
from freeco_direct_sales.orders import preparing, sessions
from freeco_direct_sales.orders.models import Order, OrderLine, Stock
from freeco_direct_sales.orders.preparing import Terms

from .browser.site import FREECO, free_port

ATTEMPTS = int(os.environ.get("FREECO_STORM", "200"))
UNITS = ATTEMPTS // 20
CLIENTS = 100
WORKERS = {"sqlite": 1, "postgresql": 4}


@dataclass
class Storm:
    """What a storm of orders is aimed at, and what came of it."""

    session_id: int
    offer_id: int
    pickup_id: int
    cookies: dict[int, str]
    """What a browser of each household would send, by household id."""
    answers: Counter[str] = field(default_factory=Counter)
    acknowledged: set[int] = field(default_factory=set)
    """Households that were told that they have ordered."""
    seconds: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Return within how many seconds this share of the requests were answered."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def prepare(app: Flask) -> Storm:
    """Open a session with one article, and give each attempt a household of its own."""
    community = make_community("lavergne", "Lavergne")
    db.session.add(
        Activation(community=community, module="direct_sales", threshold=1, member_count=1)
    )
    day = today() + timedelta(days=7)
    halle = distributions.create_distributions(
        community, [day], clock_time(18), clock_time(19), "Halle"
    )
    farm = catalogue.add_producer(community, "GAEC des Vergnes")
    leeks = catalogue.add_product(farm, "Poireaux", Money(250))
    session = preparing.create(
        community, "Marché", now() - timedelta(hours=1), now() + timedelta(hours=2)
    )
    offer = preparing.offer(session, leeks, Terms(Money(250), on_hand=UNITS))
    preparing.set_pickups(session, {halle[0]: None})
    sessions.publish_session(session)
    people = _people(community)
    db.session.commit()
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookies = {
        household: signer.dumps(
            {"person": person, "number": 1, "csrf_token": TOKEN, "_permanent": True}
        )
        for household, person in people
    }
    storm = Storm(session.id, offer.id, session.pickups[0].id, cookies)
    db.session.rollback()  # reading has begun a transaction, which on SQLite keeps others out
    return storm


def _people(community: Community) -> list[tuple[int, int]]:
    charter = shown_text("fr")
    found = []
    for number in range(ATTEMPTS):
        person = Person(first_name="Jeanne", last_name=f"N° {number}")
        member = Member(community=community, person=person)
        household = Household(community=community, name=f"Foyer {number}")
        db.session.add_all([person, member, household])
        db.session.add(HouseholdMember(household=household, member=member))
        db.session.flush()
        db.session.add(CharterAcceptance(member=member, text=charter, recorded_by_id=person.id))
        found.append((household.id, person.id))
    return found


@contextmanager
def night(url: str, home: Path, workers: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve the site; give its port and its process."""
    port = free_port()
    environment = os.environ | {
        "FREECO_HOME": str(home),
        "FREECO_DATABASE_URL": url,
        "FREECO_SECRET_KEY": "a-secret-that-only-the-tests-know",
        "FREECO_BASE_URL": f"http://127.0.0.1:{port}",
    }
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [
                *FREECO,
                "serve",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--workers",
                str(workers),
            ],
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            _wait(port, server, home / "server.log")
            yield port, server
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _try in range(1800):
        assert server.poll() is None, log.read_text()
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            line.request("GET", "/")
            line.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            line.close()
    raise AssertionError("nothing answers")


def click(storm: Storm, port: int, household: int, secret: str) -> str:
    """Send one household's order; return what came of it."""
    form = {
        f"q-{storm.offer_id}": "1",
        "pickup": str(storm.pickup_id),
        "wish": "less",
        "key": f"form-{household}",
    }
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"session={storm.cookies[household]}",
        "X-CSRFToken": URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(TOKEN),
    }
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=180)
    began = time.perf_counter()
    try:
        address = f"/lavergne/direct-sales/commandes/{storm.session_id}"
        line.request("POST", address, urlencode(form), headers)
        answer = line.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return "cut"
    finally:
        storm.seconds.append(time.perf_counter() - began)
        line.close()
    if answer.status == 302 and answer.headers["Location"].endswith("/ma-commande"):
        storm.acknowledged.add(household)
        return "ordered"
    return str(answer.status)


def blow(storm: Storm, port: int, secret: str, *, stop_at: int | None = None) -> None:
    """Let every household click, through so many browsers at once; perhaps not to the end."""
    waiting: Queue[int] = Queue()
    for household in list(storm.cookies)[:stop_at]:
        waiting.put(household)

    def browse() -> None:
        while True:
            try:
                household = waiting.get_nowait()
            except Empty:
                return
            storm.answers[click(storm, port, household, secret)] += 1

    threads = [threading.Thread(target=browse) for _client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def sold(storm: Storm) -> tuple[int, int, set[int]]:
    """Return how many units are ordered, how many are reserved, and by which households."""
    db.session.rollback()
    ordered = db.session.scalar(select(func.sum(OrderLine.ordered))) or 0
    reserved = db.session.scalar(select(func.sum(Stock.reserved))) or 0
    return ordered, reserved, set(db.session.scalars(select(Order.household_id)))


def test_exactly_what_there_is_gets_sold_and_nobody_meets_an_error(
    shared_app: Flask,
    shared_url: str,
    engine_name: str,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    storm = prepare(shared_app)
    with night(shared_url, tmp_path, WORKERS[engine_name]) as (port, _server):
        blow(storm, port, shared_app.config["SECRET_KEY"])
    ordered, reserved, households = sold(storm)
    for name, value in {
        "attempts": ATTEMPTS,
        "units": UNITS,
        "sold": ordered,
        "oversold": max(0, ordered - UNITS),
        "errors": sum(storm.answers.values()) - storm.answers["ordered"] - storm.answers["409"],
        "median": round(storm.percentile(0.5), 3),
        "p99": round(storm.percentile(0.99), 3),
    }.items():
        record_property(name, value)
    assert storm.answers == {"ordered": UNITS, "409": ATTEMPTS - UNITS}
    assert (ordered, reserved, households) == (UNITS, UNITS, storm.acknowledged)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_worker_killed_in_the_middle_loses_no_order_that_was_acknowledged(
    shared_app: Flask, shared_url: str, tmp_path: Path
) -> None:
    storm = prepare(shared_app)
    secret = shared_app.config["SECRET_KEY"]
    with night(shared_url, tmp_path, 4) as (port, server):
        children = [int(each) for each in _children(server.pid)]
        killer = threading.Timer(0.5, os.kill, (children[-1], signal.SIGKILL))
        killer.start()
        blow(storm, port, secret, stop_at=ATTEMPTS // 2)
        killer.join()
    ordered, reserved, households = sold(storm)
    assert ordered == reserved <= UNITS
    assert storm.acknowledged <= households
    assert set(storm.answers) <= {"ordered", "409", "cut"}


def _children(parent: int) -> list[str]:
    return Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
