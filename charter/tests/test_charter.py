import re
import tomllib
from pathlib import Path

import pytest

import freeco_charter
from freeco_charter import Domain, criteria, labels, languages, text, versions

LANGUAGES = ("fr", "en")
EVERY_TEXT = [(version, language) for version in versions() for language in languages(version)]

PRINCIPLES = {
    "fr": (
        "Adhésion volontaire et ouverte à tous",
        "Pouvoir démocratique exercé par les membres",
        "Participation économique des membres",
        "Autonomie et indépendance",
        "Éducation, formation et information",
        "Coopération entre les coopératives",
        "Engagement envers la communauté",
    ),
    "en": (
        "Voluntary and open membership",
        "Democratic member control",
        "Member economic participation",
        "Autonomy and independence",
        "Education, training and information",
        "Cooperation among cooperatives",
        "Concern for community",
    ),
}


def articles(version: str, language: str) -> list[int]:
    headings = re.findall(r"^## .*$", text(version, language), re.MULTILINE)
    numbers = re.findall(r"^## Article (\d+) – \S.*$", "\n".join(headings), re.MULTILINE)
    assert len(numbers) == len(headings), "a heading is not an article"
    return [int(number) for number in numbers]


def french() -> str:
    """Everything a French reader may see."""
    rows = [
        words["fr"] for criterion in criteria() for words in (criterion.question, criterion.proof)
    ]
    rows += [words["fr"] for label in labels() for words in (label.guarantees, label.controlled_by)]
    return "\n".join([*rows, *(text(version, "fr") for version in versions())])


@pytest.mark.parametrize("version", versions())
def test_every_version_is_written_in_french_first_and_in_english(version: str) -> None:
    assert languages(version) == LANGUAGES


@pytest.mark.parametrize(("version", "language"), EVERY_TEXT)
def test_the_charter_can_be_read_in_ten_minutes(version: str, language: str) -> None:
    assert 900 <= len(text(version, language).split()) <= 1500


@pytest.mark.parametrize(("version", "language"), EVERY_TEXT)
def test_the_charter_opens_with_a_title_and_a_preamble(version: str, language: str) -> None:
    title, preamble, first_article = text(version, language).split("\n\n")[:3]
    assert title.startswith("# ")
    assert not preamble.startswith("#")
    assert first_article.startswith("## Article 1 ")


@pytest.mark.parametrize(("version", "language"), EVERY_TEXT)
def test_articles_are_numbered_from_one_without_a_gap(version: str, language: str) -> None:
    numbers = articles(version, language)
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("version", versions())
def test_both_languages_have_the_same_articles(version: str) -> None:
    assert articles(version, "fr") == articles(version, "en")


@pytest.mark.parametrize(("version", "language"), EVERY_TEXT)
def test_the_seven_cooperative_principles_are_all_there_in_order(
    version: str, language: str
) -> None:
    found = re.findall(r"^\d\. (.*?)\s?:", text(version, language), re.MULTILINE)
    assert tuple(found) == PRINCIPLES[language]


def test_every_criterion_points_to_an_article() -> None:
    assert {criterion.article for criterion in criteria()} <= set(articles(versions()[-1], "fr"))


def test_every_domain_has_criteria() -> None:
    assert {criterion.domain for criterion in criteria()} == set(Domain)


def test_every_label_supports_criteria_that_exist() -> None:
    known = {criterion.id for criterion in criteria()}
    for label in labels():
        assert label.supports
        assert set(label.supports) <= known


def test_no_two_criteria_and_no_two_labels_share_an_id() -> None:
    for ids in ([criterion.id for criterion in criteria()], [label.id for label in labels()]):
        assert len(ids) == len(set(ids))


def test_criteria_and_labels_speak_both_languages() -> None:
    rows = [words for criterion in criteria() for words in (criterion.question, criterion.proof)]
    rows += [words for label in labels() for words in (label.guarantees, label.controlled_by)]
    for words in rows:
        assert tuple(words) == LANGUAGES
        assert all(words.values())


def test_french_marks_never_begin_a_line() -> None:
    assert not re.search(r"[^\u00a0\u202f][;:?»%]|«[^\u00a0\u202f]", french())


def test_french_uses_curly_apostrophes_and_never_shouts() -> None:
    assert not set("'!") & set(french())


def test_an_unknown_version_is_refused_with_the_ones_that_exist() -> None:
    with pytest.raises(LookupError, match=r"no version '99'; it has 1"):
        text("99", "fr")


def test_an_unknown_language_is_refused_with_the_ones_that_exist() -> None:
    with pytest.raises(LookupError, match=r"not written in 'br'; it is in fr, en"):
        text("1", "br")


def test_no_name_leads_out_of_the_charter() -> None:
    for version, language in [("..", "fr"), ("1", "../1/fr"), ("", "fr")]:
        with pytest.raises(LookupError):
            text(version, language)


def test_it_is_declared_as_the_founding_charter() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
    declared = project["project"]["entry-points"]["freeco.charter"]
    assert declared == {"founding": freeco_charter.__name__}
