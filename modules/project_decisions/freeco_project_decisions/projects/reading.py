"""Projects as they are read: lists, who takes part, how far they have come."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from freeco.db import db
from freeco.errors import Absent
from freeco.members import membership
from freeco.members.models import Community, Member
from freeco.money import Money, total
from freeco_project_decisions.permissions import PREPARE
from freeco_project_decisions.polls.models import Option, Poll, PollState
from freeco_project_decisions.projects.models import (
    BudgetLine,
    Part,
    Participant,
    Project,
    ProjectRules,
    ProjectState,
)
from freeco_project_decisions.projects.task_models import Stage, Task, TaskNeed, TaskOwner

VOTED_NOW = (PollState.OPEN, PollState.CLOSED)
UNDECIDED = (PollState.DRAFT, *VOTED_NOW)


def find_project(community: Community, project_id: int) -> Project:
    """Return a project of this community; raise Absent for another's."""
    found = db.session.get(Project, project_id)
    if found is None or found.community_id != community.id:
        raise Absent
    return found


def by_state(community: Community, *states: str, archived: bool = False) -> Sequence[Project]:
    """Return projects, the latest first; those put away apart."""
    away: ColumnElement[bool] = Project.archived_at.is_not(None)
    query = select(Project).where(Project.community_id == community.id, away if archived else ~away)
    if states:
        query = query.where(Project.state.in_(states))
    return db.session.scalars(query.order_by(Project.id.desc())).all()


def participants(project: Project) -> Sequence[Participant]:
    """Return who takes part, owners first, then by the order they came in."""
    found = db.session.scalars(
        select(Participant)
        .join(Participant.member)
        .where(Participant.project_id == project.id, Member.left_at.is_(None))
        .options(
            joinedload(Participant.member).joinedload(Member.person),
            joinedload(Participant.member).joinedload(Member.organisation),
        )
        .order_by(Participant.id)
    ).all()
    order = list(Part)
    return sorted(found, key=lambda each: order.index(Part(each.part)))


def part_of(project: Project, member: Member | None) -> Participant | None:
    """Return what a member is to a project."""
    if member is None:
        return None
    return db.session.scalar(
        select(Participant).where(
            Participant.project_id == project.id, Participant.member_id == member.id
        )
    )


def may_change(project: Project, member: Member | None) -> bool:
    """Whether a member changes a project: an owner, who has a charge in it, a coordinator."""
    if member is None or member.community_id != project.community_id:
        return False
    part = part_of(project, member)
    own = part is not None and (part.part == Part.OWNER or bool(part.charge))
    return own or membership.holds(member, PREPARE.name)


@dataclass(frozen=True)
class Progress:
    """How far the tasks of a project have come."""

    done: int
    total: int


def progress_of(projects: Sequence[Project]) -> Mapping[int, Progress]:
    """Return how far each project has come, by its number; one query for all."""
    rows = db.session.execute(
        select(Task.project_id, Task.stage, func.count())
        .where(Task.project_id.in_([each.id for each in projects]))
        .group_by(Task.project_id, Task.stage)
    ).all()
    done: Counter[int] = Counter()
    whole: Counter[int] = Counter()
    for project_id, stage, many in rows:
        whole[project_id] += many
        done[project_id] += many if stage == Stage.DONE else 0
    return {each.id: Progress(done[each.id], whole[each.id]) for each in projects}


def tasks_of(project: Project) -> Sequence[Task]:
    """Return all tasks of a project with their owners, in the order they were made."""
    return db.session.scalars(
        select(Task)
        .where(Task.project_id == project.id)
        .options(selectinload(Task.owners).joinedload(TaskOwner.member).joinedload(Member.person))
        .order_by(Task.id)
    ).all()


def waited_for(tasks: Sequence[Task]) -> Mapping[int, Sequence[Task]]:
    """Return the tasks that each task waits for, done or not."""
    found: dict[int, list[Task]] = {each.id: [] for each in tasks}
    needs = db.session.scalars(
        select(TaskNeed)
        .where(TaskNeed.task_id.in_(found))
        .options(joinedload(TaskNeed.needed))
        .order_by(TaskNeed.id)
    )
    for need in needs:
        found[need.task_id].append(need.needed)
    return found


def mine(community: Community, member: Member) -> Sequence[Task]:
    """Return the tasks that a member still has to do, those that are due first."""
    found = db.session.scalars(
        select(Task)
        .join(TaskOwner, TaskOwner.task_id == Task.id)
        .join(Task.project)
        .where(
            TaskOwner.member_id == member.id,
            Task.stage != Stage.DONE,
            Project.community_id == community.id,
            Project.state == ProjectState.ACTIVE,
        )
        .options(joinedload(Task.project))
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
    )
    return found.unique().all()


def budget_of(project: Project) -> Sequence[BudgetLine]:
    """Return what a project pays for."""
    return db.session.scalars(
        select(BudgetLine).where(BudgetLine.project_id == project.id).order_by(BudgetLine.id)
    ).all()


def spent(lines: Sequence[BudgetLine]) -> Money:
    """Return what was spent so far."""
    return total([each.spent for each in lines])


def planned(lines: Sequence[BudgetLine]) -> Money:
    """Return what is planned."""
    return total([each.planned for each in lines])


def poll_of(project: Project) -> Poll | None:
    """Return the last poll about a project, or among some of which it is one, not called off."""
    return next(iter(polls_of(project)), None)


def polls_of(project: Project) -> Sequence[Poll]:
    """Return all those polls, the latest first: a project may stand in a draft and in a vote."""
    among = select(Option.id).where(Option.poll_id == Poll.id, Option.about == project.ref)
    return db.session.scalars(
        select(Poll)
        .where(
            Poll.community_id == project.community_id,
            or_(Poll.asked_by == project.ref, among.exists()),
            Poll.state != PollState.CANCELLED,
        )
        .order_by(Poll.id.desc())
    ).all()


def rules_of(community: Community) -> ProjectRules:
    """Return how a community begins its projects; what is usual until it said otherwise."""
    found = db.session.scalar(select(ProjectRules).where(ProjectRules.community_id == community.id))
    return found or ProjectRules(community=community, vote_first=False, vote_days=7, lends=True)
