"""A phone or a tablet that keeps what was noted without network, and the table as it shows it."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from freeco.demonstration import SLUG
from freeco.testing.contents import Answer

from .chromium import carry, find, waiting
from .reader import Reader

KEPT = "caches.open('freeco-kept').then(c => c.keys()).then(k => done(k.map(each => each.url)))"


@dataclass
class Device:
    """A phone or a tablet, and the table as it shows it."""

    driver: WebDriver
    site: str

    def sign_in(self, email: str) -> Answer:
        """Carry somebody's session; return the list of distributions as they see it."""
        reader = Reader(self.site).sign_in(email)
        carry(self.driver, self.site, reader.jar)
        return reader.get(f"/{SLUG}/direct-sales/distributions")

    def open(self, path: str) -> None:
        self.driver.get(self.site + path)
        find(self.driver, "main")

    def ask(self, script: str) -> Any:
        """Run a script that hands its answer to ``done``."""
        return self.driver.execute_async_script(
            f"const done = arguments[arguments.length - 1]; {script}"
        )

    def open_table(self, path: str) -> None:
        """Open the table, and wait until the device keeps it."""
        self.open(path)
        waiting(self.driver).until(lambda _driver: self.site + path in self.ask(KEPT))

    def tap(self, row: str, words: str) -> None:
        """Press the visible button of a row, and wait until the device has noted it."""
        before = len(self.held())
        button = find(self.driver, f"#{row} [data-when='{'0' if words == 'Pris' else '1'}']")
        assert button.text.startswith(words)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
        waiting(self.driver).until(lambda _driver: len(self.held()) > before)

    def held(self) -> list[object]:
        """Return what the device still has to send."""
        found: list[object] = self.ask("freecoQueue.all().then(done)")
        return found

    def sends_all(self) -> None:
        waiting(self.driver).until(lambda _driver: not self.held())

    def says(self, words: str) -> None:
        """Wait until the page says this."""
        with suppress(TimeoutException):
            waiting(self.driver).until(lambda _driver: words in self.words)
        assert words in self.words

    @property
    def words(self) -> str:
        text = find(self.driver, "main").text
        return text.replace("\u00a0", " ").replace("\u202f", " ")

    def tally(self) -> int:
        """Return how many have taken their basket, as the top of the page says."""
        return int(find(self.driver, "[data-offline-count]").text)

    def state(self, row: str) -> str:
        """Return what a row says: 1 for taken."""
        return str(find(self.driver, f"#{row}").get_attribute("data-state"))

    def disputed(self) -> list[str]:
        """Return the rows that list what was noted, since it was not the same everywhere."""
        found = self.driver.find_elements(By.CSS_SELECTOR, ".fetching > li:has(details ol)")
        return [str(row.get_attribute("id")) for row in found]

    def rows(self) -> list[str]:
        found = self.driver.find_elements(By.CSS_SELECTOR, ".fetching > li")
        return [str(row.get_attribute("id")) for row in found]
