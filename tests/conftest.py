"""What the tests across distributions share: databases several processes use, a phone in a hand."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from selenium.webdriver.remote.webdriver import WebDriver

from freeco.db import db
from freeco.testing import create_database, migrated_app, settings_for

from .browser.chromium import chromium
from .browser.phone import Phone
from .browser.site import make_demo, served
from .racing import Nursery, nursery_running
from .secret_hall import hall, hall_driver, kept_folder
from .stripe_stand_in.fixtures import ear, shop, stand_in, stripe_server

__all__ = ["ear", "hall", "hall_driver", "kept_folder", "shop", "stand_in", "stripe_server"]

RACERS = Path(__file__).parent / "racers"


@pytest.fixture
def shared_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Give the URL of an empty database of its own, SQLite then PostgreSQL."""
    if engine_name == "postgresql":
        return create_database(request.getfixturevalue("postgresql_server"), "freeco_race")
    return f"sqlite:///{tmp_path / 'freeco.sqlite'}"


@pytest.fixture
def shared_app(shared_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Give an application on that database, with its context pushed."""
    app = migrated_app(settings_for(shared_url, tmp_path))
    with app.app_context():
        yield app
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def environment(shared_url: str, tmp_path: Path) -> str:
    """Give the environment of the other processes, as JSON."""
    return json.dumps({"FREECO_HOME": str(tmp_path), "FREECO_DATABASE_URL": shared_url})


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Give the process where racers come from."""
    with nursery_running() as nursery:
        yield nursery


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the demonstration that the journeys use, one after the other."""
    return make_demo(tmp_path_factory.mktemp("journeys"))


@pytest.fixture(autouse=True)
def _as_if_an_hour_had_passed(request: pytest.FixtureRequest) -> None:
    """Forget who signed in to the shared demonstration: journeys are not one hurried visitor."""
    if "demo_home" not in request.fixturenames:
        return
    home: Path = request.getfixturevalue("demo_home")
    with closing(sqlite3.connect(home / "freeco.sqlite", timeout=30)) as database, database:
        database.execute("DELETE FROM attempt")


@pytest.fixture(scope="session")
def demo_site(demo_home: Path) -> Iterator[str]:
    """Serve that demonstration as an operator would; give its address."""
    with served(demo_home) as address:
        yield address


@pytest.fixture(scope="session", params=["with JavaScript", "without JavaScript"])
def phone_browser(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[WebDriver, bool, dict[str, str]]]:
    """Give a phone's browser, whether it runs JavaScript, and who has signed in on it."""
    scripts = request.param == "with JavaScript"
    with chromium(tmp_path_factory.mktemp("profile"), scripts=scripts) as driver:
        yield driver, scripts, {}


@pytest.fixture
def phone(phone_browser: tuple[WebDriver, bool, dict[str, str]], demo_site: str) -> Iterator[Phone]:
    """Give a phone; each page it comes to must fit and have nothing against it."""
    driver, scripts, sessions = phone_browser
    phone = Phone(driver, demo_site, sessions, scripts=scripts)
    yield phone
    faults = list(dict.fromkeys(phone.faults))
    assert not faults, "\n".join(faults)
