"""The gate: which pages are looked at, what was seen of them, and the table that says it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from selenium.webdriver.remote.webdriver import WebDriver

from freeco.testing.pages import Seen

from .chromium import carry, screen
from .look import Look, look, prepared, theme
from .roles import Site

SLOW_PHONE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 // 8,
    "uploadThroughput": 750_000 // 8,
}
SLOW_PROCESSOR = 4
HEAVIEST = 8
SEVERAL = 3
"""A shape looked at on so many pages is known on all of them."""
ARRIVED = "return performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


@dataclass(frozen=True)
class Looked:
    """A page as one reader was shown it."""

    site: Site
    role: str
    seen: Seen
    look: Look

    @property
    def name(self) -> str:
        """Which page, for whom."""
        return f"{self.seen.answer.address} ({self.role})"

    @property
    def logged(self) -> list[str]:
        """What the browser complained about, but that the page itself is not found."""
        gone = self.seen.answer.status >= 400
        own = f"{self.site.address}{self.seen.answer.address} "
        return [
            each.replace(own, "").replace(self.site.address, "")
            for each in self.look.logged
            if not (gone and own in each and "Failed to load" in each)
        ]


def unlike(site: Site) -> Iterator[tuple[str, Seen]]:
    """Give the pages that hold something not looked at yet, for those who see most first."""
    return ((role, seen) for role, seen, _whole in unlike_within(site))


def unlike_within(site: Site) -> Iterator[tuple[str, Seen, bool]]:
    """Give these pages, and whether what stands around each is not looked at yet.

    What stands around the page, or on several pages, is looked at once.
    """
    shell: set[str] = set()
    known: dict[str, set[str]] = {}
    places: Counter[str] = Counter()
    for role, walk in site.walks.items():
        for seen in walk.seen:
            if seen.contents is None:
                continue
            inside = {shape for shape in seen.contents.shapes if " main" in shape}
            around = seen.contents.shapes - inside
            before = known.get(seen.endpoint, set())
            new = {shape for shape in inside - before if places[shape] < SEVERAL}
            whole = not around <= shell
            if seen.endpoint in known and not new and not whole:
                continue
            places.update(inside - before)
            known[seen.endpoint] = before | inside
            shell |= around
            yield role, seen, whole


def look_everywhere(driver: WebDriver, site: Site) -> list[Looked]:
    """Look at every page that differs from those before it."""
    found = []
    with prepared(driver):
        for role, seen, whole in unlike_within(site):
            reader = site.readers[role]
            carry(driver, site.address, reader.jar)
            seen_as = look(
                driver,
                site.address + seen.answer.address,
                lambda address, reader=reader: reader.get(address.removeprefix(site.address)).body,
                whole=whole,
            )
            found.append(Looked(site, role, seen, seen_as))
    return found


def slow_seconds(driver: WebDriver, pages: list[Looked]) -> dict[str, float]:
    """Return how long the heaviest pages take to stand on an old phone with one bar of network."""
    theme(driver, "light")
    screen(driver, 360)
    driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", SLOW_PHONE)
    driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": SLOW_PROCESSOR})
    taken = {}
    for each in sorted(pages, key=lambda each: -each.look.weight.sent)[:HEAVIEST]:
        carry(driver, each.site.address, each.site.readers[each.role].jar)
        driver.get(each.site.address + each.seen.answer.address)
        taken[each.name] = driver.execute_script(ARRIVED) / 1000
    fast = {**SLOW_PHONE, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", fast)
    driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 1})
    return taken


def table(pages: list[Looked], slow: dict[str, float]) -> str:
    """Return the pages with their counts, for people to read."""
    lines = [f"{'page':<64} {'pour':<12} {'axe':>9} {'kB':>5} {'JS kB':>6} {'lent':>6}"]
    for each in pages:
        weight = each.look.weight
        seconds = f"{slow[each.name]:.1f} s" if each.name in slow else ""
        lines.append(
            f"{each.seen.answer.address[:64]:<64} {each.role:<12}"
            f" {each.look.passes:>4} / {len(each.look.faults):<2}"
            f" {weight.sent / 1000:>5.0f} {weight.scripts / 1000:>6.1f} {seconds:>6}"
        )
    faults = sum(len(each.look.faults) for each in pages)
    heavy = max(pages, key=lambda each: each.look.weight.sent)
    lines.append(
        f"{len(pages)} pages, {len({each.seen.endpoint for each in pages})} adresses de la carte,"
        f" {faults} violations ; la plus lourde : {heavy.name},"
        f" {heavy.look.weight.sent / 1000:.0f} kB à froid"
        f" ({heavy.look.weight.plain / 1000:.0f} sans compression)"
    )
    return "\n".join(lines)


def keep(name: str, words: str) -> Path:
    """Keep words as an artefact, outside git; return where."""
    folder = Path(__file__).parents[2] / "var"
    folder.mkdir(exist_ok=True)
    place = folder / name
    place.write_text(words + "\n")
    return place
