import pytest

from freeco_bulletin import sms

ASTRONAUT = "\U0001f469"


@pytest.mark.parametrize(
    ("text", "units", "parts", "ucs2"),
    [
        ("", 0, 0, False),
        ("Bonjour", 7, 1, False),
        ("a" * 160, 160, 1, False),
        ("a" * 161, 161, 2, False),
        ("a" * 306, 306, 2, False),
        ("a" * 307, 307, 3, False),
        ("é" * 160, 160, 1, False),
        ("àèéìòùÇÉÄÖÑÜäöñüåØøÆæß", 22, 1, False),
        ("10 €", 5, 1, False),
        ("€" * 80, 160, 1, False),
        ("€" * 81, 162, 2, False),
        ("[x] {y} ~|^\\", 20, 1, False),
        ("ç" * 70, 70, 1, True),
        ("ê" * 71, 71, 2, True),
        ("ê" * 134, 134, 2, True),
        ("ê" * 135, 135, 3, True),
        ("l’été", 5, 1, True),
        (ASTRONAUT * 35, 70, 1, True),
        (ASTRONAUT * 36, 72, 2, True),
        ("خبز" * 23, 69, 1, True),
    ],
)
def test_a_text_weighs_what_a_telephone_counts(
    text: str, units: int, parts: int, ucs2: bool
) -> None:
    weight = sms.weigh(text)
    assert (weight.units, weight.parts, weight.ucs2) == (units, parts, ucs2)


def test_an_escape_is_never_parted_from_its_character() -> None:
    # 152 letters leave one place in the first part: the euro goes whole into the next one.
    assert sms.weigh("a" * 152 + "€" + "a" * 151).parts == 2
    assert sms.weigh("a" * 152 + "€" + "a" * 152).parts == 3


def test_a_pair_of_surrogates_is_never_cut() -> None:
    assert sms.weigh("ê" * 66 + ASTRONAUT + "ê" * 65).parts == 2
    assert sms.weigh("ê" * 66 + ASTRONAUT + "ê" * 66).parts == 3


def test_what_makes_a_text_heavy_is_named() -> None:
    assert sms.weigh("La fête à l’école, ça commence").heavy == ("ê", "’", "ç")


def test_typography_is_written_as_telephones_have_it() -> None:
    assert sms.plain("« L’été »\u00a0– dès 9\u00a0h…") == '"L\'été" - dès 9 h...'
    assert not sms.weigh(sms.plain("« L’été »\u00a0– dès 9\u00a0h…")).ucs2


def test_only_the_accents_that_telephones_lack_are_left_out() -> None:
    assert sms.bare("Ça bâche, où êtes-vous, Noël à l’école") == (
        "Ça bache, où etes-vous, Noel à l'école"
    )
