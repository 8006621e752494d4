"""Assemblies, what they are called about, who came, and what was written down."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Community, Member, Model
from freeco_project_decisions.polls.models import Poll


class Kind(StrEnum):
    """What sort of assembly it is."""

    ORDINARY = "ordinary"
    EXTRAORDINARY = "extraordinary"
    MEETING = "meeting"
    """A meeting that no statutes ask for."""


class AssemblyState(StrEnum):
    """Where an assembly stands; one way only."""

    DRAFT = "draft"
    CALLED = "called"
    """Everybody has been invited, with the agenda."""
    OPEN = "open"
    """It is sitting."""
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Assembly(Model):
    """A day on which members meet and decide."""

    __tablename__ = "project_decisions_assembly"
    __table_args__ = (
        CheckConstraint("kind IN ('ordinary', 'extraordinary', 'meeting')", name="kind"),
        CheckConstraint(
            "state IN ('draft', 'called', 'open', 'closed', 'cancelled')", name="state"
        ),
        CheckConstraint("notice_days BETWEEN 0 AND 90", name="notice_days"),
        CheckConstraint(
            "quorum_part >= 0 AND quorum_whole > 0 AND quorum_part <= quorum_whole", name="quorum"
        ),
        CheckConstraint("most_proxies >= 0", name="most_proxies"),
        CheckConstraint("starts_at < ends_at", name="hours"),
        Index("ix_project_decisions_assembly_dated", "community_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    kind: Mapped[str]
    title: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """Foreseen, for calendars."""
    place: Mapped[str]
    remote: Mapped[str] = mapped_column(default="")
    """How one takes part from elsewhere; empty when one cannot."""
    text: Mapped[str] = mapped_column(default="")
    """The words of the invitation."""
    state: Mapped[str] = mapped_column(default=AssemblyState.DRAFT)
    notice_days: Mapped[int] = mapped_column(default=15)
    """How many days before it everybody is invited, as the statutes say."""
    quorum_part: Mapped[int] = mapped_column(default=0)
    quorum_whole: Mapped[int] = mapped_column(default=1)
    most_proxies: Mapped[int] = mapped_column(default=0)
    """How many proxies one may hold; 0 when none are given."""
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    chair: Mapped[Member | None] = relationship(
        repr=False, default=None, foreign_keys="Assembly.chair_id"
    )
    secretary_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, index=True
    )
    secretary: Mapped[Member | None] = relationship(
        repr=False, default=None, foreign_keys="Assembly.secretary_id"
    )
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    changes: Mapped[int] = mapped_column(default=0)
    """How often its day, its hour or its place has changed since everybody was invited."""
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
    called_at: Mapped[datetime | None] = mapped_column(default=None)
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_reason: Mapped[str] = mapped_column(default="")
    items: Mapped[list["AssemblyItem"]] = relationship(
        init=False,
        repr=False,
        back_populates="assembly",
        order_by="AssemblyItem.place",
        foreign_keys="AssemblyItem.assembly_id",
    )
    tellers: Mapped[list["Teller"]] = relationship(
        init=False, repr=False, back_populates="assembly", order_by="Teller.id"
    )


class AssemblyItem(Model):
    """Something on the agenda."""

    __tablename__ = "project_decisions_assembly_item"
    __table_args__ = (
        UniqueConstraint("assembly_id", "place"),
        UniqueConstraint("poll_id"),
        CheckConstraint("place >= 1", name="place"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    assembly_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_assembly.id"), init=False
    )
    assembly: Mapped[Assembly] = relationship(
        repr=False, back_populates="items", foreign_keys="AssemblyItem.assembly_id"
    )
    place: Mapped[int]
    """Its number on the agenda, from 1."""
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    """What it is about, or the report that is read."""
    document: Mapped[str] = mapped_column(default="")
    """The address of a document, elsewhere."""
    file_name: Mapped[str] = mapped_column(default="")
    """The name of the PDF that goes with it; empty without one."""
    file: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, deferred=True, repr=False)
    poll_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_poll.id"), init=False, default=None
    )
    poll: Mapped[Poll | None] = relationship(repr=False, default=None)
    approves_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_assembly.id"), init=False, index=True, default=None
    )
    approves: Mapped[Assembly | None] = relationship(
        repr=False, default=None, foreign_keys="AssemblyItem.approves_id"
    )
    """The earlier assembly whose minutes it adopts."""
    notes: Mapped[str] = mapped_column(default="")
    """What was said, as the secretary types it."""
    called_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class Teller(Model):
    """Somebody who counts in an assembly."""

    __tablename__ = "project_decisions_teller"
    __table_args__ = (UniqueConstraint("assembly_id", "member_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    assembly_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_assembly.id"), init=False
    )
    assembly: Mapped[Assembly] = relationship(repr=False, back_populates="tellers")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member | None] = relationship(repr=False)


class Seat(Model):
    """A member's place in an assembly: noted when it opens, with when they came and left."""

    __tablename__ = "project_decisions_seat"
    __table_args__ = (
        UniqueConstraint("assembly_id", "member_id"),
        CheckConstraint("left_at IS NULL OR came_at IS NOT NULL", name="left"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    assembly_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_assembly.id"), init=False
    )
    assembly: Mapped[Assembly] = relationship(repr=False)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member | None] = relationship(repr=False)
    """None once erased: somebody was there, and the name goes."""
    remote: Mapped[bool] = mapped_column(default=False)
    """Whether they take part from elsewhere."""
    came_at: Mapped[datetime | None] = mapped_column(default=None)
    left_at: Mapped[datetime | None] = mapped_column(default=None)


class AssemblyProxy(Model):
    """A voice handed to another member for a whole assembly."""

    __tablename__ = "project_decisions_assembly_proxy"
    __table_args__ = (
        UniqueConstraint("assembly_id", "giver_id"),
        CheckConstraint("giver_id <> holder_id", name="another"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    assembly_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_assembly.id"), init=False
    )
    assembly: Mapped[Assembly] = relationship(repr=False)
    giver_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    giver: Mapped[Member | None] = relationship(repr=False, foreign_keys="AssemblyProxy.giver_id")
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    holder: Mapped[Member | None] = relationship(repr=False, foreign_keys="AssemblyProxy.holder_id")
    paper: Mapped[bool] = mapped_column(default=False)
    """Whether it was given on paper, and typed by the secretary."""
    given_at: Mapped[datetime] = mapped_column(default_factory=now)


class Minutes(Model):
    """What is written of an assembly: fixed, then signed by chair and secretary, then adopted."""

    __tablename__ = "project_decisions_minutes"
    __table_args__ = (UniqueConstraint("assembly_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    assembly_id: Mapped[int] = mapped_column(
        ForeignKey("project_decisions_assembly.id"), init=False
    )
    assembly: Mapped[Assembly] = relationship(repr=False, foreign_keys="Minutes.assembly_id")
    content: Mapped[str]
    """What they say, as JSON, from when the text was fixed."""
    fixed_at: Mapped[datetime] = mapped_column(default_factory=now)
    chair_signed_at: Mapped[datetime | None] = mapped_column(default=None)
    secretary_signed_at: Mapped[datetime | None] = mapped_column(default=None)
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, deferred=True, repr=False)
    """What both have signed, to the letter."""
    sha256: Mapped[str] = mapped_column(default="")
    """The digest of that PDF, which the record states."""
    adopted_at: Mapped[datetime | None] = mapped_column(default=None)
    adopted_in_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_decisions_assembly.id"), init=False, index=True, default=None
    )
    adopted_in: Mapped[Assembly | None] = relationship(
        repr=False, default=None, foreign_keys="Minutes.adopted_in_id"
    )
