"""Every letter that people receive can be put in a community's own words, or says why not."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from freeco.i18n import LANGUAGES, spoken
from freeco.kernel import kernel
from freeco.mail.letters import FOOT, OWN_LETTERS, environment_of, write_letter
from freeco.mail.wording import catalogue
from freeco.mail.wording.spots import filled, kept, missing, ours, shown, stem, tidied
from freeco.module import LetterKind
from freeco.notifications.topics import find_topic

ROOMS = (nodes.If, nodes.For)


def kinds() -> list[LetterKind]:
    return list(catalogue.every())


def editable() -> list[LetterKind]:
    return [each for each in kinds() if not each.kept]


def test_every_file_of_letters_is_introduced_once(app: Flask) -> None:
    folders = {OWN_LETTERS}
    for name in kernel().plugins.modules:
        package = kernel().plugins.folder(name)
        folders |= {each for each in (package.rglob("letters") if package else ()) if each.is_dir()}
    files = sorted(file for folder in folders for file in folder.glob("*.txt"))
    assert len(files) > 50
    assert sorted(Path(each.folder) / f"{stem(each)}.txt" for each in kinds()) == files


def test_nothing_but_notices_and_worded_letters_is_written_in_a_module() -> None:
    """A module that wrote mail past the gate would escape its community's words."""
    past = re.compile(r"\b(send_mail|write_letter|OutgoingMail)\(")
    modules = Path(__file__).parent.parent / "modules"
    found = [
        file
        for file in modules.glob("*/freeco_*/**/*.py")
        if past.search(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_each_letter_says_when_it_leaves_and_is_editable_or_says_why_not(app: Flask) -> None:
    for kind in kinds():
        assert str(kind.title), kind.name
        assert str(kind.sent).endswith("."), kind.name
        if kind.kept:
            assert str(kind.kept).endswith("."), kind.name
        else:
            assert kind.words, kind.name
            assert kind.needed, kind.name
    assert {stem(each) for each in kinds() if each.kept} == {
        "account_changed",
        "account_secured",
        "confirm",
        "email_asked",
        "known_address",
        "new_email",
        "poll_alarm",
        "polls_waiting",
        "record_alarm",
        "sign_in_link",
        "wording_to_mend",
    }


def test_a_letter_with_a_switch_names_one_that_exists(app: Flask) -> None:
    for kind in kinds():
        if kind.topic:
            assert find_topic(kind.topic), kind.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_words_with_their_values_are_our_letter(app: Flask, language: str) -> None:
    """What the form begins with, kept as it is, changes nothing for whom it is written to."""
    for kind in editable():
        start = ours(kind, language)
        with spoken(language):
            typed = shown(kind, start.subject), shown(kind, start.body)
        subject, strange = kept(kind, typed[0])
        body, more = kept(kind, typed[1])
        assert (strange, more) == ([], []), kind.name
        written = filled(kind, subject, body, language, kind.example)
        plain = write_letter(stem(kind), language, kind.folder, kind.example)
        assert written.subject == plain.subject, kind.name
        assert written.body == tidied(plain.body.partition(f"\n{FOOT}\n")[0]), kind.name


def test_what_a_letter_needs_stands_in_our_own_words(app: Flask) -> None:
    for kind in editable():
        start = ours(kind, "fr")
        assert missing(kind, start.subject + start.body) == [], kind.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_words_of_a_letter_never_read_the_same(app: Flask, language: str) -> None:
    for kind in editable():
        with spoken(language):
            labels = [str(label).casefold() for label in kind.words.values()]
        assert len(set(labels)) == len(labels), kind.name
        assert not any(set("{}\n") & set(label) for label in labels), kind.name


def test_what_is_said_only_sometimes_stands_in_a_block(app: Flask) -> None:
    for kind in editable():
        source = (Path(kind.folder) / f"{stem(kind)}.txt").read_text(encoding="utf-8")
        tree = environment_of(kind.folder).parse(source)
        blocks = list(tree.find_all(nodes.Block))
        inside = [id(each) for block in blocks for each in block.find_all(ROOMS)]
        outside = [each for each in tree.find_all(ROOMS) if id(each) not in inside]
        assert outside == [], kind.name
        assert {block.name for block in blocks} <= set(kind.words), kind.name
