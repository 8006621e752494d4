"""Proposing a project: one act gives it its discussion, its tasks, its agenda and its list."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from freeco.clock import now, today
from freeco.db import db, lock
from freeco.i18n import money, said
from freeco.members.membership import lock_community
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco_project_decisions.deliberation import discussing
from freeco_project_decisions.polls import preparing
from freeco_project_decisions.polls.binds import QUORUM_PART, QUORUM_WHOLE
from freeco_project_decisions.polls.models import Method, Option, Poll, PollState, Tie
from freeco_project_decisions.polls.preparing import Choice, Written
from freeco_project_decisions.projects import reading, rights, starting
from freeco_project_decisions.projects.errors import AlreadyOpen, CostMissing, NothingToChoose
from freeco_project_decisions.projects.models import (
    Part,
    Participant,
    Project,
    ProjectRules,
    ProjectState,
)
from freeco_project_decisions.projects.task_models import Meeting, Task

EVENING = time(20)
LONGEST_TITLE = 90
AGAIN_SOON = timedelta(minutes=10)
"""The same project proposed by the same member within so long is one click too many."""


@dataclass(frozen=True, kw_only=True)
class Described:
    """A project as it is typed; each field is the one of ``Project``."""

    title: str
    goals: str
    resources: str = ""
    people: int = 0
    hours: int = 0
    skills: Sequence[str] = ()
    asked: Money | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    shared: bool = True


@dataclass(frozen=True)
class FirstMeeting:
    """When those who want to help meet first."""

    at: datetime
    place: str = ""


def propose(
    community: Community,
    author: Member,
    described: Described,
    tasks: Sequence[str] = (),
    meeting: FirstMeeting | None = None,
) -> Project:
    """Make a project with its discussion, its first tasks, its meeting and its list of people.

    Where the community votes first, it waits, with a poll prepared for those who open polls.
    The same again within some minutes is the one there is.
    """
    lock_community(community)
    made = _just_made(community, author, described.title)
    if made is not None:
        return made
    project = Project(
        community=community, author=author, state=ProjectState.PROPOSED, **_values(described)
    )
    db.session.add(project)
    db.session.flush()
    db.session.add(Participant(project=project, member=author, part=Part.OWNER))
    project.discussion_id = discussing.open_discussion(
        community, author, described.title, described.goals, about=project.ref
    ).id
    for title in tasks:
        db.session.add(Task(project=project, title=title))
    if meeting is not None:
        db.session.add(
            Meeting(
                project=project,
                title=said("Première réunion"),
                starts_at=meeting.at,
                ends_at=meeting.at + timedelta(hours=2),
                place=meeting.place,
            )
        )
    db.session.flush()
    if reading.rules_of(community).vote_first:
        prepare_vote(project)
    else:
        starting.open_project(project)
    return project


def _values(described: Described) -> dict[str, Any]:
    values = {each.name: getattr(described, each.name) for each in fields(described)}
    return values | {"skills": list(described.skills)}


def _just_made(community: Community, author: Member, title: str) -> Project | None:
    return db.session.scalar(
        select(Project).where(
            Project.community_id == community.id,
            Project.author_id == author.id,
            Project.title == title,
            Project.proposed_at > now() - AGAIN_SOON,
        )
    )


def describe(project: Project, member: Member, described: Described) -> None:
    """Write a project anew; raises ``NotYourProject``, ``ProjectOver``, ``BeingVoted``."""
    rights.require_changing(project, member)
    rights.require_no_vote(project)
    before = _question(project), _told(project), _choice(project)
    for name, value in _values(described).items():
        setattr(project, name, value)
    _tell_anew(project, *before)


def _tell_anew(project: Project, question: str, told: str, choice: Choice) -> None:
    """Have the votes that are prepared say what the project has become; somebody reads them again.

    What was typed by hand in a draft stays as it was typed.
    """
    after = _question(project), _told(project), _choice(project)
    if after == (question, told, choice):
        return
    for poll in reading.polls_of(project):
        if poll.state != PollState.DRAFT:
            continue
        poll.ready = False
        if poll.asked_by == project.ref:
            poll.budget = project.asked
            poll.title = after[0] if poll.title == question else poll.title
            poll.text = after[1] if poll.text == told else poll.text
        for option in poll.options:
            if option.about == project.ref:
                _choose_anew(option, choice, after[2])


def _choose_anew(option: Option, before: Choice, after: Choice) -> None:
    taken = {each.text for each in option.poll.options}
    if option.text == before.text and after.text not in taken:
        option.text = after.text
    if option.detail == before.detail:
        option.detail = after.detail
    if option.cost == before.cost:
        option.cost = after.cost


def prepare_vote(project: Project) -> Poll:
    """Prepare the poll that opens a project; the one that is undecided, if there is one.

    Raises ``ProjectOver`` and ``AlreadyOpen``.
    """
    lock(project)
    rights.require_unfinished(project)
    if project.state == ProjectState.ACTIVE:
        raise AlreadyOpen
    poll = reading.poll_of(project)
    if poll is not None and poll.state in reading.UNDECIDED:
        return poll
    community = project.community
    project.state = ProjectState.PROPOSED
    return preparing.draft(
        community,
        project.author,
        Method.ASSENT,
        Written(
            title=_question(project),
            text=_told(project),
            opens_at=now(),
            closes_at=_ends(community, reading.rules_of(community).vote_days),
            budget=project.asked,
            quorum_part=QUORUM_PART,
            quorum_whole=QUORUM_WHOLE,
        ),
        asked_by=project.ref,
    )


def _ends(community: Community, days: int) -> datetime:
    last = today(community.timezone) + timedelta(days=days)
    return datetime.combine(last, EVENING, ZoneInfo(community.timezone))


def _question(project: Project) -> str:
    return said("Ouvrir le projet « %(title)s »", title=project.title)[:120]


def _choice(project: Project) -> Choice:
    """Return a project as it stands among others, with what it asks for: that is what it gets."""
    return Choice(project.title, project.asked or None, project.goals[:300], project.ref)


def _told(project: Project) -> str:
    """Say what a project is, for those who vote on it."""
    parts = [project.goals]
    if project.resources:
        parts.append(said("Ce qu’il faut : %(resources)s", resources=project.resources))
    if project.asked:
        parts.append(said("Budget demandé : %(asked)s", asked=money(project.asked)))
    return "\n\n".join(parts)


def withdraw_vote(project: Project) -> None:
    """Throw away the vote that was prepared for a project alone, if it is not open yet."""
    for poll in reading.polls_of(project):
        if poll.state == PollState.DRAFT and poll.asked_by == project.ref:
            preparing.throw_away(poll)


def prepare_choice(
    community: Community,
    author: Member,
    title: str,
    method: str,
    budget: Money | None,
    chosen: Sequence[int],
) -> Poll:
    """Prepare a poll among projects: those it keeps open, each with what it asked for.

    The vote that was prepared for one of them alone gives way to this one. Raises
    ``NothingToChoose`` for less than two that can still be chosen, and ``CostMissing`` where a
    budget is split.
    """
    candidates = [each for each in proposed(community) if each.id in chosen]
    if len(candidates) < 2:
        raise NothingToChoose
    split = budget is not None
    for each in candidates:
        if split and not each.asked:
            raise CostMissing(each.title)
    for each in candidates:
        withdraw_vote(each)
    return preparing.draft(
        community,
        author,
        method,
        Written(
            title=title,
            text="",
            opens_at=now(),
            closes_at=_ends(community, reading.rules_of(community).vote_days),
            tie=Tie.ANNOUNCED if split else Tie.AGAIN,
            budget=budget,
            quorum_part=QUORUM_PART,
            quorum_whole=QUORUM_WHOLE,
        ),
        [_choice(each) for each in candidates],
    )


def proposed(community: Community) -> Sequence[Project]:
    """Return the projects that a vote may open."""
    return [
        each
        for each in reading.by_state(community, ProjectState.PROPOSED, ProjectState.REFUSED)
        if not _voted_now(each)
    ]


def _voted_now(project: Project) -> bool:
    return any(poll.state in reading.VOTED_NOW for poll in reading.polls_of(project))


def set_rules(community: Community, vote_first: bool, vote_days: int, lends: bool) -> ProjectRules:
    """Say how projects begin here; those that have begun go on."""
    lock_community(community)
    rules = reading.rules_of(community)
    db.session.add(rules)
    rules.vote_first, rules.vote_days, rules.lends = vote_first, vote_days, lends
    return rules
