"""The letters of projects: news for those who take part, and tasks that are due today.

News go to the list of the project, whose addresses nobody sees. Reminders leave in the minute a
task is due, once for each date; several at once are one letter, and within an hour of the last
one they wait and come together.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db, lock
from freeco.i18n import counted, deadline, spoken
from freeco.mail.letters import in_view
from freeco.members.models import Community, Member, Person
from freeco.notifications.notices import Told, notify, notify_each
from freeco_project_decisions.projects import reading, rights
from freeco_project_decisions.projects.models import (
    Participant,
    Project,
    ProjectNews,
    ProjectState,
)
from freeco_project_decisions.projects.task_models import Stage, Task, TaskOwner

LETTERS = Path(__file__).parent.parent / "letters"
GATHERED = timedelta(hours=1)
"""Reminders so close to the last one come together in the next."""
TOO_LATE = timedelta(days=2)
"""A date typed so long after it has passed reminds nobody."""


def write_news(
    project: Project, author: Member, subject: str, text: str, token: str
) -> ProjectNews:
    """Write to those who take part in a project; sent twice is said once.

    Raises ``NotYourProject`` and ``ProjectOver``.
    """
    rights.require_changing(project, author)
    known = db.session.scalar(
        select(ProjectNews).where(ProjectNews.project_id == project.id, ProjectNews.token == token)
    )
    if known is not None:
        return known
    news = ProjectNews(project=project, author=author, subject=subject, text=text, token=token)
    db.session.add(news)
    db.session.flush()
    return news


def news_of(project: Project) -> Sequence[ProjectNews]:
    """Return what those who take part were told, the last first."""
    return db.session.scalars(
        select(ProjectNews)
        .where(ProjectNews.project_id == project.id)
        .options(joinedload(ProjectNews.author).joinedload(Member.person))
        .order_by(ProjectNews.id.desc())
    ).all()


def listeners(project: Project) -> Sequence[Participant]:
    """Return whom the news of a project reach, unless their own switch says otherwise."""
    return [each for each in reading.participants(project) if each.hears]


def tell_due(community: Community) -> None:
    """Send the news that wait, and remind of the tasks that are due."""
    for news in _waiting(community):
        _tell(news)
    _remind(community)


def _waiting(community: Community) -> Sequence[ProjectNews]:
    return db.session.scalars(
        select(ProjectNews)
        .join(ProjectNews.project)
        .where(Project.community_id == community.id, ProjectNews.told_at.is_(None))
        .order_by(ProjectNews.id)
    ).all()


def _tell(news: ProjectNews) -> None:
    lock(news)
    if news.told_at is not None:
        return
    project = news.project
    content = {
        "project": project.title,
        "subject": news.subject,
        "text": news.text,
        "author": news.author.name if news.author is not None else "",
    }
    notify_each(
        [
            Told(each.member, url=url_of(project), content=content)
            for each in listeners(project)
            if each.member_id != news.author_id
        ],
        "project_decisions.project_news",
        "project_news",
        key=f"project_decisions:project_news:{news.id}",
        folder=LETTERS,
    )
    news.told_at = now()


def url_of(project: Project) -> str:
    """Return the page of a project, as a letter links to it."""
    return f"/{project.community.slug}/project-decisions/projets/{project.id}"


def _remind(community: Community) -> None:
    by_member: dict[int, list[TaskOwner]] = defaultdict(list)
    for each in _due(community):
        by_member[each.member_id].append(each)
    for member_id, owned in by_member.items():
        if not _just_reminded(member_id):
            _remind_one(owned)


def _due(community: Community) -> Sequence[TaskOwner]:
    return db.session.scalars(
        select(TaskOwner)
        .join(TaskOwner.task)
        .join(Task.project)
        .join(TaskOwner.member)
        .join(Person, Member.person_id == Person.id)
        .where(
            Project.community_id == community.id,
            Project.state == ProjectState.ACTIVE,
            Task.stage != Stage.DONE,
            Task.due_at <= now(),
            Task.due_at > now() - TOO_LATE,
            or_(TaskOwner.reminded_for.is_(None), TaskOwner.reminded_for != Task.due_at),
            Member.left_at.is_(None),
            Person.erased_at.is_(None),
        )
        .options(joinedload(TaskOwner.task).joinedload(Task.project))
        .order_by(Task.due_at, TaskOwner.id)
    ).all()


def _just_reminded(member_id: int) -> bool:
    last = db.session.scalar(
        select(TaskOwner.id)
        .where(TaskOwner.member_id == member_id, TaskOwner.reminded_at > now() - GATHERED)
        .limit(1)
    )
    return last is not None


def _remind_one(owned: Sequence[TaskOwner]) -> None:
    member, community = owned[0].member, owned[0].task.project.community
    person = member.person
    with in_view(community), spoken(person.language if person is not None else "fr"):
        tasks = [
            {
                "title": each.task.title,
                "project": each.task.project.title,
                "due": deadline(each.task.due_at) if each.task.due_at is not None else "",
            }
            for each in owned
        ]
        what = (
            tasks[0]["title"]
            if len(tasks) == 1
            else counted("%(num)s tâche", "%(num)s tâches", len(tasks))
        )
    first = owned[0]
    notify(
        member,
        "project_decisions.task_due",
        "task_due",
        key=f"project_decisions:task_due:{first.id}:{first.task.due_at:%Y%m%d%H%M}",
        url=f"/{community.slug}/project-decisions/projets/mes-taches",
        folder=LETTERS,
        tasks=tasks,
        what=what,
    )
    for each in owned:
        each.reminded_for, each.reminded_at = each.task.due_at, now()
