"""Where to look: the first view of a community, the one an address names, or a rectangle."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

from freeco.members.models import Community
from freeco.organisations.models import Organisation
from freeco.places.bounds import Bounds
from freeco.places.projection import FARTHEST, NEAREST, View, fitting
from freeco.places.spots import Kind, Spot, kinds_of

FIRST_ZOOM = 8
"""How far the first view looks for places: about 150 km around the community."""
NEAREST_FIRST = 12
ALONE = 11
"""The zoom around a community that has no place yet."""
FRANCE = View(46.6, 2.6, 5)
WORLD = Bounds(-85, -180, 85, 180)
Collect = Callable[[Bounds], list[Spot]]


@dataclass(frozen=True)
class Shown:
    """A view, and what stands in it."""

    view: View
    spots: list[Spot]
    """Of the kind that was asked for, the nearest first."""
    legend: list[Kind]
    """Of every kind in view."""
    kind: str


def look(community: Community, asked: Mapping[str, str], collect: Collect) -> Shown:
    """Return the view that an address asks for, or the first one, and what stands in it."""
    kind = asked.get("kind", "")
    view = asked_view(asked)
    if view is None:
        view, spots = first_view(community, collect)
    else:
        spots = collect(view.bounds)
    inside = [spot for spot in spots if view.bounds.holds(spot.latitude, spot.longitude)]
    kept = [spot for spot in inside if kind in {"", spot.kind_slug}]
    return Shown(view, kept, kinds_of(inside), kind)


def first_view(community: Community, collect: Collect) -> tuple[View, list[Spot]]:
    """Return the view of all that is near the community, or near itself, and what was found."""
    home = home_of(community)
    spots = collect(View(*home, FIRST_ZOOM).bounds if home else WORLD)
    points = [(spot.latitude, spot.longitude) for spot in spots]
    if not points:
        return (View(*home, ALONE) if home else FRANCE), spots
    return fitting(points, home, NEAREST_FIRST), spots


def asked_view(asked: Mapping[str, str]) -> View | None:
    """Return the view of an address (zoom, lat, lon); None when it makes none."""
    try:
        zoom, latitude, longitude = int(asked["zoom"]), float(asked["lat"]), float(asked["lon"])
    except (KeyError, ValueError):
        return None
    if not (abs(latitude) <= 85 and abs(longitude) <= 180):  # so « nan » makes none either
        return None
    return View(latitude, longitude, min(NEAREST, max(FARTHEST, zoom)))


def home_of(place: Community | Organisation) -> tuple[float, float] | None:
    """Return where something is, latitude first; None when that is not known."""
    if place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def read_bounds(text: str) -> Bounds | None:
    """Read « south,west,north,east » in degrees; None for what is no rectangle."""
    try:
        south, west, north, east = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not all(map(isfinite, (south, west, north, east))):
        return None
    if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
        return None
    return Bounds(south, west, north, east)
