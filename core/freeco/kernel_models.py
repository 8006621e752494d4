"""Tables of the kernel itself: what is open, what has happened, what has been swept."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Community, Member


class Activation(Model):
    """A module opened in a community; it stays open, or is paused with a reason."""

    __tablename__ = "activation"
    __table_args__ = (UniqueConstraint("community_id", "module"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    module: Mapped[str]
    threshold: Mapped[int]
    """The number of members it waited for."""
    member_count: Mapped[int]
    """How many there were when it opened."""
    opened_at: Mapped[datetime] = mapped_column(default_factory=now)
    paused_at: Mapped[datetime | None] = mapped_column(default=None)
    paused_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    reason: Mapped[str] = mapped_column(default="")


class ModuleThreshold(Model):
    """A community's or a territory's own number for a module, instead of the module's."""

    __tablename__ = "module_threshold"
    __table_args__ = (
        UniqueConstraint("community_id", "module"),
        UniqueConstraint("territory_id", "module"),
        CheckConstraint("(community_id IS NULL) <> (territory_id IS NULL)", name="one_of_two"),
        CheckConstraint("members >= 1", name="members"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    module: Mapped[str]
    members: Mapped[int]
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"), default=None)
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), default=None)


class Intention(Model):
    """A member would use a module that is not open yet."""

    __tablename__ = "intention"
    __table_args__ = (UniqueConstraint("member_id", "module"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    member: Mapped[Member] = relationship(repr=False)
    module: Mapped[str]
    since: Mapped[datetime] = mapped_column(default_factory=now)


class PublishedEvent(Model):
    """Something that has happened, written in the transaction that caused it."""

    __tablename__ = "published_event"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), index=True)
    name: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(default_factory=now)


class EventDelivery(Model):
    """A module has dealt with an event; unique, so that it does so once."""

    __tablename__ = "event_delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "module"),
        Index("ix_event_delivery_module", "module", "event_id"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("published_event.id"))
    module: Mapped[str]
    delivered_at: Mapped[datetime] = mapped_column(default_factory=now)


class SweepRun(Model):
    """A job has run for a slot of time; unique, in the transaction of its work."""

    __tablename__ = "sweep_run"
    __table_args__ = (UniqueConstraint("job", "community_id", "slot"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    job: Mapped[str]
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    slot: Mapped[int]
    """Minutes since 1970 divided by the job's period."""
    ran_at: Mapped[datetime] = mapped_column(default_factory=now)
