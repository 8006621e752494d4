"""A newcomer's evening: sign up, accept the charter, take a contract, stand on the sheet.

In headless Chromium on a 360 px screen, against ``freeco run`` as it is served, with and
without JavaScript.
"""

import re
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from .browser.phone import Phone
from .browser.roles import COORDINATOR
from .browser.site import latest_link

pytestmark = pytest.mark.browser


def test_a_newcomer_orders_and_stands_on_the_sheet(phone: Phone, demo_home: Path) -> None:
    first_name, last_name = ("Zoé", "Vialard") if phone.scripts else ("Inès", "Lafargue")
    address = f"{last_name.lower()}@example.org"

    phone.sign_out()
    phone.open("/trois-ponts/")
    phone.press("Adhérer")
    phone.write("Prénom", first_name)
    phone.write("Nom", last_name)
    phone.write("Adresse e-mail", address)
    phone.write("Mot de passe", "un panier de courges")
    phone.press("Ouvrir mon compte")
    assert phone.says(address)
    phone.open(latest_link(demo_home, address).removeprefix(phone.site))
    phone.press("Me connecter")
    phone.tick("J’ai lu la charte et je l’accepte")
    phone.press("J’accepte la charte et j’adhère")
    assert phone.says("Bienvenue")

    phone.open("/trois-ponts/")
    phone.press("Choisir mes paniers")
    phone.press("Miel et pain d’épices")
    phone.touches = 0
    phone.write("Miel de châtaignier 500 g", "2")
    phone.press("Relire mon engagement")
    assert phone.says("Miel de châtaignier 500 g")
    assert phone.says("15,60 €")
    phone.tick("J’ai relu")
    phone.press("Je m’engage et je signe")
    assert phone.says("Votre engagement est signé")
    assert phone.touches <= 4, "an old phone: four touches for a basket, from its contract on"

    phone.sign_in(COORDINATOR)
    delivery_of_honey(phone)
    phone.press("Ouvrir la feuille d’émargement")
    assert phone.says(f"{last_name} {first_name}")
    assert phone.says("2 Miel de châtaignier 500 g")


def delivery_of_honey(phone: Phone) -> None:
    """Come to the next distribution where honey is brought: every fourth Thursday."""
    phone.open("/trois-ponts/direct-sales/distributions")
    links = phone.driver.find_elements(By.CSS_SELECTOR, "main a[href*='/distributions/']")
    addresses = [str(link.get_attribute("href")) for link in links]
    for address in dict.fromkeys(addresses):
        if re.search(r"/distributions/\d+$", address):
            phone.open(address.removeprefix(phone.site))
            if phone.says("Miel"):
                return
    pytest.fail("no honey on any distribution")
