"""The FEC: ours is accepted, and what is not a FEC is named, line and column."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from freeco.accounting.books import open_book
from freeco.accounting.exports import export
from freeco.accounting.exports.excerpt import read
from freeco.accounting.exports.fec import COLUMNS, LATIN
from freeco.accounting.facts import Contribution, Part, Received, Sale
from freeco.accounting.fec_check import Finding, check_fec
from freeco.accounting.ledger import credit, debit, post
from freeco.accounting.models import Book
from freeco.accounting.recording import record
from freeco.accounting.years import close_year, say_year
from freeco.cli import freeco
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.testing.books import fill_book

NAME = "732829320FEC20261231.txt"
Row = list[str]


@pytest.fixture
def book(app: Flask, community: Community) -> Book:
    """Give the book of an association: two years, with odd labels."""
    gardens = Organisation(kind="association", name="Les Jardins", siren="732829320")
    db.session.add(Member(community=community, organisation=gardens))
    db.session.flush()
    book = open_book(gardens)
    fill_book(book, 40, date(2025, 1, 1), date(2025, 12, 31))
    fill_book(book, 60, date(2026, 1, 1), date(2026, 12, 31))
    db.session.commit()
    return book


def rows_of(content: bytes) -> list[Row]:
    return [line.split("\t") for line in content.decode().removesuffix("\r\n").split("\r\n")]


def file_of(rows: Sequence[Row], separator: str = "\t") -> bytes:
    return "".join(separator.join(row) + "\r\n" for row in rows).encode()


def cell(rows: Sequence[Row], line: int, column: str) -> str:
    return rows[line - 1][COLUMNS.index(column)]


def put(rows: list[Row], line: int, column: str, words: str) -> None:
    rows[line - 1][COLUMNS.index(column)] = words


def test_ours_is_accepted_in_every_form_the_text_allows(book: Book) -> None:
    exported = export(book, "fec", 2026)
    assert exported.name == NAME
    before = export(book, "fec", 2025).content
    result = -sum(
        line.cents
        for each in read(book, 2026).entries
        for line in each.lines
        if line.account[0] in "67"
    )
    assert check_fec(exported.content, NAME, before, result) == []
    latin = export(book, "fec", 2026, latin=True).content
    assert "Règlement reçu" in latin.decode(LATIN)
    assert check_fec(latin, NAME, before, result) == []
    rows = rows_of(exported.content)
    assert check_fec(file_of(rows, "|"), NAME) == []
    assert check_fec(exported.content.replace(b"\r\n", b"\n"), NAME) == []


def test_an_amount_and_its_side_may_stand_for_debit_and_credit(book: Book) -> None:
    rows = rows_of(export(book, "fec", 2026).content)
    place = COLUMNS.index("Debit")
    rows[0][place : place + 2] = ["Montant", "Sens"]
    for row in rows[1:]:
        on_credit = row[place] == "0,00"
        row[place : place + 2] = [row[place + on_credit], "C" if on_credit else "D"]
    assert check_fec(file_of(rows), NAME) == []
    rows[4][place + 1] = "X"
    assert Finding(5, "Sens", "Le sens est D ou C, +1 ou -1.") in check_fec(file_of(rows), NAME)


def test_the_file_opens_with_the_balances_and_counts_from_one(book: Book) -> None:
    rows = rows_of(export(book, "fec", 2026).content)
    assert tuple(rows[0]) == COLUMNS
    assert cell(rows, 2, "JournalCode") == "AN"
    numbers = list(dict.fromkeys(row[2] for row in rows[1:]))
    assert numbers == [str(number) for number in range(1, 62)]
    opened = {row[4] for row in rows[1:] if row[0] == "AN"}
    assert not any(code[0] in "678" for code in opened)
    assert opened & {"120", "129"}
    assert rows_of(export(book, "fec", 2025).content)[1][0] != "AN"


def test_a_party_stands_on_collective_accounts_only_and_has_no_name(book: Book) -> None:
    record(book, Received("core:household:3", Money(500), "cash"), date(2026, 12, 31), "last")
    rows = rows_of(export(book, "fec", 2026).content)
    with_party = {row[4][:2] for row in rows[1:] if row[6]}
    assert with_party <= {"40", "41", "42", "45", "46"}
    assert {row[7] for row in rows[1:] if row[6] == "core:household:3"} == {"Foyer n° 3"}


def test_what_empties_the_results_stays_out_and_the_next_year_opens_on_the_result(
    app: Flask,
) -> None:
    book = open_book(None)
    record(book, Sale("core:household:1", (Part(Money(1000)),)), date(2025, 5, 1), "sale")
    before = export(book, "fec", 2026).content
    close_year(book, 2025)
    db.session.commit()
    year = rows_of(export(book, "fec", 2025).content)
    assert [row[4] for row in year[1:]] == ["411", "701"]
    assert check_fec(file_of(year), result=1000) == []
    assert check_fec(file_of(year), result=-1000)[0].column == "CompteNum"
    following = rows_of(export(book, "fec", 2026).content)
    assert [row[4] for row in following[1:]] == ["120", "411"]
    assert check_fec(file_of(following), previous=file_of(year)) == []
    assert file_of(following) == before, "closing changes nothing of what the next year opens on"


def test_a_year_that_is_not_the_calendar_s_has_its_own_file(app: Flask) -> None:
    book = open_book(None)
    say_year(book, date(2025, 7, 1), date(2026, 6, 30))
    for day in (date(2025, 6, 30), date(2025, 7, 1), date(2026, 6, 30), date(2026, 7, 1)):
        record(book, Contribution("core:household:1", Money(1000)), day, f"due:{day}")
    db.session.commit()
    exported = export(book, "fec", 2026)
    assert exported.name == "000000000FEC20260630.txt"
    days = [cell(rows_of(exported.content), line, "EcritureDate") for line in range(4, 8)]
    assert days == ["20250701", "20250701", "20260630", "20260630"]
    before = export(book, "fec", 2025)
    assert before.name == "000000000FEC20250630.txt"
    assert check_fec(exported.content, exported.name, before.content) == []


def test_an_account_of_two_digits_gets_a_third(app: Flask) -> None:
    book = open_book(None)
    lines = [debit("63", Money(5)), credit("512", Money(5))]
    post(book, "OD", date(2026, 1, 2), "Taxe | foncière\u00a0à payer", lines, "tax")
    db.session.commit()
    rows = rows_of(export(book, "fec", 2026).content)
    assert cell(rows, 2, "CompteNum") == "630"
    assert cell(rows, 2, "EcritureLib") == "Taxe / foncière à payer"


def changed(column: str, words: str) -> Callable[[list[Row]], None]:
    return lambda rows: put(rows, 30, column, words)


def _thousands(rows: list[Row]) -> None:
    put(rows, 30, "Debit", "1 234,50")


def _both_sides(rows: list[Row]) -> None:
    put(rows, 30, "Debit", "5,00")
    put(rows, 30, "Credit", "5,00")


def _unbalanced(rows: list[Row]) -> None:
    line = next(n for n, row in enumerate(rows, 1) if n > 30 and row[11] != "0,00")
    put(rows, line, "Debit", "99999,00")


def _missing_number(rows: list[Row]) -> None:
    for row in [each for each in rows if each[2] == "7"]:
        rows.remove(row)


def _missing_column(rows: list[Row]) -> None:
    for row in rows:
        del row[COLUMNS.index("ValidDate")]


def _twice(rows: list[Row]) -> None:
    rows += [list(each) for each in rows if each[2] == "7"]


def _backwards(rows: list[Row]) -> None:
    for row in rows:
        if row[2] == "9":
            row[COLUMNS.index("ValidDate")] = "20200101"


def _between_journals(rows: list[Row]) -> None:
    """Take an amount from one entry to another: the file balances, and no entry does."""
    debits = [row for row in rows[10:] if row[11] != "0,00"]
    debits[0][11], debits[-1][11] = debits[-1][11], debits[0][11]


def _emptied(rows: list[Row]) -> None:
    for account, side in (("701", 11), ("120", 12)):
        row = [*rows[-1]]
        row[2], row[4], row[6], row[11], row[12] = "62", account, "", "0,00", "0,00"
        row[side] = "10,00"
        rows.append(row)


MUTANTS: dict[str, tuple[Callable[[list[Row]], None], str]] = {
    "decimal point": (changed("Debit", "12.50"), "Debit"),
    "thousands": (_thousands, "Debit"),
    "date": (changed("EcritureDate", "20260230"), "EcritureDate"),
    "date as people write it": (changed("PieceDate", "02/03/2026"), "PieceDate"),
    "tab in a label": (changed("EcritureLib", "Vente\tde mars"), ""),
    "another year": (changed("EcritureDate", "20270101"), "EcritureDate"),
    "account": (changed("CompteNum", "41"), "CompteNum"),
    "letters": (changed("CompteNum", "CLIENT"), "CompteNum"),
    "invisible": (changed("EcritureLib", "Vente\x07"), "EcritureLib"),
    "both sides": (_both_sides, "Credit"),
    "unbalanced": (_unbalanced, "EcritureNum"),
    "between entries": (_between_journals, "EcritureNum"),
    "missing number": (_missing_number, "EcritureNum"),
    "missing column": (_missing_column, "ValidDate"),
    "twice": (_twice, "EcritureNum"),
    "backwards": (_backwards, "ValidDate"),
    "emptied": (_emptied, "CompteNum"),
    "columns in another order": (lambda rows: rows[0].reverse(), ""),
    **{
        f"no {column}": (changed(column, ""), column)
        for column in COLUMNS
        if column not in {"CompAuxNum", "CompAuxLib", "EcritureLet", "DateLet", *COLUMNS[-2:]}
    },
}


@pytest.fixture(scope="module")
def accepted() -> list[bytes]:
    """Keep one file for all its mutants: none of them needs a database."""
    return []


@pytest.mark.parametrize("mutant", MUTANTS)
def test_what_is_not_a_fec_is_named(app: Flask, mutant: str, accepted: list[bytes]) -> None:
    if not accepted:
        book = open_book(None)
        fill_book(book, 20, date(2025, 1, 1), date(2025, 12, 31))
        fill_book(book, 60, date(2026, 1, 1), date(2026, 12, 31))
        accepted.append(export(book, "fec", 2026).content)
    rows = rows_of(accepted[0])
    assert check_fec(file_of(rows), NAME) == []
    change, column = MUTANTS[mutant]
    change(rows)
    found = check_fec(file_of(rows), NAME)
    assert column in {each.column for each in found}
    assert all(each.what.endswith(".") for each in found)


@pytest.mark.parametrize(
    "name", ["FEC20261231.txt", "732829320FEC2026.txt", "732829320FEC20261331.txt", "compta.txt"]
)
def test_a_file_that_is_not_named_as_the_text_says_is_refused(app: Flask, name: str) -> None:
    book = open_book(None)
    assert [each.line for each in check_fec(export(book, "fec", 2026).content, name)] == [0, 0]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a;b;c\r\n1;2;3", b"\t", b"|\r\n"])
def test_what_is_no_table_is_refused(app: Flask, content: bytes) -> None:
    assert check_fec(content, NAME)


def test_semicolons_are_refused(book: Book) -> None:
    rows = rows_of(export(book, "fec", 2026).content)
    assert check_fec(file_of(rows, ";"), NAME)[-1].line == 1


def test_an_opening_that_is_not_the_closing_before_is_named(book: Book) -> None:
    before = export(book, "fec", 2025).content
    rows = rows_of(export(book, "fec", 2026).content)
    on_debit = next(n for n, row in enumerate(rows[1:], 2) if row[11] != "0,00")
    on_credit = next(n for n, row in enumerate(rows[1:], 2) if row[12] != "0,00")
    for line, column in ((on_debit, "Debit"), (on_credit, "Credit")):
        whole, cents = cell(rows, line, column).split(",")
        put(rows, line, column, f"{int(whole) + 1},{cents}")
    assert check_fec(file_of(rows), NAME) == []
    found = check_fec(file_of(rows), NAME, before)
    assert len(found) == 2
    assert "s’ouvre à" in found[0].what


def test_the_numbers_of_each_journal_may_be_its_own(book: Book) -> None:
    rows = rows_of(export(book, "fec", 2026).content)
    counts: dict[str, dict[str, str]] = {}
    for row in rows[1:]:
        own = counts.setdefault(row[0], {})
        row[2] = own.setdefault(row[2], str(len(own) + 1))
    assert check_fec(file_of(rows), NAME) == []
    gone = [row for row in rows if not (row[0] == "VE" and row[2] == "2")]
    assert {each.column for each in check_fec(file_of(gone), NAME)} == {"EcritureNum"}


def test_the_command_says_line_and_column(book: Book, tmp_path: Path) -> None:
    file = tmp_path / NAME
    file.write_bytes(export(book, "fec", 2026).content)
    home = {"FREECO_HOME": str(tmp_path), "FREECO_DATABASE_URL": None}
    runner = CliRunner()
    assert runner.invoke(freeco, ["db", "upgrade"], env=home).exit_code == 0
    done = runner.invoke(freeco, ["books", "fec-check", str(file)], env=home)
    assert done.exit_code == 0, done.output
    rows = rows_of(file.read_bytes())
    put(rows, 30, "Debit", "12.50")
    file.write_bytes(file_of(rows))
    done = runner.invoke(freeco, ["books", "fec-check", str(file)], env=home)
    assert done.exit_code == 1
    assert "ligne 30, Debit" in done.output
    done = runner.invoke(freeco, ["books", "fec-check", str(file), "--result", "12.5"], env=home)
    assert "Le résultat s’écrit comme 1250,00." in done.output
