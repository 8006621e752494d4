"""One journal that hledger and ledger both accept, in their strictest modes.

Every amount is written, with two decimals; accounts, commodity, payees and tags are declared
(the commodity in long form: the short one makes ``ledger --pedantic`` speak on every line).
Read it with a UTF-8 locale.
"""

from collections.abc import Iterator

from freeco.accounting.exports.excerpt import Excerpt, Written, decimal, nature, one_line, plain

TYPES = {"actif": "A", "passif": "L", "capitaux": "E", "produits": "R", "charges": "X"}
TAGS = ("numero", "journal", "cle", "piece", "annule", "empreinte", "tiers")
OPENING, CLOSING = "À-nouveaux", "Soldes de fin"


def journal_lines(excerpt: Excerpt) -> Iterator[str]:
    """Yield the journal, line by line."""
    names = {code: _path(code, label) for code, label in excerpt.accounts.items()}
    yield from _declarations(excerpt, names)
    currency = excerpt.book.currency
    if excerpt.opening:
        yield f"\n{excerpt.first_day} * (AN) {OPENING}\n"
        for code, cents in excerpt.opening.items():
            yield f"    {names[code]}  {decimal(cents)} {currency}\n"
    for each in excerpt.by_day:
        yield from _entry(each, names)
    if excerpt.after:
        yield f"\n{excerpt.last_day} * (SOLDES) {CLOSING}\n"
        for code, cents in excerpt.after.items():
            yield f"    {names[code]}  0.00 {currency} = {decimal(cents)} {currency}\n"


def _declarations(excerpt: Excerpt, names: dict[str, str]) -> Iterator[str]:
    for line in excerpt.heading:
        yield f"; {line}\n"
    currency = excerpt.book.currency
    yield f"\ncommodity {currency}\n    format 1000.00 {currency}\n\n"
    yield from (f"tag {tag}\n" for tag in TAGS)
    yield "\n"
    for name in names.values():
        yield f"account {name}\n    ; type: {TYPES[name.partition(':')[0]]}\n"
    yield "\n"
    payees = {OPENING, CLOSING, *(_payee(each.label) for each in excerpt.entries)}
    yield from (f"payee {payee}\n" for payee in sorted(payees))


def _entry(entry: Written, names: dict[str, str]) -> Iterator[str]:
    yield f"\n{entry.day} * (E{entry.number:07}) {_payee(entry.label)}\n"
    yield f"    ; numero: {entry.number}\n    ; journal: {entry.journal}\n"
    yield f"    ; cle: {_value(entry.key)}\n    ; piece: {_value(entry.piece)}\n"
    if entry.reverses is not None:
        yield f"    ; annule: {entry.reverses}\n"
    yield f"    ; empreinte: {entry.hash}\n"
    for line in entry.lines:
        yield f"    {names[line.account]}  {decimal(line.cents)} {line.currency}"
        yield f"  ; tiers: {line.party}\n" if line.party else "\n"


def _path(code: str, label: str) -> str:
    return f"{nature(code)}:{code}:{plain(label)}" if plain(label) else f"{nature(code)}:{code}"


def _payee(label: str) -> str:
    """Write a label without what would begin a note, or a comment."""
    return one_line(label.replace(";", ","))


def _value(reference: str) -> str:
    """Write a reference without the brackets that ledger reads a date in, nor a second tag."""
    return reference.translate(str.maketrans("[],", "();"))
