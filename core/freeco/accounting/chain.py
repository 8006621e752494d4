"""The hash that chains an entry to the one before it.

SHA-256 over canonical JSON (UTF-8, no spaces, keys sorted) of what the entry says. Anybody can
compute it again from an export: days as YYYY-MM-DD, the instant of sealing in ISO 8601 UTC,
amounts in cents, accounts and journals by their codes.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime

BEGINNING = "0" * 64
"""What the first entry of a book follows."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A line as it is sealed: account's code, party, cents (a debit is positive), currency."""

    account: str
    party: str
    cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What an entry says, apart from its place in the book."""

    journal: str
    day: date
    label: str
    piece: str
    piece_day: date
    reverses: int | None
    lines: tuple[Sealed, ...]


def seal(
    previous: str, fact: Fact, *, book: int, number: int, key: str, sealed_at: datetime
) -> str:
    """Return the hash of an entry, in 64 hexadecimal digits."""
    content = {
        "previous": previous,
        "book": book,
        "number": number,
        "journal": fact.journal,
        "day": fact.day.isoformat(),
        "label": fact.label,
        "piece": fact.piece,
        "piece_day": fact.piece_day.isoformat(),
        "key": key,
        "reverses": fact.reverses,
        "sealed_at": sealed_at.isoformat(),
        "lines": [[each.account, each.party, each.cents, each.currency] for each in fact.lines],
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
