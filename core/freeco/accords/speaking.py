"""Who gives the word of a member: the person, their proxy, who may bind an organisation."""

from freeco.members.models import Member, Person
from freeco.members.proxies import may_act_for
from freeco.organisations.models import Role
from freeco.organisations.services import holds_role
from freeco.record.reading import speaking_for

BINDING = (Role.COORDINATOR, Role.TREASURER, Role.PRODUCER)
"""Who commits an organisation; its secretary reads its accords, and signs none."""


def speaks_for(person: Person, member: Member) -> bool:
    """Whether a person gives this member's word."""
    if not may_act_for(person, member):
        return False
    return member.organisation_id is None or holds_role(member, person.id, *BINDING)


def voices_of(member: Member, person: Person) -> list[Member]:
    """Return those in whose name somebody who reads as this member may give their word."""
    return [each for each in speaking_for(member) if speaks_for(person, each)]
