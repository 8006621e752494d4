"""The drawn ground: borders once, our commune marked, names where they fit, and its weight."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from freeco.config import Settings
from freeco.kernel import Kernel
from freeco.places import ground, prepare
from freeco.places.borders import holds
from freeco.places.labels import labels_of
from freeco.places.projection import View
from freeco.places.terrain import MARGIN, terrain
from freeco.plugins import Plugins

MIDDLE = (44.5, 1.8)
NUMBERS = re.compile(r"-?\d+")


def land(row: int, column: int, *, department: str = "46") -> prepare.Land:
    """Return a square of a tenth of a degree; the rows go northwards, the columns eastwards."""
    south, west = 44.0 + row / 10, 1.3 + column / 10
    corners = [(west, south), (west + 0.1, south), (west + 0.1, south + 0.1), (west, south + 0.1)]
    code = f"{department}{row}{column:02}"
    return prepare.Land(code, f"Bourg {code}", [corners], people=row * 100 + column)


@pytest.fixture
def squares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install a hundred square communes, those of the east in another department."""
    app = Flask(__name__)
    settings = Settings.from_environment({"FREECO_HOME": str(tmp_path)})
    app.extensions["freeco"] = Kernel(settings, Plugins())
    monkeypatch.setattr(ground, "HERE", tmp_path / "nothing")
    lands = [
        land(row, column, department="46" if column < 5 else "12")
        for row in range(10)
        for column in range(10)
    ]
    prepare.prepare(lands, {"46": "Lot", "12": "Aveyron"}, tmp_path / "ground", "IGN")
    with app.app_context():
        yield


def length(path: str) -> int:
    """Return how long a path of level and upright lines is drawn."""
    total = 0
    for line in path.split("M")[1:]:
        steps = [int(each) for each in NUMBERS.findall(line)][2:]
        total += sum(map(abs, steps))
    return total


@pytest.mark.usefixtures("squares")
def test_a_border_that_two_communes_share_is_drawn_once() -> None:
    view = View(*MIDDLE, 12)
    drawn = terrain(view, None)
    side = 0.1 / 360 * view.scale
    # The frame, and its margin, hold at most two lines each way beside the limit; never twice.
    assert 0 < length(drawn.borders) < 6 * (view.width + 2 * MARGIN + 2 * side)
    assert drawn.limits.count("M") >= 1


@pytest.mark.usefixtures("squares")
@pytest.mark.parametrize(
    ("zoom", "at", "land"),
    [(12, MIDDLE, True), (10, (44.9, 2.2), True), (10, (45.1, 1.8), False), (8, MIDDLE, True)],
)
def test_land_is_filled_and_what_is_beyond_is_not(
    zoom: int, at: tuple[float, float], land: bool
) -> None:
    view = View(*at, zoom)
    rings = []
    for written in terrain(view, None).land.split("M")[1:]:
        x, y, *steps = (int(each) for each in NUMBERS.findall(written))
        ring = [(x, y)]
        for right, down in zip(steps[::2], steps[1::2], strict=True):
            ring.append((ring[-1][0] + right, ring[-1][1] + down))
        rings.append(ring)
    assert sum(holds(ring, (320.3, 320.4)) for ring in rings) % 2 == land


@pytest.mark.usefixtures("squares")
def test_the_limit_of_a_department_is_set_apart() -> None:
    view = View(*MIDDLE, 12)
    x = round(view.point(44.5, 1.8)[0])
    starts = [NUMBERS.findall(line)[0] for line in terrain(view, None).limits.split("M")[1:]]
    assert str(x) in starts


@pytest.mark.usefixtures("squares")
def test_the_commune_around_the_home_is_marked() -> None:
    drawn = terrain(View(*MIDDLE, 11), (44.55, 1.75))
    assert drawn.home is not None
    assert drawn.home.name == "Bourg 46504"
    assert drawn.own.endswith("z")


@pytest.mark.usefixtures("squares")
def test_a_home_at_sea_marks_nothing() -> None:
    drawn = terrain(View(*MIDDLE, 8), (10.0, -30.0))
    assert drawn.home is None
    assert drawn.own == ""


@pytest.mark.usefixtures("squares")
def test_departments_are_drawn_from_afar_and_communes_from_near() -> None:
    assert [each.name for each in terrain(View(*MIDDLE, 9), None).shown] == ["Lot", "Aveyron"]
    assert all(each.name.startswith("Bourg") for each in terrain(View(*MIDDLE, 10), None).shown)


def test_without_ground_nothing_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "folders", lambda: [tmp_path])
    assert terrain(View(*MIDDLE, 11), MIDDLE).weight == 0


@pytest.mark.usefixtures("squares")
def test_names_begin_with_our_own_and_cover_neither_marks_nor_each_other() -> None:
    view = View(*MIDDLE, 11)
    marks = [(320, 320), (200, 180)]
    labels = labels_of(view, terrain(view, (44.55, 1.75)), [], marks, "Chez nous")
    assert (labels[0].text, labels[0].own) == ("Chez nous", True)
    assert len({label.text for label in labels}) == len(labels) > 3
    assert any(label.fine for label in labels)
    for label in labels:
        half = len(label.text) * 4  # less than what is drawn, whatever the letters
        assert label.x - half >= 0
        assert label.x + half <= view.width
        for x, y in marks:
            assert abs(label.x - x) > half or not y - 10 < label.y < y + 20
    for index, one in enumerate(labels):
        for other in labels[:index]:
            wide = (len(one.text) + len(other.text)) * 4
            assert abs(one.x - other.x) > wide or abs(one.y - other.y) > 15


@pytest.mark.usefixtures("squares")
def test_a_department_too_narrow_for_its_name_has_none() -> None:
    view = View(*MIDDLE, 5)
    assert labels_of(view, terrain(view, None), [], []) == []
