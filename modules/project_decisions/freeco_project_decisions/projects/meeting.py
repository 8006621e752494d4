"""Meetings of a project: announced, moved, told; what their minutes ask for becomes tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent
from freeco.members.membership import members_of
from freeco.members.models import Community, Member
from freeco_project_decisions.projects import minutes, reading, rights, working
from freeco_project_decisions.projects.minutes import Action
from freeco_project_decisions.projects.models import Project
from freeco_project_decisions.projects.task_models import Meeting, Stage, Task

END_OF_DAY = time(18)
"""The hour at which something « avant le 12 » is due."""


@dataclass(frozen=True, kw_only=True)
class Announced:
    """A meeting as it is typed."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    agenda: str = ""


def find_meeting(community: Community, meeting_id: int) -> Meeting:
    """Return a meeting of a project of this community; raise Absent for another's."""
    found = db.session.get(Meeting, meeting_id)
    if found is None or found.project.community_id != community.id:
        raise Absent
    return found


def meetings_of(project: Project) -> Sequence[Meeting]:
    """Return the meetings of a project, the last first."""
    return db.session.scalars(
        select(Meeting)
        .where(Meeting.project_id == project.id)
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    ).all()


def coming(project: Project) -> Sequence[Meeting]:
    """Return the meetings that are to come and were not called off, the next first."""
    return [
        each
        for each in reversed(meetings_of(project))
        if each.ends_at > now() and each.cancelled_at is None
    ]


def announce(project: Project, member: Member, announced: Announced) -> Meeting:
    """Announce a meeting to those who take part; the same again is the one there is.

    Raises ``NotYourProject`` and ``ProjectOver``.
    """
    rights.require_changing(project, member)
    for each in meetings_of(project):
        if (each.title, each.starts_at) == (announced.title, announced.starts_at):
            return each
    meeting = Meeting(
        project=project,
        title=announced.title,
        starts_at=announced.starts_at,
        ends_at=announced.ends_at,
        place=announced.place,
        agenda=announced.agenda,
    )
    db.session.add(meeting)
    db.session.flush()
    return meeting


def change(meeting: Meeting, member: Member, announced: Announced) -> None:
    """Move a meeting or change what it is about; calendars that follow it learn of it."""
    rights.require_changing(meeting.project, member)
    lock(meeting)
    dated = (meeting.starts_at, meeting.ends_at, meeting.place)
    meeting.title, meeting.agenda = announced.title, announced.agenda
    meeting.starts_at, meeting.ends_at = announced.starts_at, announced.ends_at
    meeting.place = announced.place
    if dated != (meeting.starts_at, meeting.ends_at, meeting.place):
        meeting.changes += 1
        meeting.changed_at = now()


def call_off(meeting: Meeting, member: Member) -> None:
    """Call a meeting off; twice is once."""
    rights.require_changing(meeting.project, member)
    lock(meeting)
    meeting.cancelled_at = meeting.cancelled_at or now()


def restore(meeting: Meeting, member: Member) -> None:
    """Hold a meeting after all; twice is once."""
    rights.require_changing(meeting.project, member)
    lock(meeting)
    meeting.cancelled_at = None


def write_minutes(meeting: Meeting, member: Member, text: str) -> None:
    """Keep the minutes; what they ask for becomes tasks only when somebody says so."""
    rights.require_changing(meeting.project, member)
    lock(meeting)
    meeting.minutes = text


@dataclass(frozen=True)
class Asked:
    """What a line of the minutes asks for, and the task it became."""

    action: Action
    members: tuple[int, ...]
    """Those whom its names mean."""
    unknown: tuple[str, ...]
    """Names that mean nobody here, or several."""
    task: Task | None


def asked(meeting: Meeting) -> list[Asked]:
    """Return what the minutes ask for, line by line, with the tasks already made."""
    made = {
        each.action: each
        for each in db.session.scalars(select(Task).where(Task.meeting_id == meeting.id))
    }
    zone = ZoneInfo(meeting.project.community.timezone)
    names = [(each.name, each.id) for each in members_of(meeting.project.community)]
    first = [(each.member.name, each.member_id) for each in reading.participants(meeting.project)]
    found = []
    for action in minutes.actions(meeting.minutes, meeting.starts_at.astimezone(zone).date()):
        meant = {
            who: minutes.named_like(who, first) or minutes.named_like(who, names)
            for who in action.who
        }
        members = tuple(number for number in meant.values() if number is not None)
        unknown = tuple(who for who, number in meant.items() if number is None)
        found.append(Asked(action, members, unknown, made.get(action.line)))
    return found


def names_of(meeting: Meeting) -> dict[int, str]:
    """Return the names of those whom the minutes mean, by their number."""
    meant = {number for each in asked(meeting) for number in each.members}
    return {
        each.id: each.name for each in members_of(meeting.project.community) if each.id in meant
    }


def make_tasks(meeting: Meeting, member: Member, lines: Sequence[str] | None = None) -> list[Task]:
    """Make a task of each line that asks for something; a line is made a task once.

    ``lines`` keeps only some. Raises ``NotYourProject`` and ``ProjectOver``.
    """
    rights.require_changing(meeting.project, member)
    lock(meeting)
    zone = ZoneInfo(meeting.project.community.timezone)
    made = []
    for each in asked(meeting):
        if each.task is not None or (lines is not None and each.action.line not in lines):
            continue
        due = each.action.due
        title = each.action.what
        if each.unknown:  # whom nobody recognises stays in the words: nothing said is lost
            title = f"{', '.join(each.unknown)} : {title}"
        task = working.add(
            meeting.project,
            member,
            working.Written(
                title=title[: minutes.LONGEST],
                due_at=datetime.combine(due, END_OF_DAY, zone) if due is not None else None,
                owners=each.members,
            ),
            meeting,
            each.action.line,
        )
        if each.action.done:
            task.stage, task.done_at = Stage.DONE, now()
        made.append(task)
    db.session.flush()
    return made
