"""The tokens of the style sheet, read from it: what /design shows and what the tests measure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SHEET = Path(__file__).parent / "static" / "freeco.css"
DECLARATION = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
ROOT = re.compile(r":root\s*\{([^}]*)\}")
REFERENCE = re.compile(r"var\(--([a-z0-9-]+)\)")
HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
DARK = "@media (prefers-color-scheme: dark)"
CONTRAST = "@media (prefers-contrast: more)"
CONTRAST_BY_DAY = "@media (prefers-contrast: more) and (prefers-color-scheme: light)"
SETS: Mapping[str, tuple[str, ...]] = {
    "light": (),
    "dark": (DARK,),
    "light, more contrast": (CONTRAST, CONTRAST_BY_DAY),
    "dark, more contrast": (DARK, CONTRAST),
}
"""Each set of tokens, and the media queries that hold for it, in the order of the sheet."""
TEXT = 4.5
"""The least contrast of a text, WCAG 2.2 AA."""
SHAPE = 3.0
"""The least contrast of an edge that says where a control is."""
PAIRS: tuple[tuple[str, str, float], ...] = (
    *((ink, ground, TEXT) for ink in ("ink", "second", "blue") for ground in ("paper", "sheet")),
    *((ink, "tint", TEXT) for ink in ("ink", "second", "blue")),
    *(
        (band, ground, TEXT)
        for band in ("leek", "beetroot", "ochre", "brick", "teal")
        for ground in ("sheet", "tint")
    ),
    ("on-chalk", "chalk", TEXT),
    ("on-slate", "slate", TEXT),
    ("on-slate-second", "slate", TEXT),
    ("control", "sheet", SHAPE),
    ("control", "paper", SHAPE),
    ("chalk-edge", "sheet", SHAPE),
)
"""Which ink stands on which ground, and the contrast it needs there."""


@dataclass(frozen=True)
class Measure:
    """One ink on one ground."""

    ink: str
    ground: str
    needed: float
    contrast: float


def tokens(name: str = "light", sheet: Path = SHEET) -> dict[str, str]:
    """Return the tokens of a set: name without dashes, and value with its references followed."""
    text = sheet.read_text("utf-8")
    found = _declared(text[: text.index("@media")])
    for query in SETS[name]:
        start = text.index(f"{query} {{")
        found |= _declared(text[start : text.index("\n}\n", start)])
    return {token: _followed(value, found) for token, value in found.items()}


def _declared(text: str) -> dict[str, str]:
    return {
        name: value.strip()
        for block in ROOT.findall(text)
        for name, value in DECLARATION.findall(block)
    }


def _followed(value: str, found: Mapping[str, str]) -> str:
    return REFERENCE.sub(lambda name: _followed(found[name[1]], found), value)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours written ``#rrggbb``, as WCAG defines it: 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def measures(name: str) -> list[Measure]:
    """Return every pair of a set with its contrast."""
    found = tokens(name)
    return [
        Measure(ink, ground, needed, contrast(found[ink], found[ground]))
        for ink, ground, needed in PAIRS
    ]


def colours(name: str = "light") -> dict[str, str]:
    """Return the tokens of a set that are colours."""
    return {token: value for token, value in tokens(name).items() if HEX.fullmatch(value)}
