"""Every French sentence has its English, with the same values in it."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message

ROOT = Path(__file__).parent.parent
VALUE = re.compile(r"%\((\w+)\)[sd]|(%%)")


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "update_translations", ROOT / "docs" / "update_translations.py"
    )
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


TOOL = load_tool()
DISTRIBUTIONS: list[Any] = TOOL.distributions()
each_distribution = pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=lambda it: it.name)


def sentences(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def forms(words: Any) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def values(sentence: str) -> set[str]:
    return {name or sign for name, sign in VALUE.findall(sentence)}


def test_core_and_direct_sales_are_looked_at() -> None:
    assert {"freeco", "freeco-direct-sales"} <= {each.name for each in DISTRIBUTIONS}
    assert all(len(TOOL.extracted(each)) > 100 for each in DISTRIBUTIONS[:1])


@each_distribution
def test_every_french_sentence_has_its_english(distribution: Any) -> None:
    english = TOOL.existing(distribution)
    missing = [
        message.id
        for message in sentences(TOOL.extracted(distribution))
        if (known := english.get(message.id)) is None or not all(forms(known.string))
    ]
    assert missing == []


@each_distribution
def test_no_english_is_left_without_its_french_sentence(distribution: Any) -> None:
    today = TOOL.extracted(distribution)
    gone = [m.id for m in sentences(TOOL.existing(distribution)) if today.get(m.id) is None]
    assert gone == []


@each_distribution
def test_the_english_keeps_the_values_of_the_french(distribution: Any) -> None:
    """A sentence for one may leave its number out: “one place left”."""
    wrong = []
    for message in sentences(TOOL.existing(distribution)):
        french = [values(each) for each in forms(message.id)]
        english = [values(each) for each in forms(message.string)]
        if english[-1] != french[-1] or english[0] - {"num"} != french[0] - {"num"}:
            wrong.append(message.id)
    assert wrong == []


@each_distribution
def test_no_english_waits_for_a_second_look(distribution: Any) -> None:
    fuzzy = [m.id for m in TOOL.existing(distribution) if m.fuzzy]
    assert fuzzy == []


def test_a_catalogue_read_and_written_again_does_not_move() -> None:
    for distribution in DISTRIBUTIONS:
        before = distribution.catalogue.read_bytes()
        assert TOOL.written(TOOL.updated(distribution)) == before
