"""Bank files as banks write them: tables of any bank (CSV, XLSX, ODS), and camt.053."""

from collections.abc import Mapping

from freeco.payments.statement_formats import camt, tables
from freeco.payments.statement_formats.reading import Reading, ReadLine
from freeco.spreadsheets import read_table

__all__ = ["ReadLine", "Reading", "read"]


def read(name: str, content: bytes, mapping: Mapping[str, int] | None = None) -> Reading:
    """Read a bank's file; ``mapping`` gives the columns of a table, from 0, where a person said so.

    Nothing is dropped in silence: what cannot be taken is a problem with its line, and a reading
    with a problem is not taken at all. Raises UnreadableFile when it is no bank file.
    """
    if camt.looks_like(content):
        return camt.read(content)
    return tables.read(read_table(name, content), mapping)
