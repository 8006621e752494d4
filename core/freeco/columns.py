"""The step where headings meet what we look for, and the lines read through that match."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from freeco.cells import BadCell, plain, same_heading, tidy
from freeco.i18n import counted, said, spoken
from freeco.module import Text
from freeco.spreadsheets import Row, Table

MAX_TEXT = 5_000

T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    """Something an import looks for; ``headings`` are other names people give it."""

    name: str
    label: Text
    required: bool = False
    headings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """A line that cannot be taken: its number, the heading as the person wrote it, and why."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class Notice:
    """Something taken otherwise than written, or not taken, that the person must know."""

    text: str


def guess(header: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Return the place of each column found in the header, from 0; a heading serves once.

    A French sheet is read whatever the language of the screen, and so is one whose headings
    were copied from the screen.
    """
    with spoken("fr"):
        in_french = [str(column.label) for column in columns]
    found: dict[str, int] = {}
    for column, french in zip(columns, in_french, strict=True):
        for words in (french, str(column.label), *column.headings):
            places = [
                place
                for place, heading in enumerate(header)
                if same_heading(heading, words) and place not in found.values()
            ]
            if places:
                found[column.name] = places[0]
                break
    return found


def column_letter(place: int) -> str:
    """Return the letter of a column as a spreadsheet shows it: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def missing(table: Table, columns: Sequence[Column], mapping: Mapping[str, int]) -> list[Problem]:
    """Return a problem, on the header's line, for each required column that is not there."""
    return [
        Problem(
            table.header_line,
            str(column.label),
            said("La colonne « %(label)s » manque.", label=str(column.label)),
        )
        for column in columns
        if column.required and column.name not in mapping
    ]


def left_out(table: Table, mapping: Mapping[str, int]) -> list[Notice]:
    """Return a notice for each filled column that nothing reads, and for sheets not read."""
    read = set(mapping.values())
    notices = []
    for place, heading in enumerate(table.header):
        lines = sum(1 for row in table.rows if row.cells[place])
        if place not in read and lines:
            name = heading or said("sans titre, colonne %(letter)s", letter=column_letter(place))
            notices.append(not_kept(name, lines))
    if table.other_sheets:
        sheets = ", ".join(table.other_sheets)
        notices.append(
            Notice(
                said(
                    "Seule la feuille « %(read)s » est lue, pas les autres : %(others)s.",
                    read=table.sheet,
                    others=sheets,
                )
            )
        )
    return notices


def not_kept(heading: str, lines: int) -> Notice:
    """Tell that a column is not taken over, and how many lines had filled it."""
    return Notice(
        counted(
            "La colonne « %(heading)s » n’est pas reprise : %(num)s ligne était remplie.",
            "La colonne « %(heading)s » n’est pas reprise : %(num)s lignes étaient remplies.",
            lines,
            heading=heading,
        )
    )


@dataclass
class Line:
    """One row read through a mapping; it collects what is wrong and never stops."""

    row: Row
    header: Sequence[str]
    mapping: Mapping[str, int]
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Return the cell of a column, empty when the column is not there."""
        place = self.mapping.get(name)
        cell = "" if place is None else tidy(self.row.cells[place])
        if len(cell) > MAX_TEXT:
            self.refuse(name, said("Ce texte dépasse 5 000 caractères."))
            return ""
        return cell

    def value(self, name: str, read: Callable[[str], T], blank: T) -> T:
        """Return the cell read by ``read``; ``blank`` when it is empty or wrong."""
        text = self.text(name)
        if not text:
            return blank
        try:
            return read(text)
        except BadCell as refusal:
            self.refuse(name, str(refusal))
            return blank

    def needed(self, name: str, reason: str) -> str:
        """Return the cell, and note a problem for the given reason when it is empty."""
        text = self.text(name)
        if not text:
            self.refuse(name, reason)
        return text

    def refuse(self, name: str, reason: str) -> None:
        """Note what is wrong in a column of this line."""
        place = self.mapping.get(name)
        heading = name if place is None else self.header[place]
        self.problems.append(Problem(self.row.number, heading, reason))


def lines_of(table: Table, mapping: Mapping[str, int]) -> list[Line]:
    """Return the rows ready to be read.

    A row with cells to the right of the last heading was cut in the wrong place (a separator
    without quotes): it gets a problem at once.
    """
    last = max((place for place, heading in enumerate(table.header) if plain(heading)), default=-1)
    lines = [Line(row, table.header, mapping) for row in table.rows]
    for line in lines:
        too_far = [place for place, cell in enumerate(line.row.cells) if cell and place > last]
        if too_far:
            reason = said(
                "Cette ligne a plus de cases que de titres : un séparateur est-il de trop ?"
            )
            line.problems.append(Problem(line.row.number, column_letter(too_far[0]), reason))
    return lines
