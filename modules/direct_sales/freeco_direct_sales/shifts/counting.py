"""Who has done how many shifts: facts, without points or ranks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import counted, said
from freeco.members.models import Household, HouseholdMember, Member
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.shifts import planning
from freeco_direct_sales.shifts.models import Shift, ShiftSeason, ShiftSignup


@dataclass(frozen=True)
class Tally:
    """How a household stands in a season."""

    done: int = 0
    planned: int = 0
    missed: int = 0
    quota: int = 0

    @property
    def left(self) -> int:
        """How many are neither done nor planned yet."""
        return max(0, self.quota - self.done - self.planned)


@dataclass(frozen=True)
class TallyRow:
    """A line of the coordinator's table."""

    household: str
    tally: Tally


def _bounds(season: ShiftSeason) -> tuple[datetime, datetime]:
    zone = ZoneInfo(season.community.timezone)
    ends = season.ends_on + timedelta(days=1)
    return (
        datetime.combine(season.starts_on, time(), zone),
        datetime.combine(ends, time(), zone),
    )


def tallies(season: ShiftSeason, household: Household | None = None) -> dict[int, Tally]:
    """Return how households stand, by household id; those who did nothing are left out."""
    since, until = _bounds(season)
    present = ShiftSignup.missed_at.is_(None)
    over = Shift.ends_at <= now()
    query = (
        select(
            ShiftSignup.household_id,
            func.sum(case((and_(present, over), 1), else_=0)),
            func.sum(case((and_(present, ~over), 1), else_=0)),
            func.sum(case((present, 0), else_=1)),
        )
        .join(Shift, Shift.id == ShiftSignup.shift_id)
        .join(Distribution, Distribution.id == Shift.distribution_id)
        .where(
            Distribution.community_id == season.community_id,
            ShiftSignup.withdrawn_at.is_(None),
            Shift.starts_at >= since,
            Shift.starts_at < until,
        )
        .group_by(ShiftSignup.household_id)
    )
    if household is not None:
        query = query.where(ShiftSignup.household_id == household.id)
    return {
        household_id: Tally(int(done), int(planned), int(missed), season.quota)
        for household_id, done, planned, missed in db.session.execute(query)
    }


def tally_of(household: Household | None, season: ShiftSeason | None) -> Tally | None:
    """Return how a household stands in a season; None when nothing is asked of anybody."""
    if season is None:
        return None
    nothing = Tally(quota=season.quota)
    return nothing if household is None else tallies(season, household).get(household.id, nothing)


def table(season: ShiftSeason) -> list[TallyRow]:
    """Return every household of the community and how it stands, in order of name."""
    known = tallies(season)
    present = db.session.execute(
        select(Household.id, Household.name)
        .join(HouseholdMember, HouseholdMember.household_id == Household.id)
        .join(Member, Member.id == HouseholdMember.member_id)
        .where(Household.community_id == season.community_id, Member.left_at.is_(None))
        .distinct()
    )
    rows = [
        TallyRow(name, known.get(household_id, Tally(quota=season.quota)))
        for household_id, name in present
    ]
    return sorted(rows, key=lambda each: each.household.casefold())


def people_to_ask(shift: Shift, without: Member | None = None) -> Sequence[Member]:
    """Return who could stand in: those who still owe shifts and are not there that day.

    When everybody has done theirs, or nobody counts, all who are not there are asked.
    """
    community = shift.distribution.community
    there = {
        each.household_id
        for other in planning.shifts_of(shift.distribution)
        for each in other.on_duty
    }
    rows = db.session.execute(
        select(Member, HouseholdMember.household_id)
        .outerjoin(HouseholdMember, HouseholdMember.member_id == Member.id)
        .where(
            Member.community_id == community.id,
            Member.left_at.is_(None),
            Member.person_id.is_not(None),
        )
        .order_by(Member.id)
    ).all()
    free = [
        (member, household_id)
        for member, household_id in rows
        if household_id not in there and (without is None or member.id != without.id)
    ]
    season = planning.season_at(community, shift.starts_at.date())
    if season is None:
        return [member for member, _household in free]
    known = tallies(season)
    nothing = Tally(quota=season.quota)
    owing = [member for member, each in free if known.get(each or 0, nothing).left]
    return owing or [member for member, _household in free]


def on_duty_text(distribution: Distribution) -> str:
    """Write who is on duty for the printed sheet; nothing when nobody is asked for."""
    parts = []
    for shift in planning.shifts_of(distribution):
        names = [each.member.name for each in shift.on_duty]
        if shift.free:
            names.append(counted("%(num)s place libre", "%(num)s places libres", shift.free))
        parts.append(said("%(role)s : %(names)s", role=shift.role.name, names=", ".join(names)))
    return said("De permanence. %(what)s", what=" · ".join(parts)) if parts else ""
