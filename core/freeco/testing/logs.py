"""A log without site nor database: what it signs, proves and serves, and what it lies about."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from freeco.record.checkpoint import Checkpoint
from freeco.record.note import Note, SignerKey
from freeco.record.statement import Statement, new_reference
from freeco.record.tiles import HASH, WIDTH, Growth, ReadTile, bundle, node_of, tile_path, widths
from freeco.record.tree import Hash, Node, consistency_proof, leaf_hash, root

ORIGIN = "elsewhere.example/vallon/registre"


class PlainLog:
    """The entries of a log, and its key."""

    def __init__(self, origin: str = ORIGIN, key: SignerKey | None = None) -> None:
        self.key = key or SignerKey.generate(origin)
        self.entries: list[bytes] = []

    @classmethod
    def of(cls, entries: Iterable[bytes], key: SignerKey) -> "PlainLog":
        """Return another history of the log whose key this is."""
        log = cls(key.name, key)
        log.entries = list(entries)
        return log

    def grow(self, count: int, words: str = "entry") -> "PlainLog":
        """Append so many entries."""
        self.entries += [f"{words} {len(self.entries) + at}".encode() for at in range(count)]
        return self

    def state(self, kind: str, **about: str) -> "PlainLog":
        """Append a statement, such as that of its key: ``log.opened``."""
        statement = Statement(kind, date(2026, 11, 22), new_reference(), about)
        self.entries.append(statement.entry)
        return self

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """Return the head, or that of its first ``size`` entries."""
        size = len(self.entries) if size is None else size
        return Checkpoint(self.key.name, size, root(size, self._node(size)))

    def note(self, size: int | None = None) -> Note:
        """Return that head, signed."""
        return self.checkpoint(size).signed_by(self.key)

    def proof(self, old: int, size: int | None = None) -> list[Hash]:
        """Return what shows that a head prolongs an older one."""
        size = len(self.entries) if size is None else size
        return consistency_proof(old, size, self._node(size))

    def write(self, folder: Path) -> Path:
        """Write the log as static files, as it would be served."""
        size = len(self.entries)
        read = self._tiles()
        for level, number, width in widths(size):
            _put(folder / tile_path(level, number, width), read(level, number, width))
            if level == 0:
                held = self.entries[number * WIDTH : number * WIDTH + width]
                _put(folder / tile_path(None, number, width), bundle(held))
        _put(folder / "checkpoint", str(self.note()).encode())
        return folder

    def _node(self, size: int) -> Node:
        return node_of(size, self._tiles())

    def _tiles(self) -> ReadTile:
        growth = Growth(0, _nothing)
        growth.append(map(leaf_hash, self.entries))
        tiles = growth.finish()

        def read(level: int, number: int, width: int) -> bytes:
            return tiles[level, number][: width * HASH]

        return read


def _nothing(level: int, number: int, width: int) -> bytes:
    raise LookupError(f"tile {level}/{number}, {width} wide")


def _put(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
