"""The command line says in one line what is wrong, and what to do."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from freeco.cli import freeco

OWN_SECRET = "s" * 40


def run(home: Path, *arguments: str, **environment: str) -> Result:
    settings = {"FREECO_HOME": str(home), "FREECO_DATABASE_URL": None, **environment}
    return CliRunner().invoke(freeco, arguments, env=settings)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a folder whose database is migrated and empty."""
    assert run(tmp_path, "db", "upgrade").exit_code == 0
    return tmp_path


@pytest.mark.parametrize("command", [["serve"], ["run", "--host", "0.0.0.0"]])  # noqa: S104
def test_the_secret_of_development_does_not_leave_the_machine(
    home: Path, command: list[str]
) -> None:
    result = run(home, *command)
    assert result.exit_code == 1
    assert "FREECO_SECRET_KEY" in result.output


def test_a_database_that_waits_for_migrations_names_the_remedy(tmp_path: Path) -> None:
    result = run(tmp_path, "modules")
    assert result.exit_code == 1
    assert "freeco db upgrade" in result.output


def test_upgrading_twice_says_that_all_is_done(home: Path) -> None:
    assert "La base est à jour." in run(home, "db", "upgrade").output


FOUND = [
    "found",
    "assiac",
    "AMAP d’Assiac",
    "--email",
    "anne@example.org",
    "--first-name",
    "Anne",
    "--last-name",
    "Roux",
]


def test_nobody_founds_without_the_charter(home: Path) -> None:
    result = run(home, *FOUND)
    assert result.exit_code == 1
    assert "--charter-accepted" in result.output


def test_a_community_is_founded_once(home: Path) -> None:
    assert run(home, *FOUND, "--charter-accepted").exit_code == 0
    again = run(home, *FOUND, "--charter-accepted")
    assert again.exit_code == 1
    assert "déjà prise" in again.output


@pytest.fixture
def founded(home: Path) -> Path:
    assert run(home, *FOUND, "--charter-accepted").exit_code == 0
    return home


def listed(folder: Path, *lines: str) -> Path:
    file = folder / "membres.csv"
    file.write_bytes("\n".join(["Prénom;Nom;E-mail", *lines]).encode("cp1252"))
    return file


def test_a_list_of_members_is_shown_without_writing(founded: Path) -> None:
    file = listed(founded, "Zoé;Blanc;zoe@example.org")
    result = run(founded, "import", "members", str(file), "--community", "assiac", "--dry-run")
    assert result.exit_code == 0
    assert "1 personnes lues" in result.output or "1 personne lue" in result.output
    again = run(founded, "import", "members", str(file), "--community", "assiac")
    assert "1 invitation envoyée" in again.output


def test_a_broken_line_is_named_and_nobody_is_invited(founded: Path) -> None:
    file = listed(founded, "Zoé;Blanc;zoe@example.org", "Paul;Roux;paul@@example")
    result = run(founded, "import", "members", str(file), "--community", "assiac")
    assert result.exit_code == 1
    assert "ligne 3" in result.output
    mended = listed(founded, "Zoé;Blanc;zoe@example.org")
    again = run(founded, "import", "members", str(mended), "--community", "assiac")
    assert "1 invitation envoyée" in again.output


def test_production_serves_with_a_secret_of_its_own_only(home: Path) -> None:
    result = run(home, "db", "upgrade", FREECO_ENVIRONMENT="production")
    assert result.exit_code != 0
    good = run(home, "db", "upgrade", FREECO_ENVIRONMENT="production", FREECO_SECRET_KEY=OWN_SECRET)
    assert good.exit_code == 0
