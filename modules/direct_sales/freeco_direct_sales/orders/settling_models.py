"""What settled orders wrote: a payment to come and a sale, for each producer of each order."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import db
from freeco.models import Model
from freeco.money import Money
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders.models import Order, OrderLine

PURPOSE = "direct_sales:order_sale:"
"""How the payment and the share of an order's part are named, before its number."""


class OrderSale(Model):
    """What a household owes one producer of its order, fixed when it was handed out and weighed."""

    __tablename__ = "direct_sales_order_sale"
    __table_args__ = (
        Index(
            "uq_direct_sales_order_sale_goods",
            "order_id",
            "producer_id",
            unique=True,
            sqlite_where=sql("line_id IS NULL"),
            postgresql_where=sql("line_id IS NULL"),
        ),
        UniqueConstraint("line_id"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_order.id"), init=False)
    order: Mapped[Order] = relationship(repr=False)
    producer_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_producer.id"), init=False, index=True
    )
    producer: Mapped[Producer] = relationship(repr=False)
    amount: Mapped[Money]
    line_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_order_line.id"), default=None
    )
    """The service it is for; none for what was handed out."""
    document_id: Mapped[int | None] = mapped_column(default=None)
    """The invoice, when the producer lets Freeco issue it; the id of core's document."""
    sold_at: Mapped[datetime] = mapped_column(default_factory=now)

    @property
    def purpose(self) -> str:
        """Name what its payment is for, as a Ref in words."""
        return f"{PURPOSE}{self.id}"


def is_fixed(line: OrderLine) -> bool:
    """Whether what a line comes to is owed: its order is settled, or its service was done."""
    if line.order.settled_at is not None or not line.offer.product.is_service:
        return line.order.settled_at is not None
    return db.session.scalar(select(OrderSale.id).where(OrderSale.line_id == line.id)) is not None
