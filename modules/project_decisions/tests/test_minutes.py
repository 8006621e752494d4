"""What minutes ask for, line by line."""

from datetime import date

import pytest

from freeco_project_decisions.projects.minutes import Action, actions, named_like

HELD = date(2026, 10, 5)
PEOPLE = [("Awa Martin", 1), ("Bruno Martin", 2), ("Anne-Élise Roux", 3)]


@pytest.mark.parametrize(
    ("line", "what", "who", "due"),
    [
        (
            "- [ ] Awa : appeler la mairie avant le 12/12",
            "appeler la mairie",
            ("Awa",),
            date(2026, 12, 12),
        ),
        ("[ ] Ranger", "Ranger", (), None),
        ("* [] Bruno et Awa: porter les bancs", "porter les bancs", ("Bruno", "Awa"), None),
        ("- [ ] Voter pour le 3/1", "Voter", (), date(2027, 1, 3)),
        ("- [ ] Finir (avant le 3.2.27)", "Finir", (), date(2027, 2, 3)),
        ("- [ ] Payer avant le 31/02", "Payer avant le 31/02", (), None),
        ("- [ ] Lire : <b>tout</b>", "<b>tout</b>", ("Lire",), None),
        ("- [ ] Rendez-vous à 18:30 à la mairie", "30 à la mairie", ("Rendez-vous à 18",), None),
    ],
)
def test_a_line_with_a_box_asks_for_something(
    line: str, what: str, who: tuple[str, ...], due: date | None
) -> None:
    (found,) = actions(line, HELD)
    assert (found.what, found.who, found.due) == (what, who, due)


def test_other_lines_ask_for_nothing_and_the_same_line_asks_once() -> None:
    text = "Présents : Awa\n- un point\n- [ ] Ranger\n- [x] Écrire\n- [ ] Ranger\n[lien]\n- [ ]"
    assert actions(text, HELD) == [
        Action("- [ ] Ranger", "Ranger"),
        Action("- [x] Écrire", "Écrire", done=True),
    ]


@pytest.mark.parametrize(
    ("who", "number"),
    [
        ("awa", 1),
        ("BRUNO MARTIN", 2),
        ("Martin", None),
        ("Anne Elise", 3),
        ("Zoé", None),
        ("", None),
    ],
)
def test_a_name_means_one_person_or_nobody(who: str, number: int | None) -> None:
    assert named_like(who, PEOPLE) == number
