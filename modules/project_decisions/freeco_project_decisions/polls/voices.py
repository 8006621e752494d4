"""Who votes for an organisation: the person it named, else who speaks for it by their role."""

from collections.abc import Sequence

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent, NotAllowed
from freeco.members import membership
from freeco.members.models import Community, Member
from freeco.organisations.services import members_with_role
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls.voice_models import Voice

ROLES = ("coordinator", "treasurer", "secretary")
"""The roles through which an organisation speaks when it named nobody, in this order."""


def voice_of(organisation: Member) -> Member | None:
    """Return who votes for an organisation in the polls that open from now on."""
    named = db.session.scalar(select(Voice).where(Voice.member_id == organisation.id))
    if named is not None and named.voice.left_at is None:
        return named.voice
    for role in ROLES:
        holders = members_with_role(organisation, role)
        if holders:
            return holders[0]
    return None


def organisations(community: Community, reader: Member) -> Sequence[Member]:
    """Return the organisations for which a member may name who votes."""
    found = db.session.scalars(
        select(Member)
        .where(
            Member.community_id == community.id,
            Member.left_at.is_(None),
            Member.organisation_id.is_not(None),
        )
        .order_by(Member.id)
    ).all()
    if membership.holds(reader, PREPARE.name):
        return found
    return [each for each in found if _acts_for(reader, each)]


def _acts_for(person: Member, organisation: Member) -> bool:
    return person.id in [each.id for each in members_with_role(organisation)]


def name_voice(organisation: Member, voice: Member, by: Member) -> None:
    """Name who votes for an organisation; polls that are open keep the voice they have.

    Raises NotAllowed for who holds no role in it, and Absent for a voice that is no person here.
    """
    lock(organisation)
    if organisation.organisation_id is None or organisation.community_id != by.community_id:
        raise Absent
    if not (_acts_for(by, organisation) or membership.holds(by, PREPARE.name)):
        raise NotAllowed
    here = voice.community_id == organisation.community_id and voice.left_at is None
    if voice.person_id is None or not here:
        raise Absent
    named = db.session.scalar(select(Voice).where(Voice.member_id == organisation.id))
    if named is None:
        db.session.add(Voice(member=organisation, voice=voice))
    else:
        named.voice, named.named_at = voice, now()
    db.session.flush()
