"""What we know of the provider: accounts, what we asked, what it told us, what moved there.

No name, no address, no card: a payer is known to the provider, here they are a payment.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Community
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments.models import Payment

PROVIDER = "stripe"
ASKED = (
    "state IN ('created', 'asked', 'pending', 'requires_action', 'authorised', 'succeeded',"
    " 'failed', 'cancelled', 'unknown')"
)


class IntentState(StrEnum):
    """Where something we asked of the provider is."""

    CREATED = "created"
    """Written, about to be asked: after a crash nobody knows whether it was."""
    ASKED = "asked"
    """The payer has the provider's page."""
    PENDING = "pending"
    """Paid by the payer, on its way (a debit takes days, a refund too)."""
    REQUIRES_ACTION = "requires_action"
    """The payer's bank wants something of them."""
    AUTHORISED = "authorised"
    """Reserved on the card, to be captured or released."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """Asked without an answer: left only by asking the provider what became of it."""


UNSETTLED = (
    IntentState.CREATED,
    IntentState.ASKED,
    IntentState.PENDING,
    IntentState.REQUIRES_ACTION,
    IntentState.AUTHORISED,
    IntentState.UNKNOWN,
)
"""While an intent is in one of these, no other is made for the same payment."""


class ProviderAccount(Model):
    """An organisation's own account at the provider: charges, fees and disputes are its own."""

    __tablename__ = "provider_account"
    __table_args__ = (UniqueConstraint("organisation_id", "provider"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), init=False)
    organisation: Mapped[Organisation] = relationship(repr=False)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    """Where it was connected: its zone says the local day of a payout."""
    provider: Mapped[str] = mapped_column(default=PROVIDER)
    ref: Mapped[str | None] = mapped_column(default=None, unique=True)
    """``acct_…``; none until the provider has answered."""
    ready: Mapped[bool] = mapped_column(default=False)
    requirements: Mapped[list[str]] = mapped_column(JSON, default_factory=list)
    """What the provider still asks, in its own words: ``external_account`` …"""
    asked_at: Mapped[datetime] = mapped_column(default_factory=now)
    checked_at: Mapped[datetime | None] = mapped_column(default=None)
    read_through: Mapped[datetime | None] = mapped_column(default=None)
    """Until when its movements were read by the daily reconciliation."""

    @property
    def idempotency_key(self) -> str:
        """What the provider knows it by."""
        return f"freeco-account-{self.id}"


class ProviderIntent(Model):
    """One way to pay one payment, asked of the provider; written before it is asked."""

    __tablename__ = "provider_intent"
    __table_args__ = (
        UniqueConstraint("payment_id", "attempt"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("capture IN ('automatic', 'manual')", name="capture"),
        CheckConstraint(ASKED, name="state"),
        Index("ix_provider_intent_next", "next_check_at"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), init=False)
    payment: Mapped[Payment] = relationship(repr=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("provider_account.id"), init=False)
    account: Mapped[ProviderAccount] = relationship(repr=False)
    attempt: Mapped[int]
    key: Mapped[str] = mapped_column(unique=True)
    """What makes asking twice one asking: derived from this row, never drawn at random."""
    amount: Mapped[Money]
    back: Mapped[str]
    """Where the payer comes back to: the same question asked again must be the same."""
    capture: Mapped[str] = mapped_column(default="automatic")
    state: Mapped[str] = mapped_column(default=IntentState.CREATED)
    session_ref: Mapped[str | None] = mapped_column(default=None, unique=True)
    """The provider's page (``cs_…``)."""
    provider_ref: Mapped[str | None] = mapped_column(default=None, unique=True)
    """The charge to be (``pi_…``), once the payer has confirmed."""
    url: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    """Why it failed, in the provider's word: ``card_declined``."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often we asked what became of it since it last changed."""
    version: Mapped[int] = mapped_column(default=0)
    """Goes up whenever an answer is applied: an answer asked for before is not applied after."""
    asked_at: Mapped[datetime] = mapped_column(default_factory=now)
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    """Until when the page stands open, then until when an authorisation holds."""
    next_check_at: Mapped[datetime | None] = mapped_column(default=None)
    """When to ask what became of it; none when it is over."""


class ProviderRefund(Model):
    """Money asked to be given back; bounded and written before it is asked."""

    __tablename__ = "provider_refund"
    __table_args__ = (
        UniqueConstraint("intent_id", "key"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(ASKED, name="state"),
        Index("ix_provider_refund_next", "next_check_at"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    intent_id: Mapped[int] = mapped_column(ForeignKey("provider_intent.id"), init=False)
    intent: Mapped[ProviderIntent] = relationship(repr=False)
    key: Mapped[str]
    """The caller's: the same twice is once."""
    amount: Mapped[Money]
    state: Mapped[str] = mapped_column(default=IntentState.CREATED)
    provider_ref: Mapped[str | None] = mapped_column(default=None, unique=True)
    reason: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime] = mapped_column(default_factory=now)
    attempts: Mapped[int] = mapped_column(default=0)
    next_check_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def idempotency_key(self) -> str:
        """What the provider knows it by."""
        return f"freeco-refund-{self.id}"


class ProviderInbox(Model):
    """Something the provider told us: a reason to ask it, never believed by itself."""

    __tablename__ = "provider_inbox"
    __table_args__ = (Index("ix_provider_inbox_waiting", "handled_at", "next_at"),)

    provider: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    """``acct_…``, or empty for our own account."""
    type: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    """References only; what the provider says of people is not kept."""
    received_at: Mapped[datetime] = mapped_column(default_factory=now)
    next_at: Mapped[datetime] = mapped_column(default_factory=now)
    """From when it may be handled; later after a failure."""
    handled_at: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(default="")
    """``applied``, ``ignored: …``, or ``refused: …`` for somebody to look at."""


class ProviderMovement(Model):
    """Money that moved on an account at the provider, and the one entry that accounts for it."""

    __tablename__ = "provider_movement"
    __table_args__ = (
        CheckConstraint("net = gross - fee", name="net"),
        Index("ix_provider_movement_payout", "payout"),
        Index("ix_provider_movement_account", "account_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """``txn_…``."""
    account_id: Mapped[int] = mapped_column(ForeignKey("provider_account.id"), init=False)
    account: Mapped[ProviderAccount] = relationship(repr=False)
    type: Mapped[str]
    source: Mapped[str]
    """What moved it: ``ch_…``, ``re_…``, ``dp_…``, ``po_…``; or empty."""
    gross: Mapped[Money]
    fee: Mapped[Money]
    net: Mapped[Money]
    created_at: Mapped[datetime]
    available_on: Mapped[datetime]
    payout: Mapped[str] = mapped_column(default="")
    entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("ledger_entry.id"), default=None, unique=True
    )
