"""What electors do with their vote: hand it to another, or cast it with their name."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Member, Model
from freeco_project_decisions.polls.models import Elector


class Proxy(Model):
    """A vote handed to another elector, before voting; taken back as long as it is not used."""

    __tablename__ = "project_decisions_proxy"
    __table_args__ = (
        UniqueConstraint("giver_id"),
        CheckConstraint("giver_id <> holder_id", name="another"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_elector.id"), init=False)
    giver: Mapped[Elector] = relationship(repr=False, foreign_keys="Proxy.giver_id")
    holder_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_elector.id"), init=False, index=True
    )
    holder: Mapped[Elector] = relationship(repr=False, foreign_keys="Proxy.holder_id")
    given_at: Mapped[datetime] = mapped_column(default_factory=now)


class OpenBallot(Model):
    """What an elector voted, named; the last one counts."""

    __tablename__ = "project_decisions_open_ballot"
    __table_args__ = (UniqueConstraint("elector_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    elector_id: Mapped[int] = mapped_column(ForeignKey("project_decisions_elector.id"), init=False)
    elector: Mapped[Elector] = relationship(repr=False)
    marks: Mapped[bytes] = mapped_column(LargeBinary)
    """One byte for each option, as ``counting.profiles`` has them."""
    cast_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    cast_by: Mapped[Member | None] = relationship(repr=False)
    """The elector, who holds their proxy, or who typed a paper ballot."""
    way: Mapped[str] = mapped_column(default="page")
    """Where it comes from: ``page``, ``proxy``, ``paper`` or ``room``."""
    cast_at: Mapped[datetime] = mapped_column(default_factory=now)
