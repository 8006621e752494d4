"""Households: people who share one table."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.db import db, lock
from freeco.errors import Absent, Refusal
from freeco.i18n import _
from freeco.members.models import Household, HouseholdMember, Member
from freeco.members.ties import HasTies
from freeco.plugins import Plugins


class SharesAnotherTable(Refusal):
    """A member belongs to one household of a community."""

    reason = _("Cette personne partage déjà un autre foyer. Elle doit d’abord le quitter.")


class NameMissing(Refusal):
    """A household needs a name that people recognise on a list."""

    reason = _("Un foyer porte un nom, de 80 caractères au plus.")


LONGEST_NAME = 80


def find_household(member: Member) -> Household | None:
    """Return the member's household if there is one already; writes nothing."""
    return db.session.scalar(
        select(Household)
        .join(HouseholdMember, HouseholdMember.household_id == Household.id)
        .where(HouseholdMember.member_id == member.id)
    )


def household_of(member: Member) -> Household:
    """Return the member's household, created at its first need under the member's name."""
    # Locked: two pages may need it for the first time at once.
    lock(member)
    household = find_household(member)
    if household is None:
        household = Household(community=member.community, name=member.name)
        db.session.add(HouseholdMember(household=household, member=member))
        db.session.flush()
    return household


def people_of(household: Household) -> list[Member]:
    """Return who shares the household today, in order of arrival."""
    return list(
        db.session.scalars(
            select(Member)
            .join(HouseholdMember, HouseholdMember.member_id == Member.id)
            .where(HouseholdMember.household_id == household.id, Member.left_at.is_(None))
            .order_by(HouseholdMember.id)
        )
    )


def people_of_each(household_ids: Iterable[int]) -> dict[int, list[Member]]:
    """Return who shares each of these households today, by id, in order of arrival; one query."""
    found: dict[int, list[Member]] = {each: [] for each in household_ids}
    rows = db.session.execute(
        select(HouseholdMember.household_id, Member)
        .join(Member, Member.id == HouseholdMember.member_id)
        .where(HouseholdMember.household_id.in_(found), Member.left_at.is_(None))
        .options(joinedload(Member.person))
        .order_by(HouseholdMember.id)
    )
    for household_id, member in rows:
        found[household_id].append(member)
    return found


def rename(household: Household, name: str) -> None:
    """Give the household the name its people want on the lists. Raises NameMissing."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise NameMissing
    household.name = name


def add_to_household(plugins: Plugins, household: Household, member: Member) -> None:
    """Let a member share the household, leaving an empty table behind if there was one.

    Raises SharesAnotherTable, or HasTies when their own table still has something on it.
    """
    if member.community_id != household.community_id or member.left_at is not None:
        raise Absent
    lock(member)
    present = find_household(member)
    if present is household:
        return
    if present is not None:
        if len(people_of(present)) > 1:
            raise SharesAnotherTable
        leave_household(plugins, member)
    db.session.add(HouseholdMember(household=household, member=member))
    db.session.flush()


def leave_household(plugins: Plugins, member: Member) -> None:
    """Leave the household; the last one there settles what is under way first (HasTies)."""
    household = find_household(member)
    if household is None:
        return
    if len(people_of(household)) <= 1:
        # Only what stands on this table: persons served and organisations go along.
        ties = plugins.leaving(member)
        if ties:
            raise HasTies(ties)
    _take_place_away(household, member)


def leave_shared_household(member: Member) -> None:
    """Give the place up when others stay; who lived alone finds the household when back."""
    household = find_household(member)
    if household is not None and people_of(household) not in ([], [member]):
        _take_place_away(household, member)


def _take_place_away(household: Household, member: Member) -> None:
    place = db.session.scalars(
        select(HouseholdMember).where(HouseholdMember.member_id == member.id)
    ).one()
    db.session.delete(place)
    db.session.flush()
    db.session.expire(household, ["people"])
    stay = people_of(household)
    if stay and household.name == member.name:
        household.name = stay[0].name
