"""Passing a charge on: the newcomer has it at once, who leaves gives it back on a day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.clock import now, today
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.i18n import _
from freeco.members import membership
from freeco.members.membership import LastSteward
from freeco.members.models import STEWARD, TREASURER, Community, Member
from freeco.module import Text
from freeco_direct_sales.handover.errors import NotYours, ToOneself
from freeco_direct_sales.handover.models import HandingOver
from freeco_direct_sales.permissions import COORDINATE

PASSED: dict[str, Text] = {
    COORDINATE.name: COORDINATE.label,
    STEWARD: _("Veiller sur la communauté"),
    TREASURER: _("Tenir les paiements"),
}
"""The charges that go along when the season changes hands."""


def own(member: Member) -> list[tuple[str, Text]]:
    """Return the charges that a member could pass on."""
    held = membership.permissions_of(member)
    return [(name, label) for name, label in PASSED.items() if name in held]


def hand_over(
    by: Member, newcomer: Member, charges: Sequence[str], gives_back_on: date
) -> list[HandingOver]:
    """Give charges to a newcomer now, and give one's own back on a day; twice is once.

    Raises ToOneself, NotYours, Absent.
    """
    lock(by.community)
    if newcomer.community_id != by.community_id or newcomer.left_at is not None:
        raise Absent
    if newcomer is by:
        raise ToOneself
    held = membership.permissions_of(by)
    standing = {each.permission: each for each in standing_of(by)}
    found = []
    for name in dict.fromkeys(charges):
        if name not in PASSED or name not in held:
            raise NotYours
        membership.grant(newcomer, name)
        row = standing.get(name)
        if row is None:
            row = HandingOver(
                community=by.community,
                from_member=by,
                to_member=newcomer,
                permission=name,
                gives_back_on=gives_back_on,
            )
            db.session.add(row)
        row.to_member, row.gives_back_on = newcomer, gives_back_on
        found.append(row)
    db.session.flush()
    return found


def keep(by: Member, handing_id: int) -> None:
    """Keep one's charge after all; the newcomer keeps it too. Twice is harmless. Raises Absent."""
    row = db.session.get(HandingOver, handing_id)
    if row is None or row.from_member_id != by.id:
        raise Absent
    lock(row)
    row.ended_at = row.ended_at or now()


def standing_of(member: Member) -> list[HandingOver]:
    """Return the charges that a member is about to give back."""
    return [each for each in coming(member.community) if each.from_member_id == member.id]


def coming(community: Community) -> list[HandingOver]:
    """Return the charges that somebody is about to give back, the soonest first."""
    return list(
        db.session.scalars(
            select(HandingOver)
            .where(HandingOver.community_id == community.id, HandingOver.ended_at.is_(None))
            .options(
                joinedload(HandingOver.from_member).joinedload(Member.person),
                joinedload(HandingOver.to_member).joinedload(Member.person),
            )
            .order_by(HandingOver.gives_back_on, HandingOver.id)
        )
    )


def give_back_due(community: Community) -> None:
    """Take back what was to be given back by today; late or twice is harmless.

    A charge that its newcomer lost meanwhile stays with who has it: nothing is left to nobody.
    """
    for row in coming(community):
        if row.gives_back_on > today(community.timezone):
            continue
        lock(row)
        taken_over = row.to_member.left_at is None and membership.holds(
            row.to_member, row.permission
        )
        if row.ended_at is not None or not taken_over:
            continue
        try:
            membership.revoke(row.from_member, row.permission)
        except LastSteward:
            continue
        row.ended_at = now()
