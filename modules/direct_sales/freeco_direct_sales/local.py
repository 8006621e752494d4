"""Distributions on the wall clock of their community."""

from datetime import date
from zoneinfo import ZoneInfo

from freeco import i18n
from freeco_direct_sales.models import Distribution


def local_day(distribution: Distribution) -> date:
    """Return the day of a distribution where it takes place."""
    return distribution.starts_at.astimezone(ZoneInfo(distribution.community.timezone)).date()


def hours(distribution: Distribution) -> str:
    """Write the hours of a distribution: de 18 h 30 à 19 h 30."""
    zone = ZoneInfo(distribution.community.timezone)
    return i18n.hours(
        distribution.starts_at.astimezone(zone).time(),
        distribution.ends_at.astimezone(zone).time(),
    )
