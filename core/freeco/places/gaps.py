"""Gaps in a source of outlines: communes that merged, and left no outline behind them.

A gap that a commune known to have taken in neighbours borders is given to it. Another is drawn
as land without a name: nobody is told that it is somewhere it is not.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

from freeco.places.borders import Edge, area, edge, edges, holds, rings
from freeco.places.outlines import STEP, department_of
from freeco.places.shape import Ring, Shape, inside

SMALLEST = 2_500
"""Square steps: a fifth of a square kilometre. What is smaller is where two outlines differ."""
LLIVIA = (42.465, 1.98)
"""A town of Spain inside the Pyrénées-Orientales: this gap is none."""
NAMELESS = "000"
"""No commune has this number in its department."""


def mended(shapes: Collection[Shape], wider: Collection[str]) -> list[Shape]:
    """Return the shapes with their gaps filled; ``wider`` are the codes that took in others."""
    found = {shape.code: shape for shape in shapes}
    for gap, around in gaps(shapes):
        hosts = [code for code in around if code in wider]
        if hosts:
            host = found[max(hosts, key=lambda code: around[code])]
            found[host.code] = replace(host, rings=rings(edges([*host.rings, gap])))
            continue
        sides: Counter[str] = Counter()
        for code, many in around.items():
            sides[department_of(code)] += many
        code = sides.most_common(1)[0][0] + NAMELESS
        before = found[code].rings if code in found else []
        found[code] = Shape(code, "", 0, [*before, gap])
    return list(found.values())


def gaps(shapes: Iterable[Shape]) -> list[tuple[Ring, Counter[str]]]:
    """Return the rings that shapes surround without covering, and how much of each is whose."""
    owners: dict[Edge, Shape | None] = {}
    for shape in shapes:
        for each in edges(shape.rings):
            # Shared by two: between them. Only what a single one has is kept.
            owners[each] = None if each in owners else shape
    coast = {each: shape for each, shape in owners.items() if shape is not None}
    found: list[tuple[Ring, Counter[str]]] = []
    for ring in rings(coast):
        if area(ring) < SMALLEST or holds(ring, (LLIVIA[0] / STEP, LLIVIA[1] / STEP)):
            continue
        beside = [coast[edge(a, b)] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
        around = {shape.code: shape for shape in beside}
        middle = inside(ring)
        covered = any(_covers(shape, middle) for shape in around.values())
        # Fewer than two around it: a hole that its commune is meant to have.
        if not covered and len(around) > 1 and _surrounded(ring, around.values()):
            found.append((ring, Counter(shape.code for shape in beside)))
    return found


def _covers(shape: Shape, at: tuple[float, float]) -> bool:
    return sum(holds(ring, at) for ring in shape.rings) % 2 == 1


def _surrounded(ring: Ring, around: Iterable[Shape]) -> bool:
    """Whether what borders a ring lies outside it, and not within as on an island."""
    whole = area(ring)
    return not any(
        holds(ring, inside(part)) and area(part) < whole
        for shape in around
        for part in [max(shape.rings, key=area)]
    )
