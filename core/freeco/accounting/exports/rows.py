"""A table of every line with all that its entry's hash was made of: the chain in a CSV.

``docs/books.md`` says what each column is, and ``docs/recompute_chain.py`` computes the hashes
again from the file alone. Separator ``;``, UTF-8 with its mark, as a French office opens it.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from freeco.accounting.exports.excerpt import Excerpt, Written, decimal

COLUMNS = (
    "livre",
    "numero",
    "journal",
    "jour",
    "libelle",
    "piece",
    "jour_piece",
    "cle",
    "annule",
    "scelle_le",
    "precedente",
    "empreinte",
    "ligne",
    "compte",
    "compte_libelle",
    "tiers",
    "centimes",
    "monnaie",
    "debit",
    "credit",
)
FORMULAS = ("=", "+", "-", "@", "'", "\t")


def csv_rows(excerpt: Excerpt) -> Iterator[str]:
    """Yield the table, entry by entry, in the order of their numbers."""
    yield "\ufeff" + _table([COLUMNS])
    for each in excerpt.entries:
        yield _table(_rows(excerpt, each))


def _rows(excerpt: Excerpt, entry: Written) -> Iterator[tuple[object, ...]]:
    for place, line in enumerate(entry.lines, start=1):
        yield (
            excerpt.book.id,
            entry.number,
            entry.journal,
            entry.day.isoformat(),
            shielded(entry.label),
            shielded(entry.piece),
            entry.piece_day.isoformat(),
            shielded(entry.key),
            "" if entry.reverses is None else entry.reverses,
            entry.sealed_at.isoformat(),
            entry.previous,
            entry.hash,
            place,
            line.account,
            shielded(excerpt.labels[line.account]),
            line.party,
            line.cents,
            line.currency,
            decimal(max(line.cents, 0), ","),
            decimal(max(-line.cents, 0), ","),
        )


def shielded(words: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula.

    One is put before an apostrophe, too: taking the first one away gives the words back.
    """
    return f"'{words}" if words.startswith(FORMULAS) else words


def _table(rows: Iterable[tuple[object, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue()
