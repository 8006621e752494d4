"""A module is a distribution: pip takes it away, pip brings it back, and its folder travels."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("core", "charter", "modules/direct_sales")
COUNT = """
import json
from freeco.app import create_app
from freeco.db import db
from sqlalchemy import text
app = create_app()
with app.app_context():
    rows = [db.session.scalar(text(f"SELECT count(*) FROM direct_sales_{name}"))
            for name in ("subscription", "subscription_line", "delivered")]
print(json.dumps(rows))
"""
VISIT = """
from freeco.app import create_app
client = create_app().test_client()
print(client.get("/trois-ponts/").status_code,
      client.get("/trois-ponts/ouvertures").status_code,
      client.get("/trois-ponts/direct-sales/").status_code)
"""


class House:
    """A virtual environment of its own, where our distributions are installed for good."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        venv.create(folder, symlinks=True)
        self.python = folder / "bin" / "python"
        self.home = folder / "home"
        self._borrow()

    def _borrow(self) -> None:
        """Link the third parties' packages of this environment, and none of ours."""
        there = Path(sysconfig.get_path("purelib"))
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        here = self.folder / "lib" / version / "site-packages"
        for item in there.iterdir():
            if not item.name.startswith(("freeco", "_freeco", "_editable", "__editable__")):
                target = here / item.name
                if not target.exists():
                    target.symlink_to(item)

    def run(self, *arguments: str, **options: object) -> str:
        """Run Python with these arguments; return what it printed."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("FREECO_", "PYTHON", "COV_", "COVERAGE"))
        }
        done = subprocess.run(
            [str(self.python), *arguments],
            env={**environment, "FREECO_HOME": str(self.home), "FREECO_TEST_DATABASES": "sqlite"},
            capture_output=True,
            text=True,
            check=False,
            cwd=options.get("cwd", self.folder),  # type: ignore[arg-type]
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def freeco(self, *arguments: str) -> str:
        """Run the command line."""
        return self.run("-c", "from freeco.cli import main; main()", *arguments)

    def install(self, *folders: Path) -> None:
        """Install these folders, copied as a stranger would have them."""
        self.run(
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--disable-pip-version-check",
            *map(str, folders),
        )

    def uninstall(self, name: str) -> None:
        """Uninstall a distribution."""
        self.run("-m", "pip", "uninstall", "--quiet", "--yes", name)


def copy_of(name: str, into: Path) -> Path:
    """Copy a distribution's folder alone, as it would be checked out somewhere else."""
    target = into / Path(name).name
    shutil.copytree(
        ROOT / name,
        target,
        ignore=shutil.ignore_patterns("__pycache__", "node_modules", ".pytest_cache"),
    )
    return target


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Give an environment with core, the charter and direct sales."""
    house = House(tmp_path / "house")
    house.install(*(copy_of(name, tmp_path) for name in OURS))
    return house


ITS_OWN = ("conformance", "contracts", "hooks", "orders", "pages", "papers", "sheets", "sales")


def test_a_module_uninstalled_leaves_the_rest_running_and_comes_back(
    house: House, tmp_path: Path
) -> None:
    house.freeco("demo", "--members", "30")
    before = house.run("-c", COUNT)
    assert house.run("-c", VISIT).split() == ["200", "200", "302"]

    house.uninstall("freeco-direct-sales")
    assert "direct_sales" not in house.freeco("modules")
    assert house.run("-c", VISIT).split() == ["200", "200", "404"]
    assert "à jour" in house.freeco("db", "upgrade")
    assert "sheet" not in house.freeco("--help")
    assert house.run("-c", COUNT) == before

    house.install(tmp_path / "direct_sales")
    assert "à jour" in house.freeco("db", "upgrade")
    assert house.run("-c", COUNT) == before
    assert "trois-ponts" in house.freeco("modules")
    assert house.run("-c", VISIT).split() == ["200", "200", "302"]


def test_a_module_s_folder_copied_alone_passes_its_own_tests(house: House, tmp_path: Path) -> None:
    alone = copy_of("modules/direct_sales", tmp_path / "elsewhere")
    pytest_alone = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib")
    collected = house.run(*pytest_alone, "--collect-only", ".", cwd=alone)
    assert "error" not in collected.strip().splitlines()[-1]
    # Some of them, on SQLite: both databases have had all these tests in this run already.
    told = house.run(*pytest_alone, *(f"tests/test_{name}.py" for name in ITS_OWN), cwd=alone)
    assert " passed" in told
    assert "failed" not in told
