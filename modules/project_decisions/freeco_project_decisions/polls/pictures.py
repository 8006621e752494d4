"""The pictures and tables of a result: bars in thousandths, and the same numbers in rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from freeco.module import Text

WHOLE = 1000
"""How wide a full bar is, in the units of its drawing."""


@dataclass(frozen=True)
class Segment:
    """A stretch of a bar; ``kind`` is its CSS class."""

    kind: str
    x: int
    width: int


@dataclass(frozen=True)
class Bar:
    """One bar, with its label above and what it says beside."""

    label: str
    segments: Sequence[Segment]
    note: str = ""
    mark: int | None = None
    """Where a line crosses it: a quorum, a majority, a quota."""
    chosen: bool = False


@dataclass(frozen=True)
class Figure:
    """Bars that are read together."""

    title: Text
    bars: Sequence[Bar]
    legend: Sequence[tuple[str, Text]] = ()
    """Each class that is drawn, and what it means."""
    mark: Text = ""
    """What the line across the bars means."""


@dataclass(frozen=True)
class Table:
    """The same numbers, to read or to hear."""

    caption: Text
    heads: Sequence[Text]
    rows: Sequence[Sequence[str]]
    """The first cell of each names the row."""
    chosen: frozenset[int] = frozenset()
    """Which rows are chosen, by their place."""
    across: bool = False
    """Whether it is read across, as duels and stages are: it then stays whole on a phone."""


def segments(parts: Sequence[tuple[str, int]], whole: int) -> list[Segment]:
    """Cut a bar into parts of a whole; edges fall on whole units, so that nothing overlaps."""
    found, before = [], 0
    for kind, many in parts:
        start, end = at(before, whole), at(before + many, whole)
        if end > start:
            found.append(Segment(kind, start, end - start))
        before += many
    return found


def at(many: int, whole: int) -> int:
    """Return where a number falls on a bar."""
    return round(WHOLE * many / whole) if whole else 0
