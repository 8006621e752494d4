"""Payments and their steps. The books say what they came to; these rows say where each one is."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from freeco.clock import now
from freeco.db import Model
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation


class Method(StrEnum):
    """How it is paid; the same words as ``freeco.accounting.facts.Means``."""

    CHEQUE = "cheque"
    TRANSFER = "transfer"
    CASH = "cash"
    DEBIT = "debit"
    CARD = "card"


class State(StrEnum):
    """Where a payment is."""

    EXPECTED = "expected"
    """Promised; nothing has come."""
    HELD = "held"
    """A cheque in the treasurer's box."""
    HANDED = "handed"
    """A cheque handed to the one it is made out to."""
    PENDING = "pending"
    """On its way: a card being paid or authorised, a debit sent to the bank."""
    UNKNOWN = "unknown"
    """Asked of the provider without an answer: only asking it again may say."""
    SETTLED = "settled"
    """Paid: a cheque banked, a transfer matched, cash in the box, a card charged."""
    FAILED = "failed"
    """Bounced, declined, returned: owed again (by a new payment, ``replaced_by``)."""
    CANCELLED = "cancelled"
    """No longer owed."""


OPEN = (State.EXPECTED, State.HELD, State.HANDED, State.PENDING, State.UNKNOWN)
"""Neither paid nor given up."""


class Payment(Model):
    """One payment of a schedule: from a household, an organisation or a person to an entity."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("refunded >= 0 AND refunded <= amount", name="refunded"),
        CheckConstraint("fee >= 0", name="fee"),
        CheckConstraint("method IN ('cheque', 'transfer', 'cash', 'debit', 'card')", name="method"),
        CheckConstraint(
            "state IN ('expected', 'held', 'handed', 'pending', 'unknown', 'settled', 'failed',"
            " 'cancelled')",
            name="state",
        ),
        Index("ix_payment_state", "community_id", "state", "due_on"),
        Index("ix_payment_beneficiary", "beneficiary_id", "state", "due_on"),
        Index("ix_payment_payer", "payer"),
        Index("ix_payment_purpose", "purpose"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), init=False)
    beneficiary: Mapped[Organisation] = relationship(repr=False)
    """Whose money it is and in whose book it is written; never the platform's."""
    payer: Mapped[str]
    """A party: see ``freeco.payments.parties``."""
    purpose: Mapped[str]
    """What it is for, as a Ref: ``direct_sales:subscription:12``."""
    amount: Mapped[Money]
    method: Mapped[str]
    due_on: Mapped[date]
    """The local day from which it is owed; a cheque is banked from this day on."""
    reference: Mapped[str] = mapped_column(unique=True)
    """What the payer copies on a transfer: ISO 11649, ``RF`` and letters or digits."""
    state: Mapped[str] = mapped_column(default=State.EXPECTED)
    fee: Mapped[Money] = mapped_column(default=Money(0))
    """What the provider kept of it, exactly."""
    refunded: Mapped[Money] = mapped_column(default=Money(0))
    """What was given back so far."""
    steps_taken: Mapped[int] = mapped_column(default=0)
    """How many steps it went through: the number of the last ``PaymentStep``."""
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("payment.id"), default=None, unique=True
    )
    """The failed payment that this one makes good."""
    slip_id: Mapped[int | None] = mapped_column(
        ForeignKey("remittance_slip.id"), default=None, index=True
    )
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    received_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the treasurer received the cheque, or the money came."""
    settled_at: Mapped[datetime | None] = mapped_column(default=None)


class PaymentStep(Model):
    """A step of a payment: never changed, read as its history; an undone step is a step too."""

    __tablename__ = "payment_step"
    __table_args__ = (UniqueConstraint("payment_id", "number"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), init=False)
    payment: Mapped[Payment] = relationship(repr=False)
    number: Mapped[int]
    before: Mapped[str]
    after: Mapped[str]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), default=None)
    """The entry that it wrote in the beneficiary's book, if any."""
    reason: Mapped[str] = mapped_column(default="")
    """What the bank or the provider said: ``AC04``, ``card_declined``; no name."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False)
    by: Mapped[Member | None] = relationship(repr=False, default=None)
    """Who noted it; none when the provider or a sweep did."""
    at: Mapped[datetime] = mapped_column(default_factory=now)


class PaymentRefund(Model):
    """Money given back of a payment; the sum of a payment's refunds never exceeds it."""

    __tablename__ = "payment_refund"
    __table_args__ = (
        UniqueConstraint("payment_id", "key"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), init=False)
    payment: Mapped[Payment] = relationship(repr=False)
    key: Mapped[str]
    """What makes asking twice one refund."""
    amount: Mapped[Money]
    method: Mapped[str]
    """By what means it is given back."""
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), default=None)
    """Written once the money has left."""
    at: Mapped[datetime] = mapped_column(default_factory=now)


class RemittanceSlip(Model):
    """Cheques brought to the bank together (bordereau de remise)."""

    __tablename__ = "remittance_slip"
    __table_args__ = (UniqueConstraint("beneficiary_id", "number"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), init=False)
    community: Mapped[Community] = relationship(repr=False)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), init=False)
    beneficiary: Mapped[Organisation] = relationship(repr=False)
    number: Mapped[int]
    """1, 2, 3 … for its beneficiary."""
    day: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(default_factory=now)
