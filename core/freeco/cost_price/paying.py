"""What sellers have paid of their invoices, as the cooperative's treasurer notes it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from freeco.accounting.books import open_book
from freeco.accounting.facts import Fact, PaidOut, Received
from freeco.accounting.models import Book, Entry
from freeco.accounting.recording import open_day, platform_book, record
from freeco.clock import today
from freeco.cost_price.errors import NoSuchBill, NothingToPay, PaidOnNoSuchDay
from freeco.cost_price.sellers import party_in_book
from freeco.cost_price.share_models import CostBill, CostPayment
from freeco.db import db, lock
from freeco.documents.issuing import left_of
from freeco.documents.models import Document
from freeco.money import Money, total
from freeco.payments.parties import PLATFORM


@dataclass(frozen=True)
class Unpaid:
    """An invoice that is still to be paid."""

    bill: CostBill
    invoice: Document
    left: Money
    """VAT included; what credit notes took off is not asked."""

    @property
    def days(self) -> int:
        """How long ago it was issued."""
        return (today() - self.invoice.issued_on).days


def unpaid() -> list[Unpaid]:
    """Return the invoices of the platform that are not paid yet, the oldest first."""
    query = (
        select(CostBill, Document)
        .join(Document, Document.id == CostBill.document_id)
        .outerjoin(CostPayment, CostPayment.bill_id == CostBill.id)
        .where(CostPayment.bill_id.is_(None))
        .order_by(Document.issued_on, Document.id)
    )
    found = [Unpaid(*row, left=_left(row.Document)) for row in db.session.execute(query)]
    return [each for each in found if each.left]


def note_paid(number: str, day: date) -> CostPayment:
    """Note that an invoice was paid by transfer, whole, in both books.

    Raises NoSuchBill, NothingToPay when it is paid already or credit notes took it off whole,
    PaidOnNoSuchDay, PeriodClosed when the platform's book is closed on that day.
    """
    book = platform_book()
    lock(book)
    query = (
        select(CostBill, Document)
        .join(Document, Document.id == CostBill.document_id)
        .where(Document.book_id == book.id, Document.number == number.strip().upper())
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NoSuchBill
    bill, invoice = row
    left = _left(invoice)
    if not left or db.session.get(CostPayment, bill.id) is not None:
        raise NothingToPay
    if not invoice.issued_on <= day <= today():
        raise PaidOnNoSuchDay
    theirs = open_book(bill.organisation, rehearsal=False)
    received = Received(party_in_book(bill.organisation), left, "transfer")
    entry = _write(book, received, day, invoice)
    _write(theirs, PaidOut(PLATFORM, left), open_day(theirs, day), invoice)
    made = CostPayment(bill_id=bill.id, day=day, amount=left, entry_id=entry.id)
    db.session.add(made)
    db.session.flush()
    return made


def _write(book: Book, fact: Fact, day: date, invoice: Document) -> Entry:
    key = f"cost_paid:{invoice.number}"
    return record(book, fact, day, key, piece=invoice.number, piece_day=invoice.issued_on)


def _left(invoice: Document) -> Money:
    return total(list(left_of(invoice).values()))
