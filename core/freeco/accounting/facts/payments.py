"""What customers and members pay, and where that money goes until it is in the bank.

A card's provider takes refunds and disputes out of what it owes us: 5115 may then stand in
credit until its next payout, which is so much smaller (``Banked`` takes the sum that came), or
until it debits our bank (``TakenFromBank``). Direct debits are those of our own bank: 5116 holds
one that is sent until the bank credits it, and what comes back after is taken from 512.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from freeco.accounting.facts.means import (
    BANK,
    JOURNALS,
    RECEIVED_ON,
    SAID,
    Means,
    Positive,
    come_in,
    fee_account,
    given_back_from,
    journal_given_back,
)
from freeco.accounting.facts.sales import CUSTOMERS
from freeco.accounting.ledger import Line, credit, debit
from freeco.money import Money

WAITING = "471"
"""What has come, or gone, and nobody knows yet why."""


@dataclass(frozen=True)
class Received(Positive):
    """A customer or a member has paid, by whatever means."""

    party: str
    amount: Money
    means: Means
    fee: Money = Money(0)
    """The exact fee the payment provider kept (promises F85: at cost), in the same currency."""

    @property
    def journal(self) -> str:
        """The journal of the means."""
        return JOURNALS[self.means]

    @property
    def label(self) -> str:
        """Règlement reçu : chèque."""
        return f"Règlement reçu : {SAID[self.means]}"

    def lines(self) -> Iterator[Line]:
        """Debit where the money stands, and the fee; credit the customer."""
        yield from come_in(self.means, self.amount, self.fee)
        yield credit(CUSTOMERS, self.amount, self.party)


@dataclass(frozen=True)
class Banked(Positive):
    """What was held (cheques, cash, card payments, debits) has reached the bank."""

    amount: Money
    """What leaves the place where it was held; what the bank shows is less by the fee."""
    means: Means
    fee: Money = Money(0)
    """What was kept for bringing it there; what each payment cost is in ``Received`` already."""
    journal: ClassVar[str] = "BQ"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.means == "transfer":
            raise ValueError("a transfer is in the bank as it is received")
        if self.fee > self.amount:
            raise ValueError("a fee above what is banked is a charge of its own")

    @property
    def label(self) -> str:
        """Remise en banque : chèque."""
        return f"Remise en banque : {SAID[self.means]}"

    def lines(self) -> Iterator[Line]:
        """Debit the bank and the fee, credit where it was held."""
        if self.amount != self.fee:
            yield debit(BANK, self.amount - self.fee)
        if self.fee:
            yield debit(fee_account(self.means), self.fee)
        yield credit(RECEIVED_ON[self.means], self.amount)


@dataclass(frozen=True)
class TakenFromBank(Positive):
    """A card provider debits our bank: it has given back for us more than it owed us."""

    amount: Money
    journal: ClassVar[str] = "BQ"
    label: ClassVar[str] = "Reprise du prestataire de paiement par carte"

    def lines(self) -> Iterator[Line]:
        """Debit what is on its way, credit the bank."""
        yield debit(RECEIVED_ON["card"], self.amount)
        yield credit(BANK, self.amount)


@dataclass(frozen=True)
class Bounced(Positive):
    """A payment came back unpaid: it is owed again, and the bank may charge for it."""

    party: str
    amount: Money
    means: Means
    banked: bool = True
    """Whether the bank account is debited: a cheque or a debit that the bank had credited, a
    transfer recalled. Otherwise it was still held or on its way; a card's provider takes it from
    what it owes us even when it has paid that payment out."""
    fee: Money = Money(0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.means == "cash":
            raise ValueError("cash does not bounce")

    @property
    def journal(self) -> str:
        """The bank's journal, or that of the means while it was held."""
        return "BQ" if self.banked else JOURNALS[self.means]

    @property
    def label(self) -> str:
        """Impayé : chèque."""
        return f"Impayé : {SAID[self.means]}"

    def lines(self) -> Iterator[Line]:
        """Debit the customer and the fee, credit where the money stood, and what the fee left."""
        yield debit(CUSTOMERS, self.amount, self.party)
        yield from _gone(self.means, self.amount, self.fee, banked=self.banked)


@dataclass(frozen=True)
class Refund(Positive):
    """Money is given back to who paid it."""

    party: str
    amount: Money
    means: Means
    fee_returned: Money = Money(0)
    """The part of the provider's fee that it gives back; most give none."""

    @property
    def journal(self) -> str:
        """The journal of the means."""
        return journal_given_back(self.means)

    @property
    def label(self) -> str:
        """Remboursement : virement."""
        return f"Remboursement : {SAID[self.means]}"

    def lines(self) -> Iterator[Line]:
        """Debit the customer, credit where the money leaves from."""
        yield debit(CUSTOMERS, self.amount, self.party)
        if self.fee_returned:
            yield credit(fee_account(self.means), self.fee_returned)
        if self.amount != self.fee_returned:
            yield credit(given_back_from(self.means), self.amount - self.fee_returned)


def _gone(means: Means, amount: Money, fee: Money, *, banked: bool) -> Iterator[Line]:
    """Yield the lines of money that came back: nobody takes a fee out of a pile of cheques."""
    held = BANK if banked else RECEIVED_ON[means]
    charged = held if means == "card" else BANK
    if fee:
        yield debit(fee_account(means), fee)
    if held == charged:
        yield credit(held, amount + fee)
        return
    yield credit(held, amount)
    if fee:
        yield credit(charged, fee)


@dataclass(frozen=True)
class BankCharge(Positive):
    """The bank or the provider charges for a payment of which nothing had come."""

    amount: Money
    means: Means

    @property
    def journal(self) -> str:
        """The journal of the means for a provider, else the bank's."""
        return JOURNALS["card"] if self.means == "card" else "BQ"

    @property
    def label(self) -> str:
        """Frais d’impayé : prélèvement."""
        return f"Frais d’impayé : {SAID[self.means]}"

    def lines(self) -> Iterator[Line]:
        """Debit the fees, credit where they are taken."""
        yield debit(fee_account(self.means), self.amount)
        yield credit(RECEIVED_ON["card"] if self.means == "card" else BANK, self.amount)


@dataclass(frozen=True)
class AccountCharge(Positive):
    """The bank takes what keeping the account costs; no payment is behind it."""

    amount: Money
    journal: ClassVar[str] = "BQ"
    label: ClassVar[str] = "Frais de tenue de compte"

    def lines(self) -> Iterator[Line]:
        """Debit the bank's charges, credit the bank."""
        yield debit("6278", self.amount)
        yield credit(BANK, self.amount)


@dataclass(frozen=True)
class Unexplained(Positive):
    """A line of the bank statement that nobody knows yet: it waits in 471, empty at closing."""

    amount: Money
    incoming: bool = True
    journal: ClassVar[str] = "BQ"
    label: ClassVar[str] = "Opération bancaire à expliquer"

    def lines(self) -> Iterator[Line]:
        """Debit or credit the bank, against the waiting account."""
        into, out_of = (BANK, WAITING) if self.incoming else (WAITING, BANK)
        yield debit(into, self.amount)
        yield credit(out_of, self.amount)


@dataclass(frozen=True)
class Explained(Positive):
    """An unexplained sum that came is found to be a customer's payment.

    For anything else, take the ``Unexplained`` entry back and record the right fact.
    """

    party: str
    amount: Money
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = "Règlement retrouvé"

    def lines(self) -> Iterator[Line]:
        """Debit the waiting account, credit the customer."""
        yield debit(WAITING, self.amount)
        yield credit(CUSTOMERS, self.amount, self.party)
