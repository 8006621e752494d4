"""Outlines of communes and departments, as freeco.places.prepare wrote them; read when needed.

Coordinates are whole steps of 0.0001 degree (about ten metres). Nothing here is needed: without
the files there are no outlines, and the map is drawn on a plain ground.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from freeco.places import ground
from freeco.places.bounds import Bounds
from freeco.places.projection import world

STEP = 0.0001
Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Outline:
    """The shape of a commune or a department."""

    code: str
    name: str
    people: int
    rings: Sequence[Ring]
    """Points of the unit square (freeco.places.projection.world); holes among them."""
    bounds: Bounds
    centre: tuple[float, float]
    """A point well inside, in degrees; not the town hall."""


def in_view(bounds: Bounds, *, communes: bool) -> Sequence[Outline]:
    """Return the outlines that a rectangle touches: communes, or departments."""
    departments = [each for each in _outlines(ground.DEPARTMENTS) if touch(each.bounds, bounds)]
    if not communes:
        return departments
    return [
        outline
        for department in departments
        for outline in _outlines(f"{department.code}.json.gz")
        if touch(outline.bounds, bounds)
    ]


def attribution() -> str:
    """Return whose outlines these are; empty without any."""
    file = ground.file(ground.DEPARTMENTS)
    return _source(file) if file else ""


def department_of(insee: str) -> str:
    """Return the code of a commune's department: two characters, three overseas."""
    return insee[:3] if insee.startswith(("97", "98")) else insee[:2]


def touch(one: Bounds, other: Bounds) -> bool:
    """Whether two rectangles have a point in common."""
    return (
        one.south <= other.north
        and other.south <= one.north
        and one.west <= other.east
        and other.west <= one.east
    )


def _outlines(name: str) -> Sequence[Outline]:
    file = ground.file(name)
    return _read(file) if file else ()


@lru_cache(maxsize=8)
def _content(file: Path) -> Mapping[str, object]:
    content: Mapping[str, object] = json.loads(gzip.decompress(file.read_bytes()))
    return content


def _source(file: Path) -> str:
    return str(_content(file)["source"])


@lru_cache(maxsize=12)
def _read(file: Path) -> Sequence[Outline]:
    listed = json.loads(gzip.decompress(file.read_bytes()))["outlines"]
    return [
        _outline(code, name, people, [unpacked(ring) for ring in rings], (centre[0], centre[1]))
        for code, name, people, centre, rings in listed
    ]


def _outline(
    code: str, name: str, people: int, rings: Sequence[Ring], centre: tuple[float, float]
) -> Outline:
    latitudes = [point[0] for ring in rings for point in ring]
    longitudes = [point[1] for ring in rings for point in ring]
    bounds = Bounds(min(latitudes), min(longitudes), max(latitudes), max(longitudes))
    placed = [[world(*point) for point in ring] for ring in rings]
    return Outline(code, name, people, placed, bounds, centre)


def packed(ring: Sequence[tuple[int, int]]) -> list[int]:
    """Write a ring of whole steps as differences: small numbers compress well."""
    flat: list[int] = []
    last = (0, 0)
    for point in ring:
        flat += (point[0] - last[0], point[1] - last[1])
        last = point
    return flat


def unpacked(flat: Sequence[int]) -> Ring:
    """Read a ring back, in degrees."""
    points = []
    latitude = longitude = 0
    for index in range(0, len(flat), 2):
        latitude += flat[index]
        longitude += flat[index + 1]
        points.append((latitude * STEP, longitude * STEP))
    return points
