"""The one face of every way of being paid. Nothing outside a provider's own file names it."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments.models import Method, Payment


@dataclass(frozen=True)
class Started:
    """What the payer does next."""

    url: str = ""
    """Where to go on; empty when the page of the payment says it all (a cheque, a transfer)."""


class Provider(Protocol):
    """A way of being paid. What becomes of a payment is told through ``freeco.payments.steps``."""

    method: ClassVar[Method]

    def is_ready(self, beneficiary: Organisation) -> bool:
        """Whether this organisation can be paid so today (it has an IBAN, an account …)."""

    def start(self, payment: Payment, back: str) -> Started:
        """Let the payer pay; ``back`` is the absolute address of our page to come back to.

        What is asked of the outside is written and committed before it is asked.
        """

    def ask(self, payment: Payment) -> None:
        """Ask the outside what became of a payment that is pending or unknown."""

    def give_back(self, payment: Payment, amount: Money, key: str) -> None:
        """Give an amount back; the same key twice is once. Raises RefundTooLarge."""
