"""What a season promises is in the seller's book from the second signature, and follows changes."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from freeco.accounting import audit, ledger
from freeco.accounting.models import Book
from freeco.db import db
from freeco.members.models import Member
from freeco.money import Money
from freeco.payments import steps
from freeco.payments.models import Method
from freeco_direct_sales import changing, contracts, distributions, sellers, subscriptions
from freeco_direct_sales.models import Distribution, SeasonContract, Subscription

Take = Callable[..., Subscription]


@pytest.fixture
def signed(vegetables: SeasonContract, member: Member, take: Take) -> Subscription:
    """Give a contract of three baskets at 11,50 €, signed on both sides, in two cheques."""
    done = take(vegetables, member, {"Petit panier": 1}, 2)
    subscriptions.record_paper_signature(done)
    db.session.commit()
    return done


@pytest.fixture
def book(vegetables: SeasonContract) -> Book:
    """Give the farm's book."""
    return sellers.book(vegetables.producer)


def standing(book: Book) -> tuple[int, int]:
    """Return what customers owe and what is advanced, in cents."""
    return ledger.balance(book, "411").cents, ledger.balance(book, "4191").cents


def test_nothing_is_written_before_both_have_signed(
    vegetables: SeasonContract, member: Member, book: Book, take: Take
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    assert standing(book) == (0, 0)


def test_the_second_signature_writes_what_is_promised(signed: Subscription, book: Book) -> None:
    assert standing(book) == (3450, -3450)
    assert audit.check(book).faults == ()


def test_a_cheque_received_is_owed_no_more(
    signed: Subscription, treasurer: Member, book: Book
) -> None:
    steps.receive(signed.payments[0], treasurer)
    assert standing(book) == (1725, -3450)
    assert ledger.balance(book, "5112") == Money(1725)
    steps.bank([signed.payments[0]], date(2026, 11, 2), treasurer)
    assert ledger.balance(book, "512") == Money(1725)


def test_a_cancelled_delivery_is_no_longer_owed(
    signed: Subscription, thursdays: Sequence[Distribution], book: Book
) -> None:
    (delivery,) = distributions.deliveries_at(thursdays[0])
    distributions.cancel_delivery(delivery, "gel")
    assert standing(book) == (2300, -2300)
    assert changing.to_settle(signed) == Money(-1150)
    distributions.restore_delivery(delivery)
    assert standing(book) == (3450, -3450)
    assert changing.to_settle(signed) == Money(0)


def test_a_changed_basket_changes_what_is_owed(signed: Subscription, book: Book) -> None:
    delivery = contracts.deliveries_of(signed.contract)[1]
    small, large = signed.contract.products
    changing.change_delivery(signed, delivery, {small.id: 0, large.id: 1})
    assert standing(book) == (4100, -4100)


def test_the_schedule_is_brought_to_what_is_owed(
    signed: Subscription, thursdays: Sequence[Distribution]
) -> None:
    (delivery,) = distributions.deliveries_at(thursdays[0])
    distributions.cancel_delivery(delivery, "gel")
    assert changing.settle_difference(signed) == Money(0)
    db.session.refresh(signed)
    assert changing.to_settle(signed) == Money(0)
    assert changing.settle_difference(signed) == Money(0)


def test_what_was_given_back_before_a_cheque_bounced_is_owed_again(
    signed: Subscription, treasurer: Member, thursdays: Sequence[Distribution]
) -> None:
    (delivery,) = distributions.deliveries_at(thursdays[0])
    first = signed.payments[0]
    steps.receive(first, treasurer)
    steps.bank([first], date(2026, 11, 2), treasurer)
    distributions.cancel_delivery(delivery, "gel")
    steps.given_back(first, Money(1150), "gel", first.created_at, Method.TRANSFER)
    db.session.expire_all()
    assert changing.to_settle(signed) == Money(0)
    steps.fail(first, first.created_at, "no_funds", by=treasurer)
    db.session.expire_all()
    assert changing.to_settle(signed) == Money(0)
