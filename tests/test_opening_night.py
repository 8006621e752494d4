"""Opening night: a thousand impatient clicks over HTTP on a stock for a few of them.

Served as an operator serves it: four workers on PostgreSQL, one on SQLite. The gate sends a
tenth of the storm; ``FREECO_STORM=2000`` sends all of it, as ``make bench`` does.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from freeco.db import db
from freeco_direct_sales.orders import sessions
from freeco_direct_sales.orders.models import Offer, Order, OrderSession
from freeco_direct_sales.orders.sessions import Fate

from .storm import Storm, blow, click_until_answered, kept, night, prepare

ATTEMPTS = int(os.environ.get("FREECO_STORM", "200"))
UNITS = ATTEMPTS // 20
CLIENTS = 100
WORKERS = {"sqlite": 1, "postgresql": 4}
FEW = 60
"""Households, where what matters is the moment and not the crowd."""
FEW_WORKERS = {"sqlite": 1, "postgresql": 2}


def test_exactly_what_there_is_gets_sold_and_nobody_meets_an_error(
    shared_app: Flask,
    shared_url: str,
    engine_name: str,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    storm = prepare(shared_app, ATTEMPTS, UNITS)
    with night(shared_url, tmp_path, WORKERS[engine_name]) as site:
        blow(storm, site.port, storm.households, CLIENTS)
    found = kept()
    for name, value in {
        "attempts": ATTEMPTS,
        "units": UNITS,
        "sold": found.ordered,
        "oversold": max(0, found.ordered - UNITS),
        "errors": sum(storm.answers.values()) - storm.answers["ordered"] - storm.answers["409"],
        "median": storm.percentile(0.5),
        "p95": storm.percentile(0.95),
        "p99": storm.percentile(0.99),
        "wall": round(storm.passed, 1),
        "cpu": site.cpu,
    }.items():
        record_property(name, value)
    assert storm.answers == {"ordered": UNITS, "409": ATTEMPTS - UNITS}
    assert (found.ordered, found.households) == (UNITS, storm.acknowledged)
    assert found.is_whole
    assert storm.reasons == {"NothingLeft": ATTEMPTS - UNITS}


def test_a_worker_killed_in_the_middle_loses_no_order_and_the_site_goes_on(
    shared_app: Flask, shared_url: str, engine_name: str, tmp_path: Path
) -> None:
    storm = prepare(shared_app, ATTEMPTS // 2, UNITS)
    with night(shared_url, tmp_path, WORKERS[engine_name]) as site:
        before = set(site.workers())
        blow(storm, site.port, storm.households[: UNITS // 4], CLIENTS)
        # Pieces are left: it dies while orders are written.
        killer = threading.Timer(0.05, os.kill, (max(before), signal.SIGKILL))
        killer.start()
        blow(storm, site.port, storm.households[UNITS // 4 :], CLIENTS, click_until_answered)
        killer.join()
        lost = before - set(site.workers())
        assert site.server.poll() is None
    found = kept()
    assert len(lost) == 1
    assert storm.answers["ordered"] + storm.answers["409"] == len(storm.households)
    assert set(storm.answers) <= {"ordered", "409", "cut"}
    assert (found.ordered, found.households) == (UNITS, storm.acknowledged)
    assert found.is_whole


def test_a_form_sent_five_times_at_once_is_one_order(
    shared_app: Flask, shared_url: str, engine_name: str, tmp_path: Path
) -> None:
    storm = prepare(shared_app, FEW // 6, FEW)
    with night(shared_url, tmp_path, FEW_WORKERS[engine_name]) as site:
        blow(storm, site.port, storm.households * 5, CLIENTS)
    found = kept()
    assert storm.answers == {"ordered": 5 * len(storm.households)}
    assert found.ordered == len(storm.households) == len(found.households)
    assert found.is_whole


def test_an_order_typed_while_the_session_closes_is_taken_or_refused_whole_and_said(
    shared_app: Flask, shared_url: str, engine_name: str, tmp_path: Path
) -> None:
    storm = prepare(shared_app, FEW, FEW)

    def close() -> None:
        with shared_app.app_context():
            sessions.close(db.session.get_one(OrderSession, storm.session_id))
            db.session.commit()

    with night(shared_url, tmp_path, FEW_WORKERS[engine_name]) as site:
        in_the_middle(storm, site.port, close)
    found = kept()
    closed_at = db.session.get_one(OrderSession, storm.session_id).closes_at
    assert set(storm.answers) <= {"ordered", "409"}
    assert found.households == storm.acknowledged
    assert found.is_whole
    assert storm.reasons == {"SessionClosed": storm.answers["409"]}
    assert all(order.placed_at <= closed_at for order in db.session.query(Order))
    assert found.ordered == storm.answers["ordered"] == FEW - storm.answers["409"]


def test_a_product_withdrawn_in_the_middle_is_ordered_by_nobody_afterwards(
    shared_app: Flask, shared_url: str, engine_name: str, tmp_path: Path
) -> None:
    storm = prepare(shared_app, FEW, FEW)
    seen: list[int] = []

    def withdraw() -> None:
        with shared_app.app_context():
            offer = db.session.get_one(Offer, storm.offer_id)
            lines = sessions.withdraw(offer, "La grêle.", {}, Fate(keep=True))
            seen.extend(line.order.household_id for line in lines)
            db.session.commit()

    with night(shared_url, tmp_path, FEW_WORKERS[engine_name]) as site:
        in_the_middle(storm, site.port, withdraw)
    found = kept()
    assert set(storm.answers) <= {"ordered", "422"}
    assert set(seen) == found.households == storm.acknowledged
    assert found.is_whole
    assert len(seen) == storm.answers["ordered"] == FEW - storm.answers["422"]


def in_the_middle(storm: Storm, port: int, act: Callable[[], None]) -> None:
    """Let all click, and do something once a third of them have been told that they ordered."""

    def wait_and_act() -> None:
        until = time.monotonic() + 60
        while len(storm.acknowledged) < FEW // 3 and time.monotonic() < until:
            time.sleep(0.002)
        act()

    acting = threading.Thread(target=wait_and_act)
    acting.start()
    # The last ones are slow to type: there is a before and an after, however fast the machine.
    blow(storm, port, storm.households[: -FEW // 6], FEW // 10)
    acting.join()
    blow(storm, port, storm.households[-FEW // 6 :], FEW // 10)
