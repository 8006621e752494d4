"""The steps of a payment, and what each writes in the beneficiary's book.

Every function locks the payment, refuses a step out of order, writes a ``PaymentStep`` and, where
money moved, an entry with the key ``payment:<id>:<number of the step>``. Days are local to the
community, instants aware UTC; what happened on a day that is closed meanwhile is written on the
first open one. None commits.

All locks are taken in one order, or two people would wait for each other for ever: the payments
first, by ascending id and all of them (``step_log.lock_in_order``), then the organisation, then
the bank line or the collection, its items and mandates, and the book last. What the card provider
said begins with its own row, which nobody locks while holding a payment.
"""

from datetime import date, datetime

from freeco.accounting.facts import Received
from freeco.db import db, lock
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import references, step_log
from freeco.payments.by_hand_steps import bank, hand_over, note_banked, receive, step_back
from freeco.payments.coming_back import fail, given_back
from freeco.payments.errors import StepOutOfOrder
from freeco.payments.models import Method, Payment, State
from freeco.payments.step_log import here, local_day, move

__all__ = [
    "bank",
    "begin",
    "cancel",
    "catch_up",
    "change_method",
    "expect",
    "fail",
    "given_back",
    "hand_over",
    "leave",
    "lose_sight",
    "receive",
    "settle",
    "step_back",
]
ASKED = (Method.CARD, Method.DEBIT)
"""The means that a provider or the bank is asked for."""


def catch_up(payment: Payment) -> None:
    """Write in the books what was noted of a payment before they began; twice is once."""
    if step_log.is_of_before(payment):
        lock(payment)
        step_log.catch_up(payment)


def expect(
    community: Community,
    beneficiary: Organisation,
    payer: str,
    purpose: str,
    amount: Money,
    due_on: date,
    method: Method,
) -> Payment:
    """Write down a payment to come, with its own transfer reference (ISO 11649)."""
    payment = Payment(
        community=community,
        beneficiary=beneficiary,
        payer=payer,
        purpose=purpose,
        amount=amount,
        method=method,
        due_on=due_on,
        reference=references.draw(),
    )
    db.session.add(payment)
    db.session.flush()
    return payment


def begin(payment: Payment, method: Method) -> None:
    """Note that a provider was asked (pending). Raises StepOutOfOrder."""
    lock(payment)
    if payment.state != State.EXPECTED or method not in ASKED:
        raise StepOutOfOrder
    payment.method = method
    move(payment, State.PENDING, here(payment), reason=method)


def lose_sight(payment: Payment, reason: str) -> None:
    """Note that the provider did not answer (unknown); it may be so already.

    Raises StepOutOfOrder.
    """
    lock(payment)
    if payment.state == State.UNKNOWN:
        return
    if payment.state != State.PENDING:
        raise StepOutOfOrder
    move(payment, State.UNKNOWN, here(payment), reason=reason)


def leave(payment: Payment, reason: str) -> None:
    """Note that the payer did not go through with it: it is expected as before.

    Raises StepOutOfOrder unless a provider had been asked.
    """
    lock(payment)
    if payment.state not in (State.PENDING, State.UNKNOWN):
        raise StepOutOfOrder
    move(payment, State.EXPECTED, here(payment), reason=reason)


def settle(
    payment: Payment,
    at: datetime,
    *,
    fee: Money = Money(0),
    reason: str = "",
    by: Member | None = None,
) -> None:
    """Note that the money has come, as a provider or a bank statement says; once is enough.

    A payment settled already stays as it is. Raises StepOutOfOrder (a cancelled or failed one).
    """
    lock(payment)
    step_log.catch_up(payment)
    if payment.state == State.SETTLED:
        return
    if payment.state in (State.CANCELLED, State.FAILED):
        raise StepOutOfOrder
    day = local_day(payment, at)
    if payment.state == State.EXPECTED and payment.method == Method.CHEQUE:
        receive(payment, by, on=day)  # nobody had noted it before it reached the bank
    if payment.state in (State.HELD, State.HANDED):
        note_banked(payment, day, by, reason=reason)
        return
    payment.fee = fee
    payment.received_at = payment.received_at or at
    payment.settled_at = at
    fact = Received(payment.payer, payment.amount, Method(payment.method).value, fee)
    move(payment, State.SETTLED, day, fact=fact, by=by, reason=reason)


def cancel(payment: Payment, by: Member | None) -> None:
    """Note that it is no longer owed; twice is once.

    What is on its way can only be given up by who was asked (``by`` is None): it may still come.
    Raises StepOutOfOrder once something has come.
    """
    lock(payment)
    if payment.state == State.CANCELLED:
        return
    on_its_way = payment.state in (State.PENDING, State.UNKNOWN) and by is None
    if payment.state != State.EXPECTED and not on_its_way:
        raise StepOutOfOrder
    move(payment, State.CANCELLED, here(payment), by=by)


def change_method(payment: Payment, method: Method, *, by: Member | None = None) -> None:
    """Let what is still expected be paid otherwise. Raises StepOutOfOrder."""
    lock(payment)
    if payment.state != State.EXPECTED:
        raise StepOutOfOrder
    if payment.method != method:
        payment.method = method
        move(payment, State.EXPECTED, here(payment), by=by, reason=method)
