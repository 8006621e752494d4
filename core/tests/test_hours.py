"""Hours in words."""

from datetime import time

from flask import Flask

from freeco.i18n import hours, spoken


def test_what_lasts_no_time_has_one_hour(app: Flask) -> None:
    with spoken("fr"):
        assert hours(time(19), time(19)) == "à 19\u00a0h"
        assert hours(time(18, 30), time(19)) == "de 18\u00a0h\u00a030 à 19\u00a0h"
