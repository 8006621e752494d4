"""A night of orders over HTTP: a session, its households, the served site and their clicks."""

import http.client
import os
import resource
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import time as clock_time
from datetime import timedelta
from pathlib import Path
from queue import Empty, Queue
from typing import TypeVar
from urllib.parse import urlencode

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
from freeco.notifications.models import Notice
from freeco.testing import make_community
from freeco.testing.visitor import TOKEN
from freeco_direct_sales import catalogue, distributions
from freeco_direct_sales.orders import preparing, sessions
from freeco_direct_sales.orders.errors import NothingLeft, SessionClosed
from freeco_direct_sales.orders.models import Order, OrderLine, Pickup, Stock
from freeco_direct_sales.orders.order_notices import ORDERED
from freeco_direct_sales.orders.preparing import Terms

from .browser.site import FREECO, free_port

ADDRESS = "/lavergne/direct-sales/commandes/"
PATIENCE_SECONDS = 120
"""How long somebody whose line was cut clicks again."""
REASONS = (NothingLeft, SessionClosed)
Crowded = TypeVar("Crowded", bound="Crowd")


@dataclass(kw_only=True)
class Crowd:
    """What came of many clicks at once."""

    answers: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    """What those who were refused have read, by the name of the refusal."""
    acknowledged: set[int] = field(default_factory=set)
    """Those who were told that it is done."""
    seconds: list[float] = field(default_factory=list)
    passed: float = 0
    """Seconds from the first click to the last answer."""

    def percentile(self, share: float) -> float:
        """Return within how many seconds this share of the requests were answered."""
        ordered = sorted(self.seconds)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 3)


@dataclass
class Storm(Crowd):
    """What a storm of orders is aimed at, and what came of it."""

    session_id: int
    offer_id: int
    pickup_id: int
    secret: str
    cookies: dict[int, str]
    """What a browser of each household would send, by household id."""

    @property
    def households(self) -> list[int]:
        """Who clicks, in order."""
        return list(self.cookies)


def prepare(app: Flask, households: int, units: int) -> Storm:
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
    offer = preparing.offer(session, leeks, Terms(Money(250), on_hand=units))
    preparing.set_pickups(session, {halle[0]: None})
    sessions.publish_session(session)
    people = households_of_one(community, households)
    db.session.commit()
    cookies = cookies_of(app, people)
    storm = Storm(session.id, offer.id, session.pickups[0].id, app.config["SECRET_KEY"], cookies)
    db.session.rollback()  # reading has begun a transaction, which on SQLite keeps others out
    return storm


def cookies_of(app: Flask, people: Iterable[tuple[int, int]]) -> dict[int, str]:
    """Give each household, or whatever each person is known by, what its browser would send."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return {
        known_by: signer.dumps(
            {"person": person, "number": 1, "csrf_token": TOKEN, "_permanent": True}
        )
        for known_by, person in people
    }


def form_headers(secret: str, cookie: str) -> dict[str, str]:
    """Return what a browser sends with a form."""
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"session={cookie}",
        "X-CSRFToken": URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(TOKEN),
    }


def households_of_one(community: Community, households: int) -> list[tuple[int, int]]:
    """Make households of one person; return their ids and their persons'."""
    charter = shown_text("fr")
    found = []
    for number in range(households):
        person = Person(first_name="Jeanne", last_name=f"N° {number}")
        member = Member(community=community, person=person)
        household = Household(community=community, name=f"Foyer {number}")
        db.session.add_all([person, member, household])
        db.session.add(HouseholdMember(household=household, member=member))
        db.session.flush()
        db.session.add(CharterAcceptance(member=member, text=charter, recorded_by_id=person.id))
        found.append((household.id, person.id))
    return found


@dataclass
class Night:
    """The site as it is served."""

    port: int
    server: subprocess.Popen[bytes]
    cpu: float = 0
    """Seconds that its processes spent, known once it has stopped."""

    def workers(self) -> list[int]:
        """Return the numbers of the processes that answer."""
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text()
        return [
            int(each)
            for each in children.split()
            if b"resource_tracker" not in Path(f"/proc/{each}/cmdline").read_bytes()
        ]


@contextmanager
def night(url: str, home: Path, workers: int) -> Iterator[Night]:
    """Serve the site as its operator does."""
    port = free_port()
    environment = os.environ | {
        "FREECO_HOME": str(home),
        "FREECO_DATABASE_URL": url,
        "FREECO_SECRET_KEY": "a-secret-that-only-the-tests-know",
        "FREECO_BASE_URL": f"http://127.0.0.1:{port}",
    }
    words = ["serve", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    before = _spent()
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen([*FREECO, *words], env=environment, stdout=log, stderr=log)
        found = Night(port, server)
        try:
            _wait(port, server, home / "server.log")
            yield found
        finally:
            server.terminate()
            server.wait(timeout=60)
            found.cpu = _spent() - before


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(children.ru_utime + children.ru_stime, 1)


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


def click(storm: Storm, port: int, household: int) -> str:
    """Send one household's order; return what came of it."""
    form = {
        f"q-{storm.offer_id}": "1",
        "pickup": str(storm.pickup_id),
        "wish": "less",
        "key": f"form-{household}",
    }
    headers = form_headers(storm.secret, storm.cookies[household])
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=180)
    began = time.perf_counter()
    try:
        line.request("POST", f"{ADDRESS}{storm.session_id}", urlencode(form), headers)
        answer = line.getresponse()
        page = answer.read().decode()
    except (OSError, http.client.HTTPException):
        return "cut"
    finally:
        storm.seconds.append(time.perf_counter() - began)
        line.close()
    if answer.status == 302 and answer.headers["Location"].endswith("/ma-commande"):
        storm.acknowledged.add(household)
        return "ordered"
    storm.reasons.update(each.__name__ for each in REASONS if str(each.reason) in page)
    return str(answer.status)


def until_answered(
    act: Callable[[Crowded, int, int], str],
) -> Callable[[Crowded, int, int], str]:
    """Return what sends the same again, as long as the line is cut."""

    def again(crowd: Crowded, port: int, who: int) -> str:
        until = time.monotonic() + PATIENCE_SECONDS
        while (came := act(crowd, port, who)) == "cut" and time.monotonic() < until:
            crowd.answers["cut"] += 1
            time.sleep(0.2)
        return came

    return again


click_until_answered = until_answered(click)


def blow(
    storm: Crowded,
    port: int,
    clicking: Iterable[int],
    clients: int,
    act: Callable[[Crowded, int, int], str] = click,  # type: ignore[assignment]
) -> None:
    """Let these households click, through so many browsers at once."""
    waiting: Queue[int] = Queue()
    for household in clicking:
        waiting.put(household)

    def browse() -> None:
        while True:
            try:
                household = waiting.get_nowait()
            except Empty:
                return
            storm.answers[act(storm, port, household)] += 1

    began = time.perf_counter()
    threads = [threading.Thread(target=browse) for _client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    storm.passed += time.perf_counter() - began


@dataclass(frozen=True)
class Kept:
    """What the database holds once it is quiet."""

    ordered: int
    reserved: int
    taken: int
    letters: int
    households: frozenset[int]

    @property
    def is_whole(self) -> bool:
        """Whether no order is half there: its piece, its place and its letter."""
        return len(self.households) == self.taken == self.letters and self.ordered == self.reserved


def kept() -> Kept:
    """Count what was written."""
    db.session.rollback()
    standing = select(Order.household_id).where(Order.cancelled_at.is_(None))
    found = Kept(
        db.session.scalar(select(func.sum(OrderLine.ordered))) or 0,
        db.session.scalar(select(func.sum(Stock.reserved))) or 0,
        db.session.scalar(select(func.sum(Pickup.taken))) or 0,
        db.session.scalar(
            select(func.count()).select_from(Notice).where(Notice.topic == ORDERED.name)
        )
        or 0,
        frozenset(db.session.scalars(standing)),
    )
    db.session.rollback()
    return found
