"""What the platform costs, how that is shared and at what rate: written once, never changed.

``guards/core_0010_*.sql`` of ``freeco.accounting`` keeps it so past our own code.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.money import Money

HIGHEST_BASIS_POINTS = 500
"""5 %: the platform's share is never above it (promise F81)."""


class Pool(StrEnum):
    """Cost pools (postes de coût): what the platform pays for."""

    DEVELOPMENT = "development"
    SERVERS = "servers"
    GEOLOCATION = "geolocation"
    POST = "post"
    """E-mail, letters and SMS."""
    MAINTENANCE = "maintenance"
    INSURANCE = "insurance"
    AUDIT = "audit"
    """Accounting and audit."""


class Basis(StrEnum):
    """What a pool is shared by (clé de répartition)."""

    ORGANISATION = "organisation"
    """Evenly, by organisation that sold something in the year."""
    PAYMENT = "payment"
    DOCUMENT = "document"
    """By invoice, credit note or receipt."""
    EURO = "euro"
    """By euro moved."""
    MEMBER = "member"
    """By household, person or organisation that paid it something in the year."""


def among(column: str, words: type[StrEnum]) -> str:
    """Return the SQL of a CHECK that a column holds one of these words."""
    listed = ", ".join(f"'{each}'" for each in words)
    return f"{column} IN ({listed})"


class Supplier(Model):
    """Who the platform buys from; in the books ``core:supplier:12``, never a name."""

    __tablename__ = "cost_supplier"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class CostItem(Model):
    """A real supplier's invoice; corrected by being taken back, never by being changed."""

    __tablename__ = "cost_item"
    __table_args__ = (
        UniqueConstraint("supplier_id", "reference"),
        CheckConstraint(among("pool", Pool), name="pool"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("vat >= 0 AND vat < amount", name="vat"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    pool: Mapped[str]
    supplier_id: Mapped[int] = mapped_column(ForeignKey("cost_supplier.id"), init=False)
    supplier: Mapped[Supplier] = relationship(repr=False)
    reference: Mapped[str]
    """The supplier's own number for its invoice."""
    day: Mapped[date]
    amount: Mapped[Money]
    """VAT included."""
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))
    vat: Mapped[Money] = mapped_column(default=Money(0))
    """What the platform deducts of it; none when it charges no VAT itself."""
    noted_at: Mapped[datetime] = mapped_column(default_factory=now)
    taken_back_on: Mapped[date | None] = mapped_column(default=None)
    taken_back_entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("ledger_entry.id"), default=None
    )

    @property
    def cost(self) -> Money:
        """What it costs: the VAT that is deducted left out."""
        return self.amount - self.vat


class HoursGiven(Model):
    """Hours that volunteers gave to the platform: shown and thanked for, never charged."""

    __tablename__ = "cost_hours"
    __table_args__ = (
        CheckConstraint(among("pool", Pool), name="pool"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("worth >= 0", name="worth"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    """What makes noting them twice once: ``2026-11``, a meeting; no name."""
    pool: Mapped[str]
    day: Mapped[date]
    minutes: Mapped[int]
    worth: Mapped[Money] = mapped_column(default=Money(0))
    """What they would have cost, written in classes 86 and 87 (ANC 2018-06); zero if unsaid."""
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), default=None)


class AllocationKey(Model):
    """How a pool is shared from a day on; published, then never changed."""

    __tablename__ = "cost_key"
    __table_args__ = (
        UniqueConstraint("pool", "version"),
        UniqueConstraint("pool", "in_force_from"),
        CheckConstraint(among("pool", Pool), name="pool"),
        CheckConstraint(among("basis", Basis), name="basis"),
        CheckConstraint("version > 0", name="version"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    pool: Mapped[str]
    version: Mapped[int]
    basis: Mapped[str]
    in_force_from: Mapped[date]
    published_at: Mapped[datetime] = mapped_column(default_factory=now)


class CostRate(Model):
    """The provisional rate from a day of a year on; published, then never changed."""

    __tablename__ = "cost_rate"
    __table_args__ = (
        UniqueConstraint("year", "version"),
        UniqueConstraint("in_force_from"),
        CheckConstraint(f"basis_points BETWEEN 0 AND {HIGHEST_BASIS_POINTS}", name="basis_points"),
        CheckConstraint("per_gift >= 0", name="per_gift"),
        CheckConstraint("version > 0", name="version"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    year: Mapped[int]
    version: Mapped[int]
    basis_points: Mapped[int]
    """375 is 3.75 % of what is sold; never of a gift."""
    in_force_from: Mapped[date]
    per_gift: Mapped[Money] = mapped_column(default=Money(0))
    """A gift bears this and no percentage (Don en Confiance), and a twentieth of itself at most."""
    published_at: Mapped[datetime] = mapped_column(default_factory=now)
