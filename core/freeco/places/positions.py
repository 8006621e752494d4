"""Where communities and organisations stand: their own position, else the centre of their commune.

Persons have no position: nobody's home is on the map.
"""

import re
from typing import Any

from marshmallow import Schema
from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import InstanceState, Mapper

from freeco.errors import Invalid
from freeco.i18n import said
from freeco.members.models import Community
from freeco.organisations.models import Organisation
from freeco.places.gazetteer import find_commune
from freeco.web.forms import Words

NUMBER = r"-?[0-9]{1,3}[.,][0-9]{1,12}"
WRITTEN = (
    re.compile(rf"#map=[0-9.]+/({NUMBER})/({NUMBER})"),
    re.compile(rf"mlat=({NUMBER})&mlon=({NUMBER})"),
    re.compile(rf"(?:geo:|@)({NUMBER}),({NUMBER})"),
    re.compile(rf"^\s*({NUMBER})\s*[;,\s]\s*({NUMBER})\s*$"),
)
"""How people copy a position: the address of an online map, or two decimal numbers."""
LONGEST = 400
Position = tuple[float, float]


class PositionSchema(Schema):
    """A position as it was pasted."""

    position = Words(load_default="", most=LONGEST)


def read_position(text: str) -> Position | None:
    """Read a pasted position, latitude first; None for an empty box. Raises Invalid."""
    if not text.strip():
        return None
    for pattern in WRITTEN:
        found = pattern.search(text[:LONGEST])
        if found:
            latitude, longitude = (float(part.replace(",", ".")) for part in found.groups())
            if abs(latitude) <= 85 and abs(longitude) <= 180:
                return latitude, longitude
    raise Invalid(
        {
            "position": [
                said(
                    "Cette position ne se lit pas. Écrivez par exemple « 44,6043 ; 1,9482 », "
                    "la latitude d’abord, ou collez l’adresse d’une carte en ligne."
                )
            ]
        }
    )


def written_position(latitude: float | None, longitude: float | None) -> str:
    """Write a position as it can be typed back; empty when there is none."""
    if latitude is None or longitude is None:
        return ""
    return f"{latitude:.5f} ; {longitude:.5f}".replace(".", ",")


def place(thing: Community | Organisation, position: Position | None) -> None:
    """Move a community or an organisation; None puts it back at the centre of its commune."""
    if position is None:
        _settle(thing)
    else:
        thing.latitude, thing.longitude = position


def _settle(thing: Community | Organisation) -> None:
    commune = find_commune(thing.commune, getattr(thing, "postal_code", ""))
    thing.commune_insee = commune.insee if commune else ""
    thing.latitude = commune.latitude if commune else None
    thing.longitude = commune.longitude if commune else None


@event.listens_for(Community, "before_insert")
@event.listens_for(Organisation, "before_insert")
def _arrive(_mapper: Mapper[Any], _link: Connection, thing: Community | Organisation) -> None:
    if thing.latitude is None and thing.commune:
        _settle(thing)


@event.listens_for(Community, "before_update")
@event.listens_for(Organisation, "before_update")
def _move(_mapper: Mapper[Any], _link: Connection, thing: Community | Organisation) -> None:
    """Follow a change of commune, unless the position was changed with it."""
    state: InstanceState[Any] = inspect(thing)
    changed = {
        name
        for name in ("commune", "postal_code", "latitude")
        if name in state.attrs and state.attrs[name].history.has_changes()
    }
    if changed and "latitude" not in changed:
        _settle(thing)
