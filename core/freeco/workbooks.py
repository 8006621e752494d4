"""XLSX and ODS files, opened with care: a file of one kilobyte can ask for all the memory.

The archive is unpacked within a limit, measured, then packed again, so that the reader
never sees a byte that was not counted.
"""

import datetime
import io
import math
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from freeco.cells import tidy
from freeco.errors import Refusal
from freeco.i18n import _
from freeco.module import Text
from freeco.workbook_measure import MAX_CELLS, Span, TooWide, measure_ods, measure_xlsx

MAX_UNPACKED = 50_000_000

DAMAGED = _("Ce classeur est abîmé ou protégé par un mot de passe. Enregistrez-le à nouveau.")
TOO_BIG = _("Une fois ouvert, ce classeur est trop gros. Gardez une seule feuille, sans images.")

_READ = (".xml", ".rels", "mimetype")
# The reader shows an error cell as an empty one: a person sees #REF!, so must we.
_XLSX_ERROR = re.compile(rb"(<(?:\w+:)?c\b[^<>]*\bt=[\"'])e([\"'])")
_ODS_EMPTY_VALUE = re.compile(rb"\soffice:string-value=(?:\"\"|'')")


class UnreadableFile(Refusal):
    """The file is not a table that can be read; the reason says what to do about it."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, reason: Text) -> None:
        super().__init__()
        self.reason = reason


@dataclass(frozen=True)
class Sheet:
    """A sheet that holds something: its rows from the first line of the grid."""

    name: str
    rows: list[list[str]]


def read_sheets(content: bytes) -> list[Sheet]:
    """Return the visible sheets that are not empty. Raises UnreadableFile."""
    parts = _unpacked(content)
    try:
        # Both, since the reader guesses the kind: an archive may pretend to be the other one.
        merges = measure_ods(parts["content.xml"]) if "content.xml" in parts else None
        measure_xlsx(part for name, part in parts.items() if name != "mimetype")
    except TooWide as error:
        raise UnreadableFile(error.reason) from error
    except ValueError as error:
        raise UnreadableFile(DAMAGED) from error
    try:
        with CalamineWorkbook.from_filelike(_packed(parts)) as workbook:
            return list(_sheets(workbook, merges))
    except CalamineError as error:
        raise UnreadableFile(DAMAGED) from error


def _unpacked(content: bytes) -> dict[str, bytes]:
    """Return the XML parts by name, never unpacking more than the archive announces."""
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise UnreadableFile(TOO_BIG)
            for entry in archive.infolist():
                if not entry.filename.lower().endswith(_READ):
                    continue
                with archive.open(entry) as part:
                    # Without a length, a part that lies about its size is unpacked whole.
                    parts[entry.filename] = part.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise UnreadableFile(DAMAGED) from error
    return parts


def _packed(parts: dict[str, bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            kept = _ODS_EMPTY_VALUE.sub(b"", part) if name == "content.xml" else part
            archive.writestr(name, _XLSX_ERROR.sub(rb"\1str\2", kept))
    packed.seek(0)
    return packed


def _sheets(workbook: CalamineWorkbook, merges: dict[str, list[Span]] | None) -> Iterator[Sheet]:
    for about in workbook.sheets_metadata:
        if about.visible is not SheetVisibleEnum.Visible:
            continue
        sheet = workbook.get_sheet_by_name(about.name)
        cells = sheet.to_python(skip_empty_area=False)
        rows = [[shown(value) for value in row] for row in cells]
        spans = sheet.merged_cell_ranges if merges is None else merges.get(about.name, [])
        _fill_down(rows, spans or [])
        if any(any(row) for row in rows):
            yield Sheet(about.name, rows)


def _fill_down(rows: list[list[str]], spans: list[Span]) -> None:
    """Repeat a cell merged over several lines on each of them, as it is read on the screen."""
    if sum(bottom - top for (top, _left), (bottom, _right) in spans) > MAX_CELLS:
        raise UnreadableFile(DAMAGED)  # merged cells never overlap, unless somebody means harm
    for (top, column), (bottom, _right) in spans:
        for row in rows[top + 1 : bottom + 1]:
            if column < len(row) and not row[column] and any(row):
                row[column] = rows[top][column]


def shown(value: object) -> str:
    """Return a cell as the person sees it: no ``.0``, no midnight, no binary rounding."""
    match value:
        case bool():
            return "oui" if value else "non"
        case float():
            return _number(value)
        case datetime.datetime():
            if value.time() == datetime.time():
                return value.date().isoformat()
            return value.isoformat(" ", "seconds" if value.second else "minutes")
        case datetime.time():
            return value.isoformat("seconds" if value.second else "minutes")
        case datetime.timedelta():
            minutes = round(value.total_seconds() / 60)
            return f"{minutes // 60}:{minutes % 60:02}"
        case _:
            return tidy(str(value))


def _number(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    # Spreadsheets keep fifteen digits: beyond, 3.3000000000000003 is an artefact.
    exact = Decimal(f"{value:.15g}")
    return f"{exact:f}" if exact != exact.to_integral_value() else str(int(exact))
