"""Ending a project with a report, taking it up again, putting it away."""

from dataclasses import dataclass

from freeco.clock import now
from freeco.db import lock
from freeco.events import publish
from freeco.members.models import Member
from freeco.money import Money
from freeco_project_decisions.projects import proposing, reading, rights
from freeco_project_decisions.projects.errors import NotYourProject, OpenTasks
from freeco_project_decisions.projects.events import ProjectClosed
from freeco_project_decisions.projects.models import Project, ProjectState


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of a project, as it is typed."""

    done: str
    learnt: str = ""
    cost: Money | None = None
    hours: int = 0
    given_up: bool = False
    leave: bool = False
    """Whether tasks that are not done stay as they are."""


def close(project: Project, member: Member, report: Report) -> None:
    """End a project with its report; one that is closed keeps the report it has.

    Raises ``NotYourProject``, ``OpenTasks``, and ``BeingVoted`` while it is voted on.
    """
    lock(project)
    if not reading.may_change(project, member):
        raise NotYourProject
    if project.state == ProjectState.CLOSED:
        return
    rights.require_no_vote(project)
    progress = reading.progress_of([project])[project.id]
    if progress.done < progress.total and not report.leave:
        raise OpenTasks
    proposing.withdraw_vote(project)
    project.state, project.closed_at = ProjectState.CLOSED, now()
    project.given_up = report.given_up
    project.report_done, project.report_learnt = report.done, report.learnt
    project.report_cost = report.cost
    project.report_hours = report.hours
    publish(ProjectClosed(community_id=project.community_id, project_id=project.id))


def reopen(project: Project, member: Member) -> None:
    """Take a closed project up again, out of the archive too; its report stays to be mended.

    One that no decision had opened is proposed again. Raises ``NotYourProject``.
    """
    lock(project)
    if not reading.may_change(project, member):
        raise NotYourProject
    if project.state == ProjectState.CLOSED:
        opened = project.opened_at is not None
        project.state = ProjectState.ACTIVE if opened else ProjectState.PROPOSED
        project.closed_at = project.archived_at = None
        project.given_up = False


def archive(project: Project, member: Member, away: bool = True) -> None:
    """Put a closed project away, or back among the others; it is found by the search anyway.

    Raises ``NotYourProject``; one that is not closed stays where it is.
    """
    lock(project)
    if not reading.may_change(project, member):
        raise NotYourProject
    if away and project.state in (ProjectState.CLOSED, ProjectState.REFUSED):
        project.archived_at = project.archived_at or now()
    elif not away:
        project.archived_at = None
