"""The board: one line of JSON after the other, each holding the digest of the one before.

In this order: ``setup``; ``issued``, the digests of what each signer signed; ``ballot``, all of
them shuffled once the vote is over; ``closed``; ``opening``, one for each trustee who opened;
``result``. Without a time, but for those of the setup.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.sealed.writing import compact, digest, fields, read

SUFFIX = ".jetons.jsonl"


class Kind(StrEnum):
    """What a line says."""

    SETUP = "setup"
    ISSUED = "issued"
    BALLOT = "ballot"
    CLOSED = "closed"
    OPENING = "opening"
    RESULT = "result"


ORDER = (Kind.SETUP, Kind.ISSUED, Kind.BALLOT, Kind.CLOSED, Kind.OPENING, Kind.RESULT)


@dataclass(frozen=True)
class Line:
    """A line of the board."""

    parent: str
    """The SHA-256 of the line before; empty for the first."""
    kind: Kind
    body: Any

    @property
    def text(self) -> str:
        """How it is published."""
        return compact({"parent": self.parent, "kind": self.kind.value, "body": self.body})

    @property
    def digest(self) -> str:
        """What the next line names."""
        return digest(self.text)


def read_lines(texts: Iterable[str]) -> list[Line]:
    """Read a board, and check that no line was taken out, put in or moved.

    Raises ``Unsound``, with the number of the line.
    """
    lines: list[Line] = []
    parent, reached = "", 0
    for place, text in enumerate(texts, start=1):
        try:
            line = _read(text)
        except Unsound as wrong:
            raise Unsound(f"line {place}: {wrong}") from wrong
        if line.parent != parent:
            raise Unsound(f"line {place} does not follow the one before")
        rank = ORDER.index(line.kind)
        if rank < reached or (rank == reached and lines and line.kind not in _SEVERAL):
            raise Unsound(f"line {place} is not where it should be")
        lines.append(line)
        # ``text`` was checked to be the line's one form.
        parent, reached = digest(text), rank
    if not lines or lines[0].kind is not Kind.SETUP:
        raise Unsound("a board begins with the setup of the vote")
    return lines


_SEVERAL = (Kind.BALLOT, Kind.OPENING)


def _read(text: str) -> Line:
    parent, kind, body = fields(read(text), "parent", "kind", "body")
    if kind not in tuple(Kind) or not isinstance(parent, str):
        raise Unsound("no kind of line of a board")
    return Line(parent, Kind(kind), body)


def only(lines: Sequence[Line], kind: Kind) -> Line | None:
    """Return the one line of a kind, or none."""
    return next((line for line in lines if line.kind is kind), None)
