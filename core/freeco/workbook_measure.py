"""What a workbook would take in memory, known from its XML before anything is laid out.

The reader lays a sheet out as a full grid: one letter in XFD1048576 asks for 500 GB and
ends the process. So the far corner, the number of cells and the length of their texts are
checked here first.
"""

import re
from collections.abc import Callable, Iterable
from itertools import zip_longest
from xml.parsers import expat

from freeco.i18n import _
from freeco.module import Text

MAX_COLUMNS = 200
MAX_LINES = 10_000
"""The last line of the grid, empty ones included."""
MAX_CELLS = 4_000_000
MAX_CHARACTERS = 50_000_000

TOO_WIDE = _("Le tableau dépasse 200 colonnes. Supprimez celles qui ne servent pas.")
TOO_LONG = _("Une case est remplie très loin sous le tableau. Effacez-la et recommencez.")
TOO_FULL = _("Ce classeur contient trop de cases. Gardez une seule feuille.")

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")

Span = tuple[tuple[int, int], tuple[int, int]]


class TooWide(Exception):
    """The workbook would not fit in the memory it may take."""

    def __init__(self, reason: Text) -> None:
        super().__init__()
        self.reason = reason


class _Room:
    """The memory a workbook may still take."""

    def __init__(self) -> None:
        self.cells = MAX_CELLS
        self.characters = MAX_CHARACTERS
        self.lines = 0
        self.columns = 0

    def put(self, line: int, column: int, characters: int = 0) -> None:
        """Count a filled cell, by its place from 1."""
        if column > MAX_COLUMNS:
            raise TooWide(TOO_WIDE)
        if line > MAX_LINES:
            raise TooWide(TOO_LONG)
        self.lines, self.columns = max(self.lines, line), max(self.columns, column)
        self.characters -= characters
        if self.characters < 0:
            raise TooWide(TOO_FULL)

    def close_sheet(self) -> None:
        """Count the grid of the sheet just read."""
        self.cells -= self.lines * self.columns
        self.lines = self.columns = 0
        if self.cells < 0:
            raise TooWide(TOO_FULL)


Attributes = dict[str, str]


def _walk(
    document: bytes,
    opened: Callable[[str, Attributes], None],
    closed: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Go through an XML document by local names. Raises ValueError when it is broken."""
    # The reader takes every part for UTF-8, whatever it declares: so must the measure.
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True

    def start(name: str, attributes: Attributes) -> None:
        local = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        opened(name.rpartition(":")[2], local)

    def no_doctype(*_declaration: object) -> None:
        raise ValueError("a workbook declares no document type")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: closed(name.rpartition(":")[2])
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = no_doctype
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error


def measure_xlsx(parts: Iterable[bytes]) -> None:
    """Raise TooWide when an XLSX would not fit, ValueError when its XML is broken.

    Every part is measured as if it were a sheet: their names prove nothing.
    """
    parts = list(parts)
    lengths: list[int] = []
    for part in parts:
        both = zip_longest(lengths, _shared_lengths(part), fillvalue=0)
        lengths = [max(pair) for pair in both]
    room = _Room()
    for part in parts:
        _XlsxSheet(room, lengths).read(part)


def _shared_lengths(document: bytes) -> list[int]:
    lengths: list[int] = []

    def opened(name: str, _attributes: Attributes) -> None:
        if name == "si":
            lengths.append(0)

    def text(characters: str) -> None:
        if lengths:
            lengths[-1] += len(characters)

    if b"si" in document:
        _walk(document, opened, lambda _name: None, text)
    return lengths


class _XlsxSheet:
    """One worksheet on its way past; an honest part of another kind has no filled cell."""

    def __init__(self, room: _Room, lengths: list[int]) -> None:
        self.room = room
        self.lengths = lengths
        self.line = self.column = 0
        self.shared = self.in_value = False
        self.value = ""

    def read(self, document: bytes) -> None:
        _walk(document, self.opened, self.closed, self.text)
        self.room.close_sheet()

    def opened(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            self.line = int(attributes.get("r", self.line + 1))
            self.column = 0
        elif name == "c":
            self.shared = attributes.get("t") == "s"
            self.place(attributes.get("r"))
        elif name in {"v", "is"} and self.line:
            self.in_value, self.value = True, ""
            self.room.put(self.line, self.column)

    def place(self, reference: str | None) -> None:
        self.column += 1
        if reference is not None and self.line:
            found = _REFERENCE.fullmatch(reference.upper())
            if found is None:
                raise ValueError(f"no such cell: {reference}")
            self.column, self.line = _column_number(found[1]), int(found[2])

    def text(self, characters: str) -> None:
        if self.in_value and self.shared:
            self.value += characters

    def closed(self, name: str) -> None:
        if name == "v" and self.in_value:
            self.in_value = False
            if self.shared and int(self.value or 0) < len(self.lengths):
                self.room.put(self.line, self.column, self.lengths[int(self.value or 0)])


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def measure_ods(document: bytes) -> dict[str, list[Span]]:
    """Return the cells merged over several lines, by sheet; places from 0.

    Raises TooWide when the ODS would not fit, ValueError when its XML is broken.
    """
    content = _OdsContent()
    _walk(document, content.opened, content.closed, content.text)
    return content.merges


class _OdsContent:
    """The sheets of an ODS on their way past."""

    def __init__(self) -> None:
        self.room = _Room()
        self.merges: dict[str, list[Span]] = {}
        self.spans: list[Span] = []
        self.line = self.lines = self.column = self.columns = 0
        self.filled = False
        self.characters = 0

    def opened(self, name: str, attributes: Attributes) -> None:
        if name == "table":
            self.spans = self.merges.setdefault(attributes.get("name", ""), [])
            self.line = self.lines = 0
        elif name == "table-row":
            self.line += self.lines
            self.lines = int(attributes.get("number-rows-repeated", 1))
            self.column = self.columns = 0
        elif name in {"table-cell", "covered-table-cell"}:
            self.column += self.columns
            self.columns = int(attributes.get("number-columns-repeated", 1))
            self.filled = "value-type" in attributes or "formula" in attributes
            self.characters = len(attributes.get("string-value", ""))
            if (span := int(attributes.get("number-rows-spanned", 1))) > 1:
                corner = (self.line + span - 1, self.column)
                self.spans.append(((self.line, self.column), corner))
        elif name == "p":
            self.filled = True

    def text(self, characters: str) -> None:
        self.characters += len(characters)

    def closed(self, name: str) -> None:
        if name in {"table-cell", "covered-table-cell"} and self.filled:
            last_line, last_column = self.line + self.lines, self.column + self.columns
            if last_line > MAX_LINES or last_column > MAX_COLUMNS:
                self.room.put(last_line, last_column)
            self.room.put(last_line, last_column, self.characters * self.lines * self.columns)
            self.filled = False
        elif name == "table":
            self.room.close_sheet()
