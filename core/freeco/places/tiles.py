"""Pictures from a tile server under the drawing: only when the operator has configured one.

The drawing has the projection and the zooms of the tiles, so that they fall in place without any
JavaScript. They lie over the outlines: where a picture does not come, the outlines are seen.
"""

from dataclasses import dataclass
from math import floor

from freeco.places.projection import TILE, View

SERVERS = "abc"
"""What stands for {s} in an address, in turn."""


@dataclass(frozen=True)
class Tile:
    """One picture, and where it lies in the frame."""

    url: str
    x: float
    y: float
    side: int = TILE


def tiles_of(view: View, address: str) -> list[Tile]:
    """Return the tiles that cover a view; none without an address."""
    if not address:
        return []
    left, top = view.corner
    many = 2**view.zoom
    return [
        Tile(
            url=_filled(address, view.zoom, column, row),
            x=round(column * TILE - left, 1),
            y=round(row * TILE - top, 1),
        )
        for row in _span(top, view.height, many)
        for column in _span(left, view.width, many)
    ]


def _span(start: float, length: int, many: int) -> range:
    return range(max(0, floor(start / TILE)), min(many, floor((start + length) / TILE) + 1))


def _filled(address: str, zoom: int, column: int, row: int) -> str:
    server = SERVERS[(column + row) % len(SERVERS)]
    parts = {"{z}": str(zoom), "{x}": str(column), "{y}": str(row), "{s}": server}
    for part, value in parts.items():
        address = address.replace(part, value)
    return address
