"""Who is in which college of a poll, as it would open now."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from freeco.db import db
from freeco.members import membership
from freeco.members.models import Member
from freeco_project_decisions.polls.college_errors import CollegeEmpty
from freeco_project_decisions.polls.models import College, Poll
from freeco_project_decisions.polls.voice_models import CollegeMember

PERSONS, ORGANISATIONS, CHOSEN, HOLDERS = "persons", "organisations", "chosen", "holders:"
"""Who belongs to a college; a permission's name follows the last."""


def chosen(college: College) -> list[int]:
    """Return who was named by hand in a college."""
    query = select(CollegeMember.member_id).where(CollegeMember.college_id == college.id)
    return list(db.session.scalars(query.order_by(CollegeMember.member_id)))


def everybody(poll: Poll) -> Sequence[Member]:
    """Return the persons and the organisations of a poll's community."""
    return db.session.scalars(
        select(Member)
        .where(Member.community_id == poll.community_id, Member.left_at.is_(None))
        .order_by(Member.id)
    ).all()


def of_members(poll: Poll) -> Mapping[int, College]:
    """Return the college of each member who would vote, by their number.

    Who is named by hand is there; else by their charge; else with all persons, or organisations.
    """
    found: dict[int, College] = {}
    for college in sorted(poll.colleges, key=_precedence):
        for member in _belonging(college):
            found.setdefault(member, college)
    return found


def _precedence(college: College) -> tuple[int, int]:
    if college.belongs == CHOSEN:
        return 0, college.id
    return (1 if college.belongs.startswith(HOLDERS) else 2), college.id


def _belonging(college: College) -> list[int]:
    members = everybody(college.poll)
    if college.belongs == CHOSEN:
        here = {each.id for each in members}
        return [each for each in chosen(college) if each in here]
    if college.belongs.startswith(HOLDERS):
        permission = college.belongs.removeprefix(HOLDERS)
        return [each.id for each in membership.holding(college.poll.community, permission)]
    persons = college.belongs == PERSONS
    return [each.id for each in members if (each.person_id is not None) == persons]


def require_filled(poll: Poll, colleges: Mapping[int, College]) -> None:
    """Stop the opening of a poll one of whose colleges is nobody; raises ``CollegeEmpty``."""
    filled = {each.id for each in colleges.values()}
    for college in poll.colleges:
        if college.id not in filled:
            raise CollegeEmpty(college.name)
