"""Joining a community, leaving it, and what a member may do there."""

from collections.abc import Sequence

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import selectinload

from freeco.accords.leaving import withdraw_waiting
from freeco.activation import open_due
from freeco.cells import unaccented
from freeco.charter import services as charter
from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent, Refusal
from freeco.events import MemberJoined, MemberLeft, publish
from freeco.i18n import _, counted, listed
from freeco.members import households
from freeco.members.models import (
    STEWARD,
    Admission,
    Community,
    Invitation,
    Member,
    PermissionGrant,
    Person,
    Territory,
)
from freeco.members.ties import HasTies, ties_of
from freeco.plugins import Plugins
from freeco.record import parameters
from freeco.record.parameter_names import ADMISSION, admission_code


class InvitationNeeded(Refusal):
    """A closed circle admits those whom it invites."""

    reason = _("On entre ici sur invitation. Demandez-en une à un membre que vous connaissez.")


class OtherDomain(Refusal):
    """A closed circle admits the confirmed addresses of one domain."""

    reason = _("On entre ici avec une adresse de l’organisation, confirmée par e-mail.")


class DomainMissing(Refusal):
    """A circle that admits by domain says which."""

    reason = _("Indiquez le domaine des adresses admises, par exemple mairie-lavergne.fr.")
    status = 422


class StaysClosed(Refusal):
    """Nobody takes a rehearsal for a community."""

    reason = _("Une répétition reste un cercle fermé, sur invitation.")


class OnlyInvented(Refusal):
    """Nobody real is entered in a rehearsal, which others would then take for a member."""

    reason = _(
        "Dans une répétition, les personnes sont inventées : une personne réelle s’inscrit "
        "dans la communauté elle-même."
    )


class LastSteward(Refusal):
    """A community keeps somebody who looks after it."""

    reason = _(
        "Il faut au moins une personne pour veiller sur la communauté : nommez-en une autre."
    )


class HeldAlready(Refusal):
    """As many people as may have a charge have it."""

    status = 422

    def __init__(self, holders: Sequence[Member]) -> None:
        super().__init__()
        self.reason = counted(
            "Une personne au plus peut avoir cette charge : %(names)s l’a déjà. Retirez-la-lui "
            "d’abord.",
            "%(num)s personnes au plus peuvent avoir cette charge : %(names)s l’ont déjà. "
            "Retirez-la d’abord à l’une d’elles.",
            len(holders),
            names=listed([each.name for each in holders]),
        )
        self.fields = {"permission": [str(self.reason)]}


def describe(
    community: Community,
    *,
    name: str,
    commune: str,
    presentation: str,
    admission: str,
    email_domain: str,
    by: Member | None = None,
    reason: str = "",
) -> None:
    """Change how the community presents itself and admits. Raises DomainMissing.

    ``by`` and ``reason``: who changes who may come in, and why.
    """
    domain = email_domain.strip().lower().removeprefix("@")
    admit_by(community, admission, domain, by=by, reason=reason)
    community.name, community.commune, community.presentation = name, commune, presentation


def admit_by(
    community: Community,
    admission: str,
    domain: str,
    *,
    by: Member | None = None,
    reason: str = "",
    decided: str = "",
) -> None:
    """Change who may come in. Raises DomainMissing, StaysClosed.

    ``by``, ``reason`` and ``decided``: who changes it, why, and by which decision.
    """
    if admission == Admission.DOMAIN and "." not in domain:
        raise DomainMissing
    if community.rehearsal and admission != Admission.INVITATION:
        raise StaysClosed
    before = admission_code(community)
    community.admission, community.email_domain = admission, domain
    after = admission_code(community)
    parameters.changed(
        community, ADMISSION, before, after, member=by, reason=reason, decided=decided
    )


def lock_community(community: Community) -> None:
    """Lock the community before its members change, and its territory before it.

    In the order in which openings lock them: two people joining at once wait for each
    other, never in a circle.
    """
    if community.territory_id is not None:
        db.session.execute(
            select(Territory.id)
            .where(Territory.id == community.territory_id)
            .with_for_update(key_share=True)
        )
    db.session.execute(
        select(Community.id).where(Community.id == community.id).with_for_update(key_share=True)
    )


def membership_of(community: Community, person: Person) -> Member | None:
    """Return the person's membership here, if it stands."""
    return db.session.scalar(
        select(Member).where(
            Member.community_id == community.id,
            Member.person_id == person.id,
            Member.left_at.is_(None),
        )
    )


def memberships_of(person: Person) -> list[Member]:
    """Return the person's memberships of today, the oldest first."""
    return list(
        db.session.scalars(
            select(Member)
            .where(Member.person_id == person.id, Member.left_at.is_(None))
            .order_by(Member.joined_at, Member.id)
        )
    )


def members_of(community: Community) -> list[Member]:
    """Return the members, persons and organisations, in order of name."""
    members = db.session.scalars(
        select(Member)
        .where(Member.community_id == community.id, Member.left_at.is_(None))
        .options(selectinload(Member.person), selectinload(Member.organisation))
    )
    return sorted(members, key=_as_on_a_list)


def _as_on_a_list(member: Member) -> tuple[str, int]:
    name = member.person.sorting_name if member.person is not None else member.name
    return unaccented(name), member.id


def find_member(community: Community, member_id: int) -> Member:
    """Return a member of this community. Raises Absent, for another community's too."""
    member = db.session.get(Member, member_id)
    if member is None or member.community_id != community.id or member.left_at is not None:
        raise Absent
    return member


def join(
    plugins: Plugins,
    community: Community,
    person: Person,
    recorded_by: Person,
    language: str = "",
    sha256: str = "",
    *,
    vouched_by: Member | None = None,
    invented: bool = False,
) -> Member:
    """Make the person a member who accepts the charter, and open what that makes due.

    ``language`` and ``sha256`` are those of the charter that was read (the person's language,
    unless told); who ticked the box is ``recorded_by``. A member who enters somebody in person
    vouches for them; nobody need vouch for who is ``invented``, to people a rehearsal. Who is a
    member already stays so. Raises InvitationNeeded, OtherDomain, CharterChanged.
    """
    lock_community(community)
    member = _place_of(community, person)
    already = member is not None and member.left_at is None
    invitation = None
    if not already:
        invitation = _invitation_taken_by(community, person)
        if invitation is None and vouched_by is None and not (invented and community.rehearsal):
            invitation = _admit(community, person)
    if member is None:
        member = Member(community=community, person=person)
        db.session.add(member)
    elif not already:
        member.joined_at, member.left_at = now(), None
    db.session.flush()
    text = charter.shown_text(language or person.language, sha256, community)
    charter.accept(member, text, recorded_by)
    if invitation is not None:
        use_invitation(plugins, invitation, member)
    if not already:
        publish(MemberJoined(community_id=community.id, member_id=member.id))
        open_due(plugins, community)
    return member


def _place_of(community: Community, person: Person) -> Member | None:
    return db.session.scalar(
        select(Member)
        .where(Member.community_id == community.id, Member.person_id == person.id)
        .execution_options(populate_existing=True)
    )


def _invitation_taken_by(community: Community, person: Person) -> Invitation | None:
    return db.session.scalar(
        _open_invitations(community).where(Invitation.claimed_by_id == person.id)
    )


def _open_invitations(community: Community) -> Select[Invitation]:
    return (
        select(Invitation)
        .where(
            Invitation.community_id == community.id,
            Invitation.accepted_at.is_(None),
            Invitation.expires_at > now(),
        )
        .order_by(Invitation.id.desc())
        .limit(1)
        .with_for_update()
    )


def _admit(community: Community, person: Person) -> Invitation | None:
    """Return the invitation that lets the person in, if one was needed."""
    if community.admission == Admission.OPEN:
        return None
    confirmed = person.email if person.confirmed_at is not None else None
    if community.admission == Admission.DOMAIN:
        if confirmed is not None and confirmed.rpartition("@")[2] == community.email_domain:
            return None
        raise OtherDomain
    invitation = db.session.scalar(
        _open_invitations(community).where(Invitation.email == confirmed)
    )
    if invitation is None:
        raise InvitationNeeded
    return invitation


def use_invitation(plugins: Plugins, invitation: Invitation, member: Member) -> None:
    """Note that an invitation served, and share the household it was for.

    Only who opened its link agreed to the household. Raises SharesAnotherTable, HasTies.
    """
    invitation.accepted_at = now()
    if invitation.household is not None and invitation.claimed_by_id == member.person_id:
        households.add_to_household(plugins, invitation.household, member)


def leave(plugins: Plugins, member: Member) -> None:
    """End the membership. Raises HasTies, LastSteward."""
    lock_community(member.community)
    lock(member)
    if member.left_at is not None:
        return
    ties = ties_of(plugins, member)
    if ties:
        raise HasTies(ties)
    _keep_a_steward(member)
    households.leave_shared_household(member)
    db.session.execute(delete(PermissionGrant).where(PermissionGrant.member_id == member.id))
    withdraw_waiting(member)
    member.left_at = now()
    publish(MemberLeft(community_id=member.community_id, member_id=member.id))


def permissions_of(member: Member | None) -> frozenset[str]:
    """Return what the member may do besides what every member may; nothing for nobody."""
    if member is None or member.left_at is not None:
        return frozenset()
    return frozenset(
        db.session.scalars(
            select(PermissionGrant.permission).where(PermissionGrant.member_id == member.id)
        )
    )


def holds(member: Member, permission: str) -> bool:
    """Whether the member holds a permission."""
    return permission in permissions_of(member)


def grant(member: Member, permission: str, most: int | None = None) -> None:
    """Give a member of today a permission; giving it again changes nothing.

    Raises HeldAlready when as many as ``most`` hold it.
    """
    lock_community(member.community)
    if member.left_at is not None:
        raise Absent
    if not holds(member, permission):
        holders = holding(member.community, permission)
        if most is not None and len(holders) >= most:
            raise HeldAlready(holders)
        db.session.add(PermissionGrant(member=member, permission=permission))
        db.session.flush()


def revoke(member: Member, permission: str) -> None:
    """Take a permission back. Raises LastSteward."""
    lock_community(member.community)
    if permission == STEWARD:
        _keep_a_steward(member)
    db.session.execute(
        delete(PermissionGrant).where(
            PermissionGrant.member_id == member.id, PermissionGrant.permission == permission
        )
    )


def stewards(community: Community) -> list[Member]:
    """Return those who look after the community, the longest in charge first."""
    return holding(community, STEWARD)


def holding(community: Community, permission: str) -> list[Member]:
    """Return the members who hold a permission, the longest in charge first."""
    return list(
        db.session.scalars(
            select(Member)
            .join(PermissionGrant, PermissionGrant.member_id == Member.id)
            .where(
                Member.community_id == community.id,
                Member.left_at.is_(None),
                PermissionGrant.permission == permission,
            )
            .order_by(PermissionGrant.id)
        )
    )


def _keep_a_steward(member: Member) -> None:
    """Refuse to lose the last steward, unless nobody else is left to look after."""
    others = db.session.scalar(
        select(func.count(Member.id)).where(
            Member.community_id == member.community_id,
            Member.left_at.is_(None),
            Member.id != member.id,
        )
    )
    if others and stewards(member.community) == [member]:
        raise LastSteward
