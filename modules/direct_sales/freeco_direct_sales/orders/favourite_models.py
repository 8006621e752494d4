"""What households usually take, apart from what they order in one session."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.models import Household, Model
from freeco_direct_sales.models import Product
from freeco_direct_sales.orders.models import Wish


class FavouriteLine(Model):
    """What a household usually takes: its recurring basket, by product."""

    __tablename__ = "direct_sales_favourite_line"
    __table_args__ = (
        UniqueConstraint("household_id", "product_id"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("tolerance >= 0", name="tolerance"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), init=False)
    household: Mapped[Household] = relationship(repr=False)
    product_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_product.id"), init=False)
    product: Mapped[Product] = relationship(repr=False)
    quantity: Mapped[int]
    wish: Mapped[str] = mapped_column(default=Wish.LESS)
    tolerance: Mapped[int] = mapped_column(default=0)
    """How many more to take, at most, where that fills a case."""
