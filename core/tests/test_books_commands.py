"""The books on the command line: listed, checked, closed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import text

from freeco.accounting import commands, facts, recording
from freeco.accounting.books import open_book
from freeco.accounting.models import Book
from freeco.clock import held_at
from freeco.cost_price import items, keys, true_up
from freeco.cost_price.models import Basis, Pool
from freeco.db import db
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.testing.guards import guards_lifted


@pytest.fixture
def theirs(app: Flask, community: Community) -> Iterator[Book]:
    """Give the gardens' book, beside the platform's; both have an entry of 2026, which is over."""
    gardens = Organisation(kind="association", name="Les Jardins")
    db.session.add(Member(community=community, organisation=gardens))
    db.session.flush()
    with held_at(datetime(2027, 2, 1, 9, tzinfo=UTC)):
        for book in (open_book(None), open_book(gardens)):
            fact = facts.Gift("core:person:9", Money(1000), "card", Money(40))
            recording.record(book, fact, date(2026, 3, 1), "gift:1")
        db.session.commit()
        yield open_book(gardens)


def run(*arguments: str) -> Result:
    """Run a command as ``freeco`` does, in the application of the test."""
    return CliRunner().invoke(commands.books, arguments, env={"COLUMNS": "200"})


def said(result: Result) -> str:
    """Return all that was printed, on one line."""
    return " ".join(result.output.split())


def test_the_books_are_listed(theirs: Book) -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "Freeco" in result.output
    assert "Les Jardins" in result.output


def test_books_in_order_are_said_with_their_last_hash(theirs: Book) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert said(result).count("1 écriture relue, rien à signaler") == 2
    assert run("check", "--book", "platform").output.count("Livre") == 1


def test_what_was_changed_is_named_with_its_accounts(theirs: Book) -> None:
    with guards_lifted():
        words = "UPDATE posting SET party = 'core:person:8' WHERE party <> '' AND book_id = :book"
        db.session.execute(text(words), {"book": theirs.id})
    db.session.commit()
    result = run("check")
    assert result.exit_code == 1
    assert "Écriture n° 1, comptes 5115, 6271, 7541" in said(result)
    assert "1 livre à examiner" in said(result)
    assert run("check", "--book", "platform").exit_code == 0


def test_a_balance_that_was_changed_is_named_by_its_account(theirs: Book) -> None:
    with guards_lifted():
        db.session.execute(text("UPDATE account_balance SET debit = debit + 1 WHERE debit = 40"))
    db.session.commit()
    assert "Compte 6271" in said(run("check"))


def test_a_year_is_closed_everywhere_or_in_one_book_and_clearing_accounts_are_said(
    theirs: Book,
) -> None:
    result = run("close", "--year", "2026", "--book", str(theirs.id))
    assert result.exit_code == 0
    assert "exercice clos le 2026-12-31, écriture n° 2" in said(result)
    assert "le compte 5115 tient 9,60 EUR" in said(result)
    assert run("close", "--year", "2026").exit_code == 0
    assert open_book(None).closed_through == date(2026, 12, 31)


def test_a_year_that_cannot_be_closed_says_why(theirs: Book) -> None:
    result = run("close", "--year", "2027")
    assert result.exit_code == 1
    assert said(result).count("Cet exercice n’est pas terminé.") == 2
    assert "2 livres ne sont pas clos." in said(result)


def test_a_year_may_be_set_that_is_not_the_calendar_s(theirs: Book) -> None:
    name = str(theirs.id)
    result = run("year", "--book", name, "--from", "2025-09-01", "--to", "2026-08-31")
    assert "exercice 2026, du 2025-09-01 au 2026-08-31" in said(result)
    assert "clos le 2026-08-31" in said(run("close", "--year", "2026", "--book", name))


def test_an_unknown_book_is_said(theirs: Book) -> None:
    result = run("check", "--book", "99")
    assert result.exit_code == 1
    assert "n’existe pas" in result.output


def test_the_platform_s_year_is_not_closed_before_its_cost_is_settled(theirs: Book) -> None:
    items.add_item(Pool.SERVERS, "Hébergeur", "F-1", date(2026, 5, 1), Money(1000))
    keys.publish_key(Pool.SERVERS, Basis.ORGANISATION, date(2026, 1, 1))
    db.session.commit()
    refused = run("close", "--year", "2026")
    assert refused.exit_code == 1
    assert "pas encore régularisé" in said(refused)
    assert theirs.closed_through == date(2026, 12, 31)
    true_up.true_up(2026)
    db.session.commit()
    assert run("close", "--year", "2026", "--book", "platform").exit_code == 0
