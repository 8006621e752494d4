"""What was delivered is sold month by month, once, with an invoice for who asked for it."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest

from freeco.accounting import audit, books, ledger
from freeco.accounting.facts import CommitmentLessened
from freeco.accounting.models import Book, Entry
from freeco.accounting.recording import record
from freeco.clock import held_at
from freeco.cost_price.share_models import CostShare
from freeco.db import db
from freeco.documents.models import Document
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.billing import Billing, VatRegime
from freeco.payments import steps
from freeco.payments.parties import party_of
from freeco_direct_sales import distributions, sales, sellers, subscriptions
from freeco_direct_sales.models import Distribution, SeasonContract, Subscription
from freeco_direct_sales.sales_models import Delivered

Take = Callable[..., Subscription]
DECEMBER = datetime(2026, 12, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def signed(vegetables: SeasonContract, member: Member, take: Take) -> Subscription:
    """Give three small baskets at 11,50 €, signed on both sides."""
    done = take(vegetables, member, {"Petit panier": 1})
    subscriptions.record_paper_signature(done)
    db.session.commit()
    return done


@pytest.fixture
def book(vegetables: SeasonContract) -> Book:
    """Give the farm's book."""
    return sellers.book(vegetables.producer)


@pytest.fixture
def charged(vegetables: SeasonContract, farmer: Member) -> Billing:
    """Let the farm charge VAT, and ask Freeco to invoice in its name since October."""
    farm = sellers.seller(vegetables.producer)
    farm.address, farm.postal_code, farm.commune = "Les Vergnes", "46100", "Assiac"
    farm.siren, farm.siret = "732829320", "73282932000074"
    billing = Billing(
        organisation=farm,
        vat_regime=VatRegime.CHARGED,
        vat_number="FR44732829320",
        self_billing_since=date(2026, 10, 1),
        self_billing_by=farmer,
    )
    db.session.add(billing)
    db.session.commit()
    return billing


def cents(book: Book, account: str) -> int:
    return ledger.balance(book, account).cents


def test_nothing_is_sold_before_the_month_is_over(
    community: Community, signed: Subscription, book: Book
) -> None:
    sales.sell_due(community)
    assert (cents(book, "701"), cents(book, "4191")) == (0, -3450)


def test_a_month_is_sold_once_out_of_the_advances(
    community: Community, signed: Subscription, book: Book
) -> None:
    with held_at(DECEMBER):
        sales.sell_due(community)
        sales.sell_due(community)
    assert (cents(book, "701"), cents(book, "4191"), cents(book, "411")) == (-3450, 0, 3450)
    (row,) = db.session.query(Delivered).all()
    assert (row.month, row.amount, row.document_id) == (date(2026, 11, 1), Money(3450), None)
    assert [each.base for each in db.session.query(CostShare)] == [Money(3450)]
    assert audit.check(book).faults == ()


def test_what_was_not_delivered_is_not_sold(
    community: Community,
    signed: Subscription,
    thursdays: Sequence[Distribution],
    book: Book,
) -> None:
    (delivery,) = distributions.deliveries_at(thursdays[1])
    distributions.cancel_delivery(delivery, "gel")
    with held_at(DECEMBER):
        sales.sell_due(community)
    assert (cents(book, "701"), cents(book, "4191"), cents(book, "411")) == (-2300, 0, 2300)


def test_who_asked_for_it_has_an_invoice_made_in_its_name(
    community: Community, signed: Subscription, book: Book, charged: Billing
) -> None:
    with held_at(DECEMBER):
        sales.sell_due(community)
    (invoice,) = db.session.query(Document).all()
    assert (invoice.total, invoice.vat) == (Money(3450), Money(180))
    assert invoice.issued_on == date(2026, 11, 30)
    assert invoice.content["mandate"] is True
    assert sum(cents for _label, cents in invoice.content["anatomy"]) == 3450
    assert invoice.content["anatomy"][0][0] == "Producteur"
    assert (cents(book, "701"), cents(book, "44571")) == (-3270, -180)
    assert db.session.query(Delivered).one().document_id == invoice.id


def test_a_place_never_countersigned_sells_nothing(
    community: Community, vegetables: SeasonContract, member: Member, book: Book, take: Take
) -> None:
    take(vegetables, member, {"Petit panier": 1})
    with held_at(DECEMBER):
        sales.sell_due(community)
    assert cents(book, "701") == 0


def test_what_comes_after_a_closing_is_written_on_the_first_open_day(
    community: Community, signed: Subscription, book: Book
) -> None:
    books.close(book, date(2026, 11, 30))
    with held_at(DECEMBER):
        sales.sell_due(community)
    assert (cents(book, "701"), cents(book, "4191")) == (-3450, 0)
    assert db.session.query(Entry.day).order_by(Entry.number.desc()).limit(1).scalar() == date(
        2026, 12, 1
    )


def test_a_book_that_refuses_holds_up_nobody_else_s_sales(
    community: Community,
    signed: Subscription,
    bread: SeasonContract,
    neighbour: Member,
    book: Book,
    take: Take,
) -> None:
    loaves = take(bread, neighbour, {"Brioche": 1})
    subscriptions.record_paper_signature(loaves)
    record(
        book,
        CommitmentLessened(party_of(signed.household), Money(3450)),
        date(2026, 11, 2),
        "test:advances:1",
    )
    with held_at(DECEMBER):
        sales.sell_due(community)
    assert (sales.sold_of(signed), sales.sold_of(loaves)) == (Money(0), Money(1440))
    assert cents(book, "701") == 0


def test_a_product_without_tax_from_who_charges_it_is_sold_without_an_invoice(
    community: Community,
    vegetables: SeasonContract,
    signed: Subscription,
    book: Book,
    charged: Billing,
) -> None:
    for each in vegetables.products:
        each.vat_basis_points = 0
    with held_at(DECEMBER):
        sales.sell_due(community)
    assert (cents(book, "701"), cents(book, "44571")) == (-3450, 0)
    assert db.session.query(Document).count() == 0


def test_signing_late_spares_nobody_its_share(
    community: Community, vegetables: SeasonContract, member: Member, take: Take
) -> None:
    done = take(vegetables, member, {"Petit panier": 1})
    with held_at(DECEMBER):
        subscriptions.record_paper_signature(done)
        sales.sell_due(community)
    assert [each.base for each in db.session.query(CostShare)] == [Money(3450)]


@pytest.mark.parametrize(("bounced", "paid"), [(False, 3450), (True, 0)])
def test_an_invoice_says_paid_what_was_paid(
    community: Community,
    signed: Subscription,
    charged: Billing,
    treasurer: Member,
    bounced: bool,
    paid: int,
) -> None:
    (cheque,) = signed.payments
    steps.receive(cheque, treasurer)
    if bounced:
        steps.fail(cheque, cheque.created_at, "no_funds", by=treasurer)
    db.session.commit()
    with held_at(DECEMBER):
        sales.sell_due(community)
    (invoice,) = db.session.query(Document).all()
    assert invoice.content["paid"] == paid
