"""Moments as people of each language write them, on the community's clock."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from freeco.i18n import day_of, moment, spoken

HALF_PAST_NINE = datetime(2026, 10, 13, 7, 30, tzinfo=UTC)
LATE = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("fr", "13 octobre 2026 à\u00a09\u00a0h\u00a030"),
        ("en", "13 October 2026, 09:30"),
        ("es", "13 de octubre de 2026, 09:30"),
    ],
)
def test_a_moment_is_written_as_it_is_said(app: Flask, language: str, written: str) -> None:
    with app.test_request_context(), spoken(language):
        assert moment(HALF_PAST_NINE) == written


def test_the_first_of_a_month_is_an_ordinal_in_french(app: Flask) -> None:
    with app.test_request_context(), spoken("fr"):
        assert moment(LATE) == "1er novembre 2026 à\u00a00\u00a0h"
        assert day_of(LATE) == "dimanche 1er novembre 2026"
