"""Where the money goes, on a phone: for who pays, who keeps the cheques, who sells, who wonders."""

import re

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from freeco.clock import today

from .browser.phone import Phone
from .browser.roles import COORDINATOR, PRODUCER, TREASURER

pytestmark = pytest.mark.browser
EUROS = r"\d[\d ]*,\d\d €"


def test_a_member_sees_what_they_paid_to_whom_and_how_to_get_it_back(phone: Phone) -> None:
    phone.sign_in(COORDINATOR)
    phone.press("Mes paiements")
    assert phone.title == "Ce que je paie, et à qui"
    payments = phone.driver.find_elements(By.XPATH, "//h2[.='Payé']/following::tbody[1]//a")
    assert payments, "nothing was paid"
    phone.press_on(payments[-1])
    assert phone.touches == 2
    assert re.fullmatch(rf"{EUROS} pour .+", phone.title)
    assert phone.says("Son histoire")
    assert phone.says("la plateforme ne le touche pas")
    assert phone.says("Être remboursé")
    phone.unfold("Où vont")
    assert phone.says("Plateforme, au prix coûtant")


def test_a_treasurer_notes_six_cheques_banks_them_and_writes_to_who_is_late(phone: Phone) -> None:
    phone.sign_in(TREASURER)
    phone.wear("trésorerie")
    phone.press("Voir qui est en retard")
    phone.press("À recevoir")
    tick(phone, 6, "Chèque")
    phone.press("Noter reçus")
    assert phone.says("6 paiements notés reçus")

    phone.press("À encaisser")
    tick(phone, 2, "Chèque")
    phone.press("Faire le bordereau")
    if not phone.title.startswith("Le bordereau"):
        # Of two beneficiaries, two slips.
        phone.press_on(first_line(phone))
    assert phone.download("Imprimer le bordereau (PDF)").startswith(b"%PDF-")
    phone.press_on(first_line(phone))
    phone.unfold("Il est revenu impayé")
    phone.write("Frais pris par la banque", "12,50")
    phone.press("Noter l’impayé")
    assert phone.says("Le paiement est noté impayé ; un autre, du même montant, est attendu.")

    phone.press("Trésorerie")
    phone.press("En retard")
    tick(phone, 1, but="relancé")
    phone.press("Relancer")
    assert re.search(r"\d+ rappels? (est|sont) partis?", phone.words)


def first_line(phone: Phone) -> WebElement:
    """Find what the first line of a table leads to."""
    return phone.driver.find_element(By.CSS_SELECTOR, "main tbody a")


def tick(phone: Phone, many: int, means: str = "", but: str = "\n\n") -> None:
    """Tick the first lines, of those that say one thing but not another."""
    rows = phone.driver.find_elements(By.CSS_SELECTOR, "main tbody tr")
    boxes = [
        box
        for row in rows
        if means in row.text and but not in row.text
        for box in row.find_elements(By.CSS_SELECTOR, "input[name='choisis']")
    ]
    assert len(boxes) >= many, f"{len(boxes)} lines for {many}"
    for box in boxes[:many]:
        phone.touch(box)


def test_a_producer_sees_promised_received_and_due(phone: Phone) -> None:
    phone.sign_in(PRODUCER)
    phone.wear("production")
    phone.press("Autour de moi", "nav")
    phone.press("Organisations", "nav")
    phone.press("GAEC des Vergnes")
    phone.press("Ce qu’elle reçoit")
    assert phone.title == "Ce que reçoit GAEC des Vergnes"
    assert re.search(rf"Promis : {EUROS}. Reçu : {EUROS}. Reste dû : {EUROS}.", phone.words)
    assert phone.says("Légumes d’hiver")


def test_a_stranger_reads_the_cost_price_and_takes_the_books_away(phone: Phone) -> None:
    phone.sign_out()
    phone.open("/")
    phone.press("Le prix coûtant", "footer")
    assert phone.title == "Ce que coûte Freeco, et ce qu’elle rend"
    assert phone.says("Ce qu’ont fait vos 10 €")
    phone.press("Lire les comptes de la coopérative")
    assert phone.title == "Les comptes de la coopérative sont ouverts"
    assert phone.says("aucune n’a été changée")
    assert phone.download("Tableau (CSV)").startswith(b"\xef\xbb\xbflivre;")
    assert str(today().year).encode() in phone.download("Journal pour hledger")
