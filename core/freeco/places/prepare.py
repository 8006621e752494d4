"""The ground of the map, made once from outlines of communes: files that are read when needed.

Departments are what their communes cover together: an edge that two of them share is inside.
"""

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from pathlib import Path

from freeco.places import ground
from freeco.places.borders import Edge, Point, area, edges, holds, merged
from freeco.places.gaps import mended
from freeco.places.outlines import STEP, department_of
from freeco.places.shape import Position, Ring, Shape

GRAIN = 1
"""Points are moved to a grid of so many steps (10 m): two neighbours move their common border
alike, so that no gap opens between them, which simplifying each by itself would do."""
FROM_AFAR = 10
"""How far, in steps, the outline of a department may stray: half a pixel where it is used."""
SMALLEST = 2_500
"""Square steps (a fifth of a square kilometre): a smaller part of a department is not drawn."""
BESIDE_KM = 0.5
"""A town hall so far outside its commune is still its centre: outlines are simplified."""
DEGREE_KM = 111.2


class BadOutlines(ValueError):
    """A file does not hold outlines that can be read; the message says why."""


@dataclass(frozen=True)
class Land:
    """A commune as a source gives it."""

    code: str
    name: str
    rings: Sequence[Sequence[Sequence[float]]]
    """In degrees, longitude first; holes among them."""
    people: int = 0
    town_hall: Position | None = None
    """Latitude first."""
    wider: bool = False
    """Whether it took in neighbours that the source has no outline for."""


def prepare(
    lands: Iterable[Land],
    departments: Mapping[str, str],
    target: Path,
    source: str,
    grain: int = GRAIN,
) -> int:
    """Write the files of the ground into a folder; return how many communes they hold.

    ``departments`` gives their names by code. Raises BadOutlines when there is no commune.
    """
    shapes: list[Shape] = []
    centres: dict[str, Position] = {}
    wider: set[str] = set()
    for land in lands:
        shape = _shape(land, grain)
        if shape is not None:
            shapes.append(shape)
            centres[shape.code] = centre(shape, land.town_hall)
            wider |= {shape.code} if land.wider else set()
    if not centres:
        raise BadOutlines("ce fichier ne contient aucun contour de commune")
    by_department: dict[str, list[Shape]] = {}
    for shape in mended(shapes, wider):
        by_department.setdefault(department_of(shape.code), []).append(shape)
    target.mkdir(parents=True, exist_ok=True)
    outer: dict[str, set[Edge]] = {}
    for code, its_own in by_department.items():
        _write(target / f"{code}.json.gz", {"outlines": [each.listed() for each in its_own]})
        outer[code] = edges(ring for shape in its_own for ring in shape.rings)
    _write(target / ground.CENTRES, {"centres": centres})
    whole = [
        Shape(code, departments.get(code, ""), 0, _large(rings))
        for code, rings in merged(outer, FROM_AFAR).items()
        if rings
    ]
    # Last: with this file, the ground is there.
    _write(
        target / ground.DEPARTMENTS,
        {"source": source, "outlines": [each.listed() for each in whole]},
    )
    return len(centres)


def _write(file: Path, content: Mapping[str, object]) -> None:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    file.write_bytes(gzip.compress(text.encode(), mtime=0))


def _shape(land: Land, grain: int) -> Shape | None:
    rings = [snapped(ring, grain) for ring in land.rings]
    rings = [ring for ring in rings if len(ring) > 2]
    return Shape(land.code, land.name, land.people, rings) if rings else None


def _large(rings: Sequence[Ring]) -> Sequence[Ring]:
    large = [ring for ring in rings if area(ring) >= SMALLEST]
    return large or [max(rings, key=area)]


def snapped(ring: Sequence[Sequence[float]], grain: int) -> list[Point]:
    """Move a ring (longitude first, as GeoJSON has it) to the grid, and drop what adds nothing."""
    points: list[Point] = []
    for longitude, latitude, *_height in ring:
        point = (
            round(latitude / STEP / grain) * grain,
            round(longitude / STEP / grain) * grain,
        )
        if points and point == points[-1]:
            continue
        points.append(point)
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return points


def centre(shape: Shape, town_hall: Position | None) -> Position:
    """Return where a commune's places stand: its town hall, when that is in it or beside it."""
    if town_hall is None:
        return shape.middle
    at = town_hall[0] / STEP, town_hall[1] / STEP
    rings_around = sum(holds(ring, at) for ring in shape.rings)
    if rings_around % 2 or _beside_km(shape, at) <= BESIDE_KM:
        return round(town_hall[0], 5), round(town_hall[1], 5)
    return shape.middle


def _beside_km(shape: Shape, at: Position) -> float:
    """Return how far a point, in steps, is from the border of a shape."""
    narrow = cos(radians(at[0] * STEP))
    nearest = min(
        _away(
            ((a[0] - at[0], (a[1] - at[1]) * narrow)),
            ((b[0] - at[0], (b[1] - at[1]) * narrow)),
        )
        for ring in shape.rings
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
    )
    return nearest * STEP * DEGREE_KM


def _away(one: Position, other: Position) -> float:
    """Return how far the origin is from a segment."""
    dx, dy = other[0] - one[0], other[1] - one[1]
    length = dx * dx + dy * dy
    along = min(1.0, max(0.0, -(one[0] * dx + one[1] * dy) / length)) if length else 0.0
    return hypot(one[0] + along * dx, one[1] + along * dy)
