"""What a contract lets households do, and what they did of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.models import Household, Member, Model
from freeco.money import Money
from freeco_direct_sales.models import Delivery, SeasonContract, Subscription


class SkipRule(StrEnum):
    """What a skipped basket becomes, in money."""

    LOST = "lost"
    """Paid all the same, and given to who needs it."""
    CREDITED = "credited"
    """Not owed, as a delivery that was cancelled."""


class AbsenceKind(StrEnum):
    """What becomes of one basket that its household does not come for."""

    LOST = "lost"
    CREDITED = "credited"
    MOVED = "moved"
    LENT = "lent"
    GIVEN = "given"


class SharingWay(StrEnum):
    """How two households share one place."""

    TURNS = "turns"
    """Every other delivery: each takes, and pays, the whole basket of its dates."""
    HALVES = "halves"
    """Half a basket each, every time; one pays this delivery, the other the next."""


class ContractRules(Model):
    """What a contract foresees beside its products and dates; none written is the least of each."""

    __tablename__ = "direct_sales_contract_rules"
    __table_args__ = (
        CheckConstraint("most_skips BETWEEN 0 AND 60", name="most_skips"),
        CheckConstraint("notice_days BETWEEN 0 AND 60", name="notice_days"),
        CheckConstraint("skip_rule IN ('lost', 'credited')", name="skip_rule"),
        CheckConstraint("edit_days BETWEEN 0 AND 60", name="edit_days"),
        CheckConstraint("least_per_date >= 0 AND least_per_season >= 0", name="least"),
        CheckConstraint("most_per_delivery >= 1", name="most_per_delivery"),
        CheckConstraint("trial_deliveries BETWEEN 0 AND 12", name="trial_deliveries"),
        CheckConstraint("reserve_days BETWEEN 1 AND 30", name="reserve_days"),
    )

    contract_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_season_contract.id"), primary_key=True
    )
    most_skips: Mapped[int] = mapped_column(default=0)
    """How many deliveries a household may skip in the season (jokers)."""
    notice_days: Mapped[int] = mapped_column(default=2)
    """Until how many days before a delivery it is skipped or moved."""
    skip_rule: Mapped[str] = mapped_column(default=SkipRule.LOST)
    may_move: Mapped[bool] = mapped_column(default=False)
    """Whether a basket may be taken at another delivery of the contract."""
    most_per_delivery: Mapped[int | None] = mapped_column(default=None)
    """How many households one delivery, at one place, can serve."""
    may_share: Mapped[bool] = mapped_column(default=False)
    """Whether two households may share one place."""
    edit_days: Mapped[int | None] = mapped_column(default=None)
    """Until how many days before a date its free quantities change; none: they do not."""
    least_per_date: Mapped[Money] = mapped_column(default=Money(0))
    """The least that a date comes to where something is taken."""
    least_per_season: Mapped[Money] = mapped_column(default=Money(0))
    trial_deliveries: Mapped[int] = mapped_column(default=0)
    """How many deliveries one may try before the season; none: there is no trial."""
    reserve_days: Mapped[int] = mapped_column(default=3)
    """How long a freed place is kept for the first of the waiting list."""
    renews_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_season_contract.id"), default=None, index=True
    )
    """The contract of the season before, that this one carries on."""


class Absence(Model):
    """One basket whose household does not come for it; undone, never deleted."""

    __tablename__ = "direct_sales_absence"
    __table_args__ = (
        CheckConstraint("kind IN ('lost', 'credited', 'moved', 'lent', 'given')", name="kind"),
        Index(
            "uq_direct_sales_absence_standing",
            "subscription_id",
            "delivery_id",
            unique=True,
            sqlite_where=sql("undone_at IS NULL"),
            postgresql_where=sql("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    subscription_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_subscription.id"), init=False
    )
    subscription: Mapped[Subscription] = relationship(repr=False)
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_delivery.id"), init=False, index=True
    )
    delivery: Mapped[Delivery] = relationship(repr=False, foreign_keys=[delivery_id])
    kind: Mapped[str]
    items: Mapped[list["AbsenceItem"]] = relationship(repr=False, cascade="all, delete-orphan")
    """The basket as it was before."""
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    asked_by: Mapped[Member] = relationship(repr=False)
    to_delivery_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_delivery.id"), init=False, index=True
    )
    to_delivery: Mapped[Delivery | None] = relationship(
        repr=False, foreign_keys=[to_delivery_id], default=None
    )
    """Where a moved basket is taken instead."""
    to_household_id: Mapped[int | None] = mapped_column(
        ForeignKey("household.id"), init=False, index=True
    )
    to_household: Mapped[Household | None] = relationship(repr=False, default=None)
    """Who takes a basket that is lent or given."""
    asked_at: Mapped[datetime] = mapped_column(default_factory=now)
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it holds: at once, but for a basket that another household must agree to take."""
    undone_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def basket(self) -> dict[int, int]:
        """Return the quantities by contract product id, as they were before."""
        return {each.contract_product_id: each.quantity for each in self.items}


class AbsenceItem(Model):
    """How many of a product were in a basket that its household does not come for."""

    __tablename__ = "direct_sales_absence_item"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    absence_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_absence.id"), init=False, primary_key=True
    )
    contract_product_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_contract_product.id"), primary_key=True, index=True
    )
    quantity: Mapped[int]


class SharedBasket(Model):
    """Two households that share one place: proposed by one, concluded when the other agrees."""

    __tablename__ = "direct_sales_shared_basket"
    __table_args__ = (CheckConstraint("way IN ('turns', 'halves')", name="way"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    contract_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_season_contract.id"), init=False, index=True
    )
    contract: Mapped[SeasonContract] = relationship(repr=False)
    way: Mapped[str]
    items: Mapped[list["SharedItem"]] = relationship(repr=False, cascade="all, delete-orphan")
    """The whole basket of one delivery."""
    first_household_id: Mapped[int] = mapped_column(
        ForeignKey("household.id"), init=False, index=True
    )
    first_household: Mapped[Household] = relationship(repr=False, foreign_keys=[first_household_id])
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    asked_by: Mapped[Member] = relationship(repr=False)
    signed_by: Mapped[str]
    """Who signed the first part, as its contract will say; it holds once the other agrees."""
    second_household_id: Mapped[int] = mapped_column(
        ForeignKey("household.id"), init=False, index=True
    )
    second_household: Mapped[Household] = relationship(
        repr=False, foreign_keys=[second_household_id]
    )
    payments: Mapped[int] = mapped_column(default=1)
    """In how many payments the first pays its part."""
    charter_text_id: Mapped[int | None] = mapped_column(ForeignKey("charter_text.id"), default=None)
    method: Mapped[str] = mapped_column(default="cheque")
    first_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_subscription.id"), default=None, index=True
    )
    second_id: Mapped[int | None] = mapped_column(
        ForeignKey("direct_sales_subscription.id"), default=None, index=True
    )
    asked_at: Mapped[datetime] = mapped_column(default_factory=now)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    """Refused, or taken back, before it was concluded."""

    @property
    def basket(self) -> dict[int, int]:
        """Return the whole basket of one delivery, by contract product id."""
        return {each.contract_product_id: each.quantity for each in self.items}


class SharedItem(Model):
    """How many of a product are in a basket that two households share."""

    __tablename__ = "direct_sales_shared_item"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    shared_basket_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_shared_basket.id"), init=False, primary_key=True
    )
    contract_product_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_contract_product.id"), primary_key=True, index=True
    )
    quantity: Mapped[int]


class WaitingWish(Model):
    """A household waits for a place in a full contract; nothing is concluded."""

    __tablename__ = "direct_sales_waiting_wish"
    __table_args__ = (
        Index(
            "uq_direct_sales_waiting_wish_standing",
            "contract_id",
            "household_id",
            unique=True,
            sqlite_where=sql("ended_at IS NULL"),
            postgresql_where=sql("ended_at IS NULL"),
        ),
        CheckConstraint("rank >= 1", name="rank"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    contract_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_season_contract.id"), init=False
    )
    contract: Mapped[SeasonContract] = relationship(repr=False)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), init=False, index=True)
    household: Mapped[Household] = relationship(repr=False)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False, index=True)
    asked_by: Mapped[Member] = relationship(repr=False)
    rank: Mapped[int]
    """Its place among the household's own wishes: 1 is what it wants most."""
    wished_at: Mapped[datetime] = mapped_column(default_factory=now)
    reserved_until: Mapped[datetime | None] = mapped_column(default=None)
    """Until when a freed place is kept for it."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    outcome: Mapped[str] = mapped_column(default="")
    """taken, left or passed."""


class Trial(Model):
    """A subscription that began with a few deliveries: the rest is confirmed, or dropped."""

    __tablename__ = "direct_sales_trial"

    subscription_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_subscription.id"), init=False, primary_key=True
    )
    subscription: Mapped[Subscription] = relationship(repr=False)
    rest: Mapped[list["TrialRest"]] = relationship(repr=False, cascade="all, delete-orphan")
    """What is taken if the season is confirmed."""
    decide_by: Mapped[datetime]
    """Until when the rest may be confirmed: the place is kept meanwhile."""
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    dropped_at: Mapped[datetime | None] = mapped_column(default=None)


class TrialRest(Model):
    """How many of a product are taken at a delivery after the trial, if the rest is confirmed."""

    __tablename__ = "direct_sales_trial_rest"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    subscription_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_trial.subscription_id"), init=False, primary_key=True
    )
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_delivery.id"), primary_key=True, index=True
    )
    contract_product_id: Mapped[int] = mapped_column(
        ForeignKey("direct_sales_contract_product.id"), primary_key=True, index=True
    )
    quantity: Mapped[int]
