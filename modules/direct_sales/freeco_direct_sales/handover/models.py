"""What a coordinator leaves for the next one: notes, and charges handed over on a day."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Community, Member


class HandoverNote(Model):
    """The notes of the coordinators, as somebody left them: one row each time, the latest rules."""

    __tablename__ = "direct_sales_handover_note"
    __table_args__ = (
        UniqueConstraint("community_id", "version"),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    version: Mapped[int]
    words: Mapped[str] = mapped_column(repr=False)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    written_by: Mapped[Member] = relationship(repr=False)
    written_at: Mapped[datetime] = mapped_column(default_factory=now)


class HandingOver(Model):
    """A charge given to a newcomer at once, that its former holder gives back on a day."""

    __tablename__ = "direct_sales_handing_over"
    __table_args__ = (
        CheckConstraint("from_member_id <> to_member_id", name="two"),
        Index(
            "uq_direct_sales_handing_over_standing",
            "from_member_id",
            "permission",
            unique=True,
            sqlite_where=sql("ended_at IS NULL"),
            postgresql_where=sql("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, index=True)
    community: Mapped[Community] = relationship(repr=False)
    from_member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    from_member: Mapped[Member] = relationship(repr=False, foreign_keys=[from_member_id])
    to_member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    to_member: Mapped[Member] = relationship(repr=False, foreign_keys=[to_member_id])
    permission: Mapped[str]
    gives_back_on: Mapped[date]
    """The local day from which the former holder has it no more."""
    given_at: Mapped[datetime] = mapped_column(default_factory=now)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    """Given back, or kept after all."""


class RehearsedSeason(Model):
    """When the false season of a rehearsal was ready: what comes after is done by whoever tries."""

    __tablename__ = "direct_sales_rehearsed_season"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id"), init=False, primary_key=True
    )
    community: Mapped[Community] = relationship(repr=False)
    ready_at: Mapped[datetime] = mapped_column(default_factory=now)
