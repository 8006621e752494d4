"""A real headless Chromium: opened, sized, signed in, and clicked by the words people see."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.wait import WebDriverWait

from .site import program

PHONE = 360
DESK = 1280
HEIGHT = 780
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium(profile: Path, *, scripts: bool = True) -> Iterator[WebDriver]:
    """Open a browser on a phone's screen, in French, with or without JavaScript."""
    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    preferences: dict[str, object] = {"intl.accept_languages": "fr"}
    if not scripts:
        preferences["profile.managed_default_content_settings.javascript"] = 2
    options.add_experimental_option("prefs", preferences)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(
        options=options, service=webdriver.ChromeService(program("chromedriver"))
    )
    try:
        driver.execute_cdp_cmd("Emulation.setLocaleOverride", {"locale": "fr-FR"})
        screen(driver, PHONE)
        yield driver
    finally:
        driver.quit()


def screen(driver: WebDriver, width: int, *, sharpness: int = 1, height: int = HEIGHT) -> None:
    """Give the screen a width in CSS pixels; a sharpness of 2 is also a zoom of 200 %."""
    metrics = {
        "width": width,
        "height": height,
        "deviceScaleFactor": sharpness,
        "mobile": width < DESK and sharpness == 1,
    }
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def carry(driver: WebDriver, site: str, jar: CookieJar) -> None:
    """Make the browser's session that of a reader who has signed in."""
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    for cookie in jar:
        wanted = {"name": cookie.name, "value": cookie.value or "", "url": site}
        driver.execute_cdp_cmd("Network.setCookie", wanted)


def waiting(driver: WebDriver) -> WebDriverWait[WebDriver]:
    """Wait through whatever Chromium says of a page that is being replaced."""
    return WebDriverWait(driver, 10, ignored_exceptions=[WebDriverException])


def find(driver: WebDriver, selector: str) -> WebElement:
    return waiting(driver).until(expected.presence_of_element_located((By.CSS_SELECTOR, selector)))


def follow(driver: WebDriver, button: WebElement) -> None:
    """Click, and wait until the page it stood on is gone."""
    leave(driver, button.click)


def leave(driver: WebDriver, act: Callable[[], None]) -> None:
    """Do what leads to another page, and wait until this one is gone."""
    page = driver.find_element(By.TAG_NAME, "html")
    act()

    def gone(_driver: WebDriver) -> bool:
        try:
            page.is_enabled()
        except WebDriverException:
            return True
        return False

    WebDriverWait(driver, 15).until(gone)


def said(words: str) -> str:
    """Return the XPath condition of an element that says exactly these words."""
    return f"[normalize-space(translate(., '\u00a0\u202f', '  '))='{words}']"
