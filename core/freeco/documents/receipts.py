"""Receipts that lower the giver's tax.

Cerfa 11580 for persons (CGI art. 200), 16216 for companies (CGI art. 238 bis). The donee issues
them, never who collects for it: the series are the donee's. They are off until it has said on
what they rest (LPF art. L80 C) and from when; a wrong receipt costs it a fine (CGI art. 1740 A).
A receipt never changes: what was wrong is cancelled by a new document that cites it, and its
number is never used again. Amounts are in figures between asterisks, which replaces the words
on what a computer makes (BOI-IR-RICI-250-40). Recurring gifts: one receipt a year.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from freeco.accounting.facts import Means
from freeco.accounting.models import Book
from freeco.db import db, lock
from freeco.documents.errors import (
    AlreadyReceipted,
    DocumentKeyReused,
    GiverIncomplete,
    NoReceipts,
    NotAReceipt,
)
from freeco.documents.models import Document, Kind
from freeco.documents.numbering import find_by_key, next_number, write
from freeco.documents.sellers import Buyer, seller_of_receipts
from freeco.members.models import Community
from freeco.money import Money, total
from freeco.organisations.billing import Billing

PERSON_FORM = ("11580*05", "article 200 du code général des impôts")
COMPANY_FORM = ("16216*02", "article 238 bis du code général des impôts")


@dataclass(frozen=True)
class GiftReceived:
    """A gift that has come, for nothing in return."""

    reference: str
    """What names it for ever, such as ``payment:12``: it stands on one receipt at most."""
    day: date
    """When the money came."""
    amount: Money
    means: Means


def issue_receipt(
    book: Book,
    *,
    giver: Buyer,
    gifts: Sequence[GiftReceived],
    day: date,
    key: str,
    signed_by: str,
    community: Community | None = None,
) -> Document:
    """Issue one receipt for gifts of one calendar year; a key is issued once.

    ``signed_by`` is who answers for it, by name and charge, as printed. Raises NoReceipts,
    GiverIncomplete, AlreadyReceipted, DocumentKeyReused, EarlierDay, SellerIncomplete.
    """
    lock(book)
    amount = total([each.amount for each in gifts])
    found = find_by_key(book, key)
    if found is not None:
        if (found.kind, found.party, found.total) != (Kind.RECEIPT, giver.party, amount):
            raise DocumentKeyReused
        return found
    billing = db.session.get(Billing, book.organisation_id) if book.organisation_id else None
    if not gifts or len({each.day.year for each in gifts}) > 1:
        raise ValueError("a receipt is for the gifts of one year")
    since = billing.gift_receipts_since if billing is not None else None
    if billing is None or since is None or min(each.day for each in gifts) < since:
        raise NoReceipts
    if not (giver.name and giver.address and giver.commune):
        raise GiverIncomplete
    if receipted(book, giver.party) & {each.reference for each in gifts}:
        raise AlreadyReceipted
    form, article = COMPANY_FORM if giver.siren else PERSON_FORM
    content: dict[str, Any] = {
        "kind": Kind.RECEIPT.value,
        "day": day.isoformat(),
        "rehearsal": book.rehearsal,
        "seller": asdict(seller_of_receipts(book)),
        "buyer": asdict(giver),
        "form": form,
        "article": article,
        "proof": billing.gift_receipts_proof,
        "gifts": [
            {
                "reference": each.reference,
                "day": each.day.isoformat(),
                "amount": each.amount.cents,
                "means": each.means,
            }
            for each in sorted(gifts, key=lambda each: each.day)
        ],
        "total": amount.cents,
        "signed_by": signed_by,
    }
    return _numbered(book, Kind.RECEIPT, content, day, key, giver.party, community, None)


def cancel_receipt(receipt: Document, reason: str, day: date, key: str) -> Document:
    """Take a receipt back by a document that cites it; its gifts may be receipted anew.

    Raises NotAReceipt (no receipt, or cancelled already), EarlierDay, DocumentKeyReused.
    """
    book = receipt.book
    lock(book)
    found = find_by_key(book, key)
    if found is not None:
        if found.corrects_id != receipt.id:
            raise DocumentKeyReused
        return found
    if receipt.kind != Kind.RECEIPT or receipt.id in _cancelled(book):
        raise NotAReceipt
    content = dict(receipt.content) | {
        "kind": Kind.CANCELLATION.value,
        "day": day.isoformat(),
        "corrects": {"number": receipt.number, "day": receipt.issued_on.isoformat()},
        "reason": reason,
    }
    return _numbered(
        book, Kind.CANCELLATION, content, day, key, receipt.party, receipt.community, receipt
    )


def receipted(book: Book, party: str) -> set[str]:
    """Return the references of somebody's gifts that stand on a receipt in force."""
    receipts = select(Document).where(
        Document.book_id == book.id, Document.party == party, Document.kind == Kind.RECEIPT
    )
    gone = _cancelled(book)
    return {
        gift["reference"]
        for each in db.session.scalars(receipts)
        if each.id not in gone
        for gift in each.content["gifts"]
    }


def yearly_totals(book: Book, year: int) -> tuple[int, Money]:
    """Return how many receipts of a year are in force and their sum, for the declaration.

    Of every donee, with its declaration of results: CGI art. 222 bis.
    """
    kept = [each for each, cancellation in of_year(book, year) if cancellation is None]
    return len(kept), total([each.total for each in kept])


def of_year(book: Book, year: int) -> list[tuple[Document, Document | None]]:
    """Return the receipts for gifts of a year, the latest first, each with its cancellation."""
    own = select(Document).where(Document.book_id == book.id)
    gone = {
        each.corrects_id: each
        for each in db.session.scalars(own.where(Document.kind == Kind.CANCELLATION))
    }
    receipts = own.where(Document.kind == Kind.RECEIPT).order_by(Document.id.desc())
    return [
        (each, gone.get(each.id))
        for each in db.session.scalars(receipts)
        if each.content["gifts"][0]["day"].startswith(f"{year}-")
    ]


def _cancelled(book: Book) -> set[int | None]:
    query = select(Document.corrects_id).where(
        Document.book_id == book.id, Document.kind == Kind.CANCELLATION
    )
    return set(db.session.scalars(query))


def _numbered(
    book: Book,
    kind: Kind,
    content: dict[str, Any],
    day: date,
    key: str,
    party: str,
    community: Community | None,
    corrects: Document | None,
) -> Document:
    series, position, content["number"] = next_number(book, kind, day)
    return write(
        series,
        position,
        content=content,
        party=party,
        community=community,
        total=Money(content["total"]),
        vat=Money(0),
        key=key,
        corrects=corrects,
    )
