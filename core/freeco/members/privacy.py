"""All that is known about a person, and forgetting them."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select

from freeco.accords import privacy as accords
from freeco.agenda.models import CalendarFeed
from freeco.charter import services as charter
from freeco.clock import now
from freeco.db import db, lock
from freeco.documents import privacy as documents
from freeco.errors import Refusal
from freeco.i18n import _
from freeco.kernel_models import Intention
from freeco.mail.models import OutgoingMail
from freeco.mail.wording import services as wording
from freeco.members import membership
from freeco.members.accounts import end_sessions
from freeco.members.households import find_household, people_of
from freeco.members.models import Agreement, Household, Invitation, Member, Person
from freeco.members.proxies import people_served_by
from freeco.members.ties import HasTies, ties_of
from freeco.notifications import privacy as notifications
from freeco.offline import privacy as offline
from freeco.organisations.models import Organisation, OrganisationRole
from freeco.payments import mandates
from freeco.payments import privacy as payments
from freeco.plugins import Plugins
from freeco.programs import keys
from freeco.record import privacy as record


class ServesSomebody(Refusal):
    """Who acts for others hands the charge over before disappearing."""

    reason = _("Vous agissez pour quelqu’un d’autre : confiez d’abord cette charge à un membre.")


def export(plugins: Plugins, person: Person) -> dict[str, Any]:
    """Return all that is known about a person, ready for JSON, the modules' part included."""
    return {
        "exported_at": now().isoformat(),
        "person": {
            "id": person.id,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
            "phone": person.phone,
            "address": person.address,
            "postal_code": person.postal_code,
            "commune": person.commune,
            "language": person.language,
            "has_password": person.password_hash is not None,
            "created_at": _instant(person.created_at),
            "confirmed_at": _instant(person.confirmed_at),
            "proxy": person.proxy.name if person.proxy is not None else None,
            "serves": [served.name for served in people_served_by(person)],
        },
        "memberships": [_membership(plugins, member) for member in _memberships(person)],
        "roles": _roles(person),
        "invitations": _invitations(person),
        "emails": _emails(person),
    }


def _instant(value: datetime | None) -> str | None:
    return value.isoformat() if value is not None else None


def _memberships(person: Person) -> list[Member]:
    """Return every membership, those that ended too."""
    return list(
        db.session.scalars(select(Member).where(Member.person_id == person.id).order_by(Member.id))
    )


def _membership(plugins: Plugins, member: Member) -> dict[str, Any]:
    household = find_household(member)
    return {
        "community": member.community.name,
        "joined_at": _instant(member.joined_at),
        "left_at": _instant(member.left_at),
        "permissions": sorted(membership.permissions_of(member)),
        "charter": [
            {
                "version": acceptance.text.version,
                "language": acceptance.text.language,
                "sha256": acceptance.text.sha256,
                "accepted_at": _instant(acceptance.accepted_at),
                "by_oneself": acceptance.recorded_by_id == member.person_id,
            }
            for acceptance in charter.acceptances(member)
        ],
        "household": {
            "name": household.name,
            "people": [each.name for each in people_of(household)],
        }
        if household is not None
        else None,
        "would_use": list(
            db.session.scalars(
                select(Intention.module)
                .where(Intention.member_id == member.id)
                .order_by(Intention.module)
            )
        ),
        "agreements": [
            {"about": agreement.about, "agreed_at": _instant(agreement.agreed_at)}
            for agreement in db.session.scalars(
                select(Agreement).where(_of(member)).order_by(Agreement.id)
            )
        ],
        "accords": accords.export(member),
        "calendar_feed_since": _instant(
            db.session.scalar(
                select(CalendarFeed.created_at).where(CalendarFeed.member_id == member.id)
            )
        ),
        "program_keys": keys.export(member),
        "notices": notifications.export(member),
        "letters_written": wording.export(member),
        "offline": offline.export(member),
        "payments": payments.export(member),
        "documents": documents.export(member),
        "record": record.export(member),
        "debit_mandates": mandates.export(household) if household is not None else [],
        "modules": {name: dict(content) for name, content in plugins.export(member).items()},
    }


def _of(member: Member) -> Any:
    return or_(Agreement.one_id == member.id, Agreement.other_id == member.id)


def _roles(person: Person) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Organisation.name, OrganisationRole.role, OrganisationRole.since)
        .join(OrganisationRole, OrganisationRole.organisation_id == Organisation.id)
        .where(OrganisationRole.person_id == person.id)
        .order_by(OrganisationRole.id)
    )
    return [{"organisation": name, "role": role, "since": _instant(at)} for name, role, at in rows]


def _invitations(person: Person) -> list[dict[str, Any]]:
    """Return the invitations one received, and those one sent."""
    rows = db.session.scalars(select(Invitation).where(_about(person)).order_by(Invitation.id))
    return [
        {
            "community": row.community.name,
            "to": row.email,
            "invited_by": row.invited_by.name,
            "sent_at": _instant(row.created_at),
            "accepted_at": _instant(row.accepted_at),
        }
        for row in rows
    ]


def _about(person: Person) -> Any:
    return or_(
        Invitation.claimed_by_id == person.id,
        Invitation.email == person.email,
        Invitation.invited_by_id.in_(select(Member.id).where(Member.person_id == person.id)),
    )


def _emails(person: Person) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        select(OutgoingMail).where(OutgoingMail.recipient == person.email).order_by(OutgoingMail.id)
    )
    return [
        {
            "subject": row.subject,
            "written_at": _instant(row.created_at),
            "sent_at": _instant(row.sent_at),
        }
        for row in rows
    ]


def erase(plugins: Plugins, person: Person) -> None:
    """Forget a person; the books, and the proof that a charter was accepted, stay nameless.

    Raises HasTies, LastSteward, ServesSomebody.
    """
    memberships = _memberships(person)
    active = [member for member in memberships if member.left_at is None]
    for community in sorted(
        (member.community for member in active),
        key=lambda each: (each.territory_id or 0, each.id),
    ):
        membership.lock_community(community)
    lock(person)
    ties = [tie for member in active for tie in ties_of(plugins, member)]
    if ties:
        raise HasTies(ties)
    if people_served_by(person):
        raise ServesSomebody
    for member in active:
        membership.leave(plugins, member)
    for member in memberships:
        plugins.erase(member)
        offline.forget(member)
        _forget_membership(member)
    _forget_letters(person)
    db.session.execute(delete(OrganisationRole).where(OrganisationRole.person_id == person.id))
    end_sessions(person)
    _take_name_away(person)
    db.session.flush()


def _forget_membership(member: Member) -> None:
    household = find_household(member)
    if household is not None:
        mandates.forget_signed(member, household)
        _rename(household)
    accords.forget(member)
    record.forget(member)
    notifications.forget(member)
    db.session.execute(delete(Intention).where(Intention.member_id == member.id))
    db.session.execute(delete(CalendarFeed).where(CalendarFeed.member_id == member.id))
    keys.forget(member)
    db.session.execute(delete(Agreement).where(_of(member)))


def _rename(household: Household) -> None:
    household.name = f"Foyer effacé n° {household.id}"


def _forget_letters(person: Person) -> None:
    """Delete the letters to the person, and the invitations that carry their name."""
    notifications.forget_address(person.email)
    invited = list(
        db.session.scalars(
            select(Invitation.email)
            .join(Member, Member.id == Invitation.invited_by_id)
            .where(Member.person_id == person.id)
        )
    )
    db.session.execute(
        delete(OutgoingMail).where(
            or_(
                OutgoingMail.recipient == person.email,
                and_(
                    OutgoingMail.recipient.in_(invited),
                    OutgoingMail.subject.contains(person.name, autoescape=True),
                ),
            )
        )
    )
    db.session.execute(delete(Invitation).where(_about(person)))


def _take_name_away(person: Person) -> None:
    person.first_name = "Personne effacée"
    person.last_name = f"n° {person.id}"
    person.email = person.password_hash = person.confirmed_at = person.proxy_id = None
    person.phone = person.address = person.postal_code = person.commune = ""
    person.erased_at = now()
