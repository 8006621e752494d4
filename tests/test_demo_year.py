"""A whole year of the demonstration, played by the program as a person would start it.

Every book that the year filled is given to the auditors that others wrote, calendar year by
calendar year; the cost price is computed again from the platform's book. A village of forty is
enough for the gate: ``FREECO_YEAR_MEMBERS=300`` plays the one that was promised.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import extract, func, select

from freeco.accounting.exports import Format
from freeco.accounting.models import Book, Entry
from freeco.accounting.reading import balance_under
from freeco.cli import books
from freeco.clock import today
from freeco.db import db
from freeco.payments.models import Payment, PaymentRefund, State
from freeco.testing.auditors import AUDITORS, EVERYBODY, FAULTS, refused
from freeco_direct_sales import sales, sellers
from freeco_direct_sales.growing.season import season_of
from freeco_direct_sales.models import Producer

from .browser.roles import application
from .browser.site import freeco

MEMBERS = os.environ.get("FREECO_YEAR_MEMBERS", "40")
RECOMPUTE = Path(__file__).parents[1] / "docs/recompute_rate.py"
PLANTED = (
    "an amount is one cent off",
    "an entry is lost",
    "a closing balance is one cent off",
)


@dataclass(frozen=True)
class Played:
    """An installation after its year, and the years in which each of its books has entries."""

    home: Path
    app: Flask
    years: dict[int, list[int]]

    def export(self, book: int, form: Format, year: int) -> Path:
        """Export a year of a book, by the command; the same file is written once."""
        folder = self.home / form / str(book)
        folder.mkdir(parents=True, exist_ok=True)
        words = ["--book", str(book), "--format", form, "--year", str(year)]
        file = folder / str(year) if form != "fec" else folder
        if form == "fec" or not file.exists():
            done = self.run("export", *words, "--output", str(file))
            return Path(done.splitlines()[0])
        return file

    def run(self, *words: str) -> str:
        """Run a command of the books; return what it says."""
        with self.app.app_context():
            done = CliRunner().invoke(books, words)
            db.session.remove()
        assert done.exit_code == 0, done.output
        return done.output


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Give the demonstration after a year."""
    home = tmp_path_factory.mktemp("year")
    freeco(home, "demo", "--home", str(home), "--members", MEMBERS, "--year")
    app = application(home)
    yield Played(home, app, years_of(app))
    with app.app_context():
        db.engine.dispose()


def years_of(app: Flask) -> dict[int, list[int]]:
    """Return the calendar years in which each book has entries."""
    years: dict[int, list[int]] = {}
    with app.app_context():
        year = extract("year", Entry.day)
        rows = db.session.execute(
            select(Entry.book_id, year).group_by(Entry.book_id, year).order_by(Entry.book_id, year)
        )
        for book_id, name in rows:
            years.setdefault(book_id, []).append(int(name))
        db.session.remove()
    return years


@pytest.fixture
def platform(played: Played) -> int:
    """Give the number of the platform's own book."""
    with played.app.app_context():
        found = db.session.scalars(select(Book.id).where(Book.organisation_id.is_(None))).one()
        db.session.remove()
    return found


def test_a_year_leaves_a_book_for_each_farm_the_platform_and_who_keeps_the_pool(
    played: Played,
) -> None:
    assert len(played.years) == 6
    # The solidarity pool was opened in the season under way.
    assert sum(len(years) >= 2 for years in played.years.values()) == 5


def test_money_came_late_bounced_and_was_given_back(played: Played) -> None:
    with played.app.app_context():
        states = dict(
            db.session.execute(select(Payment.state, func.count()).group_by(Payment.state)).all()
        )
        refunded = db.session.scalar(select(func.count(PaymentRefund.id)))
        db.session.remove()
    assert {State.SETTLED, State.FAILED, State.CANCELLED, State.EXPECTED} <= set(states)
    assert refunded


def test_our_own_check_finds_every_book_sound(played: Played) -> None:
    said = freeco(played.home, "books", "check")
    assert said.count("rien à signaler") == len(played.years)


def test_the_record_of_a_year_is_whole_before_anything_is_served(played: Played) -> None:
    said = freeco(played.home, "record", "verify")
    assert "rien à signaler" in said
    assert "sceau de taille" in said
    assert "attend" not in said  # no statement is without its place


@pytest.mark.parametrize("auditor", AUDITORS)
def test_an_auditor_accepts_every_year_of_every_book(played: Played, auditor: str) -> None:
    form = AUDITORS[auditor][0]
    against = {
        f"book {book}, {year}": refused(auditor, played.export(book, form, year))
        for book, years in played.years.items()
        for year in years
    }
    assert against == dict.fromkeys(against, "")


def test_every_fec_is_accepted_with_that_of_the_year_before(played: Played) -> None:
    for book, years in played.years.items():
        before: list[str] = []
        for year in years:
            file = str(played.export(book, "fec", year))
            assert "accepté" in played.run("fec-check", file, *before)
            before = ["--previous", file]


def test_the_published_rate_is_computed_again_from_the_book(played: Played, platform: int) -> None:
    answer = played.app.test_client().get("/prix-coutant.json")
    published = {each["year"]: each for each in json.loads(answer.data)["years"]}
    settled = [year for year, each in published.items() if each["settled"]]
    assert settled, "a year that is over was settled"
    for year in settled:
        file = str(played.export(platform, "csv", year))
        said = subprocess.run(
            [sys.executable, str(RECOMPUTE), file, str(year)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        real = re.search(r"^réel : (\d+) centimes, (\d+),(\d\d) %$", said, re.MULTILINE)
        assert real is not None
        assert int(real[1]) == published[year]["real_cents"]
        assert int(real[2] + real[3]) == published[year]["real_basis_points"]


@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_planted_in_a_year_is_found(played: Played, tmp_path: Path, fault: str) -> None:
    change, _finders = FAULTS[fault]
    book = max(played.years, key=lambda each: (len(played.years[each]), -each))
    found = set()
    for auditor, (form, _words) in AUDITORS.items():
        content = played.export(book, form, played.years[book][-2]).read_text("utf-8")
        file = tmp_path / form
        file.write_text(change(content), "utf-8")
        assert change(content) != content
        if refused(auditor, file):
            found.add(auditor)
    assert found == EVERYBODY


def test_each_farm_s_season_table_says_what_its_book_says(played: Played) -> None:
    with played.app.app_context():
        farms = db.session.scalars(select(Producer)).all()
        assert len(farms) == 4
        cancelled = 0
        for farm in farms:
            table, book = season_of(farm), sellers.book(farm)
            whole = table.whole
            left = whole.promised - whole.estimated - whole.received - whole.ahead
            assert left == balance_under(book, "411") + balance_under(book, "4672")
            months_over = sales.first_of_month(today(farm.community.timezone) - sales.GRACE)
            sold = [
                each.delivered.cents
                for each in table.evenings
                if each.source.startswith("session") or each.day < months_over
                if not each.is_estimated
            ]
            assert sum(sold) == -(balance_under(book, "70") + balance_under(book, "44571")).cents
            cancelled += whole.cancelled.cents
        assert cancelled > 0
        db.session.remove()
