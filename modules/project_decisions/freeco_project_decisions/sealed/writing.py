"""JSON as the specification writes it: compact, keys in its order, big numbers as text."""

import json
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, cast

from gmpy2 import mpz

from freeco.i18n import _
from freeco_project_decisions.sealed.errors import Malformed

JsonObject = Mapping[str, Any]
"""What a JSON object holds: read field by field, never trusted."""


def compact(content: object) -> str:
    """Write JSON on one line without a space; letters as they are."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def read(text: str) -> Any:
    """Read JSON that is written as ``compact`` writes it.

    Raises ``Unsound`` for anything else: a hash would be of another text.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise Malformed(_("ce n’est pas du JSON : %(text)s", text=text[:60])) from broken
    if compact(content) != text:
        raise Malformed(
            _("ce JSON n’est pas écrit sous sa forme canonique : %(text)s", text=text[:60])
        )
    return content


def fields(content: object, *names: str) -> list[Any]:
    """Return the values of an object that has these fields, in this order, and no other.

    Raises ``Unsound`` otherwise.
    """
    if not isinstance(content, dict) or tuple(content) != names:
        raise Malformed(_("les champs %(names)s étaient attendus", names=", ".join(names)))
    return list(cast("dict[str, Any]", content).values())


def number(content: object) -> mpz:
    """Read a big number, written in decimal as text.

    Raises ``Unsound`` for anything else, a zero in front included.
    """
    if not isinstance(content, str) or not content.isascii() or not content.isdigit():
        raise Malformed(_("%(content)s n’est pas un nombre", content=repr(content)[:60]))
    if len(content) > 700 or (content[0] == "0" and content != "0"):
        raise Malformed(
            _("%(content)s n’est pas écrit comme un nombre", content=repr(content[:60]))
        )
    return mpz(content)


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal: the name of a file of the archive."""
    return sha256(text.encode()).hexdigest()


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a text in base 64 without padding: of an election, or of a ballot."""
    return b64encode(sha256(text.encode()).digest()).decode().rstrip("=")


def fingerprint_of(sha256: str) -> str:
    """Write a digest in hexadecimal as a fingerprint in base 64."""
    return b64encode(bytes.fromhex(sha256)).decode().rstrip("=")


def digest_of(tracker: str) -> str:
    """Write a fingerprint as a digest in hexadecimal; nothing when it cannot be one."""
    plain = "".join(tracker.split()).rstrip("=")
    try:
        raw = b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        return ""
    return raw.hex() if len(raw) == sha256().digest_size else ""


def plain(text: str) -> str:
    """Return text from a file as it may stand on a terminal, on one line.

    What moves the cursor, ends a line, or turns or hides what follows is written as its number:
    the words of a stranger say nothing in our name.
    """
    return "".join(
        each
        if each.isprintable() or unicodedata.category(each) == "Zs"
        else each.encode("unicode_escape").decode()
        for each in text
    )
