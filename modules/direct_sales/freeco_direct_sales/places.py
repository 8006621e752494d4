"""Producers and places of distribution on the one map."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from freeco.clock import now
from freeco.db import db
from freeco.errors import Absent
from freeco.i18n import _
from freeco.members.models import Community, Member
from freeco.module import Place
from freeco.places.bounds import Bounds
from freeco.places.gazetteer import find_commune
from freeco.places.positions import written_position
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.place_models import PlacePosition

STILL_KNOWN = timedelta(days=60)
"""A place where nothing has been handed out for so long is no longer on the map."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Hall:
    """A place of distribution, and the distribution to look at: the next, else the last."""

    name: str
    distribution_id: int

    @property
    def short_name(self) -> str:
        """« Salle des fêtes » of « Salle des fêtes, Lavergne »."""
        return self.name.rpartition(",")[0].strip() or self.name

    @property
    def commune(self) -> str:
        """« Lavergne » of « Salle des fêtes, Lavergne »; empty when it is not said."""
        before, _comma, after = self.name.rpartition(",")
        return after.strip() if before else ""


def find(community: Community, bounds: Bounds) -> list[Place]:
    """Return what stands inside the bounds: the producers, and where baskets are handed out."""
    return [place for place in _all(community) if bounds.holds(place.latitude, place.longitude)]


def _all(community: Community) -> Iterator[Place]:
    known = positions(community)
    for producer in _producers(community):
        point = point_of(producer, known.get(producer.id))
        if point:
            yield Place(
                name=producer.name,
                kind=_("Producteur"),
                latitude=point[0],
                longitude=point[1],
                url=url_for(
                    "direct_sales.producer", community=community.slug, producer_id=producer.id
                ),
                where=_commune(producer),
            )
    for hall in halls(community):
        point = point_of_hall(hall, known.get(hall.name))
        if point:
            yield Place(
                name=hall.short_name,
                kind=_("Lieu de distribution"),
                latitude=point[0],
                longitude=point[1],
                url=url_for(
                    "direct_sales_distributions.page",
                    community=community.slug,
                    distribution_id=hall.distribution_id,
                ),
                where=hall.commune,
            )


def positions(community: Community) -> dict[int | str, Point]:
    """Return the positions that were said, by id of producer and by name of place."""
    rows = db.session.scalars(
        select(PlacePosition).where(PlacePosition.community_id == community.id)
    )
    return {
        key: (row.latitude, row.longitude)
        for row in rows
        for key in [row.producer_id if row.producer_id is not None else row.place]
        if key is not None
    }


def written(producer: Producer) -> str:
    """Write the position that was said for a producer; empty when none was."""
    return written_position(*(positions(producer.community).get(producer.id) or (None, None)))


def point_of(producer: Producer, said: Point | None) -> Point | None:
    """Return where a producer is: as was said, else their organisation, else their commune."""
    if said:
        return said
    body = producer.member.organisation if producer.member else None
    if body is not None and body.latitude is not None and body.longitude is not None:
        return body.latitude, body.longitude
    return _centre(_commune(producer))


def point_of_hall(hall: Hall, said: Point | None) -> Point | None:
    """Return where baskets are handed out: as was said, else the commune its name ends with."""
    return said or _centre(hall.commune)


def _commune(producer: Producer) -> str:
    """« Assiac » of « Assiac, 9 km »: how a producer's place is written."""
    return producer.place.partition(",")[0].strip()


def _centre(name: str) -> Point | None:
    commune = find_commune(name)
    if commune is None or commune.latitude is None or commune.longitude is None:
        return None
    return commune.latitude, commune.longitude


def _producers(community: Community) -> Sequence[Producer]:
    return db.session.scalars(
        select(Producer)
        .where(Producer.community_id == community.id)
        .options(joinedload(Producer.member).joinedload(Member.organisation))
        .order_by(Producer.id)
    ).all()


def halls(community: Community) -> list[Hall]:
    """Return the places where baskets are handed out, in order of name."""
    rows = db.session.execute(
        select(Distribution.place, Distribution.id, Distribution.ends_at)
        .where(
            Distribution.community_id == community.id,
            Distribution.ends_at > now() - STILL_KNOWN,
        )
        .order_by(Distribution.starts_at)
    )
    found: dict[str, Hall] = {}
    settled: set[str] = set()
    for place, distribution_id, ends_at in rows:
        if place not in settled:
            found[place] = Hall(place, distribution_id)
        if ends_at > now():
            settled.add(place)
    return [found[name] for name in sorted(found, key=str.casefold)]


def find_hall(community: Community, name: str) -> Hall:
    """Return a place of distribution of this community by its name. Raises Absent."""
    found = next((hall for hall in halls(community) if hall.name == name), None)
    if found is None:
        raise Absent
    return found


def place_producer(producer: Producer, point: Point | None) -> None:
    """Say where a producer is; None leaves it to their organisation or their commune."""
    _say(producer.community, point, PlacePosition.producer_id == producer.id, producer=producer)


def place_hall(community: Community, name: str, point: Point | None) -> None:
    """Say where baskets are handed out; None leaves it to the commune its name ends with."""
    here = (PlacePosition.community_id == community.id) & (PlacePosition.place == name)
    _say(community, point, here, place=name)


def _say(community: Community, point: Point | None, which: object, **what: Producer | str) -> None:
    db.session.execute(
        select(Community.id).where(Community.id == community.id).with_for_update(key_share=True)
    )
    known = db.session.scalar(select(PlacePosition).where(which))  # type: ignore[arg-type]
    if point is None:
        if known is not None:
            db.session.delete(known)
    elif known is None:
        latitude, longitude = point
        db.session.add(
            PlacePosition(community=community, latitude=latitude, longitude=longitude, **what)  # type: ignore[arg-type]
        )
    else:
        known.latitude, known.longitude = point
    db.session.flush()
