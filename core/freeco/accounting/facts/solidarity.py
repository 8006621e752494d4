"""A price shared between households: who owes whom, at the seller's and at the pool's.

What a household pays above the price, its seller owes to the pool; what it pays below, the pool
owes to the seller. In the book of the association that holds the pool, its balance is what it
holds for others (4671), which never is below nought.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from freeco.accounting.facts.means import JOURNALS, Means, Positive, come_in
from freeco.accounting.facts.sales import CUSTOMERS
from freeco.accounting.ledger import Line, credit, debit
from freeco.money import Money

HELD_FOR_OTHERS, BETWEEN_US = "4671", "4672"
EVENED_OUT = "Prix équilibré entre les foyers"


@dataclass(frozen=True)
class PriceLessened(Positive):
    """In the seller's book: the pool owes a part of what a household owed."""

    household: str
    pool: str
    amount: Money
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = EVENED_OUT

    def lines(self) -> Iterator[Line]:
        """Debit the pool's holder, credit the customer."""
        yield debit(BETWEEN_US, self.amount, self.pool)
        yield credit(CUSTOMERS, self.amount, self.household)


@dataclass(frozen=True)
class PriceRaised(Positive):
    """In the seller's book: a household owes more, and the seller owes it to the pool."""

    household: str
    pool: str
    amount: Money
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = EVENED_OUT

    def lines(self) -> Iterator[Line]:
        """Mirror ``PriceLessened``."""
        yield debit(CUSTOMERS, self.amount, self.household)
        yield credit(BETWEEN_US, self.amount, self.pool)


@dataclass(frozen=True)
class PoolOwed(Positive):
    """In the holder's book: a seller owes the pool what households paid above the price."""

    seller: str
    amount: Money
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = "Dû à la caisse solidaire"

    def lines(self) -> Iterator[Line]:
        """Debit the seller, credit what is held for others."""
        yield debit(BETWEEN_US, self.amount, self.seller)
        yield credit(HELD_FOR_OTHERS, self.amount)


@dataclass(frozen=True)
class PoolOwes(Positive):
    """In the holder's book: the pool owes a seller what households pay below the price."""

    seller: str
    amount: Money
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = "Dû par la caisse solidaire"

    def lines(self) -> Iterator[Line]:
        """Mirror ``PoolOwed``."""
        yield debit(HELD_FOR_OTHERS, self.amount)
        yield credit(BETWEEN_US, self.amount, self.seller)


@dataclass(frozen=True)
class PoolFed(Positive):
    """In the holder's book: money comes for the pool, from somebody who is not named."""

    amount: Money
    means: Means
    label: ClassVar[str] = "Versé à la caisse solidaire"

    @property
    def journal(self) -> str:
        """The journal of the means it came by."""
        return JOURNALS[self.means]

    def lines(self) -> Iterator[Line]:
        """Debit where the money stands, credit what is held for others."""
        yield from come_in(self.means, self.amount, Money(0))
        yield credit(HELD_FOR_OTHERS, self.amount)
