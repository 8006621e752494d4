"""Who writes next: one at a time, nobody forgotten, and a refusal holds up nobody."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from flask import Flask
from sqlalchemy import text

from freeco.db import db, only_read

PATIENCE_MILLISECONDS = 200
"""Of SQLite here, well below how long the first one writes."""
WRITES_SECONDS = 1.0
TOO_MANY_ROUNDS = 1000
FEW_ROUNDS = 3
"""One that was begun, one that came first, and one counted before it was noted."""


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_who_waits_for_a_turn_outwaits_the_patience_of_sqlite(app: Flask) -> None:
    writing = Event()

    def begin() -> None:
        # Asked of the connection itself: a statement of the session would begin to write.
        raw = db.engine.raw_connection()
        raw.cursor().execute(f"PRAGMA busy_timeout={PATIENCE_MILLISECONDS}")
        raw.close()
        db.session.execute(text("SELECT 1"))

    def first() -> None:
        with app.app_context():
            begin()
            writing.set()
            sleep(WRITES_SECONDS)
            db.session.commit()

    def second() -> bool:
        with app.app_context():
            writing.wait(30)
            begin()
            db.session.commit()
        return True

    with ThreadPoolExecutor(2) as pool:
        pool.submit(first)
        assert pool.submit(second).result(30)
    db.engine.dispose()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_who_writes_again_and_again_lets_in_whoever_was_waiting(app: Flask) -> None:
    rounds: list[float] = []
    served = Event()
    busy = Event()

    def write() -> None:
        db.session.execute(text("SELECT 1"))
        busy.set()
        sleep(0.002)
        db.session.commit()

    def again_and_again() -> None:
        with app.app_context():
            while not served.is_set() and len(rounds) < TOO_MANY_ROUNDS:
                write()
                rounds.append(0)

    def once() -> int:
        with app.app_context():
            busy.wait(30)
            before = len(rounds)
            write()
            served.set()
        return len(rounds) - before

    with ThreadPoolExecutor(2) as pool:
        pool.submit(again_and_again)
        assert pool.submit(once).result(60) <= FEW_ROUNDS
    db.engine.dispose()


def test_who_is_only_answered_no_more_keeps_others_from_writing(app: Flask) -> None:
    def write() -> bool:
        with app.app_context():
            db.session.execute(text("SELECT 1"))
            db.session.commit()
        return True

    with app.test_request_context(method="POST"):
        db.session.execute(text("SELECT 1"))
        only_read()
        db.session.execute(text("SELECT 1"))
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(write).result(10)
        db.session.rollback()
