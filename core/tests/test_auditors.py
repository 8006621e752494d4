"""Programs that others wrote read our books, and find what was planted in them."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from freeco.accounting.audit import check, rebuild_balances
from freeco.accounting.books import open_book
from freeco.accounting.exports import Format, export
from freeco.accounting.models import Book
from freeco.db import db
from freeco.testing import migrated_app, settings_for
from freeco.testing.auditors import AUDITORS, EVERYBODY, FAULTS, refused
from freeco.testing.books import fill_book
from freeco.testing.guards import guards_lifted

ENTRIES = 300


def filled() -> Book:
    """Return a book that began the year before and goes on after."""
    book = open_book(None)
    fill_book(book, 40, date(2025, 1, 1), date(2025, 12, 31))
    fill_book(book, ENTRIES, date(2026, 1, 1), date(2026, 12, 31))
    fill_book(book, 10, date(2027, 1, 1), date(2027, 3, 1))
    db.session.commit()
    return book


def who_refuses(book: Book, folder: Path) -> set[str]:
    """Ask every auditor about the exports of a book as it is."""
    found = set()
    for auditor, (form, _words) in AUDITORS.items():
        exported = export(book, form, 2026)
        file = folder / exported.name
        file.write_bytes(exported.content)
        if refused(auditor, file):
            found.add(auditor)
    return found


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[Format, str]:
    """Give a year in both text formats; what is planted in them needs no database."""
    home = tmp_path_factory.mktemp("book")
    app = migrated_app(settings_for(f"sqlite:///{home / 'freeco.sqlite'}", home))
    with app.app_context():
        book = filled()
        found: dict[Format, str] = {
            form: export(book, form, 2026).content.decode() for form in ("hledger", "beancount")
        }
        db.session.remove()
        db.engine.dispose()
    return found


@pytest.mark.parametrize("year", [2025, 2026, 2027, None])
@pytest.mark.parametrize("auditor", AUDITORS)
def test_an_auditor_accepts_our_books(
    app: Flask, tmp_path: Path, auditor: str, year: int | None
) -> None:
    exported = export(filled(), AUDITORS[auditor][0], year)
    file = tmp_path / exported.name
    file.write_bytes(exported.content)
    assert refused(auditor, file) == ""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_planted_in_a_file_is_found_by(
    exports: dict[Format, str], tmp_path: Path, fault: str
) -> None:
    change, finders = FAULTS[fault]
    found = set()
    for auditor, (form, _words) in AUDITORS.items():
        file = tmp_path / form
        file.write_text(change(exports[form]), "utf-8")
        assert change(exports[form]) != exports[form]
        if refused(auditor, file):
            found.add(auditor)
    assert found == finders


TAMPERINGS: dict[str, tuple[tuple[str, ...], bool, frozenset[str]]] = {
    "the amounts of an entry are doubled": (
        ("UPDATE posting SET amount = amount * 2 WHERE number = 150",),
        False,
        EVERYBODY | {"check"},
    ),
    "the balances are computed again afterwards": (
        ("UPDATE posting SET amount = amount * 2 WHERE number = 150",),
        True,
        frozenset({"check"}),
    ),
    "a hash is replaced": (
        ("UPDATE ledger_entry SET hash = 'beef' || substr(hash, 5) WHERE number = 150",),
        False,
        frozenset({"check"}),
    ),
    "a balance is one cent off": (
        (
            "UPDATE account_balance SET debit = debit + 1"
            " WHERE account_id = (SELECT min(account_id) FROM account_balance)",
        ),
        False,
        EVERYBODY | {"check"},
    ),
    "an entry of the year is moved to another": (
        ("UPDATE ledger_entry SET day = '2027-01-01' WHERE number = 150",),
        False,
        frozenset({"check"}),
    ),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_the_owner_of_the_database_changes_is_found_by(
    app: Flask, tmp_path: Path, tampering: str
) -> None:
    book = filled()
    statements, rebuilt, finders = TAMPERINGS[tampering]
    with guards_lifted():
        for statement in statements:
            db.session.execute(text(statement))
        if rebuilt:
            rebuild_balances(book)
    db.session.expire_all()
    found = who_refuses(book, tmp_path)
    if check(book).faults:
        found.add("check")
    db.session.rollback()
    assert found == finders
