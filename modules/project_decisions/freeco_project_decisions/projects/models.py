"""Projects, who takes part, what they cost, and what they leave behind."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Community, Member, Model
from freeco.money import Money


class ProjectState(StrEnum):
    """Where a project stands."""

    PROPOSED = "proposed"
    """Written and discussed; a collective decision opens it."""
    ACTIVE = "active"
    REFUSED = "refused"
    """A vote did not keep it; it may be put again."""
    CLOSED = "closed"
    """Done, or given up, with its report."""


class Part(StrEnum):
    """What somebody is to a project."""

    OWNER = "owner"
    """Carries it, and answers for it."""
    HELPER = "helper"
    """Gives hours; with a charge in it, changes it too."""
    FOLLOWER = "follower"
    """Receives its news."""


class Level(StrEnum):
    """How well somebody knows something."""

    LEARNING = "learning"
    ABLE = "able"
    TEACHES = "teaches"


class Project(Model):
    """Something to do together, proposed by a member."""

    __tablename__ = "project_decisions_project"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'active', 'refused', 'closed')", name="state"),
        CheckConstraint("people >= 0 AND hours >= 0 AND report_hours >= 0", name="hands"),
        CheckConstraint("asked >= 0", name="asked"),
        CheckConstraint("budget >= 0", name="budget"),
        CheckConstraint("starts_on <= ends_on", name="days"),
        CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name="closed"),
        Index("ix_project_decisions_project_listed", "community_id", "state"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    author: Mapped[Member | None] = relationship(repr=False)
    """Who proposed it; none once erased."""
    title: Mapped[str]
    goals: Mapped[str]
    resources: Mapped[str] = mapped_column(default="")
    """What it needs besides hands: a place, tools, an authorisation."""
    people: Mapped[int] = mapped_column(default=0)
    """How many people it needs; 0 when it is not known yet."""
    hours: Mapped[int] = mapped_column(default=0)
    """How many hours each of them gives."""
    skills: Mapped[list[Any]] = mapped_column(JSON, default_factory=list)
    """The skills it needs, as they were typed."""
    asked: Mapped[Money | None] = mapped_column(default=None)
    """What it costs, as its author reckons."""
    budget: Mapped[Money | None] = mapped_column(default=None)
    """What was decided to give it."""
    starts_on: Mapped[date | None] = mapped_column(default=None)
    ends_on: Mapped[date | None] = mapped_column(default=None)
    state: Mapped[str] = mapped_column(default=ProjectState.ACTIVE)
    shared: Mapped[bool] = mapped_column(default=True)
    """Whether members who belong elsewhere too may do it there."""
    discussion_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_discussion.id"), default=None, index=True
    )
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_decision.id"), default=None, index=True
    )
    """The decision that opened it, or did not keep it."""
    copied_from_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_project.id"), default=None, index=True
    )
    """The project of another community that it does again."""
    proposed_at: Mapped[datetime] = mapped_column(default_factory=now)
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    archived_at: Mapped[datetime | None] = mapped_column(default=None)
    given_up: Mapped[bool] = mapped_column(default=False)
    """Closed before it was done."""
    report_done: Mapped[str] = mapped_column(default="")
    report_learnt: Mapped[str] = mapped_column(default="")
    report_cost: Mapped[Money | None] = mapped_column(default=None)
    report_hours: Mapped[int] = mapped_column(default=0)

    @property
    def ref(self) -> str:
        """Its name where something is about it."""
        return f"project_decisions:project:{self.id}"

    @property
    def is_open(self) -> bool:
        """Whether people work on it."""
        return self.state == ProjectState.ACTIVE


class Participant(Model):
    """Somebody who carries, helps or follows a project: its mailing list."""

    __tablename__ = "project_decisions_participant"
    __table_args__ = (
        UniqueConstraint("project_id", "member_id"),
        CheckConstraint("part IN ('owner', 'helper', 'follower')", name="part"),
        CheckConstraint("hours >= 0", name="hours"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_project.id"), init=False)
    project: Mapped[Project] = relationship(repr=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member] = relationship(repr=False)
    part: Mapped[str] = mapped_column(default=Part.FOLLOWER)
    charge: Mapped[str] = mapped_column(default="")
    """What a helper looks after; whoever has a charge changes the project."""
    hours: Mapped[int] = mapped_column(default=0)
    """How many hours they offer."""
    hears: Mapped[bool] = mapped_column(default=True)
    """Whether the news of this project reaches them."""
    joined_at: Mapped[datetime] = mapped_column(default_factory=now)


class BudgetLine(Model):
    """Something that a project pays for."""

    __tablename__ = "project_decisions_budget_line"
    __table_args__ = (CheckConstraint("planned >= 0 AND spent >= 0", name="amounts"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_project.id"), init=False, index=True
    )
    project: Mapped[Project] = relationship(repr=False)
    label: Mapped[str]
    planned: Mapped[Money] = mapped_column(default=Money(0))
    spent: Mapped[Money] = mapped_column(default=Money(0))
    about: Mapped[str] = mapped_column(default="")
    """The campaign or the group purchase that pays it, as ``module:kind:id``."""


class ProjectDocument(Model):
    """A file of a project, in the database: a backup saves it too."""

    __tablename__ = "project_decisions_project_document"
    __table_args__ = (UniqueConstraint("project_id", "sha256"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_project.id"), init=False)
    project: Mapped[Project] = relationship(repr=False)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    added_by: Mapped[Member | None] = relationship(repr=False)
    name: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, repr=False, deferred=True)
    added_at: Mapped[datetime] = mapped_column(default_factory=now)


class ProjectNews(Model):
    """What those who take part in a project were told."""

    __tablename__ = "project_decisions_project_news"
    __table_args__ = (UniqueConstraint("project_id", "token"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_project.id"), init=False)
    project: Mapped[Project] = relationship(repr=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    author: Mapped[Member | None] = relationship(repr=False)
    subject: Mapped[str]
    text: Mapped[str]
    token: Mapped[str]
    """Drawn with the form: sent twice is said once."""
    written_at: Mapped[datetime] = mapped_column(default_factory=now)
    told_at: Mapped[datetime | None] = mapped_column(default=None)


class Skill(Model):
    """Something a member knows how to do, shown to the others if they agree."""

    __tablename__ = "project_decisions_skill"
    __table_args__ = (
        UniqueConstraint("member_id", "key"),
        CheckConstraint("level IN ('learning', 'able', 'teaches')", name="level"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    member: Mapped[Member] = relationship(repr=False)
    name: Mapped[str]
    key: Mapped[str]
    """The name without accents and case: the same skill once."""
    level: Mapped[str] = mapped_column(default=Level.ABLE)
    shown: Mapped[bool] = mapped_column(default=False)
    """Whether the other members may find it."""
    declared_at: Mapped[datetime] = mapped_column(default_factory=now)


class ProjectRules(Model):
    """How a community begins its projects."""

    __tablename__ = "project_decisions_project_rules"
    __table_args__ = (CheckConstraint("vote_days BETWEEN 1 AND 60", name="vote_days"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, unique=True)
    community: Mapped[Community] = relationship(repr=False)
    vote_first: Mapped[bool] = mapped_column(default=False)
    """A project begins after a vote."""
    vote_days: Mapped[int] = mapped_column(default=7)
    lends: Mapped[bool] = mapped_column(default=True)
    """Whether its projects may be done again elsewhere."""
