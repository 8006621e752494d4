"""The whole database in one file: SQLite's own backup, or PostgreSQL's own dump."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import Engine

from freeco.errors import Refusal
from freeco.i18n import _


class ToolMissing(Refusal):
    """PostgreSQL's own programs are needed."""

    reason = _("Il faut les programmes pg_dump et pg_restore (paquet postgresql-client).")


class ToolFailed(Refusal):
    """One of PostgreSQL's programs refused; its own words follow."""

    reason = _("PostgreSQL a refusé.")

    def __init__(self, words: str) -> None:
        super().__init__()
        self.reason = _("PostgreSQL a refusé : %(words)s", words=words)


class NotABackup(Refusal):
    """The file is something else."""

    reason = _("Ce fichier n’est pas une sauvegarde entière de cette sorte de base.")


def write(engine: Engine, file: Path) -> int:
    """Write a consistent copy while the site runs; return its size in bytes.

    The file appears only once it is whole. It holds personal data: keep it as such.
    Raises ToolMissing, ToolFailed.
    """
    partial = file.with_name(file.name + ".part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY, 0o600)
    os.close(descriptor)
    if engine.dialect.name == "sqlite":
        source = sqlite3.connect(str(engine.url.database))
        # What was deleted before SQLite was told to overwrite it goes along with no copy.
        source.execute("VACUUM INTO ?", (str(partial),))
        source.close()
    else:
        _run([_tool("pg_dump"), "--format=custom", f"--file={partial}", _address(engine)], engine)
    partial.replace(file)
    return file.stat().st_size


def restore(engine: Engine, file: Path) -> None:
    """Put the database back as it was in the copy, whole or not at all.

    Raises NotABackup, ToolMissing, ToolFailed.
    """
    engine.dispose()
    if engine.dialect.name == "sqlite":
        _restore_sqlite(Path(str(engine.url.database)), file)
        return
    with file.open("rb") as content:
        if content.read(5) != b"PGDMP":
            raise NotABackup
    _run(
        [
            _tool("pg_restore"),
            "--clean",
            "--if-exists",
            "--single-transaction",
            "--no-owner",
            f"--dbname={_address(engine)}",
            str(file),
        ],
        engine,
    )


def _restore_sqlite(database: Path, file: Path) -> None:
    source = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        if source.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise NotABackup
        source.execute("SELECT 1 FROM community LIMIT 1")
        target = sqlite3.connect(database)
        with target:
            source.backup(target)
        target.close()
    except sqlite3.DatabaseError as error:
        raise NotABackup from error
    finally:
        source.close()


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ToolMissing
    return found


def _address(engine: Engine) -> str:
    parts = engine.url.set(drivername="postgresql")._replace(password=None)
    return parts.render_as_string(hide_password=False)


def _run(command: list[str], engine: Engine) -> None:
    """Run one of PostgreSQL's programs; the password goes where ``ps`` does not show it."""
    environment = {**os.environ, "PGPASSWORD": engine.url.password or ""}
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode != 0:
        raise ToolFailed(done.stderr.strip())
