from freeco.columns import Notice, Problem, column_letter, guess
from freeco.members.people_import import PERSON_COLUMNS, PeopleReading, PersonDraft, read_people
from freeco.spreadsheets import Row, Table, read_table


def reading(*lines: str) -> PeopleReading:
    return read_people(read_table("membres.csv", "\n".join(lines).encode()))


def names(found: PeopleReading) -> list[tuple[str, str]]:
    return [(person.first_name, person.last_name) for person in found.people]


def test_a_members_list_is_read_line_by_line() -> None:
    found = reading(
        "NOM;Prénom;Courriel;Tél.;Adresse;CP;Ville;Foyer",
        "Durand;Zoé;Zoe@Exemple.fr;06 12 34 56 78;3 rue du Four;26150;Die;Durand-Roy",
        "Roy;Loïc;;;;;;Durand-Roy",
    )
    assert found.problems == ()
    assert found.people == (
        PersonDraft(
            2,
            "Zoé",
            "Durand",
            "zoe@exemple.fr",
            "06 12 34 56 78",
            "3 rue du Four",
            "26150",
            "Die",
            "Durand-Roy",
        ),
        PersonDraft(3, "Loïc", "Roy", None, "", "", "", "", "Durand-Roy"),
    )
    assert found.notices == (Notice("1 personne est sans adresse e-mail (lignes 3)."),)


def test_two_lines_with_one_address_are_both_named() -> None:
    found = reading("Nom;E-mail", "Durand;a@exemple.fr", "Roy;A@exemple.fr")
    assert names(found) == [("", "Durand")]
    (problem,) = found.problems
    assert (problem.line, problem.column) == (3, "E-mail")
    assert "ligne 2" in problem.reason
    assert "ligne 3" in problem.reason


def test_every_bad_line_is_told_and_the_good_ones_are_read() -> None:
    found = reading(
        "Nom;E-mail;Téléphone",
        ";a@exemple.fr;",
        "Durand;pas une adresse;12",
        "Roy;;3,36E+10",
        "Petit;petit@exemple.fr;0475001122",
    )
    assert names(found) == [("", "Petit")]
    assert found.problems == (
        Problem(2, "Nom", "Il manque le nom."),
        Problem(3, "E-mail", "« pas une adresse » n’est pas une adresse e-mail."),
        Problem(3, "Téléphone", "« 12 » n’est pas un numéro de téléphone."),
        Problem(
            4,
            "Téléphone",
            "Le tableur a abîmé ce numéro : mettez la colonne au format texte.",
        ),
    )


def test_a_list_without_names_is_a_problem_of_its_header() -> None:
    found = reading("AMAP des Tilleuls;", ";", "E-mail;Ville", "a@exemple.fr;Die")
    assert found.people == ()
    assert found.problems == (Problem(3, "Nom", "La colonne « Nom » manque."),)


def test_a_whole_name_is_cut_only_where_it_is_sure() -> None:
    found = reading("Nom", "DURAND Zoé", "Anne-Marie LE GOFF", "Marie Durand", "Roy", "J. R. Roy")
    assert names(found) == [
        ("Zoé", "DURAND"),
        ("Anne-Marie", "LE GOFF"),
        ("", "Marie Durand"),
        ("", "Roy"),
        ("", "J. R. Roy"),
    ]
    assert "lignes 4, 6" in found.notices[0].text


def test_the_heading_tells_the_order_of_two_words() -> None:
    assert names(reading("Prénom Nom;Ville", "Zoé Durand;Die")) == [("Zoé", "Durand")]
    assert names(reading("Nom et prénom;Ville", "Durand Zoé;Die")) == [("Zoé", "Durand")]
    whole = reading("Prénom Nom;Ville", "Marie Anne Le Goff;Die")
    assert names(whole) == [("", "Marie Anne Le Goff")]


def test_an_empty_first_name_is_left_empty() -> None:
    assert names(reading("Prénom;Nom", ";La Ferme du Bois", "Zoé;")) == [
        ("", "La Ferme du Bois"),
        ("Zoé", ""),
    ]


def test_the_zero_a_spreadsheet_took_away_is_put_back_and_told() -> None:
    found = reading("Nom;Tél;CP", "Roy;612345678;1000", "Petit;0612345678;26150", "Noir;;1200")
    assert (found.people[0].phone, found.people[0].postal_code) == ("0612345678", "01000")
    assert found.notices[0].text.startswith("Le zéro du début")
    assert "(lignes 2, 4)" in found.notices[0].text


def test_a_column_or_a_sheet_that_is_not_read_is_told() -> None:
    rows = (Row(2, ("Roy", "Zoé Roy", "oui", "")), Row(3, ("Petit", "", "", "été")))
    table = Table(("Nom", "Adhérent", "Chèque", ""), rows, 1, "Membres", ("Bureau",))
    texts = [notice.text for notice in read_people(table, {"last_name": 0, "full_name": 1}).notices]
    assert texts[1:] == [
        "La colonne « Adhérent » n’est pas reprise : 1 ligne était remplie.",
        "La colonne « Chèque » n’est pas reprise : 1 ligne était remplie.",
        "La colonne « sans titre, colonne D » n’est pas reprise : 1 ligne était remplie.",
        "Seule la feuille « Membres » est lue, pas les autres : Bureau.",
    ]


def test_a_line_cut_in_the_wrong_place_is_not_taken() -> None:
    found = reading("Nom,Adresse", "Roy,3 rue du Four, bâtiment B", "Petit,Die", "Noir,Crest")
    assert names(found) == [("", "Petit"), ("", "Noir")]
    assert (found.problems[0].line, found.problems[0].column) == (2, "C")


def test_two_persons_of_one_name_are_pointed_out() -> None:
    found = reading("Nom;Prénom", "Roy;Zoé", "ROY;Zoe", *[f"Petit {n};Ana" for n in range(12)])
    assert "Zoé Roy figure plusieurs fois (lignes 2, 3)." in found.notices[1].text
    assert found.notices[0].text.endswith("(lignes 2, 3, 4, 5, 6, 7, 8, 9, 10, 11…).")


def test_a_text_far_too_long_is_refused() -> None:
    found = reading("Nom;Adresse", f"Roy;{'x' * 5_001}")
    assert found.problems == (Problem(2, "Adresse", "Ce texte dépasse 5 000 caractères."),)


def test_headings_find_their_column_once() -> None:
    header = ("Nom", "NOM", "E-mail", "Chèque", "")
    mapping = guess(header, PERSON_COLUMNS)
    assert mapping == {"last_name": 0, "email": 2}


def test_columns_bear_the_letters_of_the_spreadsheet() -> None:
    assert [column_letter(place) for place in (0, 25, 26, 199)] == ["A", "Z", "AA", "GR"]
