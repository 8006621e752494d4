"""What every fact has in common, and where money stands for each way of paying."""

from collections.abc import Iterator
from typing import Literal, Protocol

from freeco.accounting.ledger import Line, debit
from freeco.money import Money

Means = Literal["cheque", "cash", "transfer", "debit", "card"]

BANK, CASH = "512", "531"
RECEIVED_ON: dict[Means, str] = {
    "cheque": "5112",
    "cash": CASH,
    "transfer": BANK,
    "debit": "5116",
    "card": "5115",
}
"""Where money stands as it comes in: a cheque, a card payment and a debit reach the bank later."""
JOURNALS: dict[Means, str] = {
    "cheque": "CH",
    "cash": "CA",
    "transfer": "BQ",
    "debit": "PE",
    "card": "PE",
}
SAID: dict[Means, str] = {
    "cheque": "chèque",
    "cash": "espèces",
    "transfer": "virement",
    "debit": "prélèvement",
    "card": "carte",
}


class Fact(Protocol):
    """Something that happened to one legal entity."""

    @property
    def journal(self) -> str:
        """The code of the journal it is written in."""

    @property
    def label(self) -> str:
        """What the entry says: at most 120 characters, no name."""

    def lines(self) -> Iterator[Line]:
        """Yield balanced lines."""


class Positive:
    """A fact whose amounts are never below nought: what is undone is a fact of its own."""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, Money) and value.cents < 0:
                raise ValueError(f"{type(self).__name__}.{name} is below nought: {value.cents}")


def fee_account(means: Means) -> str:
    """Name where a fee goes: online payments (6271) apart from the bank's own charges (6278)."""
    return "6271" if means in ("debit", "card") else "6278"


def come_in(means: Means, amount: Money, fee: Money) -> Iterator[Line]:
    """Yield the debits of money that comes in: what is left of it, and the fee."""
    if amount != fee:
        yield debit(RECEIVED_ON[means], amount - fee)
    if fee:
        yield debit(fee_account(means), fee)


def given_back_from(means: Means) -> str:
    """Name the account: a card's provider takes it from what it owes us; a debit is our bank's."""
    return RECEIVED_ON["card"] if means == "card" else paid_from(means)


def journal_given_back(means: Means) -> str:
    """Name the journal of ``given_back_from``."""
    return JOURNALS["card"] if means == "card" else journal_paid(means)


def paid_from(means: Means) -> str:
    """Name the account: our own card, cheque, and what is debited from us are all on the bank."""
    return CASH if means == "cash" else BANK


def journal_paid(means: Means) -> str:
    """Name the journal of money that we pay: the cash box's or the bank's."""
    return JOURNALS["cash" if means == "cash" else "transfer"]
