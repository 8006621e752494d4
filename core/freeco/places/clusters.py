"""Clusters: what stands too close to be told apart is one mark with a number."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
APART = 60
"""Units of the drawing between two marks; a mark is a target for a thumb."""


@dataclass(frozen=True)
class Cluster(Generic[T]):
    """Some things around one point of the drawing."""

    x: float
    y: float
    things: tuple[T, ...]

    @property
    def count(self) -> int:
        """How many stand here."""
        return len(self.things)


def clusters(points: Iterable[tuple[float, float, T]], apart: float = APART) -> list[Cluster[T]]:
    """Group the points of a drawing; every point is in exactly one group.

    A grid first, in one pass whatever their number, each group standing at the middle of its
    points; then groups closer than ``apart`` are joined, the larger ones first.
    """
    cells: dict[tuple[int, int], list[tuple[float, float, T]]] = {}
    for point in points:
        cells.setdefault((int(point[0] // apart), int(point[1] // apart)), []).append(point)
    groups = [
        Cluster(
            sum(point[0] for point in cell) / len(cell),
            sum(point[1] for point in cell) / len(cell),
            tuple(point[2] for point in cell),
        )
        for cell in cells.values()
    ]
    return _joined(sorted(groups, key=lambda each: (-each.count, each.x, each.y)), apart)


def _joined(groups: list[Cluster[T]], apart: float) -> list[Cluster[T]]:
    kept: list[Cluster[T]] = []
    for group in groups:
        near = [
            index
            for index, each in enumerate(kept)
            if (each.x - group.x) ** 2 + (each.y - group.y) ** 2 < apart**2
        ]
        if not near:
            kept.append(group)
            continue
        index = min(near, key=lambda i: (kept[i].x - group.x) ** 2 + (kept[i].y - group.y) ** 2)
        host = kept[index]
        # The host stays where it is: were it to move, it might come close to another.
        kept[index] = Cluster(host.x, host.y, host.things + group.things)
    return kept
