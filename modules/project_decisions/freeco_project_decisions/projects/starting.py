"""Opening a project: at once, or by the decision that keeps it."""

import json
from collections.abc import Mapping
from typing import Any

from freeco.clock import now
from freeco.db import db, lock
from freeco.events import publish
from freeco.money import Money
from freeco_project_decisions.polls import showing
from freeco_project_decisions.polls.models import Decision
from freeco_project_decisions.projects.events import ProjectOpened
from freeco_project_decisions.projects.models import Project, ProjectState

WAITING = (ProjectState.PROPOSED, ProjectState.REFUSED)


def open_project(
    project: Project, decision: Decision | None = None, budget: Money | None = None
) -> bool:
    """Open a project with its tasks, and give it the budget that was voted.

    A second time changes nothing and returns False: what people have changed since stays.
    """
    lock(project)
    if project.state not in WAITING:
        return False
    project.state = ProjectState.ACTIVE
    project.opened_at = now()
    if decision is not None:
        project.decision_id = decision.id
    if budget is not None:
        project.budget = budget
    publish(ProjectOpened(community_id=project.community_id, project_id=project.id))
    return True


def not_kept(project: Project, decision: Decision) -> None:
    """Note that a decision did not keep a project; one that has begun goes on."""
    lock(project)
    if project.state in WAITING:
        project.state = ProjectState.REFUSED
        project.decision_id = decision.id


def hear_decision(payload: Mapping[str, Any]) -> None:
    """Open the projects that a decision keeps: the one it was about, or those it chose.

    What they are given is what stands in the text that was opened, whatever the project says
    since. Heard twice, it changes nothing: a project that has begun is left alone.
    """
    decision = db.session.get(Decision, payload["decision_id"])
    if decision is None:
        return
    opened, here = json.loads(decision.poll.frozen_text), decision.community_id
    about = project_of(opened["asked_by"], here)
    if about is not None:
        if decision.adopted:
            open_project(about, decision, _amount(opened["budget"]))
        else:
            not_kept(about, decision)
    chosen = set(json.loads(decision.outcome)["chosen"]) if decision.adopted else set()
    for place, option in enumerate(opened["options"]):
        project = project_of(option["about"], here)
        if project is None:
            continue
        if place in chosen:
            open_project(project, decision, _amount(option["cost"]))
        elif decision.adopted:
            not_kept(project, decision)


def decision_of(project: Project) -> Decision | None:
    """Return the decision that opened a project, or did not keep it."""
    if project.decision_id is None:
        return None
    return db.session.get(Decision, project.decision_id)


def statement_of(project: Project) -> str | None:
    """Return the reference of that decision in the public record."""
    if project.decision_id is None:
        return None
    return showing.statement_of(project.community, f"decision:{project.decision_id}")


def _amount(cents: int | None) -> Money | None:
    return Money(cents) if cents is not None else None


def project_of(about: str, community_id: int) -> Project | None:
    """Return the project that a reference names, in its own community."""
    module, _first, rest = about.partition(":")
    kind, _second, number = rest.partition(":")
    if (module, kind) != ("project_decisions", "project") or not number.isdecimal():
        return None
    found = db.session.get(Project, int(number))
    return found if found is not None and found.community_id == community_id else None
