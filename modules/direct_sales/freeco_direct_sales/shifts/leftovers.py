"""What is left after a distribution: offered to the partners, given to the first who comes."""

import hmac
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.mail.letters import SITE, in_view
from freeco.mail.wording.applying import send_in_words_of
from freeco.members.models import Community, Member
from freeco.signing import drawn
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.shifts.errors import (
    LeftoverGone,
    LeftoverPast,
    NoPartner,
    PartnerUnreachable,
    SamePartner,
)
from freeco_direct_sales.shifts.leftover_models import Leftover, Partner
from freeco_direct_sales.shifts.notices import LETTERS

STANDS = timedelta(hours=2)
"""How long somebody waits at the door."""
TOKEN_LENGTH = 32


def partners_of(community: Community) -> Sequence[Partner]:
    """Return who is asked today, in order of name."""
    return db.session.scalars(
        select(Partner)
        .where(Partner.community_id == community.id, Partner.retired_at.is_(None))
        .order_by(Partner.name, Partner.id)
    ).all()


def find_partner(community: Community, partner_id: int) -> Partner:
    """Return a partner of this community; raise Absent for another's."""
    partner = db.session.get(Partner, partner_id)
    if partner is None or partner.community_id != community.id:
        raise Absent
    return partner


def keep_partner(
    community: Community, name: str, contact: str, email: str | None, phone: str, address: str
) -> Partner:
    """Write a partner down, or ask a former one again. Raises PartnerUnreachable, SamePartner."""
    if not email and not phone:
        raise PartnerUnreachable
    lock(community)
    partner = db.session.scalar(
        select(Partner).where(Partner.community_id == community.id, Partner.name == name)
    )
    if partner is None:
        partner = Partner(community=community, name=name)
        db.session.add(partner)
    elif partner.retired_at is None:
        raise SamePartner
    partner.retired_at = None
    partner.contact, partner.phone, partner.address = contact, phone, address
    partner.email = email or ""
    db.session.flush()
    return partner


def retire_partner(partner: Partner) -> None:
    """Ask a partner no more, and forget how to reach them; what it was given stays."""
    partner.retired_at = partner.retired_at or now()
    partner.contact = partner.email = partner.phone = partner.address = ""


def leftovers_of(distribution: Distribution) -> Sequence[Leftover]:
    """Return what was offered after a distribution, the latest first."""
    return db.session.scalars(
        select(Leftover)
        .where(Leftover.distribution_id == distribution.id)
        .options(joinedload(Leftover.partner), joinedload(Leftover.distribution))
        .order_by(Leftover.id.desc())
    ).all()


def given_to_partners(community: Community) -> Sequence[Leftover]:
    """Return what partners came for, the latest first."""
    return db.session.scalars(
        select(Leftover)
        .join(Distribution, Distribution.id == Leftover.distribution_id)
        .where(Distribution.community_id == community.id, Leftover.partner_id.is_not(None))
        .options(joinedload(Leftover.partner), joinedload(Leftover.distribution))
        .order_by(Leftover.id.desc())
        .limit(30)
    ).all()


def offer(distribution: Distribution, member: Member, words: str) -> Leftover:
    """Offer what is left to every partner for two hours, each with a link of their own.

    The same words again while they are offered is one offer. Raises NoPartner.
    """
    lock(distribution)
    partners = partners_of(distribution.community)
    if not partners:
        raise NoPartner
    for each in leftovers_of(distribution):
        if each.words == words and each.until > now():
            return each
    leftover = Leftover(
        distribution=distribution,
        offered_by=member,
        words=words,
        offered_at=now(),
        until=now() + STANDS,
    )
    db.session.add(leftover)
    db.session.flush()
    for partner in partners:
        _write(leftover, partner, "leftovers_offered", address=SITE + link(leftover, partner))
    return leftover


def link(leftover: Leftover, partner: Partner) -> str:
    """Return the page where one partner answers, as a path of this site."""
    home = f"/{partner.community.slug}/direct-sales/restes"
    return f"{home}/{leftover.id}/{partner.id}/{_token(leftover, partner)}"


def _token(leftover: Leftover, partner: Partner) -> str:
    return drawn("direct_sales.leftover", leftover.id, partner.id, length=TOKEN_LENGTH)


def _write(leftover: Leftover, partner: Partner, letter: str, **content: object) -> None:
    if not partner.email:
        return
    community = leftover.distribution.community
    with in_view(community):
        send_in_words_of(
            community,
            partner.email,
            letter,
            "fr",
            folder=LETTERS,
            community=community.name,
            words=leftover.words,
            place=leftover.distribution.place,
            until=leftover.until,
            **content,
        )


def find_leftover(community: Community, leftover_id: int) -> Leftover:
    """Return leftovers of this community; raise Absent for another's."""
    leftover = db.session.get(Leftover, leftover_id)
    if leftover is None or leftover.distribution.community_id != community.id:
        raise Absent
    return leftover


def invited(
    community: Community, leftover_id: int, partner_id: int, token: str
) -> tuple[Leftover, Partner]:
    """Return what a signed link is about; raise Absent for a link this site did not write."""
    leftover = find_leftover(community, leftover_id)
    partner = find_partner(community, partner_id)
    expected = _token(leftover, partner)
    if partner.retired_at is not None or not hmac.compare_digest(expected.encode(), token.encode()):
        raise Absent
    return leftover, partner


def fetch(leftover: Leftover, partner: Partner) -> bool:
    """Let a partner have it, if it is the first; say whether this changed anything.

    Raises LeftoverGone, LeftoverPast.
    """
    lock(leftover)
    if leftover.partner_id == partner.id:
        return False
    if leftover.partner_id is not None:
        raise LeftoverGone
    if leftover.until <= now():
        raise LeftoverPast
    leftover.partner, leftover.taken_at = partner, now()
    db.session.flush()
    _write(leftover, partner, "leftovers_yours")
    for each in partners_of(leftover.distribution.community):
        if each.id != partner.id:
            _write(leftover, each, "leftovers_gone")
    return True


def note_given(leftover: Leftover, given: str) -> None:
    """Note what was really handed over."""
    leftover.given, leftover.noted_at = given, now()
