"""The record read from its rows alone, with a tree as its definition has it: slow, and plain.

It knows nothing of tiles and of how the record is written: what it says is what a stranger would
find who takes RFC 6962 at its word.
"""

from hashlib import sha256
from itertools import pairwise

from sqlalchemy import select

from freeco.db import db
from freeco.record import keys
from freeco.record.checkpoint import open_checkpoint
from freeco.record.errors import RecordRefusal
from freeco.record.models import RecordEntry, RecordLog
from freeco.record.sequencer import read_tile
from freeco.record.tiles import node_of
from freeco.record.tree import consistency_proof, verify_consistency
from freeco.testing.record import checkpoints


class NaiveTree:
    """The roots of some entries, by the definition of RFC 6962, section 2.1."""

    def __init__(self, entries: list[bytes]) -> None:
        self.entries = entries
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self, begin: int, end: int) -> bytes:
        """Return the root of the entries from ``begin`` to ``end``, excluded."""
        if end - begin < 2:
            return sha256(b"".join(b"\0" + each for each in self.entries[begin:end])).digest()
        if (begin, end) not in self._known:
            half = 1
            while half * 2 < end - begin:
                half *= 2
            left, right = self.root(begin, begin + half), self.root(begin + half, end)
            self._known[begin, end] = sha256(b"\1" + left + right).digest()
        return self._known[begin, end]


def faults_of(log: RecordLog) -> list[str]:
    """Say everything that is wrong with a log in which nothing waits."""
    query = select(RecordEntry.leaf_index, RecordEntry.entry).where(RecordEntry.log_id == log.id)
    rows = db.session.execute(query.order_by(RecordEntry.leaf_index, RecordEntry.id)).all()
    faults = []
    places = [row.leaf_index for row in rows]
    if places != list(range(len(rows))):
        faults.append(f"places: {places}")
    tree = NaiveTree([row.entry for row in rows])
    heads = checkpoints(log)
    signed = heads[-1].size if heads else 0
    if (log.size, signed) != (len(rows), len(rows)):
        faults.append(f"{len(rows)} entries, {log.size} in the log, {signed} signed")
    for head in heads:
        if head.root != tree.root(0, head.size):
            faults.append(f"the root at {head.size}")
        for key in keys.verifiers_at(log, head.size):
            found = open_checkpoint(head.note, key)
            if (found.origin, found.size, found.root) != (log.origin, head.size, head.root):
                faults.append(f"the note at {head.size}")
    return faults + _jumps(log)


def _jumps(log: RecordLog) -> list[str]:
    """Say which checkpoints do not prolong the one before them, as the tiles tell it."""
    faults = []
    for old, new in pairwise(checkpoints(log)):
        try:
            proof = consistency_proof(old.size, new.size, node_of(new.size, read_tile(log)))
            verify_consistency(old.size, new.size, old.root, new.root, proof)
        except RecordRefusal as refusal:
            faults.append(f"from {old.size} to {new.size}: {refusal!r}")
    return faults
