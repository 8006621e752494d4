"""What docs/project_decisions.md names is there: every row, test, file, page and command."""

import re

import pytest

from freeco.cli import add_module_commands, freeco
from freeco.plugins import Plugins
from freeco_project_decisions.plugin import freeco_module

from .guides import Guide, has_its_test_or_its_reason, pages_of

GUIDE = Guide("project_decisions")
DECISIONS = (
    "Proposal and question types; Deliberation threads; Consent, objection (sociocracy); "
    "Quorum and majority rules; Delegation, proxy; Amendments; Weighted votes; Quadratic votes; "
    "Majority judgment; Condorcet; STV; Participatory budget; Method of Equal Shares; "
    "Ballot secrecy towards the server; Individual verifiability; Universal verifiability; "
    "Eligibility verifiability; Trustees k of n; Receipt, tracker; Audit export; "
    "Coercion resistance"
)
PROJECTS = (
    "Task boards; Timeline, Gantt; Notifications; Closing and due reminders; "
    "Stated accessibility level; French and others; API"
)
ROWS = [*GUIDE.rows("Decisions"), *GUIDE.rows("Projects")]


def test_no_row_of_the_research_is_left_out() -> None:
    assert [row[0] for row in ROWS] == [*DECISIONS.split("; "), *PROJECTS.split("; ")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_row_has_its_test_or_its_reason(row: list[str]) -> None:
    assert has_its_test_or_its_reason(row, "no, by choice")


@pytest.mark.parametrize(("file", "name"), GUIDE.tests)
def test_each_test_that_is_named_exists(file: str, name: str) -> None:
    assert GUIDE.has_test(file, name)


@pytest.mark.parametrize("file", GUIDE.files)
def test_each_file_that_is_named_exists(file: str) -> None:
    assert GUIDE.has_file(file)


def test_each_page_that_is_named_exists() -> None:
    assert GUIDE.pages
    assert GUIDE.pages <= pages_of(freeco_module())


def test_each_command_that_is_named_exists() -> None:
    add_module_commands(freeco, Plugins.installed())
    named = set(re.findall(r"`freeco vote ([a-z]+)", GUIDE.text))
    assert named
    assert named <= set(freeco.commands["vote"].commands)  # type: ignore[attr-defined]
