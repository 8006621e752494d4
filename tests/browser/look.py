"""One page as a browser shows it: what axe finds, what sticks out, what it weighs, what it logs."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from selenium.webdriver.remote.webdriver import WebDriver

from .chromium import DESK, PHONE, screen
from .site import missing

AXE = Path(__file__).parents[2] / "core/freeco/web/npm/node_modules/axe-core/axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_BYTES = 150_000
"""What a first load may weigh, cold: the page and all it draws on, as sent."""
MOST_SCRIPT = 50_000
"""What its JavaScript may weigh, compressed."""
SCREENS = (
    ("320 px", 320, 1, ""),
    ("une feuille A4", 718, 1, "print"),
    ("1280 px à 200 %", DESK // 2, 2, ""),
)
"""Name, width in CSS pixels, sharpness, medium; A4 is what 1 cm of margins leave.

The last is a desk's: from a telephone to a desk and back costs more than all other changes.
"""
AROUND = [["body > header"], ["body > footer"]]
SETTLED = """
const done = arguments[arguments.length - 1];
// Pictures near the screen come too.
const later = document.querySelector("[loading=lazy]") ? 400 : 0;
document.fonts.ready.then(() => requestAnimationFrame(() => setTimeout(done, later)));
"""
UNFOLD = "for (const each of document.querySelectorAll('main details')) each.open = true;"
WEIGH = """
const of = (each) => [each.name, each.initiatorType, each.transferSize, each.encodedBodySize,
                      each.decodedBodySize];
return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .map(of);
"""
STICKS_OUT = """
const root = document.documentElement, wide = root.clientWidth;
if (root.scrollWidth <= wide) return [];
const scrolls = (each) => {
  for (let up = each.parentElement; up && up !== document.body; up = up.parentElement)
    if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(up).overflowX)) return true;
  return false;
};
const out = [...document.body.querySelectorAll('*')].filter((each) => {
  const box = each.getBoundingClientRect();
  return box.width && box.right > wide + 1 && !scrolls(each);
});
const last = out.filter((each) => !out.some((other) => other !== each && each.contains(other)));
return [`${root.scrollWidth} px pour ${wide}`, ...last.slice(0, 3).map((each) => {
  const name = each.tagName.toLowerCase() + [...each.classList].map((one) => '.' + one).join('');
  return `${name} « ${each.textContent.trim().slice(0, 40)} »`;
})];
"""
RUN_AXE = """
const done = arguments[arguments.length - 1], [asked, context] = arguments;
const options = {...asked, resultTypes: ['violations', 'incomplete'], preload: false};
axe.run(context || document, options).then(
  (found) => done({
    passes: found.passes.length,
    unsure: found.incomplete.map((each) => each.id),
    violations: found.violations.map((each) => ({
      rule: each.id, impact: each.impact,
      nodes: each.nodes.slice(0, 4).map((node) => [
        node.target.join(' '), node.html.slice(0, 160),
        [...node.any, ...node.all, ...node.none].map((check) => check.message).join(' ; ')]),
    })),
  }), (error) => done({passes: 0, unsure: [], violations: [{rule: String(error), nodes: []}]}));
"""


@dataclass(frozen=True)
class Weight:
    """What a page weighs when nothing of it is kept, in bytes."""

    sent: int
    """Everything, as the server sends it."""
    scripts: int
    """Its JavaScript, compressed whether the server compresses or not."""
    plain: int
    """Everything, as it would be without compression."""


@dataclass(frozen=True)
class Look:
    """What a machine sees of a page."""

    passes: int
    unsure: tuple[str, ...]
    faults: tuple[str, ...]
    """What axe finds, on a phone and at a desk, by day and by night."""
    sticking: tuple[str, ...]
    """What makes it scroll sideways."""
    weight: Weight
    logged: tuple[str, ...]
    """What the browser complains about: scripts, styles and files refused or missing."""


@contextmanager
def prepared(driver: WebDriver) -> Iterator[None]:
    """Have pages come from the site, past any worker that keeps them, and axe at hand in them."""
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.setBypassServiceWorker", {"bypass": True})
    driver.set_script_timeout(60)
    added = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": axe()})
    try:
        yield
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def look(
    driver: WebDriver, address: str, body_of: Callable[[str], bytes], *, whole: bool = True
) -> Look:
    """Open a page and look at it; ``body_of`` gets a script, to see how it compresses.

    Unless ``whole``, what stands around the page was seen on another by night and at a desk.
    """
    driver.get_log("browser")
    screen(driver, PHONE)
    driver.get(address)
    driver.execute_async_script(SETTLED)
    weight = weigh(driver, body_of)
    driver.execute_script(UNFOLD)
    phone = run_axe(driver, {"runOnly": STANDARDS, "rules": {"target-size": {"enabled": True}}})
    theme(driver, "dark")
    night = run_axe(driver, only("color-contrast"), whole=whole)
    sticking = tuple(sideways(driver))
    screen(driver, DESK)
    desk = run_axe(driver, only("color-contrast", "target-size", "region"), whole=whole)
    faults = [
        *told("téléphone", phone),
        *told("téléphone, la nuit", night),
        *told("bureau", desk),
    ]
    logged = tuple(
        f"{each['level']} {each['message']}"
        for each in driver.get_log("browser")
        if each["level"] in {"SEVERE", "WARNING"}
    )
    return Look(phone["passes"], tuple(phone["unsure"]), tuple(faults), sticking, weight, logged)


def theme(driver: WebDriver, scheme: str, medium: str = "") -> None:
    """Show the page by day or by night, on a screen or on paper, without motion."""
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": features})


def sideways(driver: WebDriver) -> list[str]:
    """Return what sticks out of the narrowest screens, in words."""
    found = []
    for name, width, sharpness, medium in SCREENS:
        theme(driver, "light", medium)
        screen(driver, width, sharpness=sharpness)
        out = driver.execute_script(STICKS_OUT)
        if out:
            found.append(f"{name} : {', '.join(out)}")
    return found


@cache
def axe() -> str:
    """Return axe itself; it comes with ``make front``."""
    if not AXE.exists():
        missing("axe-core is not installed: make front")
    return AXE.read_text()


def only(*rules: str) -> dict[str, object]:
    """Return the options that ask for these rules alone."""
    return {"runOnly": {"type": "rule", "values": list(rules)}}


def run_axe(
    driver: WebDriver, options: dict[str, object], *, whole: bool = True
) -> dict[str, list[object]]:
    context = None if whole else {"exclude": AROUND}
    found: dict[str, list[object]] = driver.execute_async_script(RUN_AXE, options, context)
    return found


def told(where: str, found: dict[str, list[object]]) -> list[str]:
    """Return violations as lines to read."""
    return [
        f"{where} : {each['rule']} : " + " | ".join(f"{n[0]} {n[2]}" for n in each["nodes"])
        for each in found["violations"]
    ]


def weigh(driver: WebDriver, body_of: Callable[[str], bytes]) -> Weight:
    """Return what this load would bring if nothing of it were kept.

    Styles and fonts are kept from page to page: each weighs what it did the first time.
    """
    sent = scripts = plain = 0
    for name, kind, now_sent, encoded, decoded in driver.execute_script(WEIGH):
        transferred = _sent[name] = max(_sent.get(name, 0), now_sent)
        sent += transferred
        plain += transferred - encoded + decoded
        if kind == "script" or name.split("?")[0].endswith((".js", ".mjs")):
            scripts += encoded if encoded < decoded else compressed(body_of, name)
    return Weight(sent, scripts, plain)


_sent: dict[str, int] = {}
_known: dict[str, int] = {}


def compressed(body_of: Callable[[str], bytes], address: str) -> int:
    """Return what a script weighs once compressed."""
    if address not in _known:
        _known[address] = len(gzip.compress(body_of(address), 6))
    return _known[address]


def over_budget(weight: Weight) -> list[str]:
    """Return what is too heavy, in words."""
    found = []
    if weight.sent > MOST_BYTES:
        found.append(f"{weight.sent} octets à froid, pour {MOST_BYTES} au plus")
    if weight.scripts > MOST_SCRIPT:
        found.append(f"{weight.scripts} octets de JavaScript, pour {MOST_SCRIPT} au plus")
    return found
