"""Producers, their products, the season's contracts and what households take from them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    cast,
    false,
    literal,
)
from sqlalchemy import text as sql
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from freeco.clock import now
from freeco.models import Community, Household, Member, Model, Organisation, Payment
from freeco.money import Money

PURPOSE = "direct_sales:subscription:"
"""What the payments of a subscription are for, before its id."""


class ContractKind(StrEnum):
    """How a season contract fills the basket."""

    FIXED = "fixed"
    """The same basket at every delivery."""
    FREE = "free"
    """Free quantities for each date."""


class ContractState(StrEnum):
    """Where a season contract stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class SignatureWay(StrEnum):
    """How a signature was given."""

    ONLINE = "online"
    PAPER = "paper"


class Producer(Model):
    """Who grows, bakes or brings; acts through a member when there is one."""

    __tablename__ = "direct_sales_producer"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    name: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    presentation: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    siret: Mapped[str] = mapped_column(default="")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member | None] = relationship(repr=False, default=None)
    """The person, or the organisation, who signs in the producer's name."""
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), init=False, index=True
    )
    organisation: Mapped[Organisation | None] = relationship(repr=False, default=None)
    """Whose book its sales are written in; see ``freeco_direct_sales.sellers``."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class Product(Model):
    """A good as the producer sells it today; contracts freeze its price."""

    __tablename__ = "direct_sales_product"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("deposit >= 0", name="deposit"),
        CheckConstraint("vat_basis_points BETWEEN 0 AND 10000", name="vat"),
        Index("ix_direct_sales_product_producer", "producer_id", "reference"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    producer_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_producer.id"), init=False, index=True
    )
    producer: Mapped[Producer] = relationship(repr=False)
    name: Mapped[str]
    price: Mapped[Money]
    """What a member pays for one unit, VAT included."""
    unit: Mapped[str] = mapped_column(default="piece")
    grams: Mapped[int | None] = mapped_column(default=None)
    """Weight of one unit."""
    millilitres: Mapped[int | None] = mapped_column(default=None)
    packaging: Mapped[str] = mapped_column(default="")
    vat_basis_points: Mapped[int] = mapped_column(default=550)
    """5.5 % (CGI art. 278-0 bis: food) unless said."""
    deposit: Mapped[Money] = mapped_column(default=Money(0))
    reference: Mapped[str] = mapped_column(default="")
    """The producer's own code: what an import recognises a product by."""
    description: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="")
    origin: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    stock: Mapped[int | None] = mapped_column(default=None)
    available: Mapped[bool] = mapped_column(default=True)
    is_service: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Work, at a date agreed, rather than goods at the table; it weighs nothing."""
    changed_at: Mapped[datetime] = mapped_column(default_factory=now)


class SeasonContract(Model):
    """What a producer offers to the households for a season."""

    __tablename__ = "direct_sales_season_contract"
    __table_args__ = (
        CheckConstraint("kind IN ('fixed', 'free')", name="kind"),
        CheckConstraint("state IN ('draft', 'open', 'closed')", name="state"),
        CheckConstraint("capacity >= 1", name="capacity"),
        CheckConstraint("most_cheques BETWEEN 1 AND 12", name="most_cheques"),
        CheckConstraint("season_start <= season_end", name="season"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, index=True)
    community: Mapped[Community] = relationship(repr=False)
    producer_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_producer.id"), init=False, index=True
    )
    producer: Mapped[Producer] = relationship(repr=False)
    name: Mapped[str]
    kind: Mapped[str]
    season_start: Mapped[date]
    season_end: Mapped[date]
    capacity: Mapped[int | None] = mapped_column(default=None)
    """How many households it can feed; none when the producer sets no limit."""
    most_cheques: Mapped[int] = mapped_column(default=6)
    terms: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=ContractState.DRAFT)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    products: Mapped[list["ContractProduct"]] = relationship(
        init=False, repr=False, back_populates="contract", order_by="ContractProduct.id"
    )
    deliveries: Mapped[list["Delivery"]] = relationship(
        init=False, repr=False, back_populates="contract"
    )

    @property
    def is_work(self) -> bool:
        """Whether it holds services alone: they are rendered, and there is no basket to fetch."""
        return bool(self.products) and all(each.product.is_service for each in self.products)


class ContractProduct(Model):
    """A product in a contract, at the price agreed for the season."""

    __tablename__ = "direct_sales_contract_product"
    __table_args__ = (
        UniqueConstraint("contract_id", "product_id"),
        CheckConstraint("price >= 0", name="price"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    contract_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_season_contract.id"), init=False
    )
    contract: Mapped[SeasonContract] = relationship(repr=False, back_populates="products")
    product_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_product.id"), init=False)
    product: Mapped[Product] = relationship(repr=False)
    name: Mapped[str]
    unit: Mapped[str]
    price: Mapped[Money]
    vat_basis_points: Mapped[int]
    grams: Mapped[int | None] = mapped_column(default=None)


class Distribution(Model):
    """An evening, a place, several producers: households come and take their baskets."""

    __tablename__ = "direct_sales_distribution"
    __table_args__ = (
        UniqueConstraint("community_id", "starts_at", "place"),
        CheckConstraint("starts_at < ends_at", name="hours"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class Delivery(Model):
    """What one contract brings to one distribution; cancelled with a reason, never deleted."""

    __tablename__ = "direct_sales_delivery"
    __table_args__ = (UniqueConstraint("contract_id", "distribution_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    contract_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_season_contract.id"), init=False
    )
    contract: Mapped[SeasonContract] = relationship(repr=False, back_populates="deliveries")
    distribution_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_distribution.id"), init=False, index=True
    )
    distribution: Mapped[Distribution] = relationship(repr=False)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")


class Subscription(Model):
    """A household's commitment to a contract, signed on both sides."""

    __tablename__ = "direct_sales_subscription"
    __table_args__ = (
        Index(
            "uq_direct_sales_subscription_standing",
            "contract_id",
            "household_id",
            unique=True,
            sqlite_where=sql("withdrawn_at IS NULL"),
            postgresql_where=sql("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    contract_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_season_contract.id"), init=False
    )
    contract: Mapped[SeasonContract] = relationship(repr=False)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), init=False, index=True)
    household: Mapped[Household] = relationship(repr=False)
    subscribed_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    subscribed_by: Mapped[Member] = relationship(repr=False)
    charter_text_id: Mapped[int | None] = mapped_column(ForeignKey("charter_text.id"))
    """The charter both sides had accepted: the contract refers to it to the letter."""
    code: Mapped[str] = mapped_column(unique=True)
    """Printed on the paper, and typed to find it again."""
    total: Mapped[Money]
    """What the season costs, VAT included, at the agreed prices."""
    subscribed_at: Mapped[datetime] = mapped_column(default_factory=now)
    household_signed_at: Mapped[datetime | None] = mapped_column(default=None)
    household_signed_by: Mapped[str] = mapped_column(default="")
    household_signed_way: Mapped[str] = mapped_column(default="")
    producer_signed_at: Mapped[datetime | None] = mapped_column(default=None)
    producer_signed_by: Mapped[str] = mapped_column(default="")
    producer_signed_way: Mapped[str] = mapped_column(default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    lines: Mapped[list["SubscriptionLine"]] = relationship(
        init=False, repr=False, back_populates="subscription"
    )
    payments: Mapped[list[Payment]] = relationship(
        init=False,
        repr=False,
        viewonly=True,
        primaryjoin=lambda: (
            foreign(Payment.purpose) == literal(PURPOSE) + cast(Subscription.id, String)
        ),
        order_by=lambda: (Payment.due_on, Payment.id),
    )
    """Its schedule, those that failed or are no longer owed too."""

    @hybrid_property
    def purpose(self) -> str:
        """Name what its payments are for, as a Ref in words."""
        return f"{PURPOSE}{self.id}"

    @purpose.inplace.expression
    @classmethod
    def _purpose(cls) -> ColumnElement[str]:
        return literal(PURPOSE) + cast(cls.id, String)

    @property
    def is_signed(self) -> bool:
        """Whether both sides have signed."""
        return self.household_signed_at is not None and self.producer_signed_at is not None


class SubscriptionLine(Model):
    """How many of a product a household takes at one delivery."""

    __tablename__ = "direct_sales_subscription_line"
    __table_args__ = (
        UniqueConstraint("subscription_id", "delivery_id", "contract_product_id"),
        CheckConstraint("quantity >= 0", name="quantity"),
        Index("ix_direct_sales_subscription_line_delivery", "delivery_id"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    subscription_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_subscription.id"), init=False
    )
    subscription: Mapped[Subscription] = relationship(repr=False, back_populates="lines")
    delivery_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_delivery.id"))
    contract_product_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_contract_product.id"), init=False
    )
    contract_product: Mapped[ContractProduct] = relationship(repr=False)
    quantity: Mapped[int]


class Change(Model):
    """A last-minute change: marked on the sheet until everyone has a newer print."""

    __tablename__ = "direct_sales_change"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_delivery.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), default=None)
    """None when it concerns everybody: the delivery is cancelled, or back."""
    words: Mapped[str] = mapped_column(default="")
    """What changed, without a name: “Petit panier : 1 → 0”."""
    changed_at: Mapped[datetime] = mapped_column(default_factory=now)


class Print(Model):
    """A sheet was printed: what changed later is marked on the next one."""

    __tablename__ = "direct_sales_print"
    __table_args__ = (
        Index("ix_direct_sales_print_latest", "distribution_id", "producer_id", "printed_at"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    distribution_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_distribution.id"))
    producer_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_producer.id"), default=None
    )
    """The producer a harvest list was for; none for the sign-off sheet."""
    totals: Mapped[list["PrintTotal"]] = relationship(
        repr=False, cascade="all, delete-orphan", default_factory=list
    )
    """What a harvest list told."""
    printed_at: Mapped[datetime] = mapped_column(default_factory=now)


class PrintTotal(Model):
    """How many of a product of a contract, or of an order session, a harvest list told."""

    __tablename__ = "direct_sales_print_total"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("(contract_product_id IS NULL) <> (offer_id IS NULL)", name="one_product"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    print_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_print.id"), init=False, index=True
    )
    quantity: Mapped[int]
    contract_product_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_contract_product.id"), default=None, index=True
    )
    offer_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_offer.id"), default=None, index=True
    )
