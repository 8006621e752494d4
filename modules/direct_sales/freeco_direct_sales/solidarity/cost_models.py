"""Articles at cost price for whoever was admitted, codes that admit, and what the pool pays."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Community, Household, Model
from freeco.money import Money
from freeco_direct_sales.orders.models import Offer
from freeco_direct_sales.orders.settling_models import OrderSale


class CostPrice(Model):
    """What an admitted household pays of an offer; its producer is paid the whole price."""

    __tablename__ = "direct_sales_solidarity_cost_price"
    __table_args__ = (
        CheckConstraint("price >= 1", name="price"),
        CheckConstraint("most >= 1", name="most"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    offer_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_offer.id"), init=False, unique=True
    )
    offer: Mapped[Offer] = relationship(repr=False)
    price: Mapped[Money]
    """As the offer's: for one unit, or a kilogram."""
    most: Mapped[int]
    """Pieces at that price for one household in the session."""


class Admission(Model):
    """A household that a sworn reader admitted, or that typed a code; why is sealed."""

    __tablename__ = "direct_sales_solidarity_admission"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), init=False, unique=True)
    household: Mapped[Household] = relationship(repr=False)
    sealed: Mapped[str] = mapped_column(repr=False)
    until: Mapped[date]
    """The last day on which what it orders is at cost price."""


class ReferralCode(Model):
    """A code that a social worker gives, used once; who gave it and who used it are sealed."""

    __tablename__ = "direct_sales_solidarity_code"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, index=True)
    community: Mapped[Community] = relationship(repr=False)
    lot: Mapped[str] = mapped_column(index=True)
    """Those made together, printed on one sheet."""
    digest: Mapped[str] = mapped_column(unique=True, repr=False)
    """What the site's key makes of the code: it is found by it, and not read."""
    sealed: Mapped[str] = mapped_column(repr=False)
    expires_on: Mapped[date]
    used: Mapped[bool] = mapped_column(default=False)


class PartDiscount(Model):
    """What the pool pays of a household's part of an order, now or as soon as it covers it."""

    __tablename__ = "direct_sales_solidarity_part"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    sale_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_order_sale.id"), init=False, unique=True
    )
    sale: Mapped[OrderSale] = relationship(repr=False)
    amount: Mapped[Money]
    granted_at: Mapped[datetime | None] = mapped_column(default=None)
    """None as long as it waits for the pool."""
    settled_at: Mapped[datetime] = mapped_column(default_factory=now)
