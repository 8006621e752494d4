"""The communes of France by name: code, department, postal codes, and a centre when known.

The names come with ``make front`` from an npm package that carries no position; the centres come
with the outlines, from ``make ground``. Without the names, nothing is found and the rest of Freeco
goes on.
"""

import gzip
import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from freeco.cells import plain
from freeco.places import ground

NAMES = "communes.json.gz"
SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune as INSEE names it."""

    insee: str
    """Its code in five characters: 46042, 2A004. Not the postal code."""
    name: str
    department: str
    """Code of the department: 46, 2A, 971."""
    department_name: str
    postal_codes: tuple[str, ...]
    population: int
    latitude: float | None = None
    """Of its centre in WGS 84 degrees; none when the outlines are not installed."""
    longitude: float | None = None


@dataclass(frozen=True)
class Gazetteer:
    """Every commune, by folded name in order."""

    folded: Sequence[str]
    communes: Sequence[Commune]

    def named(self, name: str) -> Sequence[Commune]:
        """Return the communes of exactly this name, accents and case apart."""
        wanted = fold(name)
        start = bisect_left(self.folded, wanted)
        end = bisect_left(self.folded, wanted + "\0")
        return self.communes[start:end]


def fold(name: str) -> str:
    """Write a name as it is compared: no accents, case, hyphens; St is Saint."""
    return " ".join(SAINTS.get(word, word) for word in plain(name).split())


def find_commune(name: str, postal_code: str = "") -> Commune | None:
    """Return the one commune of this name, and of this postal code when it is given.

    None when there is none, or several: a wrong place on a map is worse than no place.
    """
    found = gazetteer().named(name) if name.strip() else ()
    if postal_code.strip():
        found = [each for each in found if postal_code.strip() in each.postal_codes]
    return found[0] if len(found) == 1 else None


def department_names() -> Mapping[str, str]:
    """Return the names of departments by code; none when the gazetteer is not installed."""
    return {each.department: each.department_name for each in gazetteer().communes}


def gazetteer() -> Gazetteer:
    """Return the gazetteer, read on first need; empty when it is not installed."""
    return _read(ground.file(NAMES), ground.file(ground.CENTRES))


@lru_cache(maxsize=4)
def _read(names: Path | None, centres: Path | None) -> Gazetteer:
    if names is None:
        return Gazetteer((), ())
    content = json.loads(gzip.decompress(names.read_bytes()))
    known: Mapping[str, Sequence[float]] = (
        json.loads(gzip.decompress(centres.read_bytes()))["centres"] if centres else {}
    )
    departments: Mapping[str, str] = content["departements"]
    communes = []
    for insee, name, department, postal_codes, population in content["communes"]:
        latitude, longitude = known.get(insee, (None, None))
        communes.append(
            Commune(
                insee,
                name,
                department,
                departments.get(department, ""),
                tuple(postal_codes),
                population,
                latitude,
                longitude,
            )
        )
    pairs = sorted(((fold(each.name), each) for each in communes), key=lambda pair: pair[0])
    return Gazetteer([name for name, _each in pairs], [each for _name, each in pairs])
