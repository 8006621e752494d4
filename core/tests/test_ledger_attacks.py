"""Raw SQL against the ledger, past all our code: nothing is accepted, on either engine."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from freeco.accounting.audit import check
from freeco.accounting.books import close, open_book
from freeco.accounting.ledger import credit, debit, post
from freeco.accounting.models import Account, AccountBalance, Book, Entry, Journal, Posting
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.testing import ENGINES

REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError)
STAYS = "stays|FOREIGN KEY|foreign key"
SEALED = "never changes"


def line(
    number: int = 4,
    at: int = 1,
    cents: object = 100,
    *,
    book: str = "{book}",
    account: str = "{cash}",
    currency: str = "EUR",
    verb: str = "INSERT",
) -> str:
    return (
        f"{verb} INTO posting (book_id, number, line, account_id, party, amount, currency)"
        f" VALUES ({book}, {number}, {at}, {account}, '', {cents}, '{currency}')"
    )


def head(
    number: int = 4,
    *,
    previous: str = "{tip}",
    key: str = "raw",
    day: str = "2026-05-01",
    journal: str = "{journal}",
    reverses: str = "NULL",
    digest: str = "ab" * 32,
    verb: str = "INSERT",
    more: tuple[str, str] = ("", ""),
    end: str = "",
) -> str:
    return (
        f"{verb} INTO ledger_entry ({more[0]}book_id, number, journal_id, day, label, piece,"
        f" piece_day, key, reverses, sealed_at, previous, hash)"
        f" VALUES ({more[1]}{{book}}, {number}, {journal}, '{day}', 'Vente', 'FA-1',"
        f" '{day}', '{key}', {reverses}, '2026-05-01 10:00:00', '{previous}', '{digest}'){end}"
    )


LINES = [line(), line(at=2, cents=-100, account="{sales}")]
MIRROR = [line(cents=-100), line(at=2, cents=100, account="{sales}")]

MIRROR_5 = [line(5, 1, -100), line(5, 2, 100, account="{sales}")]
AGAIN = {"previous": "ab" * 32, "key": "raw2", "reverses": "3", "digest": "cd" * 32}
HEAD_5 = head(5, **AGAIN)
COUNT = "UPDATE account_balance SET debit = debit + 100, number = 4"

ATTACKS: dict[str, tuple[list[str], str]] = {
    "a cent too many": ([line(cents=101), LINES[1], head()], "debits and credits differ"),
    "one line": ([line(), head()], "two lines"),
    "no line": ([head()], "two lines"),
    "lines that begin at 2": (
        [line(at=2), line(at=3, cents=-100), head()],
        "two lines or more, numbered",
    ),
    "lines without a header": (LINES, "FOREIGN KEY|foreign key"),
    "a line for an entry to come": ([line(9), line(9, 2, -100)], "next entry only"),
    "a line in a sealed entry": ([line(3, 3)], "is sealed"),
    "two lines that cancel in a sealed entry": ([line(3, 3), line(3, 4, -100)], "is sealed"),
    "half a cent": ([line(cents=0.5), line(at=2, cents=-0.5, account="{sales}")], "posting_whole"),
    "a cent and a half on one side": ([line(cents=1.5), line(at=2, cents=-1.5)], "posting_whole"),
    "nothing": ([line(cents=0), LINES[1], head()], "posting_amount"),
    "a sum beyond all sums": ([line(cents=10**17)], "posting_amount"),
    "another currency": ([line(currency="CHF")], "another currency"),
    "the account of another book": ([line(account="{foreign}")], "account of another book"),
    "an account that is not there": ([line(account="999999")], "account of another book"),
    "the journal of another book": ([*LINES, head(journal="{theirs}")], "journal of another book"),
    "a gap": ([line(5), line(5, 2, -100), head(5)], "next entry only"),
    "a header with a gap": ([*LINES, head(5)], "no gap"),
    "a number again": ([*LINES, head(3)], "no gap|exists"),
    "a chain that forks": ([*LINES, head(previous="{before}")], "chain is broken"),
    "a chain that begins again": ([*LINES, head(previous="0" * 64)], "chain is broken"),
    "a hash again": ([*LINES, head(digest="{tip}")], "exists|uq_ledger_entry_hash"),
    "no hash": ([*LINES, head(digest="Z" * 64)], "not a hash"),
    "a short hash": ([*LINES, head(digest="ab")], "hash"),
    "a key again": ([*LINES, head(key="sale:3")], "exists|uq_ledger_entry_book_id_key"),
    "a day in a closed period": ([*LINES, head(day="2026-01-31")], "period is closed"),
    "a reversal that is not a mirror": ([*LINES, head(reverses="3")], "mirrors"),
    "a reversal of what does not exist": ([*MIRROR, head(reverses="77")], "mirrors"),
    "a second reversal": ([*MIRROR, head(reverses="3"), *MIRROR_5, HEAD_5], "already|reverses"),
    "a cash box below nought": (
        [line(cents=-999), line(at=2, cents=999, account="{sales}"), head()],
        "overdrawn",
    ),
    "an amount changed": (
        ["UPDATE posting SET amount = amount * 2 WHERE book_id = {book}"],
        SEALED,
    ),
    "a label changed": (["UPDATE ledger_entry SET label = 'x' WHERE number = 1"], SEALED),
    "all deleted": (["DELETE FROM ledger_entry"], "(an entry|row of a real book) stays"),
    "a line deleted": (["DELETE FROM posting WHERE number = 1 AND line = 1"], STAYS),
    "an entry deleted": (
        ["DELETE FROM posting WHERE number = 3", "DELETE FROM ledger_entry WHERE number = 3"],
        STAYS,
    ),
    "an account deleted": (["DELETE FROM account WHERE code = '512'"], STAYS),
    "a journal deleted": (["DELETE FROM journal WHERE code = 'AN'"], STAYS),
    "a book deleted": (["DELETE FROM book"], "real book stays"),
    "a guard taken off": (["UPDATE account SET guard = 0 WHERE code = '531'"], "only the label"),
    "an account renumbered": (["UPDATE account SET code = '5310' WHERE code = '531'"], "only the"),
    "a journal renamed": (["UPDATE journal SET code = 'ZZ' WHERE code = 'CA'"], "only the label"),
    "a period opened again": (["UPDATE book SET closed_through = NULL"], "only closes further"),
    "a period shortened": (
        ["UPDATE book SET closed_through = '2020-01-01'"],
        "only closes further",
    ),
    "a book called a rehearsal": (
        ["UPDATE book SET rehearsal = (1 = 1) WHERE organisation_id IS NOT NULL"],
        "only closes further",
    ),
    "another currency for the book": (["UPDATE book SET currency = 'CHF'"], "only closes further"),
    "a balance changed": (["UPDATE account_balance SET debit = debit + 1"], "sum of its lines"),
    "a balance moved on": (
        ["UPDATE account_balance SET number = number + 1, debit = debit + 100"],
        "sum of its lines",
    ),
    "a balance from nowhere": (
        ["INSERT INTO account_balance VALUES ({bank}, 100, 0, 1)"],
        "sum of its lines",
    ),
    "a balance deleted": (["DELETE FROM account_balance"], STAYS),
    "a balance counted before it is sealed": (
        [*LINES, COUNT + " WHERE account_id = {cash}", head()],
        "sum of its lines",
    ),
}
ON_SQLITE: dict[str, tuple[list[str], str]] = {
    "an entry replaced": ([*LINES, head(3, verb="INSERT OR REPLACE")], "exists"),
    "an entry replaced by its id": (
        [*LINES, head(verb="INSERT OR REPLACE", more=("id, ", "{entry}, "))],
        "exists",
    ),
    "an entry replaced by its key": (
        [*LINES, head(verb="INSERT OR REPLACE", key="sale:3")],
        "exists",
    ),
    "an entry replaced by its reversal": (
        [*MIRROR, head(reverses="3"), *MIRROR_5, head(5, **AGAIN, verb="INSERT OR REPLACE")],
        "reversed already",
    ),
    "a line replaced": ([line(3, 1, 5, verb="INSERT OR REPLACE")], "is sealed"),
    "an update or replace": (
        ["UPDATE OR REPLACE ledger_entry SET number = 2 WHERE number = 1"],
        SEALED,
    ),
    "an account replaced": (
        ["INSERT OR REPLACE INTO account VALUES ({cash}, {book}, '531', 'Caisse', 0)"],
        "exists",
    ),
    "a journal replaced": (["REPLACE INTO journal VALUES ({journal}, 1, 'CA', '')"], "exists"),
    "a book replaced": (
        [
            "INSERT OR REPLACE INTO book SELECT id, organisation_id, chart, currency, 1, NULL,"
            " opened_at FROM book WHERE organisation_id IS NOT NULL"
        ],
        "exists",
    ),
    "words for an amount": ([line(cents="'beaucoup'")], "posting_amount"),
    "a day that is none": ([*LINES, head(day="demain")], "not a day"),
    "an insertion that ignores": ([line(3, 3, verb="INSERT OR IGNORE")], "is sealed"),
}
ON_POSTGRESQL: dict[str, tuple[list[str], str]] = {
    f"{each} emptied": ([f"TRUNCATE {each} CASCADE"], f"emptied: {each}\n")
    for each in ("book", "account", "journal", "ledger_entry", "posting", "account_balance")
} | {
    "an upsert": (
        [*LINES, head(3, end=" ON CONFLICT (book_id, number) DO UPDATE SET label = 'x'")],
        "no gap",
    ),
    "an upsert by key": (
        [*LINES, head(key="sale:3", end=" ON CONFLICT (book_id, key) DO UPDATE SET label = 'x'")],
        SEALED,
    ),
}
OWN = {"sqlite": ON_SQLITE, "postgresql": ON_POSTGRESQL}
CASES = [
    pytest.param(engine, statements, why, id=f"{engine}-{name}")
    for engine in ENGINES
    for name, (statements, why) in {**ATTACKS, **OWN[engine]}.items()
]


@pytest.fixture
def names(app: Flask, community: Community) -> dict[str, Any]:
    """Give a book of three entries, another's book, and what an attacker would know of them."""
    book = open_book(None)
    for number in range(1, 4):
        lines = [debit("531", Money(100)), credit("707", Money(100))]
        post(book, "CA", date(2026, 3, number), "Vente", lines, f"sale:{number}")
    gardens = Organisation(kind="association", name="Les Jardins")
    db.session.add(Member(community=community, organisation=gardens))
    db.session.flush()
    other = open_book(gardens)
    for each in (book, other):
        close(each, date(2026, 1, 31))
    db.session.commit()
    entries = {each.number: each for each in db.session.scalars(select(Entry))}

    def account(code: str, of: Book = book) -> int:
        query = select(Account.id).where(Account.book_id == of.id, Account.code == code)
        return db.session.scalars(query).one()

    def journal(of: Book) -> int:
        query = select(Journal.id).where(Journal.book_id == of.id, Journal.code == "CA")
        return db.session.scalars(query).one()

    found = {
        "book": book.id,
        "cash": account("531"),
        "sales": account("707"),
        "bank": account("512"),
        "foreign": account("531", other),
        "journal": journal(book),
        "theirs": journal(other),
        "tip": entries[3].hash,
        "before": entries[2].hash,
        "entry": entries[1].id,
    }
    db.session.commit()
    return found


def run(outsider: Any, statements: list[str], names: dict[str, Any]) -> None:
    for each in statements:
        outsider.execute(each.format(**names))
    outsider.commit()


@pytest.fixture
def outsider(names: dict[str, Any]) -> Iterator[Any]:
    """Give a connection that none of our code has touched."""
    url = db.engine.url
    if url.drivername.startswith("sqlite"):
        with closing(sqlite3.connect(str(url.database))) as connection:
            connection.execute("PRAGMA foreign_keys=ON")
            yield connection
        return
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        yield connection
        connection.rollback()


def contents() -> list[Any]:
    tables = (Book, Journal, Account, Entry, Posting, AccountBalance)
    found = [db.session.execute(select(each.__table__)).all() for each in tables]
    db.session.rollback()
    return [sorted(rows, key=repr) for rows in found]


@pytest.mark.parametrize(("engine_name", "statements", "why"), CASES, indirect=["engine_name"])
def test_nothing_is_accepted(
    statements: list[str], why: str, outsider: Any, names: dict[str, Any]
) -> None:
    before = contents()
    with pytest.raises(REFUSED) as refused:
        run(outsider, statements, names)
    outsider.rollback()
    assert re.search(why, str(refused.value)), str(refused.value)
    assert contents() == before
    assert check(db.session.get_one(Book, names["book"])).faults == ()


def test_an_entry_in_order_passes_the_guards_and_the_audit_finds_its_false_hash(
    outsider: Any, names: dict[str, Any]
) -> None:
    """The attacks above fail for what they say, not for a slip in their words."""
    run(outsider, [*LINES, head()], names)
    found = check(db.session.get_one(Book, names["book"]))
    assert [each.number for each in found.faults] == [4]
    assert found.entries == 4
