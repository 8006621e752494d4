"""What subscriptions have written in their sellers' books: commitments, and months delivered."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from freeco.clock import now
from freeco.models import Model
from freeco.money import Money


class Committed(Model):
    """What a subscription added to, or took from, the commitment in its seller's book."""

    __tablename__ = "direct_sales_committed"
    __table_args__ = (
        UniqueConstraint("subscription_id", "number"),
        CheckConstraint("amount <> 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_subscription.id"))
    number: Mapped[int]
    """1 when both sides signed, then one for each change of what is owed."""
    amount: Mapped[Money]
    """Negative when something will not come."""
    committed_at: Mapped[datetime] = mapped_column(default_factory=now)


class Delivered(Model):
    """What a subscription delivered in a month, as sold in its seller's book."""

    __tablename__ = "direct_sales_delivered"
    __table_args__ = (
        UniqueConstraint("subscription_id", "month"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_subscription.id"))
    month: Mapped[date]
    """Its first day."""
    amount: Mapped[Money]
    document_id: Mapped[int | None] = mapped_column(default=None)
    """The invoice, when the producer lets Freeco issue it; the id of core's document."""
    sold_at: Mapped[datetime] = mapped_column(default_factory=now)
