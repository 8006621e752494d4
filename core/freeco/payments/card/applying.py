"""Our side brought in line with what the provider says, once for each thing that moved there.

An answer is asked for without holding any lock, then applied in one transaction with what asked
for it; ``version`` tells an answer that somebody else has overtaken meanwhile.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from freeco.accounting import recording
from freeco.accounting.facts import Bounced, Fact, Means, Received, Refund
from freeco.accounting.facts.provider import (
    DisputeWon,
    PaymentUndone,
    ProviderFee,
    ProviderFeeReturned,
)
from freeco.accounting.models import Entry
from freeco.accounting.recording import open_day
from freeco.clock import now
from freeco.db import db, lock
from freeco.payments import steps
from freeco.payments.card.models import (
    IntentState,
    ProviderAccount,
    ProviderIntent,
    ProviderMovement,
    ProviderRefund,
)
from freeco.payments.card.truth import Kind, Moved, RefundTruth, Truth
from freeco.payments.models import Method, Payment, PaymentStep, State
from freeco.payments.step_log import local_day, move

SOON = timedelta(minutes=2)
LATER = timedelta(days=1)
CARD: Means = "card"


class Overtaken(Exception):
    """Another answer was applied since this one was asked for: ask again."""


class Disagreement(Exception):
    """What the provider says does not fit what we asked; for somebody to look at."""


def apply(intent: ProviderIntent, truth: Truth, version: int) -> None:
    """Write what became of an intent, and of its money. Raises Overtaken, Disagreement."""
    lock(intent)
    if intent.version != version:
        raise Overtaken
    _refuse_another_s(intent, truth)
    lock(intent.payment)
    intent.session_ref = truth.session_ref or intent.session_ref
    intent.provider_ref = truth.provider_ref or intent.provider_ref
    intent.url = truth.url
    intent.reason = truth.reason
    intent.expires_at = truth.expires_at
    _follow(intent, truth.state)
    for each in truth.refunds:
        _note_refund(intent, each)
    for moved in truth.movements:
        account_for(intent.account, moved, intent)
    intent.version += 1
    db.session.flush()


def _refuse_another_s(intent: ProviderIntent, truth: Truth) -> None:
    if truth.amount != intent.amount:
        amount, ours = truth.amount, intent.amount
        raise Disagreement(
            f"amount {amount.cents} {amount.currency}, not {ours.cents} {ours.currency}"
        )
    for known, its in (
        (intent.session_ref, truth.session_ref),
        (intent.provider_ref, truth.provider_ref),
    ):
        if known and its and known != its:
            raise Disagreement(f"{its} is another's, not {known}")


def _follow(intent: ProviderIntent, state: IntentState) -> None:
    """Move the intent and, while no money has come, its payment."""
    changed = intent.state != state
    intent.state = state
    intent.attempts = 0 if changed else intent.attempts
    intent.next_check_at = _next(intent)
    payment = intent.payment
    on_its_way = changed and payment.state in (State.PENDING, State.UNKNOWN)
    if state == IntentState.CANCELLED and on_its_way:
        steps.leave(payment, intent.reason or str(state))
    elif state == IntentState.FAILED and on_its_way:
        steps.fail(payment, now(), intent.reason or str(state))
    elif state != IntentState.SUCCEEDED and on_its_way and payment.state == State.UNKNOWN:
        steps.leave(payment, "found")
        steps.begin(payment, Method.CARD)


def _next(intent: ProviderIntent) -> datetime | None:
    """Say when to ask again by ourselves, should the provider's message be lost."""
    if intent.state in (IntentState.FAILED, IntentState.CANCELLED, IntentState.SUCCEEDED):
        return None
    if intent.state in (IntentState.ASKED, IntentState.REQUIRES_ACTION) and intent.expires_at:
        return max(intent.expires_at, now()) + SOON
    return now() + (LATER if intent.attempts else timedelta(hours=1))


def account_for(account: ProviderAccount, moved: Moved, intent: ProviderIntent | None) -> bool:
    """Mirror a movement and write its one entry; say whether it has one. Twice is once."""
    mirror = db.session.get(ProviderMovement, moved.id)
    if mirror is None:
        mirror = ProviderMovement(
            id=moved.id,
            account=account,
            type=moved.type or str(moved.kind),
            source=moved.source,
            gross=moved.gross,
            fee=moved.fee,
            net=moved.net,
            created_at=moved.at,
            available_on=moved.available_on,
        )
        db.session.add(mirror)
        db.session.flush()
    elif mirror.account_id != account.id:
        raise Disagreement(f"{moved.id} is on another account")
    if mirror.entry_id is not None or not moved.net:
        return True
    entry = _of_payment(intent, moved) if intent is not None else _of_account(account, moved)
    mirror.entry_id = entry.id if entry is not None else None
    db.session.flush()
    return entry is not None


def _of_payment(intent: ProviderIntent, moved: Moved) -> Entry | None:
    payment = intent.payment
    written = {
        Kind.CHARGE: _charged,
        Kind.CHARGE_FAILED: _charge_failed,
        Kind.REFUND: _refunded,
        Kind.REFUND_FAILED: _refund_failed,
        Kind.DISPUTE: _disputed,
        Kind.DISPUTE_WON: _won,
    }.get(moved.kind)
    return written(intent, payment, moved) if written is not None else None


def _charged(intent: ProviderIntent, payment: Payment, moved: Moved) -> Entry:
    """Settle; if the payment was settled otherwise meanwhile, the money came all the same."""
    if moved.gross != payment.amount:
        raise Disagreement(f"charged {moved.gross.cents}, not {payment.amount.cents}")
    if payment.state == State.EXPECTED:
        steps.begin(payment, Method.CARD)
    if payment.state in (State.PENDING, State.UNKNOWN) and payment.method == Method.CARD:
        steps.settle(payment, moved.at, fee=moved.fee, reason=moved.source)
        return _last_entry(payment)
    if intent.state != IntentState.FAILED:
        intent.reason = "paid_twice"
    return _directly(payment, Received(payment.payer, moved.gross, CARD, moved.fee), moved)


def _charge_failed(intent: ProviderIntent, payment: Payment, moved: Moved) -> Entry:
    """Take back what was written of a debit, its fee too as far as the provider gives it back."""
    if payment.state == State.SETTLED and not moved.fee and -moved.gross == payment.amount:
        steps.fail(payment, moved.at, moved.reason or intent.reason)
        return _last_entry(payment)
    if payment.state == State.SETTLED:
        _expect_again(intent, payment, moved)
    return _directly(payment, PaymentUndone(payment.payer, -moved.gross, -moved.fee), moved)


def _refunded(intent: ProviderIntent, payment: Payment, moved: Moved) -> Entry:
    amount = -moved.gross
    left = payment.amount - payment.refunded
    if payment.state == State.SETTLED and not moved.fee and amount <= left:
        key = _key_of(intent, moved)
        steps.given_back(payment, amount, key, moved.at, Method.CARD)
        return _last_entry(payment)
    if amount > payment.amount:
        raise Disagreement(f"refunded {amount.cents} of {payment.amount.cents}")
    return _directly(payment, Refund(payment.payer, amount, CARD, -moved.fee), moved)


def _refund_failed(intent: ProviderIntent, payment: Payment, moved: Moved) -> Entry:
    """Note that the money is back: it is still to be given back, by another way."""
    intent.reason = "refund_failed"
    return _directly(payment, Received(payment.payer, moved.gross, CARD, moved.fee), moved)


def _disputed(intent: ProviderIntent, payment: Payment, moved: Moved) -> Entry:
    """Owed again. A part of it, or a second time: a new payment for as much."""
    taken = -moved.gross
    if payment.state == State.SETTLED and taken == payment.amount:
        steps.fail(payment, moved.at, moved.reason or "dispute", fee=moved.fee)
        return _last_entry(payment)
    _expect_again(intent, payment, moved)
    fact = Bounced(payment.payer, taken, CARD, banked=False, fee=moved.fee)
    return _directly(payment, fact, moved)


def _expect_again(intent: ProviderIntent, payment: Payment, moved: Moved) -> None:
    again = steps.expect(
        payment.community,
        payment.beneficiary,
        payment.payer,
        payment.purpose,
        -moved.gross,
        local_day(payment, moved.at),
        Method.CARD,
    )
    intent.reason = f"expected_again:{again.id}"


def _won(intent: ProviderIntent, payment: Payment, moved: Moved) -> Entry:
    """Settled again: what was expected instead has come, unless it came otherwise meanwhile."""
    query = select(Payment).where(Payment.replaces_id == payment.id)
    again = db.session.scalars(query).one_or_none()
    if again is not None:
        lock(again)
    free = again is not None and again.state == State.EXPECTED
    if again is not None and free and not moved.fee and moved.gross == again.amount:
        steps.begin(again, Method.CARD)
        steps.settle(again, moved.at, reason=moved.source)
        return _last_entry(again)
    if again is not None and free and moved.gross == again.amount:
        steps.cancel(again, None)
    else:
        intent.reason = "paid_twice"
    return _directly(payment, DisputeWon(payment.payer, moved.gross, -moved.fee), moved)


def _of_account(account: ProviderAccount, moved: Moved) -> Entry | None:
    """Write what belongs to no payment: the provider's own fees. Others wait to be explained."""
    if moved.kind != Kind.FEE:
        return None
    taken = moved.net.cents < 0
    fact = ProviderFee(-moved.net) if taken else ProviderFeeReturned(moved.net)
    return record_of_account(account, fact, moved.at, f"card:{moved.id}")


def record_of_account(account: ProviderAccount, fact: Fact, at: datetime, key: str) -> Entry:
    """Write in the book of an account's organisation, on the local day or the first open one."""
    book = recording.book_of(account.organisation, account.community)
    lock(book)
    query = select(Entry).where(Entry.book_id == book.id, Entry.key == key)
    written = db.session.scalars(query).one_or_none()
    return written or recording.record(book, fact, local_day_of(account, at), key)


def local_day_of(account: ProviderAccount, at: datetime) -> date:
    """Return the local day of an instant, or the first open one of the organisation's book."""
    book = recording.book_of(account.organisation, account.community)
    return open_day(book, at.astimezone(ZoneInfo(account.community.timezone)).date())


def _directly(payment: Payment, fact: Fact, moved: Moved) -> Entry:
    """Write money that moved whatever the payment thinks: the books follow the money."""
    move(
        payment,
        State(payment.state),
        local_day(payment, moved.at),
        fact=fact,
        reason=moved.reason or moved.source,
    )
    return _last_entry(payment)


def _last_entry(payment: Payment) -> Entry:
    query = select(PaymentStep.entry_id).where(
        PaymentStep.payment_id == payment.id, PaymentStep.number == payment.steps_taken
    )
    return db.session.get_one(Entry, db.session.scalars(query).one())


def _key_of(intent: ProviderIntent, moved: Moved) -> str:
    """Return the key by which a refund was asked here, or its reference when it was not."""
    for each in _refunds(intent):
        if each.idempotency_key == moved.key or each.provider_ref == moved.source:
            return each.key
    return moved.source


def _refunds(intent: ProviderIntent) -> list[ProviderRefund]:
    query = select(ProviderRefund).where(ProviderRefund.intent_id == intent.id)
    return list(db.session.scalars(query.order_by(ProviderRefund.id)))


def _note_refund(intent: ProviderIntent, truth: RefundTruth) -> None:
    for each in _refunds(intent):
        if each.idempotency_key == truth.key or each.provider_ref == truth.ref:
            each.provider_ref = truth.ref
            each.state = truth.state
            each.reason = truth.reason
            waiting = truth.state == IntentState.PENDING
            each.next_check_at = now() + LATER if waiting else None
