"""Books as files: what they say, what they never say, and the chain computed again from them."""

import csv
import io
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from freeco.accounting.books import open_book
from freeco.accounting.export_commands import export_book
from freeco.accounting.exports import FORMATS, Format, export
from freeco.accounting.exports.excerpt import decimal, nature, plain, read
from freeco.accounting.facts import Part, Received, Sale
from freeco.accounting.ledger import balance
from freeco.accounting.models import Book
from freeco.accounting.recording import record
from freeco.clock import today
from freeco.db import db
from freeco.members.models import Person
from freeco.money import Money
from freeco.payments.parties import party_of
from freeco.testing.books import fill_book

ROOT = Path(__file__).parent.parent.parent
RECOMPUTE = ROOT / "docs" / "recompute_chain.py"


@pytest.fixture
def book(app: Flask) -> Book:
    """Give a book of three years, with odd labels."""
    book = open_book(None)
    for year, entries in ((2024, 12), (2025, 60), (2026, 9)):
        fill_book(book, entries, date(year, 1, 1), date(year, 12, 31))
    db.session.commit()
    return book


def run(book: str, output: Path, *words: str) -> Result:
    """Export with the command, within the application of the test."""
    return CliRunner().invoke(export_book, ["--book", book, "--output", str(output), *words])


def recomputed(folder: Path, content: bytes) -> subprocess.CompletedProcess[str]:
    file = folder / "livre.csv"
    file.write_bytes(content)
    return subprocess.run(
        [sys.executable, str(RECOMPUTE), str(file)], capture_output=True, text=True, check=False
    )


def test_anybody_computes_the_chain_again_from_the_table_alone(book: Book, tmp_path: Path) -> None:
    found = recomputed(tmp_path, export(book, "csv").content)
    last = read(book).entries[-1]
    assert found.returncode == 0, found.stderr
    assert last.hash in found.stdout
    assert "81" in found.stdout
    assert recomputed(tmp_path, export(book, "csv", 2025).content).returncode == 0
    assert len(RECOMPUTE.read_text("utf-8").splitlines()) < 36


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("Cotisation", "Cotisatiom"),
        (";core:household:", ";core:household:9"),
        (";1500;", ";1501;"),
        ("\n1;7;", "\n1;8;"),
    ],
)
def test_a_table_that_was_changed_is_not_believed(
    book: Book, tmp_path: Path, said: str, changed: str
) -> None:
    content = export(book, "csv").content.decode()
    assert said in content
    found = recomputed(tmp_path, content.replace(said, changed, 1).encode())
    assert found.returncode == 1
    assert "n’est pas celle" in found.stderr


def test_a_table_shields_a_spreadsheet_from_formulas(app: Flask, tmp_path: Path) -> None:
    book = open_book(None)
    label, piece = "=HYPERLINK(1)", "'=1+1"
    parts = (Part(Money(500)),)
    record(book, Sale("core:household:1", parts, label=label), date(2026, 1, 2), "a", piece=piece)
    db.session.commit()
    content = export(book, "csv").content.decode("utf-8-sig")
    (first, _second) = csv.DictReader(io.StringIO(content, newline=""), delimiter=";")
    assert (first["libelle"], first["piece"]) == ("'=HYPERLINK(1)", "''=1+1")
    assert recomputed(tmp_path, content.encode()).returncode == 0


def test_a_year_opens_where_the_years_before_left_it(book: Book) -> None:
    excerpt = read(book, 2025)
    assert excerpt.opening == {code: c for code, c in read(book, 2024).after.items() if c}
    assert {code: c for code, c in excerpt.after.items() if c} == read(book, 2026).opening
    moved = sum(line.cents for each in excerpt.entries for line in each.lines)
    assert moved == sum(excerpt.after.values()) == 0


def test_the_balances_of_the_last_year_are_those_of_the_table_of_balances(book: Book) -> None:
    excerpt = read(book, 2026)
    assert excerpt.after == {code: balance(book, code).cents for code in excerpt.after}
    assert "moins les mouvements" not in "".join(excerpt.heading)
    assert "moins les mouvements" in "".join(read(book, 2025).heading)


@pytest.mark.parametrize("form", ["hledger", "beancount"])
def test_a_text_ledger_says_at_its_head_how_many_entries_and_which_is_last(
    book: Book, form: Format
) -> None:
    text = export(book, form, 2025).content.decode()
    last = read(book, 2025).entries[-1]
    head = text[: text.index("commodity")]
    assert "; Écritures : 60\n" in head
    assert f"; Dernière empreinte : {last.hash}\n" in head
    assert text.count("empreinte: ") >= 60


@pytest.mark.parametrize("form", ["hledger", "beancount"])
def test_every_amount_is_written_with_two_decimals(book: Book, form: Format) -> None:
    lines = export(book, form).content.decode().splitlines()
    accounts = ("actif:", "passif:", "charges:", "produits:", "Actif:", "Charges:", "Produits:")
    posted = [line for line in lines if line.startswith("  ") and line.strip().startswith(accounts)]
    assert len(posted) > 150
    assert all(re.search(r"  -?\d+\.\d\d EUR", line) for line in posted)


def test_a_book_without_an_entry_is_exported_too(app: Flask, tmp_path: Path) -> None:
    book = open_book(None)
    for form in FORMATS:
        for year in (None, 2026) if form != "fec" else (2026,):
            assert export(book, form, year).content
    assert read(book).first_day == today()


def test_an_account_is_named_in_ascii_and_stands_in_its_family() -> None:
    assert plain("Chèques à encaisser") == "Cheques a encaisser"
    assert plain("État – Impôts sur les bénéfices") == "Etat Impots sur les benefices"
    families = {
        "411": "actif",
        "4191": "passif",
        "401": "passif",
        "44566": "actif",
        "1681": "passif",
    }
    families |= {"110": "capitaux", "512": "actif", "613": "charges", "706": "produits"}
    families |= {"864": "charges", "875": "produits", "44571": "passif"}
    assert {code: nature(code) for code in families} == families
    assert [decimal(c) for c in (0, 5, -5, -12345)] == ["0.00", "0.05", "-0.05", "-123.45"]


def test_no_name_ever_leaves_with_a_book(book: Book, person: Person) -> None:
    party = party_of(person)
    record(book, Received(party, Money(100), "cash"), date(2026, 12, 31), "late")
    db.session.commit()
    for form in FORMATS:
        exported = export(book, form, 2026)
        text = exported.content.decode()
        assert party in text
        assert person.last_name not in text + exported.described_by


def test_the_command_writes_a_file_and_names_it_in_a_folder(book: Book, tmp_path: Path) -> None:
    done = run("platform", tmp_path, "--format", "fec", "--year", "2025")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "000000000FEC20251231.txt").is_file()
    described = (tmp_path / "000000000FEC20251231_description.txt").read_bytes().decode()
    assert "Journaux" in described
    assert run("platform", tmp_path, "--format", "hledger").exit_code == 0
    assert (tmp_path / f"livre-{book.id}.journal").is_file()
    refusal = run("platform", tmp_path, "--format", "fec").exception
    assert "dites laquelle" in str(refusal)
    assert "n’existe pas" in run("99999", tmp_path, "--format", "csv").output
