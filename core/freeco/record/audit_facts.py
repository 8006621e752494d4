"""What a reading of a log finds, and whether what is stated of keys and books holds today."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from freeco.accounting.models import Book, Entry
from freeco.db import db
from freeco.i18n import _
from freeco.module import Text
from freeco.record.keys import rows_of
from freeco.record.models import RecordKey, RecordLog
from freeco.record.statement import Statement

AT_ONCE = 1000
"""Rows read at a time."""


@dataclass(frozen=True)
class Fault:
    """Something in a log that is not as it was stated or signed."""

    index: int | None
    """The statement's place, from 0; none when it is something else, or waits for its place."""
    size: int | None
    """The checkpoint's, when it is one."""
    what: Text


@dataclass(frozen=True)
class Audit:
    """What a reading of a log found."""

    size: int
    """How many statements have their place."""
    faults: tuple[Fault, ...]


Placed = tuple[int | None, Mapping[str, Any]]


@dataclass
class Told:
    """What the statements of a log say about its keys and about books."""

    opened: list[Placed] = field(default_factory=list)
    changed: list[Placed] = field(default_factory=list)
    books: list[Placed] = field(default_factory=list)
    """The platform's as they are stated, an organisation's as its opening says."""
    sizes: list[int] = field(default_factory=list)
    """Of the checkpoints, the smallest first."""

    def hear(self, index: int | None, statement: Statement) -> None:
        """Keep what is checked at the end."""
        if statement.kind == "log.opened":
            self.opened.append((index, statement.about))
        elif statement.kind == "key.changed":
            self.changed.append((index, statement.about))
        elif statement.kind in ("books.anchored", "books.closed") and "head" in statement.about:
            self.books.append((index, statement.about))

    def covering(self, index: int | None) -> int | None:
        """Return the size of the first checkpoint over a statement; none without."""
        if index is None:
            return None
        place = bisect_right(self.sizes, index)
        return self.sizes[place] if place < len(self.sizes) else None


def key_faults(log: RecordLog, told: Told) -> Iterator[Fault]:
    """Follow the keys from the opening of the log through each change of them."""
    rows = rows_of(log)
    if not rows and not told.opened and not told.changed:
        return
    if len(told.opened) != 1:
        yield Fault(None, None, _("L’ouverture du registre doit être inscrite une seule fois."))
        return
    index, about = told.opened[0]
    if about.get("origin") != log.origin:
        yield Fault(index, None, _("L’ouverture nomme un autre registre."))
    stated = [about.get("key"), *(each.get("after") for _index, each in told.changed)]
    if stated != [row.verifier for row in rows]:
        yield Fault(index, None, _("Les clés du registre ne sont pas celles qui y sont inscrites."))
        return
    if rows[0].from_size != 0 or rows[-1].to_size is not None:
        yield Fault(index, None, _("Les clés du registre ne valent pas pour toute sa longueur."))
    yield from _change_faults(rows, told)


def _change_faults(rows: list[RecordKey], told: Told) -> Iterator[Fault]:
    for number, (at, change) in enumerate(told.changed):
        if change.get("before") != rows[number].verifier:
            yield Fault(at, None, _("Ce changement de clé ne suit pas celui d’avant."))
        if rows[number].to_size not in _ends(rows, told, number):
            yield Fault(at, None, _("L’ancienne clé n’a pas cessé de valoir à ce changement."))
        covering = told.covering(at)
        if covering is not None and rows[number + 1].from_size > covering:
            yield Fault(at, None, _("La nouvelle clé n’a pas valu dès ce changement."))


def _ends(rows: list[RecordKey], told: Told, number: int) -> set[int | None]:
    """Return where a key may end: under the checkpoint of its change, or where it was lost."""
    at, change = told.changed[number]
    lost = {
        rows[after].from_size - 1
        for after, (_at, later) in enumerate(told.changed[number:], start=number + 1)
        if later.get("lost") is True
    }
    if change.get("lost") is True:
        return {*lost}
    # The end is written once the next checkpoint is signed.
    return {*lost, told.covering(at), None}


def book_faults(told: Told) -> Iterator[Fault]:
    """Compare each head that was stated with the entry of its book, as it is today."""
    query = select(Book.id).where(Book.organisation_id.is_(None), ~Book.rehearsal)
    platform = db.session.scalar(query)
    stated = [
        (index, fields.get("book", platform), fields.get("entries"), fields.get("head"))
        for index, fields in told.books
    ]
    for at in range(0, len(stated), AT_ONCE):
        some = stated[at : at + AT_ONCE]
        rows = db.session.execute(
            select(Entry.book_id, Entry.number, Entry.hash).where(
                Entry.book_id.in_({book for _index, book, _number, _head in some}),
                Entry.number.in_({number for _index, _book, number, _head in some}),
            )
        )
        held = {(row.book_id, row.number): row.hash for row in rows}
        for index, book, number, head in some:
            if held.get((book, number)) != head:
                yield Fault(
                    index,
                    None,
                    _("Le livre de comptes n’a plus l’empreinte qui a été inscrite ici."),
                )
