"""What is promised, sold, given back, and what members owe."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from freeco.accounting.facts.means import Positive
from freeco.accounting.ledger import Line, credit, debit
from freeco.money import Money, total

Nature = Literal["product", "goods", "service", "fee"]
"""Own produce (701), goods bought to be sold (707), a service (706), a side activity (708)."""

CUSTOMERS, ADVANCES, REBATES_DUE = "411", "4191", "4198"
VAT_COLLECTED, VAT_OF_REBATES_DUE = "44571", "44587"
REBATES = "709"
INCOME: dict[Nature, str] = {"product": "701", "goods": "707", "service": "706", "fee": "708"}


@dataclass(frozen=True)
class Part:
    """What one document sells of one nature at one rate of VAT."""

    amount: Money
    """VAT included; below nought for what the same document takes off."""
    vat_basis_points: int = 0
    """5.5 % is 550; 0 under the franchise (CGI art. 293 B) or outside VAT."""
    nature: Nature = "product"

    @property
    def vat(self) -> Money:
        """The VAT within the amount, rounded to the nearest cent, half a cent away from nought."""
        rate = self.vat_basis_points
        whole = 10_000 + rate
        cents = (2 * abs(self.amount.cents) * rate + whole) // (2 * whole)
        return Money(cents if self.amount.cents >= 0 else -cents, self.amount.currency)


@dataclass(frozen=True)
class Commitment(Positive):
    """A season is promised and its advances fall due: owed by the household, due as goods."""

    party: str
    amount: Money
    journal: ClassVar[str] = "VE"
    label: ClassVar[str] = "Engagement de saison"

    def lines(self) -> Iterator[Line]:
        """Debit the customer, credit the advances."""
        yield debit(CUSTOMERS, self.amount, self.party)
        yield credit(ADVANCES, self.amount, self.party)


@dataclass(frozen=True)
class CommitmentLessened(Positive):
    """Something promised will not come, and is no longer owed."""

    party: str
    amount: Money
    journal: ClassVar[str] = "VE"
    label: ClassVar[str] = "Engagement de saison diminué"

    def lines(self) -> Iterator[Line]:
        """Mirror a commitment."""
        yield debit(ADVANCES, self.amount, self.party)
        yield credit(CUSTOMERS, self.amount, self.party)


@dataclass(frozen=True)
class Sale:
    """Something was sold or delivered."""

    party: str
    parts: Sequence[Part]
    from_advances: bool = False
    """Whether it was promised before by a ``Commitment``; the book refuses to deliver so more
    than was promised (Overdrawn)."""
    journal: ClassVar[str] = "VE"
    label: str = "Vente"

    def lines(self) -> Iterator[Line]:
        """Debit the customer, or what was advanced; credit income by nature, and VAT."""
        due = total([each.amount for each in self.parts])
        if due:
            yield debit(ADVANCES if self.from_advances else CUSTOMERS, due, self.party)
        yield from _income(self.parts, credit)


@dataclass(frozen=True)
class SaleLessened:
    """A credit note: part of a sale is given back (709 for a price adjusted afterwards)."""

    party: str
    parts: Sequence[Part]
    adjusts_price: bool = False
    """A rebate agreed beforehand (709), rather than goods that did not come (70x)."""
    journal: ClassVar[str] = "VE"
    label: str = "Avoir"

    def lines(self) -> Iterator[Line]:
        """Debit income or rebates, and VAT; credit the customer."""
        yield from _income(self.parts, debit, REBATES if self.adjusts_price else "")
        due = total([each.amount for each in self.parts])
        if due:
            yield credit(CUSTOMERS, due, self.party)


def _income(
    parts: Sequence[Part], side: Callable[[str, Money], Line], instead: str = ""
) -> Iterator[Line]:
    sums: dict[str, Money] = {}
    for each in parts:
        account = instead or INCOME[each.nature]
        sums[account] = sums.get(account, Money(0)) + each.amount - each.vat
    sums[VAT_COLLECTED] = total([each.vat for each in parts])
    for account, amount in sums.items():
        if amount:
            yield side(account, amount)


@dataclass(frozen=True)
class RebateDue(Positive):
    """At closing, more was collected than it cost: the difference is due, its credit note to come.

    Its VAT waits (44587) until the credit note is issued (CGI art. 272, 1).
    """

    party: str
    amount: Money
    """VAT included."""
    vat: Money = Money(0)
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = "Régularisation du prix : avoir à établir"

    def lines(self) -> Iterator[Line]:
        """Debit the rebates and the VAT that waits, credit what is to be granted."""
        yield debit(REBATES, self.amount - self.vat)
        if self.vat:
            yield debit(VAT_OF_REBATES_DUE, self.vat)
        yield credit(REBATES_DUE, self.amount, self.party)


@dataclass(frozen=True)
class RebateGranted(Positive):
    """The credit note of a ``RebateDue`` is issued."""

    party: str
    amount: Money
    """VAT included."""
    vat: Money = Money(0)
    journal: ClassVar[str] = "VE"
    label: ClassVar[str] = "Avoir de régularisation du prix"

    def lines(self) -> Iterator[Line]:
        """Debit what was to be granted, and the VAT; credit the customer, and what waited."""
        yield debit(REBATES_DUE, self.amount, self.party)
        yield credit(CUSTOMERS, self.amount, self.party)
        if self.vat:
            yield debit(VAT_COLLECTED, self.vat)
            yield credit(VAT_OF_REBATES_DUE, self.vat)


@dataclass(frozen=True)
class Contribution(Positive):
    """A membership fee (7561, or 7562 when something is given for it: ANC 2018-06)."""

    party: str
    amount: Money
    something_given: bool = False
    journal: ClassVar[str] = "VE"
    label: ClassVar[str] = "Cotisation"

    def lines(self) -> Iterator[Line]:
        """Debit the member, credit the contributions."""
        yield debit(CUSTOMERS, self.amount, self.party)
        yield credit("7562" if self.something_given else "7561", self.amount)


@dataclass(frozen=True)
class Uncollectable(Positive):
    """What a customer owes is given up (654); its VAT is another matter (CGI art. 272, 1)."""

    party: str
    amount: Money
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = "Créance abandonnée"

    def lines(self) -> Iterator[Line]:
        """Debit the loss, credit the customer."""
        yield debit("654", self.amount)
        yield credit(CUSTOMERS, self.amount, self.party)
