"""Payouts: what stood at the provider reaches the bank, and 5115 comes back to nothing."""

from freeco.accounting import reading, recording
from freeco.accounting.facts import Banked, Fact, TakenFromBank
from freeco.accounting.facts.provider import HELD
from freeco.accounting.models import Entry
from freeco.db import db, lock
from freeco.errors import Refusal
from freeco.money import Money, total
from freeco.payments.card import intents
from freeco.payments.card.applying import (
    CARD,
    Disagreement,
    account_for,
    local_day_of,
    record_of_account,
)
from freeco.payments.card.models import (
    IntentState,
    ProviderAccount,
    ProviderIntent,
    ProviderMovement,
)
from freeco.payments.card.truth import Kind, Moved, PayoutTruth, Source, Unanswered

OWN = (Kind.PAYOUT, Kind.PAYOUT_FAILED)


def bring_to_the_bank(source: Source, account: ProviderAccount, ref: str) -> None:
    """Write a payout once it has arrived, and back if the bank refused it. Commits.

    Money on the account that is not of our payments (the organisation may sell elsewhere) is
    mirrored, and left out of the books. Raises Unanswered while a part of it is still unread.
    """
    account_id, account_ref = account.id, account.ref or ""
    db.session.rollback()
    truth = source.of_payout(account_ref, ref)
    for moved in truth.movements:
        explain(source, account_id, moved)
    account = db.session.get_one(ProviderAccount, account_id)
    lock(account)
    for moved in truth.movements:
        _mirrored(account, moved).payout = ref
    if truth.state in (IntentState.SUCCEEDED, IntentState.FAILED):
        _write(account, truth)
    db.session.commit()


def explain(source: Source, account_id: int, moved: Moved) -> bool:
    """Give a movement its entry by asking what became of its payment; say whether it has one.

    Commits. Raises Unanswered when it is one of ours and cannot be read now.
    """
    account = db.session.get_one(ProviderAccount, account_id)
    mirror = db.session.get(ProviderMovement, moved.id)
    if mirror is not None and mirror.entry_id is not None:
        return True
    intent = _intent_of(account, moved.payment)
    if intent is not None:
        try:
            if not intents.refresh(source, intent):
                raise Unanswered("a payment of this payout")
        except (Disagreement, Refusal):
            db.session.rollback()  # it stays without an entry, and is named as such
        mirror = db.session.get(ProviderMovement, moved.id)
        return mirror is not None and mirror.entry_id is not None
    lock(account)
    written = moved.kind not in OWN and account_for(account, moved, None)
    db.session.commit()
    return written


def _intent_of(account: ProviderAccount, payment: str) -> ProviderIntent | None:
    if not payment:
        return None
    query = db.select(ProviderIntent).where(
        ProviderIntent.account_id == account.id, ProviderIntent.provider_ref == payment
    )
    found: ProviderIntent | None = db.session.scalars(query).one_or_none()
    return found


def _mirrored(account: ProviderAccount, moved: Moved) -> ProviderMovement:
    if db.session.get(ProviderMovement, moved.id) is None:
        account_for(account, moved, None)
    return db.session.get_one(ProviderMovement, moved.id)


def _write(account: ProviderAccount, truth: PayoutTruth) -> None:
    own = next((each for each in truth.movements if each.kind is Kind.PAYOUT), None)
    parts = [_mirrored(account, each) for each in truth.movements if each is not own]
    amount = total([each.net for each in parts if each.entry_id is not None])
    if own is None or not amount:
        return
    entry = _entry_of(own)
    if entry is None:
        came = amount.cents > 0
        fact: Fact = Banked(amount, CARD) if came else TakenFromBank(-amount)
        entry = record_of_account(account, fact, truth.at, f"card:{own.id}")
        _mirrored(account, own).entry_id = entry.id
    if truth.state == IntentState.FAILED and truth.failure is not None:
        back = _mirrored(account, truth.failure)
        if back.entry_id is None:
            day = local_day_of(account, truth.failure.at)
            key = f"card:{truth.failure.id}"
            back.entry_id = recording.take_back(entry, day, key).id
    db.session.flush()


def _entry_of(moved: Moved) -> Entry | None:
    mirror = db.session.get(ProviderMovement, moved.id)
    if mirror is None or mirror.entry_id is None:
        return None
    return db.session.get(Entry, mirror.entry_id)


def standing(entry: Entry) -> Money:
    """Return what an entry did to what stands at the provider (5115)."""
    return reading.moved(entry, HELD)
