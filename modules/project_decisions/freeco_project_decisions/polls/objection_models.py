"""Objections to a consent."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Member, Model
from freeco_project_decisions.polls.models import Elector


class Objection(Model):
    """Why somebody stops a consent, told to all, so that it can be answered and lifted."""

    __tablename__ = "project_decisions_objection"
    __table_args__ = (UniqueConstraint("elector_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    elector_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_elector.id"), init=False)
    elector: Mapped[Elector] = relationship(repr=False)
    argument: Mapped[str]
    raised_at: Mapped[datetime] = mapped_column(default_factory=now)
    answer: Mapped[str] = mapped_column(default="")
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, index=True, default=None
    )
    answered_by: Mapped[Member | None] = relationship(repr=False, default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    lifted_at: Mapped[datetime | None] = mapped_column(default=None)
    """When its author agreed after all; none while it is maintained."""
