"""Moments on the wall clock of a community, and how they are typed and said."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from freeco.i18n import day, hour, said, short_day
from freeco.members.models import Community
from freeco_bulletin.models import BulletinNotice

MIDNIGHT = time(0, 0)
LAST_MINUTE = time(23, 59)
"""These two stand for « the whole day »: hours nobody typed."""


def instant(community: Community, on: date, at: time = MIDNIGHT) -> datetime:
    """Return the aware instant of a day and hour where the community lives."""
    return datetime.combine(on, at, ZoneInfo(community.timezone))


def local(community: Community, at: datetime) -> datetime:
    """Return an instant on the community's clock."""
    return at.astimezone(ZoneInfo(community.timezone))


def month_bounds(community: Community, month: date) -> tuple[datetime, datetime]:
    """Return the first instant of a month, and that of the next one."""
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return instant(community, first), instant(community, following)


def moment(community: Community, at: datetime | None) -> str:
    """Say when something begins, without an hour nobody typed; empty when it has no date."""
    if at is None:
        return ""
    starts = local(community, at)
    return _with_hour(day(starts.date()), starts.time())


def when(notice: BulletinNotice, *, short: bool = False) -> str:
    """Say when what a notice announces happens; empty when it has no date."""
    if notice.happens_at is None:
        return ""
    starts = local(notice.community, notice.happens_at)
    ends = local(notice.community, notice.ends_at) if notice.ends_at is not None else None
    written = short_day if short else day
    if ends is not None and ends.date() != starts.date():
        return said(
            "du %(start)s au %(end)s",
            start=_with_hour(written(starts.date()), starts.time()),
            end=_with_hour(written(ends.date()), ends.time()),
        )
    if starts.time() == MIDNIGHT:
        return written(starts.date())
    if ends is None or ends.time() == LAST_MINUTE:
        return _with_hour(written(starts.date()), starts.time())
    return said(
        "%(day)s, de %(start)s à %(end)s",
        day=written(starts.date()),
        start=hour(starts.time()),
        end=hour(ends.time()),
    )


def _with_hour(written: str, at: time) -> str:
    if at in {MIDNIGHT, LAST_MINUTE}:
        return written
    return said("%(day)s à %(hour)s", day=written, hour=hour(at))
