"""Workers that hear of payments and act upon them, killed again and again.

One process brings events to four workers that it has forked, kills them at any moment, brings
again what was not acknowledged, and forks others. What the provider knows is a table in memory
that all of them share: an event shows what has happened until it, whenever it comes.

Arguments: settings as JSON, the plan's file, "whole" or "naive", how often to kill, a seed.
"""

import json
import mmap
import os
import random
import resource
import selectors
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError
from tests.stripe_stand_in.webhooks import signed

from freeco.accounting import recording
from freeco.accounting.facts import Received
from freeco.app import create_app
from freeco.clock import now
from freeco.config import Settings
from freeco.db import db
from freeco.money import Money
from freeco.payments.card import inbox
from freeco.payments.card.models import IntentState, ProviderInbox, ProviderIntent
from freeco.payments.card.signatures import HEADER
from freeco.payments.card.truth import Kind, Moved, Question, Truth

WORKERS = 4
ADDRESS = "/paiements/carte/evenements"
GIVE_UP = 400
"""Seconds after which something is wrong."""


class Table:
    """What the provider knows: as many movements of each payment as have happened."""

    def __init__(self, payments: list[dict[str, Any]]) -> None:
        self._payments = {each["key"]: (number, each) for number, each in enumerate(payments)}
        self._happened = mmap.mmap(-1, len(payments))

    def happen(self, payment: int, movements: int) -> None:
        """Let time have come to this many movements of a payment."""
        self._happened[payment] = max(self._happened[payment], movements)

    def of_intent(self, question: Question) -> Truth:
        """Say what has become of a payment."""
        number, each = self._payments[question.key]
        until = self._happened[number]
        return Truth(
            state=IntentState.SUCCEEDED if until else IntentState.PENDING,
            amount=Money(each["amount"]),
            session_ref=each["session"],
            provider_ref=each["ref"],
            movements=tuple(map(moved, each["movements"][:until])),
        )


def moved(row: dict[str, Any]) -> Moved:
    """Read a movement of the plan."""
    at = datetime.fromtimestamp(row["at"], UTC)
    return Moved(
        id=row["id"],
        kind=Kind(row["kind"]),
        source=row["source"],
        gross=Money(row["gross"]),
        fee=Money(row["fee"]),
        net=Money(row["gross"] - row["fee"]),
        at=at,
        available_on=at,
    )


def handle_naively(table: Table) -> int:
    """Check, post, then mark, each committed by itself: what most code does."""
    waiting = select(ProviderInbox).where(ProviderInbox.handled_at.is_(None)).limit(3)
    rows = db.session.scalars(waiting).all()
    for row in rows:
        event_id, key = row.event_id, row.body["key"]
        intent = db.session.scalars(select(ProviderIntent).where(ProviderIntent.key == key)).one()
        payment = intent.payment
        if row.type == "payment_intent.succeeded":
            book = recording.book_of(payment.beneficiary, payment.community)
            fact = Received(payment.payer, payment.amount, "card")
            recording.record(book, fact, now().date(), f"naive:{uuid4()}")
        db.session.commit()
        marked = update(ProviderInbox).where(ProviderInbox.event_id == event_id)
        db.session.execute(marked.values(handled_at=now(), outcome="applied"))
        db.session.commit()
    return len(rows)


@dataclass
class Worker:
    """A forked worker, and what was brought to it and not acknowledged."""

    pid: int
    orders: int
    answers: int
    bringing: int | None = None


def fork(app: Flask, plan: dict[str, Any], table: Table, secret: str, how: str) -> Worker:
    """Fork a worker."""
    theirs, orders = os.pipe()
    answers, ours = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            work(app, plan, table, secret, how, theirs, ours)
        except Exception:
            traceback.print_exc()  # or nobody would know why it ended by itself
        finally:
            sys.stderr.flush()
            os._exit(1)
    os.close(theirs)
    os.close(ours)
    return Worker(pid, orders, answers)


def work(
    app: Flask, plan: dict[str, Any], table: Table, secret: str, how: str, orders: int, answers: int
) -> None:
    """Bring each event to the real address, and act upon what waits, until killed."""
    browser = app.test_client()
    os.set_blocking(orders, False)
    with app.app_context():
        while True:
            for order in brought(orders):
                if deliver(browser, plan["events"][order], secret):
                    os.write(answers, f"{order}\n".encode())
            if not act(table, how):
                time.sleep(0.005)
            db.session.remove()


def deliver(browser: FlaskClient, told: dict[str, Any], secret: str) -> bool:
    """Bring an event to the real address; say whether it was taken."""
    body = json.dumps(told["body"]).encode()
    answer = browser.post(ADDRESS, data=body, headers={HEADER: signed(body, secret)})
    return answer.status_code == 200


def act(table: Table, how: str) -> int:
    """Act upon some of what waits; return how many are done with."""
    if how == "naive":
        try:
            return handle_naively(table)
        except OperationalError:  # a busy SQLite: it tries again, as most code would
            db.session.rollback()
            return 0
    return inbox.handle(table, limit=3)  # type: ignore[arg-type]


def brought(orders: int) -> Iterator[int]:
    """Yield what was brought, without waiting."""
    try:
        words = os.read(orders, 4096)
    except BlockingIOError:
        return
    yield from map(int, words.split())


def left(app: Flask) -> int:
    """Count what is not handled."""
    with app.app_context():
        query = select(ProviderInbox.event_id).where(ProviderInbox.handled_at.is_(None))
        found = len(db.session.scalars(query).all())
        db.session.remove()
        db.engine.dispose()  # nothing open is handed down to the next fork
        return found


class Storm:
    """Brings, kills, forks again."""

    def __init__(self, app: Flask, plan: dict[str, Any], how: str, secret: str, seed: int) -> None:
        self.app, self.plan, self.how, self.secret = app, plan, how, secret
        self.random = random.Random(seed)
        self.table = Table(plan["payments"])
        self.bag = list(plan["deliveries"])
        self.selector = selectors.DefaultSelector()
        self.workers: list[Worker] = []
        self.kills = self.acknowledged = 0

    def fork(self) -> None:
        """Have one worker more."""
        worker = fork(self.app, self.plan, self.table, self.secret, self.how)
        self.workers.append(worker)
        self.selector.register(worker.answers, selectors.EVENT_READ, worker)
        self.bring(worker)

    def bring(self, worker: Worker) -> None:
        """Bring the next delivery, if any is left."""
        if worker.bringing is None and self.bag:
            worker.bringing = self.bag.pop()
            told = self.plan["events"][worker.bringing]
            self.table.happen(told["payment"], told["shows"])
            os.write(worker.orders, f"{worker.bringing}\n".encode())

    def kill(self, worker: Worker) -> None:
        """Kill a worker as a power cut would; what it had not acknowledged is brought again."""
        os.kill(worker.pid, signal.SIGKILL)
        os.waitpid(worker.pid, 0)
        self.selector.unregister(worker.answers)
        acknowledged = b"\n" in os.read(worker.answers, 4096)
        os.close(worker.answers)
        os.close(worker.orders)
        self.workers.remove(worker)
        if worker.bringing is not None and not acknowledged:
            self.bag.insert(self.random.randint(0, len(self.bag)), worker.bringing)
        self.acknowledged += acknowledged

    def warm_up(self, deliveries: int) -> None:
        """Act upon a few before the first fork: workers inherit what was prepared for it."""
        browser = self.app.test_client()
        with self.app.app_context():
            for _number in range(deliveries):
                order = self.bag.pop()
                told = self.plan["events"][order]
                self.table.happen(told["payment"], told["shows"])
                deliver(browser, told, self.secret)
                self.acknowledged += 1
                act(self.table, self.how)
            db.session.remove()
            db.engine.dispose()

    def run(self, kills: int) -> None:
        """Bring everything, kill so often, and let the last workers finish."""
        self.warm_up(deliveries=12)
        for _number in range(WORKERS):
            self.fork()
        every = len(self.bag) / kills
        until = time.monotonic() + GIVE_UP
        while self.bag or any(each.bringing is not None for each in self.workers):
            assert time.monotonic() < until, "the storm does not end"
            for ready, _what in self.selector.select(timeout=1):
                worker: Worker = ready.data
                words = os.read(worker.answers, 4096)
                assert words, "a worker ended by itself"
                worker.bringing = None
                self.acknowledged += 1
                self.bring(worker)
            if self.acknowledged >= (self.kills + 1) * every and self.kills < kills:
                self.strike()
        while left(self.app):
            assert time.monotonic() < until, "the workers do not end"
            if self.kills < kills:
                self.strike()
            time.sleep(0.05)

    def strike(self) -> None:
        """Kill one of them, a moment later than one would expect."""
        time.sleep(self.random.random() * 0.02)
        self.kill(self.random.choice(self.workers))
        self.kills += 1
        self.fork()


def spare_the_disk() -> None:
    """Let SQLite write as PostgreSQL does in the tests: we kill processes, not machines."""
    if db.engine.dialect.name == "sqlite":
        event.listen(db.engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF"))


def main() -> None:
    environment, plan_file, how, kills, seed = sys.argv[1:]
    settings = Settings.from_environment(json.loads(environment))
    app = create_app(settings)
    with app.app_context():
        spare_the_disk()
    inbox.LEASE = timedelta(milliseconds=250)  # or the killed ones' rows would wait a minute
    plan = json.loads(Path(plan_file).read_text("utf-8"))
    storm = Storm(app, plan, how, settings.stripe_secrets[0], int(seed))
    begun = time.monotonic()
    try:
        storm.run(int(kills))
    finally:
        while storm.workers:
            storm.kill(storm.workers[-1])
    seconds = round(time.monotonic() - begun, 1)
    used = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
    said = {
        "kills": storm.kills,
        "acknowledged": storm.acknowledged,
        "seed": seed,
        "seconds": seconds,
        "seconds of CPU": round(sum(each.ru_utime + each.ru_stime for each in used), 1),
    }
    print(json.dumps(said))


main()
