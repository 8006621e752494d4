"""What was typed without network, as it was handed in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Community, Member


class Outcome(StrEnum):
    """What became of it."""

    APPLIED = "applied"
    REFUSED = "refused"
    CONFLICT = "conflict"
    """Written down, while another device had said otherwise: for a person to look at."""


class QueuedAction(Model):
    """One thing typed on a device, merged once; its key answers every later delivery."""

    __tablename__ = "offline_action"
    __table_args__ = (
        UniqueConstraint("community_id", "device", "key"),
        CheckConstraint("outcome IN ('applied', 'refused', 'conflict')", name="outcome"),
        CheckConstraint("position >= 0", name="position"),
        Index("ix_offline_action_received", "community_id", "received_at"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member] = relationship(repr=False, foreign_keys="QueuedAction.member_id")
    device: Mapped[str]
    """A random name that the phone or computer gave itself."""
    key: Mapped[str]
    """A random name that the device gave to this action."""
    position: Mapped[int]
    """The action's number on its device, in the order of typing."""
    kind: Mapped[str]
    values: Mapped[dict[str, str]] = mapped_column(JSON)
    recorded_at: Mapped[datetime]
    """When it was typed, by the server's clock: the device's own is corrected."""
    outcome: Mapped[str]
    sentence: Mapped[str] = mapped_column(default="")
    """What its author is told, when it was refused or contradicts another device."""
    received_at: Mapped[datetime] = mapped_column(default_factory=now)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False)
    settled_by: Mapped[Member | None] = relationship(
        repr=False, foreign_keys="QueuedAction.settled_by_id", default=None
    )
