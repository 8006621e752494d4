"""Accords: one side proposes words, the other agrees to them, and both keep the proof.

The words never change: who wants others proposes anew. What two parties have already signed
elsewhere, such as a contract, is concluded here and stated likewise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import selectinload

from freeco.accords import notices
from freeco.accords.errors import (
    AccordOver,
    AlreadyAgreed,
    GoneMeanwhile,
    NotWithOneself,
    TooManyProposals,
)
from freeco.accords.models import Accord
from freeco.accords.speaking import speaks_for
from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent, NotAllowed
from freeco.members import contacts
from freeco.members.membership import membership_of
from freeco.members.models import Community, Member, Person
from freeco.record.models import RecordEntry
from freeco.record.statement import Fields
from freeco.record.stating import Sealed, state

KIND = "agreement.made"
MOST_WAITING = 30
"""Proposals of one member that may wait for an answer at once."""
UNANSWERED = and_(
    Accord.agreed_at.is_(None), Accord.declined_at.is_(None), Accord.withdrawn_at.is_(None)
)


@dataclass(frozen=True)
class Signature:
    """How one of two parties gave its word."""

    member: Member | None
    """None for a party without an account here: it keeps the paper."""
    name: str
    at: datetime
    by: Member | None = None
    """Who spoke, when it was not the party itself: they keep a receipt too."""
    way: str = ""
    """``online``, ``paper``, as the module that knows says it."""


def propose(proposer: Member, other: Member, title: str, text: str, by: Person) -> Accord:
    """Propose an accord to another member, who is told; the same words twice are one proposal.

    Raises NotAllowed unless ``by`` speaks for the proposer, NotWithOneself, GoneMeanwhile,
    TooManyProposals, Absent across communities.
    """
    if proposer.community_id != other.community_id:
        raise Absent
    if proposer is other:
        raise NotWithOneself
    _hold(proposer, other)
    if not speaks_for(by, proposer):
        raise NotAllowed
    if other.left_at is not None:
        raise GoneMeanwhile
    same = db.session.scalar(
        select(Accord).where(
            UNANSWERED,
            Accord.proposer_id == proposer.id,
            Accord.other_id == other.id,
            Accord.title == title,
            Accord.text == text,
        )
    )
    if same is not None:
        return same
    if _proposals_of(proposer) >= MOST_WAITING:
        raise TooManyProposals
    accord = Accord(
        community=proposer.community,
        proposer=proposer,
        other=other,
        title=title,
        text=text,
        proposed_by=by,
    )
    db.session.add(accord)
    db.session.flush()
    notices.tell_proposed(accord)
    return accord


def agree(accord: Accord, by: Person) -> Accord:
    """Give the other side's word: the accord is made, stated, and each may reach the other.

    A second click agrees once. Raises NotAllowed unless ``by`` speaks for who was asked,
    AccordOver.
    """
    _hold(accord.proposer, accord.other, accord)
    if not speaks_for(by, accord.other):
        raise NotAllowed
    if accord.agreed_at is not None:
        return accord
    if not accord.is_waiting:
        raise AccordOver
    accord.agreed_at, accord.agreed_by = now(), by
    contacts.agree(accord.proposer, accord.other, f"core:accord:{accord.id}")
    accord.entry = _state(
        accord.community,
        KIND,
        f"accord:{accord.id}",
        _of(accord.proposer, accord.proposed_by, accord.proposed_at),
        _of(accord.other, by, accord.agreed_at),
        _terms(accord.title, accord.text, accord.about),
    )
    db.session.flush()
    notices.tell_agreed(accord)
    return accord


def decline(accord: Accord, by: Person) -> None:
    """Say no in the other side's name; twice is harmless. Raises NotAllowed, AccordOver."""
    _hold(accord.proposer, accord.other, accord)
    if not speaks_for(by, accord.other):
        raise NotAllowed
    if accord.declined_at is not None:
        return
    _check_waiting(accord)
    accord.declined_at = now()
    db.session.flush()
    notices.tell_declined(accord)


def withdraw(accord: Accord, by: Person) -> None:
    """Take a proposal back before it is answered; twice is harmless.

    Raises NotAllowed unless ``by`` speaks for the proposer, AlreadyAgreed, AccordOver.
    """
    _hold(accord.proposer, accord.other, accord)
    if not speaks_for(by, accord.proposer):
        raise NotAllowed
    if accord.withdrawn_at is not None:
        return
    _check_waiting(accord)
    accord.withdrawn_at = now()
    db.session.flush()


def conclude(
    community: Community,
    first: Signature,
    second: Signature,
    *,
    title: str,
    text: str,
    about: str,
    kind: str = KIND,
) -> Accord | None:
    """State what two parties have signed elsewhere, ``module:kind:id``; once is enough.

    ``kind`` is one of a module's that seals what ``agreement.made`` does. Returns the accord,
    or None when one party has no account here, or both are the same member: the statement
    stands all the same. Nobody is told, and contact data is left to the module.
    """
    found = find_about(community, about)
    if found is not None:
        return found
    entry = _state(community, kind, about, first, second, _terms(title, text, about))
    if first.member is None or second.member is None or first.member is second.member:
        return None
    accord = Accord(
        community=community,
        proposer=first.member,
        other=second.member,
        title=title,
        text=text,
        about=about,
        proposed_at=first.at,
        proposed_by=_person_of(first),
        agreed_at=second.at,
        agreed_by=_person_of(second),
        entry=entry,
    )
    db.session.add(accord)
    db.session.flush()
    return accord


def find_about(community: Community, about: str) -> Accord | None:
    """Return the accord on one thing of a module, if there is one."""
    return db.session.scalar(
        select(Accord).where(Accord.community_id == community.id, Accord.about == about)
    )


def find_accord(community: Community, accord_id: int, sides: Sequence[Member]) -> Accord:
    """Return an accord of this community to those it binds. Raises Absent for anybody else."""
    accord = db.session.scalar(
        _theirs(sides).where(Accord.id == accord_id, Accord.community_id == community.id)
    )
    if accord is None:
        raise Absent
    return accord


def awaiting(voices: Sequence[Member]) -> Sequence[Accord]:
    """Return the proposals that wait for the answer of one of these, the oldest first."""
    asked = Accord.other_id.in_([each.id for each in voices])
    query = _theirs(voices).where(UNANSWERED, asked)
    return db.session.scalars(query.order_by(Accord.id)).all()


def waiting(sides: Sequence[Member]) -> Sequence[Accord]:
    """Return what waits for an answer on either side, the oldest first."""
    return db.session.scalars(_theirs(sides).where(UNANSWERED).order_by(Accord.id)).all()


def concluded(sides: Sequence[Member]) -> Select[Accord]:
    """Return the query of what was agreed, the latest first."""
    query = _theirs(sides).where(Accord.agreed_at.is_not(None))
    return query.order_by(Accord.agreed_at.desc(), Accord.id.desc())


def over(sides: Sequence[Member], most: int) -> Sequence[Accord]:
    """Return what was declined or withdrawn, the latest first."""
    query = _theirs(sides).where(
        or_(Accord.declined_at.is_not(None), Accord.withdrawn_at.is_not(None))
    )
    return db.session.scalars(query.order_by(Accord.id.desc()).limit(most)).all()


def _theirs(sides: Sequence[Member]) -> Select[Accord]:
    ids = [each.id for each in sides]
    return (
        select(Accord)
        .where(or_(Accord.proposer_id.in_(ids), Accord.other_id.in_(ids)))
        .options(
            selectinload(Accord.proposer).selectinload(Member.person),
            selectinload(Accord.proposer).selectinload(Member.organisation),
            selectinload(Accord.other).selectinload(Member.person),
            selectinload(Accord.other).selectinload(Member.organisation),
        )
    )


def _proposals_of(proposer: Member) -> int:
    query = select(func.count(Accord.id)).where(UNANSWERED, Accord.proposer_id == proposer.id)
    return db.session.scalar(query) or 0


def _hold(one: Member, other: Member, accord: Accord | None = None) -> None:
    """Lock both parties in the order of their ids, then the accord: nobody leaves meanwhile."""
    for member in sorted((one, other), key=lambda each: each.id):
        lock(member)
    if accord is not None:
        lock(accord)


def _check_waiting(accord: Accord) -> None:
    if accord.agreed_at is not None:
        raise AlreadyAgreed
    if not accord.is_waiting:
        raise AccordOver


def _of(member: Member, by: Person | None, at: datetime) -> Signature:
    speaker = None
    if by is not None and by.id != member.person_id:
        speaker = membership_of(member.community, by)
    return Signature(member, member.name, at, speaker)


def _person_of(signature: Signature) -> Person | None:
    speaker = signature.by or signature.member
    return speaker.person if speaker is not None else None


def _terms(title: str, text: str, about: str) -> Fields:
    return {"title": title, "text": text} | ({"about": about} if about else {})


def _state(
    community: Community,
    kind: str,
    key: str,
    first: Signature,
    second: Signature,
    terms: Fields,
) -> RecordEntry | None:
    """Seal each party's part apart: one may be forgotten, the other keeps theirs and the words."""
    sealed = {"terms": Sealed(terms)}
    for name, each in (("first", first), ("second", second)):
        fields: dict[str, str] = {"name": each.name, "at": each.at.isoformat()}
        sealed[name] = Sealed(fields | ({"way": each.way} if each.way else {}), each.member)
        if each.by is not None and each.by is not each.member:
            sealed[f"{name}_by"] = Sealed({"name": each.by.name}, each.by)
    return state(community, kind, key, sealed=sealed)
