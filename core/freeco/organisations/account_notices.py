"""Telling at once that an organisation is paid into another account: it is how money is stolen."""

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import select

from freeco.clock import now
from freeco.db import db
from freeco.members.membership import holding
from freeco.members.models import TREASURER, Member
from freeco.notifications.notices import notify
from freeco.notifications.topics import ACCOUNT
from freeco.organisations.models import Organisation, Role
from freeco.organisations.services import members_with_role

SHOWN = 4
"""How many of its last signs tell one account from another without giving it away."""


def tell_of_change(
    organisation: Organisation, before: str, after: str, by: Member, roles: tuple[Role, ...]
) -> None:
    """Tell who keeps its money, and the treasurers who pass money on to it, but not who did it.

    ``roles`` are those that keep its money. Each person is told once, where they are a member;
    in the community where it was done first.
    """
    at = now()
    told = {by.person_id}
    for seat in _seats(organisation, by):
        keepers = members_with_role(seat, *roles)
        for member in dict.fromkeys([*keepers, *holding(seat.community, TREASURER)]):
            if member.person_id in told:
                continue
            told.add(member.person_id)
            page = "billing.page" if member in keepers else "organisations.page"
            notify(
                member,
                ACCOUNT.name,
                "account_changed",
                key=f"{ACCOUNT.name}:{organisation.id}:{at.isoformat()}",
                url=url_for(page, community=seat.community.slug, member_id=seat.id),
                organisation=organisation.name,
                who=by.name,
                at=at,
                before=before[-SHOWN:],
                after=after[-SHOWN:],
                keeps=member in keepers,
            )


def _seats(organisation: Organisation, by: Member) -> Iterator[Member]:
    query = select(Member).where(
        Member.organisation_id == organisation.id, Member.left_at.is_(None)
    )
    found = db.session.scalars(query.order_by(Member.id))
    yield from sorted(found, key=lambda each: each.community_id != by.community_id)
