"""When producers are told what to bring, what they were told, and what they say is missing."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Member, Model
from freeco_direct_sales.models import Distribution, Print, Producer, Product
from freeco_direct_sales.orders.models import OrderSession


class HarvestWish(Model):
    """When a producer wants the harvest list; without a row, as ``wishes.USUAL`` says."""

    __tablename__ = "direct_sales_harvest_wish"
    __table_args__ = (
        CheckConstraint("days_before BETWEEN 0 AND 7 AND hour BETWEEN 0 AND 23", name="list"),
        CheckConstraint(
            "changes_days_before BETWEEN 0 AND 7 AND changes_hour BETWEEN 0 AND 23",
            name="changes",
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    producer_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_producer.id"), init=False, unique=True
    )
    producer: Mapped[Producer] = relationship(repr=False)
    wanted: Mapped[bool]
    days_before: Mapped[int]
    """Days of the community's calendar before the distribution's."""
    hour: Mapped[int]
    """On the community's clock."""
    changes_wanted: Mapped[bool]
    changes_days_before: Mapped[int]
    changes_hour: Mapped[int]
    """When what has changed since is told, once."""
    changed_at: Mapped[datetime] = mapped_column(default_factory=now)


class TellingKind(StrEnum):
    """What a producer was told."""

    LIST = "list"
    """The harvest list of a distribution."""
    CHANGES = "changes"
    """What has changed since that list."""
    CLOSING = "closing"
    """What was ordered from them in a session."""


class Telling(Model):
    """A producer was told something; unique, so that two workers at once tell it once."""

    __tablename__ = "direct_sales_telling"
    __table_args__ = (
        UniqueConstraint("distribution_id", "producer_id", "kind"),
        UniqueConstraint("session_id", "producer_id"),
        CheckConstraint("kind IN ('list', 'changes', 'closing')", name="kind"),
        CheckConstraint("(kind = 'closing') = (session_id IS NOT NULL)", name="session"),
        CheckConstraint("(distribution_id IS NULL) <> (session_id IS NULL)", name="about"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    producer_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_producer.id"), init=False, index=True
    )
    producer: Mapped[Producer] = relationship(repr=False)
    kind: Mapped[str]
    distribution_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_distribution.id"), init=False
    )
    distribution: Mapped[Distribution | None] = relationship(repr=False, default=None)
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_order_session.id"), init=False
    )
    session: Mapped[OrderSession | None] = relationship(repr=False, default=None)
    print_id: Mapped[int | None] = mapped_column(ForeignKey("direct_sales_print.id"), init=False)
    told: Mapped[Print | None] = relationship(repr=False, default=None)
    """The quantities that were told, to say later what has changed."""
    digest: Mapped[str] = mapped_column(default="")
    """Of what was told ordered: who closes early is told again if the closing changed it."""
    reached: Mapped[bool] = mapped_column(default=False)
    """Whether somebody of the farm could be written to; else a coordinator telephones."""
    told_at: Mapped[datetime] = mapped_column(default_factory=now)
    said_at: Mapped[datetime | None] = mapped_column(default=None)
    """When a coordinator said it by telephone."""
    said_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), default=None, index=True
    )


class HowShort(StrEnum):
    """How much of a product is missing."""

    NONE = "none"
    LESS = "less"
    OTHERWISE = "otherwise"
    """It comes, but not what was expected in it: a basket without its courgettes."""


class Shortage(Model):
    """A producer says what will be missing and what comes instead; corrected, never deleted."""

    __tablename__ = "direct_sales_shortage"
    __table_args__ = (
        CheckConstraint("how IN ('none', 'less', 'otherwise')", name="how"),
        CheckConstraint("instead_quantity >= 1", name="instead"),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    producer_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_producer.id"), init=False, index=True
    )
    producer: Mapped[Producer] = relationship(repr=False)
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    said_by: Mapped[Member | None] = relationship(repr=False)
    key: Mapped[str] = mapped_column(unique=True)
    """Of the form it was said with: the same form twice is one message."""
    how: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    """The producer's own sentence."""
    instead: Mapped[str] = mapped_column(default="")
    """What comes in its place, in words."""
    instead_product_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_product.id"), init=False
    )
    instead_product: Mapped[Product | None] = relationship(repr=False, default=None)
    instead_quantity: Mapped[int | None] = mapped_column(default=None)
    """For each household, in the product's unit."""
    version: Mapped[int] = mapped_column(default=1)
    said_at: Mapped[datetime] = mapped_column(default_factory=now)
    changed_at: Mapped[datetime] = mapped_column(default_factory=now)
    taken_back_at: Mapped[datetime | None] = mapped_column(default=None)
    products: Mapped[list["ShortageProduct"]] = relationship(
        init=False,
        repr=False,
        back_populates="shortage",
        order_by="ShortageProduct.id",
        cascade="all, delete-orphan",
    )
    dates: Mapped[list["ShortageDate"]] = relationship(
        init=False,
        repr=False,
        back_populates="shortage",
        order_by="ShortageDate.id",
        cascade="all, delete-orphan",
    )


class ShortageProduct(Model):
    """A product that is missing."""

    __tablename__ = "direct_sales_shortage_product"
    __table_args__ = (UniqueConstraint("shortage_id", "product_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    shortage_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_shortage.id"), init=False)
    shortage: Mapped[Shortage] = relationship(repr=False, back_populates="products")
    product_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_product.id"), init=False)
    product: Mapped[Product] = relationship(repr=False)


class ShortageDate(Model):
    """A distribution where it will be missing."""

    __tablename__ = "direct_sales_shortage_date"
    __table_args__ = (UniqueConstraint("shortage_id", "distribution_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    shortage_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_shortage.id"), init=False)
    shortage: Mapped[Shortage] = relationship(repr=False, back_populates="dates")
    distribution_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_distribution.id"), init=False, index=True
    )
    distribution: Mapped[Distribution] = relationship(repr=False)
