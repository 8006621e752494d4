"""What projects know about a member, what keeps them, and how projects forget them."""

from typing import Any

from flask import url_for
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from freeco.db import db
from freeco.i18n import said
from freeco.members.models import Member
from freeco.module import Tie
from freeco_project_decisions.forgetting import forget_name
from freeco_project_decisions.projects import knowing
from freeco_project_decisions.projects.models import (
    Part,
    Participant,
    Project,
    ProjectDocument,
    ProjectNews,
    ProjectState,
    Skill,
)
from freeco_project_decisions.projects.task_models import Task, TaskOwner


def leaving(member: Member) -> list[Tie]:
    """Say which open projects nobody else carries."""
    return [
        Tie(
            said("Vous portez seul le projet « %(title)s ».", title=each.title),
            url_for(
                "project_decisions_projects.team",
                community=each.community.slug,
                project_id=each.id,
            ),
        )
        for each in _carried_alone(member)
    ]


def _carried_alone(member: Member) -> list[Project]:
    own = db.session.scalars(
        select(Project)
        .join(Participant, Participant.project_id == Project.id)
        .where(
            Participant.member_id == member.id,
            Participant.part == Part.OWNER,
            Project.state == ProjectState.ACTIVE,
        )
        .order_by(Project.id)
    ).all()
    shared = set(
        db.session.scalars(
            select(Participant.project_id)
            .join(Participant.member)
            .where(
                Participant.part == Part.OWNER,
                Participant.member_id != member.id,
                Member.left_at.is_(None),
            )
        )
    )
    return [each for each in own if each.id not in shared]


def export(member: Member) -> dict[str, Any]:
    """Give what a member proposed, took part in, does, wrote, and said they know."""
    content: dict[str, Any] = {
        "projects_proposed": [
            {"title": each.title, "goals": each.goals, "state": each.state}
            for each in _all(Project, Project.author_id, member)
        ],
        "projects_taken_part_in": [
            {
                "project": each.project.title,
                "part": each.part,
                "charge": each.charge,
                "hours": each.hours,
                "hears": each.hears,
            }
            for each in _all(Participant, Participant.member_id, member)
        ],
        "tasks": [
            {
                "task": each.task.title,
                "project": each.task.project.title,
                "stage": each.task.stage,
                "due_at": each.task.due_at.isoformat() if each.task.due_at else None,
            }
            for each in db.session.scalars(
                select(TaskOwner)
                .where(TaskOwner.member_id == member.id)
                .options(joinedload(TaskOwner.task).joinedload(Task.project))
                .order_by(TaskOwner.id)
            )
        ],
        "project_news_written": [
            {"project": each.project.title, "subject": each.subject, "text": each.text}
            for each in _all(ProjectNews, ProjectNews.author_id, member)
        ],
        "project_documents_added": [
            {"project": each.project.title, "name": each.name}
            for each in _all(ProjectDocument, ProjectDocument.added_by_id, member)
        ],
        "skills": [
            {"name": each.name, "level": each.level, "shown": each.shown}
            for each in knowing.skills_of(member)
        ],
    }
    return {name: found for name, found in content.items() if found}


def _all(model: Any, column: Any, member: Member) -> list[Any]:
    return list(db.session.scalars(select(model).where(column == member.id).order_by(model.id)))


def erase(member: Member) -> None:
    """Forget who proposed, helps and knows; the projects, their tasks and papers stay."""
    for gone in (
        delete(Skill).where(Skill.member_id == member.id),
        delete(TaskOwner).where(TaskOwner.member_id == member.id),
        delete(Participant).where(Participant.member_id == member.id),
    ):
        db.session.execute(gone.execution_options(synchronize_session="fetch"))
    forget_name(member, Project.author_id, ProjectNews.author_id, ProjectDocument.added_by_id)
