"""The inbox: what the provider tells is kept at once, and acted upon once, by asking it.

Keeping is an insert that a second delivery cannot repeat. Acting is one transaction: the row is
locked, what the provider answers is applied, the row is marked. Killed anywhere, it is done again
from the row; asked by two, the second finds it marked.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.payments.card import accounts, intents, payouts, reading
from freeco.payments.card.applying import Disagreement, Overtaken, apply
from freeco.payments.card.event_types import HANDLED, About, is_ignored
from freeco.payments.card.models import (
    PROVIDER,
    ProviderAccount,
    ProviderInbox,
    ProviderIntent,
)
from freeco.payments.card.truth import Source, Unanswered

AT_ONCE = 50
LEASE = timedelta(minutes=1)
"""For how long one who takes a row has it; doubled each time, should it not be handled."""
RAREST = timedelta(hours=12)
TRIES_TO_FIND = 6
"""How often we look for what an event is about: our own row may be younger than the event."""
KEPT_REFS = ("id", "object", "payment_intent", "charge", "client_reference_id", "status")
log = logging.getLogger(__name__)


def keep(event: Mapping[str, Any]) -> bool:
    """Keep an event whose signature was verified; say whether it is new. Commits."""
    row = ProviderInbox(
        provider=PROVIDER,
        event_id=event["id"],
        account=str(event.get("account") or ""),
        type=event["type"],
        body=_references(event),
    )
    try:
        db.session.add(row)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return False
    return True


def _references(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what says which row an event is about; the truth is asked for anyway."""
    data = event.get("data")
    found = data.get("object") if isinstance(data, dict) else None
    if not isinstance(found, dict):
        return {}
    kept = {each: found[each] for each in KEPT_REFS if isinstance(found.get(each), str)}
    metadata = found.get("metadata")
    key = metadata.get(reading.KEY) if isinstance(metadata, dict) else None
    return {**kept, "key": key} if isinstance(key, str) else kept


def handle(source: Source, limit: int = AT_ONCE) -> int:
    """Act upon what waits, oldest first; return how many are done with. Commits."""
    waiting = list(
        db.session.scalars(
            select(ProviderInbox.event_id)
            .where(
                ProviderInbox.provider == PROVIDER,
                ProviderInbox.handled_at.is_(None),
                ProviderInbox.next_at <= now(),
            )
            .order_by(ProviderInbox.next_at, ProviderInbox.event_id)
            .limit(limit)
        )
    )
    db.session.rollback()
    return sum(_handled(source, event_id) for event_id in waiting if _taken(event_id))


def _taken(event_id: str) -> bool:
    """Take a row for a while, so that others look at others; whoever dies loses it."""
    row = db.session.get_one(ProviderInbox, (PROVIDER, event_id))
    again = now() + min(LEASE * 2 ** min(row.attempts, 12), RAREST)
    taken = db.session.execute(
        update(ProviderInbox)
        .where(
            ProviderInbox.provider == PROVIDER,
            ProviderInbox.event_id == event_id,
            ProviderInbox.handled_at.is_(None),
            ProviderInbox.next_at <= now(),
        )
        .values(next_at=again, attempts=ProviderInbox.attempts + 1)
    )
    db.session.commit()
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _handled(source: Source, event_id: str) -> bool:
    """Act upon one event; what goes wrong leaves it for later, or says why it never will."""
    try:
        return _act(source, db.session.get_one(ProviderInbox, (PROVIDER, event_id)))
    except Unanswered:
        db.session.rollback()
        return False
    except Overtaken:
        db.session.rollback()
        _let_go(event_id)
        return False
    except (Refusal, Disagreement) as refusal:
        db.session.rollback()
        said = str(refusal) if isinstance(refusal, Disagreement) else type(refusal).__name__
        log.warning("event %s is refused: %s", event_id, said)
        return _done(event_id, f"refused: {said}"[:200])
    except Exception:
        db.session.rollback()
        log.exception("event %s will be tried again", event_id)
        return False


def _let_go(event_id: str) -> None:
    """Have it asked again at once."""
    row = db.session.get_one(ProviderInbox, (PROVIDER, event_id))
    row.next_at = now()
    db.session.commit()


def _act(source: Source, row: ProviderInbox) -> bool:
    about = HANDLED.get(row.type)
    if about is None:
        known = is_ignored(row.type)
        if not known:
            log.warning("the provider tells of something new: %s", row.type)
        return _done(row.event_id, "ignored: of no use here" if known else "ignored: unknown type")
    query = select(ProviderAccount).where(ProviderAccount.ref == row.account)
    account = db.session.scalars(query).one_or_none() if row.account else None
    if account is None:
        return _later_or(row, "ignored: unknown account")
    if about is About.INTENT:
        return _about_intent(source, row, account)
    if about is About.ACCOUNT:
        event_id = row.event_id
        return accounts.refresh(source, account) and _done(event_id, "applied")
    event_id, ref = row.event_id, str(row.body.get("id") or "")
    payouts.bring_to_the_bank(source, account, ref)
    return _done(event_id, "applied")


def _about_intent(source: Source, row: ProviderInbox, account: ProviderAccount) -> bool:
    intent = _intent_of(row, account)
    if intent is None:
        return _later_or(row, "ignored: no payment of ours")
    event_id, version, about = row.event_id, intent.version, intents.question(intent)
    db.session.rollback()  # nothing is locked while we wait for somebody else
    truth = source.of_intent(about)
    if truth is None:
        raise Unanswered("not found yet")
    row = _locked(event_id)
    if row.handled_at is not None:
        db.session.rollback()
        return False
    apply(intent, truth, version)
    _mark(row, "applied")
    db.session.commit()
    return True


def _intent_of(row: ProviderInbox, account: ProviderAccount) -> ProviderIntent | None:
    """Find the intent that an event is about, on the account that it comes from."""
    on_account = select(ProviderIntent).where(ProviderIntent.account_id == account.id)
    for column, value in (
        (ProviderIntent.key, row.body.get("client_reference_id") or row.body.get("key")),
        (ProviderIntent.session_ref, row.body.get("id")),
        (ProviderIntent.provider_ref, row.body.get("payment_intent") or row.body.get("id")),
    ):
        found = db.session.scalars(on_account.where(column == value)).first() if value else None
        if found is not None:
            return found
    return None


def _later_or(row: ProviderInbox, outcome: str) -> bool:
    """Look a few times more, since our own row may come after the provider's word of it."""
    if row.attempts < TRIES_TO_FIND:
        db.session.rollback()
        return False
    return _done(row.event_id, outcome)


def _done(event_id: str, outcome: str) -> bool:
    row = _locked(event_id)
    if row.handled_at is None:
        _mark(row, outcome)
    db.session.commit()
    return True


def _locked(event_id: str) -> ProviderInbox:
    row = db.session.get_one(ProviderInbox, (PROVIDER, event_id))
    lock(row)
    return row


def _mark(row: ProviderInbox, outcome: str) -> None:
    row.handled_at = now()
    row.outcome = outcome
