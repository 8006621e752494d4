"""Sellers in the platform's book: nobody who reads it knows whose turnover it tells."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from freeco.accounting.audit import check
from freeco.accounting.books import open_book
from freeco.accounting.exports import export
from freeco.accounting.ledger import balance
from freeco.accounting.models import Book
from freeco.accounting.reading import EntryRead, entries, party_balance
from freeco.accounting.recording import platform_book
from freeco.clock import held_at
from freeco.cost_price import commands, errors
from freeco.cost_price.billing import bill, bill_all
from freeco.cost_price.items import add_item
from freeco.cost_price.keys import publish_key, publish_rate
from freeco.cost_price.models import Basis, Pool
from freeco.cost_price.paying import note_paid, unpaid
from freeco.cost_price.sellers import number_of, party_in_book
from freeco.cost_price.share_models import CostSeller
from freeco.cost_price.shares import charge, give_back
from freeco.cost_price.true_up import true_up
from freeco.db import db
from freeco.documents.models import Document
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.testing.visitor import Visitor

DAY = date(2026, 3, 4)
SPRING = datetime(2026, 5, 2, 9, tzinfo=UTC)
KNOWN = 7_654_321
"""What no drawn number, hash or amount looks like: eight digits, or none."""


@pytest.fixture(autouse=True)
def early_in_2026() -> Iterator[None]:
    with held_at(datetime(2026, 3, 4, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def sellers(community: Community) -> list[Organisation]:
    """Give five sellers, whose numbers here are known, and what each has sold in March."""
    publish_rate(400, date(2026, 1, 1))
    publish_key(Pool.SERVERS, Basis.EURO, date(2026, 1, 1))
    found = []
    for place in range(5):
        body = Organisation(
            kind="association",
            name=f"Ferme {place}",
            address="1 rue du Lavoir",
            postal_code="46000",
            commune="Lavergne",
            rna="W461234567",
        )
        body.id = KNOWN + place
        db.session.add(Member(community=community, organisation=body))
        db.session.flush()
        charge(subject(place), body, community, DAY, Money(10_000 * (place + 1)))
        found.append(body)
    return found


def subject(place: int) -> str:
    return f"direct_sales:subscription:{place + 1}"


def written(book: Book) -> list[EntryRead]:
    """Return every entry of a book, in the order of their numbers."""
    found, _many = entries(book, size=1000)
    return list(reversed(found))


def a_whole_year(sellers: list[Organisation]) -> None:
    """Bill March, credit April, have an invoice paid, true up."""
    with held_at(SPRING):
        bill_all(DAY)
        give_back(subject(2), date(2026, 4, 9))
        bill_all(date(2026, 4, 1))
        for each in unpaid()[:2]:
            note_paid(each.invoice.number, date(2026, 4, 30))
        add_item(Pool.SERVERS, "Hébergeur", "1", date(2026, 5, 2), Money(600))
    with held_at(datetime(2027, 1, 10, 9, tzinfo=UTC)):
        true_up(2026)
    db.session.commit()


def test_nothing_in_the_public_book_tells_whose_sales_they_are(
    sellers: list[Organisation], client: Visitor
) -> None:
    a_whole_year(sellers)
    book = platform_book()
    kinds = {each.key.split(":")[1] for each in written(book) if each.key.startswith("document:")}
    assert kinds == {"cost_bill", "cost_true_up"}
    files = [export(book, form).content.decode() for form in ("csv", "hledger", "beancount")]
    with held_at(datetime(2027, 1, 10, 9, tzinfo=UTC)):
        pages = [
            client.get(path).text
            for path in (
                "/comptes?annee=2026",
                "/comptes/csv?annee=2026",
                "/prix-coutant",
                "/prix-coutant.csv",
                "/prix-coutant.json",
            )
        ]
    for words in files + pages:
        assert "core:organisation" not in words
        assert "Ferme" not in words
        for each in sellers:
            assert not re.search(rf"(?<![0-9a-f]){each.id}(?![0-9a-f])", words)
    assert all("core:seller:" in each for each in files)
    assert check(book).faults == ()


def test_no_entry_of_the_public_book_carries_the_row_of_an_organisation_or_a_paper(
    sellers: list[Organisation],
) -> None:
    a_whole_year(sellers)
    drawn = {str(each.number) for each in db.session.scalars(select(CostSeller))}
    assert len(drawn) == len(sellers)
    for each in written(platform_book()):
        assert {line.party.rsplit(":", 1)[0] for line in each.lines} <= {
            "",
            "core:seller",
            "core:supplier",
        }
        said = each.key.removeprefix("document:").split(":")
        if said[0] in ("cost_bill", "cost_true_up"):
            assert said[1] in drawn
            assert all(re.fullmatch(r"\d{4}(-\d\d)?|F\d{4}-\d{5}", part) for part in said[2:])


def test_the_order_of_the_public_book_is_not_that_of_the_organisations(
    sellers: list[Organisation],
) -> None:
    for each, number in zip(sellers, (30, 10, 50, 20, 40), strict=True):
        db.session.add(CostSeller(organisation_id=each.id, number=number * 1_000_000))
    db.session.flush()
    a_whole_year(sellers)
    for what in ("cost_bill", "cost_true_up"):
        keys = [each.key for each in written(platform_book()) if f"document:{what}:" in each.key]
        months: dict[str, list[int]] = {}
        for key in keys:
            drawn, period = key.split(":")[2:4]
            months.setdefault(period, []).append(int(drawn))
        assert all(numbers == sorted(numbers) for numbers in months.values())


def test_a_seller_keeps_one_number_and_finds_its_invoices(sellers: list[Organisation]) -> None:
    garden = sellers[0]
    number = number_of(garden)
    a_whole_year(sellers)
    assert number_of(garden) == number
    theirs = db.session.scalars(
        select(Document).where(Document.party == f"core:organisation:{garden.id}")
    ).all()
    assert {each.kind for each in theirs} == {"invoice", "credit_note"}
    own = written(open_book(garden))
    assert {line.party for each in own for line in each.lines} == {"", "core:platform:0"}
    assert not any(str(number) in each.key for each in own)


@pytest.mark.parametrize("table", ["cost_seller", "cost_payment"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET {} = 11111111", "DELETE FROM {}", "again"])
def test_a_drawn_number_and_a_payment_are_not_rewritten(
    sellers: list[Organisation], table: str, sql: str
) -> None:
    a_whole_year(sellers)
    if sql == "again" and db.engine.dialect.name == "sqlite":
        sql = "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"
    elif sql == "again":
        sql = "TRUNCATE {} CASCADE"
    column = {"cost_seller": "number", "cost_payment": "amount"}[table]
    with pytest.raises(IntegrityError):
        db.session.execute(text(sql.format(table, column)))


def test_an_invoice_is_paid_once_in_both_books(sellers: list[Organisation]) -> None:
    garden = sellers[1]
    with held_at(SPRING):
        assert bill(garden, DAY) is not None
        waiting = unpaid()
        assert [(each.left, each.days) for each in waiting] == [(Money(800), 32)]
        number = waiting[0].invoice.number
        made = note_paid(f" {number.lower()} ", date(2026, 4, 30))
        assert made.amount == Money(800)
        assert unpaid() == []
        with pytest.raises(errors.NothingToPay):
            note_paid(number, date(2026, 4, 30))
    theirs = open_book(garden)
    assert party_balance(platform_book(), "411", party_in_book(garden)) == Money(0)
    assert balance(platform_book(), "512") == Money(800)
    assert party_balance(theirs, "401", "core:platform:0") == Money(0)
    assert balance(theirs, "512") == Money(-800)
    assert check(platform_book()).faults == check(theirs).faults == ()


def test_what_credit_notes_took_off_is_not_asked(
    sellers: list[Organisation], community: Community
) -> None:
    garden, orchard = sellers[1], sellers[2]
    charge("direct_sales:subscription:60", garden, community, DAY, Money(5_000))
    with held_at(SPRING):
        bill(garden, DAY)
        bill(orchard, DAY)
        give_back("direct_sales:subscription:60", date(2026, 4, 9))
        give_back(subject(2), date(2026, 4, 9))
        bill_all(date(2026, 4, 1))
        left = {each.bill.organisation.id: each.left for each in unpaid()}
        assert left[garden.id] == Money(800)
        assert orchard.id not in left
        whole = db.session.scalars(
            select(Document).where(
                Document.party == f"core:organisation:{orchard.id}", Document.kind == "invoice"
            )
        ).one()
        with pytest.raises(errors.NothingToPay):
            note_paid(whole.number, date(2026, 4, 30))


def test_only_an_invoice_of_the_platform_is_paid_and_from_its_day_on(
    sellers: list[Organisation],
) -> None:
    with held_at(SPRING):
        bill(sellers[0], DAY)
        number = unpaid()[0].invoice.number
        with pytest.raises(errors.NoSuchBill):
            note_paid("F2026-99999", date(2026, 4, 30))
        for day in (date(2026, 3, 30), date(2026, 5, 3)):
            with pytest.raises(errors.PaidOnNoSuchDay):
                note_paid(number, day)
    assert balance(platform_book(), "512") == Money(0)


def run(*words: str) -> Result:
    return CliRunner().invoke(commands.cost, words)


def test_the_treasurer_lists_what_is_unpaid_and_notes_what_came(
    app: Flask, sellers: list[Organisation]
) -> None:
    db.session.commit()
    with held_at(SPRING):
        assert "0 facture à régler" in run("unpaid").output
        run("bill", "--month", "2026-03")
        said = run("unpaid").output
        assert "Ferme 4" in said
        assert "32 jours" in said.replace("\xa0", " ")
        assert "5 factures à régler" in said.replace("\xa0", " ")
        number = re.findall(r"F2026-\d{5}", said)[0]
        assert "Facture réglée\xa0:" in run("paid", number, "--day", "2026-04-30").output
        assert number not in run("unpaid").output
