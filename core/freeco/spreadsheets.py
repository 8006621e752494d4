"""Tables people already have: CSV of any French office, XLSX and ODS, read the same way."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from freeco.cells import tidy
from freeco.i18n import _, said
from freeco.workbook_measure import MAX_COLUMNS
from freeco.workbooks import UnreadableFile, read_sheets

__all__ = ["MAX_BYTES", "MAX_COLUMNS", "MAX_ROWS", "Row", "Table", "UnreadableFile", "read_table"]

MAX_BYTES = 5_000_000
MAX_ROWS = 5_000

EMPTY = _("Ce fichier est vide.")
TOO_HEAVY = _("Le fichier dépasse 5 Mo. Enregistrez une seule feuille, sans images.")
TOO_LONG = _("Le tableau dépasse 5 000 lignes. Coupez-le en plusieurs fichiers.")
TOO_WIDE = _("Le tableau dépasse 200 colonnes. Supprimez celles qui ne servent pas.")
OLD_EXCEL = _(
    "Ancien format Excel, ou classeur protégé par un mot de passe : "
    "enregistrez-le en .xlsx, .ods ou .csv."
)
NOT_A_TABLE = _("Ce fichier n’est pas un tableau : envoyez un fichier .csv, .xlsx ou .ods.")

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (b"%PDF", b"{\\rtf", b"<")
_SEPARATORS = ";\t,"
_SAMPLE = 50
_FRENCH = frozenset("éèêëàâçùûüîïôœæÉÈÊÀÂÇÙÎÔŒ€’«»°")


@dataclass(frozen=True)
class Row:
    """One line under the header; ``number`` is the one the person sees, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A header and its rows, all of one width; a heading may be empty."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    header_line: int = 1
    sheet: str = ""
    """The sheet that was read; empty for a CSV."""
    other_sheets: tuple[str, ...] = ()
    """Sheets that hold something and were not read."""


def read_table(name: str, content: bytes) -> Table:
    """Return the table of a CSV, XLSX or ODS file; its bytes say which, not its name.

    Empty lines are left out and title lines above the header too (a single filled cell);
    the others keep their numbers. Raises UnreadableFile: over 5 MB, 5,000 rows or 200
    columns, or no table at all. ``name`` only serves to tell the person which file it is.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFile(TOO_HEAVY)
    if not content.strip():
        raise UnreadableFile(EMPTY)
    if content.startswith(_OLE):
        raise UnreadableFile(OLD_EXCEL)
    if content.startswith(_ZIP):
        sheets = read_sheets(content)
        if not sheets:
            raise UnreadableFile(EMPTY)
        others = tuple(sheet.name for sheet in sheets[1:])
        return _table(sheets[0].rows, sheets[0].name, others)
    if content.startswith(_OTHERS):
        raise UnreadableFile(NOT_A_TABLE)
    return _table(list(_records(name, _text(content))))


def _text(content: bytes) -> str:
    """Decode by the mark at the beginning, else UTF-8, else the old French encodings."""
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _old_text(content)
    if "\0" in text:
        raise UnreadableFile(NOT_A_TABLE)
    return text


def _old_text(content: bytes) -> str:
    candidates = []
    for encoding in ("cp1252", "mac_roman"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        candidates.append((sum(map(_FRENCH.__contains__, text)), text))
    # Excel on Windows is by far the more common: the Mac needs more French letters to win.
    return max(candidates, key=lambda candidate: candidate[0])[1]


def _records(name: str, text: str) -> Iterator[list[str]]:
    declared = re.match(r"sep=(.)\r?\n", text)
    if declared:
        text = text[declared.end() :]
    separator = declared[1] if declared else _separator(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for record in lines:
            yield [tidy(cell) for cell in record]
    except csv.Error as error:
        raise UnreadableFile(
            said(
                "Dans « %(name)s », des guillemets sont mal fermés vers la ligne %(line)s.",
                name=name,
                line=lines.line_num,
            )
        ) from error


def _separator(text: str) -> str:
    """Return the separator that cuts most lines into the same number of cells."""

    def regularity(separator: str) -> tuple[int, int]:
        widths: Counter[int] = Counter()
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
            for _count, record in zip(range(_SAMPLE), reader, strict=False):
                widths[len(record)] += 1
        except csv.Error:
            pass
        several = [(lines, width) for width, lines in widths.items() if width > 1]
        return max(several, default=(0, 0))

    return max(_SEPARATORS, key=regularity)


def _table(grid: list[list[str]], sheet: str = "", other_sheets: tuple[str, ...] = ()) -> Table:
    lines = [(number, _trimmed(cells)) for number, cells in enumerate(grid, 1) if any(cells)]
    if not lines:
        raise UnreadableFile(EMPTY)
    width = max(len(cells) for _number, cells in lines)
    if width > MAX_COLUMNS:
        raise UnreadableFile(TOO_WIDE)
    if any(_filled(cells) > 1 for _number, cells in lines):
        while _filled(lines[0][1]) == 1:
            del lines[0]
    if len(lines) > MAX_ROWS + 1:
        raise UnreadableFile(TOO_LONG)
    (header_line, header), *others = lines
    rows = tuple(Row(number, _padded(cells, width)) for number, cells in others)
    headings = tuple(" ".join(heading.split()) for heading in _padded(header, width))
    return Table(headings, rows, header_line, sheet, other_sheets)


def _filled(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell)


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def _padded(cells: list[str], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))
