"""The pool, what households choose and declare, and baskets given to whoever needs them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Community, Household, Member, Model, Organisation
from freeco.money import Money
from freeco_direct_sales.models import SeasonContract, Subscription


class Kind(StrEnum):
    """How a contract shares its price."""

    FREE = "free"
    """Each chooses around the base price, within bounds."""
    MEANS = "means"
    """By declared income, between bounds."""


class Source(StrEnum):
    """Where the pool's money comes from or goes."""

    SURCHARGE = "surcharge"
    GIFT = "gift"
    SUSPENDED = "suspended"
    UNSOLD = "unsold"
    SUBSIDY = "subsidy"
    RETURNED = "returned"
    """What was shared of a price is owed no longer: the place was given back, or less comes."""
    DISCOUNT = "discount"
    BASKET = "basket"
    """A suspended basket went to whoever was drawn."""


class Pool(Model):
    """A community's solidarity pool: the money is on its holder's account, never Freeco's."""

    __tablename__ = "direct_sales_solidarity_pool"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False, unique=True)
    community: Mapped[Community] = relationship(repr=False)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), init=False)
    holder: Mapped[Organisation | None] = relationship(repr=False, default=None)
    """The association on whose account the money is; none: nothing is shared yet."""
    alarm_below: Mapped[Money] = mapped_column(default=Money(5000))


class Flow(Model):
    """A movement of the pool, without anybody's name: its balance is their sum."""

    __tablename__ = "direct_sales_solidarity_flow"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_solidarity_pool.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    """What it is for ever: the same again is written once."""
    source: Mapped[str]
    amount: Mapped[Money]
    """Above nought for what comes in."""
    day: Mapped[date]


class ContractRule(Model):
    """How a contract shares its price; set while it is a draft."""

    __tablename__ = "direct_sales_solidarity_rule"
    __table_args__ = (
        CheckConstraint("kind IN ('free', 'means')", name="kind"),
        CheckConstraint("least BETWEEN 0 AND 10000 AND most >= 10000", name="bounds"),
        CheckConstraint("floor <= ceiling", name="incomes"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    contract_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_season_contract.id"), init=False, unique=True
    )
    contract: Mapped[SeasonContract] = relationship(repr=False)
    kind: Mapped[str]
    least: Mapped[int]
    most: Mapped[int]
    floor: Mapped[Money] = mapped_column(default=Money(0))
    ceiling: Mapped[Money] = mapped_column(default=Money(0))
    fixed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the prices by income were fixed for the season."""
    to_confirm: Mapped[bool] = mapped_column(default=False)
    """Taken over from the season before: what is voted each season is confirmed, or changed."""


class Choice(Model):
    """What a household wants to pay of a contract whose price is free."""

    __tablename__ = "direct_sales_solidarity_choice"
    __table_args__ = (UniqueConstraint("contract_id", "household_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    contract_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_season_contract.id"), init=False
    )
    contract: Mapped[SeasonContract] = relationship(repr=False)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), init=False, index=True)
    household: Mapped[Household] = relationship(repr=False)
    basis_points: Mapped[int]
    """Of the base price, more or less."""
    chosen_at: Mapped[datetime] = mapped_column(default_factory=now)


class Adjustment(Model):
    """What is added to a subscription's price, or taken off: written once, never changed."""

    __tablename__ = "direct_sales_solidarity_adjustment"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    subscription_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_subscription.id"), init=False, index=True
    )
    subscription: Mapped[Subscription] = relationship(repr=False)
    amount: Mapped[Money]
    source: Mapped[str]
    base: Mapped[Money | None] = mapped_column(default=None)
    """What the subscription came to when its price was set; none for what follows from it since."""
    in_pool: Mapped[bool] = mapped_column(default=False)
    """Whether the pool has it: a surcharge counts once both have signed."""
    in_books: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(default_factory=now)


class Declaration(Model):
    """A household's income as it says it, sealed: two sworn readers open it, for a season."""

    __tablename__ = "direct_sales_solidarity_declaration"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), init=False, unique=True)
    household: Mapped[Household] = relationship(repr=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    member: Mapped[Member] = relationship(repr=False)
    sealed: Mapped[str] = mapped_column(repr=False)
    expires_on: Mapped[date]
    declared_at: Mapped[datetime] = mapped_column(default_factory=now)


class Oath(Model):
    """A reader promised to keep what they read to themselves."""

    __tablename__ = "direct_sales_solidarity_oath"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, unique=True)
    member: Mapped[Member] = relationship(repr=False)
    sworn_at: Mapped[datetime] = mapped_column(default_factory=now)


class SuspendedBasket(Model):
    """A basket somebody offers; who gave it is forgotten once the money has come."""

    __tablename__ = "direct_sales_suspended_basket"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_solidarity_pool.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    amount: Mapped[Money]
    promised_at: Mapped[datetime] = mapped_column(default_factory=now)
    received_on: Mapped[date | None] = mapped_column(default=None)
    given_on: Mapped[date | None] = mapped_column(default=None)


class Need(Model):
    """A household said that a basket would help; no reason is asked."""

    __tablename__ = "direct_sales_suspended_need"
    __table_args__ = (
        Index(
            "uq_direct_sales_suspended_need_waiting",
            "household_id",
            unique=True,
            sqlite_where=sql("drawn_at IS NULL"),
            postgresql_where=sql("drawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), init=False)
    household: Mapped[Household] = relationship(repr=False)
    asked_at: Mapped[datetime] = mapped_column(default_factory=now)
    drawn_at: Mapped[datetime | None] = mapped_column(default=None)
    amount: Mapped[Money] = mapped_column(default=Money(0))


class Month(Model):
    """What was told to everybody of a month, or of several when too few would be recognised."""

    __tablename__ = "direct_sales_solidarity_month"
    __table_args__ = (UniqueConstraint("pool_id", "month"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("direct_sales_solidarity_pool.id"))
    month: Mapped[date]
    """Its first day."""
    came_in: Mapped[Money]
    went_out: Mapped[Money]
    balance: Mapped[Money]
