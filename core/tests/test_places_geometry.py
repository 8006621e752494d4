"""The map's geometry: the projection, the groups, and places of one spot."""

from random import Random

import pytest

from freeco.places.bounds import Bounds
from freeco.places.clusters import APART, clusters
from freeco.places.looking import read_bounds
from freeco.places.projection import View, distance_km, fitting, framed
from freeco.places.spots import Spot, kinds_of, spread

CAJARC = (44.4846, 1.8427)
FIGEAC = (44.6086, 2.0333)
AROUND = Bounds(44.0, 1.0, 45.0, 3.0)


def spot(name: str, latitude: float, longitude: float, kind: str = "Ferme") -> Spot:
    """Return a place as the map knows it."""
    return Spot(name, kind, kind.casefold(), "", f"/{name}", latitude, longitude, "leek")


@pytest.mark.parametrize("seed", range(12))
def test_clusters_lose_and_invent_nothing(seed: int) -> None:
    chance = Random(seed)
    many = chance.choice((0, 1, 2, 50, 3000))
    points = [(chance.uniform(0, 640), chance.gauss(320, 90), n) for n in range(many)]
    found = clusters(points)
    assert sorted(each for cluster in found for each in cluster.things) == list(range(many))


@pytest.mark.parametrize("seed", range(6))
def test_two_marks_are_never_closer_than_a_thumb(seed: int) -> None:
    chance = Random(seed)
    points = [(chance.uniform(0, 640), chance.uniform(0, 640), n) for n in range(800)]
    found = clusters(points)
    gaps = [
        (one.x - other.x) ** 2 + (one.y - other.y) ** 2
        for index, one in enumerate(found)
        for other in found[:index]
    ]
    assert min(gaps) >= APART**2


def test_a_point_of_the_frame_is_where_the_projection_put_it() -> None:
    view = View(*CAJARC, 11)
    assert view.point(*CAJARC) == pytest.approx((320, 320))
    assert view.at(*view.point(*FIGEAC)) == pytest.approx(FIGEAC)


def test_the_ring_of_a_kilometre_is_as_long_as_a_kilometre_on_the_ground() -> None:
    view = View(*CAJARC, 11)
    x, y = view.point(*FIGEAC)
    drawn = ((x - 320) ** 2 + (y - 320) ** 2) ** 0.5
    assert drawn / view.units_per_km == pytest.approx(distance_km(CAJARC, FIGEAC), rel=0.01)


def test_the_distance_from_paris_to_lyon_is_the_one_of_the_atlas() -> None:
    assert distance_km((48.8566, 2.3522), (45.7640, 4.8357)) == pytest.approx(392, abs=2)


def test_the_first_view_holds_nine_places_in_ten() -> None:
    chance = Random(3)
    points = [
        (CAJARC[0] + chance.gauss(0, 0.1), CAJARC[1] + chance.gauss(0, 0.1)) for _n in range(100)
    ]
    view = fitting([*points, (60.0, 20.0)], CAJARC, 12)
    assert sum(view.bounds.holds(*point) for point in points) >= 90
    assert view.zoom >= 9


@pytest.mark.parametrize(
    "bounds",
    [Bounds(44, 1, 45, 3), Bounds(-80, -180, 80, 180), Bounds(44, 1, 44.001, 1.001)],
)
def test_the_frame_of_a_rectangle_holds_its_corners(bounds: Bounds) -> None:
    view = framed(bounds)
    for corner in ((bounds.south, bounds.west), (bounds.north, bounds.east)):
        x, y = view.point(*corner)
        assert -1 <= x <= view.width + 1
        assert -1 <= y <= view.height + 1


def test_places_of_one_spot_are_set_apart_always_alike_and_stay_near() -> None:
    heap = [spot(name, *CAJARC) for name in "abcde"]
    apart = spread(heap)
    assert len({(each.latitude, each.longitude) for each in apart}) == 5
    assert all(distance_km(CAJARC, (each.latitude, each.longitude)) < 0.5 for each in apart)
    again = {each.name: each for each in spread(heap[::-1])}
    assert {each.name: each for each in apart} == again


def test_each_kind_has_a_shape_of_its_own() -> None:
    kinds = kinds_of([spot(str(n), *CAJARC, kind=f"Sorte {n}") for n in range(8)])
    assert len({each.shape for each in kinds}) == 8


def test_a_rectangle_is_read_south_first() -> None:
    assert read_bounds("44,1,45,3") == AROUND
