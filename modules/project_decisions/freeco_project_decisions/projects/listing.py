"""Tasks beside their project: as a file, who waits for them, who knows how, which are free."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import select

from freeco import cells
from freeco.db import db
from freeco.i18n import said
from freeco.listings import Cell, Listing
from freeco.members.models import Community, Member
from freeco_project_decisions.projects import knowing, reading, wording
from freeco_project_decisions.projects.models import Project, ProjectState, Skill
from freeco_project_decisions.projects.task_models import Stage, Task, TaskNeed, TaskOwner

MOST_FREE = 10


def tasks_of(project: Project) -> Listing:
    """Return the tasks of a project as a list to keep."""
    tasks = reading.tasks_of(project)
    waits = reading.waited_for(tasks)
    zone = ZoneInfo(project.community.timezone)
    columns = (
        said("Tâche"),
        said("Étape"),
        said("Priorité"),
        said("Qui"),
        said("Début"),
        said("Échéance"),
        said("Heure"),
        said("Durée, en heures"),
        said("Savoir-faire"),
        said("Attend"),
        said("Détail"),
    )
    rows = [_row(each, waits[each.id], zone) for each in tasks]
    return Listing(f"projet-{project.id}-taches", said("Tâches"), columns, rows)


def _row(task: Task, waits: Sequence[Task], zone: ZoneInfo) -> Sequence[Cell]:
    due = task.due_at.astimezone(zone) if task.due_at is not None else None
    return (
        task.title,
        str(wording.STAGES[task.stage]),
        str(wording.PRIORITIES[task.priority]),
        ", ".join(owner.member.name for owner in task.owners),
        task.starts_on,
        due.date() if due is not None else None,
        f"{due:%H:%M}" if due is not None else "",
        task.hours or None,
        ", ".join(map(str, task.skills)),
        ", ".join(needed.title for needed in waits),
        task.text,
    )


def budget_of(project: Project) -> Listing:
    """Return the budget of a project as a list to keep."""
    columns = (said("Dépense"), said("Prévu"), said("Dépensé"), said("Lié à"))
    rows = [
        (each.label, each.planned, each.spent, each.about) for each in reading.budget_of(project)
    ]
    return Listing(f"projet-{project.id}-budget", said("Budget"), columns, rows)


def waiting_for(task: Task) -> Sequence[Task]:
    """Return the tasks that wait for one."""
    return db.session.scalars(
        select(Task)
        .join(TaskNeed, TaskNeed.task_id == Task.id)
        .where(TaskNeed.needed_id == task.id)
        .order_by(Task.id)
    ).all()


def knowers_of(task: Task) -> Sequence[Skill]:
    """Return who said they know what a task asks for."""
    wanted = [str(each) for each in task.skills]
    return knowing.for_skills(task.project.community, wanted) if wanted else []


def free_for(community: Community, member: Member) -> Sequence[Task]:
    """Return tasks that nobody does and that ask for what a member knows, the nearest first."""
    known = {each.key for each in knowing.skills_of(member)}
    if not known:
        return []
    found = db.session.scalars(
        select(Task)
        .join(Task.project)
        .where(
            Project.community_id == community.id,
            Project.state == ProjectState.ACTIVE,
            Task.stage != Stage.DONE,
            ~select(TaskOwner.id).where(TaskOwner.task_id == Task.id).exists(),
        )
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
    )
    return [each for each in found if known & {cells.plain(str(skill)) for skill in each.skills}][
        :MOST_FREE
    ]
