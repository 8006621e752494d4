"""Cost price: what the platform costs, who bears it, and what is given back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from freeco.accounting.audit import check
from freeco.accounting.books import open_book
from freeco.accounting.ledger import balance
from freeco.accounting.models import Book
from freeco.accounting.recording import platform_book
from freeco.clock import held_at
from freeco.cost_price import errors
from freeco.cost_price.billing import bill, bill_all, bill_due
from freeco.cost_price.items import add_item, note_hours, take_item_back
from freeco.cost_price.keys import key_in_force, publish_key, publish_rate, rate_in_force
from freeco.cost_price.models import Basis, Pool
from freeco.cost_price.price import PriceParts
from freeco.cost_price.share_models import Allocation, CostBill, CostShare, Settlement
from freeco.cost_price.shares import charge, give_back, parts, pass_fee_on
from freeco.cost_price.true_up import true_up
from freeco.db import db
from freeco.documents.models import Document
from freeco.first_run.rehearsal import rehearse
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.plugins import Plugins

DAY = date(2026, 3, 4)
NOTHING = Money(0)


@pytest.fixture(autouse=True)
def early_in_2026() -> Iterator[None]:
    with held_at(datetime(2026, 3, 4, 9, tzinfo=UTC)):
        yield


def seller(community: Community, name: str = "Les Jardins") -> Organisation:
    organisation = Organisation(
        kind="association",
        name=name,
        address="1 rue du Lavoir",
        postal_code="46000",
        commune="Lavergne",
        rna="W461234567",
    )
    db.session.add(Member(community=community, organisation=organisation))
    db.session.flush()
    return organisation


def rate(basis_points: int = 375, per_gift: int = 0) -> None:
    publish_rate(basis_points, date(2026, 1, 1), Money(per_gift))


def sell(
    organisation: Organisation, community: Community, cents: int, number: int = 1
) -> CostShare:
    subject = f"direct_sales:subscription:{organisation.id * 1000 + number}"
    share = charge(subject, organisation, community, DAY, Money(cents))
    assert share is not None
    return share


def test_the_parts_of_a_price_add_up_to_it(app: Flask) -> None:
    rate()
    found = parts(
        Money(1150), DAY, payment_fee=Money(42), transport=Money(40), solidarity=Money(10)
    )
    assert found == PriceParts(Money(1015), Money(40), Money(10), Money(43), Money(42))
    assert found.amount == Money(1150)


def test_the_platform_s_part_is_rounded_down_and_never_above_five_percent(app: Flask) -> None:
    rate(500)
    assert parts(Money(1), DAY).platform == NOTHING
    assert parts(Money(39), DAY).platform == Money(1)
    assert parts(Money(40), DAY).platform == Money(2)
    with pytest.raises(ValueError, match="above 5 %"):
        PriceParts(Money(94), NOTHING, NOTHING, Money(6), NOTHING)


def test_without_a_published_rate_the_platform_takes_nothing(app: Flask) -> None:
    assert parts(Money(1000), DAY).platform == NOTHING
    rate()
    assert parts(Money(1000), date(2025, 12, 31)).platform == NOTHING
    assert parts(Money(1000), date(2027, 1, 1)).platform == NOTHING


def test_a_gift_bears_no_percentage(app: Flask) -> None:
    rate(500, per_gift=20)
    assert parts(Money(100_000), DAY, gift=True).platform == Money(20)
    assert parts(Money(1000), DAY, gift=True).platform == Money(20)
    assert parts(Money(100), DAY, gift=True).platform == Money(5)


def test_parts_larger_than_the_price_are_refused(app: Flask) -> None:
    with pytest.raises(errors.PartsTooLarge):
        parts(Money(100), DAY, transport=Money(101))


def test_a_rate_is_published_for_the_days_to_come(app: Flask) -> None:
    rate(400)
    assert publish_rate(400, date(2026, 1, 1)).version == 1
    with pytest.raises(errors.RatePublished):
        publish_rate(300, date(2026, 3, 3))
    assert publish_rate(300, date(2026, 4, 1)).version == 2
    before, after = rate_in_force(date(2026, 3, 31)), rate_in_force(date(2026, 4, 1))
    assert before is not None
    assert after is not None
    assert (before.basis_points, after.basis_points) == (400, 300)
    with pytest.raises(errors.RateTooHigh):
        publish_rate(501, date(2027, 1, 1))


def test_a_first_rate_does_not_reach_what_was_sold_without_one(community: Community) -> None:
    sell(seller(community), community, 1000)
    with pytest.raises(errors.RatePublished):
        rate()


def test_a_key_is_published_for_the_days_to_come(app: Flask) -> None:
    first = publish_key(Pool.SERVERS, Basis.EURO, date(2026, 1, 1))
    assert publish_key(Pool.SERVERS, Basis.EURO, date(2026, 1, 1)) is first
    with pytest.raises(errors.KeyPublished):
        publish_key(Pool.SERVERS, Basis.MEMBER, date(2026, 3, 3))
    second = publish_key(Pool.SERVERS, Basis.MEMBER, date(2026, 6, 1))
    assert key_in_force(Pool.SERVERS, date(2025, 12, 31)) is None
    assert key_in_force(Pool.SERVERS, date(2026, 5, 31)) is first
    assert key_in_force(Pool.SERVERS, date(2026, 6, 1)) is second


def test_an_invoice_is_written_once_in_the_platform_s_book(app: Flask) -> None:
    first = add_item(Pool.SERVERS, "Hébergeur", "F 12", DAY, Money(1200), Money(200))
    assert add_item(Pool.SERVERS, "Hébergeur", "F 12", DAY, Money(1200), Money(200)) is first
    assert balance(platform_book(), "613") == Money(1000)
    assert balance(platform_book(), "44566") == Money(200)
    assert balance(platform_book(), "401") == Money(-1200)
    with pytest.raises(errors.ItemDiffers):
        add_item(Pool.SERVERS, "Hébergeur", "F 12", DAY, Money(1300), Money(200))


def test_an_invoice_is_corrected_by_being_taken_back(app: Flask) -> None:
    item = add_item(Pool.AUDIT, "Cabinet", "7", DAY, Money(5000))
    assert take_item_back(item.id) is take_item_back(item.id)
    assert balance(platform_book(), "622") == NOTHING
    with pytest.raises(errors.NoSuchItem):
        take_item_back(item.id + 1)
    with pytest.raises(errors.ItemDiffers):
        add_item(Pool.AUDIT, "Cabinet", "7", DAY, Money(5000))
    assert add_item(Pool.AUDIT, "Cabinet", "7 bis", DAY, Money(5100)).cost == Money(5100)


def test_hours_given_are_noted_and_change_no_result(app: Flask) -> None:
    hours = note_hours(Pool.MAINTENANCE, "2026-02", DAY, 600, Money(12_000))
    assert note_hours(Pool.MAINTENANCE, "2026-02", DAY, 600, Money(12_000)) is hours
    assert balance(platform_book(), "864") == Money(12_000)
    assert note_hours(Pool.MAINTENANCE, "2026-03", DAY, 60).entry_id is None
    with pytest.raises(errors.ItemDiffers):
        note_hours(Pool.MAINTENANCE, "2026-03", DAY, 61)


def test_a_share_is_charged_once_and_stays_as_it_was_agreed(community: Community) -> None:
    rate()
    garden = seller(community)
    share = sell(garden, community, 20_000)
    assert share.platform == Money(750)
    publish_rate(0, DAY.replace(day=5))
    assert sell(garden, community, 20_000) is share
    assert share.parts.amount == share.base
    with pytest.raises(errors.ShareDiffers):
        sell(garden, community, 20_001)


def test_the_provider_s_fee_is_what_it_says_and_comes_from_the_producer(
    community: Community,
) -> None:
    rate()
    share = sell(seller(community), community, 1000)
    for fee in (40, 40, 37):
        pass_fee_on(share.subject, Money(fee))
    assert (share.payment_fee, share.platform, share.producer) == (Money(37), Money(37), Money(926))
    with pytest.raises(errors.PartsTooLarge):
        pass_fee_on(share.subject, Money(964))
    with pytest.raises(errors.NoShare):
        pass_fee_on("direct_sales:subscription:9", Money(1))


def test_nothing_is_charged_in_a_rehearsal(community: Community) -> None:
    rate()
    trial = rehearse(Plugins(), community, "fr")
    garden = seller(trial)
    assert charge("direct_sales:subscription:1", garden, trial, DAY, Money(1000)) is None
    assert db.session.scalar(select(func.count(CostShare.id))) == 0


def test_a_month_is_billed_once_in_both_books(community: Community) -> None:
    rate()
    garden = seller(community)
    sell(garden, community, 20_000, 1)
    sell(garden, community, 10_000, 2)
    with pytest.raises(errors.MonthNotOver):
        bill(garden, DAY)
    with held_at(datetime(2026, 4, 1, 9, tzinfo=UTC)):
        made = bill(garden, DAY)
        assert made is not None
        assert bill(garden, DAY) is made
        assert (made.amount, made.volume) == (Money(1125), Money(30_000))
        assert bill_all(DAY) == []
    theirs = open_book(garden)
    assert balance(platform_book(), "411") == Money(1125)
    assert balance(platform_book(), "706") == -made.net
    assert balance(theirs, "622") == Money(1125)
    assert balance(theirs, "401") == Money(-1125)
    assert check(platform_book()).faults == check(theirs).faults == ()
    assert db.session.scalar(select(func.count(Document.id))) == 1


def test_what_is_cancelled_leaves_the_bill_or_comes_back_by_a_credit_note(
    community: Community,
) -> None:
    rate()
    garden = seller(community)
    first, second = sell(garden, community, 20_000, 1), sell(garden, community, 10_000, 2)
    give_back(first.subject, DAY)
    give_back(first.subject, DAY)
    with held_at(datetime(2026, 5, 2, 9, tzinfo=UTC)):
        march = bill(garden, DAY)
        assert march is not None
        assert march.amount == Money(375)
        give_back(second.subject, date(2026, 4, 9))
        april = bill(garden, date(2026, 4, 1))
        assert april is not None
        assert (april.amount, april.volume) == (Money(-375), Money(-10_000))
        assert bill_all(date(2026, 4, 1)) == []
    assert balance(platform_book(), "411") == NOTHING
    assert balance(open_book(garden), "401") == NOTHING


def test_the_sweep_bills_last_month_and_leaves_what_is_refused(community: Community) -> None:
    rate()
    garden, orchard = seller(community), seller(community, "Le Verger")
    sell(garden, community, 20_000)
    sell(orchard, community, 10_000)
    book = open_book(garden)
    book.closed_through = date(2026, 3, 31)
    db.session.flush()
    with held_at(datetime(2026, 4, 3, 9, tzinfo=UTC)):
        bill_due(community)
        bill_due(community)
    bills = db.session.scalars(select(CostBill).order_by(CostBill.id)).all()
    assert {each.amount for each in bills} == {Money(750), Money(375)}
    assert len(bills) == 2
    assert balance(book, "622") == Money(750)


def settled(community: Community, cost: int = 900) -> tuple[Organisation, Organisation]:
    """Sell 200 € and 100 € at 3.75 %, for costs shared by the euro; settle 2026."""
    rate()
    publish_key(Pool.SERVERS, Basis.EURO, date(2026, 1, 1))
    garden, orchard = seller(community), seller(community, "Le Verger")
    sell(garden, community, 20_000)
    sell(orchard, community, 10_000)
    add_item(Pool.SERVERS, "Hébergeur", "1", DAY, Money(cost))
    with held_at(datetime(2027, 1, 10, 9, tzinfo=UTC)):
        assert true_up(2026) is true_up(2026)
    return garden, orchard


def results() -> list[Settlement]:
    return list(db.session.scalars(select(Settlement).order_by(Settlement.organisation_id)))


def test_what_was_collected_above_the_cost_is_given_back_in_the_same_year(
    community: Community,
) -> None:
    garden, _orchard = settled(community, 600)
    first, second = results()
    assert (first.real, second.real) == (Money(400), Money(200))
    assert first.credit == first.collected - Money(400)
    assert balance(platform_book(), "709") == first.credit + second.credit
    assert balance(open_book(garden), "629") == -(first.credit + first.credit_vat)
    notes = db.session.scalars(select(Document).where(Document.kind == "credit_note")).all()
    assert {each.issued_on for each in notes} == {date(2026, 12, 31)}
    assert check(platform_book()).faults == ()
    shared = db.session.scalars(select(Allocation)).all()
    assert {(each.weight, each.amount) for each in shared} == {
        (20_000, Money(400)),
        (10_000, Money(200)),
    }


def test_what_is_missing_is_carried_by_the_cooperative_and_never_charged(
    community: Community,
) -> None:
    garden, _orchard = settled(community, 3000)
    first, second = results()
    assert first.carried == first.collected - Money(2000) < NOTHING
    assert (first.credit, second.credit) == (NOTHING, NOTHING)
    assert balance(open_book(garden), "622") == Money(750)
    assert balance(platform_book(), "709") == NOTHING


def test_a_settled_year_takes_nothing_more(community: Community) -> None:
    garden, _orchard = settled(community)
    with held_at(datetime(2027, 2, 1, 9, tzinfo=UTC)):
        with pytest.raises(errors.YearSettled):
            add_item(Pool.SERVERS, "Hébergeur", "2", DAY, Money(100))
        late = charge("direct_sales:subscription:77", garden, community, DAY, Money(4000))
        assert late is not None
        with pytest.raises(errors.YearSettled):
            bill(garden, date(2026, 11, 1))
        january = bill(garden, date(2027, 1, 1))
        assert january is not None
        assert january.amount == Money(150)


def test_a_year_is_settled_once_over_and_after_the_one_before(community: Community) -> None:
    rate()
    garden = seller(community)
    sell(garden, community, 20_000)
    with pytest.raises(errors.YearNotOver):
        true_up(2026)
    with held_at(datetime(2028, 1, 10, 9, tzinfo=UTC)):
        bill(garden, DAY)
        with pytest.raises(errors.YearBefore):
            true_up(2027)


def test_a_pool_without_a_key_holds_the_true_up_up(community: Community) -> None:
    add_item(Pool.SERVERS, "Hébergeur", "1", DAY, Money(100))
    with held_at(datetime(2027, 1, 10, 9, tzinfo=UTC)), pytest.raises(errors.NoKey):
        true_up(2026)


def test_what_was_carried_is_found_before_the_next_year_gives_back(community: Community) -> None:
    garden, orchard = settled(community, 3000)
    missing = results()[0].carried
    with held_at(datetime(2028, 1, 10, 9, tzinfo=UTC)):
        publish_rate(375, date(2027, 1, 1))
        day = date(2027, 2, 3)
        charge("direct_sales:subscription:88", garden, community, day, Money(200_000))
        charge("direct_sales:subscription:89", orchard, community, day, Money(100_000))
        true_up(2027)
    first = results()[1] if results()[1].organisation_id == garden.id else results()[0]
    found = next(each for each in results() if each.year == 2027 and each.organisation is garden)
    assert found.carried_in == missing
    assert found.credit == found.collected + missing
    assert first.organisation is garden


def test_without_anybody_who_sold_the_cooperative_bears_the_year(app: Flask) -> None:
    publish_key(Pool.SERVERS, Basis.MEMBER, date(2026, 1, 1))
    add_item(Pool.SERVERS, "Hébergeur", "1", DAY, Money(100))
    with held_at(datetime(2027, 1, 10, 9, tzinfo=UTC)):
        assert true_up(2026).unshared == Money(100)


def test_books_that_close_before_the_platform_take_the_credit_note_next(
    community: Community,
) -> None:
    garden = seller(community)
    book: Book = open_book(garden)
    book.closed_through = date(2026, 12, 31)
    settled(community, 600)
    assert check(book).faults == ()
