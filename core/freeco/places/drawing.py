"""The map as a drawing: outlines, rings of distance and marks, ready for the template to write.

Everything is in units of the view's frame, rounded to whole ones: the page stays light. Names are
written by the template, which escapes them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from freeco.i18n import counted, number, said
from freeco.places import outlines
from freeco.places.clusters import Cluster, clusters
from freeco.places.labels import Label, labels_of
from freeco.places.projection import View
from freeco.places.spots import Kind, Spot
from freeco.places.terrain import Terrain, terrain
from freeco.places.tiles import Tile, tiles_of

ROUND_KM = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
MOST_NAMED_IN_A_CLUSTER = 3


@dataclass(frozen=True)
class Mark:
    """A place, or several too close to be told apart."""

    x: int
    y: int
    title: str
    shape: str
    """One of the shapes of the legend; empty for a group, which shows its number."""
    colour: str
    count: int
    spot: Spot | None
    """The place, when there is only one."""


@dataclass(frozen=True)
class Circle:
    """A circle around the community's centre."""

    radius: int
    y: int
    """Where its words stand: at its top."""
    text: str


@dataclass(frozen=True)
class Scale:
    """How long a round number of kilometres is drawn."""

    length: int
    text: str


@dataclass(frozen=True)
class Drawing:
    """All that the template draws."""

    view: View
    terrain: Terrain
    tiles: Sequence[Tile]
    home: bool
    """Whether the community's centre is in the frame."""
    home_x: int
    home_y: int
    rings: Sequence[Circle]
    scale: Scale | None
    labels: Sequence[Label]
    marks: Sequence[Mark]
    attribution: str


def draw(
    view: View,
    spots: Sequence[Spot],
    legend: Sequence[Kind],
    home: tuple[float, float] | None,
    tiles_url: str = "",
    home_name: str = "",
) -> Drawing:
    """Draw what stands in a view; the places outside it are left out.

    On a plain ground, circles tell distances; where there are outlines to look at, a scale does.
    """
    ground = terrain(view, home)
    marks = marks_of(view, spots, legend)
    at = _whole(view.point(*home)) if home else None
    plain = not ground.shown and not tiles_url
    clear = [(mark.x, mark.y) for mark in marks]
    return Drawing(
        view=view,
        terrain=ground,
        tiles=tiles_of(view, tiles_url),
        home=at is not None and _within(view, at),
        home_x=at[0] if at else 0,
        home_y=at[1] if at else 0,
        rings=_rings(view, at) if at and plain else [],
        scale=None if plain else _scale(view),
        # Tiles say their names themselves.
        labels=[] if tiles_url else labels_of(view, ground, spots, clear, home_name),
        marks=marks,
        attribution=outlines.attribution() if ground.shown else "",
    )


def marks_of(view: View, spots: Iterable[Spot], legend: Sequence[Kind]) -> list[Mark]:
    """Group the places of a view into marks; the southern ones last, so that they lie on top."""
    shapes = {kind.slug: kind for kind in legend}
    placed = ((*view.point(spot.latitude, spot.longitude), spot) for spot in spots)
    inside = [each for each in placed if _within(view, (each[0], each[1]))]
    found = [_mark(cluster, shapes) for cluster in clusters(inside)]
    return sorted(found, key=lambda mark: (mark.y, mark.x))


def _mark(cluster: Cluster[Spot], shapes: Mapping[str, Kind]) -> Mark:
    x, y = _whole((cluster.x, cluster.y))
    spots = cluster.things
    if len(spots) == 1:
        spot = spots[0]
        kind = shapes[spot.kind_slug]
        return Mark(x, y, _title(spot), kind.shape, str(spot.colour), 1, spot)
    names = ", ".join(spot.name for spot in spots[:MOST_NAMED_IN_A_CLUSTER])
    more = len(spots) - MOST_NAMED_IN_A_CLUSTER
    if more > 0:
        title = counted(
            "%(names)s et %(num)s autre lieu",
            "%(names)s et %(num)s autres lieux",
            more,
            names=names,
        )
    else:
        title = said("%(number)s lieux : %(names)s", number=number(len(spots)), names=names)
    colours = {str(spot.colour) for spot in spots}
    return Mark(x, y, title, "", colours.pop() if len(colours) == 1 else "ink", len(spots), None)


def _title(spot: Spot) -> str:
    if spot.where:
        return said(
            "%(name)s, %(kind)s, %(where)s", name=spot.name, kind=spot.kind, where=spot.where
        )
    return said("%(name)s, %(kind)s", name=spot.name, kind=spot.kind)


def _whole(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0]), round(point[1])


def _within(view: View, point: tuple[float, float]) -> bool:
    return 0 <= point[0] <= view.width and 0 <= point[1] <= view.height


def _scale(view: View) -> Scale | None:
    """Return the longest round distance that is drawn no longer than a quarter of the frame."""
    fitting = [each for each in ROUND_KM if each * view.units_per_km <= view.width / 4]
    if not fitting:
        return None
    text = said("%(number)s km", number=number(fitting[-1]))
    return Scale(round(fitting[-1] * view.units_per_km), text)


def _rings(view: View, home: tuple[int, int]) -> list[Circle]:
    """Draw two or three rings whose words are in the frame."""
    rings = []
    for kilometres in ROUND_KM:
        radius = round(kilometres * view.units_per_km)
        top = home[1] - radius
        if radius >= 60 and top >= 16 and 0 <= home[0] <= view.width:
            text = said("%(number)s km", number=number(kilometres))
            rings.append(Circle(radius, top, text))
    return rings
