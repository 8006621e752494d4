"""Who opens the sum: named before the poll opens, each with a key of their own.

Never only the platform: three at least, two at least to open, and those who prepare votes are
fewer than it takes. When all are needed each key stands alone; when fewer are enough they make
one group, in three rounds of which this site is the post office.
"""

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members import membership
from freeco.members.links import hidden
from freeco.members.models import Member
from freeco.notifications import unsubscribing
from freeco.signing import drawn
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls.models import Poll, PollState
from freeco_project_decisions.polls.opening import require_draft
from freeco_project_decisions.sealed.elections import draw_identifier
from freeco_project_decisions.secret.errors import (
    BadThreshold,
    TrusteesFixed,
    TrusteesMissing,
    TrusteesTooClose,
    TrusteeTwice,
)
from freeco_project_decisions.secret.models import Trustee, TrusteeGroup

FEWEST = 3
"""With two, one who is away or one who is in league is half of them."""
LEAST_TO_OPEN = 2
MOST = 15
"""Each hands a part to each of the others."""


def make_group(poll: Poll) -> TrusteeGroup:
    """Return the trustees of a draft, a group without anybody at first."""
    found = db.session.get(TrusteeGroup, poll.id)
    if found is None:
        found = TrusteeGroup(poll=poll, identifier=draw_identifier())
        db.session.add(found)
        db.session.flush()
    return found


def group_of(poll: Poll) -> TrusteeGroup:
    """Return the trustees of a secret poll; raises Absent for one that needs none."""
    found = db.session.get(TrusteeGroup, poll.id)
    if found is None:
        raise Absent
    return found


def trustee_of(poll: Poll, member: Member) -> Trustee:
    """Return the trustee that a member is; raises Absent."""
    found = db.session.scalar(
        select(Trustee).where(Trustee.group_id == poll.id, Trustee.member_id == member.id)
    )
    if found is None:
        raise Absent
    return found


def trustee_with(token: str) -> Trustee:
    """Return the trustee who came by a link; raises Absent."""
    found = db.session.scalar(select(Trustee).where(Trustee.token_sha256 == hidden(token)))
    if found is None:
        raise Absent
    return found


def set_threshold(group: TrusteeGroup, many: int) -> None:
    """Say how many are enough to open; raises ``BadThreshold``, ``TrusteesFixed``.

    The rounds begin again.
    """
    _change(group)
    if not LEAST_TO_OPEN <= many <= MOST:
        raise BadThreshold
    if many != group.threshold:
        group.threshold = many
        begin_again(group)


def name_member(group: TrusteeGroup, member: Member) -> Trustee:
    """Entrust a key to a person of the community.

    Raises ``TrusteeTwice``, ``TrusteesFixed``, and Absent for a member of another community.
    """
    _change(group)
    _require_person(group, member)
    return _add(group, Trustee(group=group, place=_next(group), member=member))


def name_outsider(group: TrusteeGroup, name: str, email: str) -> tuple[Trustee, str]:
    """Entrust a key to another organisation; return the trustee and the secret of their link.

    Raises ``TrusteeTwice``, ``TrusteesFixed``.
    """
    _change(group)
    _require_unknown(group, email)
    outsider = _add(group, Trustee(group=group, place=_next(group), name=name, email=email))
    return outsider, _linked(outsider)


def remove(trustee: Trustee) -> None:
    """Take a key back before the poll opens; the rounds begin again. Raises ``TrusteesFixed``."""
    group = trustee.group
    _change(group)
    db.session.delete(trustee)
    db.session.flush()
    db.session.refresh(group, ["trustees"])
    for place, each in enumerate(group.trustees, start=1):
        each.place = place
        db.session.flush()
    begin_again(group)


def replace_with_member(trustee: Trustee, member: Member) -> None:
    """Give the place of a trustee, who is late or lost their file, to a member.

    A key that stands alone is the only one made again; a group begins again. Raises as
    ``name_member`` does.
    """
    group = trustee.group
    _change(group)
    _require_person(group, member)
    trustee.member, trustee.name, trustee.email, trustee.token_sha256 = member, "", "", None
    _made_again(trustee)


def replace_with_outsider(trustee: Trustee, name: str, email: str) -> str:
    """Give the place of a trustee to another organisation; return the secret of its link.

    Raises as ``name_outsider`` does.
    """
    group = trustee.group
    _change(group)
    _require_unknown(group, email)
    trustee.member, trustee.name, trustee.email = None, name, email
    _made_again(trustee)
    return _linked(trustee)


def begin_again(group: TrusteeGroup) -> None:
    """Forget what was handed over so far: keys, commitments and parts serve no more."""
    group.identifier = draw_identifier()
    group.text = ""
    for trustee in group.trustees:
        forget(trustee)
    db.session.flush()


def forget(trustee: Trustee) -> None:
    """Forget what a trustee handed over."""
    trustee.certificate = trustee.coefficients = trustee.parts = trustee.key = ""


def alone(group: TrusteeGroup) -> bool:
    """Whether all are needed, so that each key stands by itself."""
    return group.threshold >= len(group.trustees)


def require_named(group: TrusteeGroup) -> None:
    """Stop a poll whose result the platform, or those who prepare votes, could open alone.

    Raises ``TrusteesMissing``, ``BadThreshold``, ``TrusteesTooClose``.
    """
    many = len(group.trustees)
    if many < FEWEST:
        raise TrusteesMissing
    if not LEAST_TO_OPEN <= group.threshold <= many:
        raise BadThreshold
    close = sum(_prepares(group.poll, each) for each in group.trustees)
    if close >= group.threshold:
        raise TrusteesTooClose


def _prepares(poll: Poll, trustee: Trustee) -> bool:
    member = trustee.member
    return member is not None and (
        member.id == poll.author_id or membership.holds(member, PREPARE.name)
    )


def _change(group: TrusteeGroup) -> None:
    lock(group.poll)
    if group.poll.state != PollState.DRAFT:
        raise TrusteesFixed
    require_draft(group.poll)


def _require_person(group: TrusteeGroup, member: Member) -> None:
    if member.community_id != group.poll.community_id or member.left_at is not None:
        raise Absent
    if member.person_id is None:
        raise Absent
    if any(each.member_id == member.id for each in group.trustees):
        raise TrusteeTwice


def _require_unknown(group: TrusteeGroup, email: str) -> None:
    if any(each.email and each.email.casefold() == email.casefold() for each in group.trustees):
        raise TrusteeTwice
    if unsubscribing.wants_no_invitation(email):
        raise unsubscribing.WantsNoInvitation


def token_of(trustee: Trustee) -> str:
    """Return the secret of an outsider's link: it is kept nowhere, and the same each time."""
    words = (trustee.id, trustee.email, trustee.invited_at.isoformat())
    return drawn("project_decisions.trustee", *words, length=48)


def _linked(trustee: Trustee) -> str:
    db.session.flush()
    db.session.refresh(trustee)
    token = token_of(trustee)
    trustee.token_sha256 = hidden(token)
    return token


def _next(group: TrusteeGroup) -> int:
    if len(group.trustees) >= MOST:
        raise BadThreshold
    return len(group.trustees) + 1


def _add(group: TrusteeGroup, trustee: Trustee) -> Trustee:
    db.session.add(trustee)
    db.session.flush()
    db.session.refresh(group, ["trustees"])
    begin_again(group)
    return trustee


def _made_again(trustee: Trustee) -> None:
    trustee.invited_at, trustee.reminded_at = now(), None
    group = trustee.group
    if alone(group):
        group.text = ""
        forget(trustee)
        db.session.flush()
    else:
        begin_again(group)
