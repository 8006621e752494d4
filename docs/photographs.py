"""Photographs of every page, and the three of the README: ``python -m docs.photographs``.

The demonstration is the one of ``freeco demo``, on a day that never changes; the pages are those
a walk over it finds. The album goes to var/photographs (``index.html`` shows it), outside git;
``--readme`` takes only the three pictures kept beside this file.
"""

import argparse
import base64
import html
import logging
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from selenium.webdriver.remote.webdriver import WebDriver
from tests.browser.chromium import DESK, PHONE, carry, chromium, screen
from tests.browser.gate import unlike
from tests.browser.look import SETTLED, theme
from tests.browser.roles import ROLES, Reader, Site, application, walked_by_all, write_letters
from tests.browser.site import MEMBERS, free_port
from werkzeug.serving import make_server

from freeco import demonstration
from freeco.clock import held_at
from freeco.db import db
from freeco.demonstration import SLUG
from freeco.kernel import kernel
from freeco.migrations import runner

HERE = Path(__file__).parent
ALBUM = HERE.parent / "var" / "photographs"
DAY = datetime(2026, 10, 13, 7, 30, tzinfo=UTC)
"""A Tuesday, two days before a distribution."""
PAPER = 794
"""An A4 sheet in CSS pixels."""
VIEWS = (
    ("360", PHONE, "light", ""),
    ("360-nuit", PHONE, "dark", ""),
    ("1280", DESK, "light", ""),
    ("1280-nuit", DESK, "dark", ""),
    ("papier", PAPER, "light", "print"),
)
LONGEST = 6000
README = (
    ("accueil", "member", f"/{SLUG}/", PHONE, 780, ""),
    ("commande", "member", f"/{SLUG}/direct-sales/contrats/3", PHONE, 780, "main form .slate"),
    ("carte", "visitor", f"/{SLUG}/carte", DESK, 900, ""),
)
"""Name, for whom, address, width and height of what the README shows, and what is at its top."""
CHOOSE = """
const top = document.querySelector(arguments[0]);
for (const more of [...document.querySelectorAll("[data-step='1']")].slice(0, 2)) more.click();
scrollTo(0, top.getBoundingClientRect().top + scrollY - 12);
"""


@contextmanager
def demonstration_site(home: Path) -> Iterator[Site]:
    """Make the demonstration on the day, and serve it from this process, where time stands."""
    app = application(home)
    with app.app_context():
        plugins = kernel().plugins
        runner.upgrade(db.engine, plugins)
        demonstration.stage(plugins, MEMBERS, 2026, lambda _count: None)
        db.session.commit()
    write_letters(app)
    port = free_port()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Site(home, f"http://127.0.0.1:{port}", app)
    finally:
        server.shutdown()


def photograph(driver: WebDriver, place: Path) -> None:
    """Keep the page as it is shown now, as far as it goes."""
    driver.execute_async_script(SETTLED)
    size = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    clip = {
        "x": 0,
        "y": 0,
        "width": size["width"],
        "height": min(size["height"], LONGEST),
        "scale": 1,
    }
    wanted = {"format": "png", "captureBeyondViewport": True, "clip": clip}
    picture = driver.execute_cdp_cmd("Page.captureScreenshot", wanted)
    place.write_bytes(base64.b64decode(picture["data"]))


def whole(driver: WebDriver, width: int) -> None:
    """Make the screen as high as the page, so that what stays at its foot is at its foot."""
    screen(driver, width)
    size = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    screen(driver, width, height=int(min(size["height"], LONGEST)))


def take_album(driver: WebDriver, site: Site) -> None:
    """Photograph each page that differs, by day, by night and on paper."""
    shutil.rmtree(ALBUM, ignore_errors=True)
    ALBUM.mkdir(parents=True)
    shown = []
    for number, (role, seen) in enumerate(unlike(site), 1):
        carry(driver, site.address, site.readers[role].jar)
        driver.get(site.address + seen.answer.address)
        name = f"{number:03}-{role}-{re.sub(r'[^a-z0-9_]+', '-', seen.endpoint or 'absent')}"
        for view, width, scheme, medium in VIEWS:
            theme(driver, scheme, medium)
            whole(driver, width)
            photograph(driver, ALBUM / f"{name}-{view}.png")
        shown.append((name, f"{seen.answer.address} ({role})"))
    (ALBUM / "index.html").write_text(album(shown))


def album(shown: list[tuple[str, str]]) -> str:
    """Return one page that shows them all."""
    rows = "".join(
        f"<h2>{html.escape(title)}</h2><div>"
        + "".join(f'<img src="{name}-{view}.png" alt="{view}">' for view, *_rest in VIEWS)
        + "</div>"
        for name, title in shown
    )
    style = "div{display:flex;gap:1rem;align-items:start}img{max-width:24rem;border:1px solid}"
    return f'<!doctype html><html lang="fr"><meta charset="utf-8"><style>{style}</style>{rows}'


def take_readme(driver: WebDriver, site: Site) -> None:
    """Take the pictures the README opens with, sharp and light."""
    folder = HERE / "photographs"
    folder.mkdir(exist_ok=True)
    for name, role, address, width, height, top in README:
        carry(driver, site.address, ROLES[role](Reader(site.address)).jar)
        theme(driver, "light")
        screen(driver, width, sharpness=2 if width < DESK else 1, height=height)
        driver.get(site.address + address)
        driver.execute_async_script(SETTLED)
        if top:
            driver.execute_script(CHOOSE, top)
        seen = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "webp", "quality": 82})
        (folder / f"{name}.webp").write_bytes(base64.b64decode(seen["data"]))


def main() -> None:
    """Take the album, or only the README's pictures."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--readme", action="store_true", help="only the three of the README")
    readme_only = words.parse_args().readme
    with held_at(DAY), tempfile.TemporaryDirectory(prefix="freeco-photographs-") as folder:
        home, profile = Path(folder) / "home", Path(folder) / "profile"
        with demonstration_site(home) as site, chromium(profile) as driver:
            take_readme(driver, site)
            if not readme_only:
                take_album(driver, walked_by_all(site))
    sys.stdout.write(f"{HERE / 'photographs'}\n{'' if readme_only else ALBUM}\n")


if __name__ == "__main__":
    main()
