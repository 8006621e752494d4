"""Words as people paste and write them: what Word leaves behind, names from right to left."""

import re
import unicodedata

LINES = re.compile("\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
"""Word's own line break is a vertical tab; other programs have theirs."""
BULLET = re.compile(
    "^[ \\t]*(?:[\uf0b7\uf0a7\uf0d8\uf076\uf0fc\u2022\u25aa\u25ab\u25a0\u25a1\u25cb\u25cf"
    "\u2023\u2043\u2219\u27a2\u2756]|o(?=\\t))[ \\t\xa0]*",
    re.MULTILINE,
)
"""A list pasted from Word: a sign of a font that only Word has, or an “o”, then a tab."""
SPACES = re.compile("[\\t\u2000-\u2008\u200a\u205f\u3000]")
"""Spaces of printers; the no-break spaces of French (U+00A0, U+2009, U+202F) stay."""
UNSEEN = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # what drives a terminal
    "\xad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb"  # soft hyphens, spaces of no width
    "\u202a-\u202e\u2066-\u2069"  # what turns the rest of a page round
    "\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"  # signs that one font alone knows
)
JOINERS = re.compile("(?<![\u0600-\u1fff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]")
"""Persian, the scripts of India and pictures need their joiners; after a Latin letter they hide."""
MARKS = re.compile("[\u200e\u200f\u061c]")
FIRST, LAST = "\u2068", "\u2069"
FROM_RIGHT = frozenset({"R", "AL"})


def tidy(text: str) -> str:
    """Return what was meant: composed letters, plain line breaks, nothing that cannot be seen.

    Apostrophes, quotation marks and no-break spaces stay as they were typed. Marks of
    direction stay in a text of several lines and leave a single line, such as a name, which
    is isolated where it is shown.
    """
    text = LINES.sub("\n", text)
    text = SPACES.sub(" ", BULLET.sub("- ", text))
    text = JOINERS.sub("", UNSEEN.sub("", text))
    text = unicodedata.normalize("NFC", text)
    text = "\n".join(line.rstrip(" ") for line in text.strip().split("\n"))
    return text if "\n" in text else MARKS.sub("", text).strip()


def isolated(name: object) -> str:
    """Return a name to put in a sentence: one written from right to left stays in its place.

    Plain characters and no tag, so that it also holds in the title of a page.
    """
    text = str(name)
    if any(unicodedata.bidirectional(letter) in FROM_RIGHT for letter in text):
        return f"{FIRST}{text}{LAST}"
    return text
