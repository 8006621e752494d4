"""Borders: what neighbours share is found, simplified and drawn once, so that no gap can open.

Points are whole numbers, in any unit: two neighbours have exactly the same points along their
border. Everything follows from the edges: one that two shapes share is between them, one that a
single shape has is its coast.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

Point = tuple[int, int]
Edge = tuple[Point, Point]
Line = Sequence[Point]
"""Points one after the other; a ring does not repeat its first one."""
Owner = TypeVar("Owner", bound=Hashable)


def edge(one: Point, other: Point) -> Edge:
    """Return the edge between two points, whichever way it is walked."""
    return (one, other) if one < other else (other, one)


def edges(rings: Iterable[Line]) -> set[Edge]:
    """Return the outer edges of some rings together: an edge that two of them share is inside."""
    odd: set[Edge] = set()
    for ring in rings:
        last = ring[-1]
        for point in ring:
            if point != last:
                odd ^= {edge(last, point)}
            last = point
    return odd


def arcs(found: Iterable[Edge]) -> list[list[Point]]:
    """Chain edges into lines that begin and end where three meet or where one stops.

    Every edge is in exactly one line; a line without such an end comes back to its beginning.
    """
    neighbours: dict[Point, list[Point]] = {}
    for one, other in found:
        neighbours.setdefault(one, []).append(other)
        neighbours.setdefault(other, []).append(one)
    left = {point: list(others) for point, others in neighbours.items()}
    nodes = [point for point, others in neighbours.items() if len(others) != 2]
    lines = []
    # Nodes first; what is left has none, and goes round.
    for start in (*nodes, *neighbours):
        while left[start]:
            line = [start]
            while len(line) == 1 or (len(neighbours[line[-1]]) == 2 and left[line[-1]]):
                here = line[-1]
                onward = left[here].pop()
                left[onward].remove(here)
                line.append(onward)
            lines.append(line)
    return lines


def rings(found: Iterable[Edge]) -> list[list[Point]]:
    """Chain outer edges into closed rings, which cross nothing but may touch at a point.

    Filled by the even-odd rule they are what the shapes cover, whichever way they turn.
    """
    left: dict[Point, list[Point]] = {}
    for one, other in found:
        left.setdefault(one, []).append(other)
        left.setdefault(other, []).append(one)
    closed = []
    for start in left:
        while left[start]:
            ring, at = [start], {start: 0}
            while left[ring[-1]]:
                here = ring[-1]
                onward = left[here].pop()
                left[onward].remove(here)
                if onward in at:  # a loop is complete: set it apart and walk on from there
                    first = at[onward]
                    closed.append(ring[first:])
                    for point in ring[first + 1 :]:
                        del at[point]
                    del ring[first + 1 :]
                    continue
                at[onward] = len(ring)
                ring.append(onward)
    return closed


def thinned(line: Line, tolerance: float) -> list[Point]:
    """Drop the points of a line that stand closer than the tolerance to what remains.

    Douglas and Peucker's way; both ends stay. A line that comes back to its beginning is halved
    at its farthest point first, so that an island keeps a shape.
    """
    keep = {0, len(line) - 1}
    stack = [(0, len(line) - 1)]
    while stack:
        start, end = stack.pop()
        far, index = _farthest(line, start, end)
        if far > tolerance**2:
            keep.add(index)
            stack += [(start, index), (index, end)]
    return [line[index] for index in sorted(keep)]


def _farthest(line: Line, start: int, end: int) -> tuple[float, int]:
    """Return the square of the greatest distance to the segment between two points, and where."""
    (ax, ay), (bx, by) = line[start], line[end]
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    most, where = -1.0, start
    for index in range(start + 1, end):
        px, py = line[index][0] - ax, line[index][1] - ay
        along = min(1.0, max(0.0, (px * dx + py * dy) / length)) if length else 0.0
        away = (px - along * dx) ** 2 + (py - along * dy) ** 2
        if away > most:
            most, where = away, index
    return most, where


def merged(owned: Mapping[Owner, set[Edge]], tolerance: float) -> dict[Owner, list[list[Point]]]:
    """Simplify the outer edges of several shapes, common ones alike; return the rings of each."""
    everyone: dict[Edge, list[Owner]] = {}
    for owner, its_edges in owned.items():
        for each in its_edges:
            everyone.setdefault(each, []).append(owner)
    kept: dict[Owner, set[Edge]] = {owner: set() for owner in owned}
    for line in arcs(everyone):
        thin = thinned(line, tolerance)
        for one, other in pairwise(thin):
            for owner in everyone[edge(line[0], line[1])]:
                kept[owner] ^= {edge(one, other)}
    return {owner: rings(its_edges) for owner, its_edges in kept.items()}


def area(ring: Line) -> float:
    """Return the area of a ring, positive whichever way it turns."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def holds(ring: Sequence[tuple[float, float]], point: tuple[float, float]) -> bool:
    """Whether a point is inside a ring."""
    inside = False
    (x, y), last = point, ring[-1]
    for here in ring:
        if (here[1] > y) != (last[1] > y):
            cut = here[0] + (y - here[1]) * (last[0] - here[0]) / (last[1] - here[1])
            inside ^= x < cut
        last = here
    return inside
