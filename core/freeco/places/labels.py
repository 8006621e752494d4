"""Names on the ground, where they cover nothing: a few on a phone, some more on a screen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from freeco.places.outlines import Outline
from freeco.places.projection import View
from freeco.places.spots import Spot
from freeco.places.terrain import Terrain

MOST, MOST_FINE = 9, 9
LETTER, LINE = 0.54, 1.25
"""About the width of a letter and the height of a line, in the size of the letters."""
ON_A_PHONE, ON_A_SCREEN = 26, 18
"""Size of the letters in units of the drawing (places.css), and of what stands around a mark."""
Box = tuple[float, float, float, float]
Named = tuple[str, tuple[float, float]]


@dataclass(frozen=True)
class Label:
    """A name on the ground."""

    x: int
    y: int
    text: str
    own: bool = False
    """Whether it is the commune of the community."""
    fine: bool = False
    """Whether it has room on a large screen only."""


def labels_of(
    view: View,
    ground: Terrain,
    spots: Iterable[Spot],
    marks: Iterable[tuple[int, int]],
    home: str = "",
) -> list[Label]:
    """Write the names of the ground, our commune's first; without ground, those of the places.

    ``home`` is our commune as the community calls it. ``marks`` are the points that stay clear.
    """
    own = [(home or ground.home.name, ground.home.centre)] if ground.home else []
    names = own + (_names(view, ground) if ground.shown else _villages(spots))
    points = list(marks)
    taken: list[Box] = [(0, view.height - 60, 180, view.height)]  # the scale's
    labels: list[Label] = []
    for size, most in ((ON_A_PHONE, MOST), (ON_A_SCREEN, MOST + MOST_FINE)):
        written = {label.text for label in labels}
        around = [(x - size, y - size, x + size, y + size) for x, y in points]
        for name, centre in names:
            if len(labels) == most:
                break
            if name in written:
                continue
            x, y = view.point(*centre)
            found = _free(view, name, (round(x), round(y)), size, around + taken)
            if found:
                at, box = found
                taken.append(box)
                written.add(name)
                labels.append(Label(*at, name, (name, centre) in own, size == ON_A_SCREEN))
    return labels


def _free(
    view: View, name: str, at: tuple[int, int], size: int, taken: Sequence[Box]
) -> tuple[tuple[int, int], Box] | None:
    """Find room for a name: at its point, else below it, else above."""
    x, middle = at
    half = len(name) * LETTER * size / 2
    for y in (middle, middle + 2 * size, middle - round(1.5 * size)):
        box = (x - half, y - LINE * size, x + half, y + LINE * size / 3)
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= view.width and box[3] <= view.height
        if inside and not any(_overlap(box, other) for other in taken):
            return (x, y), box
    return None


def _names(view: View, ground: Terrain) -> list[Named]:
    """Return the names of the ground, the most peopled first, then the widest.

    A village's name may spread over its neighbours; a department's that does would name another.
    """
    ordered = sorted(
        (each for each in ground.shown if each.name),
        key=lambda each: (-each.people, each.bounds.west - each.bounds.east),
    )
    return [(each.name, each.centre) for each in ordered if ground.near or _fits(view, each)]


def _fits(view: View, outline: Outline) -> bool:
    width = (outline.bounds.east - outline.bounds.west) / 360 * view.scale
    return len(outline.name) * LETTER * ON_A_PHONE <= width


def _villages(spots: Iterable[Spot]) -> list[Named]:
    """Return the names that the places themselves give, each below the first that gives it."""
    found: dict[str, tuple[float, float]] = {}
    for spot in spots:
        if spot.where:
            found.setdefault(spot.where, (spot.latitude, spot.longitude))
    return list(found.items())


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
