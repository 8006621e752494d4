"""What was wrong with a basket, and what was answered: between those it concerns."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Household, Member, Model
from freeco_direct_sales.models import Distribution, Producer


class IncidentKind(StrEnum):
    """What was wrong."""

    MISSING = "missing"
    DAMAGED = "damaged"
    WRONG = "wrong"
    OTHER = "other"


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"


class Incident(Model):
    """A household tells a producer what was wrong; never public, never a rating."""

    __tablename__ = "direct_sales_incident"
    __table_args__ = (
        CheckConstraint("kind IN ('missing', 'damaged', 'wrong', 'other')", name="kind"),
        CheckConstraint("state IN ('open', 'answered', 'settled')", name="state"),
        Index("ix_direct_sales_incident_producer", "producer_id", "state"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    distribution_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_distribution.id"), init=False, index=True
    )
    distribution: Mapped[Distribution] = relationship(repr=False)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), init=False, index=True)
    household: Mapped[Household] = relationship(repr=False)
    producer_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_producer.id"), init=False)
    producer: Mapped[Producer] = relationship(repr=False)
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    reported_by: Mapped[Member] = relationship(repr=False)
    kind: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=IncidentState.OPEN)
    reported_at: Mapped[datetime] = mapped_column(default_factory=now)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    answers: Mapped[list["IncidentAnswer"]] = relationship(
        init=False, repr=False, back_populates="incident", order_by="IncidentAnswer.id"
    )


class IncidentAnswer(Model):
    """What somebody concerned answered."""

    __tablename__ = "direct_sales_incident_answer"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_incident.id"), init=False, index=True
    )
    incident: Mapped[Incident] = relationship(repr=False, back_populates="answers")
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member] = relationship(repr=False)
    words: Mapped[str]
    answered_at: Mapped[datetime] = mapped_column(default_factory=now)
