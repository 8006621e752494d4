"""The ground that ``make`` prepared: all of France is there, and where it should be."""

from collections.abc import Sequence

import pytest

from freeco.places import gazetteer, ground, outlines
from freeco.places.borders import holds
from freeco.places.bounds import Bounds
from freeco.places.gaps import NAMELESS
from freeco.places.outlines import Outline
from freeco.places.projection import world

from .browser.site import missing

WORLD = Bounds(-90, -180, 90, 180)
MAINLAND = [f"{number:02}" for number in range(1, 96) if number != 20]
EVERY = {*MAINLAND, "2A", "2B", "971", "972", "973", "974", "976"}
WITHOUT_OUTLINE = {"15031", "15035", "15047", "15171"}
"""Left Neussargues in 2025; the source has not drawn them yet."""
AROUND_CAHORS = ("Cahors", "Pradines", "Lamagdelaine", "Arcambal", "Le Montat", "Mercuès")


@pytest.fixture(scope="module")
def departments() -> Sequence[Outline]:
    """Give the departments; without the ground there is nothing to look at."""
    if not (ground.HERE / ground.DEPARTMENTS).is_file():
        missing("the outlines are not installed: make ground")
    return outlines.in_view(WORLD, communes=False)


@pytest.fixture(scope="module")
def communes(departments: Sequence[Outline]) -> dict[str, Outline]:
    """Give the communes by code, nameless land apart."""
    found = outlines.in_view(WORLD, communes=True)
    return {each.code: each for each in found if not each.code.endswith(NAMELESS)}


def test_every_department_has_an_outline_and_a_name(departments: Sequence[Outline]) -> None:
    assert {each.code for each in departments} == EVERY
    assert all(each.name for each in departments)


def test_every_commune_has_an_outline_but_those_we_know_of(communes: dict[str, Outline]) -> None:
    names = gazetteer.gazetteer().communes
    if not names:
        missing("the names of communes are not installed: make front")
    known = {each.insee for each in names if each.department in EVERY}
    assert len(communes) > 34_000
    assert known - set(communes) == WITHOUT_OUTLINE
    assert set(communes) - known == set()


def test_every_commune_is_within_its_department(
    departments: Sequence[Outline], communes: dict[str, Outline]
) -> None:
    around = {each.code: each.bounds for each in departments}
    out = [
        each.name
        for each in communes.values()
        if not around[outlines.department_of(each.code)].holds(*each.centre)
    ]
    assert out == []


def test_the_middle_of_a_commune_is_in_it(communes: dict[str, Outline]) -> None:
    out = []
    for each in communes.values():
        at = world(*each.centre)
        if not sum(holds(ring, at) for ring in each.rings) % 2:
            out.append(each.name)
    assert out == []


def test_the_neighbours_of_cahors_are_in_the_lot_and_stand_near_it() -> None:
    for name in AROUND_CAHORS:
        found = gazetteer.find_commune(name) or gazetteer.find_commune(name, "46090")
        assert found is not None
        assert found.department == "46"
        assert found.latitude == pytest.approx(44.45, abs=0.12)
        assert found.longitude == pytest.approx(1.44, abs=0.12)
