"""The database: the base of every model, its column types, and the locks of both engines."""

import sqlite3
from collections import deque
from datetime import UTC, datetime
from threading import Lock, RLock
from typing import Any

from flask import Flask, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Connection, DateTime, Engine, MetaData, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass
from sqlalchemy.types import TypeDecorator

from freeco.money import Money

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_TIMEOUT_MILLISECONDS = 15_000
A_MOMENT_MILLISECONDS = 500
LONGEST_LOCK_MILLISECONDS = 2 * BUSY_TIMEOUT_MILLISECONDS
"""On PostgreSQL, as long as SQLite's two waits: in this process, then for the others."""
PRIMARY_CODE = 0xFF
BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
BUSY_STATES = frozenset({"55P03", "40P01"})
"""PostgreSQL's: a lock did not come in time, and two waited for each other."""
ONLY_READS = "freeco.only_reads"
HAS_TURN = "freeco.has_turn"


class MoneyCents(TypeDecorator[Money]):
    """Money in a column: integer cents; the currency is the euro of every community so far."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        """Store the cents; refuse another currency rather than lose it."""
        if value is None:
            return None
        if value.currency != "EUR":
            raise ValueError(f"this column holds euros, not {value.currency}")
        return value.cents

    def process_result_value(self, value: Any, dialect: Dialect) -> Money | None:
        """Read the cents back as euros."""
        return None if value is None else Money(int(value))


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: nobody would know whose clock it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read the instant as aware UTC; SQLite forgets the zone."""
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


class Model(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False):
    """Base of every table; ``eq=False`` keeps rows hashable by identity."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {Money: MoneyCents(), datetime: UtcDateTime()}


db = SQLAlchemy(metadata=Model.metadata)


def _only_reads() -> bool:
    return has_request_context() and (
        request.method in {"GET", "HEAD", "OPTIONS"} or ONLY_READS in request.environ
    )


def is_busy(error: OperationalError) -> bool:
    """Whether others write so much that a turn did not come; the same may pass a moment later."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return (code & PRIMARY_CODE) in BUSY_CODES
    return getattr(error.orig, "sqlstate", None) in BUSY_STATES


def only_read() -> None:
    """Give up what is not committed: from here on this request only reads, to show its answer.

    On SQLite others may write meanwhile.
    """
    db.session.rollback()
    if has_request_context():
        request.environ[ONLY_READS] = True


class _Turns:
    """Who writes next in this process: SQLite lets one write at a time.

    Who waits here is woken at once, whoever came first first. SQLite's own waiting looks again
    every tenth of a second, and serves who just came before who has waited long: on a busy evening
    somebody waits in vain. So they do at a plain lock: who has just let go takes it again.
    """

    def __init__(self) -> None:
        # Reentrant: a connection that nobody holds any more may be collected at any moment.
        self._guard = RLock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def begin(self, connection: Connection) -> None:
        """Wait for one's turn, then begin to write; other processes are waited for by SQLite."""
        if self._wait():
            connection.info[HAS_TURN] = True
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            self.give(connection.info)
            raise

    def give(self, info: dict[Any, Any]) -> None:
        """Let the next one write; twice is once."""
        if info.pop(HAS_TURN, False):
            with self._guard:
                self._taken = bool(self._waiting)
                if self._waiting:
                    self._waiting.popleft().release()

    def _wait(self) -> bool:
        """Stand in line; whether one's turn came in time."""
        mine = Lock()
        mine.acquire()
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            self._waiting.append(mine)
        if mine.acquire(timeout=BUSY_TIMEOUT_MILLISECONDS / 1000):
            return True
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True  # it came as patience ended


def configure_engine(engine: Engine) -> None:
    """Make an engine keep Freeco's promises about locks.

    SQLite begins with ``BEGIN IMMEDIATE`` for everything but a page that only reads: the
    ``FOR UPDATE`` of PostgreSQL is silently nothing there, and a transaction that reads
    first and writes later would over-book or fail. PostgreSQL's locks are not waited for without
    end either.
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _bound_waiting)
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MILLISECONDS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            # What is deleted is overwritten: nobody reads it in the file afterwards.
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    turns = _Turns()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if _only_reads():
            connection.exec_driver_sql("BEGIN")
        else:
            turns.begin(connection)

    @event.listens_for(engine, "commit")
    @event.listens_for(engine, "rollback")
    def _end(connection: Connection) -> None:
        turns.give(connection.info)

    @event.listens_for(engine, "checkin")
    @event.listens_for(engine, "invalidate")
    def _gone(_connection: object, record: Any, *_error: object) -> None:
        turns.give(record.info)


def _bound_waiting(connection: Any, _record: object) -> None:
    """Wait for another's lock on PostgreSQL as long as on SQLite, and no longer."""
    connection.autocommit = True  # else a rollback would take it back
    connection.execute(f"SET lock_timeout = {LONGEST_LOCK_MILLISECONDS}")
    connection.autocommit = False


def init_database(app: Flask) -> None:
    """Bind the database to the application and prepare its engine."""
    db.init_app(app)
    with app.app_context():
        configure_engine(db.engine)


def leave_no_trace() -> None:
    """Empty SQLite's log of what was overwritten or deleted; once it is committed.

    Readers are waited for a moment only: what they still need stays until the next time.
    PostgreSQL clears its own pages in its own time; a copy of the database never held them.
    """
    if db.engine.dialect.name == "sqlite":
        db.session.rollback()
        with db.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            if raw is not None:
                cursor = raw.cursor()
                cursor.execute(f"PRAGMA busy_timeout={A_MOMENT_MILLISECONDS}")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MILLISECONDS}")


def lock(row: Model) -> None:
    """Lock a row until the transaction ends, and read it as it is now.

    ``SELECT ... FOR NO KEY UPDATE`` on PostgreSQL, which does not hold up rows that merely
    refer to this one; SQLite holds its one write lock already. What was
    changed and not yet written is written first: a plain ``refresh`` would throw it away.
    """
    db.session.flush()
    db.session.refresh(row, with_for_update={"key_share": True, "of": type(row)})
