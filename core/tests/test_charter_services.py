from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib.metadata import EntryPoint, EntryPoints
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

import freeco_charter
from freeco.charter import services as charter
from freeco.charter.articles import articles, changes
from freeco.charter.models import CharterText
from freeco.charter.services import Reading, accept, shown_text
from freeco.db import db
from freeco.members.models import Member, Person

FIRST = """# Charte

Une introduction.

## Article 1 – Adhérer

On adhère en acceptant la charte.

## Article 2 – Payer

On paie le prix coûtant.

## Article 3 – Partir

On part quand on veut.
"""
SECOND = """# Charte

Une introduction.

## Article 1 – Adhérer

On adhère librement en acceptant cette charte.

## Article 2 – Partir

On part quand on veut.

## Article 3 – Décider

Une personne, une voix.
"""


class OwnCharter:
    """What a cooperative that writes its own charter installs."""

    def __init__(self, **texts: dict[str, str]) -> None:
        self.texts = {version.removeprefix("v"): words for version, words in texts.items()}

    def versions(self) -> tuple[str, ...]:
        return tuple(self.texts)

    def languages(self, version: str) -> tuple[str, ...]:
        return tuple(self.texts[version])

    def text(self, version: str, language: str) -> str:
        return self.texts[version][language]


def written(text: str, version: str = "1", language: str = "fr") -> Reading:
    return Reading(version, language, sha256(text.encode()).hexdigest(), text)


def install(monkeypatch: pytest.MonkeyPatch, **texts: dict[str, str]) -> None:
    own = OwnCharter(**texts)
    monkeypatch.setattr(charter, "source", lambda: own)


def declared(*names: str) -> EntryPoints:
    return EntryPoints(
        EntryPoint(name, "freeco_charter", charter.ENTRY_POINT_GROUP) for name in names
    )


@pytest.mark.parametrize(
    ("names", "chosen"), [((), "founding"), (("founding",), "founding"), (("founding", "ours"), "")]
)
def test_a_cooperative_s_own_charter_comes_before_the_founding_one(
    monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], chosen: str
) -> None:
    monkeypatch.setattr(charter, "entry_points", lambda group: declared(*names))
    own = OwnCharter()
    monkeypatch.setattr(EntryPoint, "load", lambda self: own)
    assert charter.source.__wrapped__() is (freeco_charter if chosen else own)


def test_two_charters_of_their_own_are_named_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charter, "entry_points", lambda group: declared("ours", "theirs"))
    with pytest.raises(charter.TwoCharters, match=r"ours.*theirs"):
        charter.source.__wrapped__()


def test_the_version_in_force_is_the_latest(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, v1={"fr": FIRST}, v2={"fr": SECOND})
    assert charter.current_version() == "2"


def test_reading_writes_nothing(app: Flask) -> None:
    shown = charter.reading("fr")
    assert shown.sha256 == sha256(shown.text.encode()).hexdigest()
    assert db.session.scalar(select(func.count(CharterText.id))) == 0


def test_a_language_it_is_not_written_in_shows_the_original() -> None:
    assert charter.reading("tlh").language == "fr"


def test_what_is_shown_is_kept_word_for_word(app: Flask) -> None:
    kept = shown_text("en")
    assert kept.text == freeco_charter.text(charter.current_version(), "en")
    assert kept.sha256 == sha256(kept.text.encode()).hexdigest()
    assert shown_text("en") is kept


def test_four_first_readers_keep_one_text(app: Flask) -> None:
    start = Barrier(4)

    def read(_number: int) -> int:
        with app.app_context():
            start.wait()
            kept = shown_text("fr").id
            db.session.commit()
            return kept

    with ThreadPoolExecutor(4) as crowd:
        assert len(set(crowd.map(read, range(4)))) == 1


def test_a_form_filled_under_another_text_is_refused(app: Flask) -> None:
    assert shown_text("fr", charter.reading("fr").sha256).language == "fr"
    with pytest.raises(charter.CharterChanged):
        shown_text("fr", charter.reading("en").sha256)


def test_accepting_records_who_what_and_when(member: Member, person: Person) -> None:
    (acceptance,) = charter.acceptances(member)
    assert acceptance.text.version == charter.current_version()
    assert acceptance.recorded_by_id == person.id
    assert acceptance.accepted_at.tzinfo is not None


def test_accepting_again_keeps_the_first_record(member: Member, person: Person) -> None:
    (first,) = charter.acceptances(member)
    assert accept(member, shown_text("fr"), person) is first
    accept(member, shown_text("en"), person)
    assert [each.text.language for each in charter.acceptances(member)] == ["fr", "en"]


def test_accepting_twice_at_once_records_once(app: Flask, member: Member, person: Person) -> None:
    ids, start = (member.id, person.id), Barrier(2)
    db.session.rollback()

    def click(_number: int) -> None:
        with app.app_context():
            start.wait()
            accept(
                db.session.get_one(Member, ids[0]),
                shown_text("en"),
                db.session.get_one(Person, ids[1]),
            )
            db.session.commit()

    with ThreadPoolExecutor(2) as crowd:
        list(crowd.map(click, range(2)))
    assert len(charter.acceptances(member)) == 2


def test_a_new_version_asks_again(
    member: Member, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = shown_text("fr")
    assert charter.has_accepted_current(member)
    install(monkeypatch, v2={"fr": SECOND})
    assert not charter.has_accepted_current(member)
    with pytest.raises(charter.CharterChanged):
        accept(member, former, person)
    accept(member, shown_text("fr"), person)
    assert charter.has_accepted_current(member)


def test_a_text_changed_in_silence_is_not_what_was_accepted(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = charter.current_version()
    install(monkeypatch, **{f"v{version}": {"fr": FIRST}})
    assert not charter.has_accepted_current(member)


def test_the_founding_charter_is_cut_into_its_articles(app: Flask) -> None:
    found = articles(shown_text("fr"))
    assert [article.number for article in found] == list(range(16))
    assert found[0].title == "Charte fondatrice"
    assert found[1].title == "Adhérer"
    assert found[2].body_html.count("<li>") == 7


def test_a_heading_without_a_number_is_numbered_by_its_place() -> None:
    found = articles(written("## Adhérer\n\nOui.\n\n## Partir\n\nNon.\n"))
    assert [(article.number, article.title) for article in found] == [(1, "Adhérer"), (2, "Partir")]


def test_a_charter_carries_no_html() -> None:
    text = "Avant <b>tout</b>.\n\n## Article 1 – Un\n\n<script>x</script> [a](javascript:alert(1))"
    shown = "".join(article.body_html for article in articles(written(text)))
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "href" not in shown


def test_a_change_is_shown_article_by_article_and_word_by_word() -> None:
    found = changes(written(FIRST), written(SECOND, "2"))
    assert [(each.number, each.title, each.kind) for each in found] == [
        (0, "Charte", "kept"),
        (1, "Adhérer", "changed"),
        (2, "Partir", "kept"),
        (3, "Décider", "added"),
        (2, "Payer", "removed"),
    ]
    words = found[1].words
    assert ("removed", "la") in words
    assert ("added", "cette") in words
    assert "".join(text for kind, text in words if kind != "removed") == (
        "On adhère librement en acceptant cette charte."
    )
    assert "".join(text for kind, text in words if kind != "added") == (
        "On adhère en acceptant la charte."
    )


def test_a_new_title_is_a_change() -> None:
    new = written(FIRST.replace("Payer", "Régler"), "2")
    (changed,) = [each for each in changes(written(FIRST), new) if each.kind == "changed"]
    assert (changed.title, changed.former_title) == ("Régler", "Payer")


def test_the_same_text_has_not_changed() -> None:
    assert {each.kind for each in changes(written(FIRST), written(FIRST))} == {"kept"}


def test_a_version_accepted_in_english_is_compared_in_french_to_a_french_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(monkeypatch, v1={"fr": FIRST, "en": "# Charter"}, v2={"fr": SECOND})
    found = changes(written("# Charter", "1", "en"), charter.reading("fr"))
    assert [each.kind for each in found] == ["kept", "changed", "kept", "added", "removed"]


def test_a_language_the_former_version_lacks_is_compared_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(monkeypatch, v1={"en": "# Charter"}, v2={"fr": SECOND})
    found = changes(written("# Charter", "1", "en"), charter.reading("fr"))
    assert found[0].kind == "changed"
