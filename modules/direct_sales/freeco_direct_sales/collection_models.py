"""What is noted at the table while households come for their baskets."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Household, Member, Model
from freeco_direct_sales.models import Distribution


class Collection(Model):
    """Somebody at the table noted that a household took its basket, or did not.

    A line is never rewritten: the one typed last tells how things stand, those before it stay.
    """

    __tablename__ = "direct_sales_collection"
    __table_args__ = (
        Index("ix_direct_sales_collection_distribution", "distribution_id", "household_id"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    distribution_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_distribution.id"), init=False
    )
    distribution: Mapped[Distribution] = relationship(repr=False)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), init=False, index=True)
    household: Mapped[Household] = relationship(repr=False)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    recorded_by: Mapped[Member] = relationship(repr=False)
    taken: Mapped[bool]
    taken_by: Mapped[str] = mapped_column(default="")
    """Who took it, when it was not the household: a neighbour's name."""
    note: Mapped[str] = mapped_column(default="")
    device: Mapped[str] = mapped_column(default="")
    """The device it was typed on; empty for a page without JavaScript."""
    recorded_at: Mapped[datetime] = mapped_column(default_factory=now)
    received_at: Mapped[datetime] = mapped_column(default_factory=now)
