"""What projects know about some words, and how one of them is called."""

from collections.abc import Sequence

from flask import g

from freeco.cells import says
from freeco.db import db
from freeco.i18n import said
from freeco.members.models import Community
from freeco.module import Found, Ref, RefLabel
from freeco_project_decisions.projects import knowing, reading, spending, wording
from freeco_project_decisions.projects.models import Project
from freeco_project_decisions.projects.task_models import Task
from freeco_project_decisions.projects.telling import url_of


def listed(
    community: Community, states: Sequence[str], words: str, *, archived: bool = False
) -> list[Project]:
    """Return the projects of a folder that say some words."""
    return [
        each
        for each in reading.by_state(community, *states, archived=archived)
        if not words or says(words, each.title, each.goals, *map(str, each.skills))
    ]


def find(community: Community, words: str) -> list[Found]:
    """Return the projects that say these words, those put away too, and who knows how."""
    found = listed(community, (), words) + listed(community, (), words, archived=True)
    projects = [Found(each.title, wording.state_of(each)[0], url_of(each)) for each in found]
    return projects + [
        Found(
            each.member.name,
            said("%(skill)s : %(level)s", skill=each.name, level=wording.LEVELS[each.level]),
            f"/{community.slug}/membres/{each.member_id}",
        )
        for each in knowing.who_knows(community, words)
    ]


def label(ref: Ref) -> RefLabel | None:
    """Name a project or a task that a link points to."""
    if ref.module != "project_decisions":
        return None
    if ref.kind == "project":
        project = db.session.get(Project, ref.id)
        return RefLabel(project.title, url_of(project)) if project is not None else None
    if ref.kind == "task":
        task = db.session.get(Task, ref.id)
        if task is not None:
            root = f"/{task.project.community.slug}/project-decisions"
            return RefLabel(task.title, f"{root}/projets/taches/{task.id}")
    return None


def label_here(about: str) -> RefLabel | None:
    """Name what is linked to, if it is of the community in view; none for another's."""
    found = spending.label_of(about) if about else None
    inside = f"/{g.community.slug}/"
    return found if found is not None and found.url.startswith(inside) else None
