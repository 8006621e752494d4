"""Who may vote: noted when a poll opens, and never after."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from freeco.db import db
from freeco.members.models import Community, Member
from freeco_project_decisions.polls.college_members import of_members, require_filled
from freeco_project_decisions.polls.errors import NobodyToVote, NotAnElector
from freeco_project_decisions.polls.models import College, Elector, Poll
from freeco_project_decisions.polls.voices import voice_of


def freeze(poll: Poll, colleges: Mapping[int, College] | None = None) -> int:
    """Note who may vote: all persons of the community today, or all its organisations.

    With colleges, those who are in one: as they were prepared, unless ``colleges`` gives each
    member's by their number. Returns how many there are. Raises ``NobodyToVote``,
    ``CollegeEmpty``.
    """
    placed = colleges or of_members(poll)
    electors = [
        Elector(
            poll=poll,
            member=member,
            college=placed.get(member.id),
            voice=voice_of(member) if member.organisation_id is not None else None,
        )
        for member in (_members(placed) if poll.colleges else members_today(poll))
    ]
    if not electors:
        raise NobodyToVote
    require_filled(poll, placed)
    db.session.add_all(electors)
    db.session.flush()
    return len(electors)


def members_today(poll: Poll) -> Sequence[Member]:
    """Return the persons, or the organisations, that would vote if the poll opened now.

    With colleges, both may be among them.
    """
    if poll.colleges:
        return _members(of_members(poll))
    kind = Member.organisation_id if poll.by_organisation else Member.person_id
    return db.session.scalars(
        select(Member)
        .where(
            Member.community_id == poll.community_id, Member.left_at.is_(None), kind.is_not(None)
        )
        .order_by(Member.id)
    ).all()


def _members(numbers: Iterable[int]) -> Sequence[Member]:
    found = select(Member).where(Member.id.in_(list(numbers)), Member.left_at.is_(None))
    return db.session.scalars(found.order_by(Member.id)).all()


def persons(community: Community) -> Sequence[Member]:
    """Return the members of a community who are persons."""
    return db.session.scalars(
        select(Member).where(
            Member.community_id == community.id,
            Member.left_at.is_(None),
            Member.person_id.is_not(None),
        )
    ).all()


def has_organisations(community: Community) -> bool:
    """Whether some organisation could vote here."""
    found = select(Member.id).where(
        Member.community_id == community.id,
        Member.left_at.is_(None),
        Member.organisation_id.is_not(None),
    )
    return db.session.scalar(found.limit(1)) is not None


def count_electors(poll: Poll) -> int:
    """Return how many may vote."""
    return db.session.scalar(select(func.count(Elector.id)).where(Elector.poll_id == poll.id)) or 0


def elector_of(poll: Poll, member: Member) -> Elector:
    """Return the elector that a person is, or speaks for.

    Raises ``NotAnElector`` for somebody who joined later, or speaks for no organisation here.
    """
    found = seats_of(poll, member)
    if not found or member.left_at is not None:
        raise NotAnElector
    return found[0]


def seats_of(poll: Poll, member: Member) -> Sequence[Elector]:
    """Return the electors that a person is, first, then those that they speak for."""
    mine = (Elector.member_id == member.id) | (Elector.voice_id == member.id)
    return db.session.scalars(
        select(Elector)
        .where(Elector.poll_id == poll.id, mine)
        .options(joinedload(Elector.member))
        .order_by(Elector.voice_id.is_not(None), Elector.id)
    ).all()
