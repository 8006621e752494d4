"""The audit: reads a log again from its first statement, trusting nothing that was derived.

The tree is computed again from the hashes at its foot, each of which is compared with its
statement: a fault is named where it stands, and does not spoil what comes after it.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.i18n import _
from freeco.module import Text
from freeco.record.audit_facts import AT_ONCE, Audit, Fault, Told, book_faults, key_faults
from freeco.record.audit_openings import missing_openings
from freeco.record.audit_shown import shown_faults
from freeco.record.checkpoint import Checkpoint, check_cosignature
from freeco.record.errors import Malformed, RecordRefusal
from freeco.record.keys import ranges
from freeco.record.models import (
    RecordCheckpoint,
    RecordCosignature,
    RecordEntry,
    RecordLog,
    RecordOpening,
    RecordTile,
)
from freeco.record.note import Note, Signature, VerifierKey
from freeco.record.statement import Opening, Statement
from freeco.record.tiles import HASH, WIDTH, Growth
from freeco.record.tree import EMPTY, Hash, leaf_hash, node_hash

LATE = timedelta(hours=1)
"""A statement waits a minute for its place; longer, no worker runs, or the key is missing."""
Tiles = dict[tuple[int, int], bytes]
Rows = Select[*tuple[Any, ...]]


def check(log: RecordLog) -> Audit:
    """Read a whole log: statements, tree, checkpoints with their signatures, openings, books.

    The log does not grow meanwhile; statements may still be made.
    """
    lock(log)
    return _Reading(log).whole()


class _Roots:
    """The roots of a tree as it grows: its complete subtrees, the largest first."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, Hash]] = []

    def append(self, leaf: Hash) -> None:
        level, grown = 0, leaf
        while self._peaks and self._peaks[-1][0] == level:
            grown = node_hash(self._peaks.pop()[1], grown)
            level += 1
        self._peaks.append((level, grown))

    @property
    def root(self) -> Hash:
        if not self._peaks:
            return EMPTY
        together = self._peaks[-1][1]
        for _level, peak in reversed(self._peaks[:-1]):
            together = node_hash(peak, together)
        return together


class _Reading:
    """One reading of a log."""

    def __init__(self, log: RecordLog) -> None:
        self.log = log
        self.faults: list[Fault] = []
        self.told = Told()
        self.size = 0
        self.tiles = self._tiles()
        self.growth = Growth(0, lambda _level, _number, _width: b"")
        self.roots = _Roots()
        self.keys = ranges(log)
        self.heads = deque(self._checkpoints())
        self.rooted = True
        """Whether every root has been right so far."""

    def whole(self) -> Audit:
        for row in self._entries():
            self._entry(row)
        for head in self.heads:
            self._fault(_("Ce sceau couvre des inscriptions qui ne sont plus là."), size=head.size)
        self._ends()
        self._trees()
        self._cosignatures()
        self._openings()
        self.faults += key_faults(self.log, self.told)
        self.faults += book_faults(self.told)
        self.faults += shown_faults(self.log)
        self.faults += missing_openings(self.log)
        return Audit(self.size, tuple(self.faults))

    def _fault(self, what: Text, *, index: int | None = None, size: int | None = None) -> None:
        self.faults.append(Fault(index, size, what))

    def _entries(self) -> Iterator[Row[Any]]:
        """Give the statements by their places, then those that have none yet."""
        query: Rows = (
            select(
                RecordEntry.leaf_index,
                RecordEntry.entry,
                RecordEntry.leaf,
                RecordEntry.kind,
                RecordEntry.day,
                RecordEntry.reference,
            )
            .where(RecordEntry.log_id == self.log.id)
            .order_by(RecordEntry.leaf_index.nulls_last(), RecordEntry.id)
        )
        yield from db.session.execute(query.execution_options(yield_per=AT_ONCE))

    def _entry(self, row: Row[Any]) -> None:
        hashed = leaf_hash(row.entry)
        if row.leaf_index is not None:
            while self.size < row.leaf_index:
                self._fault(_("Il manque une inscription à cette place."), index=self.size)
                self._grow(self._foot(self.size) or bytes(HASH))
            foot = self._foot(self.size)
            if foot != hashed:
                self._fault(
                    _("Cette inscription et l’arbre ne s’accordent plus."),
                    index=row.leaf_index,
                )
            self._grow(foot or hashed)
        if row.leaf != hashed:
            self._fault(
                _("L’empreinte gardée de cette inscription n’est pas la sienne."),
                index=row.leaf_index,
            )
        try:
            statement = Statement.read(row.entry)
        except Malformed:
            self._fault(
                _("Cette inscription n’est pas écrite comme le registre l’écrit."),
                index=row.leaf_index,
            )
            return
        if (statement.kind, statement.day, statement.reference) != (
            row.kind,
            row.day,
            row.reference,
        ):
            self._fault(
                _("Le genre, le jour ou la référence n’est pas celui que dit l’inscription."),
                index=row.leaf_index,
            )
        self.told.hear(row.leaf_index, statement)

    def _grow(self, leaf: Hash) -> None:
        self.growth.append((leaf,))
        self.roots.append(leaf)
        self.size += 1
        while self.heads and self.heads[0].size <= self.size:
            self._head(self.heads.popleft())

    def _foot(self, index: int) -> Hash | None:
        """Return the hash that the tree keeps at a place; none where it is cut off."""
        row = self.tiles.get((0, index // WIDTH), b"")
        at = index % WIDTH * HASH
        return row[at : at + HASH] if len(row) >= at + HASH else None

    def _checkpoints(self) -> Sequence[Row[Any]]:
        query: Rows = (
            select(RecordCheckpoint.size, RecordCheckpoint.root, RecordCheckpoint.note)
            .where(RecordCheckpoint.log_id == self.log.id)
            .order_by(RecordCheckpoint.size)
        )
        return db.session.execute(query).all()

    def _head(self, row: Row[Any]) -> None:
        """Check a checkpoint at the size that the reading has reached."""
        self.told.sizes.append(row.size)
        try:
            note = Note.read(row.note)
            told = Checkpoint.read(note.text)
        except Malformed as refusal:
            self._fault(refusal.reason, size=row.size)
            return
        if told != Checkpoint(self.log.origin, row.size, row.root):
            self._fault(_("Ce sceau ne dit pas ce que dit sa ligne."), size=row.size)
        if self.rooted and (row.root != self.roots.root or row.size != self.size):
            # Those that follow cannot be right either: the first one says where it began.
            self.rooted = False
            self._fault(_("Ce sceau n’est pas celui des inscriptions qu’il couvre."), size=row.size)
        signing = [key for key, first, last in self.keys if first <= row.size <= last]
        if not signing:
            self._fault(_("Aucune clé ne valait pour ce sceau."), size=row.size)
        for key in signing:
            try:
                note.check(key)
            except RecordRefusal as refusal:
                self._fault(refusal.reason, size=row.size)

    def _ends(self) -> None:
        if self.log.size != self.size:
            self._fault(
                _(
                    "Le registre se dit long de %(said)s inscriptions, il en tient %(held)s.",
                    said=self.log.size,
                    held=self.size,
                )
            )
        if self.size and self.told.sizes[-1:] != [self.size]:
            self._fault(_("Les dernières inscriptions n’ont pas de sceau."), index=self.size - 1)
        waiting = select(func.min(RecordEntry.stated_at)).where(
            RecordEntry.log_id == self.log.id, RecordEntry.leaf_index.is_(None)
        )
        since = db.session.scalar(waiting)
        if since is not None and now() - since > LATE:
            self._fault(
                _(
                    "Des inscriptions attendent leur place depuis plus d’une heure : lancez "
                    "« freeco run » ou « freeco worker » ; s’il tourne "
                    "déjà, son journal dit quelle clé lui manque."
                )
            )

    def _tiles(self) -> Tiles:
        query = select(RecordTile.level, RecordTile.number, RecordTile.hashes).where(
            RecordTile.log_id == self.log.id
        )
        return {(row.level, row.number): row.hashes for row in db.session.execute(query)}

    def _trees(self) -> None:
        """Compare what is kept of the tree with what its foot gives."""
        expected = self.growth.finish()
        for level, number in sorted(expected.keys() | self.tiles.keys()):
            if expected.get((level, number)) != self.tiles.get((level, number)):
                self._fault(
                    _(
                        "L’arbre gardé n’est pas celui des inscriptions : étage %(level)s, "
                        "rangée %(number)s.",
                        level=level,
                        number=number,
                    )
                )

    def _cosignatures(self) -> None:
        query = (
            select(
                RecordCheckpoint.size,
                RecordCheckpoint.note,
                RecordCosignature.witness,
                RecordCosignature.line,
                RecordCosignature.given_at,
            )
            .join(RecordCheckpoint, RecordCheckpoint.id == RecordCosignature.checkpoint_id)
            .where(RecordCheckpoint.log_id == self.log.id)
            .order_by(RecordCheckpoint.size, RecordCosignature.id)
        )
        for row in db.session.execute(query.execution_options(yield_per=AT_ONCE)):
            try:
                key = VerifierKey.read(row.witness)
                line = Signature.read(row.line.removesuffix("\n"))
                at = check_cosignature(Note(Note.read(row.note).text, (line,)), key)
            except RecordRefusal:
                self._fault(_("La contresignature d’un témoin n’est pas la sienne."), size=row.size)
                continue
            if at != row.given_at:
                self._fault(
                    _("L’heure d’une contresignature n’est pas celle que dit le témoin."),
                    size=row.size,
                )

    def _openings(self) -> None:
        query = (
            select(
                RecordEntry.leaf_index,
                RecordEntry.entry,
                RecordOpening.name,
                RecordOpening.salt,
                RecordOpening.fields,
            )
            .join(RecordEntry, RecordEntry.id == RecordOpening.entry_id)
            .where(RecordEntry.log_id == self.log.id)
            .order_by(RecordEntry.leaf_index.nulls_last(), RecordEntry.id, RecordOpening.name)
        )
        for row in db.session.execute(query.execution_options(yield_per=AT_ONCE)):
            try:
                opening = Opening(row.salt, row.fields)
                sealed = f'"{row.name}":"{opening.sealed}"'.encode()
            except (ValueError, TypeError):
                sealed = b""
            # The digest stands in the statement, whose writing was checked above.
            if not sealed or sealed not in row.entry:
                self._fault(
                    _("Le contenu gardé n’est pas celui qui a été scellé."), index=row.leaf_index
                )
                continue
            if row.name == "book":
                self.told.books.append((row.leaf_index, row.fields))
