"""Contact data: hidden until two members have agreed on something."""

from dataclasses import dataclass

from sqlalchemy import and_, delete, or_, select

from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.households import find_household, people_of
from freeco.members.models import Agreement, Member, Person
from freeco.members.proxies import members_served_by
from freeco.organisations.models import Organisation
from freeco.organisations.services import acting_for, members_with_role


@dataclass(frozen=True)
class Contact:
    """How to reach a member."""

    name: str
    email: str
    phone: str
    address: str
    postal_code: str
    commune: str
    people: tuple["Contact", ...] = ()
    """Who answers: for an organisation, or for a person without e-mail. No home addresses."""


def agree(one: Member, other: Member, about: str) -> Agreement:
    """Note that two members agreed on something (``module:kind:id``); once is enough.

    From then on each may see how to reach the other. Raises Absent across communities.
    """
    if one.community_id != other.community_id or one is other:
        raise Absent
    first, second = sorted((one, other), key=lambda member: member.id)
    # Locked, so that both may say yes at the same instant.
    lock(first)
    found = db.session.scalar(
        select(Agreement).where(
            Agreement.one_id == first.id,
            Agreement.other_id == second.id,
            Agreement.about == about,
        )
    )
    if found is not None:
        return found
    agreement = Agreement(one=first, other=second, about=about)
    db.session.add(agreement)
    db.session.flush()
    return agreement


def withdraw_agreements(member: Member, about: str) -> None:
    """Take back what a member agreed on about one thing, whoever with; twice is harmless."""
    db.session.execute(
        delete(Agreement).where(
            or_(Agreement.one_id == member.id, Agreement.other_id == member.id),
            Agreement.about == about,
        )
    )


def contact(viewer: Member, other: Member) -> Contact | None:
    """Return how to reach a member, or None while nothing has been agreed.

    One sees oneself, one's household, and the persons and organisations one acts for. An
    agreement made by any of those counts: it was made at the same table, or in their name.
    """
    if viewer.community_id != other.community_id:
        return None
    if viewer.left_at is not None or other.left_at is not None:
        return None
    own = _own_side(viewer)
    if other not in own and not _have_agreed(own, other):
        return None
    return _contact_of(other)


def _own_side(viewer: Member) -> list[Member]:
    side = [viewer, *acting_for(viewer)]
    household = find_household(viewer)
    if household is not None:
        side += people_of(household)
    if viewer.person is not None:
        side += members_served_by(viewer.person, viewer.community)
    return side


def _have_agreed(own: list[Member], other: Member) -> bool:
    ids = [member.id for member in own]
    return (
        db.session.scalar(
            select(Agreement.id)
            .where(
                or_(
                    and_(Agreement.one_id.in_(ids), Agreement.other_id == other.id),
                    and_(Agreement.other_id.in_(ids), Agreement.one_id == other.id),
                )
            )
            .limit(1)
        )
        is not None
    )


def _contact_of(member: Member) -> Contact | None:
    if member.organisation is not None:
        people = tuple(
            _answering(each.person) for each in members_with_role(member) if each.person is not None
        )
        return _of_organisation(member.organisation, people)
    person = member.person
    if person is None or person.erased_at is not None:
        return None
    return Contact(
        person.name,
        person.email or "",
        person.phone,
        person.address,
        person.postal_code,
        person.commune,
        (_answering(person.proxy),) if person.proxy is not None else (),
    )


def _of_organisation(organisation: Organisation, people: tuple[Contact, ...]) -> Contact:
    return Contact(
        organisation.name,
        "",
        "",
        organisation.address,
        organisation.postal_code,
        organisation.commune,
        people,
    )


def _answering(person: Person) -> Contact:
    return Contact(person.name, person.email or "", person.phone, "", "", "")
