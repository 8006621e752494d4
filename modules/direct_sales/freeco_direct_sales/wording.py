"""How direct sales write quantities, units and states for people."""

import re

from freeco.i18n import _, counted, said
from freeco.module import Text
from freeco_direct_sales.models import (
    ContractKind,
    ContractProduct,
    ContractState,
    Product,
    SignatureWay,
)

MEASURE = re.compile(r"\d\s*(?:kg|g|l|cl|ml)\b", re.IGNORECASE)
"""As people end the name of a product: « Miel de causse 500 g »."""

UNITS: dict[str, Text] = {
    "piece": _("pièce"),
    "kg": _("kg"),
    "g": _("g"),
    "l": _("litre"),
    "cl": _("cl"),
    "ml": _("ml"),
    "bunch": _("botte"),
    "crate": _("cagette"),
    "box": _("boîte"),
    "bag": _("sachet"),
    "jar": _("bocal"),
    "bottle": _("bouteille"),
    "dozen": _("douzaine"),
    "basket": _("panier"),
    "hour": _("heure"),
    "session": _("séance"),
    "person": _("personne"),
}
KINDS: dict[str, Text] = {
    ContractKind.FIXED: _("Même panier à chaque livraison"),
    ContractKind.FREE: _("Quantités libres à chaque date"),
}
STATES: dict[str, Text] = {
    ContractState.DRAFT: _("brouillon"),
    ContractState.OPEN: _("souscriptions ouvertes"),
    ContractState.CLOSED: _("souscriptions closes"),
}
WAYS: dict[str, Text] = {
    SignatureWay.ONLINE: _("en ligne, depuis son compte"),
    SignatureWay.PAPER: _("sur papier"),
}


def unit(name: str) -> str:
    """Name a unit; one that came from an import is shown as it was written."""
    return str(UNITS.get(name, name))


def weight(grams: int) -> str:
    """Write a weight: 850 g, 21,2 kg."""
    if grams < 1000:
        return f"{grams}\u00a0g"
    tenths = (grams + 50) // 100
    text = f"{tenths // 10},{tenths % 10}" if tenths % 10 else str(tenths // 10)
    return f"{text}\u00a0kg"


def weight_to_say(product: Product | ContractProduct) -> bool:
    """Whether the weight of one unit is known, and said neither by its unit nor by its name."""
    if not product.grams or product.unit in {"kg", "g"}:
        return False
    return MEASURE.search(product.name) is None


def unbroken(name: str) -> str:
    """Keep the measure of a name on one line: « 1 kg »."""
    return MEASURE.sub(lambda found: found[0].replace(" ", "\u00a0"), name)


def quantity(many: int, unit_name: str) -> str:
    """Write a quantity with its unit: 53 bottes, 12 kg."""
    return f"{many}\u00a0{plural(unit(unit_name), many)}"


def plural(word: str, many: int) -> str:
    """Put a French unit in the plural; abbreviations have none."""
    if abs(many) < 2 or len(word) <= 2 or word[-1] in "sxz":
        return word
    if word.endswith("al"):
        return word[:-2] + "aux"
    return word + ("x" if word.endswith("eau") else "s")


def places(left: int | None) -> str:
    """Say how many places are left."""
    if left is None:
        return said("Sans limite de places")
    if left == 0:
        return said("Complet")
    return counted("%(num)s place libre", "%(num)s places libres", left)
