"""A book as files that others can read and audit, one format a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from freeco.accounting.exports.beancount_text import beancount_lines
from freeco.accounting.exports.excerpt import read
from freeco.accounting.exports.fec import LATIN, NoYear, description, fec_lines, name_of
from freeco.accounting.exports.hledger_text import journal_lines
from freeco.accounting.exports.rows import csv_rows
from freeco.accounting.models import Book

Format = Literal["hledger", "beancount", "fec", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True)
class Exported:
    """A file, and one that describes it where the law wants one."""

    name: str
    content: bytes
    mimetype: str
    described_by: str = ""
    """The text of the description; empty when the file says it itself."""


def export(book: Book, form: Format, year: int | None = None, *, latin: bool = False) -> Exported:
    """Write a book's year, or all of it (None), in a format; ``latin`` is for the FEC alone.

    The FEC is that of a year. Raises NoYear without one.
    """
    if form == "fec":
        return _fec(book, year, latin=latin)
    excerpt = read(book, year)
    span = f"-{year}" if year else ""
    if form == "csv":
        return Exported(
            f"livre-{book.id}{span}.csv", _joined(csv_rows(excerpt)), "text/csv; charset=utf-8"
        )
    written, ending = {
        "hledger": (journal_lines, "journal"),
        "beancount": (beancount_lines, "beancount"),
    }[form]
    name = f"livre-{book.id}{span}.{ending}"
    return Exported(name, _joined(written(excerpt)), "text/plain; charset=utf-8")


def _fec(book: Book, year: int | None, *, latin: bool) -> Exported:
    if year is None:
        raise NoYear
    excerpt = read(book, year)
    encoding = LATIN if latin else "utf-8"
    content = "".join(fec_lines(excerpt, latin=latin)).encode(encoding)
    name = name_of(excerpt)
    told = description(excerpt, latin=latin)
    return Exported(name, content, f"text/plain; charset={encoding}", told)


def _joined(lines: Iterator[str]) -> bytes:
    return "".join(lines).encode()
