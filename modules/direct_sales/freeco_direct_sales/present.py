"""The households of today: whom an order, a basket or half a place may be for."""

from collections.abc import Sequence

from sqlalchemy import select

from freeco.db import db
from freeco.errors import Absent
from freeco.members.models import Community, Household, HouseholdMember, Member


def households_of(community: Community) -> Sequence[Household]:
    """Return the households of a community in which somebody still lives, by name."""
    lived_in = (
        select(HouseholdMember.household_id)
        .join(Member, Member.id == HouseholdMember.member_id)
        .where(Member.community_id == community.id, Member.left_at.is_(None))
    )
    return db.session.scalars(
        select(Household)
        .where(Household.community_id == community.id, Household.id.in_(lived_in))
        .order_by(Household.name, Household.id)
    ).all()


def find_household(community: Community, household_id: int) -> Household:
    """Return one of them; raise Absent for another community's, or one that is gone."""
    found = db.session.get(Household, household_id)
    if found is None or found.community_id != community.id:
        raise Absent
    if all(each.member.left_at is not None for each in found.people):
        raise Absent
    return found
