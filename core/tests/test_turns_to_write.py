"""Who writes next: one at a time, nobody forgotten, and a refusal holds up nobody."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import perf_counter

from flask import Flask
from sqlalchemy import text

from freeco.db import db, only_read


def test_many_who_write_again_and_again_are_each_served_soon(app: Flask) -> None:
    together = Barrier(6)

    def write(_number: int) -> float:
        longest = 0.0
        with app.app_context():
            together.wait(30)
            for _again in range(20):
                began = perf_counter()
                db.session.execute(text("SELECT 1"))
                longest = max(longest, perf_counter() - began)
                db.session.commit()
                db.session.execute(text("SELECT 1"))
                db.session.rollback()
        return longest

    with ThreadPoolExecutor(6) as pool:
        assert max(pool.map(write, range(6))) < 5


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
