"""Raw SQL against the cost price, past all our code: above 5 % or rewritten, it is refused."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from freeco.cost_price.items import add_item
from freeco.cost_price.keys import publish_key, publish_rate
from freeco.cost_price.models import Basis, Pool
from freeco.cost_price.shares import charge
from freeco.db import db
from freeco.members.models import Community
from freeco.money import Money
from freeco.organisations.models import Organisation

SHARE = (
    "INSERT INTO cost_share (subject, organisation_id, community_id, day, base, producer,"
    " transport, solidarity, platform, payment_fee, gift, noted_at) VALUES ('a:b:2',"
    " {organisation}, {community}, '2026-03-04', {base}, {producer}, 0, 0, {platform}, 0, false,"
    " '2026-03-04 00:00:00+00:00')"
)
RATE = (
    "INSERT INTO cost_rate (year, version, basis_points, in_force_from, per_gift, published_at)"
    " VALUES ({year}, 9, {points}, '2027-01-01', 0, '2026-03-04 00:00:00+00:00')"
)


@pytest.fixture
def ids(community: Community) -> dict[str, Any]:
    """Publish a rate and a key, note an invoice and a share."""
    garden = Organisation(kind="association", name="Les Jardins")
    db.session.add(garden)
    db.session.flush()
    publish_rate(400, date(2026, 1, 1))
    publish_key(Pool.SERVERS, Basis.EURO, date(2026, 1, 1))
    add_item(Pool.SERVERS, "Hébergeur", "1", date(2026, 3, 4), Money(100))
    charge("a:b:1", garden, community, date(2026, 3, 4), Money(10_000))
    db.session.commit()
    return {"organisation": garden.id, "community": community.id}


def attack(sql: str) -> None:
    db.session.execute(text(sql))
    db.session.commit()


def test_the_share_that_is_refused_would_be_taken_at_five_percent(ids: dict[str, Any]) -> None:
    attack(SHARE.format(base=100, producer=95, platform=5, **ids))


@pytest.mark.parametrize(
    ("base", "producer", "platform"),
    [
        (100, 94, 6),
        (99, 94, 5),
        (1, 0, 1),
        (10_000, 9_499, 501),
        (100, 96, 5),
        (100, 101, -1),
        (-100, -100, 0),
        (0, 0, 0),
    ],
)
def test_no_share_above_five_percent_and_no_part_that_does_not_add_up(
    ids: dict[str, Any], base: int, producer: int, platform: int
) -> None:
    with pytest.raises(IntegrityError):
        attack(SHARE.format(base=base, producer=producer, platform=platform, **ids))


@pytest.mark.parametrize(("year", "points"), [(2027, 501), (2027, -1), (2026, 300)])
def test_no_rate_above_five_percent_nor_of_another_year(
    ids: dict[str, Any], year: int, points: int
) -> None:
    with pytest.raises(IntegrityError):
        attack(RATE.format(year=year, points=points))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cost_rate SET basis_points = 100",
        "UPDATE cost_rate SET in_force_from = '2026-02-01'",
        "DELETE FROM cost_rate",
        "UPDATE cost_key SET basis = 'member'",
        "DELETE FROM cost_key",
        "UPDATE cost_item SET amount = 1",
        "UPDATE cost_item SET pool = 'audit'",
        "DELETE FROM cost_item",
        "UPDATE cost_share SET platform = 500, producer = 9500",
        "UPDATE cost_share SET platform = 300, producer = 9700",
        "UPDATE cost_share SET base = 20000, producer = 19600",
        "UPDATE cost_share SET producer = 9700",
        "UPDATE cost_share SET day = '2026-03-05'",
        "DELETE FROM cost_share",
    ],
)
def test_what_is_published_or_charged_is_not_rewritten(ids: dict[str, Any], sql: str) -> None:
    with pytest.raises(IntegrityError):
        attack(sql)


def test_nothing_is_replaced_or_emptied(ids: dict[str, Any], app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        sql = (
            "INSERT OR REPLACE INTO cost_rate SELECT id, year, version, 100, in_force_from,"
            " per_gift, published_at FROM cost_rate"
        )
    else:
        sql = "TRUNCATE cost_rate CASCADE"
    with pytest.raises(IntegrityError):
        attack(sql)
