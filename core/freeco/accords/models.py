"""The accord of two parties: a text, both confirmations, and its place in the record."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Community, Member, Person
from freeco.record.models import RecordEntry


class Accord(Model):
    """Something that two members agree on, in words that neither can change afterwards."""

    __tablename__ = "accord"
    __table_args__ = (
        CheckConstraint("proposer_id <> other_id", name="two_parties"),
        CheckConstraint(
            "agreed_at IS NULL OR (declined_at IS NULL AND withdrawn_at IS NULL)",
            name="one_end",
        ),
        Index(
            "uq_accord_about",
            "community_id",
            "about",
            unique=True,
            sqlite_where=text("about <> ''"),
            postgresql_where=text("about <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    proposer_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    proposer: Mapped[Member] = relationship(repr=False, foreign_keys="Accord.proposer_id")
    other_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    other: Mapped[Member] = relationship(repr=False, foreign_keys="Accord.other_id")
    title: Mapped[str]
    text: Mapped[str] = mapped_column(repr=False)
    about: Mapped[str] = mapped_column(default="")
    """What of a module it settles, as ``module:kind:id``; empty for one written freely."""
    proposed_at: Mapped[datetime] = mapped_column(default_factory=now)
    proposed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), init=False, default=None
    )
    proposed_by: Mapped[Person | None] = relationship(
        repr=False, default=None, foreign_keys="Accord.proposed_by_id"
    )
    """Who spoke for the proposer: the person, or somebody of the organisation."""
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)
    agreed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), init=False, default=None
    )
    agreed_by: Mapped[Person | None] = relationship(
        repr=False, default=None, foreign_keys="Accord.agreed_by_id"
    )
    declined_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("record_entry.id"), init=False, default=None
    )
    entry: Mapped[RecordEntry | None] = relationship(repr=False, default=None)
    """Its place in the record, once both have agreed."""

    @property
    def is_waiting(self) -> bool:
        """Whether the other has still to answer."""
        return self.agreed_at is None and self.declined_at is None and self.withdrawn_at is None
