"""A bank's table, read line by line; what is doubtful is said with its line."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from stdnum import iban

from freeco.columns import Line, Notice, Problem, lines_of
from freeco.i18n import _, said
from freeco.money import Money
from freeco.payments.statement_formats import bank_cells
from freeco.payments.statement_formats.bank_columns import COLUMNS, is_whole, with_its_header
from freeco.payments.statement_formats.reading import Reading, ReadLine
from freeco.spreadsheets import Table

KIND = "table"
NOT_RECOGNISED = _(
    "Les colonnes de ce relevé ne sont pas reconnues : dites ci-dessous laquelle porte la date, "
    "le libellé et le montant."
)
_LONGEST_LABEL = 1000
_ZERO = Money(0)


def read(table: Table, mapping: Mapping[str, int] | None = None) -> Reading:
    """Read a bank's table; the columns are recognised unless a person says which is which."""
    table, recognised = with_its_header(table)
    width = len(table.header)
    said_so = {name: place for name, place in (mapping or {}).items() if place < width}
    mapping = recognised if mapping is None else said_so
    headings = _headings(table)
    if not is_whole(mapping):
        problem = Problem(max(table.header_line, 1), said("Colonnes"), str(NOT_RECOGNISED))
        return Reading(KIND, (), (problem,), headings=headings, mapping=mapping)
    reader = _Reader(table, mapping)
    if not table.rows:
        reader.problems.append(
            Problem(table.header_line, said("Relevé"), said("Ce relevé ne contient aucune ligne."))
        )
    return Reading(
        KIND,
        reader.lines,
        reader.problems,
        reader.notices(),
        account=reader.account,
        headings=headings,
        mapping=mapping,
    )


def _headings(table: Table) -> Sequence[str]:
    """Return the headings; where the bank wrote none, the first line's cells tell columns apart."""
    if any(table.header) or not table.rows:
        return table.header
    return [cell[:40] for cell in table.rows[0].cells]


class _Reader:
    """Reads the lines in turn, and the balances they should lead to."""

    def __init__(self, table: Table, mapping: Mapping[str, int]) -> None:
        self.lines: list[ReadLine] = []
        self.problems: list[Problem] = []
        self.balances: list[tuple[ReadLine, Money]] = []
        self.zeros: list[int] = []
        self.account = ""
        self.names = {each.name: str(each.label) for each in COLUMNS}
        titled = any(table.header)
        bare = [Line(row, table.header, mapping) for row in table.rows]
        for line in lines_of(table, mapping) if titled else bare:
            self._take(line)

    def _take(self, line: Line) -> None:
        filled = [cell for cell in line.row.cells if cell]
        if len(filled) == 1 and not line.text("day"):
            return  # a title or a foot of the bank's, between the lines
        line.needed("day", said("La date du mouvement manque."))
        day = line.value("day", bank_cells.day, None)
        amount = self._amount(line)
        line.value("currency", bank_cells.euro, "EUR")
        label = " ".join(filter(None, (line.text(name) for name in ("label", "more", "name"))))
        self._see_account(line)
        if line.problems or day is None or amount is None:
            self.problems += [
                Problem(each.line, each.column or self.names["amount"], each.reason)
                for each in line.problems
            ]
            return
        if not amount:
            self.zeros.append(line.row.number)
            return
        label = " ".join(label.split())[:_LONGEST_LABEL]
        read_line = ReadLine(line.row.number, day, amount, label)
        self.lines.append(read_line)
        balance = line.value("balance", bank_cells.amount, None)
        if balance is not None:
            self.balances.append((read_line, balance))

    def _amount(self, line: Line) -> Money | None:
        if "amount" in line.mapping and not {"debit", "credit"} <= line.mapping.keys():
            line.needed("amount", said("Il manque un montant."))
            return line.value("amount", bank_cells.amount, None)
        debit = line.value("debit", bank_cells.amount, _ZERO)
        credit = line.value("credit", bank_cells.amount, _ZERO)
        if debit and credit:
            line.refuse("credit", said("Un débit et un crédit sur la même ligne."))
        elif credit < _ZERO:
            line.refuse("credit", said("Un crédit négatif : les colonnes sont-elles les bonnes ?"))
        elif not line.text("debit") and not line.text("credit"):
            line.refuse("credit", said("Il manque un montant."))
        # Some banks write a debit with its sign in the column of debits, some without.
        return credit if credit else -max(debit, -debit)

    def _see_account(self, line: Line) -> None:
        found = line.text("account").replace(" ", "").upper()
        if not iban.is_valid(found):
            return
        if self.account and found != self.account:
            line.refuse(
                "account",
                said("Ce fichier réunit plusieurs comptes : demandez un relevé par compte."),
            )
        self.account = self.account or found

    def notices(self) -> list[Notice]:
        """Tell what was not taken, and where the balances show that a line is missing."""
        found = []
        if self.zeros:
            lines = ", ".join(map(str, self.zeros[:10]))
            found.append(
                Notice(said("Les lignes à zéro ne sont pas reprises : %(lines)s.", lines=lines))
            )
        gap = _gap(self.balances)
        if gap:
            found.append(
                Notice(
                    said(
                        "À la ligne %(line)s, le solde ne suit pas le mouvement : il manque "
                        "peut-être une ligne.",
                        line=gap,
                    )
                )
            )
        return found


def _gap(balances: Sequence[tuple[ReadLine, Money]]) -> int:
    """Return the first line whose balance does not follow, oldest first or last; 0 for none."""
    rising = [
        here[0].number
        for before, here in pairwise(balances)
        if before[1] + here[0].amount != here[1]
    ]
    falling = [
        here[0].number
        for before, here in pairwise(balances)
        if here[1] + before[0].amount != before[1]
    ]
    fewest = min(rising, falling, key=len)
    return fewest[0] if fewest else 0
