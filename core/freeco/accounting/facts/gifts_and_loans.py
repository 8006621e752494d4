"""Money given, lent, or put in as shares, and hours given."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from freeco.accounting.facts.means import (
    JOURNALS,
    Means,
    Positive,
    come_in,
    given_back_from,
    journal_given_back,
    journal_paid,
    paid_from,
)
from freeco.accounting.ledger import Line, credit, debit
from freeco.money import Money

GIFTS, SET_ASIDE = "7541", "196"
LENDERS, INTEREST, INTEREST_DUE = "1681", "661", "1688"
TAX_WITHHELD = "447"
SHARES = "1013"


@dataclass(frozen=True)
class Gift(Positive):
    """Money given for nothing in return (7541: dons manuels); owed by nobody before it comes."""

    party: str
    amount: Money
    means: Means
    fee: Money = Money(0)
    """What the payment provider kept of it; the gift is the whole."""
    label: ClassVar[str] = "Don"

    @property
    def journal(self) -> str:
        """The journal of the means it came by."""
        return JOURNALS[self.means]

    def lines(self) -> Iterator[Line]:
        """Debit where the money stands, and the fee; credit the gifts."""
        yield from come_in(self.means, self.amount, self.fee)
        yield credit(GIFTS, self.amount, self.party)


@dataclass(frozen=True)
class GiftReturned(Positive):
    """A gift is given back, or its cheque or debit came back unpaid: nobody owes it."""

    party: str
    amount: Money
    means: Means
    """Where it is taken: a cheque that was banked is on the bank."""
    label: ClassVar[str] = "Don rendu"

    @property
    def journal(self) -> str:
        """The journal of where it is taken."""
        return journal_given_back(self.means)

    def lines(self) -> Iterator[Line]:
        """Debit the gifts, credit where the money leaves from."""
        yield debit(GIFTS, self.amount, self.party)
        yield credit(given_back_from(self.means), self.amount)


@dataclass(frozen=True)
class GiftsSetAside(Positive):
    """At closing, gifts for a named project that are not spent yet (ANC 2018-06, art. 132-1)."""

    amount: Money
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = "Dons affectés, non encore employés"

    def lines(self) -> Iterator[Line]:
        """Debit the charge, credit the earmarked funds."""
        yield debit("689", self.amount)
        yield credit(SET_ASIDE, self.amount)


@dataclass(frozen=True)
class GiftsUsed(Positive):
    """Gifts set aside in an earlier year are spent for what they were given for."""

    amount: Money
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = "Emploi de dons affectés"

    def lines(self) -> Iterator[Line]:
        """Debit the earmarked funds, credit the income."""
        yield debit(SET_ASIDE, self.amount)
        yield credit("789", self.amount)


@dataclass(frozen=True)
class Loan(Positive):
    """Money lent to the entity by a resident (1681)."""

    party: str
    amount: Money
    means: Means
    fee: Money = Money(0)
    """What the payment provider kept of it; the whole is owed to the lender."""
    label: ClassVar[str] = "Prêt reçu"

    @property
    def journal(self) -> str:
        """The journal of the means it came by."""
        return JOURNALS[self.means]

    def lines(self) -> Iterator[Line]:
        """Debit where the money stands, and the fee; credit the lender."""
        yield from come_in(self.means, self.amount, self.fee)
        yield credit(LENDERS, self.amount, self.party)


@dataclass(frozen=True)
class LoanRepaid(Positive):
    """Part of a loan paid back, with its interest; either may be nought."""

    party: str
    amount: Money
    interest: Money = Money(0)
    """Before tax."""
    means: Means = "transfer"
    withheld: Money = Money(0)
    """What is kept of the interest for the tax office (CGI art. 125 A and 1678 quater)."""
    label: ClassVar[str] = "Remboursement de prêt"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.withheld > self.interest:
            raise ValueError("no more is withheld than the interest")

    @property
    def journal(self) -> str:
        """The bank's journal, or the cash box's."""
        return journal_paid(self.means)

    def lines(self) -> Iterator[Line]:
        """Debit the lender and the interest, credit the tax office and the bank or cash box."""
        if self.amount:
            yield debit(LENDERS, self.amount, self.party)
        if self.interest:
            yield debit(INTEREST, self.interest)
        if self.withheld:
            yield credit(TAX_WITHHELD, self.withheld)
        paid = self.amount + self.interest - self.withheld
        if paid:
            yield credit(paid_from(self.means), paid)


@dataclass(frozen=True)
class InterestAccrued(Positive):
    """Interest of the year that ends, paid in the next; taken back on that one's first day."""

    party: str
    amount: Money
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = "Intérêts courus"

    def lines(self) -> Iterator[Line]:
        """Debit the interest, credit what is due to the lender."""
        yield debit(INTEREST, self.amount)
        yield credit(INTEREST_DUE, self.amount, self.party)


@dataclass(frozen=True)
class SharesPaid(Positive):
    """A member pays shares of the capital."""

    party: str
    amount: Money
    means: Means
    fee: Money = Money(0)
    label: ClassVar[str] = "Parts sociales versées"

    @property
    def journal(self) -> str:
        """The journal of the means it came by."""
        return JOURNALS[self.means]

    def lines(self) -> Iterator[Line]:
        """Debit where the money stands, and the fee; credit the capital."""
        yield from come_in(self.means, self.amount, self.fee)
        yield credit(SHARES, self.amount, self.party)


@dataclass(frozen=True)
class HoursGiven(Positive):
    """Hours of volunteers, at the value the assembly chose (class 8; ANC 2018-06, art. 211-1)."""

    amount: Money
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = "Bénévolat valorisé"

    def lines(self) -> Iterator[Line]:
        """Debit the use of the hours, credit the gift of them."""
        yield debit("864", self.amount)
        yield credit("875", self.amount)
