"""Why a stock changed, row by row."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Member, Model
from freeco_direct_sales.orders.models import Offer, Stock


class Why(StrEnum):
    """Why there are more or fewer of an article."""

    COUNTED = "counted"
    HARVEST = "harvest"
    LOSS = "loss"
    SOLD_ELSEWHERE = "sold_elsewhere"
    HANDED_OUT = "handed_out"
    """Taken home by those who ordered it; one row for each offer."""
    NOT_COMING = "not_coming"
    """What was ordered and is not there: the producer said how many come."""


class StockMovement(Model):
    """A change of what there is; never rewritten, but for the sum of what is handed out."""

    __tablename__ = "direct_sales_stock_movement"
    __table_args__ = (
        CheckConstraint(
            "why IN ('counted', 'harvest', 'loss', 'sold_elsewhere', 'handed_out', 'not_coming')",
            name="why",
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    stock_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_stock.id"), init=False, index=True
    )
    stock: Mapped[Stock] = relationship(repr=False)
    change: Mapped[int]
    on_hand: Mapped[int]
    """How many there were afterwards."""
    why: Mapped[str] = mapped_column(default=Why.COUNTED)
    words: Mapped[str] = mapped_column(default="")
    offer_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_offer.id"), init=False, default=None, index=True
    )
    offer: Mapped[Offer | None] = relationship(repr=False, default=None)
    by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), init=False, default=None, index=True
    )
    by: Mapped[Member | None] = relationship(repr=False, default=None)
    """Who wrote it; none when it follows from orders."""
    at: Mapped[datetime] = mapped_column(default_factory=now)
