"""What the provider says, in our words: the one thing that our side is brought in line with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from freeco.money import Money
from freeco.payments.card.models import IntentState


class Unanswered(Exception):
    """The provider did not answer, or not with sense: nobody knows what it did."""


class Declined(Exception):
    """The provider said no; nothing was done. ``code`` is its word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Kind(StrEnum):
    """What a movement at the provider is."""

    CHARGE = "charge"
    CHARGE_FAILED = "charge_failed"
    """A debit that the bank refused after all."""
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    """Taken back by the payer's bank: a dispute of a card, a return of a debit."""
    DISPUTE_WON = "dispute_won"
    PAYOUT = "payout"
    PAYOUT_FAILED = "payout_failed"
    FEE = "fee"
    OTHER = "other"


@dataclass(frozen=True)
class Moved:
    """Money that moved on an account at the provider (a balance transaction)."""

    id: str
    kind: Kind
    source: str
    gross: Money
    """What it did to the balance before the fee: a refund is negative."""
    fee: Money
    net: Money
    at: datetime
    available_on: datetime
    type: str = ""
    """The provider's own word."""
    key: str = ""
    """Of a refund that we asked: our idempotency key."""
    payment: str = ""
    """What it moved for (``pi_…``), when the provider says."""
    reason: str = ""


@dataclass(frozen=True)
class Truth:
    """What became of one intent."""

    state: IntentState
    amount: Money
    """In the currency of the provider's object, whatever ours is."""
    session_ref: str = ""
    provider_ref: str = ""
    url: str = ""
    reason: str = ""
    expires_at: datetime | None = None
    movements: tuple[Moved, ...] = ()
    """Everything that moved for it, the first ones first."""
    refunds: tuple["RefundTruth", ...] = ()


@dataclass(frozen=True)
class RefundTruth:
    """What became of one refund."""

    ref: str
    amount: Money
    state: IntentState
    key: str = ""
    """Our idempotency key, when it is ours."""
    reason: str = ""


@dataclass(frozen=True)
class AccountTruth:
    """What the provider says of an account."""

    ref: str
    ready: bool
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True)
class PayoutTruth:
    """What the provider says of a payout to a bank account."""

    ref: str
    state: IntentState
    amount: Money
    at: datetime
    movements: tuple[Moved, ...] = ()
    """All that it paid out, its own movement included."""
    failure: Moved | None = None
    """What came back when the bank refused it."""


@dataclass(frozen=True)
class Question:
    """What to ask about, as plain values: no transaction stays open while we wait."""

    key: str
    """Our idempotency key, which the provider's object bears."""
    account: str
    asked_at: datetime
    session_ref: str = ""
    provider_ref: str = ""


class Source(Protocol):
    """Where the truth is asked. Every method raises Unanswered or Declined."""

    def of_intent(self, question: Question) -> Truth | None:
        """Say what became of an intent; none when the provider has never heard of it."""

    def of_refund(self, question: Question, payment: str) -> RefundTruth | None:
        """Say what became of a refund of a charge (``pi_…``); none when it never heard of it."""

    def of_account(self, question: Question) -> AccountTruth | None:
        """Say whether an account is ready; none when it was never opened."""

    def of_payout(self, account: str, ref: str) -> PayoutTruth:
        """Say what became of a payout."""

    def movements(self, account: str, since: datetime) -> Iterator[Moved]:
        """Yield all that moved on an account since then."""
