"""A producer's products as Open Food Network imports them: its own columns, commas and points."""

import csv
import io
import re
from collections.abc import Iterable

from freeco.accounting.exports.rows import shielded
from freeco.i18n import spoken
from freeco_direct_sales import wording
from freeco_direct_sales.models import Product

COLUMNS = (
    "producer",
    "sku",
    "name",
    "display_name",
    "category",
    "description",
    "units",
    "unit_type",
    "variant_unit_name",
    "price",
    "on_hand",
    "available_on",
    "on_demand",
    "shipping_category",
    "tax_category",
)
MEASURED = re.compile(r"([0-9]+(?:[.,][0-9]+)?) (g|kg|t|ml|l|kl|oz|lb)", re.IGNORECASE)
COUNTED = re.compile(r"([0-9]+(?:[.,][0-9]+)?) (\S.*)")


def write(products: Iterable[Product], *, every: bool = False) -> bytes:
    """Write the goods on sale; shipping categories are the other platform's to name.

    Services are left out: the format has none. ``every`` writes those that are not on sale, too.
    """
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    with spoken("fr"):
        rows.writerows(
            _row(each) for each in products if not each.is_service and (every or each.available)
        )
    return text.getvalue().encode()


def _row(each: Product) -> tuple[str, ...]:
    units, unit_type, words = _units(each)
    return (
        shielded(each.producer.name),
        shielded(each.reference),
        shielded(each.name),
        "",
        shielded(each.category),
        shielded(each.description),
        units,
        unit_type,
        shielded(words),
        _decimal(each.price.cents),
        "" if each.stock is None else str(each.stock),
        "",
        "1" if each.stock is None else "0",
        "",
        f"TVA {_decimal(each.vat_basis_points)} %",
    )


def _units(each: Product) -> tuple[str, str, str]:
    """Return how many of what one sold thing is, and its own word when it is no measure."""
    if each.unit in {"kg", "g", "l", "ml"}:
        return "1", each.unit, ""
    if each.unit != "piece":
        return "1", "", wording.unit(each.unit)
    if written := MEASURED.fullmatch(each.packaging):
        return written[1].replace(",", "."), written[2].lower(), ""
    if written := COUNTED.fullmatch(each.packaging):
        return written[1].replace(",", "."), "", written[2]
    if each.grams:
        return str(each.grams), "g", ""
    if each.millilitres:
        return str(each.millilitres), "ml", ""
    return "1", "", each.packaging or wording.unit("piece")


def _decimal(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"
