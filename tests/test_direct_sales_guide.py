"""What docs/direct_sales.md names is there: every row, every test, every file, every page."""

import pytest

from freeco_direct_sales.plugin import freeco_module

from .guides import Guide, has_its_test_or_its_reason, pages_of

GUIDE = Guide("direct_sales")
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


ROWS = [*GUIDE.rows("Order cycles and group buying"), *GUIDE.rows("Contracts and volunteers")]


def test_no_row_of_the_research_is_left_out() -> None:
    assert [row[0] for row in ROWS] == [*ORDER_CYCLES.split("; "), *CONTRACTS.split("; ")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_row_has_its_test_or_its_reason(row: list[str]) -> None:
    assert has_its_test_or_its_reason(row, "not yet")


@pytest.mark.parametrize(("file", "name"), GUIDE.tests)
def test_each_test_that_is_named_exists(file: str, name: str) -> None:
    assert GUIDE.has_test(file, name)


@pytest.mark.parametrize("file", GUIDE.files)
def test_each_file_that_is_named_exists(file: str) -> None:
    assert GUIDE.has_file(file)


def test_each_page_that_is_named_exists() -> None:
    assert GUIDE.pages
    assert GUIDE.pages <= pages_of(freeco_module())
