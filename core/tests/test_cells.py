import datetime
from decimal import Decimal

import pytest

from freeco import cells
from freeco.cells import BadCell


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12,50 €", 1250),
        ("12.5", 1250),
        ("12", 1200),
        ("0", 0),
        ("1 234,5", 123450),
        ("1\u00a0234,50\u00a0€", 123450),
        ("1\u202f234,50", 123450),
        ("1.234,50", 123450),
        ("1,234.50", 123450),
        ("€ 3,20", 320),
        ("3,20 EUR TTC", 320),
        ("2 euros", 200),
        ("2,500", None),
        (",50", 50),
        ("100 000", 10_000_000),
    ],
)
def test_an_amount_is_read_as_french_people_write_it(written: str, expected: int | None) -> None:
    if expected is None:
        with pytest.raises(BadCell):
            cells.cents(written)
    else:
        assert cells.cents(written) == expected


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "Il manque un montant."),
        ("€", "Il manque un nombre."),
        ("-3", "« -3 » : un nombre négatif n’a pas sa place ici."),
        ("−3 €", "« −3 € » : un nombre négatif n’a pas sa place ici."),
        ("12,505", "« 12,505 » : des milliers ou des décimales ? Écrivez 12505 ou 12,50."),
        ("0,505", "« 0,505 » : un montant a deux décimales au plus."),
        ("1.234", "« 1.234 » : des milliers ou des décimales ? Écrivez 1234 ou 1,23."),
        ("12 50", "« 12 50 » n’est pas un nombre."),
        ("1.2,3.4", "« 1.2,3.4 » n’est pas un nombre."),
        ("12.34.56", "« 12.34.56 » n’est pas un nombre."),
        ("\u0661\u0662", "« \u0661\u0662 » n’est pas un nombre."),
        ("²", "« ² » n’est pas un nombre."),
        ("1e3", "« 1e3 » n’est pas un nombre."),
        ("#REF!", "« #REF! » n’est pas un nombre."),
        ("deux euros", "« deux euros » n’est pas un nombre."),
        ("100 000,01", "« 100000.01 € » : c’est plus de 100 000 €."),
    ],
)
def test_a_doubtful_amount_is_refused_with_its_reason(written: str, reason: str) -> None:
    with pytest.raises(BadCell) as refused:
        cells.cents(written)
    assert str(refused.value) == reason


def test_a_program_writes_decimals_without_doubt() -> None:
    assert cells.decimal("2.345", grouped=False) == Decimal("2.345")
    assert cells.decimal("1.234.567") == Decimal(1234567)


def test_half_a_cent_goes_up() -> None:
    assert cells.rounded_cents(Decimal("2.345")) == 235
    with pytest.raises(BadCell):
        cells.rounded_cents(Decimal("100000.001"))


def test_a_count_is_a_whole_number() -> None:
    assert cells.whole("1 200") == 1200
    assert cells.whole("12,0") == 12
    for written in ("12,5", "1000001", "beaucoup", ""):
        with pytest.raises(BadCell):
            cells.whole(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("5,5 %", 550),
        ("20", 2000),
        ("2.1%", 210),
        ("0", 0),
        ("0,9", 90),
        ("0,2 %", 20),
        ("100", 10000),
    ],
)
def test_a_rate_is_read_in_basis_points(written: str, expected: int) -> None:
    assert cells.percent_basis_points(written) == expected


@pytest.mark.parametrize("written", ["", "0,2", "0.055", "5,555", "101", "-5", "normal"])
def test_a_doubtful_rate_is_refused(written: str) -> None:
    with pytest.raises(BadCell):
        cells.percent_basis_points(written)


def test_an_address_is_kept_in_lower_case() -> None:
    assert cells.email(" Marie.Durand@Exemple.FR\u00a0") == "marie.durand@exemple.fr"
    assert cells.email("mailto:a@exemple.fr") == "a@exemple.fr"


@pytest.mark.parametrize(
    "written", ["marie", "a@exemple.fr; b@exemple.fr", "a@exemple", "", "a b@c.fr"]
)
def test_what_is_not_one_address_is_refused(written: str) -> None:
    with pytest.raises(BadCell):
        cells.email(written)


@pytest.mark.parametrize("written", ["2026-12-31", "31/12/2026", "31.12.2026"])
def test_a_day_is_read_day_first(written: str) -> None:
    assert cells.date(written) == datetime.date(2026, 12, 31)


@pytest.mark.parametrize(
    "written", ["31/12/26", "31/02/2026", "12/31/2026", "31/12.2026", "hier", ""]
)
def test_a_doubtful_day_is_refused(written: str) -> None:
    with pytest.raises(BadCell):
        cells.date(written)


def test_yes_and_no_have_many_forms() -> None:
    assert all(map(cells.yes_no, ["oui", "OUI", "x", "X", "1", "vrai", "true", "Yes"]))
    assert not any(map(cells.yes_no, ["non", "0", "Faux", "false", "No"]))
    for written in ("", "peut-être"):
        with pytest.raises(BadCell):
            cells.yes_no(written)


def test_headings_are_the_same_whatever_their_accents_and_points() -> None:
    assert cells.same_heading("Prénom", "PRENOM :")
    assert cells.same_heading("unit_type", "Unit type")
    assert cells.same_heading("Nb d’œufs", "nb d'oeufs")
    assert not cells.same_heading("Nom", "Prénom")
    assert not cells.same_heading("", "…")


def test_decomposed_accents_and_hidden_marks_do_not_count() -> None:
    assert cells.tidy("\ufeff Pre\u0301nom\u00a0\r\n") == "Prénom"
