"""What a text message weighs: characters, alphabet and parts (3GPP TS 23.038 and 23.040).

In the alphabet of telephones (GSM 03.38) a message holds 160 characters, or 153 in each part
of a longer one; a few characters, the euro among them, count twice. One letter outside it, such
as ê, and everything is written in UCS-2: 70 characters, or 67 in each part.
"""

from dataclasses import dataclass

ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = frozenset("\f^{}\\[~]|€")
ONE_PART, MANY_PARTS = 160, 153
ONE_PART_UCS2, MANY_PARTS_UCS2 = 70, 67
SAME_TO_THE_READER = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "…": "...",
        "–": "-",
        "—": "-",
        "\u00a0": " ",
        "\u202f": " ",
        "œ": "oe",
        "Œ": "OE",
        "•": "-",
    }
)
WITHOUT_ACCENT = str.maketrans(
    "âêîôûëïÿçÀÂÈÊËÎÏÔÙÛŸáíóúÁÍÓÚ",
    "aeioueiycAAEEEIIOUUYaiouAIOU",
)


@dataclass(frozen=True)
class Weight:
    """What a text message weighs."""

    units: int
    """Places taken in its alphabet: more than its characters when some count twice."""
    parts: int
    left: int
    """Places free in the last part."""
    ucs2: bool
    heavy: tuple[str, ...] = ()
    """The characters, once each, that ask for UCS-2."""


def weigh(text: str) -> Weight:
    """Count the parts in which a text leaves."""
    heavy = tuple(dict.fromkeys(each for each in text if each not in ALPHABET | TWICE))
    if heavy:
        sizes = [2 if ord(each) > 0xFFFF else 1 for each in text]
        one, many = ONE_PART_UCS2, MANY_PARTS_UCS2
    else:
        sizes = [2 if each in TWICE else 1 for each in text]
        one, many = ONE_PART, MANY_PARTS
    units = sum(sizes)
    if units <= one:
        return Weight(units, 1 if text else 0, one - units, bool(heavy), heavy)
    parts, used = 1, 0
    for size in sizes:
        # A character is never cut in two: neither an escape sequence nor a surrogate pair.
        if used + size > many:
            parts, used = parts + 1, 0
        used += size
    return Weight(units, parts, many - used, bool(heavy), heavy)


def plain(text: str) -> str:
    """Write quotation marks, dashes and spaces as telephones have them: nobody sees it."""
    spaced = text.replace("« ", "«").replace(" »", "»").replace("«\u00a0", "«")
    return spaced.replace("\u00a0»", "»").replace("\u202f»", "»").translate(SAME_TO_THE_READER)


def bare(text: str) -> str:
    """Leave out the accents that telephones' own alphabet lacks; é, è, à and ù stay."""
    return plain(text).translate(WITHOUT_ACCENT)
