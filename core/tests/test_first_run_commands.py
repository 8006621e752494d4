"""The operator reads on the machine itself where a community can be founded."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from freeco.cli import freeco

ADDRESS = re.compile(r"https://assiac\.example/commencer/[0-9a-f]{48}\b")


def run(home: Path, *arguments: str) -> str:
    settings = {
        "FREECO_HOME": str(home),
        "FREECO_DATABASE_URL": None,
        "FREECO_BASE_URL": "https://assiac.example",
    }
    result = CliRunner().invoke(freeco, arguments, env=settings)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a folder whose database is migrated and empty."""
    run(tmp_path, "db", "upgrade")
    return tmp_path


def test_the_secret_address_is_printed_whole_and_again(home: Path) -> None:
    first, second = (ADDRESS.findall(run(home, "first-run")) for _time in range(2))
    assert len(first) == 1
    assert first == second


def test_another_community_has_an_address_of_its_own(home: Path) -> None:
    first = ADDRESS.findall(run(home, "first-run"))
    both = ADDRESS.findall(run(home, "first-run", "--another"))
    assert len(set(both)) == 2
    assert both[:1] == first


def test_it_is_printed_for_a_site_that_has_communities_too(home: Path) -> None:
    anne = ["--email", "anne@freeco.fr", "--first-name", "Anne", "--last-name", "Roux"]
    run(home, "found", "assiac", "Assiac", *anne, "--charter-accepted")
    assert ADDRESS.search(run(home, "first-run"))
