"""The mail of a community: what waits for the server, and the addresses that fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select, update

from freeco.clock import now
from freeco.db import db
from freeco.mail.delivery import MOST_TRIES
from freeco.mail.models import FailingAddress, OutgoingMail
from freeco.members.models import Community, Member, Person


@dataclass(frozen=True)
class WaitingLetter:
    """A letter that has not left yet."""

    who: str
    subject: str
    since: datetime
    given_up: bool
    error: str
    """What the server said, in its own words; empty if it was not tried yet."""


@dataclass(frozen=True)
class Failure:
    """A person whose address takes no mail."""

    who: str
    address: str
    since: datetime
    reason: str


def waiting(community: Community) -> list[WaitingLetter]:
    """Return the letters of a community, and to its members, that wait; the oldest first.

    None in a rehearsal, where nothing is to leave.
    """
    if community.rehearsal:
        return []
    rows = db.session.scalars(
        select(OutgoingMail)
        .where(_here(community), *_unsent())
        .order_by(OutgoingMail.created_at, OutgoingMail.id)
    )
    letters = rows.all()
    names = _names(community, [row.recipient for row in letters])
    return [
        WaitingLetter(
            names.get(row.recipient, row.recipient),
            row.subject,
            row.created_at,
            row.tries >= MOST_TRIES,
            row.last_error,
        )
        for row in letters
    ]


def failing(community: Community) -> list[Failure]:
    """Return the members, and those invited, whose address fails; the latest first."""
    found: Sequence[FailingAddress] = db.session.scalars(
        select(FailingAddress)
        .where(
            or_(
                FailingAddress.address.in_(_addresses(community)),
                FailingAddress.address.in_(
                    select(OutgoingMail.recipient).where(OutgoingMail.community_id == community.id)
                ),
            )
        )
        .order_by(FailingAddress.since.desc(), FailingAddress.id.desc())
    ).all()
    names = _names(community, [each.address for each in found])
    return [
        Failure(names.get(each.address, ""), each.address, each.since, each.reason)
        for each in found
    ]


def retry(community: Community) -> int:
    """Make every waiting letter due now, with all its tries before it; return how many."""
    waiting_ids = db.session.scalars(
        select(OutgoingMail.id).where(_here(community), *_unsent())
    ).all()
    db.session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.id.in_(waiting_ids))
        .values(next_try_at=now(), tries=0)
    )
    return len(waiting_ids)


def _names(community: Community, addresses: Sequence[str]) -> dict[str | None, str]:
    """Return the names of members by address; whoever is only invited here is not named."""
    members = _addresses(community)
    people = db.session.scalars(
        select(Person).where(Person.email.in_(addresses), Person.email.in_(members))
    )
    return {person.email: person.name for person in people}


def _unsent() -> tuple[ColumnElement[bool], ...]:
    return OutgoingMail.sent_at.is_(None), OutgoingMail.refused_at.is_(None)


def _here(community: Community) -> ColumnElement[bool]:
    return or_(
        OutgoingMail.community_id == community.id,
        OutgoingMail.community_id.is_(None) & OutgoingMail.recipient.in_(_addresses(community)),
    )


def _addresses(community: Community) -> Select[str | None]:
    return (
        select(Person.email)
        .join(Member, Member.person_id == Person.id)
        .where(Member.community_id == community.id, Member.left_at.is_(None))
        .where(Person.email.is_not(None))
    )
