"""What people see, checked on every page of the URL map, for everybody who may open it.

The pages are found by walking over a served demonstration, never listed here: a new page is
checked from its first day. What is left out stands in EXCLUDED with its reason.
"""

import json
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from freeco.testing.contents import Contents
from freeco.testing.pages import Seen

from .browser.chromium import chromium
from .browser.gate import Looked, keep, look_everywhere, slow_seconds, table
from .browser.look import over_budget
from .browser.roles import Site, demo_walked, empty_walked

pytestmark = pytest.mark.browser
EXCLUDED = {
    "places.map_data": "answers a rectangle, for maps of another make; core tests ask for one",
    "receipts.cancel_page": "no farm may issue gift receipts; test_receipt_pages.py cancels one",
    "record_log.tile": "mirrors ask for tiles; test_record_log_routes.py copies a whole log",
    "record_witness.last_seen": "nobody asks a demonstration to be a witness; core tests do",
    "bulletin.picture": "the demonstration holds no photograph; the bulletin's tests send one",
    "direct_sales_farm.picture": "the demonstration holds no photograph; its tests send one",
    "project_decisions_trustees.outsider_page": "its link goes by letter; test_secret_pages.py",
    "project_decisions_trustees.outsider_task": "its link goes by letter; test_secret_pages.py",
    "rehearsal.leave": "it leads out of the rehearsal; test_exercises.py leaves one",
}
FILES = {
    "application/octet-stream": lambda body: body.startswith((b"BELENIOS", b"<!doctype html>")),
    "application/pdf": lambda body: body.startswith(b"%PDF-"),
    "application/json": lambda body: json.loads(body) is not None,
    "application/ld+json": lambda body: "@context" in json.loads(body),
    "application/geo+json": lambda body: json.loads(body) is not None,
    "application/rss+xml": lambda body: ElementTree.fromstring(body).tag == "rss",  # noqa: S314
    "application/xml": lambda body: ElementTree.fromstring(body) is not None,  # noqa: S314
    "application/gpx+xml": lambda body: ElementTree.fromstring(body) is not None,  # noqa: S314
    "application/manifest+json": lambda body: json.loads(body)["start_url"] != "",
    "font/woff2": lambda body: body.startswith(b"wOF2"),
    "image/jpeg": lambda body: body.startswith(b"\xff\xd8"),
    "image/webp": lambda body: body[8:12] == b"WEBP",
    "text/css": lambda body: len(body) > 0,
    "application/atom+xml": lambda body: ElementTree.fromstring(body) is not None,  # noqa: S314
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (
        lambda body: body.startswith(b"PK")
    ),
    "application/vnd.oasis.opendocument.spreadsheet": lambda body: body.startswith(b"PK"),
    "image/png": lambda body: body.startswith(b"\x89PNG"),
    "image/svg+xml": lambda body: b"<svg" in body,
    "text/calendar": lambda body: body.startswith(b"BEGIN:VCALENDAR"),
    "text/csv": lambda body: len(body) > 0,
    "text/javascript": lambda body: len(body) > 0,
    "text/plain": lambda body: len(body) > 0,
}
"""How a file of each type begins, or holds together."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a demonstration over which everybody has walked."""
    with demo_walked(tmp_path_factory.mktemp("demo")) as site:
        yield site


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give an installation without any community, over which a visitor has walked."""
    with empty_walked(tmp_path_factory.mktemp("empty")) as site:
        yield site


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(scope="module")
def pages(demo: Site, empty: Site, driver: WebDriver) -> list[Looked]:
    """Give each page that differs, as a real browser shows it."""
    return look_everywhere(driver, demo) + look_everywhere(driver, empty)


def everything(*sites: Site) -> Iterator[tuple[str, Seen]]:
    for site in sites:
        for role, walk in site.walks.items():
            for seen in walk.seen:
                yield role, seen


def where(role: str, seen: Seen) -> str:
    return f"{seen.answer.address} ({role})"


def told(faults: Iterable[tuple[str, str]]) -> str:
    """Return each fault once, with the pages that have it."""
    places: dict[str, list[str]] = {}
    for where, fault in faults:
        places.setdefault(fault, []).append(where)
    return "".join(
        f"\n{fault} : {', '.join(where[:3])}{f' et {len(where) - 3} autres' if where[3:] else ''}"
        for fault, where in places.items()
    )


def test_every_page_of_the_url_map_is_reached(demo: Site, empty: Site) -> None:
    left = sorted((demo.unreached() & empty.unreached()) - set(EXCLUDED))
    assert not left, f"nobody gets to {', '.join(left)}"


def test_nothing_is_excluded_that_is_reached(demo: Site) -> None:
    assert set(EXCLUDED) <= demo.unreached()


LETTERS = "/courrier"
"""Where a demonstration shows everybody's letters."""


def test_no_link_is_dead_and_no_page_breaks(demo: Site, empty: Site) -> None:
    """A link shown to somebody is one that they may open; in a letter, whom it was written to."""
    dead = [
        (f"{seen.asked} ({role}), lié depuis {seen.came_from}", str(seen.answer.status))
        for role, seen in everything(demo, empty)
        if seen.answer.status >= (400 if seen.came_from else 500)
        and (seen.came_from, seen.answer.status) != (LETTERS, 404)
    ]
    assert not dead, told(dead)


def test_each_file_is_what_it_says(demo: Site, empty: Site) -> None:
    broken = [
        (seen.asked, f"n’est pas {seen.answer.kind}")
        for _role, seen in everything(demo, empty)
        if seen.contents is None
        and seen.answer.status == 200
        and not FILES.get(seen.answer.kind, lambda _body: False)(seen.answer.body)
    ]
    assert not broken, told(broken)


def test_each_page_says_what_it_is_in_its_language(demo: Site, empty: Site) -> None:
    """One title, the same on the tab and on the page; one thing to do; French said to be French."""
    wrong = [
        (where(role, seen), fault)
        for role, seen in everything(demo, empty)
        if seen.contents is not None
        for fault in misnamed(seen.contents)
    ]
    assert not wrong, told(wrong)


def misnamed(page: Contents) -> Iterator[str]:
    title = page.title.rpartition(" – ")[0]
    if not title or [" ".join(each.split()) for each in page.headings] != [title]:
        yield f"titre « {title} », h1 {page.headings}"
    if len(page.primaries) > 1:
        yield f"plusieurs gestes principaux, {page.primaries}"
    if page.language != "fr":
        yield f"langue « {page.language} »"


def test_axe_finds_nothing_on_any_page(
    pages: list[Looked], demo: Site, driver: WebDriver, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = table(pages, slow_seconds(driver, pages))
    alone = sorted(set().union(*(walk.unlinked for walk in demo.walks.values())))
    counts += f"\nPages auxquelles aucun lien ne mène : {', '.join(alone) or 'aucune'}"
    keep("pages.txt", counts)
    with capsys.disabled():
        print(f"\n{counts}")  # noqa: T201 - the list is there to be read
    faults = [(each.name, fault) for each in pages for fault in each.look.faults]
    assert not faults, told(faults)


def test_no_page_scrolls_sideways(pages: list[Looked]) -> None:
    """At 320 px, and at 1280 px enlarged to 200 %."""
    wide = [(each.name, out) for each in pages for out in each.look.sticking]
    assert not wide, told(wide)


def test_no_page_is_heavier_than_its_budget(pages: list[Looked]) -> None:
    heavy = [(each.name, too) for each in pages for too in over_budget(each.look.weight)]
    assert not heavy, told(heavy)


def test_the_browser_has_nothing_to_complain_about(pages: list[Looked]) -> None:
    logged = [(each.name, line) for each in pages for line in each.logged]
    assert not logged, told(logged)
