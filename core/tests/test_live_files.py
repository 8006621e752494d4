"""A live database is read by another process: reading it here takes the locks away."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from freeco.testing.live_files import contents_of, keep_closed

COMES_AND_GOES = (
    "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM written')"
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "live.sqlite"


@pytest.fixture
def served(database: Path) -> sqlite3.Connection:
    """Give the connection of a process that goes on."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE written (value)")
    return connection


def another_comes_and_goes(database: Path) -> None:
    subprocess.run([sys.executable, "-c", COMES_AND_GOES, str(database)], check=True)


def written_through_a_second_connection(database: Path) -> int:
    second = sqlite3.connect(database, isolation_level=None)
    second.execute("INSERT INTO written VALUES (2)")
    return int(second.execute("SELECT count(*) FROM written").fetchone()[0])


def test_reading_the_files_here_breaks_the_next_connection(
    database: Path, served: sqlite3.Connection
) -> None:
    for each in database.parent.iterdir():
        each.read_bytes()
    another_comes_and_goes(database)
    served.execute("INSERT INTO written VALUES (1)")
    with pytest.raises(sqlite3.OperationalError) as refused:
        written_through_a_second_connection(database)
    assert refused.value.sqlite_errorname == "SQLITE_IOERR_SHORT_READ"


def test_reading_them_by_another_process_breaks_nothing(
    database: Path, served: sqlite3.Connection
) -> None:
    read = dict(contents_of(database.parent))
    assert {"live.sqlite", "live.sqlite-wal"} <= set(read)
    assert read["live.sqlite"].startswith(b"SQLite format 3")
    another_comes_and_goes(database)
    served.execute("INSERT INTO written VALUES (1)")
    assert written_through_a_second_connection(database) == 2


@pytest.mark.parametrize("which", ["", "-wal", "-shm"])
def test_who_reads_them_here_all_the_same_is_told(
    database: Path, served: sqlite3.Connection, which: str
) -> None:
    keep_closed(str(database))
    with pytest.raises(AssertionError):
        Path(f"{database}{which}").read_bytes()
