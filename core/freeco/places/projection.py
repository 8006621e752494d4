"""The projection of the map: Web Mercator (EPSG:3857), the one of every tile server.

A square of 256 units holds the whole world at zoom 0, and each zoom doubles it: what the server
draws and what a pannable map draws fall on the same spots.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import asin, asinh, atan, cos, degrees, log2, pi, radians, sin, sinh, sqrt, tan
from typing import Self

from freeco.places.bounds import Bounds

TILE = 256
NEAREST = 16
FARTHEST = 5
POLE = 85.05
"""Where the square of Web Mercator ends."""
EARTH_KM = 6371.0
EQUATOR_METRES = 40_075_017.0


def world(latitude: float, longitude: float) -> tuple[float, float]:
    """Place a point in the unit square: x eastwards, y southwards."""
    bounded = min(POLE, max(-POLE, latitude))
    return (longitude + 180) / 360, (1 - asinh(tan(radians(bounded))) / pi) / 2


def degrees_at(x: float, y: float) -> tuple[float, float]:
    """Return the latitude and longitude of a point of the unit square."""
    return degrees(atan(sinh(pi * (1 - 2 * y)))), x * 360 - 180


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance as the crow flies between two points, in degrees."""
    south, north = radians(one[0]), radians(other[0])
    half = sin((north - south) / 2) ** 2
    turn = sin(radians(other[1] - one[1]) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half + cos(south) * cos(north) * turn)))


@dataclass(frozen=True)
class View:
    """What the map shows: a centre, a zoom and a frame, in units of the drawing."""

    latitude: float
    longitude: float
    zoom: int
    width: int = 640
    height: int = 640

    @property
    def scale(self) -> float:
        """How many units the whole world takes at this zoom."""
        return float(TILE * 2**self.zoom)

    @property
    def units_per_km(self) -> float:
        """How long a kilometre is drawn, at the latitude of the centre."""
        return self.scale * 1000 / (EQUATOR_METRES * cos(radians(self.latitude)))

    def point(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Place a point in the frame: from its left and its top."""
        x, y = world(latitude, longitude)
        left, top = self.corner
        return x * self.scale - left, y * self.scale - top

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the latitude and longitude of a point of the frame."""
        left, top = self.corner
        return degrees_at((left + x) / self.scale, (top + y) / self.scale)

    @property
    def corner(self) -> tuple[float, float]:
        """The left and the top of the frame, in units of the whole world at this zoom."""
        x, y = world(self.latitude, self.longitude)
        return x * self.scale - self.width / 2, y * self.scale - self.height / 2

    @property
    def bounds(self) -> Bounds:
        """The rectangle in view, in degrees."""
        left, top = self.corner
        north, west = degrees_at(max(0.0, left / self.scale), max(0.0, top / self.scale))
        south, east = degrees_at(
            min(1.0, (left + self.width) / self.scale), min(1.0, (top + self.height) / self.scale)
        )
        return Bounds(south=south, west=west, north=north, east=east)

    def moved(self, right: float, down: float) -> Self:
        """Look beside: by a share of the frame to the right, and down."""
        x, y = world(self.latitude, self.longitude)
        latitude, longitude = degrees_at(
            min(1.0, max(0.0, x + right * self.width / self.scale)),
            min(1.0, max(0.0, y + down * self.height / self.scale)),
        )
        return replace(self, latitude=latitude, longitude=longitude)

    def zoomed(self, steps: int) -> Self:
        """Come nearer, or go farther when the steps are negative; bounded."""
        return replace(self, zoom=min(NEAREST, max(FARTHEST, self.zoom + steps)))


def framed(bounds: Bounds, side: int = 640) -> View:
    """Return a view whose frame is just this rectangle, its longer side about so many units."""
    west, north = world(bounds.north, bounds.west)
    east, south = world(bounds.south, bounds.east)
    span = max(east - west, south - north, 1e-9)
    zoom = min(NEAREST, max(0, round(log2(side / (TILE * span)))))
    latitude, longitude = degrees_at((west + east) / 2, (north + south) / 2)
    scale = TILE * 2**zoom
    # Two units more: a place on the edge is inside, whatever the rounding.
    width, height = round((east - west) * scale) + 2, round((south - north) * scale) + 2
    return View(latitude, longitude, zoom, width, height)


def fitting(
    points: Iterable[tuple[float, float]], around: tuple[float, float] | None, nearest: int
) -> View:
    """Return the nearest view that holds nine points in ten, around a centre or their middle."""
    known = list(points)
    if around is None:
        latitudes = sorted(latitude for latitude, _longitude in known)
        longitudes = sorted(longitude for _latitude, longitude in known)
        around = (
            (latitudes[0] + latitudes[-1]) / 2,
            (longitudes[0] + longitudes[-1]) / 2,
        )
    view = View(*around, nearest)
    placed = [world(*point) for point in known]
    x, y = world(*around)
    reach = sorted(max(abs(each[0] - x), abs(each[1] - y)) for each in placed)
    farthest = reach[(len(reach) * 9 - 1) // 10] if reach else 0.0
    while view.zoom > FARTHEST and farthest * view.scale > view.width * 0.44:
        view = view.zoomed(-1)
    return view
