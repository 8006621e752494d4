"""Checking a « fichier des écritures comptables »: the rules of art. A47 A-1, and those of a book.

The tax office's own tester lets an unbalanced entry and a missing number pass without a word:
here every entry balances, every journal balances, numbers follow one another, days of
validation never go back, and the opening is the closing of the year before.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from freeco.accounting.exports.excerpt import EMPTIED, RESULTS, decimal
from freeco.accounting.exports.fec import COLUMNS, LATIN, OPENING
from freeco.accounting.fec_order import broken_order
from freeco.i18n import said

NAME = re.compile(r"(\d{9})FEC(\d{8})(?:\.(?:txt|csv|tsv))?", re.ASCII)
AMOUNT = re.compile(r"[+-]?\d{1,15}(?:,\d{1,2})?", re.ASCII)
SIDES = ("Montant", "Sens")
MAY_BE_EMPTY = {
    "CompAuxNum",
    "CompAuxLib",
    "EcritureLet",
    "DateLet",
    "Montantdevise",
    "Idevise",
}
DATES = ("EcritureDate", "PieceDate", "ValidDate", "DateLet")


@dataclass(frozen=True, order=True)
class Finding:
    """Something in a file that is not as it must be."""

    line: int
    """From 1, the header being the first; 0 for the whole file."""
    column: str
    what: str


@dataclass(frozen=True)
class FecLine:
    """A line that could be read."""

    line: int
    cells: Mapping[str, str]
    cents: int
    """A debit is positive."""

    @property
    def entry(self) -> tuple[str, str]:
        """The journal and the number it belongs to."""
        return self.cells["JournalCode"], self.cells["EcritureNum"]

    @property
    def account(self) -> str:
        """The account's code."""
        return self.cells["CompteNum"]


def check_fec(
    content: bytes, name: str = "", previous: bytes | None = None, result: int | None = None
) -> list[Finding]:
    """Return what is wrong in a file, in its order; nothing when it is accepted.

    ``name`` is the file's own; ``previous`` the file of the year before; ``result`` what classes
    6 and 7 must come to, in cents, a profit being positive.
    """
    closing, found = _named(name)
    lines, wrong = read_fec(content)
    found += wrong
    if not wrong and not lines:
        found.append(Finding(0, "", said("Ce fichier ne contient aucune écriture.")))
    found += _outside_year(lines, closing)
    if not any(each.line == 1 for each in wrong):
        found += _unbalanced(lines)
        found += [Finding(*each) for each in broken_order(lines)]
        found += _results(lines, result)
        if previous is not None and lines:
            found += _opening(lines, previous)
    return sorted(set(found))


def _named(name: str) -> tuple[date | None, list[Finding]]:
    if not name:
        return None, []
    match = NAME.fullmatch(name)
    closing = _date(match[2]) if match else None
    if closing is None:
        words = said("Le nom du fichier est le SIREN, « FEC », puis la date de clôture.")
        return None, [Finding(0, "", words)]
    return closing, []


def read_fec(content: bytes) -> tuple[list[FecLine], list[Finding]]:
    """Return the lines that can be read, and what keeps the others from it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode(LATIN)
    rows = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    separator = next((each for each in "\t|" if each in rows[0]), "")
    if not separator:
        words = said("Les colonnes sont séparées par des tabulations, ou par des barres « | ».")
        return [], [Finding(1, "", words)]
    header = rows[0].split(separator)
    found = _header(header)
    if found:
        return [], found
    lines = []
    for number, row in enumerate(rows[1:], start=2):
        cells = row.split(separator)
        if len(cells) != len(header):
            words = said(
                "Cette ligne a %(found)s champs ; il en faut %(wanted)s.",
                found=len(cells),
                wanted=len(header),
            )
            found.append(Finding(number, "", words))
            continue
        named = dict(zip(header, cells, strict=True))
        wrong = list(_wrong_cells(number, named))
        found += wrong
        lines.append(FecLine(number, named, _cents(named)))
    return lines, found


def _header(header: Sequence[str]) -> list[Finding]:
    signed = [*COLUMNS[:11], *SIDES, *COLUMNS[13:]]
    wanted = signed if "Montant" in header else list(COLUMNS)
    if header == wanted:
        return []
    missing = [Finding(1, each, said("Cette colonne manque.")) for each in wanted]
    missing = [each for each in missing if each.column not in header]
    order = Finding(
        1, "", said("Les dix-huit colonnes ne sont pas celles du texte, ou leur ordre.")
    )
    return missing or [order]


def _wrong_cells(number: int, cells: Mapping[str, str]) -> Iterator[Finding]:
    for column, cell in cells.items():
        if not cell.strip() and column not in MAY_BE_EMPTY:
            yield Finding(number, column, said("Ce champ est vide."))
        elif not cell.isprintable():
            yield Finding(number, column, said("Ce champ contient un caractère invisible."))
    for column in DATES:
        if cells[column] and _date(cells[column]) is None:
            words = said("Cette date ne s’écrit pas AAAAMMJJ, ou n’existe pas.")
            yield Finding(number, column, words)
    if cells["CompteNum"] and not re.match(r"[1-8]\d{2}", cells["CompteNum"], re.ASCII):
        words = said("Un compte commence par trois chiffres du plan comptable.")
        yield Finding(number, "CompteNum", words)
    yield from _wrong_amounts(number, cells)


def _wrong_amounts(number: int, cells: Mapping[str, str]) -> Iterator[Finding]:
    columns = ("Montant",) if "Montant" in cells else ("Debit", "Credit")
    for column in (*columns, "Montantdevise"):
        if cells[column].strip() and not AMOUNT.fullmatch(cells[column]):
            words = said("Un montant s’écrit en chiffres, avec une virgule et deux décimales.")
            yield Finding(number, column, words)
    if "Sens" in cells and cells["Sens"] not in {"D", "C", "+1", "-1"}:
        yield Finding(number, "Sens", said("Le sens est D ou C, +1 ou -1."))
    if "Debit" in cells and _amount(cells["Debit"]) and _amount(cells["Credit"]):
        words = said("Une ligne est au débit ou au crédit, jamais aux deux.")
        yield Finding(number, "Credit", words)


def _date(text: str) -> date | None:
    if not re.fullmatch(r"\d{8}", text, re.ASCII):
        return None
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def _amount(text: str) -> int:
    if not AMOUNT.fullmatch(text):
        return 0
    whole, _comma, rest = text.lstrip("+-").partition(",")
    cents = int(whole) * 100 + int((rest + "00")[:2])
    return -cents if text.startswith("-") else cents


def _cents(cells: Mapping[str, str]) -> int:
    if "Montant" in cells:
        cents = _amount(cells["Montant"])
        return cents if cells["Sens"] in {"D", "+1"} else -cents
    return _amount(cells["Debit"]) - _amount(cells["Credit"])


def _outside_year(lines: Sequence[FecLine], closing: date | None) -> Iterator[Finding]:
    if closing is None:
        return
    for each in lines:
        day = _date(each.cells["EcritureDate"])
        if day is not None and (day > closing or (closing - day).days > 2 * 366):
            words = said("Cette écriture n’est pas de l’exercice que dit le nom du fichier.")
            yield Finding(each.line, "EcritureDate", words)


def _unbalanced(lines: Sequence[FecLine]) -> Iterator[Finding]:
    for (_journal, number), rows in _by(lines, lambda each: each.entry):
        rest = sum(each.cents for each in rows)
        if rest:
            words = said(
                "L’écriture n° %(number)s n’est pas équilibrée : %(rest)s € d’écart.",
                number=number,
                rest=decimal(rest, ","),
            )
            yield Finding(rows[0].line, "EcritureNum", words)
    for (code, _), rows in _by(lines, lambda each: (each.cells["JournalCode"], "")):
        rest = sum(each.cents for each in rows)
        if rest:
            words = said("Le journal %(code)s n’est pas équilibré.", code=code)
            yield Finding(0, "JournalCode", words)
    if sum(each.cents for each in lines):
        words = said("Le total des débits n’est pas celui des crédits.")
        yield Finding(0, "", words)


def _by(
    lines: Sequence[FecLine], key: Callable[[FecLine], tuple[str, str]]
) -> Iterator[tuple[tuple[str, str], list[FecLine]]]:
    for name, rows in groupby(sorted(lines, key=key), key=key):
        yield name, sorted(rows, key=lambda each: each.line)


def _results(lines: Sequence[FecLine], result: int | None) -> Iterator[Finding]:
    for _name, rows in _by(lines, lambda each: each.entry):
        codes = [each.account for each in rows]
        classes = {code[:2] if code.startswith(RESULTS) else code[:1] for code in codes}
        if "12" in classes and classes & set(EMPTIED) and classes <= {"12", *EMPTIED}:
            words = said("Une écriture qui solde les classes 6 et 7 n’a pas sa place ici.")
            yield Finding(rows[0].line, "CompteNum", words)
    profit = -sum(each.cents for each in lines if each.account[:1] in {"6", "7"})
    if result is not None and profit != result:
        words = said(
            "Les classes 6 et 7 donnent %(found)s €, et le résultat est de %(wanted)s €.",
            found=decimal(profit, ","),
            wanted=decimal(result, ","),
        )
        yield Finding(0, "CompteNum", words)


def _opening(lines: Sequence[FecLine], previous: bytes) -> Iterator[Finding]:
    before, _wrong = read_fec(previous)
    closing: dict[tuple[str, str], int] = {}
    opening: dict[tuple[str, str], int] = {}
    for each in before:
        _add(closing, each)
    for each in lines:
        if each.cells["JournalCode"] == OPENING[0]:
            _add(opening, each)
    for key in sorted(closing.keys() | opening.keys()):
        if closing.get(key, 0) != opening.get(key, 0):
            words = said(
                "Le compte %(account)s s’ouvre à %(opening)s € et s’était clos à %(closing)s €.",
                account=" ".join(key).strip(),
                opening=decimal(opening.get(key, 0), ","),
                closing=decimal(closing.get(key, 0), ","),
            )
            yield Finding(lines[0].line, "CompteNum", words)


def _add(standing: dict[tuple[str, str], int], line: FecLine) -> None:
    """Add a line to balances where the result, carried over or not, stands on one account."""
    key = (line.account, line.cells["CompAuxNum"])
    if line.account[:1] in set(EMPTIED) or line.account.startswith(RESULTS):
        key = ("12", "")
    standing[key] = standing.get(key, 0) + line.cents
