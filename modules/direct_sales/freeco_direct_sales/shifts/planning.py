"""Preparing shifts: the roles, how many of each at which distributions, how many per household."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from freeco.clock import now, today
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Community, Member
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.shifts.errors import PlacesTaken, SameRole, SeasonsOverlap
from freeco_direct_sales.shifts.models import Shift, ShiftRole, ShiftSeason, ShiftSignup

ONCE = 60
"""Distributions prepared in one form: a year of them and some more."""


@dataclass(frozen=True)
class Need:
    """How many people a role needs, and when, on the clock of the place."""

    places: int
    starts: time
    ends: time


def roles_of(community: Community) -> Sequence[ShiftRole]:
    """Return the roles proposed today, in the order they were written."""
    return db.session.scalars(
        select(ShiftRole)
        .where(ShiftRole.community_id == community.id, ShiftRole.retired_at.is_(None))
        .order_by(ShiftRole.id)
    ).all()


def find_role(community: Community, role_id: int) -> ShiftRole:
    """Return a role of this community; raise Absent for another's."""
    role = db.session.get(ShiftRole, role_id)
    if role is None or role.community_id != community.id:
        raise Absent
    return role


def add_role(community: Community, name: str, explanation: str = "") -> ShiftRole:
    """Add a role, or propose a retired one again. Raises SameRole."""
    lock(community)
    role = db.session.scalar(
        select(ShiftRole).where(ShiftRole.community_id == community.id, ShiftRole.name == name)
    )
    if role is None:
        role = ShiftRole(community=community, name=name, explanation=explanation)
        db.session.add(role)
    elif role.retired_at is None:
        raise SameRole
    else:
        role.retired_at, role.explanation = None, explanation
    db.session.flush()
    return role


def retire_role(role: ShiftRole) -> None:
    """Propose a role no more; what people signed up for stays."""
    role.retired_at = role.retired_at or now()


def seasons_of(community: Community) -> Sequence[ShiftSeason]:
    """Return the seasons of shifts, the latest first."""
    return db.session.scalars(
        select(ShiftSeason)
        .where(ShiftSeason.community_id == community.id)
        .order_by(ShiftSeason.starts_on.desc())
    ).all()


def season_at(community: Community, day: date | None = None) -> ShiftSeason | None:
    """Return the season a day belongs to, today's unless said."""
    day = day or today(community.timezone)
    return db.session.scalar(
        select(ShiftSeason).where(
            ShiftSeason.community_id == community.id,
            ShiftSeason.starts_on <= day,
            ShiftSeason.ends_on >= day,
        )
    )


def set_season(community: Community, starts_on: date, ends_on: date, quota: int) -> ShiftSeason:
    """Say how many shifts a household does between two days; the same days again correct it.

    Raises SeasonsOverlap.
    """
    lock(community)
    for each in seasons_of(community):
        if (each.starts_on, each.ends_on) == (starts_on, ends_on):
            each.quota = quota
            return each
        if each.starts_on <= ends_on and starts_on <= each.ends_on:
            if each.starts_on != starts_on:
                raise SeasonsOverlap
            each.ends_on, each.quota = ends_on, quota  # the same season, longer or shorter
            db.session.flush()
            return each
    season = ShiftSeason(community=community, starts_on=starts_on, ends_on=ends_on, quota=quota)
    db.session.add(season)
    db.session.flush()
    return season


def shifts_query(distributions: Iterable[int]) -> Sequence[Shift]:
    """Return the shifts of some distributions with who is on duty, in four queries."""
    return db.session.scalars(
        select(Shift)
        .where(Shift.distribution_id.in_(list(distributions)))
        .options(
            joinedload(Shift.role),
            joinedload(Shift.distribution),
            selectinload(Shift.signups)
            .joinedload(ShiftSignup.member)
            .options(joinedload(Member.person), joinedload(Member.organisation)),
        )
        .order_by(Shift.starts_at, Shift.role_id)
        .execution_options(populate_existing=True)
    ).all()


def shifts_of(distribution: Distribution) -> Sequence[Shift]:
    """Return what there is to do at a distribution, by hour."""
    return [each for each in shifts_query([distribution.id]) if each.places or each.on_duty]


def find_shift(community: Community, shift_id: int) -> Shift:
    """Return a shift of this community; raise Absent for another's."""
    shift = db.session.get(Shift, shift_id)
    if shift is None or shift.distribution.community_id != community.id:
        raise Absent
    return shift


def set_shifts(distribution: Distribution, needs: dict[ShiftRole, Need]) -> list[Shift]:
    """Say who is needed at a distribution; return the shifts whose hours moved under somebody.

    A role that is not named is left as it is; no places takes it away. Raises PlacesTaken.
    """
    lock(distribution)
    present = {each.role_id: each for each in shifts_query([distribution.id])}
    moved = []
    for role, need in needs.items():
        shift = present.get(role.id)
        starts_at, ends_at = _at(distribution, need.starts), _at(distribution, need.ends)
        if shift is None:
            if need.places:
                db.session.add(
                    Shift(
                        distribution=distribution,
                        role=role,
                        starts_at=starts_at,
                        ends_at=ends_at,
                        places=need.places,
                    )
                )
            continue
        lock(shift)
        if need.places < len(shift.on_duty):
            raise PlacesTaken
        shift.places = need.places
        if (shift.starts_at, shift.ends_at) != (starts_at, ends_at):
            shift.starts_at, shift.ends_at = starts_at, ends_at
            shift.changes, shift.changed_at = shift.changes + 1, now()
            if shift.on_duty:
                moved.append(shift)
    db.session.flush()
    return moved


def _at(distribution: Distribution, hour: time) -> datetime:
    zone = ZoneInfo(distribution.community.timezone)
    return datetime.combine(local_day(distribution), hour, zone)


def needs_of(distribution: Distribution) -> dict[int, Need]:
    """Return what a distribution needs by role id, to begin another one's form with."""
    zone = ZoneInfo(distribution.community.timezone)
    return {
        each.role_id: Need(
            each.places,
            each.starts_at.astimezone(zone).time(),
            each.ends_at.astimezone(zone).time(),
        )
        for each in shifts_of(distribution)
    }


def latest_prepared(community: Community) -> Distribution | None:
    """Return the last distribution that has shifts: what the next form begins with."""
    return db.session.scalar(
        select(Distribution)
        .join(Shift, Shift.distribution_id == Distribution.id)
        .where(Distribution.community_id == community.id)
        .order_by(Distribution.starts_at.desc())
        .limit(1)
    )


def prepared_among(distributions: Iterable[int]) -> dict[int, int]:
    """Return how many places each of these distributions has."""
    rows = db.session.execute(
        select(Shift.distribution_id, func.sum(Shift.places))
        .where(Shift.distribution_id.in_(list(distributions)))
        .group_by(Shift.distribution_id)
    )
    return {distribution_id: int(many or 0) for distribution_id, many in rows}
