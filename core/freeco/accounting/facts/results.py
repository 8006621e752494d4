"""The result of a year, and what the assembly makes of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from freeco.accounting.facts.means import SAID, Means, Positive, journal_paid, paid_from
from freeco.accounting.ledger import Line, credit, debit
from freeco.money import Money, total

SURPLUS, DEFICIT = "120", "129"
CARRIED_SURPLUS, CARRIED_DEFICIT = "110", "119"
LEGAL_RESERVE, REFUNDS_DUE = "1061", "457"
PROFIT_AND_LOSS = ("6", "7")
RESERVED, OF = 3, 20


@dataclass(frozen=True)
class YearClosed:
    """A year ends: the accounts of classes 6 and 7 are emptied into its result."""

    name: int
    """The calendar year of its last day."""
    balances: Mapping[str, Money]
    """What stands in the accounts of classes 6 to 8, debits minus credits."""
    journal: ClassVar[str] = "OD"

    @property
    def label(self) -> str:
        """Clôture de l’exercice 2026."""
        return f"Clôture de l’exercice {self.name}"

    @property
    def result(self) -> Money:
        """The surplus, or the deficit below nought."""
        return -total([each for code, each in self.balances.items() if code[0] in PROFIT_AND_LOSS])

    def lines(self) -> Iterator[Line]:
        """Mirror each balance; credit the surplus or debit the deficit."""
        for code, amount in sorted(self.balances.items()):
            if amount:
                yield Line(code, -amount)
        if self.result:
            yield Line(SURPLUS if self.result > Money(0) else DEFICIT, -self.result)


def least_reserve(surplus: Money, carried_deficit: Money, capital: Money, reserves: Money) -> Money:
    """Return what a cooperative must keep of a surplus.

    3/20, once earlier deficits are made good, until all reserves together equal the capital
    (loi 47-1775, art. 16); nothing for an entity without capital. Rounded up: "not less than".
    """
    rest = max(0, surplus.cents - carried_deficit.cents)
    lacking = max(0, capital.cents - reserves.cents)
    return Money(min(-(-rest * RESERVED // OF), lacking))


@dataclass(frozen=True)
class ResultAllocated(Positive):
    """The assembly has said what becomes of a surplus; see ``years.allocate``."""

    surplus: Money
    """What stood in 120."""
    made_good: Money = Money(0)
    """How much of it makes good the deficits carried from earlier years (119)."""
    reserve: Money = Money(0)
    refunds: Sequence[tuple[str, Money]] = ()
    """What goes back to each member, in proportion to what they did with the cooperative (loi
    47-1775, art. 15), by party."""
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = "Affectation du résultat"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.carried < Money(0) or any(each < Money(0) for _party, each in self.refunds):
            raise ValueError("no more is shared out than there is")

    @property
    def carried(self) -> Money:
        """What is left for the years to come."""
        given = total([amount for _party, amount in self.refunds])
        return self.surplus - self.made_good - self.reserve - given

    def lines(self) -> Iterator[Line]:
        """Debit the surplus; credit the old deficit, the reserve, the members, and what is left."""
        yield debit(SURPLUS, self.surplus)
        if self.made_good:
            yield credit(CARRIED_DEFICIT, self.made_good)
        if self.reserve:
            yield credit(LEGAL_RESERVE, self.reserve)
        for party, amount in self.refunds:
            if amount:
                yield credit(REFUNDS_DUE, amount, party)
        if self.carried:
            yield credit(CARRIED_SURPLUS, self.carried)


@dataclass(frozen=True)
class DeficitCarried(Positive):
    """The assembly carries a deficit: out of what earlier years left, then into those to come."""

    deficit: Money
    """What stood in 129."""
    made_good: Money = Money(0)
    """How much of it earlier surpluses (110) make good."""
    journal: ClassVar[str] = "OD"
    label: ClassVar[str] = "Affectation du résultat"

    def lines(self) -> Iterator[Line]:
        """Debit what is carried, credit the deficit."""
        if self.made_good:
            yield debit(CARRIED_SURPLUS, self.made_good)
        if self.made_good != self.deficit:
            yield debit(CARRIED_DEFICIT, self.deficit - self.made_good)
        yield credit(DEFICIT, self.deficit)


@dataclass(frozen=True)
class RefundPaid(Positive):
    """A member gets the refund that the assembly voted."""

    party: str
    amount: Money
    means: Means = "transfer"

    @property
    def journal(self) -> str:
        """The bank's journal, or the cash box's."""
        return journal_paid(self.means)

    @property
    def label(self) -> str:
        """Ristourne versée : virement."""
        return f"Ristourne versée : {SAID[self.means]}"

    def lines(self) -> Iterator[Line]:
        """Debit what was voted, credit the bank or the cash box."""
        yield debit(REFUNDS_DUE, self.amount, self.party)
        yield credit(paid_from(self.means), self.amount)
