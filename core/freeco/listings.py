"""A list as a file that LibreOffice and Excel open right: CSV, XLSX and ODS.

The three say the same. In a workbook an amount, a count and a day are numbers that add up and
sort; in the CSV an amount has its decimal comma and a day is ISO, which a French spreadsheet
takes for a day and no other country's takes for another one. A text never becomes a formula: a
workbook says what is text, and in the CSV an apostrophe stands before what could begin one.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args
from xml.sax.saxutils import escape, quoteattr

from freeco.accounting.exports.rows import shielded
from freeco.module import Text
from freeco.money import Money
from freeco.workbook_measure import MAX_COLUMNS

Format = Literal["csv", "xlsx", "ods"]
FORMATS: tuple[Format, ...] = get_args(Format)
Cell = str | int | Money | date | None
EPOCH = date(1899, 12, 30)
"""Day nought of a workbook."""
CONTENT_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
NO_XML = "\ufffe\uffff"
STAMP = (1980, 1, 1, 0, 0, 0)
"""The same list gives the same file, whenever it is written."""


@dataclass(frozen=True)
class Listing:
    """A list as a page shows it, to be kept as a file."""

    name: str
    """Of the file, in plain letters."""
    title: Text
    """Of the sheet."""
    columns: Sequence[Text]
    rows: Sequence[Sequence[Cell]]


def written(listing: Listing, form: Format) -> bytes:
    """Write a list in a format."""
    return {"csv": _csv, "xlsx": _xlsx, "ods": _ods}[form](listing)


def _lines(listing: Listing) -> Iterator[Sequence[Cell]]:
    if len(listing.columns) > MAX_COLUMNS:
        raise ValueError("too many columns for a spreadsheet")
    yield [str(each) for each in listing.columns]
    yield from listing.rows


def _csv(listing: Listing) -> bytes:
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerows([_plain(cell) for cell in line] for line in _lines(listing))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Money():
            return decimal(cell.cents, ",")
        case date():
            return cell.isoformat()[:10]
        case int():
            return str(cell)
        case _:
            return shielded(cell)


def decimal(cents: int, mark: str) -> str:
    """Write cents as an amount: 1250 is 12,50."""
    sign, cents = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}{cents // 100}{mark}{cents % 100:02}"


def _printable(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(each for each in text if each in "\t\n" or (each >= " " and each not in NO_XML))


def _zip(parts: Iterable[tuple[str, str]], first: tuple[str, str] | None = None) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        if first is not None:
            archive.writestr(zipfile.ZipInfo(first[0], STAMP), first[1])  # unpacked, says ODF
        for name, content in parts:
            about = zipfile.ZipInfo(name, STAMP)
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, content)
    return packed.getvalue()


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_AMOUNT, _DAY, _HEADING = 1, 2, 3
"""Places of the styles in a workbook."""


def _xlsx(listing: Listing) -> bytes:
    rows = "".join(
        f"<row>{''.join(_xlsx_cell(cell, heading=not number) for cell in line)}</row>"
        for number, line in enumerate(_lines(listing))
    )
    # Excel wants a short name without the marks that its formulas use.
    title = _printable(str(listing.title))
    named = "".join(" " if each in "[]:*?/\\'" else each for each in title)[:31]
    name = quoteattr(named if named.strip() else "1")
    return _zip(
        (
            (
                "[Content_Types].xml",
                f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
                '<Default Extension="rels" ContentType='
                '"application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
                '<Override PartName="/xl/worksheets/sheet1.xml" '
                f'ContentType="{_TYPES}.worksheet+xml"/>'
                f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
            ),
            ("_rels/.rels", _relations(("officeDocument", "xl/workbook.xml"))),
            (
                "xl/workbook.xml",
                f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
                f'<sheet name={name} sheetId="1" r:id="rId1"/></sheets></workbook>',
            ),
            (
                "xl/_rels/workbook.xml.rels",
                _relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
            ),
            (
                "xl/styles.xml",
                f'{_XML}<styleSheet xmlns="{_MAIN}">'
                '<fonts count="2"><font/><font><b/></font></fonts>'
                '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
                '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/>'
                '<xf numFmtId="4" applyNumberFormat="1"/><xf numFmtId="14" applyNumberFormat="1"/>'
                '<xf fontId="1" applyFont="1"/></cellXfs></styleSheet>',
            ),
            (
                "xl/worksheets/sheet1.xml",
                f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
            ),
        )
    )


def _relations(*targets: tuple[str, str]) -> str:
    each = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def _xlsx_cell(cell: Cell, *, heading: bool) -> str:
    match cell:
        case None | "":
            return "<c/>"
        case Money():
            return f'<c s="{_AMOUNT}"><v>{decimal(cell.cents, ".")}</v></c>'
        case date():
            day = date(cell.year, cell.month, cell.day)
            return f'<c s="{_DAY}"><v>{(day - EPOCH).days}</v></c>'
        case int():
            return f"<c><v>{cell}</v></c>"
        case _:
            style = f' s="{_HEADING}"' if heading else ""
            text = escape(_printable(cell))
            return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'


_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = " ".join(
    f'xmlns:{name}="{_ODF}:{path}:1.0"'
    for name, path in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"),
    )
)
_MANIFEST = f"{_ODF}:manifest:1.0"
_ODS_STYLES = (
    '<number:number-style style:name="N1"><number:number number:decimal-places="2" '
    'number:min-integer-digits="1"/></number:number-style>'
    '<number:date-style style:name="N2"><number:day number:style="long"/><number:text>/'
    '</number:text><number:month number:style="long"/><number:text>/</number:text>'
    '<number:year number:style="long"/></number:date-style>'
    '<style:style style:name="amount" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="day" style:family="table-cell" style:data-style-name="N2"/>'
    '<style:style style:name="heading" style:family="table-cell">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
)


def _ods(listing: Listing) -> bytes:
    rows = "".join(
        "<table:table-row>"
        f"{''.join(_ods_cell(cell, heading=not number) for cell in line)}</table:table-row>"
        for number, line in enumerate(_lines(listing))
    )
    kind, title = CONTENT_TYPES["ods"], quoteattr(_printable(str(listing.title)))
    return _zip(
        (
            (
                "content.xml",
                f'{_XML}<office:document-content {_SPACES} office:version="1.3">'
                f"<office:automatic-styles>{_ODS_STYLES}</office:automatic-styles><office:body>"
                f"<office:spreadsheet><table:table table:name={title}>"
                f"{rows}</table:table></office:spreadsheet></office:body>"
                "</office:document-content>",
            ),
            (
                "META-INF/manifest.xml",
                f'{_XML}<manifest:manifest xmlns:manifest="{_MANIFEST}" manifest:version="1.3">'
                f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
                '<manifest:file-entry manifest:full-path="content.xml" '
                'manifest:media-type="text/xml"/></manifest:manifest>',
            ),
        ),
        first=("mimetype", kind),
    )


def _ods_cell(cell: Cell, *, heading: bool) -> str:
    match cell:
        case None | "":
            return "<table:table-cell/>"
        case Money():
            value, shown = decimal(cell.cents, "."), decimal(cell.cents, ",")
            kind = f'office:value-type="float" office:value="{value}" table:style-name="amount"'
        case date():
            shown = cell.isoformat()[:10]
            kind = f'office:value-type="date" office:date-value="{shown}" table:style-name="day"'
        case int():
            shown = str(cell)
            kind = f'office:value-type="float" office:value="{cell}"'
        case _:
            shown = _printable(cell)
            style = ' table:style-name="heading"' if heading else ""
            kind = f'office:value-type="string"{style}'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown.split("\n"))
    return f"<table:table-cell {kind}>{lines}</table:table-cell>"
