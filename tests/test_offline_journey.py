"""A barn without network: two volunteers tick baskets at two ends of the table.

Two devices in headless Chromium, and the server really stopped: what they hold must survive a
reload, leave once the server is back, be written once, in order, and tell where they disagree.
"""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.webdriver import WebDriver
from sqlalchemy import select

from freeco.db import db
from freeco.demonstration import SLUG
from freeco.offline.models import QueuedAction
from freeco.testing.contents import Answer
from freeco_direct_sales.collection_models import Collection

from .browser.chromium import chromium, waiting
from .browser.device import KEPT, Device
from .browser.roles import COORDINATOR, TREASURER, application
from .browser.site import free_port, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a demonstration of our own, for its server to be stopped and started again."""
    home = tmp_path_factory.mktemp("barn")
    leave_out = shutil.ignore_patterns("freeco.sqlite*", "mail")
    shutil.copytree(demo_home, home, ignore=leave_out, dirs_exist_ok=True)
    with (
        closing(sqlite3.connect(demo_home / "freeco.sqlite")) as theirs,
        closing(sqlite3.connect(home / "freeco.sqlite")) as ours,
    ):
        theirs.backup(ours)
    return home


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def browsers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[WebDriver]]:
    """Give two devices that know nothing of each other."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(chromium(tmp_path_factory.mktemp("device"))) for _each in range(2)
        ]


@pytest.fixture
def devices(browsers: list[WebDriver], port: int) -> list[Device]:
    return [Device(driver, f"http://127.0.0.1:{port}") for driver in browsers]


def table(distributions: Answer) -> str:
    """Return the address of the table of the next distribution."""
    found = re.findall(rf'href="(/{SLUG}/direct-sales/distributions/\d+)"', distributions.text)
    return f"{found[0]}/table"


def test_ten_things_typed_without_network_on_two_devices_are_merged_once(
    home: Path, port: int, devices: list[Device]
) -> None:
    phone, tablet = devices
    with served(home, port):
        path = table(phone.sign_in(COORDINATOR))
        tablet.sign_in(TREASURER)
        for device in devices:
            device.open_table(path)
        first, second, third, fourth, fifth, sixth, seventh = phone.rows()[:7]

    for row in (first, second, third, fourth, fifth):
        phone.tap(row, "Pris")
    phone.driver.refresh()
    phone.says("Sans réseau. Cette page a été vue pour la dernière fois le")
    phone.says("Sans réseau : 5 choses à envoyer.")
    phone.says("5 sur")
    assert phone.words.count("pris : noté sur ce téléphone, pas encore envoyé") == 5

    tablet.tap(first, "Pris")
    tablet.tap(second, "Pris")
    tablet.tap(second, "Annuler")
    tablet.tap(sixth, "Pris")
    tablet.tap(seventh, "Pris")
    tablet.open(f"/{SLUG}/membres")
    tablet.says("Sans réseau pour l’instant")
    tablet.says("Sans réseau : 5 choses à envoyer.")
    tablet.says("Qui prend son panier")

    saved = phone.ask("freecoQueue.all().then(actions => done(JSON.stringify(actions)))")
    with served(home, port):
        for device in devices:
            device.open(path)
            device.sends_all()
        assert everything(home) == [
            ("phone", 1, first, True),
            ("phone", 2, second, True),
            ("phone", 3, third, True),
            ("phone", 4, fourth, True),
            ("phone", 5, fifth, True),
            ("tablet", 1, first, True),
            ("tablet", 2, second, True),
            ("tablet", 3, second, False),
            ("tablet", 4, sixth, True),
            ("tablet", 5, seventh, True),
        ]
        tablet.open(f"/{SLUG}/hors-ligne")
        tablet.says("À vérifier : 1")
        assert "« pas pris », noté en dernier, qui compte" in tablet.words
        tablet.open(path)
        tablet.says("6 sur")

        # The same ten once more, as when an answer is lost on the way back.
        phone.ask(f"Promise.all({saved}.map(each => freecoQueue.change(each))).then(() => done())")
        assert len(phone.held()) == 5
        phone.driver.refresh()
        phone.sends_all()
        assert len(everything(home)) == 10
        phone.open(f"/{SLUG}/hors-ligne")
        phone.says("À vérifier : 1")


def everything(home: Path) -> list[tuple[str, int, str, bool]]:
    """Return what was written, in the order of typing: device, number, row, taken."""
    app = application(home)
    with app.app_context():
        actions = db.session.scalars(
            select(QueuedAction).order_by(
                QueuedAction.recorded_at, QueuedAction.device, QueuedAction.position
            )
        ).all()
        lines = db.session.scalars(
            select(Collection).order_by(Collection.recorded_at, Collection.id)
        ).all()
        assert len(lines) == len(actions)
        names = dict(
            zip(dict.fromkeys(each.device for each in actions), ("phone", "tablet"), strict=False)
        )
        numbers = dict.fromkeys(names, 0)
        found = []
        for action, line in zip(actions, lines, strict=True):
            numbers[action.device] += 1
            assert (action.device, action.recorded_at) == (line.device, line.recorded_at)
            row = f"foyer-{line.household_id}"
            found.append((names[action.device], numbers[action.device], row, line.taken))
        db.engine.dispose()
        return found


def test_two_who_tick_one_list_without_network_end_with_the_same_list(
    home: Path, port: int, devices: list[Device]
) -> None:
    """Both ends of the table count alike, and both see where they disagreed."""
    phone, tablet = devices
    with served(home, port):
        path = table(phone.sign_in(COORDINATOR))
        tablet.sign_in(TREASURER)
        for device in devices:
            device.open_table(path)
        one, both, disputed, other = phone.rows()[10:14]
        before = phone.tally()
        assert tablet.tally() == before

    phone.tap(one, "Pris")
    phone.tap(both, "Pris")
    phone.tap(disputed, "Pris")
    tablet.tap(both, "Pris")
    tablet.tap(other, "Pris")
    tablet.tap(disputed, "Pris")
    tablet.tap(disputed, "Annuler")
    assert (phone.tally(), tablet.tally()) == (before + 3, before + 2)

    with served(home, port):
        for device in devices:
            device.open(path)
            device.sends_all()
        for device in devices:
            device.open(path)
            assert device.tally() == before + 3
            assert [device.state(row) for row in (one, both, disputed, other)] == list("1101")
            assert disputed in device.disputed()
            assert not {one, both, other} & set(device.disputed())
        assert phone.disputed() == tablet.disputed()


def test_an_ended_session_keeps_what_was_noted_for_who_noted_it(
    home: Path, port: int, devices: list[Device]
) -> None:
    phone, _tablet = devices
    with served(home, port):
        path = table(phone.sign_in(COORDINATOR))
        phone.open_table(path)
        phone.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        row = phone.rows()[8]
        phone.tap(row, "Pris")
        phone.says("Reconnectez-vous pour envoyer une chose.")

        phone.sign_in(TREASURER)
        phone.open(path)
        phone.says("Une chose notée par Sylvie Marty attend sur ce téléphone")
        assert len(phone.held()) == 1
        assert phone.site + path in phone.ask(KEPT)

        phone.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        phone.open("/")
        waiting(phone.driver).until(lambda _driver: len(phone.ask(KEPT)) == 1)

        phone.sign_in(COORDINATOR)
        phone.open(path)
        phone.sends_all()


def test_a_pushed_notice_is_shown_and_leads_to_this_site_only(
    home: Path, port: int, devices: list[Device]
) -> None:
    _phone, tablet = devices
    with served(home, port):
        tablet.open("/")
        tablet.ask("navigator.serviceWorker.ready.then(() => done())")
        grant = {"permissions": ["notifications"], "origin": tablet.site}
        tablet.driver.execute_cdp_cmd("Browser.grantPermissions", grant)
        tablet.driver.execute_cdp_cmd("ServiceWorker.enable", {})
        for url in ("/trois-ponts/agenda", "https://elsewhere.example/agenda"):
            pushed = {"title": "Jeudi", "body": "Un panier", "url": url}
            for number in range(4):  # the browser's own numbering of the site's one worker
                with suppress(WebDriverException):
                    tablet.driver.execute_cdp_cmd(
                        "ServiceWorker.deliverPushMessage",
                        {
                            "origin": tablet.site,
                            "registrationId": str(number),
                            "data": json.dumps(pushed),
                        },
                    )
        shown = (
            "navigator.serviceWorker.ready.then(worker => worker.getNotifications())"
            ".then(all => done(all.map(each => [each.title, each.body, each.data.url])))"
        )
        waiting(tablet.driver).until(lambda _driver: len(tablet.ask(shown)) == 2)
        assert sorted(tablet.ask(shown)) == [
            ["Jeudi", "Un panier", f"{tablet.site}/"],
            ["Jeudi", "Un panier", f"{tablet.site}/trois-ponts/agenda"],
        ]
