"""A commune or a department as it is written: whole steps, and a point well inside."""

from collections.abc import Sequence
from dataclasses import dataclass

from freeco.places.borders import Point, area, holds
from freeco.places.outlines import STEP, packed

Ring = Sequence[Point]
Position = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """A commune or a department, latitude first."""

    code: str
    name: str
    people: int
    rings: Sequence[Ring]

    @property
    def middle(self) -> Position:
        """A point well inside its largest part, in degrees."""
        latitude, longitude = inside(*self.rings)
        return round(latitude * STEP, 5), round(longitude * STEP, 5)

    def listed(self) -> list[object]:
        """Return what is written for it."""
        rings = [packed(ring) for ring in self.rings]
        return [self.code, self.name, self.people, list(self.middle), rings]


def inside(*rings: Ring) -> Position:
    """Return a point inside some rings, in steps: the centre of the largest, else beside it.

    A commune may be a crescent, or have a hole: that centre may be at its neighbour's.
    """
    first, second = _gravity(max(rings, key=area))
    if sum(holds(ring, (first, second)) for ring in rings) % 2:
        return first, second
    # The widest stretch of them along the longitude of that centre, or along its latitude.
    middles = []
    for axis, at in ((0, first), (1, second)):
        cuts = sorted(cut for ring in rings for cut in _cuts(ring, axis, at))
        middles += [
            (end - start, (at, (start + end) / 2) if axis == 0 else ((start + end) / 2, at))
            for start, end in zip(cuts[::2], cuts[1::2], strict=False)
        ]
    return max(middles)[1] if middles else (float(rings[0][0][0]), float(rings[0][0][1]))


def _gravity(ring: Ring) -> Position:
    turns = first = second = 0.0
    # Measured from the ring's first point: far from nought, small differences would drown.
    origin = ring[0]
    placed = [(point[0] - origin[0], point[1] - origin[1]) for point in ring]
    for a, b in zip(placed, [*placed[1:], placed[0]], strict=True):
        turn = a[0] * b[1] - b[0] * a[1]
        turns += turn
        first += (a[0] + b[0]) * turn
        second += (a[1] + b[1]) * turn
    if not turns:
        return float(origin[0]), float(origin[1])
    return origin[0] + first / (3 * turns), origin[1] + second / (3 * turns)


def _cuts(ring: Ring, axis: int, at: float) -> list[float]:
    """Return where a ring crosses the line on which one of the coordinates has a value."""
    return [
        a[1 - axis] + (at - a[axis]) * (b[1 - axis] - a[1 - axis]) / (b[axis] - a[axis])
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
        if (a[axis] > at) != (b[axis] > at)
    ]
