"""Cheques and cash: paid from hand to hand, noted by whoever keeps the payments."""

from dataclasses import dataclass
from typing import ClassVar

from freeco.clock import now
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import steps
from freeco.payments.models import Method, Payment
from freeco.payments.providers import Started


@dataclass(frozen=True)
class Cheque:
    """A cheque made out to the beneficiary."""

    method: ClassVar[Method] = Method.CHEQUE

    def is_ready(self, beneficiary: Organisation) -> bool:
        """Whether one can be made out: everybody has a name."""
        return bool(beneficiary.name)

    def start(self, payment: Payment, back: str) -> Started:
        """Let it be paid so; the page of the payment says to whom it is given."""
        steps.change_method(payment, self.method)
        return Started()

    def ask(self, payment: Payment) -> None:
        """Ask nobody: somebody notes it."""

    def give_back(self, payment: Payment, amount: Money, key: str) -> None:
        """Note what was given back by hand."""
        steps.given_back(payment, amount, key, now(), self.method)


@dataclass(frozen=True)
class Cash(Cheque):
    """Coins and notes, against a line in the treasurer's list."""

    method: ClassVar[Method] = Method.CASH
