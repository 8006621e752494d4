"""/design shows every component, in every state, to whoever asks."""

import re
from collections import Counter

from freeco.testing.forms import fill_in, form_of
from freeco.testing.visitor import Visitor
from freeco.web import tokens
from freeco.web.design import EXAMPLES, LONG

MACROS = EXAMPLES.parents[1] / "_macros.html"


def macros() -> set[str]:
    """Return the names of the macros that authors use."""
    return set(re.findall(r"\{% macro ([a-z]\w*)\(", MACROS.read_text("utf-8")))


def test_every_macro_has_its_example() -> None:
    shown = {file.stem for file in EXAMPLES.glob("*.html")} - {"undo"}
    assert shown == macros()


def test_every_example_uses_what_it_shows(client: Visitor) -> None:
    for file in EXAMPLES.glob("*.html"):
        name = "button_form" if file.stem == "undo" else file.stem
        assert f"ui.{name}(" in file.read_text("utf-8"), file.name


def test_the_page_shows_each_component_with_the_code_to_write(client: Visitor) -> None:
    page = client.get("/design")
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex"
    for name in macros():
        assert f'id="{name}"' in page.text, name
        assert f"ui.{name}(" in page.text, name


def test_the_page_shows_long_names_and_names_from_right_to_left(client: Visitor) -> None:
    page = client.get("/design")
    assert len(LONG) == 70
    assert LONG in page.text
    assert "<bdi>ליאורה" in page.text


def test_nothing_on_the_page_has_the_name_of_something_else(client: Visitor) -> None:
    ids = Counter(re.findall(r' id="([^"]+)"', client.get("/design").text))
    assert [name for name, many in ids.items() if many > 1] == []


def test_there_is_one_yellow_button_here_too(client: Visitor) -> None:
    page = client.get("/design").text.partition("<main")[2]
    assert len(re.findall(r'class="(?:button )?primary"', page)) == 1


def test_the_contrasts_are_computed(client: Visitor) -> None:
    least = min(each.contrast for each in tokens.measures("light"))
    assert f"{least:.1f}".replace(".", ",") in client.get("/design").text


def test_an_example_does_nothing_and_offers_to_undo_it(client: Visitor) -> None:
    client.post("/design")
    page = client.get("/connexion")
    assert "rien n’est enregistré" in page.text
    assert fill_in(client, page, "/design").status_code == 302


def test_a_question_is_asked_on_its_own_page_without_javascript(client: Visitor) -> None:
    asked = client.post("/design", data={"a_confirmer": ["Sûr ?", "Oui, noter"], "day": ["1", "2"]})
    assert asked.status_code == 200
    assert "Oui, noter" in asked.text
    assert form_of(asked, "/design").values["day"] == ["1", "2"]
    assert fill_in(client, asked, "/design").status_code == 302


def test_the_question_comes_after_the_check_of_who_asks(client: Visitor) -> None:
    forged = client.post("/design", data={"a_confirmer": ["Cliquez", "ici"]}, token=False)
    assert forged.status_code == 400
    assert "Cliquez" not in forged.text
