"""Gift receipts: only from who may, once a gift, numbered, cancelled by another row."""

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from freeco.accounting.books import open_book
from freeco.accounting.models import Book
from freeco.db import db
from freeco.documents import errors
from freeco.documents.models import Document
from freeco.documents.printing import pdf_of
from freeco.documents.receipts import GiftReceived, cancel_receipt, issue_receipt, yearly_totals
from freeco.documents.sellers import Buyer
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.billing import Billing
from freeco.organisations.models import Organisation

DAY = date(2027, 1, 15)
GIVER = Buyer("core:person:4", "Camille Fabre", "3 rue Haute", "46320", "Assiac")
GIFTS = (
    GiftReceived("payment:1", date(2026, 3, 5), Money(2000), "card"),
    GiftReceived("payment:2", date(2026, 4, 5), Money(3000), "cheque"),
)


@pytest.fixture
def book(community: Community) -> Book:
    body = Organisation(
        kind="association",
        name="Les Amis du Four",
        rna="W461001234",
        address="Le Bourg",
        postal_code="46320",
        commune="Assiac",
    )
    db.session.add(Member(community=community, organisation=body))
    billing = Billing(organisation=body, gift_receipts_proof="rescrit du 3 mars 2025, n° 12")
    billing.gift_receipts_since = date(2026, 1, 1)
    db.session.add(billing)
    db.session.flush()
    return open_book(body)


def issue(book: Book, key: str = "r", giver: Buyer = GIVER, gifts: object = GIFTS) -> Document:
    return issue_receipt(
        book,
        giver=giver,
        gifts=gifts,  # type: ignore[arg-type]
        day=DAY,
        key=key,
        signed_by="Bernard Delpech, trésorier",
    )


def test_a_receipt_says_what_the_form_asks(book: Book) -> None:
    receipt = issue(book)
    assert receipt.number == "R2027-00001"
    assert receipt.total == Money(5000)
    made = pdf_of(receipt)
    text = " ".join(PdfReader(BytesIO(made)).pages[0].extract_text().split())
    for words in (
        "11580*05",
        "article 200 du code général des impôts",
        "W461001234",
        "Camille Fabre",
        "3 rue Haute",
        "*** 50,00",
        "05/03/2026",
        "Chèque",
        "déclaration de don manuel",
        "numéraire",
        "Bernard Delpech, trésorier",
        "rescrit du 3 mars 2025",
    ):
        assert words in text, words


def test_a_company_gets_its_own_form(book: Book) -> None:
    company = Buyer(
        "core:organisation:4", "SARL", "3 rue Haute", "46320", "Assiac", siren="732829320"
    )
    assert issue(book, giver=company).content["form"] == "16216*02"


def test_a_gift_stands_on_one_receipt(book: Book) -> None:
    first = issue(book)
    assert issue(book) is first
    with pytest.raises(errors.AlreadyReceipted):
        issue(book, "again")
    with pytest.raises(errors.DocumentKeyReused):
        issue(book, gifts=GIFTS[:1])


def test_a_receipt_is_cancelled_once_by_a_row_that_cites_it(book: Book) -> None:
    receipt = issue(book)
    assert yearly_totals(book, 2026) == (1, Money(5000))
    gone = cancel_receipt(receipt, "Mauvaise adresse", DAY, "gone")
    assert (gone.number, gone.corrects) == ("X2027-00001", receipt)
    assert cancel_receipt(receipt, "Mauvaise adresse", DAY, "gone") is gone
    with pytest.raises(errors.NotAReceipt):
        cancel_receipt(receipt, "Encore", DAY, "twice")
    with pytest.raises(errors.NotAReceipt):
        cancel_receipt(gone, "Encore", DAY, "twice")
    assert yearly_totals(book, 2026) == (0, Money(0))
    assert issue(book, "anew").number == "R2027-00002"
    text = PdfReader(BytesIO(pdf_of(gone))).pages[0].extract_text()
    assert "R2027-00001" in text
    assert "réduction d’impôt prévue" not in text


def test_receipts_are_off_until_the_organisation_has_said_on_what_they_rest(book: Book) -> None:
    billing = db.session.get_one(Billing, book.organisation_id)
    billing.gift_receipts_since = date(2026, 3, 6)
    with pytest.raises(errors.NoReceipts):
        issue(book)
    billing.gift_receipts_since = None
    with pytest.raises(errors.NoReceipts):
        issue(book)
    with pytest.raises(errors.NoReceipts):
        issue(open_book(None))


def test_a_receipt_needs_the_address_of_who_gave(book: Book) -> None:
    with pytest.raises(errors.GiverIncomplete):
        issue(book, giver=Buyer("core:person:4", "Camille Fabre"))


def test_a_receipt_is_for_one_year(book: Book) -> None:
    late = GiftReceived("payment:3", date(2027, 1, 2), Money(1), "cash")
    with pytest.raises(ValueError, match="one year"):
        issue(book, gifts=(*GIFTS, late))
    with pytest.raises(ValueError, match="one year"):
        issue(book, gifts=())
