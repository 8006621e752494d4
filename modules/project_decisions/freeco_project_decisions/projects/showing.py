"""Projects as their pages show them: who reads, tasks in columns, in order, or along time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from freeco import cells
from freeco.clock import now, today
from freeco.members.models import Member
from freeco_project_decisions.projects import reading, working
from freeco_project_decisions.projects.models import Part, Participant, Project, ProjectState
from freeco_project_decisions.projects.task_models import Priority, Stage, Task

WIDE = 1000
"""How wide the picture of time is, in its own units."""
SHORTEST = 14
"""A day stays as wide as can be seen."""


@dataclass(frozen=True)
class Seat:
    """What a reader may do in a project."""

    part: Participant | None
    changes: bool

    @property
    def follows(self) -> bool:
        """Whether its news reach the reader."""
        return self.part is not None and self.part.hears

    @property
    def helps(self) -> bool:
        """Whether the reader owns or helps."""
        return self.part is not None and self.part.part != Part.FOLLOWER


def seat_of(project: Project, member: Member | None) -> Seat:
    """Return what a member may do in a project; nobody changes what is closed."""
    part = reading.part_of(project, member)
    return Seat(part, reading.may_change(project, member))


@dataclass(frozen=True)
class Hands:
    """Who is needed and who offered."""

    people: int
    hours: int
    offered: int
    offered_hours: int


def hands_of(project: Project, people: Sequence[Participant]) -> Hands:
    """Count the hands of a project."""
    helping = [each for each in people if each.part != Part.FOLLOWER]
    return Hands(project.people, project.hours, len(helping), sum(each.hours for each in helping))


@dataclass(frozen=True)
class Shown:
    """A task as it is shown, with what it waits for."""

    task: Task
    late: bool
    waits: Sequence[Task]
    moves: bool
    """Whether the reader may bring it to another stage."""


def shown(project: Project, member: Member | None) -> list[Shown]:
    """Return the tasks of a project for a reader, in the order they were made."""
    tasks = reading.tasks_of(project)
    waiting = working.blocked(tasks)
    changes = reading.may_change(project, member)
    part = reading.part_of(project, member)
    helps = part is not None and part.part == Part.HELPER
    number = member.id if member is not None else 0
    return [
        Shown(
            each,
            is_late(each),
            waiting.get(each.id, ()),
            project.state == ProjectState.ACTIVE
            and (
                changes
                or any(owner.member_id == number for owner in each.owners)
                or (helps and not each.owners)
            ),
        )
        for each in tasks
    ]


def is_late(task: Task) -> bool:
    """Whether its hour has passed."""
    return task.stage != Stage.DONE and task.due_at is not None and task.due_at <= now()


PRESSING = [Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW]


def _pressing(each: Shown) -> tuple[int, bool, datetime, int]:
    due = each.task.due_at
    return (
        PRESSING.index(Priority(each.task.priority)),
        due is None,
        due or each.task.made_at,
        each.task.id,
    )


def board(tasks: Sequence[Shown]) -> Mapping[str, list[Shown]]:
    """Return the tasks by stage, what presses first; what is done, the last done first."""
    columns = {
        str(stage): sorted((each for each in tasks if each.task.stage == stage), key=_pressing)
        for stage in Stage
    }
    columns[Stage.DONE].sort(key=lambda each: each.task.done_at or now(), reverse=True)
    return columns


ORDERS = ("due", "priority", "title", "stage")


def in_order(tasks: Sequence[Shown], order: str) -> list[Shown]:
    """Return the tasks of a list in an order; those without a date last."""
    if order == "title":
        return sorted(tasks, key=lambda each: (cells.plain(each.task.title), each.task.id))
    if order == "priority":
        return sorted(tasks, key=_pressing)
    if order == "stage":
        stages = list(Stage)
        return sorted(tasks, key=lambda each: (stages.index(Stage(each.task.stage)), each.task.id))
    return sorted(
        tasks,
        key=lambda each: (
            each.task.due_at is None,
            each.task.due_at or each.task.made_at,
            each.task.id,
        ),
    )


def kept(tasks: Sequence[Shown], words: str, whose: str, member: Member) -> list[Shown]:
    """Return the tasks that say some words, those of the reader, free or late ones."""
    found = [
        each for each in tasks if not words or cells.says(words, each.task.title, each.task.text)
    ]
    if whose == "moi":
        return [e for e in found if any(o.member_id == member.id for o in e.task.owners)]
    if whose == "libres":
        return [e for e in found if not e.task.owners and e.task.stage != Stage.DONE]
    if whose == "retard":
        return [e for e in found if e.late]
    if whose == "ouvertes":
        return [e for e in found if e.task.stage != Stage.DONE]
    return found


@dataclass(frozen=True)
class Bar:
    """A task along time."""

    shown: Shown
    begins: date
    ends: date
    x: int
    width: int


@dataclass(frozen=True)
class Timeline:
    """The dated tasks of a project, from its first day to its last."""

    first: date
    last: date
    bars: Sequence[Bar]
    months: Sequence[int]
    """Where each month begins."""
    today: int | None
    undated: int


def timeline(project: Project, tasks: Sequence[Shown]) -> Timeline | None:
    """Draw the dated tasks along time; none when nothing has a date."""
    zone = ZoneInfo(project.community.timezone)
    spans = [(each, *_span(each.task, zone)) for each in tasks if _dated(each.task)]
    if not spans:
        return None
    days = [day for _each, begins, ends in spans for day in (begins, ends)]
    days += [day for day in (project.starts_on, project.ends_on) if day is not None]
    first, last = min(days), max(days)
    length = (last - first).days + 1

    def place(day: date) -> int:
        return (day - first).days * WIDE // length

    bars = [
        Bar(
            each,
            begins,
            ends,
            min(place(begins), WIDE - SHORTEST),
            max(place(ends + timedelta(days=1)) - place(begins), SHORTEST),
        )
        for each, begins, ends in sorted(spans, key=lambda found: (found[1], found[2]))
    ]
    day = today(project.community.timezone)
    return Timeline(
        first,
        last,
        bars,
        [place(each) for each in _months(first, last)],
        place(day) if first <= day <= last else None,
        len(tasks) - len(spans),
    )


def _dated(task: Task) -> bool:
    return task.starts_on is not None or task.due_at is not None


def _span(task: Task, zone: ZoneInfo) -> tuple[date, date]:
    due = task.due_at.astimezone(zone).date() if task.due_at is not None else None
    begins = task.starts_on or due
    ends = due or task.starts_on
    if begins is None or ends is None:
        raise ValueError("a task without a date has no place in time")
    return begins, max(begins, ends)


def _months(first: date, last: date) -> list[date]:
    found = []
    month = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    while month <= last:
        found.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return found
