"""The platform's part of each price, how it is billed, and what the true-up of a year came to."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.cost_price.models import Basis, Pool, among
from freeco.cost_price.price import PriceParts
from freeco.db import Model
from freeco.members.models import Community
from freeco.money import Money
from freeco.organisations.models import Organisation


class CostSeller(Model):
    """A seller's number in the platform's book: drawn, so that the public book names nobody."""

    __tablename__ = "cost_seller"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(unique=True)


class CostBill(Model):
    """The shares of an organisation's month, in one invoice (a credit note when below zero)."""

    __tablename__ = "cost_bill"
    __table_args__ = (
        UniqueConstraint("organisation_id", "month"),
        CheckConstraint("amount <> 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), init=False)
    organisation: Mapped[Organisation] = relationship(repr=False)
    month: Mapped[date]
    """Its first day."""
    amount: Mapped[Money]
    """VAT included."""
    vat: Mapped[Money]
    volume: Mapped[Money]
    """What was sold, less what was given back: the base of these shares."""
    document_id: Mapped[int | None] = mapped_column(
        ForeignKey("document.id"), default=None, unique=True
    )
    """The invoice; none when credit notes on earlier ones were due."""
    made_at: Mapped[datetime] = mapped_column(default_factory=now)

    @property
    def net(self) -> Money:
        """What the platform has of it, VAT apart."""
        return self.amount - self.vat


class CostPayment(Model):
    """An invoice of the shares that was paid, whole, in both books."""

    __tablename__ = "cost_payment"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    bill_id: Mapped[int] = mapped_column(
        ForeignKey("cost_bill.id"), primary_key=True, autoincrement=False
    )
    day: Mapped[date]
    amount: Mapped[Money]
    """What credit notes had left of it that day, VAT included."""
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))
    """In the platform's book."""
    noted_at: Mapped[datetime] = mapped_column(default_factory=now)


class CostShare(Model):
    """What became of one price: frozen the day it is agreed, but for the provider's fee."""

    __tablename__ = "cost_share"
    __table_args__ = (
        CheckConstraint("base > 0", name="base"),
        CheckConstraint("platform >= 0 AND platform * 20 <= base", name="platform"),
        CheckConstraint(
            "producer >= 0 AND transport >= 0 AND solidarity >= 0 AND payment_fee >= 0",
            name="positive",
        ),
        CheckConstraint(
            "producer + transport + solidarity + platform + payment_fee = base", name="whole"
        ),
        Index("ix_cost_share_billing", "organisation_id", "bill_id", "day"),
        Index("ix_cost_share_community", "community_id", "day"),
        Index("ix_cost_share_bill", "bill_id"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    subject: Mapped[str] = mapped_column(unique=True)
    """What was sold or given, as a Ref: ``direct_sales:subscription:12``."""
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), init=False)
    organisation: Mapped[Organisation] = relationship(repr=False)
    """Who sold it, and bears the share."""
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    day: Mapped[date]
    base: Mapped[Money]
    producer: Mapped[Money]
    transport: Mapped[Money]
    solidarity: Mapped[Money]
    platform: Mapped[Money]
    payment_fee: Mapped[Money]
    """What the payment provider kept, exactly; in the organisation's own book already."""
    gift: Mapped[bool] = mapped_column(default=False)
    rate_id: Mapped[int | None] = mapped_column(ForeignKey("cost_rate.id"), default=None)
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("cost_bill.id"), default=None)
    given_back_on: Mapped[date | None] = mapped_column(default=None)
    """When what was sold was undone."""
    back_bill_id: Mapped[int | None] = mapped_column(
        ForeignKey("cost_bill.id"), default=None, index=True
    )
    """The bill that took it off, when it had been billed before."""
    noted_at: Mapped[datetime] = mapped_column(default_factory=now)

    @property
    def parts(self) -> PriceParts:
        """The anatomy of the price."""
        return PriceParts(
            self.producer, self.transport, self.solidarity, self.platform, self.payment_fee
        )


class TrueUp(Model):
    """A year settled at its real cost (régularisation); all amounts without VAT."""

    __tablename__ = "cost_true_up"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    real: Mapped[Money]
    collected: Mapped[Money]
    given_back: Mapped[Money]
    unshared: Mapped[Money]
    """Costs of a year in which nobody sold anything: the cooperative bears them."""
    made_at: Mapped[datetime] = mapped_column(default_factory=now)


class Settlement(Model):
    """What the true-up of a year came to for one organisation; all amounts without VAT."""

    __tablename__ = "cost_settlement"
    __table_args__ = (
        UniqueConstraint("year", "organisation_id"),
        CheckConstraint("real >= 0", name="real"),
        CheckConstraint("credit >= 0 AND carried <= 0 AND carried_in <= 0", name="signs"),
        CheckConstraint("credit = 0 OR carried = 0", name="either"),
        CheckConstraint("collected + carried_in - real = credit + carried", name="whole"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("cost_true_up.year"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), init=False)
    organisation: Mapped[Organisation] = relationship(repr=False)
    collected: Mapped[Money]
    carried_in: Mapped[Money]
    """What the year before left to be found: zero or below."""
    real: Mapped[Money]
    credit: Mapped[Money]
    """Given back by credit notes of the same year."""
    carried: Mapped[Money]
    """Zero, or below: borne by the cooperative, and found in a later year within the 5 %."""
    credit_vat: Mapped[Money] = mapped_column(default=Money(0))
    """The VAT given back with the credit."""


class Allocation(Model):
    """An organisation's part of one pool of a year, by one basis."""

    __tablename__ = "cost_allocation"
    __table_args__ = (
        CheckConstraint(among("pool", Pool), name="pool"),
        CheckConstraint(among("basis", Basis), name="basis"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    settlement_id: Mapped[int] = mapped_column(
        ForeignKey("cost_settlement.id"), init=False, primary_key=True
    )
    settlement: Mapped[Settlement] = relationship(repr=False)
    pool: Mapped[str] = mapped_column(primary_key=True)
    basis: Mapped[str] = mapped_column(primary_key=True)
    weight: Mapped[int] = mapped_column(BigInteger)
    """How many payments, documents, cents … it was counted for."""
    amount: Mapped[Money]
