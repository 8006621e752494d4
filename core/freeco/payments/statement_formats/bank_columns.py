"""Which column of a bank's table says what: by the words of its heading, else by its cells."""

import re
from collections.abc import Callable, Mapping, Sequence

from freeco.cells import BadCell, plain
from freeco.columns import Column
from freeco.i18n import _
from freeco.payments.statement_formats import bank_cells
from freeco.spreadsheets import Row, Table

COLUMNS = (
    Column("day", _("Date"), required=True),
    Column("label", _("Libellé"), required=True),
    Column("more", _("Suite du libellé")),
    Column("name", _("Nom de l’autre compte")),
    Column("amount", _("Montant, avec son signe")),
    Column("debit", _("Débit")),
    Column("credit", _("Crédit")),
    Column("balance", _("Solde")),
    Column("currency", _("Devise")),
    Column("account", _("IBAN de notre compte")),
)
"""What is looked for; a table has an amount, or a debit and a credit."""

_DAY = ("date", "jour", "buchungstag", "buchungsdatum", "datum", "booking")
_VALUE_DAY = ("valeur", "valuta", "valutadatum", "value")
_WORDS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("account", ("iban auftragskonto", "iban du compte"), ()),
    ("currency", ("devise", "monnaie", "waehrung", "wahrung", "currency"), ()),
    ("balance", ("solde", "saldo", "balance"), ()),
    ("debit", ("debit", "soll"), ("indicateur", "sens")),
    ("credit", ("credit", "haben"), ("indicateur", "sens")),
    ("amount", ("montant", "betrag", "amount", "umsatz"), ("francs", "gekennzeichneter")),
    ("name", ("name zahlungsbeteiligter", "nom tiers", "tiers", "contrepartie", "emetteur"), ()),
    (
        "label",
        ("libelle operation", "libelle", "verwendungszweck", "description", "intitule", "nature"),
        ("simplifie",),
    ),
    ("more", ("detail", "informations complementaires", "reference", "commentaire", "motif"), ()),
)
"""A column, the words that name it (the best first), and those that rule it out."""
_HEADER_WITHIN = 30


def recognise(headings: Sequence[str]) -> dict[str, int]:
    """Return the place of each column that the headings name, from 0; a heading serves once."""
    found: dict[str, int] = {}
    bare = [plain(heading) for heading in headings]

    def take(name: str, words: tuple[str, ...], never: tuple[str, ...]) -> None:
        for word in words:
            wanted = re.compile(rf"\b{word}\b" if " " in word else rf"\b{word}s?\b")
            for place, heading in enumerate(bare):
                free = place not in found.values() and not any(no in heading for no in never)
                if free and wanted.search(heading):
                    found[name] = place
                    return

    take("day", _DAY, _VALUE_DAY)
    if "day" not in found:
        take("day", (*_DAY, *_VALUE_DAY), ())
    for name, words, never in _WORDS:
        take(name, words, never)
    if {"debit", "credit"} <= found.keys():
        found.pop("amount", None)
    return found


def is_whole(mapping: Mapping[str, int]) -> bool:
    """Whether lines can be read through these columns."""
    return {"day", "label"} <= mapping.keys() and (
        "amount" in mapping or {"debit", "credit"} <= mapping.keys()
    )


def with_its_header(table: Table) -> tuple[Table, dict[str, int]]:
    """Return the table under the header that the bank wrote, past its own titles, and its columns.

    Some banks write none: the columns are then known by what their cells hold.
    """
    best: tuple[int, int, dict[str, int]] | None = None
    heads = [Row(table.header_line, table.header), *table.rows[:_HEADER_WITHIN]]
    for place, row in enumerate(heads):
        mapping = recognise(row.cells)
        if _holds_a_movement(row.cells) or not {"day"} < mapping.keys():
            continue
        if is_whole(mapping) and (best is None or len(mapping) > best[1]):
            best = (place, len(mapping), mapping)
    if best is not None:
        place, _count, mapping = best
        head = heads[place]
        rows = table.rows[place:]
        return Table(head.cells, rows, head.number, table.sheet, table.other_sheets), mapping
    if _holds_a_movement(table.header):
        rows = (Row(table.header_line, table.header), *table.rows)
        bare = Table(("",) * len(table.header), rows, 0, table.sheet, table.other_sheets)
        return bare, _by_cells(rows, len(table.header))
    return table, recognise(table.header)


def _reads(read: Callable[[str], object], cell: str) -> bool:
    try:
        read(cell)
    except BadCell:
        return False
    return True


def _holds_a_movement(cells: Sequence[str]) -> bool:
    return any(_reads(bank_cells.day, cell) for cell in cells) and any(map(_is_amount, cells))


def _is_amount(cell: str) -> bool:
    """Whether a cell is surely an amount: with cents, as every bank writes them."""
    return bool(re.search(r"[.,][0-9]{2}\D*$", cell)) and _reads(bank_cells.amount, cell)


def _by_cells(rows: Sequence[Row], width: int) -> dict[str, int]:
    """Return the columns that their cells leave no doubt about."""
    columns = [[row.cells[place] for row in rows if row.cells[place]] for place in range(width)]

    def all_of(wanted: Callable[[str], bool]) -> list[int]:
        return [at for at, cells in enumerate(columns) if cells and all(map(wanted, cells))]

    found: dict[str, int] = {}
    days = all_of(lambda cell: " " not in cell and _reads(bank_cells.day, cell))
    amounts = all_of(_is_amount)
    currencies = all_of(lambda cell: re.fullmatch("[A-Z]{3}", cell) is not None)
    if days:
        found["day"] = days[0]
    if len(amounts) == 1:
        found["amount"] = amounts[0]
    if len(currencies) == 1:
        found["currency"] = currencies[0]
    others = [at for at in range(width) if at not in {*days, *amounts, *currencies}]
    if others:
        found["label"] = max(others, key=lambda at: sum(map(len, columns[at])))
    return found
