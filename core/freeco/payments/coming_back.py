"""Money that goes back: a payment that bounces, an amount that is refunded."""

from datetime import datetime

from sqlalchemy import select

from freeco.accounting.errors import KeyReused
from freeco.accounting.facts import BankCharge, Bounced, Fact, Means, Refund
from freeco.db import db, lock
from freeco.members.models import Member
from freeco.money import Money
from freeco.payments import references
from freeco.payments.by_hand_steps import note_banked
from freeco.payments.errors import RefundTooLarge, StepOutOfOrder
from freeco.payments.models import Method, Payment, PaymentRefund, State
from freeco.payments.step_log import REFUNDED, catch_up, here, local_day, move


def fail(
    payment: Payment,
    at: datetime,
    reason: str,
    *,
    fee: Money = Money(0),
    by: Member | None = None,
) -> Payment | None:
    """Note that it came back unpaid (bounced, declined, returned), ``fee`` being the bank's.

    What it had written is written back; returns the payment that is now expected instead, by the
    same method, due today; none when the payment had been given up. A payment that failed already
    stays as it is. Raises StepOutOfOrder.
    """
    lock(payment)
    catch_up(payment)
    if payment.state == State.CANCELLED:
        return None
    if payment.state == State.FAILED:
        return _replacement(payment)
    if payment.state == State.EXPECTED or payment.method == Method.CASH:
        raise StepOutOfOrder
    day = local_day(payment, at)
    if payment.state in (State.HELD, State.HANDED) and fee:
        note_banked(payment, day, by)  # only a cheque that reached the bank costs a fee
    move(payment, State.FAILED, day, fact=_written_back(payment, fee), by=by, reason=reason)
    return _expect_again(payment)


def _written_back(payment: Payment, fee: Money) -> Fact | None:
    means: Means = Method(payment.method).value
    if payment.state in (State.PENDING, State.UNKNOWN):
        return BankCharge(fee, means) if fee else None
    # A card's money stands at its provider, which takes it back there; a debit's at the bank.
    banked = payment.state == State.SETTLED and payment.method != Method.CARD
    return Bounced(payment.payer, payment.amount, means, banked, fee)


def _replacement(payment: Payment) -> Payment | None:
    query = select(Payment).where(Payment.replaces_id == payment.id)
    return db.session.scalars(query).one_or_none()


def _expect_again(payment: Payment) -> Payment:
    again = Payment(
        community=payment.community,
        beneficiary=payment.beneficiary,
        payer=payment.payer,
        purpose=payment.purpose,
        amount=payment.amount,
        method=payment.method,
        due_on=here(payment),
        reference=references.draw(),
        replaces_id=payment.id,
    )
    db.session.add(again)
    db.session.flush()
    return again


def given_back(
    payment: Payment,
    amount: Money,
    key: str,
    at: datetime,
    method: Method | None = None,
    *,
    by: Member | None = None,
) -> PaymentRefund:
    """Note that an amount was given back; the same key twice is once.

    Raises RefundTooLarge, StepOutOfOrder unless it was paid, KeyReused for another amount.
    """
    lock(payment)
    catch_up(payment)
    query = select(PaymentRefund).where(PaymentRefund.payment_id == payment.id)
    found = db.session.scalars(query.where(PaymentRefund.key == key)).one_or_none()
    if found is not None:
        if found.amount != amount:
            raise KeyReused
        return found
    if payment.state != State.SETTLED:
        raise StepOutOfOrder
    if amount.cents <= 0 or (payment.refunded + amount).cents > payment.amount.cents:
        raise RefundTooLarge
    means = method or Method(payment.method)
    fact = Refund(payment.payer, amount, means.value)
    step = move(payment, State.SETTLED, local_day(payment, at), fact=fact, by=by, reason=REFUNDED)
    payment.refunded += amount
    refund = PaymentRefund(
        payment=payment, key=key, amount=amount, method=means, entry_id=step.entry_id, at=at
    )
    db.session.add(refund)
    db.session.flush()
    return refund
