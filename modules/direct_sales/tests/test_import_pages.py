from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from freeco.db import db
from freeco.kernel import Kernel
from freeco.members.models import Member
from freeco.money import Money
from freeco.testing.forms import fill_in
from freeco.testing.visitor import Visitor
from freeco_direct_sales import catalogue
from freeco_direct_sales.models import Producer

Visit = Callable[[Member], Visitor]
HERE = "/lavergne/direct-sales"
GOOD = "Référence;Produit;Prix;Unité\nCAR;Carottes;3,20 €;kg\nRAD;Radis;1,80;botte\n"
BROKEN = """Produit;Prix;TVA
Carottes;trois euros;5,5 %
Radis;1,80;5,5 %
;2,00;5,5 %
Poireaux;-3;5,5 %
"""


@pytest.fixture
def browser(visiting: Visit, coordinator: Member) -> Visitor:
    """Give the coordinator's browser."""
    return visiting(coordinator)


def send(
    browser: Visitor, producer: Producer, content: bytes, name: str = "liste.csv"
) -> TestResponse:
    """Choose a file and send it; return what the page says, redirections followed."""
    data = {"file": (BytesIO(content), name)}
    return browser.post(
        f"{HERE}/producteurs/{producer.id}/importer", data=data, follow_redirects=True
    )


def names(producer: Producer) -> list[str]:
    db.session.rollback()
    return [product.name for product in catalogue.products_of(producer)]


def said(answer: TestResponse) -> str:
    return " ".join(answer.text.replace("\u00a0", " ").split())


def test_a_list_is_shown_before_anything_is_written(producer: Producer, browser: Visitor) -> None:
    shown = send(browser, producer, GOOD.encode())
    assert shown.status_code == 200
    assert "2 produits ont été lus, sans erreur" in said(shown)
    assert "3,20 €" in said(shown)
    assert names(producer) == []


def test_a_list_that_was_shown_is_taken_whole(producer: Producer, browser: Visitor) -> None:
    shown = send(browser, producer, GOOD.encode())
    taken = fill_in(browser, shown, "/enregistrer")
    assert taken.status_code == 302
    assert "2 produits ajoutés, 0 modifié et 0 inchangé" in browser.get(taken.location).text
    assert names(producer) == ["Carottes", "Radis"]


def test_the_same_list_a_second_time_changes_nothing(producer: Producer, browser: Visitor) -> None:
    for _time in range(2):
        taken = fill_in(browser, send(browser, producer, GOOD.encode()), "/enregistrer")
    assert "0 produit ajouté, 0 modifié et 2 inchangés" in browser.get(taken.location).text
    assert names(producer) == ["Carottes", "Radis"]


def test_three_broken_lines_are_named_with_their_reason(
    producer: Producer, browser: Visitor
) -> None:
    shown = said(send(browser, producer, BROKEN.encode()))
    assert "3 lignes sont à corriger" in shown
    assert 'Ligne 2</th> <td data-label="Colonne">Prix</td>' in shown
    assert "« trois euros » n’est pas un nombre." in shown
    assert "Ligne 4" in shown
    assert "Il manque le nom du produit." in shown
    assert "Ligne 5" in shown
    assert "un nombre négatif n’a pas sa place ici" in shown
    assert "Ligne 3" not in shown


def test_a_broken_list_offers_no_button_to_take_it(producer: Producer, browser: Visitor) -> None:
    assert "/enregistrer" not in send(browser, producer, BROKEN.encode()).text


def test_a_broken_list_is_taken_in_no_part_even_when_asked(
    producer: Producer, browser: Visitor
) -> None:
    shown = send(browser, producer, BROKEN.encode())
    token = shown.request.args["fichier"]
    address = f"{HERE}/producteurs/{producer.id}/importer/enregistrer"
    answer = browser.post(address, data={"fichier": token})
    assert answer.status_code == 422
    assert "Ligne 2" in answer.text.replace("\u00a0", " ")
    assert names(producer) == []


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode("cp1252"),
        GOOD.encode("utf-8-sig"),
        GOOD.replace(";", "\t").encode(),
        GOOD.replace("\n", "\r\n\r\n").encode(),
    ],
    ids=["Windows-1252", "UTF-8 with BOM", "tabs", "empty lines"],
)
def test_lists_come_as_people_save_them(
    producer: Producer, browser: Visitor, content: bytes
) -> None:
    fill_in(browser, send(browser, producer, content), "/enregistrer")
    assert names(producer) == ["Carottes", "Radis"]
    assert catalogue.products_of(producer)[0].price == Money(320)


def test_a_list_without_price_says_which_column_is_missing(
    producer: Producer, browser: Visitor
) -> None:
    shown = said(send(browser, producer, b"Produit;Couleur\nRadis;rose\n"))
    assert "La colonne « Prix TTC » manque." in shown
    assert "/enregistrer" not in shown


def test_a_product_on_two_lines_is_named(producer: Producer, browser: Visitor) -> None:
    shown = said(send(browser, producer, (GOOD + "CAR;Panais;2,00;kg\n").encode()))
    assert "La référence « CAR » est déjà à la ligne 2." in shown
    assert "Ligne 4" in shown


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("liste.csv", b""),
        ("liste.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook"),
        ("liste.ods", b"PK\x03\x04 not a workbook either"),
        ("liste.pdf", b"%PDF-1.7"),
        ("liste.csv", b"\x00\x01\x02\xff\xfe\x00"),
        ("liste.csv", b"\n\n\n"),
        ("", b"Produit;Prix\nRadis;1,80\n"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(
    producer: Producer, browser: Visitor, name: str, content: bytes
) -> None:
    answer = send(browser, producer, content, name)
    assert 400 <= answer.status_code < 500
    assert names(producer) == []


def test_the_button_without_a_file_is_refused_in_words(
    producer: Producer, browser: Visitor
) -> None:
    answer = browser.post(f"{HERE}/producteurs/{producer.id}/importer", data={})
    assert answer.status_code == 422
    assert "Choisissez d’abord un fichier." in answer.text


def test_signs_that_do_not_print_never_break_an_import(
    producer: Producer, browser: Visitor
) -> None:
    shown = send(browser, producer, b"Produit;Prix\nRa\x00dis\x07;1,80\n")
    assert shown.status_code < 500
    if "/enregistrer" in shown.text:
        assert fill_in(browser, shown, "/enregistrer").status_code < 500
    assert all(name.isprintable() for name in names(producer))


@pytest.mark.parametrize(
    "token", ["x", "../../etc/passwd", "%00", "a" * 43 + ".csv", "a" * 43 + ".csv%00", "٣" * 43]
)
def test_a_file_nobody_sent_is_not_there(producer: Producer, browser: Visitor, token: str) -> None:
    answer = browser.get(f"{HERE}/producteurs/{producer.id}/importer?fichier={token}")
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("token", ["", "x", "../../freeco.sqlite", "\x00", "a" * 43 + ".csv"])
def test_a_file_nobody_sent_is_not_taken(producer: Producer, browser: Visitor, token: str) -> None:
    address = f"{HERE}/producteurs/{producer.id}/importer/enregistrer"
    assert 400 <= browser.post(address, data={"fichier": token}).status_code < 500


@pytest.mark.parametrize("name", ["../../liste.csv", "/etc/cron.d/liste.csv", "a/b.csv"])
def test_a_sent_file_stays_in_its_folder_whatever_its_name(
    app: Flask, producer: Producer, browser: Visitor, name: str
) -> None:
    kernel: Kernel = app.extensions["freeco"]
    shown = send(browser, producer, GOOD.encode(), name)
    kept = Path(kernel.settings.home) / "uploads" / shown.request.args["fichier"]
    assert kept.read_bytes() == GOOD.encode()


def test_a_list_cannot_hold_a_price_beyond_reason(producer: Producer, browser: Visitor) -> None:
    shown = said(send(browser, producer, b"Produit;Prix\nTruffe;100000,01\n"))
    assert "plus de 100 000 €" in shown
    assert names(producer) == []
