"""What is left after a distribution, and the partners who may come for it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.models import Community, Member, Model
from freeco_direct_sales.models import Distribution


class Partner(Model):
    """Somebody outside who gives food to those who need it; has no account here."""

    __tablename__ = "direct_sales_partner"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    name: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    retired_at: Mapped[datetime | None] = mapped_column(default=None)
    """No longer asked; what it was given stays noted."""


class Leftover(Model):
    """What is left, offered to the partners for a while; the first to say so comes for it."""

    __tablename__ = "direct_sales_leftover"
    __table_args__ = (CheckConstraint("offered_at < until", name="hours"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    distribution_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_distribution.id"), init=False, index=True
    )
    distribution: Mapped[Distribution] = relationship(repr=False)
    offered_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    offered_by: Mapped[Member] = relationship(repr=False)
    words: Mapped[str]
    offered_at: Mapped[datetime]
    until: Mapped[datetime]
    partner_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_partner.id"), init=False, index=True
    )
    partner: Mapped[Partner | None] = relationship(repr=False, default=None)
    taken_at: Mapped[datetime | None] = mapped_column(default=None)
    given: Mapped[str] = mapped_column(default="")
    """What was really handed over, as noted afterwards."""
    noted_at: Mapped[datetime | None] = mapped_column(default=None)
