"""A day on which a test may stand still, whatever the hour at which the gate runs.

A day read when a file is imported is yesterday once midnight has passed, in Paris or in UTC.
"""

from datetime import UTC, datetime

NOON = datetime(2026, 11, 2, 11, tzinfo=UTC)
"""Noon in Paris, a Monday; ``noon``, a fixture of core's tests, holds the clock there."""
DAY = NOON.date()
