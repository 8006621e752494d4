"""Prices, rates and stocks as product lists write them."""

import re
from decimal import Decimal

from freeco import cells
from freeco.accounting.exports.rows import FORMULAS
from freeco.cells import BadCell, tidy
from freeco.i18n import said

_RATE = re.compile(r"([0-9]{1,2}(?:[.,][0-9]{1,2})?)\s*%")
_PRICE_PER_UNIT = re.compile(
    r"(?P<price>.*?[0-9€])\s*(?:/|\ble\b|\bla\b|\bpar\b)\s*(?P<unit>[^\W\d].*)"
)


def unshielded(text: str) -> str:
    """Take away the apostrophe that a list put before what could begin a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULAS) else text


def vat(text: str) -> int:
    """Return a VAT rate in basis points: ``5,5 %``, ``5.5``, ``TVA 5,5%``, and 0,055.

    A spreadsheet that shows 5,5 % hands over 0.055, and no rate is below half a per cent.
    Raises BadCell.
    """
    if named := _RATE.search(tidy(text)):
        return cells.percent_basis_points(f"{named[1]} %")
    if is_fraction(text):
        return cells.percent_basis_points(f"{cells.decimal(text, grouped=False) * 100:f} %")
    return cells.percent_basis_points(text)


def is_fraction(text: str) -> bool:
    """Whether a rate was kept by the spreadsheet as a part of one: 0,055."""
    try:
        return 0 < cells.decimal(text, grouped=False) < Decimal("0.5")
    except BadCell:
        return False


def with_vat(net: Decimal, vat_basis_points: int) -> int:
    """Return in cents what the member pays for a net price in euros, half a cent upwards.

    Raises BadCell above 100 000 €.
    """
    return cells.rounded_cents(net * (10_000 + vat_basis_points) / 10_000)


def net(text: str) -> Decimal:
    """Read a net price in euros; three decimals are usual there. Raises BadCell."""
    return cells.euros(text, grouped=False)


def price_and_unit(text: str) -> tuple[str, str]:
    """Cut ``3,50 €/kg`` into its price and its unit; the unit is empty when there is none."""
    found = _PRICE_PER_UNIT.fullmatch(tidy(text))
    return (found["price"], tidy(found["unit"])) if found else (text, "")


def units(text: str) -> Decimal:
    """Read how much one sold thing holds, above zero. Raises BadCell."""
    amount = cells.decimal(text, grouped=False)
    if not amount:
        raise BadCell(said("La quantité ne peut pas être nulle."))
    return amount


def is_yes(text: str) -> bool:
    """Whether the cell says yes, and clearly."""
    try:
        return cells.yes_no(text)
    except BadCell:
        return False
