"""What the day of a distribution knows about a member, and how it forgets them."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _
from freeco.members.models import Household, Member
from freeco.module import Tie
from freeco_direct_sales.shifts import signing
from freeco_direct_sales.shifts.incident_models import Incident, IncidentAnswer
from freeco_direct_sales.shifts.models import ShiftSignup


def export(member: Member, household: Household | None = None) -> dict[str, Any]:
    """Give a member's shifts, what was told of their baskets, and what they wrote about baskets."""
    signups = db.session.scalars(
        select(ShiftSignup).where(ShiftSignup.member_id == member.id).order_by(ShiftSignup.id)
    ).all()
    reported = db.session.scalars(
        select(Incident).where(_told(member, household)).order_by(Incident.id)
    ).all()
    answers = db.session.scalars(
        select(IncidentAnswer)
        .where(IncidentAnswer.member_id == member.id)
        .order_by(IncidentAnswer.id)
    ).all()
    found: dict[str, Any] = {
        "shifts": [
            {
                "role": each.shift.role.name,
                "starts_at": each.shift.starts_at.isoformat(),
                "signed_at": each.signed_at.isoformat(),
                "withdrawn": each.withdrawn_at is not None,
                "missed": each.missed_at is not None,
            }
            for each in signups
        ],
        "incidents": [
            {
                "producer": each.producer.name,
                "kind": each.kind,
                "words": each.words,
                "reported_at": each.reported_at.isoformat(),
                "state": each.state,
            }
            for each in reported
        ],
        "incident_answers": [
            {"words": each.words, "answered_at": each.answered_at.isoformat()} for each in answers
        ],
    }
    return {name: content for name, content in found.items() if content}


def _told(member: Member, household: Household | None) -> ColumnElement[bool]:
    """Select what a member reported, or a volunteer for their household."""
    return or_(
        Incident.reported_by_id == member.id,
        Incident.household_id == (household.id if household else None),
    )


def ties(member: Member, url: str) -> list[Tie]:
    """Say that somebody is expected on duty."""
    expected = [each for each in signing.signups_of(member) if each.shift.starts_at > now()]
    if not expected:
        return []
    return [Tie(_("Vous êtes attendu à une permanence : dites que vous ne viendrez pas."), url)]


def erase(member: Member, alone: Household | None, forgotten: str) -> None:
    """Free the places to come and forget the words; that somebody came stays, without a name."""
    for signup in signing.signups_of(member):
        if signup.shift.starts_at > now():
            signup.withdrawn_at, signup.offered_to = now(), None
        signup.missed_at = None
    for asked in signing.offered_to(member):
        asked.offered_to = None
    for incident in db.session.scalars(select(Incident).where(_told(member, alone))):
        incident.words = forgotten if incident.words else ""
    for answer in db.session.scalars(
        select(IncidentAnswer).where(IncidentAnswer.member_id == member.id)
    ):
        answer.words = forgotten
