"""What was delivered in a month is sold: out of the advances, by an invoice where one is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from freeco.accounting.facts import Sale
from freeco.accounting.models import Book
from freeco.accounting.recording import open_day, record
from freeco.clock import today
from freeco.cost_price import shares
from freeco.cost_price.words import anatomy
from freeco.db import db
from freeco.documents.amounts import InvoiceLine, line_of, parts_of
from freeco.documents.errors import NoMandate, SellerIncomplete, VatNumberMissing
from freeco.documents.issuing import Terms, issue_invoice
from freeco.documents.models import Document, Kind
from freeco.documents.sellers import buyer_of, check_mandate, seller_of
from freeco.i18n import spoken
from freeco.members.models import Community
from freeco.money import Money, total
from freeco.organisations.billing import Billing, VatRegime
from freeco.payments.models import State
from freeco.payments.parties import party_of
from freeco.sweeping import one_by_one
from freeco_direct_sales import commitments, holding, sellers
from freeco_direct_sales.models import (
    ContractProduct,
    Delivery,
    Distribution,
    Producer,
    Subscription,
    SubscriptionLine,
)
from freeco_direct_sales.sales_models import Delivered
from freeco_direct_sales.solidarity import adjusting

GRACE = timedelta(days=3)
"""After the end of a month, before its sales are written: somebody may still correct a sheet."""
GIVEN = (State.HELD, State.HANDED, State.SETTLED)
"""Payments that came: a cheque that is held pays what it pays."""


@dataclass(frozen=True)
class MonthOfBaskets:
    """What a subscription delivered in a month: how many of each product, at its price."""

    lines: Sequence[tuple[ContractProduct, int]]
    first: date
    last: date


def first_of_month(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def end_of_month(month: date) -> date:
    """Return the last day of a month."""
    return first_of_month(month + timedelta(days=32)) - timedelta(days=1)


def sell_due(community: Community) -> None:
    """Write the sales of every month that is over, and commit each; late or twice is harmless.

    What one book refuses waits for the next sweep, and holds up nobody else's.
    """
    until = first_of_month(today(community.timezone) - GRACE)
    never_written, due = commitments.never_written(community), _due(community, until)
    one_by_one("a commitment of before the books", never_written, _commit)
    one_by_one("the sale of a month", due, lambda each: sell_month(_get(each[0]), each[1]))


def _get(subscription_id: int) -> Subscription:
    return db.session.get_one(Subscription, subscription_id)


def _commit(subscription_id: int) -> None:
    found = _get(subscription_id)
    holding.subscriptions([found])
    commitments.commit(found)


def _due(community: Community, until: date) -> list[tuple[int, date]]:
    """Return the subscriptions and months to sell: those signed, with a delivery, not sold yet."""
    zone = ZoneInfo(community.timezone)
    rows = db.session.execute(
        select(Subscription.id, Distribution.starts_at)
        .join(SubscriptionLine, SubscriptionLine.subscription_id == Subscription.id)
        .join(Delivery, Delivery.id == SubscriptionLine.delivery_id)
        .join(Distribution, Distribution.id == Delivery.distribution_id)
        .where(
            Distribution.community_id == community.id,
            Delivery.cancelled_at.is_(None),
            SubscriptionLine.quantity > 0,
            Subscription.withdrawn_at.is_(None),
            Subscription.household_signed_at.is_not(None),
            Subscription.producer_signed_at.is_not(None),
        )
        .distinct()
    )
    found = {(each, first_of_month(at.astimezone(zone).date())) for each, at in rows}
    sold = select(Delivered.subscription_id, Delivered.month).where(
        Delivered.subscription_id.in_({each for each, _month in found})
    )
    found -= {(row.subscription_id, row.month) for row in db.session.execute(sold)}
    return sorted((each for each in found if each[1] < until), key=lambda each: (each[1], each[0]))


def sell_month(subscription: Subscription, month: date) -> Delivered | None:
    """Write what a subscription delivered in a month as sold; twice is once.

    None when there was nothing. What was delivered before its books began bears no share: nobody
    had agreed to one. The entry, or the invoice, is dated the last day of the month, or the first
    that the book still takes.
    """
    holding.subscriptions([subscription])
    found = db.session.scalar(
        select(Delivered).where(
            Delivered.subscription_id == subscription.id, Delivered.month == month
        )
    )
    if found is not None:
        return found
    contract = subscription.contract
    commitments.commit(subscription)
    baskets = _baskets(subscription, month)
    sum_due = total([product.price * many for product, many in baskets.lines])
    if not sum_due:
        return None
    delivered = Delivered(subscription_id=subscription.id, month=month, amount=sum_due)
    db.session.add(delivered)
    db.session.flush()
    document = _write(subscription, baskets, end_of_month(month))
    delivered.document_id = document.id if document is not None else None
    if commitments.bears_share(subscription, end_of_month(month)):
        shares.charge(
            f"direct_sales:delivered:{delivered.id}",
            sellers.seller(contract.producer),
            contract.community,
            end_of_month(month),
            sum_due,
        )
    return delivered


def _baskets(subscription: Subscription, month: date) -> MonthOfBaskets:
    zone = ZoneInfo(subscription.contract.community.timezone)
    rows = db.session.execute(
        select(ContractProduct, SubscriptionLine.quantity, Distribution.starts_at)
        .join(SubscriptionLine, SubscriptionLine.contract_product_id == ContractProduct.id)
        .join(Delivery, Delivery.id == SubscriptionLine.delivery_id)
        .join(Distribution, Distribution.id == Delivery.distribution_id)
        .where(
            SubscriptionLine.subscription_id == subscription.id,
            SubscriptionLine.quantity > 0,
            Delivery.cancelled_at.is_(None),
        )
        .order_by(ContractProduct.id)
    )
    many: dict[ContractProduct, int] = {}
    days = []
    for product, quantity, at in rows:
        day = at.astimezone(zone).date()
        if first_of_month(day) == month:
            many[product] = many.get(product, 0) + quantity
            days.append(day)
    return MonthOfBaskets(list(many.items()), min(days, default=month), max(days, default=month))


def _write(subscription: Subscription, baskets: MonthOfBaskets, day: date) -> Document | None:
    """Write the sale: by an invoice in the seller's name if it asked for that, else by itself.

    An invoice is not dated before the last one (numbers follow days): what comes late has its day.
    """
    key = f"direct_sales:delivered:{subscription.id}:{day:%Y-%m}"
    producer = subscription.contract.producer
    book = sellers.book(producer)
    lines = _lines(producer, baskets)
    written = open_day(book, day)
    if not may_invoice(book, day, lines):
        sale = Sale(
            party_of(subscription.household),
            parts_of(lines),
            from_advances=True,
            label="Paniers livrés",
        )
        record(book, sale, written, key, piece=f"CONTRAT-{subscription.code}")
        return None
    last = db.session.scalar(
        select(func.max(Document.issued_on)).where(
            Document.book_id == book.id, Document.kind == Kind.INVOICE
        )
    )
    with spoken("fr"):
        parts = shares.parts(total([each.amount for each in lines]), day)
        told = [(str(part.label), part.amount) for part in anatomy(parts)]
    return issue_invoice(
        book,
        buyer=buyer_of(subscription.household),
        lines=lines,
        day=max(written, last or written),
        key=key,
        terms=Terms(
            due_on=_due_on(subscription, max(written, last or written)),
            paid=_paid(subscription, total([each.amount for each in lines])),
            period=(baskets.first, baskets.last),
            anatomy=told,
            by_mandate=True,
        ),
        community=subscription.contract.community,
        from_advances=True,
    )


def _paid(subscription: Subscription, amount: Money) -> Money:
    """Return what was paid of a month: what came, less the months that were sold before it."""
    came = total([each.amount for each in subscription.payments if each.state in GIVEN])
    given_back = total([each.refunded for each in subscription.payments])
    came -= adjusting.adjusted([subscription.id])[subscription.id]  # the pool pays, or is paid
    left = came - given_back - (sold_of(subscription) - amount)
    return min(amount, max(left, Money(0)))


def _due_on(subscription: Subscription, day: date) -> date:
    """Return the day of the next payment of the schedule, which pays what is not paid yet."""
    coming = [each.due_on for each in subscription.payments if each.state == State.EXPECTED]
    return max(day, min(coming, default=day))


def charges_vat(producer: Producer) -> bool:
    """Whether who sells what a producer brings charges VAT."""
    billing = db.session.get(Billing, sellers.seller(producer).id)
    return billing is not None and billing.vat_regime == VatRegime.CHARGED


def _lines(producer: Producer, baskets: MonthOfBaskets) -> list[InvoiceLine]:
    charged = charges_vat(producer)
    return [
        line_of(
            product.name,
            product.price,
            many,
            unit="hour" if product.unit == "hour" else "piece",
            vat_basis_points=product.vat_basis_points if charged else 0,
            nature="service" if product.product.is_service else "product",
        )
        for product, many in baskets.lines
        if product.price
    ]


def may_invoice(book: Book, day: date, lines: Sequence[InvoiceLine]) -> bool:
    """Whether the seller asked Freeco to invoice in its name, and says all that it takes.

    A product without VAT, from who charges it, needs a reason that nobody has said: no invoice.
    """
    try:
        check_mandate(book, day)
        charged = seller_of(book).vat_regime == VatRegime.CHARGED
    except (NoMandate, SellerIncomplete, VatNumberMissing):
        return False
    return all(bool(each.vat_basis_points) == charged for each in lines)


def sold_of(subscription: Subscription) -> Money:
    """Return what a subscription delivered and sold so far."""
    amount = db.session.scalar(
        select(func.sum(Delivered.amount)).where(Delivered.subscription_id == subscription.id)
    )
    return amount or Money(0)
