"""What a farm grows and when, what befalls it, who visits it, and the services it renders."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Member, Model
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders.models import OrderLine


class ProductMonth(Model):
    """A month, of any year, in which a product usually comes."""

    __tablename__ = "direct_sales_product_month"
    __table_args__ = (
        UniqueConstraint("product_id", "month"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_product.id"))
    month: Mapped[int]


class PlannedCrop(Model):
    """What a farm plans to grow, and when it should come; a plan, not a promise."""

    __tablename__ = "direct_sales_planned_crop"
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="harvest"),
        CheckConstraint("sown_on <= first_on", name="sown"),
        CheckConstraint("quantity >= 1", name="quantity"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    producer_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_producer.id"), init=False, index=True
    )
    producer: Mapped[Producer] = relationship(repr=False)
    name: Mapped[str]
    first_on: Mapped[date]
    """The Monday of the week in which the first should come."""
    last_on: Mapped[date]
    sown_on: Mapped[date | None] = mapped_column(default=None)
    """The Monday of the week in which it is sown or planted."""
    plot: Mapped[str] = mapped_column(default="")
    """How much ground, in the farm's own words: “3 planches de 30 m”."""
    quantity: Mapped[int | None] = mapped_column(default=None)
    unit: Mapped[str] = mapped_column(default="kg")
    note: Mapped[str] = mapped_column(default="")


class Mishap(StrEnum):
    """What makes a season bad."""

    HAIL = "hail"
    FROST = "frost"
    DROUGHT = "drought"
    FLOOD = "flood"
    DISEASE = "disease"
    PEST = "pest"
    HUMAN = "human"
    OTHER = "other"


class SeasonNotice(Model):
    """Something befell the farm: the day, what it was, and what it changes for those who eat."""

    __tablename__ = "direct_sales_season_notice"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('hail', 'frost', 'drought', 'flood', 'disease', 'pest', 'human', 'other')",
            name="kind",
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    producer_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_producer.id"), init=False, index=True
    )
    producer: Mapped[Producer] = relationship(repr=False)
    kind: Mapped[str]
    happened_on: Mapped[date]
    words: Mapped[str]
    consequence: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(default_factory=now)
    over_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it changed nothing more; it stays among what has befallen the farm."""


class Visit(Model):
    """A guarantee visit, reported by those who came; never starred, once published never edited."""

    __tablename__ = "direct_sales_visit"
    __table_args__ = (
        CheckConstraint("next_due_on > visited_on", name="next_due"),
        CheckConstraint("shown_since IS NULL OR published_at IS NOT NULL", name="shown"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    producer_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_producer.id"), init=False, index=True
    )
    producer: Mapped[Producer] = relationship(repr=False)
    visited_on: Mapped[date]
    charter_version: Mapped[str]
    """The charter whose points were looked at."""
    seen: Mapped[str] = mapped_column(default="")
    """What was seen, all in all."""
    asked: Mapped[str] = mapped_column(default="")
    """What the visitors ask of the farm."""
    next_due_on: Mapped[date | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    shown_since: Mapped[datetime | None] = mapped_column(default=None)
    """Since when the farm agrees to have it on the page that anybody reads; none as long as not."""
    points: Mapped[list["VisitPoint"]] = relationship(
        init=False, repr=False, order_by="VisitPoint.article", cascade="all, delete-orphan"
    )
    visitors: Mapped[list["Visitor"]] = relationship(
        init=False, repr=False, order_by="Visitor.id", cascade="all, delete-orphan"
    )
    additions: Mapped[list["VisitAddition"]] = relationship(
        init=False, repr=False, back_populates="visit", order_by="VisitAddition.id"
    )


class VisitPoint(Model):
    """What was seen of one article of the charter, under the title it had that day."""

    __tablename__ = "direct_sales_visit_point"
    __table_args__ = (UniqueConstraint("visit_id", "article"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_visit.id"), init=False)
    article: Mapped[int]
    title: Mapped[str]
    words: Mapped[str]


class Visitor(Model):
    """A member who came; named only once they have agreed to it themselves."""

    __tablename__ = "direct_sales_visitor"
    __table_args__ = (UniqueConstraint("visit_id", "member_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_visit.id"), init=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member] = relationship(repr=False)
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)


class VisitAddition(Model):
    """What is added to a published report: a correction of the visitors, or of the farm."""

    __tablename__ = "direct_sales_visit_addition"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    visit_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_visit.id"), init=False, index=True
    )
    visit: Mapped[Visit] = relationship(repr=False, back_populates="additions")
    by_farm: Mapped[bool]
    words: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(default_factory=now)


class Service(Model):
    """Where a service that a household ordered stands: owed once both say that it was done."""

    __tablename__ = "direct_sales_service"
    __table_args__ = (UniqueConstraint("line_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_order_line.id"), init=False)
    line: Mapped[OrderLine] = relationship(repr=False)
    agreed_on: Mapped[date | None] = mapped_column(default=None)
    household_done_at: Mapped[datetime | None] = mapped_column(default=None)
    producer_done_at: Mapped[datetime | None] = mapped_column(default=None)


class FarmPicture(Model):
    """The farm's picture, as ``freeco.web.pictures`` wrote it anew."""

    __tablename__ = "direct_sales_farm_picture"
    __table_args__ = (UniqueConstraint("producer_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_producer.id"), init=False)
    producer: Mapped[Producer] = relationship(repr=False)
    content: Mapped[bytes] = mapped_column(deferred=True)
    width: Mapped[int]
    height: Mapped[int]
    sha256: Mapped[str]
    words: Mapped[str]
    """What it shows, for who does not see it."""
