"""Votes cast in a room: who votes there, and what two tellers count, each alone."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Member, Model
from freeco_project_decisions.polls.models import College, Elector, Poll


class RoomVoter(Model):
    """An elector who votes in the room, by hand or in the urn: their page refuses another ballot.

    Whom they represent there has a row too. What they vote stands nowhere.
    """

    __tablename__ = "project_decisions_room_voter"
    __table_args__ = (UniqueConstraint("elector_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    elector_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_elector.id"), init=False)
    elector: Mapped[Elector] = relationship(repr=False)
    marked_at: Mapped[datetime] = mapped_column(default_factory=now)


class Bundle(Model):
    """Some ballots or some hands that two people count, each alone."""

    __tablename__ = "project_decisions_bundle"
    __table_args__ = (
        UniqueConstraint("poll_id", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_poll.id"), init=False)
    poll: Mapped[Poll] = relationship(repr=False)
    number: Mapped[int]
    college_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_college.id"), init=False, index=True, default=None
    )
    college: Mapped[College | None] = relationship(repr=False, default=None)
    counts: Mapped[str] = mapped_column(default="")
    """What both tellers found, as JSON by line; empty until they agree."""
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)
    entries: Mapped[list["TellerEntry"]] = relationship(
        init=False, repr=False, back_populates="bundle", order_by="TellerEntry.id"
    )


class TellerEntry(Model):
    """What one teller counted in a bundle; the other does not see it before counting too."""

    __tablename__ = "project_decisions_teller_entry"
    __table_args__ = (
        UniqueConstraint("bundle_id", "teller_id"),
        UniqueConstraint("bundle_id", "place"),
        CheckConstraint("place IN (1, 2)", name="place"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    bundle_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_bundle.id"), init=False)
    bundle: Mapped[Bundle] = relationship(repr=False, back_populates="entries")
    teller_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    teller: Mapped[Member | None] = relationship(repr=False)
    """None once erased."""
    place: Mapped[int]
    """The first or the second to count it."""
    counts: Mapped[str]
    """What they found, as JSON by line."""
    entered_at: Mapped[datetime] = mapped_column(default_factory=now)
