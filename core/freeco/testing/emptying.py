"""Emptying the database between two tests: nearly every test begins with it, so it is quick.

No guard and no foreign key is asked meanwhile, as only who owns a database can have it.
"""

import sqlite3
from collections.abc import Callable

from sqlalchemy import Engine, text

from freeco.db import Model

# A schema of its own: the tests that look at ours find nothing more there. Rows are deleted,
# for TRUNCATE makes new files for each table and each index, be they empty already. Numbers
# begin at one again, those that a transaction took and did not keep too.
FUNCTION = """
CREATE FUNCTION testing.empty_tables() RETURNS void LANGUAGE plpgsql
SET session_replication_role = replica AS $$
BEGIN
{deletions}
PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence
    WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
END $$
"""


def emptying(engine: Engine) -> Callable[[], None]:
    """Return what deletes every row of a database that is migrated already."""
    names = [table.name for table in Model.metadata.sorted_tables]
    if engine.dialect.name == "postgresql":
        return _of_postgresql(engine, names)
    return _of_sqlite(str(engine.url.database), names)


def _of_postgresql(engine: Engine, names: list[str]) -> Callable[[], None]:
    deletions = "\n".join(f"DELETE FROM {name};" for name in names)  # noqa: S608 - our own names
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA testing"))
        connection.exec_driver_sql(FUNCTION.format(deletions=deletions))

    def empty() -> None:
        with engine.begin() as connection:
            connection.execute(text("SELECT testing.empty_tables()"))

    return empty


def _of_sqlite(path: str, names: list[str]) -> Callable[[], None]:
    """Keep a connection for it: for the others, the triggers are what they were."""
    connection = sqlite3.connect(path, timeout=15, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.set_authorizer(_silent_triggers)
    full = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})"  # noqa: S608 - our own names
        for name in names
    )

    def empty() -> None:
        connection.execute("BEGIN IMMEDIATE")
        for (name,) in connection.execute(full).fetchall():
            connection.execute(f"DELETE FROM {name}")  # noqa: S608 - our own names
        connection.execute("COMMIT")

    return empty


def _silent_triggers(action: int, *names: str | None) -> int:
    """Leave out what a trigger selects: that is how a guard refuses."""
    if action == sqlite3.SQLITE_SELECT and names[-1] is not None:
        return sqlite3.SQLITE_IGNORE
    return sqlite3.SQLITE_OK
