"""Hours in words, and a connection that tries again."""

import sqlite3
from datetime import time

import pytest
from flask import Flask

from freeco import db as databases
from freeco.i18n import hours, spoken


def test_what_lasts_no_time_has_one_hour(app: Flask) -> None:
    with spoken("fr"):
        assert hours(time(19), time(19)) == "à 19\u00a0h"
        assert hours(time(18, 30), time(19)) == "de 18\u00a0h\u00a030 à 19\u00a0h"


class Failing:
    """A connection whose disk fails so many times."""

    def __init__(self, times: int, name: str) -> None:
        self.left, self.name, self.done = times, name, 0

    def execute(self, _pragma: str) -> None:
        if self.left:
            self.left -= 1
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = self.name
            raise error
        self.done += 1


def test_a_connection_is_set_up_again_after_an_error_of_the_disk() -> None:
    connection = Failing(databases.OPENINGS - 1, "SQLITE_IOERR_SHORT_READ")
    databases._set(connection, "journal_mode=WAL")
    assert connection.done == 1


@pytest.mark.parametrize(
    ("times", "name"), [(databases.OPENINGS, "SQLITE_IOERR"), (1, "SQLITE_BUSY")]
)
def test_an_error_that_stays_or_is_another_is_told(times: int, name: str) -> None:
    with pytest.raises(sqlite3.OperationalError):
        databases._set(Failing(times, name), "journal_mode=WAL")
