"""The first jobs of an AMAP's people, on a phone, with and without JavaScript.

They follow people.md: the coordinator opens a season and runs a distribution, the producer knows
what to harvest, the member knows where and when.
"""

import re
from datetime import timedelta

import pytest

from freeco.clock import today

from .browser.phone import Phone
from .browser.roles import COORDINATOR, MEMBER, PRODUCER

pytestmark = pytest.mark.browser


def test_a_coordinator_opens_the_season(phone: Phone) -> None:
    name = "Brioche du jeudi" if phone.scripts else "Brioche de fête"
    phone.sign_in(COORDINATOR)
    phone.press("Commandes", "nav")
    phone.press("Tous les contrats")
    phone.press("Préparer un contrat")
    phone.choose("Producteur", "Le Fournil de Lise")
    phone.write("Nom du contrat", name)
    phone.tick("Quantités libres")
    phone.write("Premier jour de la saison", today().isoformat())
    phone.write("Dernier jour de la saison", (today() + timedelta(days=60)).isoformat())
    phone.write("Nombre de chèques accepté", "1")
    phone.press("Continuer : les produits et les dates")
    phone.tick("Brioche")
    phone.tick("jeu.")
    phone.press("Enregistrer les produits et les dates")
    phone.agree("Ouvrir les souscriptions")
    assert phone.says("souscriptions ouvertes")

    phone.sign_in(MEMBER)
    phone.press("Commandes", "nav")
    phone.press("Tous les contrats")
    phone.press(name)
    assert phone.title == f"Choisir mon panier : {name}"


def test_a_last_minute_change_shows_on_the_sheet(phone: Phone) -> None:
    phone.sign_in(COORDINATOR)
    phone.press("Commandes", "nav")
    phone.press("Distributions")
    phone.press("Salle des fêtes")
    phone.press("La feuille est imprimée")
    phone.unfold("Changer le panier d’un foyer")
    phone.press("Légumes d’hiver")
    household = re.sub(r"^Changer le panier\s: (.+), .+$", r"\1", phone.title)
    before = int(phone.field("Grand panier").get_attribute("value") or 0)
    phone.write("Grand panier", str(before + 1))
    phone.press("Noter le changement")
    phone.press("Ouvrir la feuille d’émargement")
    assert any(
        "modifié" in row and all(name in row for name in household.split())
        for row in phone.words.split("\n")
    )
    assert phone.download("La feuille à imprimer (PDF)").startswith(b"%PDF-")


def test_a_producer_knows_what_to_harvest(phone: Phone) -> None:
    phone.sign_in(PRODUCER)
    phone.wear("production")
    phone.touches = 0
    phone.press("Voir ma liste de récolte")
    assert phone.touches == 1
    assert re.search(r"Grand panier.*\d+ paniers", phone.words, re.DOTALL)
    assert phone.says("Salle des fêtes, Lavergne-sur-Célé")


def test_a_member_knows_where_and_when(phone: Phone) -> None:
    phone.sign_in(COORDINATOR)
    phone.press("Voir mon panier")
    assert phone.touches == 1
    assert phone.title.startswith("Mon panier du jeudi")
    assert phone.says("De 18 h 30 à 19 h 30, Salle des fêtes, Lavergne-sur-Célé")
