"""Documents: numbered without a gap, never changed, to the cent what the books say."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from freeco.accounting import ledger, recording
from freeco.accounting.books import open_book
from freeco.accounting.facts import Commitment, Sale
from freeco.accounting.models import Book
from freeco.db import db
from freeco.documents import errors
from freeco.documents.amounts import InvoiceLine, line_of, parts_of
from freeco.documents.issuing import Terms, issue_credit_note, issue_invoice, left_of
from freeco.documents.models import Document
from freeco.documents.sellers import Buyer
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.billing import Billing, VatRegime
from freeco.organisations.models import Organisation

DAY = date(2026, 11, 30)
BUYER = Buyer(party="core:household:7", name="Foyer Fabre", commune="Lavergne")


@pytest.fixture
def farm(community: Community) -> Organisation:
    organisation = Organisation(
        kind="company",
        name="GAEC des Vergnes",
        siren="732829320",
        siret="73282932000074",
        address="Les Vergnes",
        postal_code="46320",
        commune="Assiac",
    )
    db.session.add(Member(community=community, organisation=organisation))
    db.session.add(
        Billing(
            organisation=organisation,
            iban="FR7630006000011234567890189",
            vat_regime=VatRegime.CHARGED,
            vat_number="FR44732829320",
        )
    )
    db.session.commit()
    return organisation


@pytest.fixture
def book(farm: Organisation) -> Book:
    return open_book(farm)


def baskets(many: int = 10) -> list[InvoiceLine]:
    return [line_of("Petit panier", Money(1150), many, vat_basis_points=550)]


def issue(book: Book, key: str = "a", day: date = DAY, **more: object) -> Document:
    return issue_invoice(
        book,
        buyer=BUYER,
        lines=more.pop("lines", baskets()),  # type: ignore[arg-type]
        day=day,
        key=key,
        **more,  # type: ignore[arg-type]
    )


def test_an_invoice_has_a_number_and_its_entry_that_number_as_piece(book: Book) -> None:
    document = issue(book)
    db.session.commit()
    assert document.number == "F2026-00001"
    assert (document.total, document.vat) == (Money(11500), Money(600))
    assert document.entry is not None
    assert document.entry.piece == "F2026-00001"
    assert ledger.balance(book, "411") == Money(11500)
    assert ledger.balance(book, "44571") == Money(-600)
    assert ledger.balance(book, "701") == Money(-10900)


def test_the_same_key_is_the_same_invoice(book: Book) -> None:
    first = issue(book)
    assert issue(book) is first
    with pytest.raises(errors.DocumentKeyReused):
        issue(book, lines=baskets(11))
    assert issue(book, key="b").number == "F2026-00002"


def test_what_is_rolled_back_leaves_no_gap(book: Book) -> None:
    issue(book)
    db.session.commit()
    issue(book, key="b")
    db.session.rollback()
    assert issue(book, key="c").number == "F2026-00002"


def test_each_year_and_each_kind_begins_a_series(book: Book) -> None:
    invoice = issue(book)
    note = issue_credit_note(invoice, reason="Rendu", day=DAY, key="n")
    assert note.number == "A2026-00001"
    assert issue(book, key="b", day=date(2027, 1, 2)).number == "F2027-00001"


def test_numbers_follow_the_days(book: Book) -> None:
    issue(book)
    with pytest.raises(errors.EarlierDay):
        issue(book, key="b", day=date(2026, 11, 29))


def test_a_credit_note_gives_back_part_then_no_more_than_what_is_left(book: Book) -> None:
    invoice = issue(book)
    part = [line_of("Petit panier", Money(1150), 4, vat_basis_points=550)]
    issue_credit_note(invoice, part, reason="Grêle", day=DAY, key="n")
    assert left_of(invoice) == {550: Money(6900)}
    with pytest.raises(errors.MoreThanCorrected):
        issue_credit_note(invoice, baskets(7), reason="Grêle", day=DAY, key="o")
    rest = issue_credit_note(invoice, reason="Arrêt", day=DAY, key="p")
    assert rest.total == Money(6900)
    assert ledger.balance(book, "411") == Money(0)
    assert ledger.balance(book, "701") == Money(0)
    assert ledger.balance(book, "44571") == Money(0)
    with pytest.raises(errors.MoreThanCorrected):
        issue_credit_note(invoice, reason="Encore", day=DAY, key="q")
    with pytest.raises(errors.NotAnInvoice):
        issue_credit_note(part_of := rest, reason="Encore", day=DAY, key="r")
    assert part_of.content["corrects"] == {"number": "F2026-00001", "day": "2026-11-30"}


def test_a_credit_note_at_another_rate_gives_nothing_back(book: Book) -> None:
    invoice = issue(book)
    other = [line_of("Savon", Money(500), vat_basis_points=2000)]
    with pytest.raises(errors.MoreThanCorrected):
        issue_credit_note(invoice, other, reason="Rendu", day=DAY, key="n")


def test_a_fact_that_says_other_amounts_is_refused(book: Book) -> None:
    wrong = Sale(BUYER.party, parts_of(baskets(9)))
    with pytest.raises(errors.FactDiffers):
        issue(book, fact=wrong)
    recording.record(book, Commitment(BUYER.party, Money(11500)), DAY, "season:1")
    right = Sale(BUYER.party, parts_of(baskets()), from_advances=True, label="Paniers")
    assert issue(book, fact=right).entry.label == "Paniers"  # type: ignore[union-attr]
    assert ledger.balance(book, "4191") == Money(0)


def test_the_regime_and_the_rates_go_together(book: Book, farm: Organisation) -> None:
    with pytest.raises(errors.WrongRate):
        issue(book, lines=[line_of("Panier", Money(1150))])
    with pytest.raises(errors.WrongRate):
        issue(book, lines=[])
    billing = db.session.get_one(Billing, farm.id)
    billing.vat_regime = VatRegime.FRANCHISE
    with pytest.raises(errors.WrongRate):
        issue(book)
    document = issue(book, lines=[line_of("Panier", Money(1150))])
    assert document.content["exemption"][1] == "VATEX-FR-FRANCHISE"
    assert document.vat == Money(0)
    billing.vat_regime, billing.vat_number = VatRegime.CHARGED, ""
    with pytest.raises(errors.VatNumberMissing):
        issue(book, key="b")


def test_a_seller_that_nobody_could_find_does_not_invoice(book: Book, farm: Organisation) -> None:
    farm.siren = farm.siret = ""
    with pytest.raises(errors.SellerIncomplete):
        issue(book)


def test_invoicing_in_the_name_of_somebody_needs_their_mandate(
    book: Book, farm: Organisation
) -> None:
    by_mandate = Terms(by_mandate=True)
    with pytest.raises(errors.NoMandate):
        issue(book, terms=by_mandate)
    db.session.get_one(Billing, farm.id).self_billing_since = date(2026, 12, 1)
    with pytest.raises(errors.NoMandate):
        issue(book, terms=by_mandate)
    issued = issue(book, terms=by_mandate, day=date(2026, 12, 1))
    assert "au nom et pour le compte de GAEC des Vergnes" in issued.xml.decode()


def test_what_the_seller_becomes_later_changes_no_paper(book: Book, farm: Organisation) -> None:
    document = issue(book)
    farm.name = "Autre nom"
    db.session.commit()
    assert document.content["seller"]["name"] == "GAEC des Vergnes"
    note = issue_credit_note(document, reason="Rendu", day=DAY, key="n")
    assert note.content["seller"]["name"] == "GAEC des Vergnes"


def test_the_platform_invoices_as_an_example_while_one_develops(app: Flask) -> None:
    share = [line_of("Participation", Money(1200), vat_basis_points=2000, nature="service")]
    document = issue_invoice(open_book(None), buyer=BUYER, lines=share, day=DAY, key="share")
    assert document.content["seller"]["name"].endswith("(exemple)")
    assert document.vat == Money(200)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Money(0)},
        {"quantity": Decimal("0.00001")},
        {"quantity": Decimal(0)},
        {"vat_basis_points": 1960},
        {"label": " "},
    ],
)
def test_a_line_that_says_nothing_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"line|quantity|rate"):
        InvoiceLine(**({"label": "Panier", "amount": Money(100)} | wrong))  # type: ignore[arg-type]
