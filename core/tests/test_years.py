"""Financial years: closed in order, once, for good; what stands in classes 1 to 5 carries on."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from freeco.accounting import errors, facts, recording, years
from freeco.accounting.audit import check
from freeco.accounting.books import close, open_book
from freeco.accounting.charts import chart
from freeco.accounting.ledger import balance, credit, debit, lines_of, post
from freeco.accounting.models import Account, Book, BookYear, Entry
from freeco.accounting.reading import balances, sums_by_account
from freeco.clock import held_at
from freeco.db import db
from freeco.first_run.rehearsal import rehearse
from freeco.first_run.wiping import wipe
from freeco.kernel import kernel
from freeco.members.models import Community, Member
from freeco.migrations import runner
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.plugins import Plugins
from freeco.testing import make_member
from freeco.testing.guards import guards_lifted

HOME, FARM = "core:household:7", "core:organisation:3"
LAST = date(2026, 12, 31)
SPRING = date(2027, 5, 20)


@pytest.fixture
def book(app: Flask) -> Iterator[Book]:
    """Give a book whose year 2026 is over: 100 € sold and 60 € received, 30 € spent, and hours."""
    with held_at(datetime(2027, 2, 1, 9, tzinfo=UTC)):
        found = open_book(None)
        write(found, facts.Sale(HOME, (facts.Part(Money(10_000)),)), date(2026, 3, 1))
        write(found, facts.Received(HOME, Money(6000), "transfer"), date(2026, 3, 8))
        write(found, facts.Purchase(FARM, "613", Money(3000)), date(2026, 6, 1))
        write(found, facts.HoursGiven(Money(2000)), date(2026, 7, 1))
        write(found, facts.Sale(HOME, (facts.Part(Money(700)),)), date(2027, 1, 5))
        db.session.commit()
        yield found


def write(book: Book, fact: facts.Fact, day: date) -> Entry:
    """Record a fact under a key of its own."""
    many = select(func.count(Entry.id)).where(Entry.book_id == book.id)
    return recording.record(book, fact, day, f"fact:{db.session.scalar(many)}")


def test_closing_empties_profit_and_loss_into_the_result(book: Book) -> None:
    found = years.close_year(book, 2026)
    db.session.commit()
    assert found.entry is not None
    assert (found.entry.day, found.entry.key) == (LAST, "year:2026:closing")
    assert found.entry.label == "Clôture de l’exercice 2026"
    assert [(each.account, each.cents) for each in lines_of(found.entry)] == [
        ("613", -3000),
        ("701", 10_000),
        ("864", -2000),
        ("875", 2000),
        ("120", -7000),
    ]
    assert sums_by_account(book, through=LAST) == {
        "120": Money(-7000),
        "401": Money(-3000),
        "411": Money(4000),
        "512": Money(6000),
    }
    assert balance(book, "701") == Money(-700), "January's sale belongs to the next year"
    assert found.unexplained == ()
    assert check(book).faults == ()


def test_what_stood_is_what_the_next_year_opens_with_and_no_entry_says_it_twice(
    book: Book,
) -> None:
    years.close_year(book, 2026)
    assert balances(book, before=date(2027, 1, 1)) == {
        ("120", ""): Money(-7000),
        ("401", FARM): Money(-3000),
        ("411", HOME): Money(4000),
        ("512", ""): Money(6000),
    }
    assert balance(book, "411") == Money(4700)


def test_closing_twice_is_once(book: Book) -> None:
    first = years.close_year(book, 2026)
    again = years.close_year(book, 2026)
    assert again.entry is first.entry
    assert again.year.closed
    assert db.session.scalar(select(func.count()).select_from(BookYear)) == 1


def test_a_closed_year_takes_no_entry(book: Book) -> None:
    years.close_year(book, 2026)
    db.session.commit()
    with pytest.raises(errors.PeriodClosed):
        write(book, facts.Contribution(HOME, Money(100)), LAST)
    write(book, facts.Contribution(HOME, Money(100)), date(2027, 1, 1))


def test_a_year_that_is_not_over_stays_open(book: Book) -> None:
    with pytest.raises(errors.YearNotOver):
        years.close_year(book, 2027)
    with held_at(datetime(2027, 12, 31, 12, tzinfo=UTC)), pytest.raises(errors.YearNotOver):
        years.close_year(book, 2027)


def test_years_close_one_after_the_other(book: Book) -> None:
    with held_at(datetime(2028, 1, 2, tzinfo=UTC)):
        with pytest.raises(errors.EarlierYearOpen):
            years.close_year(book, 2027)
        years.close_year(book, 2026)
        found = years.close_year(book, 2027)
    assert found.unexplained == (("120", Money(-7000)),), "nobody voted on the result of 2026"
    assert balance(book, "120") == Money(-7700)


def test_a_year_before_the_first_entry_keeps_nothing_open(book: Book) -> None:
    assert years.close_year(book, 2025).entry is None
    assert years.close_year(book, 2026).entry is not None


def test_a_book_that_was_changed_is_not_closed(book: Book) -> None:
    with guards_lifted():
        db.session.execute(text("UPDATE ledger_entry SET label = 'Autre' WHERE number = 2"))
    db.session.expire_all()
    with pytest.raises(errors.BookUnsound):
        years.close_year(book, 2026)


def test_a_period_closed_by_hand_to_its_last_day_is_not_a_closed_year(book: Book) -> None:
    close(book, LAST)
    with pytest.raises(errors.PeriodClosed):
        years.close_year(book, 2026)


def test_what_waits_on_clearing_accounts_is_said_and_closes_nonetheless(book: Book) -> None:
    write(book, facts.Received(HOME, Money(500), "card"), date(2026, 12, 30))
    write(book, facts.Unexplained(Money(80)), date(2026, 12, 30))
    found = years.close_year(book, 2026)
    assert found.unexplained == (("5115", Money(500)), ("471", Money(-80)))
    assert years.close_year(book, 2026).unexplained == found.unexplained


def test_a_deficit_stands_in_its_own_account_and_is_carried(book: Book) -> None:
    write(book, facts.Purchase(FARM, "616", Money(9000)), date(2026, 11, 1))
    years.close_year(book, 2026)
    assert balance(book, "129") == Money(2000)
    entry = years.allocate(book, 2026, SPRING)
    assert balance(book, "129") == Money(0)
    assert balance(book, "119") == Money(2000)
    assert years.allocate(book, 2026, SPRING) is entry


def test_a_surplus_goes_to_the_reserve_then_to_members_and_the_rest_is_carried(book: Book) -> None:
    write(book, facts.SharesPaid(HOME, Money(50_000), "transfer"), date(2026, 1, 2))
    lost = [debit("119", Money(1000)), credit("512", Money(1000))]
    post(book, "AN", date(2026, 1, 2), "Pertes d’avant", lines=lost, key="opening")
    years.close_year(book, 2026)
    years.allocate(book, 2026, SPRING, refunds=((FARM, Money(1500)),))
    left = {code: balance(book, code).cents for code in ("120", "119", "1061", "457", "110")}
    assert left == {"120": 0, "119": 0, "1061": -900, "457": -1500, "110": -3600}


def test_no_more_is_shared_out_than_there_is(book: Book) -> None:
    with pytest.raises(errors.NothingToAllocate):
        years.allocate(book, 2026, SPRING)
    years.close_year(book, 2026)
    with pytest.raises(errors.NothingToAllocate):
        years.allocate(book, 2026, SPRING, refunds=((FARM, Money(7001)),))
    years.allocate(book, 2026, SPRING, refunds=((FARM, Money(7000)),))


def test_a_year_may_follow_the_seasons(book: Book) -> None:
    assert years.year_of(book, date(2026, 3, 1)) == years.Year(date(2026, 1, 1), LAST)
    years.say_year(book, date(2025, 9, 1), date(2026, 8, 31))
    assert years.year_of(book, date(2026, 3, 1)).name == 2026
    assert years.year_of(book, date(2029, 10, 1)) == years.Year(date(2029, 9, 1), date(2030, 8, 31))
    assert years.year_of(book, date(2024, 2, 29)) == years.Year(date(2023, 9, 1), date(2024, 8, 31))
    assert years.close_year(book, 2026).year.last_day == date(2026, 8, 31)
    write(book, facts.Contribution(HOME, Money(100)), date(2026, 9, 1))


@pytest.mark.parametrize(
    ("first_day", "last_day"),
    [
        (date(2026, 1, 1), date(2026, 12, 30)),
        (date(2026, 12, 31), date(2026, 6, 30)),
        (date(2026, 1, 1), date(2028, 1, 31)),
    ],
)
def test_a_year_ends_with_a_month_and_lasts_two_years_at_most(
    book: Book, first_day: date, last_day: date
) -> None:
    with pytest.raises(errors.YearFixed):
        years.say_year(book, first_day, last_day)


def test_what_is_closed_is_not_said_again_and_what_follows_leaves_no_gap(book: Book) -> None:
    years.close_year(book, 2026)
    for first_day, last_day in (
        (date(2026, 1, 1), LAST),
        (date(2027, 2, 1), date(2027, 12, 31)),
        (date(2026, 12, 1), date(2027, 12, 31)),
    ):
        with pytest.raises(errors.YearFixed):
            years.say_year(book, first_day, last_day)
    years.say_year(book, date(2027, 1, 1), date(2027, 6, 30))
    years.say_year(book, date(2027, 1, 1), date(2027, 8, 31))
    assert years.year_of(book, date(2027, 9, 1)).name == 2028


def test_a_rehearsal_is_wiped_with_its_closed_years(book: Book, community: Community) -> None:
    make_member(community)
    copy = rehearse(Plugins(), community, "fr")
    organisation = Organisation(kind="association", name="Les Jardins")
    db.session.add(Member(community=copy, organisation=organisation))
    db.session.flush()
    invented = open_book(organisation)
    write(invented, facts.Contribution(HOME, Money(100)), date(2026, 3, 1))
    years.close_year(invented, 2026)
    years.close_year(book, 2026)
    db.session.commit()
    wipe(copy)
    db.session.commit()
    assert list(db.session.scalars(select(BookYear.book_id))) == [book.id]


def test_a_book_of_before_gets_the_accounts_that_its_chart_had_forgotten(app: Flask) -> None:
    open_book(None)
    db.session.commit()
    with guards_lifted():
        db.session.execute(text("DELETE FROM account WHERE code IN ('404', '44587')"))
    db.session.commit()
    db.session.remove()
    runner.downgrade(db.engine, kernel().plugins, "core", "core_0012")
    runner.upgrade(db.engine, kernel().plugins)
    book = open_book(None)
    assert (balance(book, "404"), balance(book, "44587")) == (Money(0), Money(0))
    assert len(list(db.session.scalars(select(Account.code)))) == len(chart().accounts)
