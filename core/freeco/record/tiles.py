"""The tree kept as tiles of 256 hashes, and where a mirror finds them (c2sp.org/tlog-tiles).

A tile of level L holds the hashes of complete subtrees of ``256 ** L`` leaves, side by side. The
last tile of each level is still growing: what a smaller tree held of it is its beginning.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

from freeco.record.errors import Malformed
from freeco.record.tree import HASH as HASH
from freeco.record.tree import LARGEST, Hash, Node

WIDTH = 256
LONGEST_ENTRY = 0xFFFF
"""Bytes: an entry's length is written on two."""
HEIGHT = 8
"""Levels of the binary tree inside a tile."""

ReadTile = Callable[[int, int, int], bytes]
"""``read(level, number, width)``: the first ``width`` hashes of a tile, joined."""


def join(hashes: bytes) -> Hash:
    """Return the root above a row of hashes whose number is a power of two."""
    row = hashes
    while len(row) > HASH:
        row = b"".join(
            [sha256(b"\x01" + row[at : at + 64]).digest() for at in range(0, len(row), 64)]
        )
    return row


class Growth:
    """Appends leaves to a tree kept as tiles; only the growing tiles are in memory.

    ``tiles`` are the last tiles of each level as they stand, by (level, number); those that
    change or appear are in ``changed``, with what they hold now.
    """

    def __init__(self, size: int, tiles: ReadTile) -> None:
        self.size = size
        self.changed: dict[tuple[int, int], bytes] = {}
        self._edge = [
            bytearray(tiles(level, number, width) if width else b"")
            for level, number, width in edge(size)
        ]

    def append(self, leaves: Iterable[Hash]) -> None:
        """Add hashes of leaves, in order."""
        for leaf in leaves:
            self._push(0, leaf)
            self.size += 1

    def finish(self) -> dict[tuple[int, int], bytes]:
        """Return every tile that was changed since the beginning, whole."""
        for (level, number, width), held in zip(edge(self.size), self._edge, strict=False):
            if width:
                self.changed[level, number] = bytes(held)
        return self.changed

    def _push(self, level: int, hashed: Hash) -> None:
        if level == len(self._edge):
            self._edge.append(bytearray())
        held = self._edge[level]
        held += hashed
        if len(held) == WIDTH * HASH:
            whole = bytes(held)
            self.changed[level, self.size >> HEIGHT * (level + 1)] = whole
            held.clear()
            self._push(level + 1, join(whole))


def edge(size: int) -> Iterator[tuple[int, int, int]]:
    """Give (level, number, width) of the growing tile of each level; a width may be nought."""
    level = 0
    while size >> HEIGHT * level:
        held = size >> HEIGHT * level
        yield level, held >> HEIGHT, held & (WIDTH - 1)
        level += 1


def widths(size: int) -> Iterator[tuple[int, int, int]]:
    """Give (level, number, width) of every tile of a tree, full and partial, none empty."""
    for level, number, width in edge(size):
        for full in range(number):
            yield level, full, WIDTH
        if width:
            yield level, number, width


def width_at(level: int, number: int, size: int) -> int:
    """Return how many hashes a tile holds in a tree of this size: 0 to 256."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - number * WIDTH))


def node_of(size: int, read: ReadTile) -> Node:
    """Return how to read the nodes of a tree of this size from its tiles, each read once."""
    rows: dict[tuple[int, int], list[bytes]] = {}

    def node(level: int, index: int) -> Hash:
        tile_level, height = divmod(level, HEIGHT)
        number = index << height >> HEIGHT
        key = (tile_level, number)
        if key not in rows:
            rows[key] = [read(tile_level, number, width_at(tile_level, number, size))]
        levels = rows[key]
        while len(levels) <= height:
            below = levels[-1]
            levels.append(
                b"".join(
                    [
                        sha256(b"\x01" + below[at : at + 64]).digest()
                        for at in range(0, len(below) // 64 * 64, 64)
                    ]
                )
            )
        place = index - (number << HEIGHT >> height)
        found = levels[height][place * HASH : (place + 1) * HASH]
        if len(found) != HASH:
            raise Malformed(f"tile {tile_level}/{number}")
        return found

    return node


HIGHEST = 63
"""The last level that an address may name."""
NUMBER = r"(?:x[0-9]{3}/){0,6}[0-9]{3}"
TILE = re.compile(rf"tile/(0|[1-9][0-9]?|entries)/({NUMBER})(?:\.p/([1-9][0-9]{{0,2}}))?")


def tile_path(level: int | None, number: int, width: int = WIDTH) -> str:
    """Return where a tile is: ``tile/0/x001/234.p/17``; without level, a bundle of entries."""
    digits = f"{number:03d}" if number < 1000 else f"{number:0{(len(str(number)) + 2) // 3 * 3}d}"
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{'entries' if level is None else level}/{name}{partial}"


def read_path(path: str) -> tuple[int | None, int, int]:
    """Read such an address: (level, number, width). Raises Malformed for any other writing."""
    found = TILE.fullmatch(path)
    if found is None:
        raise Malformed(path[:80])
    level = None if found[1] == "entries" else int(found[1])
    number = int(found[2].replace("x", "").replace("/", ""))
    width = int(found[3]) if found[3] else WIDTH
    if tile_path(level, number, width) != path or width > WIDTH:
        raise Malformed(path[:80])
    if (level or 0) > HIGHEST or number > LARGEST:
        raise Malformed(path[:80])
    return level, number, width


def bundle(entries: Iterable[bytes]) -> bytes:
    """Join entries, each behind its length on two bytes."""
    parts = []
    for entry in entries:
        if len(entry) > LONGEST_ENTRY:
            raise ValueError(f"an entry of {len(entry)} bytes is too long for a bundle")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def unbundle(joined: bytes) -> list[bytes]:
    """Cut a bundle into its entries. Raises Malformed when something is left over."""
    entries, at = [], 0
    while at < len(joined):
        length = int.from_bytes(joined[at : at + 2], "big")
        entry = joined[at + 2 : at + 2 + length]
        if at + 2 > len(joined) or len(entry) != length:
            raise Malformed("bundle")
        entries.append(entry)
        at += 2 + length
    return entries
