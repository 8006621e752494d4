"""Reading the books: what others ask, without knowing their tables."""

from datetime import date

import pytest
from flask import Flask

from freeco.accounting import facts, reading, recording
from freeco.accounting.books import open_account, open_book
from freeco.accounting.ledger import credit, debit, post
from freeco.accounting.models import Book
from freeco.money import Money

HOME, FARM = "core:household:7", "core:organisation:3"
OTHER = "core:household:8"


def day(number: int) -> date:
    return date(2026, 3, number)


def sale(cents: int, party: str = HOME) -> facts.Sale:
    return facts.Sale(party, (facts.Part(Money(cents)),))


@pytest.fixture
def book(app: Flask) -> Book:
    """Give a book of five entries."""
    found = open_book(None)
    written: list[facts.Fact] = [
        sale(1000),
        sale(500),
        facts.Received(HOME, Money(1200), "cheque"),
        sale(2500, OTHER),
        facts.Purchase(FARM, "613", Money(300)),
    ]
    for number, fact in enumerate(written, start=1):
        recording.record(found, fact, day(number), f"fact:{number}")
    return found


def test_an_account_is_read_with_those_under_it(book: Book) -> None:
    open_account(book, "5121", "Livret")
    lines = [debit("5121", Money(70)), debit("512", Money(30)), credit("758", Money(100))]
    post(book, "BQ", day(20), "Intérêts", lines, "interest")
    assert reading.balance_under(book, "512") == Money(100)
    assert reading.balance_under(book, "5121") == Money(70)
    assert reading.balance_under(book, "4") == Money(2500)
    assert reading.balance_under(book, "411", through=day(2)) == Money(1500)
    assert reading.balance_under(book, "411", leaving_out="fact:1") == Money(1800)
    assert reading.balance_under(book, "9") == Money(0)


def test_sums_are_between_days_and_of_classes(book: Book) -> None:
    assert reading.sums_by_account(book, since=day(3), classes="67") == {
        "613": Money(300),
        "701": Money(-2500),
    }
    assert set(reading.sums_by_account(book, through=day(3))) == {"411", "5112", "701"}


def test_parties_come_page_by_page_the_largest_first(book: Book) -> None:
    found, many = reading.party_balances(book, "411", size=1)
    assert (found, many) == ([reading.PartyBalance(OTHER, Money(2500))], 2)
    found, _many = reading.party_balances(book, "411", page=2, size=1)
    assert found == [reading.PartyBalance(HOME, Money(300))]
    assert reading.party_balance(book, "411", HOME) == Money(300)
    recording.record(book, facts.Received(HOME, Money(300), "cash"), day(9), "paid")
    assert reading.party_balances(book, "411")[1] == 1


def test_entries_are_found_by_day_party_and_account(book: Book) -> None:
    found, many = reading.entries(book, size=2)
    assert ([each.number for each in found], many) == ([5, 4], 5)
    found, _many = reading.entries(book, page=3, size=2)
    assert [each.number for each in found] == [1]
    found, _many = reading.entries(book, since=day(2), through=day(3))
    assert [each.number for each in found] == [3, 2]
    found, _many = reading.entries(book, party=HOME, account="51")
    assert found == []
    found, _many = reading.entries(book, account="51")
    assert [(each.account, each.party) for each in found[0].lines] == [("5112", ""), ("411", HOME)]
    assert found[0].lines[0].label == "Chèques à encaisser"
    assert reading.accounts_of(book, 5) == ("613", "401")


def test_what_is_open_is_what_payments_have_not_reached_the_oldest_first(book: Book) -> None:
    found = reading.open_items(book, "411", HOME)
    assert [(each.number, left) for each, left in found] == [(2, Money(300))]
    recording.record(book, facts.Received(HOME, Money(900), "cash"), day(9), "too-much")
    found = reading.open_items(book, "411", HOME)
    assert [(each.number, left) for each, left in found] == [(6, Money(-600))]
    assert reading.open_items(book, "401", FARM)[0][1] == Money(-300)
    recording.record(book, facts.PaidOut(FARM, Money(300)), day(10), "paid")
    assert reading.open_items(book, "401", FARM) == []
