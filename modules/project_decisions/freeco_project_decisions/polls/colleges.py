"""Colleges: who is in each, and what each weighs, set while a poll is prepared."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.models import Member
from freeco_project_decisions.polls.college_errors import (
    CollegesNotForThis,
    CollegeTwice,
    WeightsNotWhole,
)
from freeco_project_decisions.polls.college_members import everybody
from freeco_project_decisions.polls.models import College, Method, Poll
from freeco_project_decisions.polls.opening import require_draft
from freeco_project_decisions.polls.voice_models import CollegeMember

WHOLE = 10_000
MOST = 6
METHODS = (Method.ASSENT, Method.HANDS)


@dataclass(frozen=True)
class Group:
    """A college as it is typed."""

    name: str
    weight: int
    """In ten-thousandths of the whole."""
    belongs: str
    line: int = 0
    """Its line on the form, from 0: where it is told what is wrong with it."""


def arrange(poll: Poll, groups: Sequence[Group]) -> None:
    """Part the electorate of a draft in colleges; none for one electorate.

    Who was named by hand in a college stays there as long as it keeps its name. Raises
    ``PollFrozen``, ``CollegesNotForThis``, ``WeightsNotWhole``, ``CollegeTwice``.
    """
    lock(poll)
    require_draft(poll)
    if groups and Method(poll.method) not in METHODS:
        raise CollegesNotForThis
    if groups and (len(groups) < 2 or sum(each.weight for each in groups) != WHOLE):
        raise WeightsNotWhole(groups[-1].line)
    names: set[str] = set()
    for each in groups:
        if each.name.casefold() in names:
            raise CollegeTwice(each.line)
        names.add(each.name.casefold())
    named = {each.name: each for each in poll.colleges}
    for gone in [each for name, each in named.items() if name not in {g.name for g in groups}]:
        db.session.execute(delete(CollegeMember).where(CollegeMember.college_id == gone.id))
        db.session.delete(gone)
    for group in groups:
        college = named.get(group.name)
        if college is None:
            college = College(poll=poll, name=group.name, weight=group.weight)
            db.session.add(college)
        college.weight, college.belongs = group.weight, group.belongs
    poll.ready = False
    db.session.flush()
    db.session.refresh(poll, ["colleges"])


def forget(poll: Poll) -> None:
    """Delete the colleges of a draft that is thrown away."""
    ids = select(College.id).where(College.poll_id == poll.id)
    db.session.execute(delete(CollegeMember).where(CollegeMember.college_id.in_(ids)))
    db.session.execute(delete(College).where(College.poll_id == poll.id))
    db.session.expire(poll, ["colleges"])


def find_college(poll: Poll, college_id: int) -> College:
    """Return a college of this poll; raise Absent otherwise."""
    found = db.session.get(College, college_id)
    if found is None or found.poll_id != poll.id:
        raise Absent
    return found


def choose(college: College, member_ids: Sequence[int]) -> None:
    """Name who is in a college, by hand. Raises ``PollFrozen``, Absent for another community's."""
    lock(college.poll)
    require_draft(college.poll)
    known = {each.id for each in everybody(college.poll)}
    if not known.issuperset(member_ids):
        raise Absent
    db.session.execute(delete(CollegeMember).where(CollegeMember.college_id == college.id))
    members = db.session.scalars(select(Member).where(Member.id.in_(member_ids))).all()
    db.session.add_all(CollegeMember(college=college, member=each) for each in members)
    college.poll.ready = False
    db.session.flush()
