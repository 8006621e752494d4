"""« Qui sait faire »: what members know, and agree to be found by."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco import cells
from freeco.db import db, lock
from freeco.members.models import Community, Member
from freeco_project_decisions.projects.models import Level, Skill


@dataclass(frozen=True)
class Known:
    """A skill as it is typed."""

    name: str
    level: str = Level.ABLE


def skills_of(member: Member) -> Sequence[Skill]:
    """Return what a member said they know."""
    return db.session.scalars(
        select(Skill).where(Skill.member_id == member.id).order_by(Skill.name, Skill.id)
    ).all()


def declare(member: Member, known: Known, shown: bool) -> Skill:
    """Say that one knows something, and whether the others may find it; again changes it."""
    lock(member)
    key = cells.plain(known.name)
    skill = db.session.scalar(select(Skill).where(Skill.member_id == member.id, Skill.key == key))
    if skill is None:
        skill = Skill(member=member, name=known.name, key=key)
        db.session.add(skill)
    skill.name, skill.level, skill.shown = known.name, known.level, shown
    db.session.flush()
    return skill


def forget(member: Member, skill_id: int) -> None:
    """Take back a skill; twice is once, and nobody takes back another's."""
    skill = db.session.get(Skill, skill_id)
    if skill is not None and skill.member_id == member.id:
        db.session.delete(skill)
        db.session.flush()


def who_knows(community: Community, words: str = "") -> Sequence[Skill]:
    """Return what members here agreed to be found by, the best known first.

    Never what somebody did not agree to show, nor anything of who has left.
    """
    found = db.session.scalars(
        select(Skill)
        .join(Skill.member)
        .where(Member.community_id == community.id, Member.left_at.is_(None), Skill.shown.is_(True))
        .options(joinedload(Skill.member).joinedload(Member.person))
        .order_by(Skill.key, Skill.id)
    ).all()
    order = list(Level)
    kept = [each for each in found if not words or cells.says(words, each.name)]
    return sorted(kept, key=lambda each: (each.key, -order.index(Level(each.level))))


def for_skills(community: Community, wanted: Sequence[str]) -> Sequence[Skill]:
    """Return who said they know what a project or a task asks for."""
    keys = {cells.plain(each) for each in wanted} - {""}
    return [
        each
        for each in who_knows(community)
        if any(key == each.key or key in each.key or each.key in key for key in keys)
    ]
