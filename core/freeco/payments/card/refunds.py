"""Giving back: bounded by us, written and committed before it is asked."""

from sqlalchemy import func, select

from freeco.accounting.errors import KeyReused
from freeco.clock import now
from freeco.config import Settings
from freeco.db import db, lock
from freeco.money import Money
from freeco.payments.card import intents, reading
from freeco.payments.card.errors import CardNotOffered, NoAnswerYet, SaidNo
from freeco.payments.card.models import IntentState, ProviderIntent, ProviderRefund
from freeco.payments.card.stripe_client import answered, as_dict, client, options
from freeco.payments.card.truth import Declined, Question, RefundTruth, Source, Unanswered
from freeco.payments.errors import RefundTooLarge, StepOutOfOrder
from freeco.payments.models import Payment, State

OVER = (IntentState.SUCCEEDED, IntentState.FAILED, IntentState.CANCELLED)


def give_back(
    settings: Settings, source: Source, payment: Payment, amount: Money, key: str
) -> ProviderRefund:
    """Ask that an amount be given back; the same key twice is once. Commits.

    Raises RefundTooLarge, StepOutOfOrder unless it was paid, KeyReused for another amount,
    NoAnswerYet, SaidNo.
    """
    refund = _written(payment, amount, key)
    if refund.state in (IntentState.CREATED, IntentState.UNKNOWN):
        _ask(settings, refund)
    intents.refresh(source, refund.intent)
    return refund


def _written(payment: Payment, amount: Money, key: str) -> ProviderRefund:
    lock(payment)
    intent = charged(payment)
    query = select(ProviderRefund).where(ProviderRefund.intent_id == intent.id)
    found = db.session.scalars(query.where(ProviderRefund.key == key)).one_or_none()
    if found is not None:
        if found.amount != amount:
            raise KeyReused
        db.session.commit()
        return found
    if payment.state != State.SETTLED:
        raise StepOutOfOrder
    if amount.cents <= 0 or amount > payment.amount - payment.refunded - _on_its_way(intent):
        raise RefundTooLarge
    refund = ProviderRefund(
        intent=intent, key=key, amount=amount, next_check_at=now() + intents.ASK_SOON
    )
    db.session.add(refund)
    db.session.commit()
    return refund


def charged(payment: Payment) -> ProviderIntent:
    """Return the intent by which a payment was paid. Raises CardNotOffered."""
    query = select(ProviderIntent).where(
        ProviderIntent.payment_id == payment.id, ProviderIntent.state == IntentState.SUCCEEDED
    )
    found = db.session.scalars(query.order_by(ProviderIntent.attempt)).first()
    if found is None:
        raise CardNotOffered
    return found


def _on_its_way(intent: ProviderIntent) -> Money:
    """Sum what was asked and is not among the refunds noted yet."""
    query = select(func.coalesce(func.sum(ProviderRefund.amount), 0)).where(
        ProviderRefund.intent_id == intent.id, ProviderRefund.state.not_in(OVER)
    )
    return db.session.scalar(query) or Money(0)


def _ask(settings: Settings, refund: ProviderRefund) -> None:
    refund_id, key = refund.id, refund.idempotency_key
    ref, cents = refund.intent.provider_ref or "", refund.amount.cents
    on = options(refund.intent.account.ref, key)
    db.session.rollback()
    try:
        with answered():
            found = client(settings).v1.refunds.create(
                {"payment_intent": ref, "amount": cents, "metadata": {reading.KEY: key}}, on
            )
            truth = reading.refund(as_dict(found))
    except Unanswered as error:
        note(refund_id, None, str(error))
        raise NoAnswerYet from error
    except Declined as error:
        note(refund_id, RefundTruth("", refund.amount, IntentState.FAILED, reason=error.code))
        raise SaidNo from error
    note(refund_id, truth)


def note(refund_id: int, truth: RefundTruth | None, reason: str = "") -> None:
    """Write what became of the asking; the money itself is written by its movement. Commits."""
    refund = db.session.get_one(ProviderRefund, refund_id)
    lock(refund)
    if refund.state not in OVER:
        refund.state = _until_written(truth)
        refund.provider_ref = (truth.ref or None) if truth is not None else refund.provider_ref
        refund.reason = truth.reason if truth is not None else reason
        refund.next_check_at = None if refund.state in OVER else now() + intents.ASK_SOON
    db.session.commit()


def _until_written(truth: RefundTruth | None) -> IntentState:
    """Hold back that it succeeded until its money is in the books: our bound counts it once."""
    if truth is None:
        return IntentState.UNKNOWN
    return IntentState.PENDING if truth.state == IntentState.SUCCEEDED else truth.state


def ask_again(source: Source, refund: ProviderRefund) -> bool:
    """Ask what became of a refund; say whether there was an answer. Commits.

    One that the provider has never heard of was not made: nothing is asked a second time by
    another key.
    """
    refund_id, paid = refund.id, refund.intent.provider_ref or ""
    about = Question(
        key=refund.idempotency_key,
        account=refund.intent.account.ref or "",
        asked_at=refund.asked_at,
        provider_ref=refund.provider_ref or "",
    )
    db.session.rollback()
    try:
        truth = source.of_refund(about, paid)
    except (Unanswered, Declined):
        return False
    if truth is None:
        gone = now() - about.asked_at > intents.GIVEN_UP_AFTER
        if gone:
            note(refund_id, RefundTruth("", Money(0), IntentState.FAILED, reason="never_asked"))
        return gone
    note(refund_id, truth)
    intents.refresh(source, db.session.get_one(ProviderRefund, refund_id).intent)
    return True
