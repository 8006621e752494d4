"""What a card's provider takes or gives back of its own accord, out of what it owes us (5115)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from freeco.accounting.facts.means import JOURNALS, RECEIVED_ON, Positive, fee_account
from freeco.accounting.facts.sales import CUSTOMERS
from freeco.accounting.ledger import Line, credit, debit
from freeco.money import Money

HELD, FEES = RECEIVED_ON["card"], fee_account("card")


@dataclass(frozen=True)
class ProviderFee(Positive):
    """The provider charges for something that is no payment: an account, a report."""

    amount: Money
    journal: ClassVar[str] = JOURNALS["card"]
    label: ClassVar[str] = "Frais du prestataire de paiement"

    def lines(self) -> Iterator[Line]:
        """Debit the fees, credit what it owes us."""
        yield debit(FEES, self.amount)
        yield credit(HELD, self.amount)


@dataclass(frozen=True)
class ProviderFeeReturned(Positive):
    """The provider gives such a fee back."""

    amount: Money
    journal: ClassVar[str] = JOURNALS["card"]
    label: ClassVar[str] = "Frais rendus par le prestataire de paiement"

    def lines(self) -> Iterator[Line]:
        """Mirror a fee."""
        yield debit(HELD, self.amount)
        yield credit(FEES, self.amount)


@dataclass(frozen=True)
class PaymentUndone(Positive):
    """A payment on its way was refused after all, and the provider gives its fee back."""

    party: str
    amount: Money
    fee_returned: Money = Money(0)
    journal: ClassVar[str] = JOURNALS["card"]
    label: ClassVar[str] = "Impayé : frais rendus par le prestataire"

    def lines(self) -> Iterator[Line]:
        """Debit the customer, credit the fee and what had stood at the provider."""
        yield debit(CUSTOMERS, self.amount, self.party)
        if self.fee_returned:
            yield credit(FEES, self.fee_returned)
        if self.amount != self.fee_returned:
            yield credit(HELD, self.amount - self.fee_returned)


@dataclass(frozen=True)
class DisputeWon(Positive):
    """A payment that had been contested is ours after all, with its fee if that is given back."""

    party: str
    amount: Money
    fee_returned: Money = Money(0)
    journal: ClassVar[str] = JOURNALS["card"]
    label: ClassVar[str] = "Contestation levée : carte"

    def lines(self) -> Iterator[Line]:
        """Debit what stands at the provider, credit the customer and the fee."""
        yield debit(HELD, self.amount + self.fee_returned)
        yield credit(CUSTOMERS, self.amount, self.party)
        if self.fee_returned:
            yield credit(FEES, self.fee_returned)
