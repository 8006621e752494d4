"""The first job of a clerk with seventeen hours a week: tell everyone today, with one text."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from freeco.clock import today

from .browser.phone import Phone
from .browser.roles import COORDINATOR
from .browser.site import letters

pytestmark = pytest.mark.browser
TOUCHES = 10
"""Three minutes of work: as many touches as there are things to say, and two to read again."""


def test_a_clerk_tells_everyone_today(phone: Phone, demo_home: Path) -> None:
    title = "Coupure d’eau mardi matin" if phone.scripts else "Coupure d’eau mercredi matin"
    phone.sign_in(COORDINATOR)
    phone.press("Bulletin")
    phone.press("Écrire une annonce")
    phone.write("Titre", title)
    phone.write("Texte", "L’eau sera coupée de 8 h à 11 h dans le bourg. Remplissez une carafe.")
    phone.tick("Important")
    phone.write("Dernier jour de l’annonce", (today() + timedelta(days=5)).isoformat())
    phone.press("Garder et tout relire")
    assert phone.says("membres le recevront par e-mail")
    assert phone.says("Le SMS")
    assert phone.download("L’affiche, A4").startswith(b"%PDF-")
    phone.agree("Publier sur tous les canaux")
    assert phone.touches <= TOUCHES

    phone.sign_out()
    phone.open("/trois-ponts/bulletin/")
    assert phone.says(title)
    phone.press(title)
    assert phone.title == title
    assert told(demo_home, title), "no letter says it"


def told(home: Path, title: str) -> bool:
    """Whether a letter says this, once the worker has sent it."""
    for _try in range(100):
        if any(title in words for _to, words in letters(home)):
            return True
        time.sleep(0.3)
    return False
