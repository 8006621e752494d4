"""Prices that fall with what all households order together."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.models import Model
from freeco.money import Money
from freeco_direct_sales.orders.models import Offer


class PriceTier(Model):
    """From so many on, over the whole session, an offer costs less for everybody."""

    __tablename__ = "direct_sales_price_tier"
    __table_args__ = (
        UniqueConstraint("offer_id", "from_many"),
        CheckConstraint("from_many >= 2", name="from_many"),
        CheckConstraint("price >= 0", name="price"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_offer.id"), init=False)
    offer: Mapped[Offer] = relationship(repr=False)
    from_many: Mapped[int]
    """Units, or kilograms for what is sold by weight."""
    price: Mapped[Money]
    """As the offer's: for one unit, or a kilogram."""
