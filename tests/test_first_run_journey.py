"""An operator's first hour: from the secret address to a community that has been rehearsed.

On a 360 px phone, against ``freeco run`` as it is served on a machine where nothing is founded.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from .browser.phone import Phone
from .browser.site import freeco, served

pytestmark = pytest.mark.browser
PASSWORD = "un panier de courges"


@pytest.fixture(scope="module")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of an installation where nothing is founded."""
    home = tmp_path_factory.mktemp("new")
    freeco(home, "db", "upgrade")
    return home


@pytest.fixture(scope="module")
def new_site(new_home: Path) -> Iterator[str]:
    """Serve it as an operator would; give its address."""
    with served(new_home) as address:
        yield address


@pytest.fixture
def operator(
    phone_browser: tuple[WebDriver, bool, dict[str, str]], new_site: str
) -> Iterator[Phone]:
    """Give the phone of whoever founds; each page they come to must have nothing against it."""
    driver, scripts, _of_the_demo = phone_browser
    phone = Phone(driver, new_site, {}, scripts=scripts)
    phone.sign_out()
    yield phone
    faults = list(dict.fromkeys(phone.faults))
    assert not faults, "\n".join(faults)


def secret_path(home: Path) -> str:
    """Return the path of the secret address: as printed at start, or by the command later on."""
    printed = (home / "server.log").read_text() + freeco(home, "first-run")
    return re.findall(r"/commencer/[0-9a-f]+", printed)[-1]


def test_an_operator_founds_rehearses_and_wipes(operator: Phone, new_home: Path) -> None:
    name = "AMAP d’Assiac" if operator.scripts else "Cercle d’Assiac"
    slug = "amap-d-assiac" if operator.scripts else "cercle-d-assiac"
    operator.open(secret_path(new_home))
    operator.write("Nom de la communauté", name)
    operator.press("Continuer")
    assert operator.says(f"/{slug}/")
    operator.write("Code postal", "46320")
    operator.press("Continuer")
    operator.tick("Une AMAP")
    operator.press("Continuer")
    operator.write("Prénom", "Anne")
    operator.write("Nom", "Roux")
    operator.write("Adresse e-mail", f"anne@{slug}.example.org")
    operator.write("Mot de passe", PASSWORD)
    operator.tick("J’ai lu la charte")
    operator.press("J’accepte la charte")
    operator.write("Une personne par ligne", "Zoé Blanc\n")
    operator.press("Fonder la communauté")
    assert operator.says("il manque l’adresse e-mail")
    operator.write("Une personne par ligne", "Zoé Blanc, zoe@example.org\n")
    operator.press("Fonder la communauté")
    assert operator.title.startswith("C’est prêt")
    assert operator.touches <= 20, "an evening is short"

    operator.press("Répéter avec une fausse saison")
    operator.press("Répéter avec une fausse saison")
    assert operator.says("rien n’est vrai ici")
    operator.press("Changer de place")
    operator.press("Prendre la place")
    assert operator.says("Vous tenez la place d’un membre inventé, Bernard Delpech")
    operator.press("Tout effacer")
    operator.press("Effacer la répétition")
    assert operator.says("La répétition est effacée")
