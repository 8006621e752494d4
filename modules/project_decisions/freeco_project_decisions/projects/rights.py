"""What stops a change to a project."""

from freeco.db import lock
from freeco.members.models import Member
from freeco_project_decisions.polls.models import Poll, PollState
from freeco_project_decisions.polls.reading import decision_of
from freeco_project_decisions.projects import reading
from freeco_project_decisions.projects.errors import (
    BeingVoted,
    NotYourProject,
    ProjectNotOpen,
    ProjectOver,
)
from freeco_project_decisions.projects.models import Project, ProjectState


def require_changing(project: Project, member: Member) -> None:
    """Lock a project to change it; raises ``NotYourProject``, ``ProjectOver``."""
    lock(project)
    if not reading.may_change(project, member):
        raise NotYourProject
    require_unfinished(project)


def require_unfinished(project: Project) -> None:
    """Stop a change to what is closed; raises ``ProjectOver``."""
    if project.state == ProjectState.CLOSED:
        raise ProjectOver


def require_open(project: Project) -> None:
    """Stop work on what no decision has opened; raises ``ProjectOver``, ``ProjectNotOpen``."""
    require_unfinished(project)
    if project.state != ProjectState.ACTIVE:
        raise ProjectNotOpen


def require_no_vote(project: Project) -> None:
    """Stop a change of what is being voted on; raises ``BeingVoted``."""
    for poll in reading.polls_of(project):
        if poll.state in reading.VOTED_NOW or _decided_just_now(project, poll):
            raise BeingVoted


def _decided_just_now(project: Project, poll: Poll) -> bool:
    """Whether a vote opens a project that has not heard of it yet: what was voted stands."""
    if poll.state != PollState.DECIDED or project.state != ProjectState.PROPOSED:
        return False
    decision = decision_of(poll)
    return decision is not None and decision.adopted
