"""Borders of neighbours: found once, simplified alike, chained back into rings."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest

from freeco.places.borders import (
    Edge,
    Point,
    arcs,
    area,
    edge,
    edges,
    holds,
    merged,
    rings,
    thinned,
)
from freeco.places.gaps import LLIVIA, gaps, mended
from freeco.places.outlines import STEP
from freeco.places.shape import Shape, inside


def box(south: int, west: int, north: int, east: int) -> list[Point]:
    """Return a rectangle."""
    return [(south, west), (south, east), (north, east), (north, west)]


def patchwork(seed: int) -> dict[int, list[list[Point]]]:
    """Return four shapes made of cells of a grid, with holes, islands and touching corners."""
    chance = Random(seed)
    cells: dict[int, list[list[Point]]] = {owner: [] for owner in range(4)}
    for x in range(12):
        for y in range(12):
            owner = chance.randrange(5)
            if owner < 4:
                cells[owner].append(box(x * 10, y * 10, x * 10 + 10, y * 10 + 10))
    return cells


def cells_in(shape: Sequence[Sequence[Point]]) -> set[tuple[int, int]]:
    """Return the cells of the grid whose middle a shape covers."""
    return {
        (x, y)
        for x in range(12)
        for y in range(12)
        if sum(holds(ring, (x * 10 + 5.1, y * 10 + 5.2)) for ring in shape) % 2
    }


@pytest.mark.parametrize("seed", range(10))
def test_rings_cover_just_what_the_cells_covered(seed: int) -> None:
    for cells in patchwork(seed).values():
        assert cells_in(rings(edges(cells))) == cells_in(cells)


@pytest.mark.parametrize("seed", range(10))
def test_every_edge_is_in_just_one_arc(seed: int) -> None:
    found: set[Edge] = set()
    for cells in patchwork(seed).values():
        found |= edges(cells)
    walked = [edge(one, other) for arc in arcs(found) for one, other in pairwise(arc)]
    assert len(walked) == len(set(walked))
    assert set(walked) == found
    meetings = Counter(point for each in found for point in each)
    within = [point for arc in arcs(found) for point in arc[1:-1]]
    assert {meetings[point] for point in within} == {2}
    ends = [each for arc in arcs(found) if arc[0] != arc[-1] for each in (arc[0], arc[-1])]
    assert all(meetings[point] != 2 for point in ends)


@pytest.mark.parametrize("seed", range(10))
def test_dropping_what_lies_on_a_straight_line_changes_no_shape(seed: int) -> None:
    shapes = patchwork(seed)
    found = merged({owner: edges(cells) for owner, cells in shapes.items()}, 0)
    for owner, cells in shapes.items():
        assert cells_in(found[owner]) == cells_in(cells)


def test_simplified_neighbours_still_meet_and_cover_as_much_together() -> None:
    chance = Random(46)
    border = [(n * 10, 500 + chance.randrange(-40, 40)) for n in range(101)]
    west = [*border, (1000, 0), (0, 0)]
    east = [*border[::-1], (0, 1000), (1000, 1000)]
    found = merged({"west": edges([west]), "east": edges([east])}, 30)
    (thin_west,), (thin_east,) = found["west"], found["east"]
    assert len(thin_west) < len(west) / 2
    common = edges([thin_west]) & edges([thin_east])
    assert edges([thin_west, thin_east]) == edges([thin_west]) ^ edges([thin_east])
    assert common
    assert area(thin_west) + area(thin_east) == 1_000_000


def test_a_sliver_between_two_outlines_closes_when_they_are_simplified() -> None:
    west = [(0, 500), (1000, 500), (1000, 0), (0, 0)]
    east = [(0, 500), (500, 503), (1000, 500), (1000, 1000), (0, 1000)]
    (whole,) = merged({"both": edges([west, east])}, 10)["both"]
    assert area(whole) == 1_000_000


def test_no_point_of_a_simplified_line_strays_further_than_allowed() -> None:
    chance = Random(26)
    line = [(n, chance.randrange(0, 50)) for n in range(0, 400, 3)]
    kept = thinned(line, 8)
    assert kept[0] == line[0]
    assert kept[-1] == line[-1]
    for one, other in pairwise(kept):
        between = [point for point in line if one[0] < point[0] < other[0]]
        for point in between:
            dx, dy = other[0] - one[0], other[1] - one[1]
            away = abs(dx * (point[1] - one[1]) - dy * (point[0] - one[0])) / (dx**2 + dy**2) ** 0.5
            assert away <= 8


def test_an_island_keeps_a_shape_when_it_is_simplified() -> None:
    island = [(0, 0), (50, 5), (100, 0), (105, 50), (100, 100), (0, 100)]
    (thin,) = merged({"island": edges([island])}, 20)["island"]
    assert len(thin) >= 4


def test_a_point_inside_a_crescent_is_in_it() -> None:
    crescent = [(0, 0), (0, 100), (100, 100), (100, 90), (10, 90), (10, 10), (100, 10), (100, 0)]
    assert holds(crescent, inside(crescent))


def test_a_point_inside_a_ring_with_a_hole_is_not_in_the_hole() -> None:
    whole = [box(0, 0, 100, 100), box(30, 40, 80, 90)]
    assert sum(holds(ring, inside(*whole)) for ring in whole) == 1


def around_a_gap() -> list[Shape]:
    """Return four communes around a square of two kilometres that none covers."""
    return [
        Shape("46001", "Nord", 0, [box(200, 0, 300, 300)]),
        Shape(
            "46002", "Sud", 0, [[(0, 0), (0, 300), (100, 300), (100, 200), (100, 100), (100, 0)]]
        ),
        Shape("46003", "Ouest", 0, [box(100, 0, 200, 100)]),
        Shape("46004", "Est", 0, [box(100, 200, 200, 300)]),
    ]


def met(shapes: list[Shape]) -> list[Shape]:
    """Return the shapes with the points of the others on their borders, as a source has them."""
    north = [(200, 0), (200, 100), (200, 200), (200, 300), (300, 300), (300, 0)]
    return [Shape("46001", "Nord", 0, [north]), *shapes[1:]]


def test_a_gap_goes_to_the_commune_that_took_in_its_neighbours() -> None:
    shapes = met(around_a_gap())
    ((gap, beside),) = gaps(shapes)
    assert area(gap) == 10_000
    assert set(beside) == {"46001", "46002", "46003", "46004"}
    whole = {shape.code: shape for shape in mended(shapes, {"46003"})}
    assert sum(area(ring) for ring in whole["46003"].rings) == 20_000
    assert not gaps(list(whole.values()))


def test_a_gap_that_nobody_is_known_to_have_taken_is_land_without_a_name() -> None:
    whole = mended(met(around_a_gap()), set())
    assert [(shape.code, shape.name) for shape in whole[4:]] == [("46000", "")]


def test_a_town_of_another_country_is_no_gap() -> None:
    south, west = round(LLIVIA[0] / STEP) - 150, round(LLIVIA[1] / STEP) - 150
    moved = [
        Shape(shape.code, "", 0, [[(x + south, y + west) for x, y in ring] for ring in shape.rings])
        for shape in met(around_a_gap())
    ]
    assert gaps(moved) == []


def test_an_islet_that_two_communes_of_the_mainland_share_is_no_gap() -> None:
    west, east = box(900, 100, 1000, 200), box(900, 200, 1000, 300)
    shapes = [
        Shape("29001", "Ouest", 0, [box(0, 0, 500, 500), west]),
        Shape("29002", "Est", 0, [box(0, 500, 500, 1000), east]),
    ]
    assert gaps(shapes) == []


def test_an_island_of_several_communes_is_no_gap() -> None:
    shapes = met(around_a_gap())
    assert gaps([*shapes, Shape("46005", "Centre", 0, [box(100, 100, 200, 200)])]) == []
