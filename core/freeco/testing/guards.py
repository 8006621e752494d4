"""Lifting the guards of the database, as only its owner can, to tamper."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from freeco.db import db


@contextmanager
def guards_lifted() -> Iterator[None]:
    """Write in the session's transaction as if neither the ledger nor the record had triggers."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        db.session.execute(text("SET LOCAL session_replication_role = origin"))
        return
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = db.session.execute(query).all()
    for name, _sql in triggers:
        db.session.execute(text(f"DROP TRIGGER {name}"))
    yield
    connection = db.session.connection()
    for _name, sql in triggers:
        connection.exec_driver_sql(sql)
