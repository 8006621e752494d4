"""Discussions, what is said in them, and how each member follows them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Community, Member, Model


class Rhythm(StrEnum):
    """How a member hears of a discussion they follow."""

    EACH = "each"
    """Every message by e-mail, to which one may reply."""
    WEEKLY = "weekly"
    """In the weekly letter, once a week at most."""
    MUTED = "muted"


class Discussion(Model):
    """A question that members think over together."""

    __tablename__ = "project_decisions_discussion"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("state = 'open' OR closed_at IS NOT NULL", name="closed"),
        CheckConstraint("extension_days >= 0", name="extension"),
        Index("ix_project_decisions_discussion_latest", "community_id", "latest_at"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    author: Mapped[Member | None] = relationship(repr=False, foreign_keys="Discussion.author_id")
    """Who asked; none once erased."""
    title: Mapped[str]
    text: Mapped[str]
    about: Mapped[str] = mapped_column(default="", index=True)
    """What it is about, as ``module:kind:id``; nothing for a question of its own."""
    state: Mapped[str] = mapped_column(default="open")
    until: Mapped[datetime | None] = mapped_column(default=None)
    """The announced end; none for a discussion that goes on until somebody closes it."""
    extension_days: Mapped[int] = mapped_column(default=0)
    """By how much it goes on, once, when a message comes in its last 24 hours."""
    extended_at: Mapped[datetime | None] = mapped_column(default=None)
    opened_at: Mapped[datetime] = mapped_column(default_factory=now)
    latest_at: Mapped[datetime] = mapped_column(default_factory=now)
    """When something was last said."""
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, index=True
    )
    closed_by: Mapped[Member | None] = relationship(
        repr=False, default=None, foreign_keys="Discussion.closed_by_id"
    )
    closed_reason: Mapped[str] = mapped_column(default="")


class Message(Model):
    """Something said in a discussion; an answer to a message stands under it, one level deep."""

    __tablename__ = "project_decisions_message"
    __table_args__ = (
        UniqueConstraint("mail_sha256"),
        Index("ix_project_decisions_message_in_order", "discussion_id", "written_at"),
        CheckConstraint("way IN ('page', 'mail')", name="way"),
        CheckConstraint("hidden_at IS NULL OR hidden_reason <> ''", name="hidden"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_discussion.id"), init=False
    )
    discussion: Mapped[Discussion] = relationship(repr=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    author: Mapped[Member | None] = relationship(repr=False, foreign_keys="Message.author_id")
    text: Mapped[str]
    answers_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_message.id"), init=False, index=True
    )
    answers: Mapped["Message | None"] = relationship(
        repr=False, default=None, remote_side="Message.id"
    )
    """The message it answers, which answers none itself."""
    way: Mapped[str] = mapped_column(default="page")
    mail_sha256: Mapped[str | None] = mapped_column(default=None)
    """Of the e-mail it came by: the same one again says nothing more."""
    written_at: Mapped[datetime] = mapped_column(default_factory=now)
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
    hidden_at: Mapped[datetime | None] = mapped_column(default=None)
    hidden_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, index=True
    )
    hidden_by: Mapped[Member | None] = relationship(
        repr=False, default=None, foreign_keys="Message.hidden_by_id"
    )
    hidden_reason: Mapped[str] = mapped_column(default="")
    """Shown to all in place of the text."""


class MessageVersion(Model):
    """What a message said before its author changed it, past the first half hour."""

    __tablename__ = "project_decisions_message_version"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    message_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_message.id"), init=False, index=True
    )
    message: Mapped[Message] = relationship(repr=False)
    text: Mapped[str]
    replaced_at: Mapped[datetime] = mapped_column(default_factory=now)


class Summary(Model):
    """Where a discussion stands, in a member's words; the last one is shown on top."""

    __tablename__ = "project_decisions_summary"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_discussion.id"), init=False, index=True
    )
    discussion: Mapped[Discussion] = relationship(repr=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    author: Mapped[Member | None] = relationship(repr=False)
    text: Mapped[str]
    messages: Mapped[int]
    """How many messages it sums up."""
    written_at: Mapped[datetime] = mapped_column(default_factory=now)


class Follow(Model):
    """How a member follows a discussion, and the address where they alone may reply."""

    __tablename__ = "project_decisions_follow"
    __table_args__ = (
        UniqueConstraint("discussion_id", "member_id"),
        UniqueConstraint("reply_key"),
        CheckConstraint("rhythm IN ('each', 'weekly', 'muted')", name="rhythm"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_discussion.id"), init=False
    )
    discussion: Mapped[Discussion] = relationship(repr=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member] = relationship(repr=False)
    reply_key: Mapped[str] = mapped_column(repr=False)
    """Drawn at random: who knows it writes here in this member's name."""
    rhythm: Mapped[str] = mapped_column(default=Rhythm.WEEKLY)
    told_up_to: Mapped[int] = mapped_column(default=0)
    """The number of the last message they were told of."""
