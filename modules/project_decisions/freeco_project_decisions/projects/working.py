"""Tasks: added, changed, taken, moved from stage to stage, done and undone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.membership import members_of
from freeco.members.models import Community, Member
from freeco_project_decisions.projects import reading, rights
from freeco_project_decisions.projects.errors import (
    NobodyNamed,
    NotYourProject,
    StrangerToProject,
    TaskBlocked,
    TaskCircle,
)
from freeco_project_decisions.projects.minutes import named_like
from freeco_project_decisions.projects.models import Part, Participant, Project
from freeco_project_decisions.projects.task_models import (
    Meeting,
    Priority,
    Stage,
    Task,
    TaskNeed,
    TaskOwner,
)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A task as it is typed; the first ones are those of ``Task``."""

    title: str
    text: str = ""
    priority: str = Priority.NORMAL
    starts_on: date | None = None
    due_at: datetime | None = None
    hours: int = 0
    skills: Sequence[str] = ()
    owners: Collection[int] = ()
    """Numbers of members."""
    needs: Collection[int] = ()
    """Numbers of the tasks that come first."""


def named(community: Community, text: str) -> list[int]:
    """Return the numbers of the members whose names are typed, parted by commas.

    Raises ``NobodyNamed`` for a name that means nobody here, or several.
    """
    wanted = [each.strip() for each in text.split(",") if each.strip()]
    names = [(each.name, each.id) for each in members_of(community)] if wanted else []
    found = {who: named_like(who, names) for who in wanted}
    for who, number in found.items():
        if number is None:
            raise NobodyNamed(who)
    return [number for number in found.values() if number is not None]


def find_task(community: Community, task_id: int) -> Task:
    """Return a task of a project of this community; raise Absent for another's."""
    found = db.session.get(Task, task_id)
    if found is None or found.project.community_id != community.id:
        raise Absent
    return found


def may_work(task: Task, member: Member | None) -> bool:
    """Whether a member moves a task: who does it, who helps and finds it free, who changes all."""
    if member is None or member.community_id != task.project.community_id:
        return False
    if any(each.member_id == member.id for each in task.owners):
        return True
    if reading.may_change(task.project, member):
        return True
    part = reading.part_of(task.project, member)
    return part is not None and part.part == Part.HELPER and not task.owners


def add(
    project: Project,
    member: Member,
    written: Written,
    meeting: Meeting | None = None,
    action: str | None = None,
) -> Task:
    """Add a task to a project that is not over.

    Raises ``NotYourProject``, ``ProjectOver``, ``StrangerToProject`` and ``TaskCircle``.
    """
    rights.require_changing(project, member)
    task = Task(project=project, title=written.title, meeting=meeting, action=action)
    db.session.add(task)
    db.session.flush()
    _write(task, written)
    return task


def change(task: Task, member: Member, written: Written) -> None:
    """Write a task anew; raises as ``add`` does."""
    rights.require_changing(task.project, member)
    lock(task)
    _write(task, written)


def _write(task: Task, written: Written) -> None:
    for name in (each.name for each in fields(written)):
        if name not in ("owners", "needs", "skills"):
            setattr(task, name, getattr(written, name))
    task.skills = list(written.skills)
    _own(task, written.owners)
    _need(task, written.needs)


def _own(task: Task, owners: Collection[int]) -> None:
    kept = {each.member_id for each in task.owners}
    for each in [each for each in task.owners if each.member_id not in owners]:
        task.owners.remove(each)
        db.session.delete(each)
    for member_id in sorted(set(owners) - kept):
        member = db.session.get(Member, member_id)
        if (
            member is None
            or member.community_id != task.project.community_id
            or member.left_at is not None
        ):
            raise StrangerToProject("owners")
        _give(task, member)
    db.session.flush()


def _give(task: Task, member: Member) -> None:
    db.session.add(TaskOwner(task=task, member=member))
    if reading.part_of(task.project, member) is None:
        db.session.add(Participant(project=task.project, member=member, part=Part.HELPER))


def _need(task: Task, needs: Collection[int]) -> None:
    known = {each.id for each in reading.tasks_of(task.project)}
    wanted = {each for each in needs if each in known}
    db.session.execute(delete(TaskNeed).where(TaskNeed.task_id == task.id))
    if task.id in wanted or task.id in _behind(wanted):
        raise TaskCircle
    for needed_id in sorted(wanted):
        db.session.add(TaskNeed(task=task, needed=db.session.get_one(Task, needed_id)))
    db.session.flush()


def _behind(tasks: Collection[int]) -> set[int]:
    """Return all that some tasks wait for, near and far."""
    found: set[int] = set()
    left = set(tasks)
    while left:
        needed = set(
            db.session.scalars(select(TaskNeed.needed_id).where(TaskNeed.task_id.in_(left)))
        )
        left = needed - found
        found |= needed
    return found


def take(task: Task, member: Member) -> bool:
    """Do a task that nobody does yet, or join who does it; a second click changes nothing.

    Any member of the community may. Raises ``ProjectOver`` and ``ProjectNotOpen``.
    """
    lock(task.project)
    rights.require_open(task.project)
    if any(each.member_id == member.id for each in task.owners):
        return False
    _give(task, member)
    db.session.flush()
    db.session.refresh(task, ["owners"])
    return True


def leave(task: Task, member: Member) -> None:
    """No longer do a task."""
    lock(task)
    for each in [each for each in task.owners if each.member_id == member.id]:
        task.owners.remove(each)
        db.session.delete(each)
    db.session.flush()


def move(task: Task, member: Member, stage: str) -> bool:
    """Bring a task to a stage; False where it stands there already.

    Raises ``NotYourProject``, ``ProjectOver``, ``ProjectNotOpen``, and ``TaskBlocked`` for one
    that is to be done while another it waits for is not.
    """
    lock(task.project)
    rights.require_open(task.project)
    lock(task)
    if not may_work(task, member):
        raise NotYourProject
    if task.stage == stage:
        return False
    if stage == Stage.DONE:
        _finish(task)
        return True
    if task.stage == Stage.DONE:
        _reopen(task)
    task.stage = stage
    return True


def _finish(task: Task) -> None:
    for waited in reading.waited_for([task])[task.id]:
        if waited.stage != Stage.DONE:
            raise TaskBlocked(waited.title)
    task.stage_before = task.stage
    task.stage, task.done_at = Stage.DONE, now()


def undo(task: Task, member: Member) -> bool:
    """Put a task that was done back where it stood; a second click changes nothing.

    Raises as ``move`` does. What waits for it and is done stays done: it was, at the time.
    """
    if task.stage != Stage.DONE:
        return False
    return move(task, member, task.stage_before)


def _reopen(task: Task) -> None:
    task.done_at = None


def remove(task: Task, member: Member) -> None:
    """Take a task away, with what waited for it no longer waiting.

    Raises ``NotYourProject`` and ``ProjectOver``.
    """
    rights.require_changing(task.project, member)
    db.session.execute(
        delete(TaskNeed).where((TaskNeed.task_id == task.id) | (TaskNeed.needed_id == task.id))
    )
    for each in list(task.owners):
        db.session.delete(each)
    db.session.flush()
    db.session.delete(task)
    db.session.flush()


def blocked(tasks: Sequence[Task]) -> Mapping[int, Sequence[Task]]:
    """Return what each task still waits for; only tasks that wait for something."""
    waiting = reading.waited_for(tasks)
    left = {
        each.id: [needed for needed in waiting[each.id] if needed.stage != Stage.DONE]
        for each in tasks
        if each.stage != Stage.DONE
    }
    return {number: needed for number, needed in left.items() if needed}


def typed(task: Task) -> dict[str, Any]:
    """Return whom a task belongs to and what it waits for, as its form shows them."""
    needs = db.session.scalars(select(TaskNeed.needed_id).where(TaskNeed.task_id == task.id))
    return {
        "owners": [str(each.member_id) for each in task.owners],
        "needs": [str(each) for each in needs],
    }
