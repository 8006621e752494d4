"""When each producer wants the harvest list, on the clock of its community."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from freeco.db import db, lock
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.telling.errors import ChangesBeforeList
from freeco_direct_sales.telling.models import HarvestWish

MOST_DAYS = 7
LATEST = timedelta(hours=1)


@dataclass(frozen=True)
class When:
    """So many days of the calendar before a distribution's, at an hour of the clock."""

    days_before: int
    hour: int

    def of(self, distribution: Distribution) -> datetime:
        """Return the instant, in UTC, of that hour where the distribution takes place.

        Days are counted on the calendar: over a change of clocks, the hour stays what it was. An
        hour that the spring skips is the next one; one that the autumn has twice is its first.
        What would come too late to be of use comes an hour before the distribution begins.
        """
        day = local_day(distribution) - timedelta(days=self.days_before)
        zone = ZoneInfo(distribution.community.timezone)
        at = datetime.combine(day, time(self.hour), zone).astimezone(UTC)
        return min(at, distribution.starts_at - LATEST)


@dataclass(frozen=True)
class Wish:
    """When the list is sent, and when what has changed since; what is not wanted is kept."""

    listed: When
    changes: When
    wanted: bool = True
    changes_wanted: bool = True

    @property
    def is_in_order(self) -> bool:
        """Whether what has changed is told after the list, if both are."""
        if not (self.wanted and self.changes_wanted):
            return True
        first, then = self.listed, self.changes
        return (-first.days_before, first.hour) < (-then.days_before, then.hour)


USUAL = Wish(When(2, 18), When(1, 18))
"""Two days before at six in the evening, and what has changed on the eve at the same hour."""


def wish_of(producer: Producer) -> Wish:
    """Return when a producer wants the list."""
    return wishes_of([producer.id]).get(producer.id, USUAL)


def wishes_of(producers: Iterable[int]) -> dict[int, Wish]:
    """Return what these producers chose, by id; who chose nothing is not in it. One query."""
    rows = db.session.scalars(select(HarvestWish).where(HarvestWish.producer_id.in_(producers)))
    return {
        row.producer_id: Wish(
            When(row.days_before, row.hour),
            When(row.changes_days_before, row.changes_hour),
            row.wanted,
            row.changes_wanted,
        )
        for row in rows
    }


def choose(producer: Producer, wish: Wish) -> None:
    """Keep when a producer wants the list. Raises ChangesBeforeList.

    What was sent already is not sent again; a moment that is past by now is due at once.
    """
    if not wish.is_in_order:
        raise ChangesBeforeList
    lock(producer)  # two of the farm may choose at once
    db.session.execute(delete(HarvestWish).where(HarvestWish.producer_id == producer.id))
    db.session.add(
        HarvestWish(
            producer=producer,
            wanted=wish.wanted,
            days_before=wish.listed.days_before,
            hour=wish.listed.hour,
            changes_wanted=wish.changes_wanted,
            changes_days_before=wish.changes.days_before,
            changes_hour=wish.changes.hour,
        )
    )
    db.session.flush()
