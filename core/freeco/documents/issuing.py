"""Issuing invoices and credit notes: number, entry, XML and document in one transaction.

None commits. The seller is whose book it is; the books, the paper and the XML have the same cents.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from freeco.accounting import recording
from freeco.accounting.facts import Fact, Sale, SaleLessened
from freeco.accounting.facts.sales import ADVANCES, CUSTOMERS, VAT_COLLECTED
from freeco.accounting.models import Book
from freeco.db import db, lock
from freeco.documents import notes as words
from freeco.documents.amounts import InvoiceLine, at_rates, nets_of, parts_of
from freeco.documents.errors import (
    DocumentKeyReused,
    FactDiffers,
    MoreThanCorrected,
    NotAnInvoice,
    WrongRate,
)
from freeco.documents.facturx import invoice_xml
from freeco.documents.models import Document, Kind
from freeco.documents.numbering import find_by_key, next_number, write
from freeco.documents.sellers import Buyer, Seller, check_mandate, seller_of
from freeco.members.models import Community
from freeco.money import Money, total
from freeco.organisations.billing import VatRegime


@dataclass(frozen=True)
class Terms:
    """What an invoice says besides its lines."""

    due_on: date | None = None
    """Until when it is to be paid; its own day unless said."""
    paid: Money = Money(0)
    """What was paid before it, such as advances."""
    reference: str = ""
    """What to copy on a transfer (ISO 11649)."""
    period: tuple[date, date] | None = None
    """From when to when it was delivered: first and last day."""
    notes: Sequence[str] = ()
    anatomy: Sequence[tuple[str, Money]] = ()
    """The parts of the price, as « Pourquoi ce montant » shows them: label and amount."""
    by_mandate: bool = False
    """Made by Freeco in the name of the seller, who must have asked for it before."""


def issue_invoice(
    book: Book,
    *,
    buyer: Buyer,
    lines: Sequence[InvoiceLine],
    day: date,
    key: str,
    terms: Terms = Terms(),
    community: Community | None = None,
    from_advances: bool = False,
    fact: Fact | None = None,
    party_in_book: str = "",
) -> Document:
    """Issue an invoice of whose book it is, record its sale, and return it; a key is issued once.

    The sale is ``Sale(buyer.party, parts of the lines, from_advances)`` unless ``fact`` says
    otherwise, with the same amounts. ``party_in_book`` is who the buyer is in the book, when the
    document and the book do not name it alike. Raises SellerIncomplete, VatNumberMissing,
    WrongRate, NoMandate, EarlierDay, DocumentKeyReused, FactDiffers, and what posting raises.
    """
    lock(book)
    rates = at_rates(lines)
    gross = total([each.gross for each in rates])
    found = find_by_key(book, key)
    if found is not None:
        return _same(found, Kind.INVOICE, buyer.party, gross)
    seller = seller_of(book)
    charged = seller.vat_regime == VatRegime.CHARGED
    if not lines or any(bool(each.vat_basis_points) != charged for each in lines):
        raise WrongRate
    if terms.paid > gross:
        raise ValueError("more was paid than is invoiced")
    if terms.by_mandate:
        check_mandate(book, day)
    party = party_in_book or buyer.party
    sale = fact or Sale(party, parts_of(lines), from_advances=from_advances)
    content = _content(book, Kind.INVOICE, seller, buyer, lines, day) | {
        "due_on": (terms.due_on or day).isoformat(),
        "paid": terms.paid.cents,
        "reference": terms.reference,
        "period": [each.isoformat() for each in terms.period or ()],
        "notes": list(terms.notes),
        "anatomy": [[label, amount.cents] for label, amount in terms.anatomy],
        "mandate": terms.by_mandate,
    }
    return _issue(book, Kind.INVOICE, content, day, key, community, sale, None, party)


def issue_credit_note(
    invoice: Document,
    lines: Sequence[InvoiceLine] | None = None,
    *,
    reason: str,
    day: date,
    key: str,
    adjusts_price: bool = False,
    fact: Fact | None = None,
    party_in_book: str = "",
) -> Document:
    """Give part of an invoice back, or all that is left of it when no lines are said.

    ``reason`` is printed. The fact is ``SaleLessened`` unless said otherwise; ``party_in_book``
    is as the invoice's was. Raises
    NotAnInvoice, MoreThanCorrected (rate by rate, all credit notes together), EarlierDay,
    DocumentKeyReused, FactDiffers, and what posting raises.
    """
    book = invoice.book
    lock(book)
    if invoice.kind != Kind.INVOICE:
        raise NotAnInvoice
    found = find_by_key(book, key)
    if found is not None:
        return _same(found, Kind.CREDIT_NOTE, invoice.party, None)
    left = left_of(invoice)
    wanted = list(lines) if lines is not None else _remaining(invoice, left)
    asked: dict[int, Money] = {}
    for each in wanted:
        rate = each.vat_basis_points
        asked[rate] = asked.get(rate, Money(0)) + each.amount
    if not wanted or any(left.get(rate, Money(0)) < amount for rate, amount in asked.items()):
        raise MoreThanCorrected
    said = invoice.content
    seller, buyer = Seller(**said["seller"]), Buyer(**said["buyer"])
    party = party_in_book or invoice.party
    lessened = fact or SaleLessened(party, parts_of(wanted), adjusts_price=adjusts_price)
    content = _content(book, Kind.CREDIT_NOTE, seller, buyer, wanted, day) | {
        "reason": reason,
        "corrects": {"number": invoice.number, "day": invoice.issued_on.isoformat()},
        "mandate": said["mandate"],
    }
    community = invoice.community
    return _issue(book, Kind.CREDIT_NOTE, content, day, key, community, lessened, invoice, party)


def left_of(invoice: Document) -> dict[int, Money]:
    """Return what credit notes have left of an invoice, VAT included, at each rate."""
    left = {each["rate"]: Money(each["gross"]) for each in invoice.content["rates"]}
    notes = select(Document).where(
        Document.corrects_id == invoice.id, Document.kind == Kind.CREDIT_NOTE
    )
    for note in db.session.scalars(notes):
        for each in note.content["rates"]:
            left[each["rate"]] -= Money(each["gross"])
    return left


def _remaining(invoice: Document, left: dict[int, Money]) -> list[InvoiceLine]:
    """Return the lines of an invoice, or one a rate when part of it was given back already."""
    if total(list(left.values())) == invoice.total:
        return [_line(each) for each in invoice.content["lines"]]
    natures = {each["rate"]: each["nature"] for each in invoice.content["lines"]}
    label = f"Reste de la facture {invoice.number}"
    return [
        InvoiceLine(label, amount, vat_basis_points=rate, nature=natures[rate])
        for rate, amount in left.items()
        if amount
    ]


def _line(said: dict[str, Any]) -> InvoiceLine:
    return InvoiceLine(
        label=said["label"],
        amount=Money(said["gross"]),
        quantity=Decimal(said["quantity"]),
        unit=said["unit"],
        vat_basis_points=said["rate"],
        nature=said["nature"],
        detail=said["detail"],
    )


def _same(found: Document, kind: Kind, party: str, gross: Money | None) -> Document:
    if found.kind != kind or found.party != party or gross not in (None, found.total):
        raise DocumentKeyReused
    return found


def _content(
    book: Book,
    kind: Kind,
    seller: Seller,
    buyer: Buyer,
    lines: Sequence[InvoiceLine],
    day: date,
) -> dict[str, Any]:
    rates = at_rates(lines)
    return {
        "kind": kind.value,
        "day": day.isoformat(),
        "rehearsal": book.rehearsal,
        "seller": asdict(seller),
        "buyer": asdict(buyer),
        "lines": [
            {
                "label": each.label,
                "detail": each.detail,
                "quantity": format(each.quantity.normalize(), "f"),
                "unit": each.unit,
                "rate": each.vat_basis_points,
                "nature": each.nature,
                "net": net.cents,
                "gross": each.amount.cents,
            }
            for each, net in zip(lines, nets_of(lines), strict=True)
        ],
        "rates": [
            {
                "rate": each.vat_basis_points,
                "net": each.net.cents,
                "vat": each.vat.cents,
                "gross": each.gross.cents,
            }
            for each in rates
        ],
        "exemption": list(words.exemption(seller) or ()),
        "net": sum(each.net.cents for each in rates),
        "vat": sum(each.vat.cents for each in rates),
        "total": sum(each.gross.cents for each in rates),
        "legal": words.LATE_PAYMENT,
    }


def _issue(
    book: Book,
    kind: Kind,
    content: dict[str, Any],
    day: date,
    key: str,
    community: Community | None,
    fact: Fact,
    corrects: Document | None,
    party_in_book: str,
) -> Document:
    gross, vat = Money(content["total"]), Money(content["vat"])
    _check_fact(fact, party_in_book, gross, vat, sign=1 if kind == Kind.INVOICE else -1)
    series, position, number = next_number(book, kind, day)
    content["number"] = number
    entry = recording.record(book, fact, day, f"document:{key}", piece=number, piece_day=day)
    return write(
        series,
        position,
        content=content,
        party=content["buyer"]["party"],
        community=community,
        total=gross,
        vat=vat,
        key=key,
        xml=invoice_xml(content),
        corrects=corrects,
        entry=entry,
    )


def _check_fact(fact: Fact, party: str, gross: Money, vat: Money, *, sign: int) -> None:
    """Refuse an entry that would not say what the paper says: whose, how much, what VAT."""
    owed = collected = 0
    for each in fact.lines():
        if each.party == party and each.account in (CUSTOMERS, ADVANCES):
            owed += each.amount.cents
        elif each.account == VAT_COLLECTED:
            collected += each.amount.cents
    if (owed, collected) != (sign * gross.cents, -sign * vat.cents):
        raise FactDiffers
