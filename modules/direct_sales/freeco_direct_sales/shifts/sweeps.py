"""What is due about shifts: reminders three days before, and gaps on the eve.

The evening before, core reminds of everything on the agenda, shifts with it: one letter is enough.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from freeco.clock import now
from freeco.db import db
from freeco.members.models import Community, Member
from freeco_direct_sales import distributions
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.shifts import notices, planning
from freeco_direct_sales.shifts.models import Shift, ShiftSignup

REMINDED_BEFORE = timedelta(days=3)
FROM_HOUR = time(9)
"""Not at night."""
TOO_LATE = timedelta(days=1)
"""From then on core's own reminder says it."""
EVE = time(18)
"""When a place still free becomes the coordinator's affair."""


def remind_due(community: Community) -> None:
    """Remind those on duty in three days; late or twice is harmless."""
    zone = ZoneInfo(community.timezone)
    local = now().astimezone(zone)
    if local.time() < FROM_HOUR:
        return
    until = datetime.combine(local.date() + REMINDED_BEFORE + timedelta(days=1), time(), zone)
    since = datetime.combine(local.date() + TOO_LATE, time(), zone)
    for signup in db.session.scalars(
        select(ShiftSignup)
        .join(ShiftSignup.shift)
        .join(Distribution, Distribution.id == Shift.distribution_id)
        .join(Member, Member.id == ShiftSignup.member_id)
        .where(
            Distribution.community_id == community.id,
            ShiftSignup.withdrawn_at.is_(None),
            # Whoever signed up within these days knows.
            ShiftSignup.signed_at < until - REMINDED_BEFORE - timedelta(days=1),
            Member.left_at.is_(None),
            Shift.starts_at >= since,
            Shift.starts_at < until,
        )
        .options(contains_eager(ShiftSignup.shift))
        .order_by(ShiftSignup.id)
    ).all():
        notices.remind(signup)


def gaps_due(community: Community) -> None:
    """Tell the coordinators who is missing from the eve of a distribution until it begins."""
    for distribution in distributions.distributions_of(
        community, since=now(), until=now() + timedelta(days=2)
    ):
        tell_gaps(distribution)


def tell_gaps(distribution: Distribution) -> None:
    """Tell the coordinators what is still free, if it is the eve already."""
    since = deadline(distribution)
    if not since <= now() < distribution.ends_at:
        return
    shifts = planning.shifts_of(distribution)
    gaps = [each for each in shifts if each.free and each.ends_at > now()]
    if gaps:
        late = [
            signup
            for shift in shifts
            for signup in shift.signups
            if signup.withdrawn_at is not None and signup.withdrawn_at >= since
        ]
        notices.tell_gaps(distribution, gaps, len(late))


def deadline(distribution: Distribution) -> datetime:
    """Return six in the evening of the day before, where it takes place."""
    zone = ZoneInfo(distribution.community.timezone)
    return datetime.combine(local_day(distribution) - timedelta(days=1), EVE, zone)
