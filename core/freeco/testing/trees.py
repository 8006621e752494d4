"""A log in memory, made of the record's pure rooms: receipts, proofs and heads without database."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

from freeco.record.checkpoint import Checkpoint, cosign
from freeco.record.note import COSIGNATURE, ED25519, Kind, Note, SignerKey
from freeco.record.receipt import Receipt
from freeco.record.statement import Opening, Statement
from freeco.record.tiles import HASH, Growth, node_of
from freeco.record.tree import Hash, Node, consistency_proof, inclusion_proof, leaf_hash, root

ORIGIN = "freeco.example/lavergne/registre"
WITNESSED_AT = datetime(2026, 3, 4, 6, tzinfo=UTC)


def key_for(name: str, kind: Kind = ED25519) -> SignerKey:
    """Return a key that is always the same for this name: worth nothing outside a test."""
    return SignerKey(name, sha256(name.encode()).digest(), kind)


def witness_keys(number: int) -> tuple[SignerKey, ...]:
    """Return the keys of so many witnesses."""
    return tuple(key_for(f"village-{each}.example/temoin", COSIGNATURE) for each in range(number))


def witnessed(note: Note, *witnesses: SignerKey) -> Note:
    """Return a note with the co-signatures of these witnesses after the others."""
    lines = tuple(cosign(note.text, each, WITNESSED_AT) for each in witnesses)
    return replace(note, signatures=(*note.signatures, *lines))


def statement_number(number: int) -> tuple[Statement, dict[str, Opening]]:
    """Return a statement that differs from any other, and what opens it; nothing is drawn."""
    salt = sha256(f"salt {number}".encode()).digest()
    openings = {"member": Opening(salt, {"name": f"Zoé {number}", "member": number})}
    statement = Statement(
        "charter.accepted",
        date(2026, 3, 4),
        f"{number:032x}",
        {"version": "2.1", "language": "fr", "text": sha256(b"charter").hexdigest()},
        {name: each.sealed for name, each in openings.items()},
    )
    return statement, openings


class MemoryLog:
    """A log that keeps its entries and its tiles in memory, and signs any size it has had."""

    def __init__(self, origin: str = ORIGIN, entries: Iterable[bytes] = ()) -> None:
        self.key = key_for(origin)
        self.entries: list[bytes] = []
        self._tiles: dict[tuple[int, int], bytes] = {}
        self.append(entries)

    def append(self, entries: Iterable[bytes]) -> None:
        """Add entries at the end."""
        growth = Growth(len(self.entries), self.read_tile)
        added = list(entries)
        growth.append(map(leaf_hash, added))
        self._tiles.update(growth.finish())
        self.entries += added

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        """Read the first hashes of a tile."""
        return self._tiles[level, number][: width * HASH]

    def node(self, size: int) -> Node:
        """Return how to read the nodes of the tree as it was at this size."""
        return node_of(size, self.read_tile)

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """Return the head at this size, today's by default."""
        many = len(self.entries) if size is None else size
        return Checkpoint(self.key.name, many, root(many, self.node(many)))

    def note(self, size: int | None = None, *witnesses: SignerKey) -> Note:
        """Return it signed by the log and by these witnesses."""
        return witnessed(self.checkpoint(size).signed_by(self.key), *witnesses)

    def path(self, index: int, size: int) -> tuple[Hash, ...]:
        """Return the proof that a leaf is in the tree."""
        return tuple(inclusion_proof(index, size, self.node(size)))

    def growth(self, old: int, new: int) -> tuple[Hash, ...]:
        """Return the proof that the tree has only grown."""
        return tuple(consistency_proof(old, new, self.node(new)))


def log_of_statements(many: int) -> MemoryLog:
    """Return a log that holds the first so many numbered statements."""
    return MemoryLog(entries=(statement_number(each)[0].entry for each in range(many)))


def receipt_number(log: MemoryLog, index: int, *witnesses: SignerKey) -> Receipt:
    """Return the receipt of one of those statements, under today's head."""
    size = len(log.entries)
    opened = statement_number(index)[1]
    return Receipt(
        log.entries[index], index, log.path(index, size), log.note(None, *witnesses), opened
    )
