"""The texts of a project without the names in them, as they would leave for another community."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.db import db
from freeco.i18n import said
from freeco.members.models import Member, Person
from freeco_project_decisions.projects import minutes, proposing, reading
from freeco_project_decisions.projects.models import Participant, Project
from freeco_project_decisions.projects.task_models import Task, TaskOwner

Bare = Callable[[str], str]
"""Takes names, addresses and telephone numbers out of a text."""
MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
PHONE = re.compile(r"(?:\+|00|\b0)\d(?:[\s.\-/]?\d){7,13}\b")
SHORTEST = 2


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What a project says, to be read again by who carries it elsewhere."""

    title: str
    goals: str
    resources: str
    tasks: Mapping[int, tuple[str, str]]
    """The title and the words of each task, by its number; what is not there stays here."""
    lines: Mapping[int, str]
    """What each line of the budget is for, by its number."""


def texts_of(project: Project) -> Texts:
    """Return the texts of a project, as far as a program can take the names out of them."""
    bare = without_names(project)
    return Texts(
        title=bare(project.title)[: proposing.LONGEST_TITLE],
        goals=bare(project.goals),
        resources=bare(project.resources),
        tasks={
            each.id: (bare(_asked(each))[: minutes.LONGEST], bare(each.text))
            for each in reading.tasks_of(project)
        },
        lines={each.id: bare(each.label) for each in reading.budget_of(project)},
    )


def without_names(project: Project, *, any_case: bool = False) -> Bare:
    """Return what takes names out of the texts of a project.

    Whole names of all who are or were members, whatever their case. A first name alone, and the
    last name of who takes part, where it is written as a name, unless in ``any_case``: « rose » is
    a flower. Too much may go, and a nickname stays: somebody reads what is left.
    """
    known = _persons(project)
    whole = _words({each.name for each in known})
    alone = {each.first_name for each in known}
    alone |= {each.last_name for each in _taking_part(project)}
    single = _words(alone | {each.upper() for each in alone})
    someone = str(said("quelqu’un"))

    def bare(text: str) -> str:
        text = PHONE.sub("…", MAIL.sub("…", text))
        for pattern, flags in ((whole, re.IGNORECASE), (single, re.IGNORECASE if any_case else 0)):
            text = re.sub(pattern, someone, text, flags=flags) if pattern else text
        return text

    return bare


def _words(names: Collection[str]) -> str:
    kept = sorted((each for each in names if len(each) >= SHORTEST), key=len, reverse=True)
    # Between what is no letter: « devis_bruno.pdf » has a name in it.
    return rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, kept))})(?![^\W\d_])" if kept else ""


def _persons(project: Project) -> Sequence[Person]:
    """Return all persons who are, or were, members where a project is."""
    return db.session.scalars(
        select(Person)
        .join(Member, Member.person_id == Person.id)
        .where(Member.community_id == project.community_id)
    ).all()


def _taking_part(project: Project) -> list[Person]:
    """Return who proposed a project, takes part in it, or owns one of its tasks."""
    taking = select(Participant.member_id).where(Participant.project_id == project.id)
    owning = select(TaskOwner.member_id).join(TaskOwner.task).where(Task.project_id == project.id)
    members = db.session.scalars(
        select(Member)
        .where(Member.id.in_(taking.union(owning)) | (Member.id == project.author_id))
        .options(joinedload(Member.person))
    )
    return [each.person for each in members if each.person is not None]


def _asked(task: Task) -> str:
    """Return what a task is called: without the names that its line of the minutes began with."""
    if task.action is None:
        return task.title
    asked = minutes.actions(task.action, task.made_at.date())
    kept = asked[0].what if asked else ""
    return kept if kept and task.title.endswith(kept) else task.title
