"""The members by name, a page at a time: a town's worth of them as well as a village's."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from freeco.cells import plain
from freeco.db import db
from freeco.members.models import Community, Member, Person
from freeco.organisations.models import Organisation


def in_order(community: Community, words: str = "") -> list[int]:
    """Return the ids of the members whose name holds all the words, in the order of a list.

    Names only, not rows: ten thousand of them are read and sorted as people do, accents or not.
    """
    wanted = plain(words).split()
    names = db.session.execute(
        select(Member.id, Person.last_name, Person.first_name, Organisation.name)
        .outerjoin(Person, Member.person_id == Person.id)
        .outerjoin(Organisation, Member.organisation_id == Organisation.id)
        .where(Member.community_id == community.id, Member.left_at.is_(None))
    )
    found = [
        (plain(f"{last or ''} {first or ''} {organisation or ''}"), member_id)
        for member_id, last, first, organisation in names
    ]
    return [member_id for name, member_id in sorted(found) if all(word in name for word in wanted)]


def members_with(ids: Sequence[int]) -> list[Member]:
    """Return these members, in this order."""
    found = db.session.scalars(
        select(Member)
        .where(Member.id.in_(ids))
        .options(selectinload(Member.person), selectinload(Member.organisation))
    )
    place = {member_id: index for index, member_id in enumerate(ids)}
    return sorted(found, key=lambda each: place[each.id])
