"""Settling: what was handed out and weighed is sold, and what each household owes is fixed."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from freeco.accounting.facts import Sale
from freeco.accounting.models import Book
from freeco.accounting.recording import open_day, record
from freeco.clock import now, today
from freeco.cost_price import shares
from freeco.cost_price.words import anatomy
from freeco.db import db, lock
from freeco.documents.amounts import InvoiceLine, parts_of
from freeco.documents.issuing import Terms, issue_invoice
from freeco.documents.models import Document, Kind
from freeco.documents.sellers import buyer_of
from freeco.i18n import spoken
from freeco.money import Money, total
from freeco.payments import steps
from freeco.payments.models import Method
from freeco.payments.parties import party_of
from freeco_direct_sales import holding, sales, sellers
from freeco_direct_sales.local import local_day
from freeco_direct_sales.models import Producer
from freeco_direct_sales.orders import stocks
from freeco_direct_sales.orders.amounts import GRAMS, amount, is_estimated, quantity
from freeco_direct_sales.orders.errors import NotHandedOut, NotWeighed, SessionNotClosed
from freeco_direct_sales.orders.models import (
    Order,
    OrderLine,
    OrderSession,
    Pricing,
    SessionState,
)
from freeco_direct_sales.orders.settling_models import OrderSale
from freeco_direct_sales.solidarity import cost_granting

NO_HELP = cost_granting.Held({})


def to_settle(session: OrderSession) -> Sequence[Order]:
    """Return the standing orders that are not settled yet, in the order they were placed."""
    return db.session.scalars(
        select(Order)
        .where(
            Order.session_id == session.id,
            Order.cancelled_at.is_(None),
            Order.settled_at.is_(None),
        )
        .order_by(Order.placed_at, Order.id)
    ).all()


def ready(session: OrderSession) -> list[Order]:
    """Return the orders that can be settled now: handed out, and everything weighed."""
    if session.state in (SessionState.DRAFT, SessionState.OPEN):
        return []
    return [each for each in to_settle(session) if handed_out(each) and not any(unweighed(each))]


def handed_out(order: Order) -> bool:
    """Whether the distribution where an order is taken has begun."""
    return order.pickup.distribution.starts_at <= now()


def unweighed(order: Order) -> list[OrderLine]:
    """Return the lines of an order that still wait for the scales."""
    return [line for line in order.lines if is_estimated(line)]


def settle_order(order: Order) -> list[OrderSale]:
    """Fix what a household owes each producer of its order; twice is once.

    For each producer one payment is expected and one sale written, of the same amount but for what
    the solidarity pool pays (``cost_granting``). The sale,
    or the invoice, is dated the day of the distribution, or the first that the book still takes.
    The session is settled with its last order. Raises SessionNotClosed, NotHandedOut, NotWeighed,
    and what the books refuse: then nothing is written.
    """
    lock(order.session)
    lock(order)
    if order.settled_at is not None or order.cancelled_at is not None:
        return sold(order)
    if order.session.state in (SessionState.DRAFT, SessionState.OPEN):
        raise SessionNotClosed
    if not handed_out(order):
        raise NotHandedOut
    lines = [line for line in _lines_now(order) if not line.offer.product.is_service]
    if any(is_estimated(line) for line in lines):
        raise NotWeighed
    stocks.hand_out(lines)
    parts: dict[Producer, list[OrderLine]] = {}
    for line in lines:
        if amount(line):
            parts.setdefault(line.offer.product.producer, []).append(line)
    helped = cost_granting.hold(order)
    holding.sellers_and_books(parts, helped.holders)
    found = [
        _sell(order, producer, theirs, None, helped)
        for producer, theirs in sorted(parts.items(), key=lambda each: each[0].id)
    ]
    order.settled_at = now()
    db.session.flush()
    if not to_settle(order.session):
        order.session.state = SessionState.SETTLED
    return found


def settle_service(line: OrderLine, day: date) -> OrderSale | None:
    """Fix what a service comes to, once both sides have said that it was done; twice is once.

    It is a sale of its own: the goods of the same order do not wait for it. The caller has locked
    the session and the order. None for what costs nothing.
    """
    db.session.refresh(line)  # what comes may have been said before the order was locked
    found = db.session.scalar(select(OrderSale).where(OrderSale.line_id == line.id))
    if found is not None or not amount(line):
        return found
    producer = line.offer.product.producer
    stocks.hand_out([line])
    holding.sellers_and_books([producer])
    return _sell(line.order, producer, [line], (line, day))


def _lines_now(order: Order) -> Sequence[OrderLine]:
    return db.session.scalars(
        select(OrderLine)
        .where(OrderLine.order_id == order.id)
        .order_by(OrderLine.id)
        .execution_options(populate_existing=True)
    ).all()


def close_empty(session: OrderSession) -> None:
    """Settle a session in which nobody has ordered. Raises SessionNotClosed."""
    lock(session)
    if session.state in (SessionState.DRAFT, SessionState.OPEN):
        raise SessionNotClosed
    if not to_settle(session):
        session.state = SessionState.SETTLED


def sold(order: Order) -> list[OrderSale]:
    """Return what was fixed of an order, by producer."""
    return list(
        db.session.scalars(
            select(OrderSale).where(OrderSale.order_id == order.id).order_by(OrderSale.producer_id)
        )
    )


def _sell(
    order: Order,
    producer: Producer,
    lines: Sequence[OrderLine],
    service: tuple[OrderLine, date] | None = None,
    helped: cost_granting.Held = NO_HELP,
) -> OrderSale:
    community = order.session.community
    day = service[1] if service else local_day(order.pickup.distribution)
    seller = sellers.seller(producer)
    part = OrderSale(
        order=order,
        producer=producer,
        amount=total([amount(each) for each in lines]),
        line_id=service[0].id if service else None,
    )
    db.session.add(part)
    db.session.flush()
    document = _write(part, lines, day)
    part.document_id = document.id if document is not None else None
    shares.charge(part.purpose, seller, community, day, part.amount)
    less = cost_granting.settle(part, helped)
    ready_ways = sellers.ways_to_pay(producer)
    steps.expect(
        community,
        seller,
        party_of(order.household),
        part.purpose,
        part.amount - less,
        max(day, today(community.timezone)),
        Method(order.method) if order.method in ready_ways else Method.CHEQUE,
    )
    return part


def _write(part: OrderSale, lines: Sequence[OrderLine], day: date) -> Document | None:
    """Write the sale: by an invoice in the seller's name if it asked for that, else by itself.

    An invoice is not dated before the last one (numbers follow days).
    """
    key = f"direct_sales:order:{part.order_id}:{part.producer_id}"
    key += f":{part.line_id}" if part.line_id else ""
    book, order = sellers.book(part.producer), part.order
    charged = sales.charges_vat(part.producer)
    invoiced = [invoice_line(each, charged=charged) for each in lines]
    written = open_day(book, day)
    if not sales.may_invoice(book, day, invoiced):
        sale = Sale(party_of(order.household), parts_of(invoiced), label="Commande livrée")
        record(book, sale, written, key, piece=f"COMMANDE-{order.id}")
        return None
    issued_on = max(written, _last_invoice(book) or written)
    with spoken("fr"):
        split = shares.parts(part.amount, day)
        told = [(str(each.label), each.amount) for each in anatomy(split)]
    return issue_invoice(
        book,
        buyer=buyer_of(order.household),
        lines=invoiced,
        day=issued_on,
        key=key,
        terms=Terms(due_on=issued_on, period=(day, day), anatomy=told, by_mandate=True),
        community=order.session.community,
    )


def _last_invoice(book: Book) -> date | None:
    return db.session.scalar(
        select(func.max(Document.issued_on)).where(
            Document.book_id == book.id, Document.kind == Kind.INVOICE
        )
    )


def invoice_line(line: OrderLine, *, charged: bool) -> InvoiceLine:
    """Return what an invoice says of a line: pieces, or the kilograms that the scales said."""
    by_weight = line.offer.pricing == Pricing.WEIGHT
    return InvoiceLine(
        line.offer.name,
        amount(line),
        Decimal(line.weighed_grams or 0) / GRAMS if by_weight else Decimal(quantity(line)),
        "kilogram" if by_weight else "hour" if line.offer.unit == "hour" else "piece",
        line.offer.vat_basis_points if charged else 0,
        "service" if line.offer.product.is_service else "product",
    )


def sum_of(session: OrderSession) -> Money:
    """Return what was fixed in a session so far."""
    found = db.session.scalar(
        select(func.sum(OrderSale.amount))
        .join(Order, Order.id == OrderSale.order_id)
        .where(Order.session_id == session.id)
    )
    return found or Money(0)
