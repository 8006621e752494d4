"""The ground under the marks: land, the border of each commune drawn once, our own commune marked.

Borders that two communes share are one line, simplified once: no gap opens between them, and the
page carries half as much.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from freeco.places import ground, outlines
from freeco.places.borders import Edge, Point, arcs, edge, holds, rings, thinned
from freeco.places.outlines import Outline, department_of
from freeco.places.projection import View, world

COMMUNES_FROM_ZOOM = 10
HEAVIEST = 60_000
"""Characters of outlines in a page: past that, departments only, then nothing."""
STRAY = 0.7
"""Units a simplified border may stray: less than a pixel."""
MARGIN = 60
"""Units drawn around the frame: what comes in while the map is dragged."""


@dataclass(frozen=True)
class Terrain:
    """Paths, as SVG writes them; empty where there is nothing to draw."""

    land: str = ""
    own: str = ""
    """The commune of the community."""
    borders: str = ""
    limits: str = ""
    """Borders of departments and of the country."""
    shown: Sequence[Outline] = ()
    """What is drawn, for whoever names it."""
    home: Outline | None = None
    """The commune of the community, when communes are drawn."""
    near: bool = False
    """Whether communes are drawn, not departments."""

    @property
    def weight(self) -> int:
        """How many characters the page carries for it."""
        return len(self.land) + len(self.own) + len(self.borders) + len(self.limits)


def terrain(view: View, home: tuple[float, float] | None) -> Terrain:
    """Draw the outlines in a view: communes when it is near enough and they are not too many."""
    return _terrain(view, home, ground.file(ground.DEPARTMENTS))


@lru_cache(maxsize=32)
def _terrain(view: View, home: tuple[float, float] | None, _of: Path | None) -> Terrain:
    if view.zoom >= COMMUNES_FROM_ZOOM:
        drawn = _drawn(view, outlines.in_view(view.bounds, communes=True), home)
        if drawn.weight <= HEAVIEST:
            return replace(drawn, near=True)
    drawn = _drawn(view, outlines.in_view(view.bounds, communes=False), None)
    return drawn if drawn.weight <= HEAVIEST else Terrain()


def _drawn(view: View, shown: Sequence[Outline], home: tuple[float, float] | None) -> Terrain:
    if not shown:
        return Terrain()
    own = _around(shown, home) if home else None
    owners: dict[Edge, list[Outline]] = {}
    for outline in shown:
        for each in _edges(view, outline):
            owners.setdefault(each, []).append(outline)
    coast: set[Edge] = set()
    within: set[Edge] = set()
    lines: list[Sequence[Point]] = []
    limits: list[Sequence[Point]] = []
    for arc in arcs(owners):
        beside = owners[edge(arc[0], arc[1])]
        hidden = _hidden(view, arc)
        line = [arc[0], arc[-1]] if hidden else thinned(arc, STRAY)
        thin = {edge(one, other) for one, other in pairwise(line) if one != other}
        if len(beside) % 2:
            coast ^= thin
        if own in beside:
            within ^= thin
        if not hidden:
            inner = len(beside) > 1 and len({department_of(each.code) for each in beside}) == 1
            (lines if inner else limits).append(line)
    return Terrain(
        land=_closed(coast),
        own=_closed(within),
        borders=_open(lines),
        limits=_open(limits),
        shown=shown,
        home=own,
    )


def _edges(view: View, outline: Outline) -> set[Edge]:
    """Return the edges of an outline in whole units of the frame."""
    left, top = view.corner
    scale = view.scale
    found: set[Edge] = set()
    for ring in outline.rings:
        points = [(round(x * scale - left), round(y * scale - top)) for x, y in ring]
        last = points[-1]
        for point in points:
            if point != last:
                # Twice the same way is a strip too thin to be seen.
                found ^= {edge(last, point)}
            last = point
    return found


def _around(shown: Iterable[Outline], home: tuple[float, float]) -> Outline | None:
    """Return the outline that holds a position."""
    at = world(*home)
    near = (each for each in shown if each.bounds.holds(*home))
    return next(
        (each for each in near if sum(holds(ring, at) for ring in each.rings) % 2),
        None,
    )


def _hidden(view: View, arc: Sequence[Point]) -> bool:
    """Whether an arc lies wholly beyond one side of the frame: no chord of it comes in."""
    xs, ys = [x for x, _y in arc], [y for _x, y in arc]
    return (
        max(xs) < -MARGIN
        or max(ys) < -MARGIN
        or min(xs) > view.width + MARGIN
        or min(ys) > view.height + MARGIN
    )


def _open(lines: Iterable[Sequence[Point]]) -> str:
    return "".join(_path(line) for line in lines)


def _closed(found: Iterable[Edge]) -> str:
    return "".join(_path(ring) + "z" for ring in rings(found) if len(ring) > 2)


def _path(line: Sequence[Point]) -> str:
    """Write a line in relative whole steps, a blank only where no sign parts two numbers."""
    steps = [number for a, b in pairwise(line) for number in (b[0] - a[0], b[1] - a[1])]
    written = "".join(f"{n}" if n < 0 or not i else f" {n}" for i, n in enumerate(steps))
    return f"M{line[0][0]} {line[0][1]}l{written}"
