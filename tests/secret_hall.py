"""A cooperative of nine with a secret vote, on a site that is served.

What happens on other computers than the browser's is done here, in the same database.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from freeco.clock import now
from freeco.config import Settings
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.testing import Visitor, migrated_app
from freeco.testing.live_files import contents_of
from freeco.testing.people import make_community, make_member, open_module, sign_in_as
from freeco_project_decisions.polls.models import Method, Option, Poll
from freeco_project_decisions.secret import preparing
from freeco_project_decisions.secret.models import Way
from freeco_project_decisions.secret.playing import Keepers

from .browser.chromium import chromium
from .browser.look import STANDARDS, STICKS_OUT, axe, run_axe, told
from .browser.site import free_port, served
from .browser.wire import Wire, wire_to

NAMES = ("Awa", "Bruno", "Chloé", "Driss", "Élise", "Fanny", "Gaël", "Hana", "Ilda")
OPTIONS = ("Un hangar", "Un puits", "Une haie", "Un four", "Un pressoir")


@dataclass
class Hall:
    """The site, and what those who are not in front of the browser do."""

    app: Flask
    home: Path
    wire: Wire
    community: Community
    people: list[Member]
    keepers: Keepers = field(default_factory=Keepers)

    def session_of(self, member: Member) -> str:
        """Return the cookie of somebody who has signed in."""
        assert member.person is not None
        client = self.app.test_client()
        assert isinstance(client, Visitor)
        sign_in_as(client, member.person)
        cookie = client.get_cookie("session")
        assert cookie is not None
        return str(cookie.value)

    def draft(self, way: Way) -> Poll:
        """Prepare a secret judgment of five options, with nobody to open it yet."""
        poll = Poll(
            community=self.community,
            author=self.people[-1],
            title="Que construire au printemps ?",
            text="Cinq chantiers, un seul à la fois.",
            method=Method.JUDGMENT,
            opens_at=now(),
            closes_at=now() + timedelta(days=1),
        )
        db.session.add(poll)
        for place, text in enumerate(OPTIONS):
            db.session.add(Option(poll=poll, place=place, text=text))
        db.session.flush()
        db.session.refresh(poll)
        authority = "La Coopérative du Lot" if way == Way.AUTHORITY else ""
        preparing.make_secret(poll, way, authority)
        db.session.commit()
        return poll

    def page(self, path: str) -> str:
        """Return the address of a page as the browser has it."""
        return f"{self.wire.address}/lavergne/project-decisions/{path}"

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Give each file of the site: its database, its log, its letters."""
        yield from contents_of(self.home)


@contextmanager
def hall_open(home: Path) -> Iterator[Hall]:
    """Serve the cooperative's site behind a wire."""
    port = free_port()
    with wire_to(port) as wire:
        settings = Settings.from_environment(
            {"FREECO_HOME": str(home), "FREECO_BASE_URL": wire.address}
        )
        app = migrated_app(settings)
        with app.app_context():
            community = make_community("lavergne", "Lavergne")
            open_module(community, "project_decisions")
            people = [make_member(community, name, "Martin") for name in NAMES]
            db.session.commit()
            with served(home, port):
                yield Hall(app, home, wire, community, people)
            db.session.remove()
            db.engine.dispose()


class Reader:
    """Somebody of the cooperative before the browser."""

    def __init__(self, driver: WebDriver, hall: Hall, member: Member) -> None:
        self.driver = driver
        self.hall = hall
        driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        cookie = {"name": "session", "value": hall.session_of(member), "url": hall.wire.address}
        driver.execute_cdp_cmd("Network.setCookie", cookie)

    def open(self, path: str) -> None:
        """Come to a page; nobody else writes meanwhile."""
        db.session.commit()
        self.driver.get(self.hall.page(path))
        self.look()

    def look(self) -> None:
        """Look at what is shown: nothing sticks out, and axe finds nothing."""
        where = self.driver.current_url
        assert self.driver.execute_script(STICKS_OUT) == [], where
        self.driver.execute_script(axe())
        faults = told(where, run_axe(self.driver, {"runOnly": STANDARDS}))
        assert not faults, "\n".join(faults)

    def act(self, name: str) -> None:
        """Press a button of the page's script."""
        button = self.shown(f"[data-act='{name}']")
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def shown(self, selector: str) -> WebElement:
        """Return what is shown, once it is."""

        def found(driver: WebDriver) -> WebElement | Literal[False]:
            each = driver.find_elements(By.CSS_SELECTOR, selector)
            return each[0] if each and each[0].is_displayed() else False

        return self._waiting().until(found, selector)

    def write(self, selector: str, words: str) -> None:
        """Write in a field."""
        self.shown(selector).send_keys(words)

    def says(self, words: str) -> None:
        """Wait until the page says this."""

        def said(driver: WebDriver) -> bool:
            text = driver.find_element(By.TAG_NAME, "main").text
            return words in text.replace("\u00a0", " ").replace("\u202f", " ")

        self._waiting().until(said, words)

    def _waiting(self) -> WebDriverWait[WebDriver]:
        """Wait through whatever Chromium says of a page that is being replaced."""
        return WebDriverWait(self.driver, 30, 0.05, ignored_exceptions=[WebDriverException])


def saved(folder: Path, name: str) -> Path:
    """Return the file that the browser has just saved."""
    for _try in range(200):
        found = [each for each in folder.glob(name) if each.stat().st_size]
        if found:
            return found[0]
        time.sleep(0.05)
    pytest.fail(f"{name} was not saved")


@pytest.fixture(scope="session")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """Give the cooperative, its site being served."""
    with hall_open(tmp_path_factory.mktemp("hall")) as hall:
        yield hall


@pytest.fixture(scope="session")
def kept_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder where the browser keeps files."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="session")
def hall_driver(tmp_path_factory: pytest.TempPathFactory, kept_folder: Path) -> Iterator[WebDriver]:
    """Give the browser of those who come."""
    with chromium(tmp_path_factory.mktemp("hall-profile")) as driver:
        allowed = {"behavior": "allow", "downloadPath": str(kept_folder)}
        driver.execute_cdp_cmd("Browser.setDownloadBehavior", allowed)
        yield driver
