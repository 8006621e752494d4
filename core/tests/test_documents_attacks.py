"""Raw SQL against the documents, past all our code: nothing is accepted, on either engine."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from freeco.accounting.books import open_book
from freeco.db import db
from freeco.documents.amounts import line_of
from freeco.documents.issuing import issue_credit_note, issue_invoice
from freeco.documents.models import Document
from freeco.documents.sellers import Buyer
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation

DAY = date(2026, 11, 30)
INTO = (
    "INTO document (book_id, series_id, kind, position, number, issued_on, party, total, vat,"
    " content, key, sha256, xml, issued_at, entry_id, corrects_id)"
)
SERIES = "INSERT INTO document_series (book_id, kind, year, last) VALUES"


def row(
    *,
    verb: str = "INSERT",
    series: str = "{series}",
    kind: str = "invoice",
    position: object = 3,
    number: str = "F2026-00003",
    day: str = "2026-12-01",
    key: str = "raw",
    entry: str = "NULL",
    corrects: str = "NULL",
    total: object = 100,
    vat: object = 0,
    sha256: str = "ab" * 32,
    book: str = "{book}",
) -> str:
    values = (
        f"{book}, {series}, '{kind}', {position}, '{number}', '{day}', 'core:household:7',"
        f" {total}, {vat}, content, '{key}', '{sha256}', xml, issued_at, {entry}, {corrects}"
    )
    return " ".join((verb, INTO, "SELECT", values, "FROM document WHERE id = {first}"))


ATTACKS = {
    "a gap": (row(position=4), "no gap"),
    "a position again": (row(position=2), "no gap|exists"),
    "position nought": (row(position=0), "no gap|position"),
    "a number again": (row(number="F2026-00001"), "exists|uq_document"),
    "a key again": (row(key="a"), "exists|uq_document"),
    "a day before the last": (row(day="2026-11-29"), "follows the days"),
    "another year": (row(day="2027-01-01"), "book, kind or year"),
    "another kind": (row(kind="receipt"), "book, kind or year"),
    "the series of another book": (row(series="{theirs}"), "book, kind or year"),
    "an entry that says another number": (row(entry="{entry}"), "entry of another book"),
    "correcting somebody else's": (row(corrects="{foreign}"), "document of another book"),
    "no amount": (row(total=0), "document_amounts"),
    "more VAT than price": (row(vat=100), "document_amounts"),
    "no hash": (row(sha256="ab"), "document_sha256"),
    "a total changed": ("UPDATE document SET total = total + 1", "never changes"),
    "a number changed": ("UPDATE document SET number = 'F2026-99999'", "never changes"),
    "a content changed": ("UPDATE document SET content = '{{}}'", "never changes"),
    "a day changed": ("UPDATE document SET issued_on = '2026-12-02'", "never changes"),
    "an XML changed": ("UPDATE document SET xml = NULL", "never changes|xml"),
    "a PDF taken away": ("UPDATE document SET pdf = NULL", "never changes"),
    "a PDF and a total": ("UPDATE document SET pdf = xml, total = 1", "never changes|pdf"),
    "all deleted": ("DELETE FROM document", "stays"),
    "the last one deleted": ("DELETE FROM document WHERE position = 2", "stays"),
    "a series deleted": ("DELETE FROM document_series", "stays|FOREIGN|foreign"),
    "a series moved": ("UPDATE document_series SET last = last + 1", "with its document"),
    "a series moved back": ("UPDATE document_series SET last = 0", "with its document"),
    "a series renamed": ("UPDATE document_series SET year = 2030", "with its document"),
    "a series that begins late": (f"{SERIES} ({{book}}, 'receipt', 2026, 5)", "begins at nought"),
    "a series again": (
        f"{SERIES} ({{book}}, 'invoice', 2026, 0)",
        "exists|uq_document_series",
    ),
}
SQLITE_ONLY = {
    "a row replaced": (
        row(verb="INSERT OR REPLACE", position=2, number="F2026-00002"),
        "exists|no gap",
    ),
    "a change that replaces": (
        "UPDATE OR REPLACE document SET number = 'F2026-00001' WHERE position = 2",
        "never changes",
    ),
    "a day that is none": (row(day="2026-12"), "not a day|year"),
}
POSTGRESQL_ONLY = {
    "emptied": ("TRUNCATE document CASCADE", "nothing is emptied"),
    "series emptied": ("TRUNCATE document_series CASCADE", "nothing is emptied"),
    "half a position": (row(position="2.4"), "no gap"),
}


def issue(community: Community, name: str, *keys: str) -> list[Document]:
    farm = Organisation(
        kind="company", name=name, siren="732829320", address="Les Vergnes", commune="Assiac"
    )
    db.session.add(Member(community=community, organisation=farm))
    db.session.flush()
    book = open_book(farm)
    lines = [line_of("Panier", Money(1150))]
    buyer = Buyer("core:household:7", "Foyer Fabre")
    return [
        issue_invoice(book, buyer=buyer, lines=lines, day=DAY, key=key, community=community)
        for key in keys
    ]


def all_rows() -> list[object]:
    found: list[object] = []
    for query in (
        "SELECT * FROM document ORDER BY id",
        "SELECT * FROM document_series ORDER BY id",
    ):
        found.extend(tuple(map(repr, each)) for each in db.session.execute(text(query)))
    return found


def attempt(attack: str, name: str) -> None:
    db.session.execute(text(attack))
    db.session.commit()
    pytest.fail(f"accepted: {name}")


def test_no_raw_sql_gets_past_the_guards(community: Community, engine_name: str) -> None:
    first, _second = issue(community, "GAEC des Vergnes", "a", "b")
    issue_credit_note(first, reason="Rendu", day=DAY, key="n")
    foreign = issue(community, "Le Fournil", "a")[0]
    db.session.commit()
    names = {
        "book": first.book_id,
        "series": first.series_id,
        "theirs": foreign.series_id,
        "entry": first.entry_id,
        "foreign": foreign.id,
        "first": first.id,
    }
    before = all_rows()
    db.session.rollback()
    more = SQLITE_ONLY if engine_name == "sqlite" else POSTGRESQL_ONLY
    for name, (attack, said) in (ATTACKS | more).items():
        with pytest.raises(IntegrityError, match=said):
            attempt(attack.format(**names), name)
        db.session.rollback()
    assert all_rows() == before


def test_the_paper_is_filled_in_once(community: Community) -> None:
    document = issue(community, "GAEC des Vergnes", "a")[0]
    db.session.commit()
    document.pdf = b"%PDF the first"
    db.session.commit()
    document.pdf = b"%PDF another"
    with pytest.raises(IntegrityError, match="never changes"):
        db.session.commit()
    db.session.rollback()
    assert document.pdf == b"%PDF the first"


def test_the_next_honest_invoice_still_passes(app: Flask, community: Community) -> None:
    document = issue(community, "GAEC des Vergnes", "a")[0]
    names = {"book": document.book_id, "series": document.series_id, "first": document.id}
    db.session.commit()
    db.session.execute(text(row(position=2, number="F2026-00002").format(**names)))
    db.session.commit()
    assert document.series.last == 2
