"""Codes: what a public value of the record may be made of."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from freeco.members.models import Community

LONGEST = 200
NOT_A_CODE = re.compile(r"[^A-Za-z0-9.:_+/=-]+")


def as_code(words: str) -> str:
    """Write what is nearly a code, such as the version of a charter, as one."""
    return NOT_A_CODE.sub("-", words)[:LONGEST]


def local_day(community: Community, instant: datetime) -> date:
    """Return the day of an aware instant where the community lives."""
    return instant.astimezone(ZoneInfo(community.timezone)).date()
