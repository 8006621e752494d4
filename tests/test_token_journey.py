"""Voting with a token on a phone: taking it, coming to the box without a name, voting, again.

In headless Chromium against ``freeco run``, with and without JavaScript, which this vote needs and
says so.
"""

from hashlib import sha256
from pathlib import Path
from urllib.request import urlopen

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from .browser.phone import Phone
from .browser.roles import MEMBER

pytestmark = pytest.mark.browser
PAGE = "/trois-ponts/project-decisions/"


def act(phone: Phone, name: str, until: str) -> None:
    """Touch what the page's script waits for, and stay until it says these words."""
    shown = phone.driver.find_elements(By.CSS_SELECTOR, f"[data-act={name}]")
    phone.touch(next(each for each in shown if each.is_displayed()))
    WebDriverWait(phone.driver, 20).until(lambda _driver: phone.says(until), until)


def rank(phone: Phone, option: int, place: int) -> None:
    field = phone.driver.find_element(By.NAME, f"option_{option}")
    Select(field).select_by_value(str(place))


def test_a_member_takes_a_token(phone: Phone) -> None:
    phone.sign_in(MEMBER)
    phone.open(PAGE)
    phone.press("Trois personnes pour le comité d’achat")
    phone.press("Mon jeton et l’urne")
    if not phone.scripts:
        assert phone.says("elle a besoin de JavaScript")
        return
    act(phone, "ask", "Votre jeton est signé")
    assert phone.says("jeton prêt")


def test_who_brings_a_token_votes_without_a_name_and_votes_again(
    phone: Phone, demo_home: Path
) -> None:
    (file,) = demo_home.glob("jeton-*.json")
    phone.sign_out()
    phone.open(f"{PAGE}urne/{file.stem.removeprefix('jeton-')}")
    if not phone.scripts:
        assert phone.says("elle a besoin de JavaScript")
        return
    phone.driver.find_element(By.ID, "f-token").send_keys(str(file))
    act(phone, "bring", "Votre jeton est là")
    rank(phone, 2, 1)
    act(phone, "cast", "Votre bulletin est dans l’urne")
    assert phone.says("freeco/token-ballot/v1")
    act(phone, "change", "Vous avez voté 1 fois")
    rank(phone, 1, 2)
    act(phone, "cast", "Votre bulletin est dans l’urne")
    phone.press("Le chercher sur le tableau")
    assert phone.says("Ce bulletin est arrivé")


def test_a_page_saved_beforehand_seals_without_the_site_and_the_file_is_dropped(
    phone: Phone, demo_home: Path, tmp_path: Path
) -> None:
    (file,) = demo_home.glob("jeton-*.json")
    vote = file.stem.removeprefix("jeton-")
    box = f"{PAGE}urne/{vote}"
    page = tmp_path / f"page-de-vote-{vote}.html"
    with urlopen(f"{phone.site}{box}/page") as given:  # noqa: S310 - the site we serve
        page.write_bytes(given.read())
    phone.open(box)
    assert phone.says(sha256(page.read_bytes()).hexdigest())
    allowed = {"behavior": "allow", "downloadPath": str(tmp_path)}
    phone.driver.execute_cdp_cmd("Browser.setDownloadBehavior", allowed)
    phone.driver.get(page.as_uri())
    if not phone.scripts:
        assert phone.says("cette page a besoin de JavaScript")
        return
    phone.driver.find_element(By.ID, "f-token").send_keys(str(file))
    act(phone, "bring", "Votre jeton est là")
    number = phone.driver.find_element(By.ID, "f-serial")
    number.clear()
    number.send_keys("40")
    rank(phone, 0, 1)
    act(phone, "written", "Votre bulletin est scellé dans un fichier")
    written = tmp_path / f"bulletin-{vote}.json"
    WebDriverWait(phone.driver, 20).until(lambda _driver: written.exists())
    phone.open(box)
    phone.driver.find_element(By.ID, "f-file").send_keys(str(written))
    phone.press("Déposer ce bulletin")
    assert phone.says("Votre bulletin est dans l’urne")
    assert phone.says("freeco/token-ballot/v1")
