"""Cells as banks write them: signed amounts, days, whether a currency is the euro."""

import re
from datetime import date
from decimal import Decimal

from freeco import cells
from freeco.cells import BadCell
from freeco.clock import today
from freeco.i18n import said
from freeco.money import Money

MOST_CENTS = 10**10
"""A hundred million euros on one line is a file read wrongly."""
OLDEST_YEARS = 11
"""Banks keep ten years of statements (Code de commerce, art. L123-22)."""

_SIGNED = re.compile(r"([-−–+]?)\s*([^-−–+()]+?)\s*([-−–+]?)|\(([^()]+)\)")
_SHORT_DAY = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{2}|[0-9]{4})")
_BARE_DAY = re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})")


def amount(text: str) -> Money:
    """Read ``-1 234,56``, ``+12.50 €``, ``100,00-`` or ``(3,00)``. Raises BadCell."""
    shown = cells.tidy(text)
    found = _SIGNED.fullmatch(shown)
    if found is None:
        raise BadCell(said("« %(text)s » n’est pas un montant.", text=shown))
    before, bare, after, bracketed = found.groups()
    if before and after:
        raise BadCell(said("« %(text)s » n’est pas un montant.", text=shown))
    cents = cells.euros(bracketed or bare) * 100
    if cents != cents.to_integral_value():
        raise BadCell(said("« %(text)s » : un montant a deux décimales au plus.", text=shown))
    if cents > MOST_CENTS:
        raise BadCell(said("« %(text)s » : c’est trop pour une ligne de relevé.", text=shown))
    negative = bool(bracketed) or (before or after) in {"-", "−", "–"}
    return Money(int(-cents if negative else cents))


def exact_amount(text: str) -> Money:
    """Read an amount as ISO 20022 writes it: ``1234.5``, digits and a point. Raises BadCell."""
    if not re.fullmatch(r"[0-9]{1,13}(\.[0-9]{1,5})?", text):
        raise BadCell(said("« %(text)s » n’est pas un montant.", text=text[:40]))
    cents = Decimal(text) * 100
    if cents != cents.to_integral_value():
        raise BadCell(said("« %(text)s » : un montant a deux décimales au plus.", text=text))
    if cents > MOST_CENTS:
        raise BadCell(said("« %(text)s » : c’est trop pour une ligne de relevé.", text=text))
    return Money(int(cents))


def day(text: str) -> date:
    """Read a day as banks write it: also ``31/12/26``, ``31-12-2026``, ``20261231``.

    Raises BadCell when it is none, is to come, or is older than a bank keeps.
    """
    shown = cells.tidy(text).split(" ")[0]
    if short := _SHORT_DAY.fullmatch(shown):
        year = short[4] if len(short[4]) == 4 else f"20{short[4]}"
        shown = f"{short[1]}/{short[3]}/{year}"
    elif bare := _BARE_DAY.fullmatch(shown):
        shown = "-".join(bare.groups())
    return within_reach(cells.date(shown), shown)


def within_reach(found: date, shown: str) -> date:
    """Return a day that a statement may bear. Raises BadCell."""
    if found > today():
        raise BadCell(said("« %(text)s » est un jour à venir.", text=shown))
    if found.year < today().year - OLDEST_YEARS:
        raise BadCell(said("« %(text)s » est trop ancien pour un relevé.", text=shown))
    return found


def euro(text: str) -> str:
    """Return EUR. Raises BadCell for any other currency."""
    if cells.tidy(text).upper() not in {"EUR", "€", "EURO", "EUROS"}:
        raise BadCell(said("La devise « %(text)s » n’est pas l’euro.", text=cells.tidy(text)[:10]))
    return "EUR"
