"""What happened, as a module says it; ``lines()`` is how the chart of accounts says it.

A module never names an account. Amounts are positive ``Money``; a party is a reference such as
``core:household:12`` (see ``freeco.payments.parties``), never a name. Labels are sentences of
ours that stay in the books for ever: French, without anybody's name.

Sources of the schemes: ANC 2014-03 (chart of accounts) and 2018-06 (associations); each fact
names what is particular to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from freeco.accounting.ledger import Line, credit, debit
from freeco.money import Money, total

Means = Literal["cheque", "cash", "transfer", "debit", "card"]
Nature = Literal["product", "goods", "service", "fee"]
"""Own produce (701), goods bought to be sold (707), a service (706), a side activity (708)."""

CUSTOMERS, ADVANCES, SUPPLIERS = "411", "4191", "401"
VAT_COLLECTED, VAT_DEDUCTIBLE = "44571", "44566"
INCOME: dict[Nature, str] = {"product": "701", "goods": "707", "service": "706", "fee": "708"}
RECEIVED_ON: dict[Means, str] = {
    "cheque": "5112",
    "cash": "531",
    "transfer": "512",
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
BANK = "512"
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


@dataclass(frozen=True)
class Part:
    """A part of a price at one rate of VAT."""

    amount: Money
    """VAT included."""
    vat_basis_points: int = 0
    """5.5 % is 550; 0 under the franchise (CGI art. 293 B) or outside VAT."""
    nature: Nature = "product"

    @property
    def vat(self) -> Money:
        """The VAT within the amount, rounded to the nearest cent, half a cent upwards."""
        rate = self.vat_basis_points
        return Money((2 * self.amount.cents * rate + 10_000 + rate) // (2 * (10_000 + rate)))


@dataclass(frozen=True)
class Commitment:
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
class CommitmentLessened:
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
    """Whether it was promised before by a ``Commitment``."""
    journal: ClassVar[str] = "VE"
    label: str = "Vente"

    def lines(self) -> Iterator[Line]:
        """Debit the customer, or what was advanced; credit income by nature, and VAT."""
        due = total([each.amount for each in self.parts])
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
        yield from _income(self.parts, debit, "709" if self.adjusts_price else "")
        yield credit(CUSTOMERS, total([each.amount for each in self.parts]), self.party)


def _income(parts: Sequence[Part], side: object, instead: str = "") -> Iterator[Line]:
    sums: dict[str, Money] = {}
    for each in parts:
        account = instead or INCOME[each.nature]
        sums[account] = sums.get(account, Money(0)) + each.amount - each.vat
    vat = total([each.vat for each in parts])
    for account, amount in sums.items():
        if amount:
            yield debit(account, amount) if side is debit else credit(account, amount)
    if vat:
        yield debit(VAT_COLLECTED, vat) if side is debit else credit(VAT_COLLECTED, vat)


@dataclass(frozen=True)
class Purchase:
    """A supplier's invoice."""

    party: str
    account: str
    """The account of class 6 (or 2) that it belongs to, such as 613."""
    amount: Money
    vat: Money = Money(0)
    """The deductible VAT within the amount; none when the buyer deducts none."""
    journal: ClassVar[str] = "AC"
    label: str = "Achat"

    def lines(self) -> Iterator[Line]:
        """Debit the expense and the VAT, credit the supplier."""
        yield debit(self.account, self.amount - self.vat)
        if self.vat:
            yield debit(VAT_DEDUCTIBLE, self.vat)
        yield credit(SUPPLIERS, self.amount, self.party)


@dataclass(frozen=True)
class PurchaseLessened:
    """A supplier's credit note: part of what it charged is given back (609)."""

    party: str
    amount: Money
    vat: Money = Money(0)
    journal: ClassVar[str] = "AC"
    label: str = "Avoir d’un fournisseur"

    def lines(self) -> Iterator[Line]:
        """Debit the supplier, credit the rebates obtained and the VAT."""
        yield debit(SUPPLIERS, self.amount, self.party)
        yield credit("609", self.amount - self.vat)
        if self.vat:
            yield credit(VAT_DEDUCTIBLE, self.vat)


@dataclass(frozen=True)
class Contribution:
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
class Gift:
    """Money given for nothing in return (7541: dons manuels); owed by nobody before it comes."""

    party: str
    amount: Money
    means: Means
    fee: Money = Money(0)
    """What the payment provider kept of it."""
    label: ClassVar[str] = "Don"

    @property
    def journal(self) -> str:
        """The journal of the means it came by."""
        return JOURNALS[self.means]

    def lines(self) -> Iterator[Line]:
        """Debit where the money stands, and the fee; credit the gifts."""
        yield from _come_in(self.means, self.amount, self.fee)
        yield credit("7541", self.amount, self.party)


@dataclass(frozen=True)
class Loan:
    """Money lent to the entity by a resident (1681)."""

    party: str
    amount: Money
    means: Means
    label: ClassVar[str] = "Prêt reçu"

    @property
    def journal(self) -> str:
        """The journal of the means it came by."""
        return JOURNALS[self.means]

    def lines(self) -> Iterator[Line]:
        """Debit where the money stands, credit the lender."""
        yield debit(RECEIVED_ON[self.means], self.amount)
        yield credit("1681", self.amount, self.party)


@dataclass(frozen=True)
class LoanRepaid:
    """Part of a loan paid back, with its interest."""

    party: str
    amount: Money
    interest: Money = Money(0)
    means: Means = "transfer"
    label: ClassVar[str] = "Remboursement de prêt"

    @property
    def journal(self) -> str:
        """The journal of the means it goes by."""
        return JOURNALS[self.means]

    def lines(self) -> Iterator[Line]:
        """Debit the lender and the interest, credit the bank or the cash box."""
        yield debit("1681", self.amount, self.party)
        if self.interest:
            yield debit("661", self.interest)
        yield credit(_leaves_from(self.means), self.amount + self.interest)


@dataclass(frozen=True)
class Received:
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
        yield from _come_in(self.means, self.amount, self.fee)
        yield credit(CUSTOMERS, self.amount, self.party)


@dataclass(frozen=True)
class Banked:
    """What was held (cheques, cash, card payments, debits) has reached the bank."""

    amount: Money
    means: Means
    fee: Money = Money(0)
    """What the bank kept for it."""
    journal: ClassVar[str] = "BQ"

    @property
    def label(self) -> str:
        """Remise en banque : chèque."""
        return f"Remise en banque : {SAID[self.means]}"

    def lines(self) -> Iterator[Line]:
        """Debit the bank and the fee, credit where it was held."""
        if self.amount != self.fee:
            yield debit(BANK, self.amount - self.fee)
        if self.fee:
            yield debit("6278", self.fee)
        yield credit(RECEIVED_ON[self.means], self.amount)


@dataclass(frozen=True)
class Bounced:
    """A payment came back unpaid: it is owed again, and the bank may charge for it."""

    party: str
    amount: Money
    means: Means
    banked: bool = True
    """Whether it had reached the bank, or was still held."""
    fee: Money = Money(0)

    @property
    def journal(self) -> str:
        """The bank's journal, or that of the means while it was held."""
        return "BQ" if self.banked else JOURNALS[self.means]

    @property
    def label(self) -> str:
        """Impayé : chèque."""
        return f"Impayé : {SAID[self.means]}"

    def lines(self) -> Iterator[Line]:
        """Debit the customer and the fee, credit where the money stood."""
        yield debit(CUSTOMERS, self.amount, self.party)
        if self.fee:
            yield debit("6278" if self.means in ("cheque", "transfer") else "6271", self.fee)
        yield credit(BANK if self.banked else RECEIVED_ON[self.means], self.amount + self.fee)


@dataclass(frozen=True)
class Refund:
    """Money is given back to who paid it."""

    party: str
    amount: Money
    means: Means
    fee_returned: Money = Money(0)
    """The part of the provider's fee that it gives back; most give none."""

    @property
    def journal(self) -> str:
        """The journal of the means."""
        return JOURNALS[self.means]

    @property
    def label(self) -> str:
        """Remboursement : virement."""
        return f"Remboursement : {SAID[self.means]}"

    def lines(self) -> Iterator[Line]:
        """Debit the customer, credit where the money leaves from."""
        yield debit(CUSTOMERS, self.amount, self.party)
        if self.fee_returned:
            yield credit("6271", self.fee_returned)
        if self.amount != self.fee_returned:
            yield credit(_leaves_from(self.means), self.amount - self.fee_returned)


@dataclass(frozen=True)
class PaidOut:
    """A supplier, or the platform, is paid."""

    party: str
    amount: Money
    means: Means = "transfer"

    @property
    def journal(self) -> str:
        """The journal of the means."""
        return JOURNALS[self.means]

    @property
    def label(self) -> str:
        """Paiement d’un fournisseur : virement."""
        return f"Paiement d’un fournisseur : {SAID[self.means]}"

    def lines(self) -> Iterator[Line]:
        """Debit the supplier, credit the bank or the cash box."""
        yield debit(SUPPLIERS, self.amount, self.party)
        yield credit(_leaves_from(self.means), self.amount)


def _come_in(means: Means, amount: Money, fee: Money) -> Iterator[Line]:
    if amount != fee:
        yield debit(RECEIVED_ON[means], amount - fee)
    if fee:
        yield debit("6271", fee)


def _leaves_from(means: Means) -> str:
    """Name the account: a cheque of ours is on the bank, a card refund on what is on its way."""
    return BANK if means == "cheque" else RECEIVED_ON[means]
