"""« Le faire ici aussi »: a project done again in another community, without anybody's name."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import undefer

from freeco.activation import is_open
from freeco.charter import services as charter
from freeco.db import db
from freeco.i18n import said
from freeco.members.membership import lock_community, members_of, membership_of, memberships_of
from freeco.members.models import Community, Member
from freeco_project_decisions.polls import closing
from freeco_project_decisions.projects import filing, minutes, proposing, reading
from freeco_project_decisions.projects.errors import NotLent, NowhereElse
from freeco_project_decisions.projects.models import BudgetLine, Project, ProjectDocument
from freeco_project_decisions.projects.proposing import Described
from freeco_project_decisions.projects.task_models import Task, TaskNeed

Bare = Callable[[str], str]
"""Takes the names out of a text."""


def may_lend(project: Project) -> bool:
    """Whether a project may be done again elsewhere: its community and its owners agree."""
    return project.shared and reading.rules_of(project.community).lends


def elsewhere(member: Member) -> list[Community]:
    """Return the other communities where a member may propose: theirs, open, charter accepted."""
    if member.person is None:
        return []
    return [
        each.community
        for each in memberships_of(member.person)
        if each.community_id != member.community_id
        and is_open(each.community, "project_decisions")
        and charter.has_accepted_current(each)
    ]


def origin_of(project: Project, reader: Member) -> Project | None:
    """Return the project that one does again, for who is a member of its community too."""
    if project.copied_from_id is None or reader.person is None:
        return None
    origin = db.session.get(Project, project.copied_from_id)
    known = origin is not None and membership_of(origin.community, reader.person) is not None
    return origin if known else None


def copy(
    project: Project, reader: Member, slug: str, begins: date, documents: bool = True
) -> Project:
    """Propose a project again in another community of the reader, who carries it there.

    Its tasks come without their owners, their dates moved so that the work begins on the day
    given; its budget comes as planned, nothing spent; its documents too, if asked, without who
    added them. The names of members are taken out of the texts. Nothing else comes: no meeting,
    no minutes, no discussion, no report. Again is the one there is.

    Raises ``NotLent`` and ``NowhereElse``.
    """
    if reader.community_id != project.community_id or not may_lend(project):
        raise NotLent
    target = next((each for each in elsewhere(reader) if each.slug == slug), None)
    author = membership_of(target, reader.person) if target and reader.person else None
    if target is None or author is None:
        raise NowhereElse
    lock_community(target)
    known = db.session.scalar(
        select(Project).where(
            Project.community_id == target.id, Project.copied_from_id == project.id
        )
    )
    if known is not None:
        return known
    tasks = reading.tasks_of(project)
    later = begins - _began(project, [each.starts_on for each in tasks])
    bare = _without_names(project.community)
    copied = proposing.propose(target, author, _described(project, later, bare))
    copied.copied_from_id = project.id
    _copy_tasks(copied, list(tasks), later, bare)
    for line in reading.budget_of(project):
        db.session.add(BudgetLine(project=copied, label=bare(line.label), planned=line.planned))
    if documents:
        _copy_documents(project, copied, author, bare)
    db.session.flush()
    return copied


def _without_names(community: Community) -> Bare:
    """Return what takes the names of the members of a community out of a text."""
    names = {each.name for each in members_of(community) if each.person_id is not None} - {""}
    known = "|".join(re.escape(each) for each in sorted(names, key=len, reverse=True))
    if not known:
        return str
    pattern = re.compile(rf"\b(?:{known})\b", re.IGNORECASE)
    return lambda text: pattern.sub(str(said("quelqu’un")), text)


def _asked(task: Task) -> str:
    """Return what a task is called: without the names that its line of the minutes began with."""
    if task.action is None:
        return task.title
    asked = minutes.actions(task.action, task.made_at.date())
    kept = asked[0].what if asked else ""
    return kept if kept and task.title.endswith(kept) else task.title


def _began(project: Project, days: list[date | None]) -> date:
    """Return the day a project began: as announced, else its first dated task, else its opening."""
    if project.starts_on is not None:
        return project.starts_on
    known = [each for each in days if each is not None]
    return min(known) if known else (project.opened_at or project.proposed_at).date()


def _described(project: Project, later: timedelta, bare: Bare) -> Described:
    return Described(
        title=bare(project.title)[: proposing.LONGEST_TITLE],
        goals=bare(project.goals),
        resources=bare(project.resources),
        people=project.people,
        hours=project.hours,
        skills=[str(each) for each in project.skills],
        asked=project.asked,
        starts_on=_moved(project.starts_on, later),
        ends_on=_moved(project.ends_on, later),
    )


def _moved(day: date | None, later: timedelta) -> date | None:
    return day + later if day is not None else None


def _due(instant: datetime | None, later: timedelta, zone: str) -> datetime | None:
    return closing.later(instant, later.days, zone) if instant is not None else None


def _copy_tasks(copied: Project, tasks: list[Task], later: timedelta, bare: Bare) -> None:
    made = {
        each.id: Task(
            project=copied,
            title=bare(_asked(each)),
            text=bare(each.text),
            priority=each.priority,
            starts_on=_moved(each.starts_on, later),
            due_at=_due(each.due_at, later, copied.community.timezone),
            hours=each.hours,
            skills=list(each.skills),
        )
        for each in tasks
    }
    db.session.add_all(made.values())
    for need in db.session.scalars(select(TaskNeed).where(TaskNeed.task_id.in_(made))):
        db.session.add(TaskNeed(task=made[need.task_id], needed=made[need.needed_id]))


def _copy_documents(project: Project, copied: Project, author: Member, bare: Bare) -> None:
    found = db.session.scalars(
        select(ProjectDocument)
        .where(ProjectDocument.project_id == project.id)
        .options(undefer(ProjectDocument.content))
    )
    for each in found.all():
        filing.keep(copied, author, bare(each.name), each.content)
