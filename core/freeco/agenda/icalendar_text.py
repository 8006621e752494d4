"""An agenda as iCalendar (RFC 5545, and RFC 7986 for its name and how often to read it)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDuration

from freeco.i18n import said
from freeco.members.models import Community
from freeco.module import AgendaItem

READ_EVERY = timedelta(hours=6)


def write(
    community: Community,
    items: Sequence[AgendaItem],
    site: str,
    announced_at: datetime,
    *,
    public: bool = False,
) -> bytes:
    """Write the items as a calendar in the community's zone; the same items give the same bytes.

    ``site`` is the address of the site, without a slash at the end. ``announced_at`` stamps what
    its module does not date: the instant of reading would make every answer look new. ``public``
    says that anybody may read it.
    """
    zone = ZoneInfo(community.timezone)
    calendar = Calendar()
    calendar.add("prodid", "-//Freeco//Agenda//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    name = said("Agenda, %(community)s", community=community.name)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", community.timezone)
    calendar.add("refresh-interval", vDuration(READ_EVERY), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(READ_EVERY))
    for item in items:
        event = _event(item, zone, community, site, announced_at)
        event.add("class", "PUBLIC" if public else "PRIVATE")
        calendar.add_component(event)
    if items:
        calendar.add_missing_timezones(
            first_date=min(each.starts_at for each in items).date() - timedelta(days=366),
            last_date=max(each.ends_at for each in items).date() + timedelta(days=366),
        )
    content: bytes = calendar.to_ical()
    return content


def _event(
    item: AgendaItem, zone: ZoneInfo, community: Community, site: str, announced_at: datetime
) -> Event:
    event = Event()
    address = f"{site}{item.url}"
    event.add("uid", uid(item, community, site))
    event.add("dtstamp", item.changed_at or announced_at)
    if item.changed_at is not None:
        event.add("last-modified", item.changed_at)
    event.add("sequence", item.changes)
    event.add("dtstart", item.starts_at.astimezone(zone))
    event.add("dtend", item.ends_at.astimezone(zone))
    event.add("summary", str(item.title))
    if item.place:
        event.add("location", item.place)
    event.add("url", address)
    event.add("description", said("Pour en savoir plus : %(address)s", address=address))
    return event


def uid(item: AgendaItem, community: Community, site: str) -> str:
    """Return the name of an event for good: the same at each reading, whatever its hour."""
    key = item.key or f"{item.url} {item.starts_at.isoformat()}"
    name = sha256(f"{community.id} {key}".encode()).hexdigest()[:32]
    return f"{name}@{urlsplit(site).hostname or 'freeco'}"
