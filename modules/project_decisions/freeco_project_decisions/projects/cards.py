"""What projects put on the home page, in the agenda and in the gazette."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db
from freeco.i18n import _, counted, deadline, said
from freeco.members.models import Community, Member
from freeco.module import AgendaItem, Card, Story
from freeco_project_decisions.projects import reading
from freeco_project_decisions.projects.models import Participant, Project, ProjectState
from freeco_project_decisions.projects.task_models import Meeting, Stage, Task, TaskOwner

WEEK = timedelta(days=7)
PRESSING = timedelta(days=2)


def cards(community: Community, member: Member) -> list[Card]:
    """Return what a member still has to do this week: one card, however many tasks."""
    due = [
        each
        for each in reading.mine(community, member)
        if each.due_at is not None and each.due_at <= now() + WEEK
    ]
    if not due:
        return []
    first = due[0]
    at = first.due_at or now()
    return [
        Card(
            title=first.title
            if len(due) == 1
            else counted(
                "%(num)s tâche à faire cette semaine",
                "%(num)s tâches à faire cette semaine",
                len(due),
            ),
            text=said("Avant le %(moment)s : %(title)s", moment=deadline(at), title=first.title)
            if len(due) > 1
            else said(
                "Avant le %(moment)s, pour « %(project)s ».",
                moment=deadline(at),
                project=first.project.title,
            ),
            url=url_for("project_decisions_projects.mine", community=community.slug),
            action=_("Voir mes tâches"),
            colour="teal",
            urgent=at <= now() + PRESSING,
        )
    ]


def agenda(
    community: Community, member: Member, since: datetime, until: datetime
) -> list[AgendaItem]:
    """Return the meetings of the projects a member takes part in, and what they have to do."""
    return [_meeting(each) for each in _meetings(community, member, since, until)] + [
        _task(each) for each in _tasks(community, member, since, until)
    ]


def _meetings(
    community: Community, member: Member, since: datetime, until: datetime
) -> Sequence[Meeting]:
    mine = select(Participant.project_id).where(
        Participant.member_id == member.id,
        or_(Participant.part != "follower", Participant.hears.is_(True)),
    )
    return db.session.scalars(
        select(Meeting)
        .join(Meeting.project)
        .where(
            Project.community_id == community.id,
            Meeting.project_id.in_(mine),
            Meeting.cancelled_at.is_(None),
            Meeting.starts_at >= since,
            Meeting.starts_at < until,
        )
        .options(joinedload(Meeting.project))
        .order_by(Meeting.starts_at)
    ).all()


def _meeting(meeting: Meeting) -> AgendaItem:
    return AgendaItem(
        title=said("%(project)s : %(title)s", project=meeting.project.title, title=meeting.title),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        url=url_for(
            "project_decisions_projects.meeting_page",
            community=meeting.project.community.slug,
            meeting_id=meeting.id,
        ),
        key=f"project_decisions.meeting:{meeting.id}",
        changes=meeting.changes,
        changed_at=meeting.changed_at,
    )


def _tasks(
    community: Community, member: Member, since: datetime, until: datetime
) -> Sequence[Task]:
    return db.session.scalars(
        select(Task)
        .join(TaskOwner, TaskOwner.task_id == Task.id)
        .join(Task.project)
        .where(
            Project.community_id == community.id,
            Project.state == ProjectState.ACTIVE,
            TaskOwner.member_id == member.id,
            Task.stage != Stage.DONE,
            Task.due_at >= since,
            Task.due_at < until,
        )
        .order_by(Task.due_at, Task.id)
    ).all()


def _task(task: Task) -> AgendaItem:
    at = task.due_at or now()
    return AgendaItem(
        title=said("À faire : %(title)s", title=task.title),
        starts_at=at,
        ends_at=at,
        place="",
        url=url_for(
            "project_decisions_projects.task",
            community=task.project.community.slug,
            task_id=task.id,
        ),
        key=f"project_decisions.task:{task.id}",
    )


def stories(community: Community, since: datetime, until: datetime) -> list[Story]:
    """Tell which projects began and which are done in a time, without anybody's name."""
    found = db.session.scalars(
        select(Project)
        .where(
            Project.community_id == community.id,
            or_(
                (Project.opened_at >= since) & (Project.opened_at < until),
                (Project.closed_at >= since) & (Project.closed_at < until),
            ),
        )
        .order_by(Project.id)
    ).all()
    told = []
    for each in found:
        if each.closed_at is not None and since <= each.closed_at < until and not each.given_up:
            title = said("Projet terminé : %(title)s", title=each.title)
            told.append(Story(title, each.report_done, each.closed_at))
        elif each.opened_at is not None and since <= each.opened_at < until:
            title = said("Projet ouvert : %(title)s", title=each.title)
            told.append(Story(title, each.goals, each.opened_at))
    return told
