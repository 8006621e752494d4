"""Outlines from a GeoJSON that an operator has fetched, for ``freeco outlines``.

Any GeoJSON of communes in WGS 84 degrees whose features carry a code and a name will do, such as
the « contours administratifs » that Etalab publishes under the Licence Ouverte.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from freeco.places.prepare import BadOutlines, Land

CODES = ("code", "insee", "INSEE_COM", "codgeo", "code_insee")
NAMES = ("nom", "name", "NOM", "libgeo", "NOM_COM")
PEOPLE = ("population", "POPULATION")


def lands(file: Path) -> Iterator[Land]:
    """Read the communes of a GeoJSON, one after the other. Raises BadOutlines."""
    try:
        for feature in json.loads(file.read_text("utf-8"))["features"]:
            land = _land(feature)
            if land is not None:
                yield land
    except (ValueError, KeyError, TypeError, IndexError, StopIteration) as error:
        raise BadOutlines(f"{file.name} n’est pas un GeoJSON de contours : {error}") from error


def _land(feature: Mapping[str, Any]) -> Land | None:
    properties, geometry = feature["properties"], feature["geometry"]
    code = str(next(properties[key] for key in CODES if key in properties))
    name = str(next((properties[key] for key in NAMES if key in properties), code))
    people = next((properties[key] for key in PEOPLE if key in properties), 0)
    if geometry["type"] not in {"Polygon", "MultiPolygon"} or not code.isalnum():
        return None
    polygons = (
        [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    )
    return Land(code, name, [ring for polygon in polygons for ring in polygon], int(people or 0))
