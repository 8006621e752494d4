"""The founding charter: its texts by version and language, its criteria and its labels.

A cooperative that writes its own charter publishes a distribution with the same functions.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

__all__ = [
    "TEXTS",
    "Criterion",
    "Domain",
    "Kind",
    "Label",
    "criteria",
    "labels",
    "languages",
    "text",
    "versions",
]

HERE = Path(__file__).parent

TEXTS = HERE / "texts"
"""One folder per version, one Markdown file per language."""


class Domain(StrEnum):
    """The part of the charter a criterion or a label belongs to."""

    SOCIAL = "social"
    ENVIRONMENT = "environment"
    UTILITY = "utility"
    COOPERATION = "cooperation"


class Kind(StrEnum):
    """How a criterion is answered."""

    YES_NO = "yes_no"
    SCALE = "scale"
    """From 0, not at all, to 5, entirely."""
    TEXT = "text"


@dataclass(frozen=True)
class Criterion:
    """A question members ask about a product, a service or an organisation."""

    id: str
    domain: Domain
    article: int
    """The article of the latest charter it comes from."""
    kind: Kind
    question: Mapping[str, str]
    """By language, as every text here."""
    proof: Mapping[str, str]
    """What counts as proof."""


@dataclass(frozen=True)
class Label:
    """An existing label, mark or recognised status the charter relies on."""

    id: str
    name: str
    domain: Domain
    country: str
    """An ISO 3166 code, ``EU``, or ``INT`` for a label without a country."""
    guarantees: Mapping[str, str]
    controlled_by: Mapping[str, str]
    supports: tuple[str, ...]
    """The ids of the criteria it is a proof for."""


def versions() -> tuple[str, ...]:
    """List the versions of the charter, oldest first."""
    return tuple(sorted((folder.name for folder in TEXTS.iterdir() if folder.is_dir()), key=int))


def languages(version: str) -> tuple[str, ...]:
    """List the languages a version is written in; the first one is the original."""
    if version not in versions():
        raise LookupError(f"The charter has no version {version!r}; it has {_list(versions())}.")
    found = {file.stem for file in (TEXTS / version).glob("*.md")}
    return tuple(sorted(found, key=lambda language: (language != "fr", language)))


def text(version: str, language: str) -> str:
    """Give the charter as Markdown, exactly as members accept it."""
    if language not in languages(version):
        raise LookupError(
            f"Version {version} of the charter is not written in {language!r}; "
            f"it is in {_list(languages(version))}."
        )
    # Members sign the bytes: no newline may change from one system to another.
    return (TEXTS / version / f"{language}.md").read_bytes().decode()


def criteria() -> tuple[Criterion, ...]:
    """List the criteria, domain by domain."""
    return tuple(
        Criterion(
            id=row["id"],
            domain=Domain(row["domain"]),
            article=row["article"],
            kind=Kind(row["kind"]),
            question=row["question"],
            proof=row["proof"],
        )
        for row in _rows("criterion", "criteria.toml")
    )


def labels() -> tuple[Label, ...]:
    """List the labels the charter relies on."""
    return tuple(
        Label(
            id=row["id"],
            name=row["name"],
            domain=Domain(row["domain"]),
            country=row["country"],
            guarantees=row["guarantees"],
            controlled_by=row["controlled_by"],
            supports=tuple(row["supports"]),
        )
        for row in _rows("label", "labels.toml")
    )


def _rows(table: str, file: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((HERE / file).read_text("utf-8"))[table]
    return rows


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)
