"""What people paste is kept as they meant it; what cannot be seen does not come in."""

import pytest
from marshmallow import Schema, ValidationError

from freeco.web.forms import Words
from freeco.web.words import isolated, tidy


class NoteSchema(Schema):
    """A note of one form."""

    note = Words(required=True, most=300)


def read(text: str) -> str:
    taken: dict[str, str] = NoteSchema().load({"note": text})
    return taken["note"]


def test_a_text_pasted_from_word_keeps_its_lines_and_its_lists() -> None:
    pasted = "Apporter\x0b\uf0b7\tsacs\r\n•\tcagettes\r\no\tmonnaie\u2028Merci\u00a0: à jeudi"
    assert read(pasted) == "Apporter\n- sacs\n- cagettes\n- monnaie\nMerci\u00a0: à jeudi"


def test_french_typography_stays_as_it_was_typed() -> None:
    typed = "L’œuf « bio »\u202f: 3\u00a0€ – 12\u2009%…"
    assert read(typed) == typed


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ste\u0301phane", "St\u00e9phane"),
        ("Ma\u00adrie", "Marie"),
        ("\ufeffJean\u200b", "Jean"),
        ("Paul\u202etxt.exe", "Paultxt.exe"),
        ("Anne\u200dLise", "AnneLise"),
        ("Luc\x1b[31m", "Luc[31m"),
        ("Durand\tPaul\u2003Luc", "Durand Paul Luc"),
        ("\u200fليلى\u200f", "ليلى"),
        ("موسیقی\u200cدان", "موسیقی\u200cدان"),
        ("ferme 👩\u200d🌾", "ferme 👩\u200d🌾"),
    ],
)
def test_a_name_is_kept_without_what_cannot_be_seen(typed: str, kept: str) -> None:
    assert read(typed) == kept


def test_a_paragraph_keeps_its_marks_of_direction() -> None:
    assert read("שלום\u200f!\nMerci") == "שלום\u200f!\nMerci"


@pytest.mark.parametrize("typed", ["\u200b", "\u00ad \ufeff", "\x0b\r\n", "\u202e"])
def test_what_cannot_be_seen_is_not_an_answer(typed: str) -> None:
    with pytest.raises(ValidationError):
        read(typed)


@pytest.mark.parametrize("typed", ["a\x00b", "a\ud800"])
def test_what_no_keyboard_types_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        read(typed)


def test_tidying_twice_changes_nothing_more() -> None:
    text = "•\t e\u0301te\u0301 \x0b\uf0b7 \u00ad o\u200b\tsuite"
    assert tidy(tidy(text)) == tidy(text)


def test_only_a_name_from_right_to_left_is_isolated() -> None:
    assert isolated("Marie Dupont") == "Marie Dupont"
    assert isolated("ליאורה כהן") == "\u2068ליאורה כהן\u2069"
