"""What the lines of an invoice come to: net and VAT at each rate, to the cent, as the books say.

Prices are agreed VAT included. The VAT of an invoice is that of its total at each rate and
nature, exactly as ``freeco.accounting.facts.Part.vat`` computes it, so that paper, XML and
books have the same cents; the net is what is left. VAT computed the other way, from the net,
would be up to a cent away at some totals (nothing times 1.055 makes 0.10 €), which EN 16931
(BR-CO-17) allows for. The net of the lines shares the net of their rate, so that they add up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from freeco.accounting.facts import Nature, Part
from freeco.money import Money, total

RATES = (0, 210, 550, 1000, 2000)
"""Basis points: CGI art. 278 (20 %), 278-0 bis (5.5 %), 279 (10 %), 281 quater ff. (2.1 %)."""
Unit = Literal["piece", "kilogram", "gram", "litre", "hour", "kilometre", "month", "day"]
CENT = Decimal("0.01")
FINEST = Decimal("0.0001")
"""Quantities and unit prices have four decimals at most (BR-FR-DEC-02)."""


@dataclass(frozen=True)
class InvoiceLine:
    """What was sold: a quantity of something, and what it comes to."""

    label: str
    amount: Money
    """For the whole quantity, VAT included; below nought for what the same paper takes off."""
    quantity: Decimal = Decimal(1)
    unit: Unit = "piece"
    vat_basis_points: int = 0
    """5.5 % is 550; 0 under the franchise or outside VAT."""
    nature: Nature = "product"
    detail: str = ""
    """More words, under the label."""

    def __post_init__(self) -> None:
        if not self.amount or self.quantity <= 0:
            raise ValueError("a line has an amount, and a positive quantity")
        if self.quantity != self.quantity.quantize(FINEST):
            raise ValueError("a quantity has four decimals at most")
        if self.vat_basis_points not in RATES:
            raise ValueError(f"no such rate of VAT: {self.vat_basis_points}")
        if not self.label.strip():
            raise ValueError("a line says what was sold")


def line_of(
    label: str,
    unit_price: Money,
    quantity: Decimal | int = 1,
    *,
    unit: Unit = "piece",
    vat_basis_points: int = 0,
    nature: Nature = "product",
    detail: str = "",
) -> InvoiceLine:
    """Return a line at a price a unit, VAT included, rounded to the nearest cent."""
    many = Decimal(quantity)
    cents = int((many * unit_price.cents).quantize(Decimal(1), ROUND_HALF_UP))
    return InvoiceLine(label, Money(cents), many, unit, vat_basis_points, nature, detail)


@dataclass(frozen=True)
class AtRate:
    """What an invoice comes to at one rate of VAT."""

    vat_basis_points: int
    gross: Money
    vat: Money

    @property
    def net(self) -> Money:
        """Without VAT."""
        return self.gross - self.vat


def parts_of(lines: Iterable[InvoiceLine]) -> tuple[Part, ...]:
    """Return what the books are told: one part for each rate and nature, in order."""
    sums: dict[tuple[int, Nature], Money] = {}
    for each in lines:
        at = (each.vat_basis_points, each.nature)
        sums[at] = sums.get(at, Money(0)) + each.amount
    return tuple(Part(amount, rate, nature) for (rate, nature), amount in sorted(sums.items()))


def at_rates(lines: Iterable[InvoiceLine]) -> tuple[AtRate, ...]:
    """Return the totals at each rate, the lowest first."""
    parts = parts_of(lines)
    return tuple(
        AtRate(
            rate,
            total([each.amount for each in parts if each.vat_basis_points == rate]),
            total([each.vat for each in parts if each.vat_basis_points == rate]),
        )
        for rate in sorted({each.vat_basis_points for each in parts})
    )


def nets_of(lines: Sequence[InvoiceLine]) -> tuple[Money, ...]:
    """Return the net amount of each line; those of a rate add up to the net of that rate.

    Raises ValueError when what is taken off at a rate leaves nothing there to invoice.
    """
    found: dict[int, Money] = {}
    for at in at_rates(lines):
        if at.gross <= Money(0):
            raise ValueError("nothing is left to invoice at a rate")
        so_far, shared = 0, 0
        for index, each in enumerate(lines):
            if each.vat_basis_points == at.vat_basis_points:
                so_far += each.amount.cents
                whole = _nearest(at.net.cents * so_far, at.gross.cents)
                found[index], shared = Money(whole - shared), whole
    return tuple(found[index] for index in range(len(lines)))


def _nearest(cents: int, divisor: int) -> int:
    return (2 * cents + divisor) // (2 * divisor)


def unit_price(amount: Money, quantity: Decimal) -> Decimal | None:
    """Return the price of one, in euros, or None when four decimals cannot say it exactly enough.

    Exactly enough: times the quantity, it gives the amount back to the cent.
    """
    euros = Decimal(amount.cents) / 100
    price = (euros / quantity).quantize(FINEST, ROUND_HALF_UP)
    return price if (price * quantity).quantize(CENT, ROUND_HALF_UP) == euros else None
