"""A secret vote in a real browser, on a phone: a code is made, a ballot is sealed and found again.

The wire between the browser and the site is listened to, and all files of the site are read: no
choice and no code is on either. The processor is slowed down four times, and no worker may help,
since what slows a page down does not slow its workers.
"""

import json
import os
import re
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait
from sqlalchemy import select

from freeco.db import db
from freeco_project_decisions.polls.models import Poll
from freeco_project_decisions.sealed.ballots import read_ballot
from freeco_project_decisions.sealed.credentials import draw_credential, public_of, read_credential
from freeco_project_decisions.sealed.elections import read_election
from freeco_project_decisions.secret import (
    board,
    codes,
    opening,
    preparing,
)
from freeco_project_decisions.secret.models import SealedPoll, Way

from .secret_hall import OPTIONS, Hall, Reader, saved

pytestmark = pytest.mark.browser
SLOWER = 4
MOST_SECONDS = 5.0
GRADES = ("Très bien", "Assez bien", "Passable", "Insuffisant", "À rejeter")
"""One for each option: which was given to which is what must not be heard."""
WORK = """
const began = performance.now();
for (let each = 0, left = 3n; each < 200000; each += 1) left = (left * 7n) % 1000003n;
return performance.now() - began;
"""
COUNT_WORKERS = """
globalThis.workers = 0;
globalThis.Worker = class extends Worker {
  constructor(...how) { super(...how); globalThis.workers += 1; }
};
"""
NO_WORKER = "delete globalThis.Worker;"
TIMED = """
const receipt = document.querySelector('[data-receipt]');
globalThis.took = 0;
document.querySelector('[data-cast]').addEventListener('click', () => {
  const began = performance.now();
  new MutationObserver((_all, seen) => {
    if (receipt.hidden) return;
    requestAnimationFrame(() => { globalThis.took = performance.now() - began; });
    seen.disconnect();
  }).observe(receipt, { attributes: true });
}, { capture: true, once: true });
"""


def made_code(reader: Reader, poll: int) -> str:
    """Make a code on its page, keep it, and have its public half registered."""
    reader.open(f"votes/{poll}/code")
    reader.act("make")
    code = str(reader.shown("[data-shown]").text)
    reader.look()
    reader.write("#f-last", "zzz")
    reader.shown("[data-register] button").click()
    reader.says("trois derniers caractères de votre code : regardez")
    reader.shown("#f-last").clear()
    reader.write("#f-last", code[-3:])
    reader.shown("[data-register] button").click()
    reader.says("C’est fait")
    assert read_credential(code) == code
    return code


def test_a_secret_ballot_is_cast_on_a_slow_phone_and_nothing_is_heard(
    hall_driver: WebDriver, hall: Hall, kept_folder: Path
) -> None:
    driver = hall_driver
    poll, voter = hall.draft(Way.SITE), hall.people[0]
    hall.keepers.named(poll, hall.people[1:4])
    preparing.announce(poll)
    db.session.commit()
    number, identifier = poll.id, preparing.sealed_of(poll).identifier
    others = [draw_credential() for _each in hall.people[1:]]
    for member, code in zip(hall.people[1:], others, strict=True):
        codes.register(poll, member, str(public_of(code, identifier)))
    db.session.commit()
    reader = Reader(driver, hall, voter)
    code = made_code(reader, number)
    db.session.rollback()
    opening.open_sealed(poll)
    db.session.commit()
    before = rows()

    script = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": NO_WORKER})
    reader.open(f"votes/{number}")
    reader.open(f"votes/secret/{identifier}")
    choose(reader)
    reader.write("#f-code", f" {code.replace('-', ' ')} ")
    driver.execute_script(TIMED)
    quick = work_takes(driver)
    driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    slow = work_takes(driver)
    began = busy_seconds(driver)
    reader.act("cast")
    reader.shown("[data-receipt]")
    took = WebDriverWait(driver, 30).until(
        lambda each: each.execute_script("return globalThis.took")
    )
    busy = busy_seconds(driver) - began
    driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 1})
    driver.execute_cdp_cmd(
        "Page.removeScriptToEvaluateOnNewDocument", {"identifier": script["identifier"]}
    )
    sys.stdout.write(
        f"\na ballot of 5 questions, {slow / quick:.1f} times slower: {took / 1000:.2f} s, "
        f"of which {busy:.2f} s of work\n"
    )
    # Beside other work the clock says what they take; what the page itself was busy does not.
    alone = os.getloadavg()[0] < (os.cpu_count() or 1)
    assert not alone or slow > 2 * quick
    assert (took / 1000 if alone else busy) <= MOST_SECONDS
    reader.look()
    tracker = str(reader.shown("[data-tracker]").text)
    reader.act("receipt")
    kept_receipt = saved(kept_folder, f"recu-{identifier}.txt").read_text()
    assert kept_receipt.startswith("freeco/ballot/v1\n")
    assert f"\n{tracker}\n" in kept_receipt
    reader.open(f"votes/secret/{identifier}/urne")
    reader.write("#f-tracker", tracker)
    reader.shown("[data-find] button").click()
    reader.says("Ce bulletin est arrivé")

    second = cast_with_a_worker(reader, f"votes/secret/{identifier}", code)
    again = cast_from_the_saved_page(reader, saved_page(kept_folder, identifier), code)

    db.session.rollback()
    sealed = preparing.sealed_of(db.session.get_one(Poll, number))
    election, halves = read_election(sealed.election), set(codes.halves_of(sealed.poll))
    ballots = ballots_heard(hall)
    read = [read_ballot(election, halves, each) for each in ballots]
    assert [each.tracker for each in read] == [tracker, second, again]
    assert board.many_voted(sealed.poll) == 1, "voting again replaces"
    assert all(only_sealed(json.loads(each)) for each in ballots)
    nothing_is_heard(hall, code)
    nothing_is_kept(hall, code, (tracker, second, again))
    told = " ".join(rows() - before)
    assert all(each in told for each in ballots)
    for word in (*GRADES, *OPTIONS, code, voter.name):
        assert word not in told


def cast_with_a_worker(reader: Reader, page: str, code: str) -> str:
    """Vote again on the site, the ballot being sealed beside the page; return the tracker."""
    reader.open(page)
    reader.driver.execute_script(COUNT_WORKERS)
    choose(reader)
    reader.write("#f-code", code)
    reader.act("cast")
    tracker = str(reader.shown("[data-tracker]").text)
    assert reader.driver.execute_script("return globalThis.workers") == 1
    return tracker


def saved_page(folder: Path, identifier: str) -> Path:
    """Save the page to vote from, as its record has it."""
    page = folder / f"page-de-vote-{identifier}.html"
    sealed = db.session.scalars(select(SealedPoll).where(SealedPoll.identifier == identifier)).one()
    assert sha256(sealed.page).hexdigest() == sealed.page_sha256
    page.write_bytes(sealed.page)
    db.session.commit()
    return page


def cast_from_the_saved_page(reader: Reader, page: Path, code: str) -> str:
    """Vote again from a file, away from the site; return the tracker."""
    reader.driver.get(page.as_uri())
    reader.look()
    choose(reader)
    reader.write("#f-code", code[:-1])
    reader.act("cast")
    reader.says("Un code a quinze caractères, celui-ci en a 14.")
    reader.write("#f-code", f"{code[-1]}{Keys.ENTER}")
    tracker = str(reader.shown("[data-tracker]").text)
    reader.look()
    return tracker


def rows() -> set[str]:
    """Return every row of every table."""
    db.session.rollback()
    return {
        f"{table.name} {tuple(row)}"
        for table in db.metadata.sorted_tables
        for row in db.session.execute(select(table))
    }


def choose(reader: Reader) -> None:
    """Give each option its grade."""
    fields = reader.driver.find_elements(By.CSS_SELECTOR, "[data-question]")
    assert [each.find_element(By.TAG_NAME, "legend").text for each in fields] == list(OPTIONS)
    for field, grade in zip(fields, GRADES, strict=True):
        for label in field.find_elements(By.TAG_NAME, "label"):
            if label.text == grade:
                reader.driver.execute_script("arguments[0].scrollIntoView()", label)
                label.click()


def work_takes(driver: WebDriver) -> float:
    """Return how long some work takes the page, at best."""
    return min(float(driver.execute_script(WORK)) for _each in range(4))


def busy_seconds(driver: WebDriver) -> float:
    """Return how long the page has been busy, on the processor's clock."""
    driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    metrics = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def ballots_heard(hall: Hall) -> list[str]:
    """Return the bodies of the ballots on the wire; no cookie came with them."""
    found = []
    for request in hall.wire.requests(b"POST /lavergne/project-decisions/votes/secret/"):
        head, _blank, rest = request.partition(b"\r\n\r\n")
        if b"/bulletins HTTP" not in head.splitlines()[0]:
            continue
        assert b"cookie:" not in head.lower()
        length = re.search(rb"(?i)content-length: (\d+)", head)
        assert length is not None
        found.append(rest[: int(length[1])].decode())
    return found


def only_sealed(content: object) -> bool:
    """Whether a ballot holds nothing but numbers of the group, proofs and digests."""
    if isinstance(content, dict):
        return all(only_sealed(each) for each in content.values())
    if isinstance(content, list):
        return all(only_sealed(each) for each in content)
    return isinstance(content, str) and len(content) > 13


def written(code: str) -> list[bytes]:
    """Return the ways in which a code could be written."""
    plain = code.replace("-", "")
    forms = (code, plain, code.replace("-", "+"), code.replace("-", "%20"), code.replace("-", " "))
    return [each.encode() for each in forms]


def nothing_is_heard(hall: Hall, code: str) -> None:
    """Assert that neither a code, nor a grade, nor an option was sent, in whatever request."""
    sent = hall.wire.sent
    assert b"GET /lavergne/" in sent
    for each in written(code):
        assert each not in sent
    for word in (*GRADES, *OPTIONS):
        assert word.encode() not in sent
    assert not re.search(rb"(?i)q[0-4]=|data-answer|option_[0-9]", sent)


def nothing_is_kept(hall: Hall, code: str, trackers: tuple[str, ...]) -> None:
    """Assert that no file of the site has the code, and no log a tracker or a grade."""
    db.session.commit()
    for name, content in hall.files():
        for each in written(code):
            assert each not in content, name
        if name.endswith(".log"):
            assert not any(each.encode() in content for each in (*trackers, *GRADES)), name
