"""A newcomer's evening: sign up, accept the charter, take a contract, stand on the sheet.

In headless Chromium on a 360 px screen, against ``freeco run`` as it is served, with and
without JavaScript.
"""

import email
import email.policy
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.wait import WebDriverWait

from freeco.demonstration import PASSWORD

pytestmark = pytest.mark.browser
FREECO = [sys.executable, "-c", "from freeco.cli import main; main()"]
PHONE = 360
DESK = 1280
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def program(name: str) -> str:
    """Return where a program is; a gate that may skip nothing fails without it."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("FREECO_NOTHING_MAY_SKIP"):
            pytest.fail(f"{name} is needed here")
        pytest.skip(f"{name} is not installed")
    return found


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a demonstration."""
    home = tmp_path_factory.mktemp("demo")
    subprocess.run(
        [*FREECO, "demo", "--home", str(home), "--members", "30"], check=True, capture_output=True
    )
    return home


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[str]:
    """Serve the demonstration as an operator would; return its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [*FREECO, "run", "--port", str(port)],
        env={**os.environ, "FREECO_HOME": str(home), "FREECO_BASE_URL": address},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(address: str) -> None:
    for _try in range(100):
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own server
                return
        except URLError:
            time.sleep(0.2)
    pytest.fail("the site was not served within twenty seconds")


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def browser(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WebDriver]:
    """Give a phone's browser."""
    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium")
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    preferences: dict[str, object] = {"intl.accept_languages": "fr"}
    if request.param == "without JavaScript":
        preferences["profile.managed_default_content_settings.javascript"] = 2
    options.add_experimental_option("prefs", preferences)
    driver = webdriver.Chrome(
        options=options, service=webdriver.ChromeService(program("chromedriver"))
    )
    screen(driver, PHONE)
    yield driver
    driver.quit()


@pytest.fixture
def newcomer(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Give the name of somebody new, another one for each browser."""
    without = "without" in request.node.name
    return ("Inès", "Lafargue") if without else ("Zoé", "Vialard")


def screen(driver: WebDriver, width: int) -> None:
    metrics = {"width": width, "height": 780, "deviceScaleFactor": 1, "mobile": width < DESK}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def waiting(driver: WebDriver) -> WebDriverWait[WebDriver]:
    """Wait through whatever Chromium says of a page that is being replaced."""
    return WebDriverWait(driver, 15, ignored_exceptions=[WebDriverException])


def find(driver: WebDriver, selector: str) -> WebElement:
    return waiting(driver).until(expected.presence_of_element_located((By.CSS_SELECTOR, selector)))


def follow(driver: WebDriver, button: WebElement) -> None:
    """Click, and wait until the page it stood on is gone."""
    page = driver.find_element(By.TAG_NAME, "html")
    button.click()

    def gone(_driver: WebDriver) -> bool:
        try:
            page.is_enabled()
        except WebDriverException:
            return True
        return False

    WebDriverWait(driver, 15).until(gone)


def fill(driver: WebDriver, **values: str) -> None:
    for name, value in values.items():
        field = find(driver, f"main [name='{name}']")
        field.clear()
        field.send_keys(value)


def press(driver: WebDriver, words: str) -> None:
    """Press the button or link of the page that says these words."""
    said = f"[normalize-space(translate(., '\u00a0', ' '))='{words}']"
    path = f"//main//button{said} | //main//a{said}"
    follow(driver, waiting(driver).until(expected.element_to_be_clickable((By.XPATH, path))))


def words(driver: WebDriver) -> str:
    text = waiting(driver).until(lambda each: each.find_element(By.TAG_NAME, "main").text)
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def latest_link(home: Path, recipient: str) -> str:
    """Return the link of the last message to an address, once the worker has sent it."""
    for _try in range(150):
        files = sorted((home / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime)
        for file in reversed(files):
            letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            found = re.search(r"https?://\S+/lien/\S+", letter.get_content())
            if letter["To"] == recipient and found:
                return found[0]
        time.sleep(0.2)
    pytest.fail(f"nothing was sent to {recipient} within thirty seconds")


def overflow(driver: WebDriver) -> int:
    """Return how many pixels stick out of the screen, sideways."""
    metrics = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})
    return int(metrics["cssContentSize"]["width"] - metrics["cssLayoutViewport"]["clientWidth"])


def test_a_newcomer_orders_and_stands_on_the_sheet(
    browser: WebDriver, newcomer: tuple[str, str], site: str, home: Path
) -> None:
    first_name, last_name = newcomer
    address = f"{last_name.lower()}@example.org"

    browser.get(f"{site}/trois-ponts/")
    press(browser, "Adhérer")
    fill(browser, first_name=first_name, last_name=last_name, email=address)
    fill(browser, password="un panier de courges")
    assert overflow(browser) == 0
    press(browser, "Ouvrir mon compte")
    assert address in words(browser)
    browser.get(latest_link(home, address))
    follow(browser, find(browser, "main form button"))
    find(browser, "[name='accepted']").click()
    assert overflow(browser) == 0
    press(browser, "J’accepte la charte et j’adhère")
    assert "Bienvenue" in words(browser)

    press(browser, "Choisir mes paniers")
    browser.get(f"{site}/trois-ponts/direct-sales/contrats/4")
    assert overflow(browser) == 0
    quantity = find(browser, "main input[type='number']")
    quantity.clear()
    quantity.send_keys("2")
    press(browser, "Relire mon engagement")
    assert "Miel de châtaignier 500 g" in words(browser)
    assert "15,60 €" in words(browser)
    assert overflow(browser) == 0
    find(browser, "[name='agreed']").click()
    press(browser, "Je m’engage et je signe")
    assert "Votre engagement est signé" in words(browser)
    assert overflow(browser) == 0

    find(browser, "header .account summary").click()
    follow(browser, find(browser, "header .account button"))
    screen(browser, DESK)
    browser.get(f"{site}/connexion")
    fill(browser, email="sylvie.marty@example.org", password=PASSWORD)
    follow(browser, find(browser, "main form button.primary"))
    find(browser, "header .account")
    code = delivery_of_honey(browser, site)
    browser.get(f"{site}/trois-ponts/direct-sales/distributions/{code}/emargement")
    assert f"{last_name} {first_name}" in words(browser)
    assert "2 Miel de châtaignier 500 g" in words(browser)


def delivery_of_honey(browser: WebDriver, site: str) -> int:
    """Return the next distribution where honey comes: every fourth Thursday."""
    browser.get(f"{site}/trois-ponts/direct-sales/distributions")
    links = browser.find_elements(By.CSS_SELECTOR, "main a[href*='/distributions/']")
    addresses = [link.get_attribute("href") or "" for link in links]
    for address in dict.fromkeys(addresses):
        found = re.search(r"/distributions/(\d+)$", address)
        if found:
            browser.get(address)
            if "Miel" in words(browser):
                return int(found[1])
    pytest.fail("no honey on any distribution")
