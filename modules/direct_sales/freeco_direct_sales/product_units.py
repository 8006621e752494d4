"""How one sold thing is called and what it weighs or holds, from what people write."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from freeco.cells import plain, tidy

PIECE = "piece"

_WORDS = {
    PIECE: "piece pieces pce pces pc pcs unite unites u each item items",
    "kg": "kg kgs kilo kilos kilogramme kilogrammes kilogram kilograms",
    "g": "g gr grs gramme grammes gram grams",
    "l": "l lt litre litres liter liters",
    "cl": "cl centilitre centilitres",
    "ml": "ml millilitre millilitres",
    "bunch": "botte bottes bunch bunches",
    "crate": "cagette cagettes crate crates",
    "box": "boite boites box boxes",
    "bag": "sachet sachets bag bags",
    "bottle": "bouteille bouteilles bottle bottles",
    "jar": "bocal bocaux jar jars",
    "basket": "panier paniers basket baskets",
    "dozen": "douzaine douzaines dozen",
    "hour": "heure heures hour hours h",
    "session": "seance seances session sessions",
    "person": "personne personnes person persons people",
}
_CONTAINERS = frozenset(
    (
        *("barquette", "bidon", "bouquet", "brique", "caisse", "carton", "filet", "lot"),
        *("paquet", "plateau", "pot", "sac", "tube"),
    )
)
"""Words kept as they are written: we have no other name for them."""
_GRAMS: Mapping[str, int | Decimal] = {
    "g": 1,
    "kg": 1000,
    "t": 1_000_000,
    "oz": Decimal("28.35"),
    "lb": Decimal("453.6"),
}
_MILLILITRES: Mapping[str, int | Decimal] = {
    "ml": 1,
    "cl": 10,
    "dl": 100,
    "l": 1000,
    "kl": 1_000_000,
}
_LARGEST = 2_147_483_647
"""What a column of whole numbers holds; more is kept as the words of the file."""
_MEASURED = re.compile(
    r"(?P<word>[^\W\d]+)?\s*(?:de\s+|d['’]|of\s+|[,:(]\s*)?"
    r"(?:(?P<count>[0-9]{1,4})\s*[x×*]\s*)?"
    r"(?P<amount>[0-9]{1,7}(?:[.,][0-9]{1,4})?)\s*(?P<measure>[^\W\d]+)\.?\s*\)?"
)


def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for unit, words in _WORDS.items():
        names[unit] = unit
        for word in words.split():
            names.setdefault(word, unit)
    return names


_UNITS = _names()


@dataclass(frozen=True)
class Measure:
    """One sold thing: its unit, its net weight in grams or volume in millilitres if known."""

    unit: str
    grams: int | None = None
    millilitres: int | None = None
    packaging: str = ""
    """The words of the file when the unit does not say it all: ``4x250 ml``."""


def unit_named(word: str) -> str:
    """Return our name of a unit, or the word itself when we have none."""
    words = plain(word).split()
    while len(words) > 1 and words[0] in {"le", "la", "l", "au", "a", "par", "per"}:
        words = words[1:]
    return _UNITS.get(" ".join(words), tidy(word))


def read_unit(text: str) -> Measure:
    """Read ``kg``, ``botte``, ``500 g``, ``4x250ml``, ``bocal de 370 ml``, ``6 œufs``.

    What is not understood is kept whole as the packaging of a piece; nothing is refused.
    """
    text = tidy(text)
    if not any(character.isdigit() for character in text):
        unit = unit_named(text) or PIECE
        return Measure(unit, _one(_GRAMS, unit), _one(_MILLILITRES, unit))
    found = _MEASURED.fullmatch(text)
    word = found["word"] if found else None
    if found is None or (word and unit_named(word) not in {*_WORDS, *_CONTAINERS}):
        return Measure(PIECE, packaging=text)
    amount = Decimal(found["amount"].replace(",", ".")) * int(found["count"] or 1)
    return measured(amount, found["measure"], unit_named(word) if word else "", text)


def measured(amount: Decimal, measure: str, unit: str, words: str) -> Measure:
    """Return an amount of a measure (``500``, ``g``) sold under a unit, or under its own."""
    kind = _UNITS.get(plain(measure), plain(measure))
    grams, millilitres = _of(_GRAMS, kind, amount), _of(_MILLILITRES, kind, amount)
    if amount == 1 and not unit and kind in {*_WORDS, *_CONTAINERS}:
        return Measure(kind, grams, millilitres)
    return Measure(unit or PIECE, grams, millilitres, words)


def _one(scale: Mapping[str, int | Decimal], unit: str) -> int | None:
    return _of(scale, unit, Decimal(1)) if unit in _WORDS else None


def _of(scale: Mapping[str, int | Decimal], measure: str, amount: Decimal) -> int | None:
    if measure not in scale:
        return None
    size = (amount * scale[measure]).quantize(Decimal(1), ROUND_HALF_UP)
    return int(size) or None if size <= _LARGEST else None
