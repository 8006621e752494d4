"""The janitor: asks the provider about whatever nobody has told us of, more and more rarely."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Select, select

from freeco.clock import now
from freeco.db import db, lock
from freeco.payments.card import accounts, intents, refunds
from freeco.payments.card.applying import Disagreement, apply
from freeco.payments.card.models import (
    UNSETTLED,
    IntentState,
    ProviderAccount,
    ProviderIntent,
    ProviderRefund,
)
from freeco.payments.card.truth import Source, Truth

AT_ONCE = 20
FIRST, RAREST = timedelta(minutes=2), timedelta(days=1)
ACCOUNT_EVERY = timedelta(hours=6)
Row = TypeVar("Row", ProviderIntent, ProviderRefund)


def look_after(source: Source) -> int:
    """Ask about all that is due, a few at a time; return how many were asked about. Commits."""
    return _intents(source) + _refunds(source) + _accounts(source)


def _intents(source: Source) -> int:
    due = (
        select(ProviderIntent.id)
        .where(ProviderIntent.next_check_at <= now())
        .order_by(ProviderIntent.next_check_at)
        .limit(AT_ONCE)
    )
    return _each(due, lambda found: _look_at(source, db.session.get_one(ProviderIntent, found)))


def _look_at(source: Source, intent: ProviderIntent) -> None:
    _put_off(intent)
    try:
        if intents.refresh(source, intent):
            return
    except Disagreement as error:
        _named(intent, str(error))
        return
    _give_up(intent)


def _named(intent: ProviderIntent, what: str) -> None:
    """Keep what does not fit for somebody to look at; nothing was written."""
    db.session.rollback()
    lock(intent)
    intent.reason = f"refused: {what}"[:200]
    db.session.commit()


def _give_up(intent: ProviderIntent) -> None:
    """Close what never reached the provider: nobody ever had the address of its page."""
    db.session.refresh(intent)
    waited = now() - intent.asked_at > intents.GIVEN_UP_AFTER
    if intent.session_ref is None and intent.state in UNSETTLED and waited:
        truth = Truth(IntentState.CANCELLED, intent.amount, reason="never_asked")
        apply(intent, truth, intent.version)
    db.session.commit()


def _refunds(source: Source) -> int:
    due = (
        select(ProviderRefund.id)
        .where(ProviderRefund.next_check_at <= now())
        .order_by(ProviderRefund.next_check_at)
        .limit(AT_ONCE)
    )

    def look_at(found: int) -> None:
        refund = db.session.get_one(ProviderRefund, found)
        _put_off(refund)
        refunds.ask_again(source, refund)

    return _each(due, look_at)


def _accounts(source: Source) -> int:
    due = (
        select(ProviderAccount.id)
        .where(
            ~ProviderAccount.ready,
            (ProviderAccount.checked_at.is_(None))
            | (ProviderAccount.checked_at < now() - ACCOUNT_EVERY),
            ProviderAccount.asked_at < now() - FIRST,
        )
        .limit(AT_ONCE)
    )
    return _each(due, lambda found: _refresh_account(source, found))


def _refresh_account(source: Source, found: int) -> None:
    accounts.refresh(source, db.session.get_one(ProviderAccount, found))


def _each(due: Select[int], look_at: Callable[[int], None]) -> int:
    found = list(db.session.scalars(due))
    db.session.rollback()
    for each in found:
        look_at(each)
        db.session.rollback()
    return len(found)


def _put_off(row: Row) -> None:
    """Say first when the next time is: whoever dies while asking blocks nobody."""
    lock(row)
    row.next_check_at = now() + min(FIRST * 2**row.attempts, RAREST)
    row.attempts = min(row.attempts + 1, 12)
    db.session.commit()
