"""Notices, their pictures, who offers to help, and the gazettes."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Community, Member, Model, Organisation


class Level(StrEnum):
    """How much a notice presses."""

    ORDINARY = "ordinary"
    IMPORTANT = "important"
    URGENT = "urgent"


class NoticeState(StrEnum):
    """Where a notice stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class BulletinNotice(Model):
    """One text for everyone: written once, shown, sent and printed."""

    __tablename__ = "bulletin_notice"
    __table_args__ = (
        CheckConstraint("level IN ('ordinary', 'important', 'urgent')", name="level"),
        CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name="state"),
        CheckConstraint("visible_from < visible_until", name="visible"),
        CheckConstraint("happens_at < ends_at", name="hours"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="published"),
        Index("ix_bulletin_notice_shown", "community_id", "state", "visible_until"),
        # One correction is being written at a time; two clicks make one.
        Index(
            "uq_bulletin_notice_correction",
            "corrects_id",
            unique=True,
            sqlite_where=sql("state = 'draft'"),
            postgresql_where=sql("state = 'draft'"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    author: Mapped[Member | None] = relationship(repr=False)
    """Who wrote it; known to those who hold the charge, never printed. None once erased."""
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), init=False, index=True
    )
    title: Mapped[str]
    text: Mapped[str]
    """Plain text; an empty line parts paragraphs."""
    visible_until: Mapped[datetime]
    visible_from: Mapped[datetime | None] = mapped_column(default=None)
    """None until it is published at once."""
    organisation: Mapped[Organisation | None] = relationship(repr=False, default=None)
    """In whose name it speaks; none for the community itself."""
    level: Mapped[str] = mapped_column(default=Level.ORDINARY)
    happens_at: Mapped[datetime | None] = mapped_column(default=None)
    """When what it announces begins, if it has a date."""
    ends_at: Mapped[datetime | None] = mapped_column(default=None)
    place: Mapped[str] = mapped_column(default="")
    asks_help: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default=NoticeState.DRAFT)
    corrects_id: Mapped[int | None] = mapped_column(
        ForeignKey("bulletin_notice.id"), init=False, default=None
    )
    corrects: Mapped["BulletinNotice | None"] = relationship(
        init=False, default=None, repr=False, remote_side="BulletinNotice.id"
    )
    """The published notice that this one replaces."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    changed_at: Mapped[datetime] = mapped_column(default_factory=now)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    """When every member had been told: once, from the first day it is visible."""
    told_up_to: Mapped[int] = mapped_column(default=0)
    """The id of the last member told, while there are more to tell."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    picture: Mapped["NoticePicture | None"] = relationship(
        init=False, default=None, repr=False, back_populates="notice"
    )

    @property
    def speaker(self) -> str:
        """In whose name it speaks."""
        return self.organisation.name if self.organisation is not None else self.community.name


class NoticePicture(Model):
    """The picture of a notice, in the database: a backup of the database saves it too."""

    __tablename__ = "bulletin_picture"
    __table_args__ = (CheckConstraint("alternative <> ''", name="alternative"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    notice_id: Mapped[int] = mapped_column(
        ForeignKey("bulletin_notice.id"), init=False, unique=True
    )
    notice: Mapped[BulletinNotice] = relationship(repr=False, back_populates="picture")
    alternative: Mapped[str]
    """What it shows, in words."""
    width: Mapped[int]
    height: Mapped[int]
    sha256: Mapped[str]
    full: Mapped[bytes] = mapped_column(LargeBinary, repr=False, deferred=True)
    """JPEG, 1600 points at most, written by freeco.web.pictures."""
    thumb: Mapped[bytes] = mapped_column(LargeBinary, repr=False, deferred=True)


class Helper(Model):
    """A member who said « Je peux aider »; the author sees it, nobody else."""

    __tablename__ = "bulletin_helper"
    __table_args__ = (UniqueConstraint("notice_id", "member_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("bulletin_notice.id"), init=False)
    notice: Mapped[BulletinNotice] = relationship(repr=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member] = relationship(repr=False)
    offered_at: Mapped[datetime] = mapped_column(default_factory=now)


class Gazette(Model):
    """What was chosen for the gazette of a month; the paper itself is made each time."""

    __tablename__ = "bulletin_gazette"
    __table_args__ = (UniqueConstraint("community_id", "month"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    month: Mapped[date]
    """Its first day."""
    editorial: Mapped[str] = mapped_column(default="")
    relay_phone: Mapped[str] = mapped_column(default="")
    """Whom to telephone without the internet; kept from one month to the next."""
    contact: Mapped[str] = mapped_column(default="")
    left_out: Mapped[list[Any]] = mapped_column(JSON, default_factory=list)
    """Keys of the stories that were unticked."""
    saved_at: Mapped[datetime] = mapped_column(default_factory=now)
