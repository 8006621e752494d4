"""Collecting by direct debit: announced to payers, sent to the bank, credited, perhaps returned."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from sqlalchemy import func, select

from freeco.accounting.facts import Banked
from freeco.accounting.recording import open_day, record
from freeco.clock import now, today
from freeco.db import db, lock
from freeco.members.models import Community, Member
from freeco.money import Money, total
from freeco.organisations.being_paid import billing_of
from freeco.organisations.billing import Billing
from freeco.organisations.models import Organisation
from freeco.payments import mandates, steps
from freeco.payments.debit_errors import (
    AlreadyCollected,
    NeverSent,
    NoMandate,
    NothingToCollect,
    NotReady,
    NotThere,
    ReturnTooEarly,
    ReturnTooLate,
    TooLate,
    TooSoon,
)
from freeco.payments.debit_models import (
    CollectionState,
    DebitCollection,
    DebitItem,
    DebitMandate,
    ItemState,
    MandateKind,
)
from freeco.payments.debit_words import ENDS_MANDATE
from freeco.payments.models import Method, Payment, State
from freeco.payments.providers import Started
from freeco.payments.step_log import book_of, instant, local_day, lock_in_order

CONTESTED_MONTHS = 13
"""How long an unauthorised debit may come back (CMF art. L133-24)."""
REFUNDED_WEEKS = 8
"""How long any debit may, without a reason (CMF art. L133-25-1)."""


class DirectDebit:
    """A way of being paid: the payer signed once, and has nothing to do when it falls due."""

    method: ClassVar[Method] = Method.DEBIT

    def is_ready(self, beneficiary: Organisation) -> bool:
        """Whether it has an account and its number as a SEPA creditor."""
        return creditor(beneficiary) is not None

    def start(self, payment: Payment, back: str) -> Started:
        """Ask the payer nothing. Raises NoMandate, since nothing could be debited."""
        day = today(payment.community.timezone)
        standing = mandates.standing(payment.community, payment.beneficiary, day)
        if payment.payer not in standing:
            raise NoMandate
        return Started()

    def ask(self, payment: Payment) -> None:
        """Ask nobody: the bank says what became of it in its statements."""

    def give_back(self, payment: Payment, amount: Money, key: str) -> None:
        """Note a transfer to the payer: a debit that was credited is not called back."""
        steps.given_back(payment, amount, key, now(), Method.TRANSFER)


@dataclass(frozen=True)
class Collectable:
    """A payment that could be debited on a day, and by which mandate; none allows it yet."""

    payment: Payment
    mandate: DebitMandate | None


def creditor(organisation: Organisation) -> Billing | None:
    """Return how an organisation is paid, if that is enough to debit."""
    billing = billing_of(organisation)
    if billing is None or not billing.iban or not billing.creditor_identifier:
        return None
    return billing


def collectable(community: Community, organisation: Organisation, on: date) -> list[Collectable]:
    """Return what falls due by a day, is to be debited and is in no collection yet."""
    query = (
        select(Payment)
        .outerjoin(DebitItem, DebitItem.payment_id == Payment.id)
        .where(
            Payment.community_id == community.id,
            Payment.beneficiary_id == organisation.id,
            Payment.method == Method.DEBIT,
            Payment.state == State.EXPECTED,
            Payment.due_on <= on,
            DebitItem.id.is_(None),
        )
        .order_by(Payment.due_on, Payment.id)
    )
    standing = mandates.standing(community, organisation, on)
    return [Collectable(each, standing.get(each.payer)) for each in db.session.scalars(query)]


def earliest(found: Iterable[Collectable], today_: date) -> date:
    """Return the first day on which all can be debited, each told in time."""
    notice = max((each.mandate.notice_days for each in found if each.mandate), default=1)
    return today_ + timedelta(days=notice)


def announce(
    community: Community,
    organisation: Organisation,
    payments: Sequence[Payment],
    collects_on: date,
) -> DebitCollection:
    """Plan a collection; its payers are told by ``debit_notices.tell``.

    Raises NotReady, NothingToCollect, NoMandate, TooSoon, AlreadyCollected.
    """
    lock(organisation)
    if creditor(organisation) is None:
        raise NotReady
    if not payments:
        raise NothingToCollect
    possible = {each.payment: each for each in collectable(community, organisation, collects_on)}
    if any(payment not in possible for payment in payments):
        raise AlreadyCollected
    last = select(func.max(DebitCollection.number)).where(
        DebitCollection.organisation_id == organisation.id
    )
    collection = DebitCollection(
        community=community,
        organisation=organisation,
        number=(db.session.scalar(last) or 0) + 1,
        collects_on=collects_on,
    )
    db.session.add(collection)
    day = today(community.timezone)
    spent: set[DebitMandate] = set()
    for payment in dict.fromkeys(payments):
        mandate = possible[payment].mandate
        if mandate is None or mandate in spent:
            raise NoMandate
        if (collects_on - day).days < mandate.notice_days:
            raise TooSoon
        once = mandate.kind == MandateKind.ONCE
        if once:
            spent.add(mandate)
        db.session.add(
            DebitItem(
                collection=collection,
                payment=payment,
                mandate=mandate,
                sequence="OOFF" if once else "RCUR",
            )
        )
    db.session.flush()
    return collection


def drop(collection: DebitCollection) -> None:
    """Give up a collection that was only announced; its payments can be collected otherwise.

    Raises NotThere.
    """
    _locked(collection, CollectionState.ANNOUNCED)
    collection.state = CollectionState.DROPPED
    for item in list(collection.items):
        _take_out(item)
    db.session.flush()


def send(collection: DebitCollection) -> list[DebitItem]:
    """Note that the file goes to the bank: each payment is on its way, once for ever.

    What was paid otherwise meanwhile, or whose mandate was revoked, is left out. Returns what
    goes. Raises NotThere, NeverSent, NotReady, TooLate, NothingToCollect.
    """
    _locked(collection, CollectionState.ANNOUNCED)
    if collection.community.rehearsal:
        raise NeverSent
    if creditor(collection.organisation) is None:
        raise NotReady
    if today(collection.community.timezone) >= collection.collects_on:
        raise TooLate
    for item in sorted(collection.items, key=lambda each: each.payment_id):
        payment, mandate = item.payment, item.mandate
        lock(mandate)
        due = payment.state == State.EXPECTED and payment.method == Method.DEBIT
        if not due or not mandates.allows(mandate, collection.collects_on):
            _take_out(item)
            continue
        steps.begin(payment, Method.DEBIT)
        item.state = ItemState.SENT
    if not collection.items:
        raise NothingToCollect
    for item in collection.items:
        item.mandate.last_used_on = collection.collects_on
    collection.state, collection.sent_at = CollectionState.SENT, now()
    db.session.flush()
    return collection.items


def _take_out(item: DebitItem) -> None:
    item.collection.items.remove(item)
    db.session.delete(item)


def _locked(collection: DebitCollection, *states: CollectionState) -> None:
    lock_in_order(item.payment for item in collection.items)
    lock(collection.organisation)
    lock(collection)
    if collection.state not in states:
        raise NotThere


def credit(collection: DebitCollection, on: date, by: Member | None) -> int:
    """Note that the money of a collection came on a day; return how many payments it settled.

    Raises NotThere, ReturnTooEarly before it was sent, NotYet.
    """
    _locked(collection, CollectionState.SENT, CollectionState.CREDITED)
    count = 0
    for item in sorted(collection.items, key=lambda each: each.payment_id):
        if item.state == ItemState.SENT:
            credit_item(item, on, by)
            count += 1
    collection.state = CollectionState.CREDITED
    db.session.flush()
    return count


def credit_item(item: DebitItem, on: date, by: Member | None) -> None:
    """Note that one debit reached the account; once. Raises NotThere."""
    lock(item.payment)
    lock(item)
    if item.state == ItemState.CREDITED:
        return
    if item.state != ItemState.SENT:
        raise NotThere
    payment = item.payment
    steps.settle(payment, instant(payment, on), by=by)
    fact = Banked(payment.amount, Method.DEBIT.value)
    book = book_of(payment)
    record(
        book,
        fact,
        open_day(book, on),
        f"debit_item:{item.id}:banked",
        piece=payment.reference,
        piece_day=on,
    )
    item.state = ItemState.CREDITED


def note_return(
    item: DebitItem, on: date, code: str, fee: Money = Money(0), by: Member | None = None
) -> Payment | None:
    """Note that a debit came back, until thirteen months after it and even once given back.

    Once is enough: told again, nothing more is written. Returns what is expected instead. A code
    that says that the account is of no use ends the mandate. Raises NotThere, ReturnTooEarly,
    ReturnTooLate, NotYet.
    """
    payment = item.payment
    lock(payment)
    lock(item)
    if item.state == ItemState.ANNOUNCED:
        raise NotThere
    if item.state == ItemState.RETURNED:
        return db.session.scalars(
            select(Payment).where(Payment.replaces_id == payment.id)
        ).one_or_none()
    sent_at = item.collection.sent_at
    if sent_at is None or on < local_day(payment, sent_at):
        raise ReturnTooEarly
    if on > months_after(item.collection.collects_on, CONTESTED_MONTHS):
        raise ReturnTooLate
    item.after_refund = bool(payment.refunded)
    again = steps.fail(payment, instant(payment, on), code, fee=fee, by=by)
    item.state = ItemState.RETURNED
    item.returned_on, item.return_code, item.fee, item.noted_by = on, code, fee, by
    lock(item.mandate)
    if code in ENDS_MANDATE and item.mandate.revoked_on is None:
        mandates.revoke(item.mandate)
    db.session.flush()
    return again


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def amount_of(collection: DebitCollection, *states: ItemState) -> Money:
    """Return what a collection's debits come to, those in some states only."""
    return total(
        [each.payment.amount for each in collection.items if not states or each.state in states]
    )
