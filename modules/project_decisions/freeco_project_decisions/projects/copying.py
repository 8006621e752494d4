"""« Le faire ici aussi »: a project done again in another community, without anybody's name."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import undefer

from freeco.activation import is_open
from freeco.charter import services as charter
from freeco.db import db
from freeco.members.membership import lock_community, membership_of, memberships_of
from freeco.members.models import Community, Member
from freeco_project_decisions.polls import closing
from freeco_project_decisions.projects import filing, proposing, reading
from freeco_project_decisions.projects.baring import Bare, Texts, without_names
from freeco_project_decisions.projects.errors import NotLent, NowhereElse
from freeco_project_decisions.projects.models import BudgetLine, Project, ProjectDocument
from freeco_project_decisions.projects.proposing import Described
from freeco_project_decisions.projects.task_models import Task, TaskNeed


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
    project: Project,
    reader: Member,
    slug: str,
    begins: date,
    texts: Texts,
    documents: Collection[int] = (),
) -> Project:
    """Propose a project again in another community of the reader, who carries it there.

    Nothing is written there but ``texts``, which the reader has read again, numbers, days and
    skills: tasks without their owners, moved so that the work begins on the day given; the budget
    as planned, nothing spent; the documents chosen by their number, without who added them. What
    is not in ``texts``, or is empty there, stays here. So do meetings, minutes, the discussion,
    who takes part or knows how, the news and the report. Again is the one there is.

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
    bare = without_names(project)
    copied = proposing.propose(target, author, _described(project, later, texts, bare))
    copied.copied_from_id = project.id
    _copy_tasks(copied, [each for each in tasks if _title(texts, each)], later, texts, bare)
    for line in reading.budget_of(project):
        label = texts.lines.get(line.id, "")
        if label:
            db.session.add(BudgetLine(project=copied, label=label, planned=line.planned))
    _copy_documents(project, copied, author, documents)
    db.session.flush()
    return copied


def _title(texts: Texts, task: Task) -> str:
    return texts.tasks.get(task.id, ("", ""))[0]


def _began(project: Project, days: list[date | None]) -> date:
    """Return the day a project began: as announced, else its first dated task, else its opening."""
    if project.starts_on is not None:
        return project.starts_on
    known = [each for each in days if each is not None]
    return min(known) if known else (project.opened_at or project.proposed_at).date()


def _described(project: Project, later: timedelta, texts: Texts, bare: Bare) -> Described:
    return Described(
        title=texts.title,
        goals=texts.goals,
        resources=texts.resources,
        people=project.people,
        hours=project.hours,
        skills=[bare(str(each)) for each in project.skills],
        asked=project.asked,
        starts_on=_moved(project.starts_on, later),
        ends_on=_moved(project.ends_on, later),
    )


def _moved(day: date | None, later: timedelta) -> date | None:
    return day + later if day is not None else None


def _due(instant: datetime | None, later: timedelta, zone: str) -> datetime | None:
    return closing.later(instant, later.days, zone) if instant is not None else None


def _copy_tasks(
    copied: Project, tasks: Sequence[Task], later: timedelta, texts: Texts, bare: Bare
) -> None:
    made = {
        each.id: Task(
            project=copied,
            title=_title(texts, each),
            text=texts.tasks[each.id][1],
            priority=each.priority,
            starts_on=_moved(each.starts_on, later),
            due_at=_due(each.due_at, later, copied.community.timezone),
            hours=each.hours,
            skills=[bare(str(skill)) for skill in each.skills],
        )
        for each in tasks
    }
    db.session.add_all(made.values())
    for need in db.session.scalars(select(TaskNeed).where(TaskNeed.task_id.in_(made))):
        if need.needed_id in made:
            db.session.add(TaskNeed(task=made[need.task_id], needed=made[need.needed_id]))


def _copy_documents(
    project: Project, copied: Project, author: Member, chosen: Collection[int]
) -> None:
    bare = without_names(project, any_case=True)
    found = db.session.scalars(
        select(ProjectDocument)
        .where(ProjectDocument.project_id == project.id, ProjectDocument.id.in_(chosen))
        .options(undefer(ProjectDocument.content))
    )
    for each in found.all():
        filing.keep(copied, author, bare(each.name), each.content)
