"""Dated things as people read them: the day in letters, the hours beside it, the month above."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from freeco.i18n import day_and_month, hour, hours, month, said, sentence
from freeco.members.models import Community
from freeco.module import AgendaItem


@dataclass(frozen=True)
class Line:
    """One dated thing, written out."""

    item: AgendaItem
    day: str
    hours: str


@dataclass(frozen=True)
class Month:
    """The dated things of one month."""

    title: str
    lines: Sequence[Line]


def lines_of(items: Sequence[AgendaItem], community: Community) -> list[Line]:
    """Write items in the community's zone, in their order."""
    zone = ZoneInfo(community.timezone)
    return [_line(each, zone) for each in items]


def _line(item: AgendaItem, zone: ZoneInfo) -> Line:
    begins, ends = item.starts_at.astimezone(zone), item.ends_at.astimezone(zone)
    return Line(item, day_and_month(begins.date()), _hours(begins, ends))


def _hours(begins: datetime, ends: datetime) -> str:
    if begins.date() == ends.date():
        return hours(begins.time(), ends.time())
    return said(
        "de %(start)s au %(day)s à %(end)s",
        start=hour(begins.time()),
        day=day_and_month(ends.date()),
        end=hour(ends.time()),
    )


def by_month(items: Sequence[AgendaItem], community: Community) -> list[Month]:
    """Gather items under the month in which they begin, in their order."""
    zone = ZoneInfo(community.timezone)
    found: dict[date, list[AgendaItem]] = {}
    for each in items:
        found.setdefault(each.starts_at.astimezone(zone).date().replace(day=1), []).append(each)
    return [
        Month(sentence(month(first)), lines_of(held, community)) for first, held in found.items()
    ]
