"""Shifts at the distributions: roles, places, who signed up; and how many a household does."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Community, Household, Member, Model
from freeco_direct_sales.models import Distribution


class ShiftRole(Model):
    """Something to do at a distribution: welcome, weigh, clean up."""

    __tablename__ = "direct_sales_shift_role"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    name: Mapped[str]
    explanation: Mapped[str] = mapped_column(default="")
    """What one does, for who has never done it."""
    retired_at: Mapped[datetime | None] = mapped_column(default=None)
    """No longer proposed; what was done in this role stays."""


class ShiftSeason(Model):
    """How many shifts each household does between two days, both included."""

    __tablename__ = "direct_sales_shift_season"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="days"),
        CheckConstraint("quota >= 0", name="quota"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, index=True)
    community: Mapped[Community] = relationship(repr=False)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    quota: Mapped[int]


class Shift(Model):
    """A role at one distribution, with its own hours and its places."""

    __tablename__ = "direct_sales_shift"
    __table_args__ = (
        UniqueConstraint("distribution_id", "role_id"),
        CheckConstraint("starts_at < ends_at", name="hours"),
        CheckConstraint("places >= 0", name="places"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    distribution_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_distribution.id"), init=False
    )
    distribution: Mapped[Distribution] = relationship(repr=False)
    role_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_shift_role.id"), init=False, index=True
    )
    role: Mapped[ShiftRole] = relationship(repr=False)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    places: Mapped[int]
    changes: Mapped[int] = mapped_column(default=0)
    """How often its hours changed, for the calendars that follow it."""
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
    signups: Mapped[list["ShiftSignup"]] = relationship(
        init=False, repr=False, back_populates="shift", order_by="ShiftSignup.id"
    )

    @property
    def on_duty(self) -> list["ShiftSignup"]:
        """Those who come, in the order they said so."""
        return [each for each in self.signups if each.withdrawn_at is None]

    @property
    def free(self) -> int:
        """How many places nobody has taken."""
        return max(0, self.places - len(self.on_duty))


class ShiftSignup(Model):
    """A member said that they come; taken back, the line stays and the place is free."""

    __tablename__ = "direct_sales_shift_signup"
    __table_args__ = (
        Index(
            "uq_direct_sales_shift_signup_standing",
            "shift_id",
            "member_id",
            unique=True,
            sqlite_where=sql("withdrawn_at IS NULL"),
            postgresql_where=sql("withdrawn_at IS NULL"),
        ),
        Index("ix_direct_sales_shift_signup_shift", "shift_id"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_shift.id"), init=False)
    shift: Mapped[Shift] = relationship(repr=False, back_populates="signups")
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member] = relationship(repr=False, foreign_keys="ShiftSignup.member_id")
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), init=False, index=True)
    household: Mapped[Household] = relationship(repr=False)
    """Whose quota it counts for: the table shared on the day of signing up."""
    instead_of_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_shift_signup.id"), init=False, unique=True
    )
    instead_of: Mapped["ShiftSignup | None"] = relationship(
        repr=False, default=None, remote_side="ShiftSignup.id"
    )
    """The one whose place was taken over."""
    offered_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, index=True
    )
    offered_to: Mapped[Member | None] = relationship(
        repr=False, default=None, foreign_keys="ShiftSignup.offered_to_id"
    )
    """Who was asked to come instead; until they agree, nothing has changed."""
    signed_at: Mapped[datetime] = mapped_column(default_factory=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    missed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the coordinator noted that nobody came: a fact, which the member sees too."""
