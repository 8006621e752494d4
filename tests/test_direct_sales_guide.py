"""What docs/direct_sales.md names is there: every row, every test, every file, every page."""

import re
from pathlib import Path

import pytest
from flask import Flask

from freeco_direct_sales.plugin import freeco_module

ROOT = Path(__file__).parent.parent
MODULE = ROOT / "modules" / "direct_sales"
GUIDE = (ROOT / "docs" / "direct_sales.md").read_text("utf-8")
ORDER_CYCLES = (
    "Season contract, subscription; Order cycles; Variable weight; Stock; Units, packs; "
    "Distribution, sign-off sheet; Volunteer shifts; Cheque, cash; Bank transfer and matching; "
    "SEPA debit; Card online; Store credit; Invoices; Producer reports, purchase order; "
    "Many producers, hubs; Price tiers; Minimums, pack completion; Group-purchase quotes; "
    "Fee model; CSV, spreadsheet import; API; Languages; Roles; Delivery points; Notifications; "
    "Waiting list; Substitution, absence; Solidarity pricing; Unsold, donation; Offline; "
    "Concurrency"
)
CONTRACTS = (
    "Season contract; Variable basket, weight; Stock, places; Sign-off sheet; Shifts; Cheques; "
    "SEPA, transfer; Card; Invoices; Solidarity price; Absence, swap; Unsold, donation; "
    "Waiting list; Import, export; API, languages; Roles; Feedback"
)


def rows(title: str) -> list[list[str]]:
    section = GUIDE.split(f"### {title}\n")[1].split("\n#")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    return cells[2:]


ROWS = [*rows("Order cycles and group buying"), *rows("Contracts and volunteers")]
TESTS = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", GUIDE)))
FILES = sorted(set(re.findall(r"`([\w/]+(?:\.py|/))`", GUIDE)))
PAGES = sorted(set(re.findall(r"`(/[^`]+)`", GUIDE)))


def test_no_row_of_the_research_is_left_out() -> None:
    assert [row[0] for row in ROWS] == [*ORDER_CYCLES.split("; "), *CONTRACTS.split("; ")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_row_has_its_test_or_its_reason(row: list[str]) -> None:
    _feature, said, where, shown = row
    if said.startswith("not yet"):
        assert not shown
        assert len(said) > len("not yet: ")
    else:
        assert where
        assert "::test_" in shown


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_each_test_that_is_named_exists(file: str, name: str) -> None:
    path = ROOT / file if "/" in file else MODULE / "tests" / file
    assert re.search(rf"^def {name}\(", path.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("file", FILES)
def test_each_file_that_is_named_exists(file: str) -> None:
    of_the_house = (ROOT / file).exists()
    assert of_the_house or (MODULE / "freeco_direct_sales" / file).exists()


def test_each_page_that_is_named_exists() -> None:
    site, module = Flask("site"), freeco_module()
    for blueprint in module.blueprints:
        site.register_blueprint(blueprint)
    for blueprint in module.api:
        site.register_blueprint(blueprint, url_prefix="/api")
    known = {re.sub("<[^>]*>", "<id>", rule.rule) for rule in site.url_map.iter_rules()}
    assert PAGES
    assert set(PAGES) <= known
