"""The reminder of the day before."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from freeco.activation import open_modules
from freeco.clock import now
from freeco.members.models import Community, Member
from freeco.module import AgendaItem
from freeco.notifications import notices
from freeco.notifications.sweeps import Round, agenda_of
from freeco.notifications.topics import REMINDER
from freeco.plugins import Plugins

FROM_HOUR = 12
"""From noon of the day before, not at night."""


def due(plugins: Plugins, community: Community) -> Round | None:
    """Prepare to remind the members of what begins tomorrow on their community's calendar."""
    zone = ZoneInfo(community.timezone)
    local = now().astimezone(zone)
    if local.hour < FROM_HOUR:
        return None
    tomorrow = local.date() + timedelta(days=1)
    opened = open_modules(community)
    since, until = _day(tomorrow, zone)

    def remind(member: Member) -> None:
        for item in agenda_of(plugins, opened, member, since, until):
            if since <= item.starts_at < until:
                _remind(member, item, zone)

    return Round(REMINDER.name, tomorrow.toordinal(), now(), remind)


def _day(date_there: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return where a day begins and ends on the clocks of a zone, which may change that night."""
    begins = datetime.combine(date_there, time(), zone)
    return begins, datetime.combine(date_there + timedelta(days=1), time(), zone)


def _remind(member: Member, item: AgendaItem, zone: ZoneInfo) -> None:
    starts, ends = item.starts_at.astimezone(zone), item.ends_at.astimezone(zone)
    notices.notify(
        member,
        REMINDER.name,
        "reminder",
        key=f"{REMINDER.name}:{item.key or item.url}:{item.starts_at.isoformat()}",
        url=item.url,
        what=item.title,
        date=starts.date(),
        starts=starts.time(),
        ends=ends.time() if ends > starts else None,
        place=item.place,
    )
