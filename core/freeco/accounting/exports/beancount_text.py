"""A file for beancount, whose balances are asserted to the cent (``~ 0.00``).

Beancount is lenient unless told: the tolerance it infers is set to nothing, and two entries
that say the same are refused by its plugin.
"""

from collections.abc import Iterator
from datetime import timedelta

from freeco.accounting.exports.excerpt import (
    Excerpt,
    Written,
    decimal,
    nature,
    one_line,
    owner_of,
    plain,
)

ROOTS = {
    "actif": ("assets", "Actif"),
    "passif": ("liabilities", "Passif"),
    "capitaux": ("equity", "Capitaux"),
    "produits": ("income", "Produits"),
    "charges": ("expenses", "Charges"),
}


def beancount_lines(excerpt: Excerpt) -> Iterator[str]:
    """Yield the file, line by line."""
    names = {code: _path(code, label) for code, label in excerpt.accounts.items()}
    currency = excerpt.book.currency
    for line in excerpt.heading:
        yield f"; {line}\n"
    yield f'\noption "title" {_quoted(owner_of(excerpt.book))}\n'
    yield f'option "operating_currency" "{currency}"\n'
    yield f'option "inferred_tolerance_default" "{currency}:0"\n'
    for setting, root in ROOTS.values():
        yield f'option "name_{setting}" "{root}"\n'
    yield 'plugin "beancount.plugins.noduplicates"\n\n'
    yield f"{excerpt.first_day} commodity {currency}\n"
    for code, name in names.items():
        yield f"{excerpt.first_day} open {name} {currency}\n"
        yield f"  libelle: {_quoted(excerpt.accounts[code])}\n"
    if excerpt.opening:
        yield f'\n{excerpt.first_day} * "À-nouveaux" ^AN\n'
        for code, cents in excerpt.opening.items():
            yield f"  {names[code]}  {decimal(cents)} {currency}\n"
    for each in excerpt.by_day:
        yield from _entry(each, names)
    yield "\n"
    for code, cents in excerpt.after.items():
        day = excerpt.last_day + timedelta(days=1)
        yield f"{day} balance {names[code]}  {decimal(cents)} ~ 0.00 {currency}\n"


def _entry(entry: Written, names: dict[str, str]) -> Iterator[str]:
    yield f"\n{entry.day} * {_quoted(entry.label)} ^E{entry.number:07}\n"
    yield f'  numero: "{entry.number}"\n  journal: {_quoted(entry.journal)}\n'
    yield f"  cle: {_quoted(entry.key)}\n  piece: {_quoted(entry.piece)}\n"
    if entry.reverses is not None:
        yield f'  annule: "{entry.reverses}"\n'
    yield f'  empreinte: "{entry.hash}"\n'
    for line in entry.lines:
        yield f"  {names[line.account]}  {decimal(line.cents)} {line.currency}\n"
        if line.party:
            yield f"    tiers: {_quoted(line.party)}\n"


def _path(code: str, label: str) -> str:
    parts = [ROOTS[nature(code)][1], code, "-".join(plain(label).split())]
    words = parts[2].strip("-")
    parts[2] = words[:1].upper() + words[1:]
    return ":".join(part for part in parts if part)


def _quoted(words: str) -> str:
    escaped = one_line(words).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
