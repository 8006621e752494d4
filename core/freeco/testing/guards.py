"""Lifting the ledger's guards, as only the owner of a database can: to empty it, to tamper."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from freeco.db import db


@contextmanager
def guards_lifted() -> Iterator[None]:
    """Write in the session's transaction as if the ledger had no triggers."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        db.session.execute(text("SET LOCAL session_replication_role = origin"))
        return
    # Dropping and setting triggers takes a while: most tests keep neither books nor shares.
    query = text("SELECT EXISTS (SELECT 1 FROM book) OR EXISTS (SELECT 1 FROM cost_share)")
    found = db.session.scalar(query)
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND :found")
    triggers = db.session.execute(query, {"found": found}).all()
    for name, _sql in triggers:
        db.session.execute(text(f"DROP TRIGGER {name}"))
    yield
    connection = db.session.connection()
    for _name, sql in triggers:
        connection.exec_driver_sql(sql)
