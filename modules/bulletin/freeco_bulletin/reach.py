"""Whom a notice reaches, channel by channel; what is not known is said to be unknown."""

from dataclasses import dataclass

from sqlalchemy import select

from freeco.db import db
from freeco.members import membership
from freeco.members.models import Community, HouseholdMember, Member
from freeco.module import Topic
from freeco.notifications import choices, phone_numbers
from freeco_bulletin import wording
from freeco_bulletin.models import BulletinNotice


@dataclass
class Reach:
    """How many members each channel reaches; nobody is added up twice."""

    people: int = 0
    """Persons who are members today."""
    mail: int = 0
    """Who will read it by e-mail, at once or in the weekly letter."""
    weekly: int = 0
    """Of those, who will read it in the weekly letter."""
    refused: int = 0
    """Who has an address and asked not to be told, or whose address takes no mail."""
    by_proxy: int = 0
    """Who has no e-mail, and whose proxy will read it."""
    to_phone: int = 0
    """Who has no e-mail, and a telephone: somebody must call."""
    out_of_reach: int = 0
    """Who has neither e-mail, nor proxy, nor telephone."""
    phones: int = 0
    """Who has a telephone number, for a text message sent by hand."""
    households: int = 0
    households_reached: int = 0
    """With somebody who will read it by e-mail, or through a proxy."""

    @property
    def percent(self) -> int:
        """Of the members' households, rounded down."""
        return 100 * self.households_reached // self.households if self.households else 0


def estimate(notice: BulletinNotice) -> Reach:
    """Count whom a notice would reach if it were published now."""
    found = Reach()
    named = wording.topic(notice)
    topic = next(each for each in wording.TOPICS if each.name == named)
    tables = _tables(notice.community)
    seen: dict[int, bool] = {}
    for member in membership.members_of(notice.community):
        if member.person is None:
            continue
        reached = _count(found, member, topic)
        table = tables.get(member.id, -member.id)
        seen[table] = seen.get(table, False) or reached
    found.households = len(seen)
    found.households_reached = sum(seen.values())
    return found


def _tables(community: Community) -> dict[int, int]:
    """Return the household of each member that shares one."""
    rows = db.session.execute(
        select(HouseholdMember.member_id, HouseholdMember.household_id)
        .join(Member, Member.id == HouseholdMember.member_id)
        .where(Member.community_id == community.id)
    )
    return {each.member_id: each.household_id for each in rows}


def _count(found: Reach, member: Member, topic: Topic) -> bool:
    """Count a member under each channel; return whether the notice will be read."""
    person = member.person
    if person is None:
        return False
    found.people += 1
    phoned = bool(phone_numbers.international(person.phone))
    found.phones += phoned
    reader = choices.reader_of(member)
    if person.email is None and phoned:
        found.to_phone += 1
    if reader is None:
        found.out_of_reach += not phoned
        return False
    rhythm = choices.rhythm_of(member, topic)
    if rhythm == "never" or not choices.takes_mail(reader):
        found.refused += 1
        return False
    if reader.member is member:
        found.mail += 1
        found.weekly += rhythm == "weekly"
    else:
        found.by_proxy += 1
    return True
