"""A payment's steps as they are written: the row, the entry, and what undoing finds."""

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from freeco.accounting import recording
from freeco.accounting.facts import Banked, Fact, Means, Received
from freeco.accounting.models import Book, Entry
from freeco.clock import now, today
from freeco.db import db, lock
from freeco.events import publish
from freeco.members.models import Member
from freeco.payments.errors import NotYet
from freeco.payments.events import PaymentFailed, PaymentSettled
from freeco.payments.models import Method, Payment, PaymentStep, State

UNDONE = "undone"
"""The reason of a step that takes back the one before."""
BEFORE = "before"
"""The reason of a step that was noted before there were books."""
REFUNDED = "refunded"
"""The reason of a step by which money went back."""


def lock_in_order(payments: Iterable[Payment]) -> list[Payment]:
    """Lock payments, each once, and return them in the one order in which all do: by their ids.

    Who locks several, or an organisation or a book besides, locks all of them here and first.
    """
    found = sorted(set(payments), key=lambda each: each.id)
    for each in found:
        lock(each)
    return found


def here(payment: Payment) -> date:
    """Return today's date where the payment is kept."""
    return today(payment.community.timezone)


def local_day(payment: Payment, at: datetime) -> date:
    """Return the date of an instant where the payment is kept."""
    return at.astimezone(ZoneInfo(payment.community.timezone)).date()


def instant(payment: Payment, day: date) -> datetime:
    """Return an instant of a local day: the present one today, noon on an earlier one.

    Raises NotYet for a day to come.
    """
    if day > here(payment):
        raise NotYet
    if day == here(payment):
        return now()
    return datetime.combine(day, time(12), ZoneInfo(payment.community.timezone))


def book_of(payment: Payment) -> Book:
    """Return the book in which a payment is written: its beneficiary's."""
    return recording.book_of(payment.beneficiary, payment.community)


def move(
    payment: Payment,
    after: State,
    day: date,
    *,
    fact: Fact | None = None,
    by: Member | None = None,
    reason: str = "",
    piece: str = "",
) -> PaymentStep:
    """Write the next step of a locked payment, and what it comes to in the book."""
    entry = None
    if fact is not None:
        book = book_of(payment)
        entry = recording.record(
            book,
            fact,
            recording.open_day(book, day),
            _key(payment),
            piece=piece or payment.reference,
            piece_day=day,
        )
    return _step(payment, after, entry, by, reason)


def take_back(payment: Payment, step: PaymentStep, by: Member | None) -> None:
    """Write a step that undoes another, and the mirror of what that one wrote."""
    entry = None
    if step.entry_id is not None:
        written = db.session.get_one(Entry, step.entry_id)
        day = recording.open_day(book_of(payment), here(payment))
        entry = recording.take_back(written, day, _key(payment))
    _step(payment, State(step.before), entry, by, UNDONE)


def is_of_before(payment: Payment) -> bool:
    """Whether a payment has come further than its steps say."""
    came = payment.state in (State.HELD, State.HANDED, State.SETTLED)
    return came and not payment.steps_taken and payment.method == Method.CHEQUE


def catch_up(payment: Payment) -> None:
    """Write what a locked payment went through before the books began; twice is once.

    Cheques of before had a state, and neither steps nor entries: without their first entry no
    later one holds. Nobody is told again.
    """
    if not is_of_before(payment):
        return
    was = State(payment.state)
    came = payment.received_at or payment.settled_at or payment.created_at
    means: Means = Method(payment.method).value
    payment.state = State.EXPECTED
    _write(payment, State.HELD, came, Received(payment.payer, payment.amount, means))
    if was == State.SETTLED:
        _write(payment, was, payment.settled_at or came, Banked(payment.amount, means))
    elif was == State.HANDED:
        _step(payment, was, None, None, BEFORE)


def _write(payment: Payment, after: State, at: datetime, fact: Fact) -> None:
    book, day = book_of(payment), local_day(payment, at)
    entry = recording.record(
        book,
        fact,
        recording.open_day(book, day),
        _key(payment),
        piece=payment.reference,
        piece_day=day,
    )
    _step(payment, after, entry, None, BEFORE)


def standing_steps(payment: Payment) -> list[PaymentStep]:
    """Return the steps that moved a payment and were not undone, the first ones first."""
    query = select(PaymentStep).where(PaymentStep.payment_id == payment.id)
    standing: list[PaymentStep] = []
    for step in db.session.scalars(query.order_by(PaymentStep.number)):
        if step.reason == UNDONE:
            standing.pop()
        elif step.before != step.after:
            standing.append(step)
    return standing


def _step(
    payment: Payment, after: State, entry: Entry | None, by: Member | None, reason: str
) -> PaymentStep:
    before = payment.state
    payment.steps_taken += 1
    step = PaymentStep(
        payment=payment,
        number=payment.steps_taken,
        before=before,
        after=after,
        entry_id=entry.id if entry is not None else None,
        reason=reason,
        by=by,
    )
    payment.state = after
    db.session.add(step)
    db.session.flush()
    if after != before and reason != BEFORE:
        _tell(payment)
    return step


def _tell(payment: Payment) -> None:
    event = {State.SETTLED: PaymentSettled, State.FAILED: PaymentFailed}.get(State(payment.state))
    if event is not None:
        publish(
            event(
                community_id=payment.community_id,
                payment_id=payment.id,
                purpose=payment.purpose,
                amount_cents=payment.amount.cents,
            )
        )


def _key(payment: Payment) -> str:
    return f"payment:{payment.id}:{payment.steps_taken + 1}"
