"""What happens to payments, for the modules that wait for it."""

from dataclasses import dataclass
from typing import ClassVar

from freeco.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PaymentSettled(DomainEvent):
    """The money has come. One taken back and noted again settles again."""

    name: ClassVar[str] = "core.payment_settled"
    payment_id: int
    purpose: str
    amount_cents: int


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(DomainEvent):
    """A payment came back unpaid; another is expected instead, unless it was given up."""

    name: ClassVar[str] = "core.payment_failed"
    payment_id: int
    purpose: str
    amount_cents: int
