"""The files of a database that is open in this process: what a test may do with them.

Whoever opens a file of SQLite's beside SQLite and closes it again lets go of every lock that this
process held on it (https://www.sqlite.org/howtocorrupt.html, 2.2). The next process that comes and
goes then takes itself for the last one and removes the log; whoever connects here afterwards gets
an error of the disk.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

LOG, INDEX = "-wal", "-shm"
_live: set[str] = set()


def keep_closed(database: str) -> None:
    """Refuse from here on, with an AssertionError, that this process opens the files itself."""
    if not _live:
        sys.addaudithook(_refuse)
    _live.update(database + each for each in ("", LOG, INDEX))


def contents_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give the name, seen from the folder, and the bytes of each file, read by another process."""
    for each in sorted(folder.rglob("*")):
        if each.is_file():
            told = subprocess.run(["cat", str(each)], capture_output=True, check=True)
            yield str(each.relative_to(folder)), told.stdout


def log_of(engine: Engine) -> bytes:
    """Return SQLite's log as whoever has the machine's files reads it; empty once it is emptied."""
    database = Path(str(engine.url.database))
    return dict(contents_of(database.parent)).get(database.name + LOG, b"")


def copy(source: Path, target: Path) -> None:
    """Copy a database that nobody has open at this instant, or put it back; by another process."""
    subprocess.run(["cp", str(source), str(target)], check=True)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(arguments[0], str | os.PathLike):
        assert os.fspath(arguments[0]) not in _live, "another process must read a live database"
