"""How one sold thing is called and what it weighs or holds, from what people write."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from freeco.cells import plain, tidy

PIECE = "piece"

_WORDS = {
    PIECE: "piece pieces pce pces pc pcs unite unites u l unite la piece a la piece each item items",
    "kg": "kg kgs kilo kilos kilogramme kilogrammes le kilo le kg au kilo au kg par kg",
    "g": "g gr grs gramme grammes",
    "l": "l lt litre litres liter liters le litre au litre",
    "ml": "ml millilitre millilitres",
    "bunch": "botte bottes bunch bunches la botte",
    "crate": "caisse caisses cagette cagettes crate crates",
    "box": "carton cartons boite boites box boxes",
    "bag": "sachet sachets sac sacs bag bags",
    "bottle": "bouteille bouteilles bottle bottles",
    "jar": "pot pots bocal bocaux jar jars",
    "punnet": "barquette barquettes punnet punnets",
    "tray": "plateau plateaux tray trays",
    "dozen": "douzaine douzaines dozen",
}
_GRAMS = {"g": 1, "kg": 1000, "t": 1_000_000, "oz": Decimal("28.35"), "lb": Decimal("453.6")}
_MILLILITRES = {"ml": 1, "cl": 10, "dl": 100, "l": 1000, "kl": 1_000_000}
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
    words = [part for part in plain(word).split() if part not in {"le", "la", "au", "a", "par"}]
    if len(words) > 1 and words[0] in {"l", "the", "per"}:
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
    if found is None or (word and unit_named(word) not in _WORDS):
        return Measure(PIECE, packaging=text)
    amount = Decimal(found["amount"].replace(",", ".")) * int(found["count"] or 1)
    return measured(amount, found["measure"], unit_named(word) if word else "", text)


def measured(amount: Decimal, measure: str, unit: str, words: str) -> Measure:
    """Return an amount of a measure (``500``, ``g``) sold under a unit, or under its own."""
    kind = unit_named(measure).lower()
    grams, millilitres = _of(_GRAMS, kind, amount), _of(_MILLILITRES, kind, amount)
    if amount == 1 and not unit and (kind not in {*_GRAMS, *_MILLILITRES} or kind in _WORDS):
        return Measure(unit_named(measure), grams, millilitres)
    return Measure(unit or PIECE, grams, millilitres, words)


def _one(scale: dict[str, int | Decimal] | dict[str, int], unit: str) -> int | None:
    return _of(scale, unit, Decimal(1)) if unit in _WORDS else None


def _of(
    scale: dict[str, int | Decimal] | dict[str, int], measure: str, amount: Decimal
) -> int | None:
    if measure not in scale:
        return None
    size = (amount * scale[measure]).quantize(Decimal(1), ROUND_HALF_UP)
    return int(size) or None
