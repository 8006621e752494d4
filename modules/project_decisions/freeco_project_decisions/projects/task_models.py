"""Tasks, who does them, what they wait for, and the meetings they come from."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Member, Model
from freeco_project_decisions.projects.models import Project


class Stage(StrEnum):
    """Where a task stands, in the order of the board."""

    TODO = "todo"
    DOING = "doing"
    WAITING = "waiting"
    """Blocked, or waiting for somebody."""
    DONE = "done"


class Priority(StrEnum):
    """How much a task presses."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Meeting(Model):
    """A meeting of a project, with what was said and decided."""

    __tablename__ = "project_decisions_project_meeting"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="hours"),
        Index("ix_project_decisions_project_meeting_dated", "project_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_project.id"), init=False)
    project: Mapped[Project] = relationship(repr=False)
    title: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="")
    agenda: Mapped[str] = mapped_column(default="")
    minutes: Mapped[str] = mapped_column(default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    changes: Mapped[int] = mapped_column(default=0)
    """How often it was moved: calendars that follow it move it too."""
    changed_at: Mapped[datetime | None] = mapped_column(default=None)


class Task(Model):
    """Something to do for a project."""

    __tablename__ = "project_decisions_task"
    __table_args__ = (
        UniqueConstraint("meeting_id", "action"),
        CheckConstraint("stage IN ('todo', 'doing', 'waiting', 'done')", name="stage"),
        CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name="priority"),
        CheckConstraint("hours >= 0", name="hours"),
        CheckConstraint("(stage = 'done') = (done_at IS NOT NULL)", name="done"),
        CheckConstraint("(meeting_id IS NULL) = (action IS NULL)", name="action"),
        Index("ix_project_decisions_task_board", "project_id", "stage"),
        Index("ix_project_decisions_task_due", "due_at"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_project.id"), init=False)
    project: Mapped[Project] = relationship(repr=False)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default=Stage.TODO)
    priority: Mapped[str] = mapped_column(default=Priority.NORMAL)
    starts_on: Mapped[date | None] = mapped_column(default=None)
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    hours: Mapped[int] = mapped_column(default=0)
    """How long it takes, as people reckon; 0 when nobody knows."""
    skills: Mapped[list[Any]] = mapped_column(JSON, default_factory=list)
    meeting_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_project_meeting.id"), init=False, default=None
    )
    meeting: Mapped[Meeting | None] = relationship(repr=False, default=None)
    """The meeting whose minutes asked for it."""
    action: Mapped[str | None] = mapped_column(default=None)
    """The line of the minutes, to the letter: made a task once."""
    made_at: Mapped[datetime] = mapped_column(default_factory=now)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    stage_before: Mapped[str] = mapped_column(default=Stage.TODO)
    """Where it stood before it was done: undoing puts it back."""
    owners: Mapped[list["TaskOwner"]] = relationship(
        init=False, repr=False, back_populates="task", order_by="TaskOwner.id"
    )


class TaskOwner(Model):
    """Somebody who does a task."""

    __tablename__ = "project_decisions_task_owner"
    __table_args__ = (UniqueConstraint("task_id", "member_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_task.id"), init=False)
    task: Mapped[Task] = relationship(repr=False, back_populates="owners")
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member] = relationship(repr=False)
    reminded_for: Mapped[datetime | None] = mapped_column(default=None)
    """The due instant they were reminded of: another date reminds again."""
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)


class TaskNeed(Model):
    """A task that cannot be finished before another."""

    __tablename__ = "project_decisions_task_need"
    __table_args__ = (
        UniqueConstraint("task_id", "needed_id"),
        CheckConstraint("task_id <> needed_id", name="another"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_task.id"), init=False)
    task: Mapped[Task] = relationship(repr=False, foreign_keys="TaskNeed.task_id")
    needed_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_task.id"), init=False, index=True
    )
    needed: Mapped[Task] = relationship(repr=False, foreign_keys="TaskNeed.needed_id")
