"""The ground of the map: names of communes, outlines prepared from a file, and neither."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from freeco.config import Settings
from freeco.kernel import Kernel
from freeco.places import gazetteer, geojson, ground, outlines, prepare
from freeco.places.bounds import Bounds
from freeco.plugins import Plugins

NAMES = [
    ["46045", "Cajarc", "46", ["46160"], 1136],
    ["93066", "Saint-Denis", "93", ["93200", "93210"], 112852],
    ["97411", "Saint-Denis", "974", ["97400"], 153810],
    ["46083", "Espédaillac", "46", ["46320"], 260],
    ["46084", "Espère", "46", ["46090"], 1100],
    ["46085", "Espeyroux", "46", ["46120"], 120],
    ["46102", "Œuf-en-Quercy", "46", ["46100"], 10],
]
QUERCY = Bounds(44.0, 1.0, 45.0, 3.0)


@pytest.fixture(autouse=True)
def ground_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an operator's home with nothing but what the test puts there."""
    app = Flask(__name__)
    settings = Settings.from_environment({"FREECO_HOME": str(tmp_path)})
    app.extensions["freeco"] = Kernel(settings, Plugins())
    monkeypatch.setattr(ground, "HERE", tmp_path / "nothing")
    folder = tmp_path / "ground"
    with app.app_context():
        yield folder


@pytest.fixture
def names(ground_folder: Path) -> None:
    """Install the names of a few communes, as ``make front`` does."""
    ground_folder.mkdir()
    content = {"departements": {"46": "Lot", "93": "Seine-Saint-Denis"}, "communes": NAMES}
    (ground_folder / gazetteer.NAMES).write_bytes(gzip.compress(json.dumps(content).encode()))


def square(code: str, name: str, south: float, west: float, side: float = 0.1) -> dict[str, object]:
    """Return a square commune as GeoJSON writes it."""
    corners = [
        [west, south],
        [west + side, south],
        [west + side, south + side],
        [west, south + side],
        [west, south],
    ]
    return {
        "type": "Feature",
        "properties": {"code": code, "nom": name},
        "geometry": {"type": "Polygon", "coordinates": [corners]},
    }


def fetched(folder: Path, *features: dict[str, object]) -> Path:
    """Write a file as an operator fetches it."""
    file = folder / "communes.json"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return file


def install(file: Path, folder: Path) -> int:
    """Prepare a file of outlines as ``freeco outlines`` does."""
    return prepare.prepare(geojson.lands(file), {"46": "Lot"}, folder, "IGN")


@pytest.mark.parametrize("name", ["Cajarc", "CAJARC", " cajarc "])
def test_a_commune_is_found_whatever_its_capitals(names: None, name: str) -> None:
    found = gazetteer.find_commune(name)
    assert found is not None
    assert (found.insee, found.department, found.department_name) == ("46045", "46", "Lot")


@pytest.mark.parametrize("name", ["espedaillac", "Espédaillac", "ESPÉDAILLAC"])
def test_a_commune_is_found_whatever_its_accents(names: None, name: str) -> None:
    found = gazetteer.find_commune(name)
    assert found is not None
    assert found.name == "Espédaillac"


def test_ligatures_hyphens_and_saints_are_read_as_people_write_them(names: None) -> None:
    ligature = gazetteer.find_commune("oeuf en quercy")
    saint = gazetteer.find_commune("St Denis", "93200")
    assert ligature is not None
    assert saint is not None
    assert (ligature.insee, saint.insee) == ("46102", "93066")


def test_a_name_that_two_communes_share_finds_neither_without_a_postal_code(names: None) -> None:
    assert gazetteer.find_commune("Saint-Denis") is None


def test_a_postal_code_of_elsewhere_finds_nothing(names: None) -> None:
    assert gazetteer.find_commune("Cajarc", "75001") is None


@pytest.mark.parametrize("name", ["", "  ", "Lavergne-sur-Célé"])
def test_an_unknown_name_finds_nothing(names: None, name: str) -> None:
    assert gazetteer.find_commune(name) is None


def test_without_the_package_no_commune_is_known_and_nothing_breaks() -> None:
    assert gazetteer.find_commune("Cajarc") is None


def test_without_outlines_there_is_no_ground() -> None:
    assert outlines.in_view(QUERCY, communes=True) == []
    assert outlines.attribution() == ""


def test_prepared_outlines_give_back_names_shapes_and_whose_they_are(
    tmp_path: Path, ground_folder: Path
) -> None:
    file = fetched(tmp_path, square("46045", "Cajarc", 44.5, 1.8))
    assert install(file, ground_folder) == 1
    (found,) = outlines.in_view(QUERCY, communes=True)
    assert (found.code, found.name) == ("46045", "Cajarc")
    box = found.bounds
    assert (box.south, box.west, box.north, box.east) == pytest.approx((44.5, 1.8, 44.6, 1.9))
    assert found.centre == pytest.approx((44.55, 1.85))
    assert outlines.attribution() == "IGN"


def test_only_outlines_that_touch_the_view_are_given(tmp_path: Path, ground_folder: Path) -> None:
    file = fetched(
        tmp_path, square("46045", "Cajarc", 44.5, 1.8), square("29019", "Brest", 48.3, -4.5)
    )
    install(file, ground_folder)
    assert [each.name for each in outlines.in_view(QUERCY, communes=True)] == ["Cajarc"]


def test_prepared_outlines_give_communes_their_centre(
    names: None, tmp_path: Path, ground_folder: Path
) -> None:
    before = gazetteer.find_commune("Cajarc")
    install(fetched(tmp_path, square("46045", "Cajarc", 44.5, 1.8)), ground_folder)
    after = gazetteer.find_commune("Cajarc")
    assert before is not None
    assert after is not None
    assert before.latitude is None
    assert (after.latitude, after.longitude) == pytest.approx((44.55, 1.85))


def test_departments_are_drawn_from_afar(tmp_path: Path, ground_folder: Path) -> None:
    west, east = square("46045", "Cajarc", 44.5, 1.8), square("46046", "Larnagol", 44.5, 1.9)
    install(fetched(tmp_path, west, east), ground_folder)
    (lot,) = outlines.in_view(QUERCY, communes=False)
    assert (lot.name, len(lot.rings)) == ("Lot", 1)
    box = lot.bounds
    assert (box.south, box.west, box.north, box.east) == pytest.approx((44.5, 1.8, 44.6, 2.0))


def test_two_neighbours_keep_the_same_border_when_they_are_simplified() -> None:
    chance = Random(46)
    border = [[1.8 + chance.uniform(-0.001, 0.001), 44.5 + n / 1000] for n in range(40)]
    west = prepare.snapped([*border, [1.7, 44.54], [1.7, 44.5]], 5)
    east = prepare.snapped([*reversed(border), [1.9, 44.5], [1.9, 44.54]], 5)
    assert set(west) & set(east) == {each for each in west if each[1] > 17_500}


def test_a_ring_is_read_back_as_it_was_written() -> None:
    ring = [(445000, 18000), (445100, 18000), (445050, 18100)]
    read = outlines.unpacked(outlines.packed(ring))
    assert [(round(lat / outlines.STEP), round(lon / outlines.STEP)) for lat, lon in read] == ring


@pytest.mark.parametrize(
    ("insee", "department"), [("46045", "46"), ("2A004", "2A"), ("97411", "974")]
)
def test_a_commune_s_code_begins_with_its_department(insee: str, department: str) -> None:
    assert outlines.department_of(insee) == department


@pytest.mark.parametrize(
    "text", ["", "[]", '{"features": [{}]}', '{"features": []}', '{"features": 3}']
)
def test_a_file_without_outlines_is_refused_in_one_sentence(
    tmp_path: Path, ground_folder: Path, text: str
) -> None:
    file = tmp_path / "communes.json"
    file.write_text(text, "utf-8")
    with pytest.raises(prepare.BadOutlines):
        install(file, ground_folder)
