"""What is told by phone: to people without e-mail who agreed, by the one who serves them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.membership import permissions_of
from freeco.members.models import STEWARD, Community, Member, Person
from freeco.notifications import choices
from freeco.notifications.models import Notice

KEPT = timedelta(days=15)
"""What nobody said within two weeks is no longer news."""
SHOWN_AFTER = timedelta(days=2)
"""What was said stays in view that long, to be undone."""


@dataclass(frozen=True)
class Call:
    """One person to phone, and what to tell them."""

    member: Member
    phone: str
    caller: str
    notices: list[Notice] = field(default_factory=list)


def may_see(community: Community, viewer: Member) -> bool:
    """Whether somebody has people to phone here: who serves one, and the stewards."""
    return STEWARD in permissions_of(viewer) or bool(_people(community, viewer))


def calls(community: Community, viewer: Member) -> list[Call]:
    """Return whom this member may phone: those they serve, or everybody for a steward."""
    everybody = STEWARD in permissions_of(viewer)
    found = []
    for member in _people(community, None if everybody else viewer):
        person = member.person
        if person is None or not choices.agrees(member, "phone"):
            continue
        caller = person.proxy.name if person.proxy is not None else ""
        found.append(Call(member, person.phone, caller, _to_tell(member)))
    return found


def tell(community: Community, viewer: Member, notice_id: int, *, said: bool) -> Notice:
    """Note that something was said, or take it back; twice is once. Raises Absent if not theirs."""
    notice = db.session.get(Notice, notice_id)
    mine = {call.member.id for call in calls(community, viewer)}
    if notice is None or notice.member_id not in mine:
        raise Absent
    lock(notice)
    if said != (notice.said_at is not None):
        notice.said_at = now() if said else None
        notice.said_by_id = viewer.id if said else None
    return notice


def _people(community: Community, server: Member | None) -> Sequence[Member]:
    query = (
        select(Member)
        .join(Person, Person.id == Member.person_id)
        .where(
            Member.community_id == community.id,
            Member.left_at.is_(None),
            Person.email.is_(None),
            Person.erased_at.is_(None),
        )
        .order_by(Person.last_name, Person.first_name, Member.id)
    )
    if server is not None:
        query = query.where(Person.proxy_id == server.person_id)
    return db.session.scalars(query).all()


def _to_tell(member: Member) -> list[Notice]:
    found = db.session.scalars(
        select(Notice)
        .where(Notice.member_id == member.id, Notice.created_at > now() - KEPT)
        .order_by(Notice.created_at, Notice.id)
    )
    return [
        notice
        for notice in found
        if (notice.said_at is None or notice.said_at > now() - SHOWN_AFTER)
        and choices.wants(member, notice.topic)
    ]
