"""The platform's own invoices and credit notes for its shares."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from freeco import i18n
from freeco.accounting.books import open_book
from freeco.accounting.facts import (
    Fact,
    Part,
    Sale,
    SaleLessened,
    cost_share,
    cost_share_lessened,
)
from freeco.accounting.models import Book
from freeco.accounting.recording import open_day, platform_book, record
from freeco.cost_price.sellers import number_of, party_in_book
from freeco.cost_price.share_models import CostBill
from freeco.db import db
from freeco.documents.amounts import InvoiceLine
from freeco.documents.issuing import Terms, issue_credit_note, issue_invoice, left_of
from freeco.documents.models import Document
from freeco.documents.sellers import buyer_of, seller_of
from freeco.money import Money
from freeco.organisations.billing import Billing, VatRegime
from freeco.organisations.models import Organisation
from freeco.payments.parties import PLATFORM

STANDARD_VAT = 2000
"""CGI art. 278."""
OVER = " sur un volume de "
"""Before the volume, in euros with a point: anybody who has the platform's book can compute the
rate again (docs/recompute_rate.py)."""


def vat_rate(book: Book) -> int:
    """Return the rate of VAT of the platform's services: none when it charges none."""
    return STANDARD_VAT if seller_of(book).vat_regime == VatRegime.CHARGED else 0


def with_vat(net: Money, basis_points: int) -> Money:
    """Return the smallest amount whose net, as ``Part`` computes it, is this one."""
    gross = Money(net.cents * (10_000 + basis_points) // 10_000)
    while gross - Part(gross, basis_points).vat < net:
        gross += Money(1)
    while gross and gross - Money(1) - Part(gross - Money(1), basis_points).vat >= net:
        gross -= Money(1)
    return gross


def share_label(month: date) -> str:
    """Return what the books and the papers call the shares of a month, in French as they are."""
    return f"Participation aux frais, {_in_words(month)}"


def _in_words(month: date) -> str:
    with i18n.spoken("fr"):
        return i18n.month(month)


def invoice_share(
    organisation: Organisation, amount: Money, day: date, period: tuple[date, date], volume: str
) -> Document:
    """Invoice the shares of a month, in both books. Raises what ``issue_invoice`` raises."""
    book = platform_book()
    rate = vat_rate(book)
    said = f"cost_bill:{{}}:{period[0]:%Y-%m}"
    party = party_in_book(organisation)
    sale = Sale(
        party,
        [Part(amount, rate, "service")],
        label=f"{share_label(period[0])}{OVER}{volume}",
    )
    document = issue_invoice(
        book,
        buyer=buyer_of(organisation),
        lines=[
            InvoiceLine(
                f"Participation aux frais de la plateforme, {_in_words(period[0])}",
                amount,
                vat_basis_points=rate,
                nature="service",
            )
        ],
        day=day,
        key=said.format(number_of(organisation)),
        terms=Terms(period=period),
        fact=sale,
        party_in_book=party,
    )
    vat = document.vat if _deducts(organisation) else Money(0)
    _mirror(organisation, cost_share(PLATFORM, amount, vat), day, said, document.number)
    return document


@dataclass(frozen=True)
class Credited:
    """What credit notes have given back."""

    net: Money
    vat: Money

    @property
    def gross(self) -> Money:
        """VAT included."""
        return self.net + self.vat


def credit_shares(
    organisation: Organisation,
    net: Money,
    day: date,
    said: str,
    reason: str,
    *,
    volume: str = "",
    adjusts_price: bool = False,
) -> Credited:
    """Give back an amount without VAT, from the latest invoices on, in both books.

    A credit note corrects one invoice: there are as many as it takes. ``said`` is the key, with
    ``{}`` for the seller's number. Returns what was given back, which is less when the invoices
    do not hold so much any more.
    """
    party = party_in_book(organisation)
    key = said.format(number_of(organisation))
    rate = vat_rate(platform_book())
    found = Credited(Money(0), Money(0))
    first = ""
    for invoice in _invoices(organisation, day):
        left = left_of(invoice).get(rate, Money(0))
        if found.net == net:
            break
        if not left:
            continue
        most = left - Part(left, rate).vat
        gross = left if most <= net - found.net else with_vat(net - found.net, rate)
        part = Part(gross, rate, "service")
        label = f"{reason}{OVER}{volume}" if volume and not first else reason
        note = issue_credit_note(
            invoice,
            [InvoiceLine(reason, gross, vat_basis_points=rate, nature="service")],
            reason=reason,
            day=day,
            key=f"{key}:{invoice.number}",
            fact=SaleLessened(party, [part], adjusts_price=adjusts_price, label=label),
            party_in_book=party,
        )
        first = first or note.number
        found = Credited(found.net + gross - note.vat, found.vat + note.vat)
    if found.net:
        vat = found.vat if _deducts(organisation) else Money(0)
        _mirror(organisation, cost_share_lessened(PLATFORM, found.gross, vat), day, said, first)
    return found


def _invoices(organisation: Organisation, day: date) -> list[Document]:
    query = (
        select(Document)
        .join(CostBill, CostBill.document_id == Document.id)
        .where(CostBill.organisation_id == organisation.id, Document.issued_on <= day)
    )
    return list(db.session.scalars(query.order_by(CostBill.month.desc())))


def _deducts(organisation: Organisation) -> bool:
    billing = db.session.get(Billing, organisation.id)
    return billing is not None and billing.vat_regime == VatRegime.CHARGED


def _mirror(organisation: Organisation, fact: Fact, day: date, said: str, piece: str) -> None:
    """Write in the organisation's own book what the platform's says, without its number there."""
    theirs = open_book(organisation, rehearsal=False)
    key = said.format(organisation.id)
    record(theirs, fact, open_day(theirs, day), key, piece=piece, piece_day=day)
