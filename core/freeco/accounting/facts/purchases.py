"""What is bought, what it costs to be part of the platform, and what volunteers spend."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from freeco.accounting.facts.means import SAID, Means, Positive, journal_paid, paid_from
from freeco.accounting.ledger import Line, credit, debit
from freeco.money import Money

SUPPLIERS, ASSET_SUPPLIERS, VOLUNTEERS = "401", "404", "4681"
VAT_DEDUCTIBLE, VAT_OF_ASSETS = "44566", "44562"
COST_SHARE = "622"
REBATES_OBTAINED = {"61": "619", "62": "629"}
"""By the class of what was bought; 609 for the rest."""


def _is_asset(account: str) -> bool:
    return account.startswith("2")


def _charged(account: str, amount: Money, vat: Money) -> Iterator[Line]:
    """Yield the debits of what is bought: without its VAT when that is deductible."""
    yield debit(account, amount - vat)
    if vat:
        yield debit(VAT_OF_ASSETS if _is_asset(account) else VAT_DEDUCTIBLE, vat)


def _refuse_what_is_not_bought(account: str) -> None:
    if account[:1] not in ("2", "6"):
        raise ValueError(f"{account} is neither an expense nor an asset")


@dataclass(frozen=True)
class Purchase(Positive):
    """A supplier's invoice."""

    party: str
    account: str
    """The account of class 6 (or 2) that it belongs to, such as 613."""
    amount: Money
    """VAT included."""
    vat: Money = Money(0)
    """The deductible VAT within the amount; none when the buyer deducts none."""
    journal: ClassVar[str] = "AC"
    label: str = "Achat"

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_what_is_not_bought(self.account)

    def lines(self) -> Iterator[Line]:
        """Debit the expense or the asset and the VAT, credit the supplier."""
        yield from _charged(self.account, self.amount, self.vat)
        owed = ASSET_SUPPLIERS if _is_asset(self.account) else SUPPLIERS
        yield credit(owed, self.amount, self.party)


@dataclass(frozen=True)
class PurchaseLessened(Positive):
    """A supplier's credit note: part of what it charged is given back (609, 619, 629)."""

    party: str
    amount: Money
    vat: Money = Money(0)
    account: str = "60"
    """Where the purchase was charged; that of an asset is taken back by reversing it."""
    journal: ClassVar[str] = "AC"
    label: str = "Avoir d’un fournisseur"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.account.startswith("6"):
            raise ValueError(f"{self.account} is no expense")

    def lines(self) -> Iterator[Line]:
        """Debit the supplier, credit the rebates obtained and the VAT."""
        yield debit(SUPPLIERS, self.amount, self.party)
        yield credit(REBATES_OBTAINED.get(self.account[:2], "609"), self.amount - self.vat)
        if self.vat:
            yield credit(VAT_DEDUCTIBLE, self.vat)


def cost_share(party: str, amount: Money, vat: Money = Money(0)) -> Purchase:
    """Return the platform's invoice of a cost share, as the one who pays it writes it (622)."""
    return Purchase(party, COST_SHARE, amount, vat, label="Participation aux frais")


def cost_share_lessened(party: str, amount: Money, vat: Money = Money(0)) -> PurchaseLessened:
    """Return the platform's credit note, when the real cost was lower (629)."""
    label = "Régularisation de la participation aux frais"
    return PurchaseLessened(party, amount, vat, COST_SHARE, label=label)


@dataclass(frozen=True)
class PaidOut(Positive):
    """A supplier, or the platform, is paid."""

    party: str
    amount: Money
    means: Means = "transfer"
    for_asset: bool = False
    """Whether it is the supplier of something kept for years (404)."""

    @property
    def journal(self) -> str:
        """The bank's journal, or the cash box's."""
        return journal_paid(self.means)

    @property
    def label(self) -> str:
        """Paiement d’un fournisseur : virement."""
        return f"Paiement d’un fournisseur : {SAID[self.means]}"

    def lines(self) -> Iterator[Line]:
        """Debit the supplier, credit the bank or the cash box."""
        yield debit(ASSET_SUPPLIERS if self.for_asset else SUPPLIERS, self.amount, self.party)
        yield credit(paid_from(self.means), self.amount)


@dataclass(frozen=True)
class ExpensePaid(Positive):
    """Something is bought and paid at once, without a supplier's account: a till receipt."""

    account: str
    """The account of class 6 (or 2) that it belongs to, such as 6064."""
    amount: Money
    """VAT included."""
    means: Means
    vat: Money = Money(0)
    label: str = "Dépense payée"

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_what_is_not_bought(self.account)

    @property
    def journal(self) -> str:
        """The bank's journal, or the cash box's."""
        return journal_paid(self.means)

    def lines(self) -> Iterator[Line]:
        """Debit the expense and the VAT, credit the bank or the cash box."""
        yield from _charged(self.account, self.amount, self.vat)
        yield credit(paid_from(self.means), self.amount)


@dataclass(frozen=True)
class VolunteerExpense(Positive):
    """A volunteer has paid something for the entity, which owes it to them (4681)."""

    party: str
    account: str
    amount: Money
    journal: ClassVar[str] = "AC"
    label: ClassVar[str] = "Frais d’un bénévole"

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_what_is_not_bought(self.account)

    def lines(self) -> Iterator[Line]:
        """Debit the expense, credit the volunteer."""
        yield debit(self.account, self.amount)
        yield credit(VOLUNTEERS, self.amount, self.party)


@dataclass(frozen=True)
class VolunteerRepaid(Positive):
    """A volunteer gets back what they paid."""

    party: str
    amount: Money
    means: Means = "transfer"
    label: ClassVar[str] = "Remboursement de frais"

    @property
    def journal(self) -> str:
        """The bank's journal, or the cash box's."""
        return journal_paid(self.means)

    def lines(self) -> Iterator[Line]:
        """Debit the volunteer, credit the bank or the cash box."""
        yield debit(VOLUNTEERS, self.amount, self.party)
        yield credit(paid_from(self.means), self.amount)


@dataclass(frozen=True)
class ExpenseGivenUp(Positive):
    """A volunteer gives up what they are owed, in writing: a gift (75412; CGI art. 200, 1)."""

    party: str
    amount: Money
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = "Abandon de frais"

    def lines(self) -> Iterator[Line]:
        """Debit what was owed, credit the gifts."""
        yield debit(VOLUNTEERS, self.amount, self.party)
        yield credit("75412", self.amount, self.party)
