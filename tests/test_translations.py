"""Every French sentence has its English; whatever another language says keeps the values."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message

from freeco import i18n

ROOT = Path(__file__).parent.parent
VALUE = re.compile(r"%\((\w+)\)[sd]|(%%)")
BADLY_SET = re.compile(r"[ ][:;?!»]|«[ ]|[a-zà-ÿ0-9)»][:;?!](?=\s|$)|[^\W\d_]'[^\W\d_]")


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
LANGUAGES = sorted(TOOL.LANGUAGES)
each_language = pytest.mark.parametrize("language", LANGUAGES)
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


@each_language
@each_distribution
def test_no_translation_is_left_without_its_french_sentence(
    distribution: Any, language: str
) -> None:
    today = TOOL.extracted(distribution, language)
    gone = [
        m.id for m in sentences(TOOL.existing(distribution, language)) if today.get(m.id) is None
    ]
    assert gone == []


@each_language
@each_distribution
def test_a_translation_keeps_the_values_of_the_french(distribution: Any, language: str) -> None:
    """A sentence for one may leave its number out: “one place left”."""
    wrong = []
    for message in sentences(TOOL.existing(distribution, language)):
        if not any(forms(message.string)):
            continue
        french = [values(each) for each in forms(message.id)]
        other = [values(each) for each in forms(message.string)]
        if other[-1] != french[-1] or other[0] - {"num"} != french[0] - {"num"}:
            wrong.append(message.id)
    assert wrong == []


@each_language
@each_distribution
def test_no_translation_waits_for_a_second_look(distribution: Any, language: str) -> None:
    fuzzy = [m.id for m in TOOL.existing(distribution, language) if m.fuzzy]
    assert fuzzy == []


@each_language
def test_a_catalogue_read_and_written_again_does_not_move(language: str) -> None:
    for distribution in DISTRIBUTIONS:
        before = distribution.catalogue(language).read_bytes()
        assert TOOL.written(TOOL.updated(distribution, language)) == before


def test_the_languages_of_the_screens_are_those_of_the_catalogues() -> None:
    assert set(i18n.LANGUAGES) == {"fr", *LANGUAGES}


def test_a_language_that_is_begun_says_something_of_its_own() -> None:
    spanish = TOOL.existing(DISTRIBUTIONS[0], "es")
    said = [message for message in sentences(spanish) if all(forms(message.string))]
    assert len(said) >= 200


@each_distribution
def test_french_sentences_are_set_as_french_is(distribution: Any) -> None:
    """No-break spaces before : ; ? ! », and after «; curly apostrophes."""
    wrong = [
        sentence
        for message in sentences(TOOL.extracted(distribution))
        for sentence in forms(message.id)
        if BADLY_SET.search(sentence)
    ]
    assert wrong == []
