"""What stands on the map: core's organisations, and what each open module answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import cos, pi, radians, sin, sqrt
from zlib import crc32

from flask import url_for
from sqlalchemy import select

from freeco.db import db
from freeco.members.models import Community, Member
from freeco.module import Colour, Place
from freeco.organisations.models import Organisation, OrganisationKind
from freeco.organisations.wording import WORDS
from freeco.places.bounds import Bounds
from freeco.places.gazetteer import fold
from freeco.places.projection import distance_km
from freeco.plugins import Plugins

SHAPES = ("circle", "square", "triangle", "diamond", "pentagon", "star", "cross", "drop")
LONGEST_NAME = 120
MOST_PLACES = 20_000
"""What one module may put in one view: more is a fault of the module, and is cut."""
SPREAD_KM = 0.15
"""Beside each other, places of one spot stay in their village."""


@dataclass(frozen=True)
class Spot:
    """A place as the map shows it."""

    name: str
    kind: str
    kind_slug: str
    where: str
    url: str
    latitude: float
    longitude: float
    colour: Colour | str
    distance_km: float | None = None
    """From the centre of the community; none when that is not known."""


@dataclass(frozen=True)
class Kind:
    """A line of the legend: a shape beside a word."""

    slug: str
    name: str
    colour: str
    shape: str
    count: int


def collect(
    plugins: Plugins, names: Iterable[str], community: Community, bounds: Bounds
) -> list[Spot]:
    """Return what stands inside the bounds, the nearest to the community first.

    A module that answers with points outside, or with more than MOST_PLACES, is cut short. An
    organisation that a module shows under the same name is shown once.
    """
    spots = []
    for module in plugins.titled(names):
        places = plugins.places([module.name], community, bounds)[:MOST_PLACES]
        spots += [_spot(place, module.colour) for place in places if _inside(place, bounds)]
    known = {fold(spot.name) for spot in spots}
    spots += [
        spot
        for spot in (_spot(place, "ink") for place in organisations(community, bounds))
        if fold(spot.name) not in known
    ]
    placed = [spot for spot in spread(spots) if bounds.holds(spot.latitude, spot.longitude)]
    if community.latitude is None or community.longitude is None:
        return sorted(placed, key=lambda spot: spot.name.casefold())
    centre = community.latitude, community.longitude
    measured = [
        replace(spot, distance_km=distance_km(centre, (spot.latitude, spot.longitude)))
        for spot in placed
    ]
    return sorted(measured, key=lambda spot: (spot.distance_km or 0.0, spot.name.casefold()))


def _inside(place: Place, bounds: Bounds) -> bool:
    return bounds.holds(place.latitude, place.longitude)


def _spot(place: Place, colour: str) -> Spot:
    kind = str(place.kind)
    return Spot(
        name=_one_line(place.name),
        kind=kind,
        kind_slug=fold(kind).replace(" ", "-"),
        where=_one_line(place.where),
        url=place.url,
        latitude=place.latitude,
        longitude=place.longitude,
        colour=colour,
    )


def _one_line(text: str) -> str:
    """Keep what may stand in XML and cannot turn the line around it (no control, no override)."""
    kept = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(kept.split())[:LONGEST_NAME]


def organisations(community: Community, bounds: Bounds) -> list[Place]:
    """Return the organisations of a community that have a position inside the bounds."""
    rows = db.session.execute(
        select(Member.id, Organisation)
        .join(Organisation, Organisation.id == Member.organisation_id)
        .where(
            Member.community_id == community.id,
            Member.left_at.is_(None),
            Organisation.latitude.between(bounds.south, bounds.north),
            Organisation.longitude.between(bounds.west, bounds.east),
        )
        .order_by(Member.id)
        .limit(MOST_PLACES)
    )
    return [
        Place(
            name=organisation.name,
            kind=WORDS[OrganisationKind(organisation.kind)].short,
            latitude=organisation.latitude,
            longitude=organisation.longitude,
            url=url_for("organisations.page", community=community.slug, member_id=member_id),
            where=organisation.commune,
        )
        for member_id, organisation in rows
        if organisation.latitude is not None and organisation.longitude is not None
    ]


def spread(spots: Sequence[Spot]) -> list[Spot]:
    """Set places of one same spot slightly apart, always in the same way, so that all are seen.

    Most often they share the centre of their commune, where none of them really stands.
    """
    heaps: dict[tuple[float, float], list[Spot]] = {}
    for spot in spots:
        heaps.setdefault((round(spot.latitude, 5), round(spot.longitude, 5)), []).append(spot)
    placed = []
    for heap in heaps.values():
        for index, spot in enumerate(sorted(heap, key=lambda each: (each.name, each.url))):
            reach, turn = SPREAD_KM * sqrt(index), index * pi * (3 - sqrt(5))
            placed.append(
                replace(
                    spot,
                    latitude=spot.latitude + reach * sin(turn) / 111.2,
                    longitude=spot.longitude
                    + reach * cos(turn) / (111.2 * max(0.05, cos(radians(spot.latitude)))),
                )
            )
    return placed


def kinds_of(spots: Sequence[Spot]) -> list[Kind]:
    """Return the legend: each kind with a shape of its own, the same from one view to the next.

    A shape is drawn from the kind's name; when two would share one, the later takes the next
    free shape. Beyond as many kinds as there are shapes, shapes repeat, and words still differ.
    """
    counts: dict[str, int] = {}
    first: dict[str, Spot] = {}
    for spot in spots:
        counts[spot.kind_slug] = counts.get(spot.kind_slug, 0) + 1
        first.setdefault(spot.kind_slug, spot)
    taken: set[str] = set()
    legend = []
    for slug in sorted(first):
        start = crc32(slug.encode()) % len(SHAPES)
        turned = SHAPES[start:] + SHAPES[:start]
        shape = next((each for each in turned if each not in taken), turned[0])
        taken.add(shape)
        spot = first[slug]
        legend.append(Kind(slug, spot.kind, str(spot.colour), shape, counts[slug]))
    return legend
