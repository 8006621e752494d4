"""Order sessions, their offers and stock, and what households order in them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Community, Household, Member, Model
from freeco.money import Money
from freeco_direct_sales.models import Distribution, Producer, Product


class SessionState(StrEnum):
    """Where an order session stands; one way only. Whether it takes orders, its hours say too."""

    DRAFT = "draft"
    OPEN = "open"
    """Published: households order from the opening hour to the closing one."""
    CLOSED = "closed"
    """Nobody orders any more; producers know what is wanted."""
    ALLOTTED = "allotted"
    """Producers said what comes; what is short is shared out."""
    SETTLED = "settled"
    """Handed out and weighed: what is owed is fixed."""


class Pricing(StrEnum):
    """What an offer's price is for."""

    UNIT = "unit"
    WEIGHT = "weight"
    """For a kilogram: ordered by the piece, paid by what the scales say."""


class Wish(StrEnum):
    """What to do with a line when there is not enough."""

    LESS = "less"
    """Take what remains."""
    NOTHING = "nothing"
    """All of it, or nothing."""
    SUBSTITUTE = "substitute"
    """Another article of the same session instead."""


class Counted(StrEnum):
    """Whose number limits an offer."""

    STOCK = "stock"
    """The producer's own stock, as far as they count it: by distribution, by days or in all."""
    OWN = "own"
    """A number said for this session."""
    NONE = "none"
    """Without limit, whatever the producer counts."""


class CaseRule(StrEnum):
    """What becomes of a case that is not full at the closing."""

    CUT = "cut"
    """It is not brought: what fills no case is shared out line by line."""
    BRING = "bring"
    """It is brought all the same."""


class OrderSession(Model):
    """A time during which households order from several producers for the same pickups."""

    __tablename__ = "direct_sales_order_session"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at", name="hours"),
        CheckConstraint(
            "state IN ('draft', 'open', 'closed', 'allotted', 'settled')", name="state"
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, index=True)
    community: Mapped[Community] = relationship(repr=False)
    name: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    """What the coordinator tells everybody at the top of the shop."""
    state: Mapped[str] = mapped_column(default=SessionState.DRAFT)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    offers: Mapped[list["Offer"]] = relationship(
        init=False, repr=False, back_populates="session", order_by="Offer.id"
    )
    pickups: Mapped[list["Pickup"]] = relationship(
        init=False, repr=False, back_populates="session", order_by="Pickup.id"
    )


class Pickup(Model):
    """A distribution where a session's orders may be taken; it may hold so many baskets."""

    __tablename__ = "direct_sales_pickup"
    __table_args__ = (
        UniqueConstraint("session_id", "distribution_id"),
        CheckConstraint("capacity IS NULL OR taken <= capacity", name="capacity"),
        CheckConstraint("taken >= 0", name="taken"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_order_session.id"), init=False)
    session: Mapped[OrderSession] = relationship(repr=False, back_populates="pickups")
    distribution_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_distribution.id"), init=False, index=True
    )
    distribution: Mapped[Distribution] = relationship(repr=False)
    capacity: Mapped[int | None] = mapped_column(default=None)
    """How many baskets fit; none without limit."""
    taken: Mapped[int] = mapped_column(default=0)


class SessionProducer(Model):
    """A producer in a session, who may close earlier and ask for a least total."""

    __tablename__ = "direct_sales_session_producer"
    __table_args__ = (
        UniqueConstraint("session_id", "producer_id"),
        CheckConstraint("least_total >= 0", name="least_total"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_order_session.id"), init=False)
    session: Mapped[OrderSession] = relationship(repr=False)
    producer_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_producer.id"), init=False, index=True
    )
    producer: Mapped[Producer] = relationship(repr=False)
    closes_at: Mapped[datetime | None] = mapped_column(default=None)
    """Earlier than the session's, for who must bake or slaughter; none when it is the same."""
    least_total: Mapped[Money] = mapped_column(default=Money(0))
    """Below this sum of all households' orders the producer does not come; 0 without least."""
    comes: Mapped[bool | None] = mapped_column(default=None)
    """Said at closing: false when the least was not reached."""


class Stock(Model):
    """How many of a product there are: in all, for one distribution, some days, or one session.

    ``reserved`` is the sum of what order lines hold of it; what is handed out leaves both numbers.
    The CHECK is the last line against overselling.
    """

    __tablename__ = "direct_sales_stock"
    __table_args__ = (
        CheckConstraint("reserved BETWEEN 0 AND on_hand", name="reserved"),
        CheckConstraint(
            "distribution_id IS NULL OR (first_day IS NULL AND last_day IS NULL)", name="scope"
        ),
        CheckConstraint(
            "session_id IS NULL OR (distribution_id IS NULL AND first_day IS NULL)", name="own"
        ),
        CheckConstraint(
            "(first_day IS NULL) = (last_day IS NULL)"
            " AND (first_day IS NULL OR first_day <= last_day)",
            name="days",
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    product_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_product.id"), init=False, index=True
    )
    product: Mapped[Product] = relationship(repr=False)
    on_hand: Mapped[int]
    reserved: Mapped[int] = mapped_column(default=0)
    distribution_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_distribution.id"), init=False, default=None, index=True
    )
    distribution: Mapped[Distribution | None] = relationship(repr=False, default=None)
    first_day: Mapped[date | None] = mapped_column(default=None)
    last_day: Mapped[date | None] = mapped_column(default=None)
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_order_session.id"), default=None, index=True
    )
    """The session it was said for; none for what the producer counts."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when it is no longer counted."""


class Offer(Model):
    """A product in a session, at the price the producer sets for it."""

    __tablename__ = "direct_sales_offer"
    __table_args__ = (
        UniqueConstraint("session_id", "product_id"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("pricing IN ('unit', 'weight')", name="pricing"),
        CheckConstraint("pricing = 'unit' OR grams > 0", name="weight"),
        CheckConstraint("step >= 1 AND least >= 0", name="step"),
        CheckConstraint("counted IN ('stock', 'own', 'none')", name="counted"),
        CheckConstraint("case_size IS NULL OR case_size >= 2", name="case_size"),
        CheckConstraint("case_rule IN ('cut', 'bring')", name="case_rule"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_order_session.id"), init=False)
    session: Mapped[OrderSession] = relationship(repr=False, back_populates="offers")
    product_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_product.id"), init=False, index=True
    )
    product: Mapped[Product] = relationship(repr=False)
    name: Mapped[str]
    unit: Mapped[str]
    price: Mapped[Money]
    """VAT included, for one unit, or for a kilogram when ``pricing`` says so."""
    vat_basis_points: Mapped[int]
    pricing: Mapped[str] = mapped_column(default=Pricing.UNIT)
    grams: Mapped[int | None] = mapped_column(default=None)
    """About how much one piece weighs."""
    step: Mapped[int] = mapped_column(default=1)
    """Ordered by multiples of this: a case of six."""
    least: Mapped[int] = mapped_column(default=0)
    most: Mapped[int | None] = mapped_column(default=None)
    """For one household."""
    stock_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_stock.id"), init=False, default=None, index=True
    )
    stock: Mapped[Stock | None] = relationship(repr=False, default=None)
    """Where it is taken from; none without limit. Several sessions may share one."""
    counted: Mapped[str] = mapped_column(default=Counted.STOCK)
    case_size: Mapped[int | None] = mapped_column(default=None)
    """How many the producer delivers together: jars sold one by one, brought by cases of 12."""
    case_rule: Mapped[str] = mapped_column(default=CaseRule.CUT)
    closing_price: Mapped[Money | None] = mapped_column(default=None)
    """What the tier reached at the closing made of ``price``; none when none was."""
    coming: Mapped[int | None] = mapped_column(default=None)
    """How many the producer says will come; none until they do."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    """Why it was withdrawn, for those who had ordered it."""


class Order(Model):
    """What a household orders in a session; one stands at a time, changed until the closing."""

    __tablename__ = "direct_sales_order"
    __table_args__ = (
        Index(
            "uq_direct_sales_order_standing",
            "session_id",
            "household_id",
            unique=True,
            sqlite_where=sql("cancelled_at IS NULL"),
            postgresql_where=sql("cancelled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_order_session.id"), init=False)
    session: Mapped[OrderSession] = relationship(repr=False)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), init=False, index=True)
    household: Mapped[Household] = relationship(repr=False)
    pickup_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_pickup.id"), init=False)
    pickup: Mapped[Pickup] = relationship(repr=False, foreign_keys="Order.pickup_id")
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    placed_by: Mapped[Member] = relationship(repr=False, foreign_keys="Order.placed_by_id")
    """Who typed it: somebody of the household, or a volunteer at the telephone."""
    by_phone: Mapped[bool] = mapped_column(default=False)
    method: Mapped[str] = mapped_column(default="")
    """How the household will pay; see ``freeco.payments.models.Method``."""
    note: Mapped[str] = mapped_column(default="")
    last_key: Mapped[str] = mapped_column(default="")
    """The key of the form that was taken last: the same form twice changes nothing."""
    placed_at: Mapped[datetime] = mapped_column(default_factory=now)
    changed_at: Mapped[datetime] = mapped_column(default_factory=now)
    left_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_pickup.id"), init=False, default=None
    )
    """The pickup it was taken away from last: the sheet there marks it."""
    left_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    lines: Mapped[list["OrderLine"]] = relationship(
        init=False, repr=False, back_populates="order", order_by="OrderLine.id"
    )


class OrderLine(Model):
    """An article of an order: ordered, allotted, weighed, each kept."""

    __tablename__ = "direct_sales_order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "offer_id"),
        CheckConstraint("ordered >= 0", name="ordered"),
        CheckConstraint("allotted >= 0", name="allotted"),
        CheckConstraint("weighed_grams >= 0", name="weighed"),
        CheckConstraint("held >= 0", name="held"),
        CheckConstraint("instead >= 0 AND instead <= ordered", name="instead"),
        CheckConstraint("tolerance >= 0", name="tolerance"),
        CheckConstraint("wish IN ('less', 'nothing', 'substitute')", name="wish"),
        Index("ix_direct_sales_order_line_offer", "offer_id"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_order.id"), init=False)
    order: Mapped[Order] = relationship(repr=False, back_populates="lines")
    offer_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_offer.id"), init=False)
    offer: Mapped[Offer] = relationship(repr=False, foreign_keys="OrderLine.offer_id")
    ordered: Mapped[int]
    """As the household asked at last, and the stock allowed."""
    unit_price: Mapped[Money]
    """Frozen when it was ordered, as the offer's ``price``."""
    asked: Mapped[int] = mapped_column(default=0)
    """As first typed, when the stock did not allow all of it; 0 when it did."""
    wish: Mapped[str] = mapped_column(default=Wish.LESS)
    substitute_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_offer.id"), init=False, default=None
    )
    substitute: Mapped[Offer | None] = relationship(
        repr=False, default=None, foreign_keys="OrderLine.substitute_id"
    )
    allotted: Mapped[int | None] = mapped_column(default=None)
    """What the household gets when it is not what was ordered; none as long as it is."""
    weighed_grams: Mapped[int | None] = mapped_column(default=None)
    """What the scales said, for an article sold by weight."""
    instead_of_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_order_line.id"), default=None
    )
    """The line this one was made to replace."""
    instead: Mapped[int] = mapped_column(default=0)
    """How many of another article came in its place."""
    instead_line_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_order_line.id"), default=None
    )
    """The line of that article in the same order, which ``instead`` is counted in."""
    held: Mapped[int] = mapped_column(default=0)
    """How many of the offer's stock it holds: nought without limit, and once handed out."""
    tolerance: Mapped[int] = mapped_column(default=0)
    """How many more the household takes, at most, to fill a case."""
    packed: Mapped[int | None] = mapped_column(default=None)
    """What filling the cases made of it at the closing; none when that is what was ordered."""
