"""Assemblies as members meet them: those that come, those that are over."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.db import db
from freeco.errors import Absent
from freeco.members import membership
from freeco.members.models import Community, Member
from freeco_project_decisions.assembly.models import (
    Assembly,
    AssemblyItem,
    AssemblyState,
    Minutes,
)
from freeco_project_decisions.polls.models import Decision, Poll, PollState, Secrecy

SHOWN = (
    AssemblyState.CALLED,
    AssemblyState.OPEN,
    AssemblyState.CLOSED,
    AssemblyState.CANCELLED,
)
"""What members see; a draft is for who prepares it."""


def by_state(community: Community, *states: str) -> Sequence[Assembly]:
    """Return a community's assemblies in some states, the next first."""
    return db.session.scalars(
        select(Assembly)
        .where(Assembly.community_id == community.id, Assembly.state.in_(states))
        .order_by(Assembly.starts_at, Assembly.id)
    ).all()


def between(community: Community, since: datetime, until: datetime) -> Sequence[Assembly]:
    """Return the assemblies that take place in a time, the called ones only."""
    return db.session.scalars(
        select(Assembly)
        .where(
            Assembly.community_id == community.id,
            Assembly.state.in_((AssemblyState.CALLED, AssemblyState.OPEN, AssemblyState.CLOSED)),
            Assembly.starts_at >= since,
            Assembly.starts_at < until,
        )
        .order_by(Assembly.starts_at)
    ).all()


def minutes_of(assemblies: Sequence[Assembly]) -> Mapping[int, Minutes]:
    """Return the minutes of some assemblies, by the assembly's number."""
    found = db.session.scalars(
        select(Minutes).where(Minutes.assembly_id.in_([each.id for each in assemblies]))
    )
    return {each.assembly_id: each for each in found}


def free_drafts(community: Community, item: AssemblyItem | None = None) -> Sequence[Poll]:
    """Return the drafts of polls, and the secret ones that are open, of no other item."""
    taken = select(AssemblyItem.poll_id).where(AssemblyItem.poll_id.is_not(None))
    if item is not None:
        taken = taken.where(AssemblyItem.id != item.id)
    return db.session.scalars(
        select(Poll)
        .where(
            Poll.community_id == community.id,
            (Poll.state == PollState.DRAFT)
            | (Poll.state == PollState.OPEN) & (Poll.secrecy != Secrecy.OPEN),
            Poll.id.not_in(taken),
        )
        .order_by(Poll.id)
    ).all()


def persons(community: Community) -> list[Member]:
    """Return the persons who are members, by last name."""
    return [each for each in membership.members_of(community) if each.person_id is not None]


def find_person(community: Community, member_id: int | None) -> Member | None:
    """Return a person who is a member; none for nobody. Raises Absent for another's."""
    if member_id is None:
        return None
    found = membership.find_member(community, member_id)
    if found.person_id is None or found.left_at is not None:
        raise Absent
    return found


def without_email(community: Community) -> list[Member]:
    """Return the persons whom no e-mail reaches: their convocation is posted."""
    return [each for each in persons(community) if each.person and not each.person.email]


def item_of(poll: Poll) -> AssemblyItem | None:
    """Return the item of an assembly that puts a poll to the vote."""
    return db.session.scalar(select(AssemblyItem).where(AssemblyItem.poll_id == poll.id))


def decisions_between(
    community: Community, since: datetime | None, until: datetime | None
) -> Sequence[Decision]:
    """Return the register of decisions over some time, by number."""
    query = select(Decision).where(Decision.community_id == community.id)
    if since is not None:
        query = query.where(Decision.decided_at >= since)
    if until is not None:
        query = query.where(Decision.decided_at < until)
    return db.session.scalars(
        query.options(joinedload(Decision.poll)).order_by(Decision.number)
    ).all()
