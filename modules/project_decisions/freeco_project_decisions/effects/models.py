"""What a decision changes, and what became of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.models import Member, Model
from freeco_project_decisions.polls.models import Decision, Poll


class EffectState(StrEnum):
    """What became of an effect."""

    WAITING = "waiting"
    """Its day has not come."""
    APPLIED = "applied"
    HELD = "held"
    """It could not be applied as voted: somebody has to look at it."""
    DROPPED = "dropped"
    """Somebody said, with a reason, that it applies no more."""


class Effect(Model):
    """A rule that a decision changes from a value to another."""

    __tablename__ = "project_decisions_effect"
    __table_args__ = (
        UniqueConstraint("decision_id", "place"),
        CheckConstraint("place >= 0", name="place"),
        CheckConstraint("state IN ('waiting', 'applied', 'held', 'dropped')", name="state"),
        CheckConstraint("state <> 'dropped' OR reason <> ''", name="dropped"),
        Index("ix_project_decisions_effect_due", "state", "applies_at"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    poll_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_poll.id"), init=False, index=True
    )
    poll: Mapped[Poll] = relationship(repr=False)
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_decision.id"), init=False
    )
    decision: Mapped[Decision] = relationship(repr=False)
    place: Mapped[int]
    """Its place among those of the decision, from 0."""
    name: Mapped[str]
    """The rule, as ``freeco.settable`` names it; or the charter."""
    before: Mapped[str]
    """The code in force when the poll opened."""
    after: Mapped[str]
    """The code that was voted; empty for the charter, whose articles stand in what was opened."""
    applies_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=EffectState.WAITING)
    reason: Mapped[str] = mapped_column(default="")
    """Why it is held, or why somebody dropped it."""
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, index=True
    )
    settled_by: Mapped[Member | None] = relationship(repr=False, default=None)
    """Who applied it or dropped it by hand; none when it applied by itself, or once erased."""
