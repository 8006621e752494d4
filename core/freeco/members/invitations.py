"""Invitations: a named way into a community, by e-mail, for fourteen days."""

from datetime import timedelta
from http import HTTPStatus
from secrets import token_urlsafe

from sqlalchemy import delete, select

from freeco.clock import now
from freeco.db import db
from freeco.errors import Absent, Refusal
from freeco.i18n import _, language
from freeco.mail.wording.applying import send_in_words_of
from freeco.members import membership
from freeco.members.accounts import normal_email
from freeco.members.households import find_household
from freeco.members.limits import bound
from freeco.members.links import hidden
from freeco.members.models import Community, Household, Invitation, Member, Person
from freeco.notifications import unsubscribing
from freeco.plugins import Plugins

LASTS = timedelta(days=14)
MOST_A_DAY = 200
DAY_MINUTES = 24 * 60


class InvitationGone(Refusal):
    """The invitation has been used, withdrawn or has expired."""

    reason = _("Cette invitation a déjà servi ou n’est plus valable. Demandez-en une nouvelle.")
    status = HTTPStatus.GONE


def invite(
    community: Community,
    email: str,
    invited_by: Member,
    household: Household | None = None,
    *,
    counted: bool = True,
) -> Invitation:
    """Mail an invitation, to share the inviter's household if one is given.

    It takes the place of one still waiting for this address. ``counted`` bounds how many a
    member sends in a day; a whole list is bounded by its size. Who asked for no more
    invitations is left out of a list, and keeps the way in. Raises Invalid, TooMany,
    WantsNoInvitation, and Absent for a household that is not the inviter's.
    """
    address = normal_email(email)
    if invited_by.community_id != community.id or invited_by.left_at is not None:
        raise Absent
    if household is not None and find_household(invited_by) is not household:
        raise Absent
    unwanted = unsubscribing.wants_no_invitation(address)
    if counted:
        if unwanted:
            raise unsubscribing.WantsNoInvitation
        bound(f"invite:{invited_by.id}", MOST_A_DAY, DAY_MINUTES)
    db.session.execute(
        delete(Invitation).where(
            Invitation.community_id == community.id,
            Invitation.email == address,
            Invitation.accepted_at.is_(None),
        )
    )
    secret = token_urlsafe(32)
    invitation = Invitation(
        community=community,
        email=address,
        secret_hash=hidden(secret),
        invited_by=invited_by,
        household=household,
        expires_at=now() + LASTS,
    )
    db.session.add(invitation)
    if not unwanted:
        mail = send_in_words_of(
            community,
            address,
            "invitation" if household is None else "household_invitation",
            language(),
            secret=secret,
            community=community.name,
            inviter=invited_by.name,
            refusal=unsubscribing.path_for_stranger(address),
        )
        unsubscribing.allow_refusal(mail, community)
    return invitation


def find(secret: str) -> Invitation:
    """Return an invitation that would work, and leave it as it is. Raises InvitationGone."""
    invitation = db.session.scalar(
        select(Invitation)
        .where(Invitation.secret_hash == hidden(secret))
        .execution_options(populate_existing=True)
    )
    if invitation is None or invitation.accepted_at is not None or invitation.expires_at <= now():
        raise InvitationGone
    return invitation


def accept(plugins: Plugins, secret: str, person: Person) -> Invitation:
    """Take an invitation: accepting the charter (``membership.join``) is next, and uses it up.

    Whoever holds the secret may take it, under another address too: from then on it is
    theirs. A member who takes one shares its household at once. Raises InvitationGone,
    SharesAnotherTable, HasTies.
    """
    membership.lock_community(find(secret).community)
    invitation = find(secret)
    invitation.claimed_by_id = person.id
    invitation.email = person.email or invitation.email
    member = membership.membership_of(invitation.community, person)
    if member is not None:
        membership.use_invitation(plugins, invitation, member)
    db.session.flush()
    return invitation


def waiting(community: Community) -> list[Invitation]:
    """Return the invitations nobody has answered yet, the latest first."""
    return list(
        db.session.scalars(
            select(Invitation)
            .where(
                Invitation.community_id == community.id,
                Invitation.accepted_at.is_(None),
                Invitation.expires_at > now(),
            )
            .order_by(Invitation.id.desc())
        )
    )


def find_waiting(community: Community, invitation_id: int) -> Invitation:
    """Return an invitation of this community that still waits. Raises Absent."""
    invitation = db.session.get(Invitation, invitation_id)
    if (
        invitation is None
        or invitation.community_id != community.id
        or invitation.accepted_at is not None
    ):
        raise Absent
    return invitation


def revoke(invitation: Invitation) -> None:
    """Withdraw an invitation: its link is worth nothing. Raises InvitationGone once accepted."""
    db.session.refresh(invitation, with_for_update=True)
    if invitation.accepted_at is not None:
        raise InvitationGone
    db.session.delete(invitation)
    db.session.flush()
