"""Whether the entries of a FEC follow one another: no gap, no day of validation that goes back."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from freeco.i18n import said

SERIES = re.compile(r"(.*?)(\d{1,15})", re.ASCII)


class Line(Protocol):
    """What the order of a file is read from."""

    @property
    def line(self) -> int:
        """Its place in the file."""

    @property
    def cells(self) -> Mapping[str, str]:
        """Its fields."""

    @property
    def entry(self) -> tuple[str, str]:
        """The journal and the number it belongs to."""


Broken = tuple[int, str, str]
"""A line, a column and what is wrong there."""


def broken_order(lines: Sequence[Line]) -> Iterator[Broken]:
    """Yield what does not follow what stands before it."""
    firsts: dict[tuple[str, str], Line] = {}
    last: Line | None = None
    for each in lines:
        first = firsts.get(each.entry)
        if first is None:
            firsts[each.entry] = each
        elif last is not None and last.entry != each.entry:
            words = said("Cette écriture revient après une autre : ce numéro sert deux fois.")
            yield each.line, "EcritureNum", words
        elif any(first.cells[name] != each.cells[name] for name in ("EcritureDate", "ValidDate")):
            words = said("Les lignes d’une écriture ont la même date.")
            yield each.line, "EcritureDate", words
        if last is not None and each.cells["ValidDate"] < last.cells["ValidDate"]:
            words = said("Cette écriture est validée avant celle qui la précède.")
            yield each.line, "ValidDate", words
        last = each
    yield from _gaps(list(firsts.values()))


def _gaps(entries: Sequence[Line]) -> Iterator[Broken]:
    """Follow each series: the file's own, or that of each journal when they share numbers."""
    numbers = [each.cells["EcritureNum"] for each in entries]
    shared = len(set(numbers)) < len(numbers)
    expected: dict[tuple[str, str], int] = {}
    for each in entries:
        found = SERIES.fullmatch(each.cells["EcritureNum"])
        if found is None:
            continue
        series = (each.cells["JournalCode"] if shared else "", found[1])
        number, wanted = int(found[2]), expected.get(series, 1)
        if number > wanted:
            words = said("Le numéro %(number)s manque avant cette écriture.", number=wanted)
            yield each.line, "EcritureNum", words
        elif number < wanted:
            words = said("Les numéros ne se suivent pas.")
            yield each.line, "EcritureNum", words
        expected[series] = number + 1
