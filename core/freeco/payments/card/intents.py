"""Asking to be paid: written and committed before it is asked, by a key of our own row."""

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from freeco.clock import now
from freeco.config import Settings
from freeco.db import db, lock
from freeco.payments import steps
from freeco.payments.card import reading
from freeco.payments.card.applying import Overtaken, apply
from freeco.payments.card.errors import CardNotOffered, NoAnswerYet, NotAuthorised, SaidNo
from freeco.payments.card.models import (
    PROVIDER,
    UNSETTLED,
    IntentState,
    ProviderAccount,
    ProviderIntent,
)
from freeco.payments.card.stripe_client import answered, as_dict, client, options
from freeco.payments.card.truth import Declined, Question, Source, Truth, Unanswered
from freeco.payments.errors import StepOutOfOrder
from freeco.payments.models import Method, Payment, State

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

OPEN_FOR = timedelta(minutes=45)
"""How long the provider's page waits for the payer (it asks for thirty at least)."""
ASK_SOON = timedelta(minutes=2)
GIVEN_UP_AFTER = timedelta(hours=1)
"""What the provider has not heard of by then never reached it; its page would be closed too."""
CURRENCY = "eur"


def account_for(payment: Payment) -> ProviderAccount:
    """Return the ready account of a payment's beneficiary. Raises CardNotOffered."""
    found = db.session.scalars(
        select(ProviderAccount).where(
            ProviderAccount.organisation_id == payment.beneficiary_id,
            ProviderAccount.provider == PROVIDER,
            ProviderAccount.ready,
        )
    ).one_or_none()
    if found is None or payment.community.rehearsal:
        raise CardNotOffered
    return found


def latest(payment: Payment) -> ProviderIntent | None:
    """Return the last intent of a payment, if it was ever asked by card."""
    query = select(ProviderIntent).where(ProviderIntent.payment_id == payment.id)
    return db.session.scalars(query.order_by(ProviderIntent.attempt.desc()).limit(1)).first()


def is_open(intent: ProviderIntent) -> bool:
    """Whether the payer can go, or go back, to the provider's page."""
    waiting = intent.state in (IntentState.ASKED, IntentState.REQUIRES_ACTION)
    return waiting and bool(intent.url) and (intent.expires_at is None or intent.expires_at > now())


def start(
    settings: Settings, source: Source, payment: Payment, back: str, *, manual: bool = False
) -> str:
    """Return the address of the provider's page; asking twice gives the same page.

    ``manual`` only reserves the amount on the card (a threshold decides later). Commits before
    and after it asks. Raises CardNotOffered, StepOutOfOrder, NoAnswerYet, SaidNo.
    """
    intent = _written(payment, back, manual=manual)
    if intent.state == IntentState.UNKNOWN:
        refresh(source, intent)
    if intent.state in (IntentState.CREATED, IntentState.UNKNOWN) and intent.session_ref is None:
        _ask(settings, intent)  # by the same key, should it have been asked already
    if intent.state == IntentState.UNKNOWN:
        raise NoAnswerYet
    if not is_open(intent):
        raise StepOutOfOrder
    return intent.url


def _written(payment: Payment, back: str, *, manual: bool) -> ProviderIntent:
    """Return the intent that is under way, or a new one; committed either way."""
    lock(payment)
    before = latest(payment)
    if before is not None and before.state in UNSETTLED:
        db.session.commit()
        return before
    account = account_for(payment)
    steps.begin(payment, Method.CARD)
    attempt = before.attempt + 1 if before is not None else 1
    intent = ProviderIntent(
        payment=payment,
        account=account,
        attempt=attempt,
        key=f"freeco-payment-{payment.id}-{attempt}",
        amount=payment.amount,
        back=back,
        capture="manual" if manual else "automatic",
        expires_at=now() + OPEN_FOR,
        next_check_at=now() + ASK_SOON,
    )
    db.session.add(intent)
    db.session.commit()
    return intent


def _ask(settings: Settings, intent: ProviderIntent) -> None:
    version = intent.version
    try:
        truth = asked(settings, intent)
    except Unanswered as error:
        lose_sight(intent, version, str(error))
        return
    except Declined as error:
        truth = Truth(IntentState.CANCELLED, intent.amount, reason=error.code)
        _applied(intent, truth, version)
        raise SaidNo from error
    _applied(intent, truth, version)


def _applied(intent: ProviderIntent, truth: Truth, version: int) -> None:
    db.session.rollback()
    try:
        apply(intent, truth, version)
    except Overtaken:
        db.session.rollback()  # the provider's own message was quicker, and knows better
    db.session.commit()


def asked(settings: Settings, intent: ProviderIntent) -> Truth:
    """Ask for the page of payment of an intent; the same intent again gets the same page.

    A direct charge on the beneficiary's own account: the platform never holds the money. Nothing
    in it says who pays or what for beyond our reference. Raises Unanswered, Declined.
    """
    wanted, on = _wanted(intent), options(intent.account.ref, intent.key)
    db.session.rollback()  # nothing is held while we wait for somebody else
    with answered():
        found = as_dict(client(settings).v1.checkout.sessions.create(wanted, on))
    if isinstance(found.get("payment_intent"), str):
        found["payment_intent"] = {"id": found["payment_intent"], "status": ""}
    return reading.truth(found, (), ())


def _wanted(intent: ProviderIntent) -> "SessionCreateParams":
    ends = intent.expires_at or intent.asked_at + OPEN_FOR
    reference = intent.payment.reference
    return {
        "mode": "payment",
        "client_reference_id": intent.key,
        "metadata": {reading.KEY: intent.key},
        "allowed_payment_method_types": ["card"],
        "locale": "auto",
        "expires_at": int(ends.timestamp()),
        "success_url": intent.back,
        "cancel_url": intent.back,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": CURRENCY,
                    "unit_amount": intent.amount.cents,
                    "product_data": {"name": reference},
                },
            }
        ],
        "payment_intent_data": {
            "capture_method": "manual" if intent.capture == "manual" else "automatic",
            "metadata": {reading.KEY: intent.key},
            "description": reference,
        },
    }


def question(intent: ProviderIntent) -> Question:
    """Return what to ask the provider about an intent."""
    return Question(
        key=intent.key,
        account=intent.account.ref or "",
        asked_at=intent.asked_at,
        session_ref=intent.session_ref or "",
        provider_ref=intent.provider_ref or "",
    )


def lose_sight(intent: ProviderIntent, version: int, reason: str) -> None:
    """Note that nobody knows what the provider did; only asking it may tell. Commits."""
    db.session.rollback()
    lock(intent)
    if intent.version == version and intent.state in UNSETTLED:
        lock(intent.payment)
        intent.state = IntentState.UNKNOWN
        intent.reason = reason
        intent.next_check_at = now() + ASK_SOON
        intent.version += 1
        if intent.payment.state == State.PENDING:
            steps.lose_sight(intent.payment, reason)
    db.session.commit()


def capture(settings: Settings, source: Source, payment: Payment) -> None:
    """Take what was reserved on the card. Raises NotAuthorised, NoAnswerYet, SaidNo."""
    _decide(settings, source, payment, "capture")


def release(settings: Settings, source: Source, payment: Payment) -> None:
    """Let go of what was reserved on the card. Raises NotAuthorised, NoAnswerYet, SaidNo."""
    _decide(settings, source, payment, "release")


def _decide(settings: Settings, source: Source, payment: Payment, what: str) -> None:
    intent = latest(payment)
    if intent is None or intent.state != IntentState.AUTHORISED or intent.provider_ref is None:
        raise NotAuthorised
    ref, on = intent.provider_ref, options(intent.account.ref, f"{intent.key}-{what}")
    # Should we die while asking, the janitor asks what became of it.
    version, intent.next_check_at = intent.version, now() + ASK_SOON
    db.session.commit()
    try:
        with answered():
            intents = client(settings).v1.payment_intents
            if what == "capture":
                intents.capture(ref, {}, on)
            else:
                intents.cancel(ref, {}, on)
    except Unanswered as error:
        lose_sight(intent, version, str(error))
        raise NoAnswerYet from error
    except Declined as error:
        refresh(source, intent)
        raise SaidNo from error
    refresh(source, intent)


def refresh(source: Source, intent: ProviderIntent) -> bool:
    """Ask what became of an intent and apply it; say whether there was an answer. Commits."""
    db.session.refresh(intent)
    asked_about, version = question(intent), intent.version
    db.session.rollback()
    try:
        truth = source.of_intent(asked_about)
    except (Unanswered, Declined):
        return False
    if truth is None:
        return False
    _applied(intent, truth, version)
    return True
