"""What a treasurer notes by hand: received, handed over, banked, undone."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select

from freeco.accounting.facts import Banked, Received
from freeco.db import db, lock
from freeco.members.models import Member
from freeco.organisations.models import Organisation
from freeco.payments.errors import (
    BankedTooEarly,
    NothingToBank,
    SaidByBank,
    SeveralBeneficiaries,
    StepOutOfOrder,
)
from freeco.payments.models import Method, Payment, RemittanceSlip, State
from freeco.payments.statement_models import BankLine, Match
from freeco.payments.step_log import (
    catch_up,
    here,
    instant,
    lock_in_order,
    move,
    standing_steps,
    take_back,
)

BY_HAND = (Method.CHEQUE, Method.TRANSFER, Method.CASH)
"""What people see with their own eyes; what a provider said is not theirs to undo."""


def receive(payment: Payment, by: Member | None, *, on: date | None = None) -> None:
    """Note that it came: a cheque is then held, cash or a transfer seen by hand is settled.

    Raises StepOutOfOrder.
    """
    lock(payment)
    if payment.state != State.EXPECTED or payment.method not in BY_HAND:
        raise StepOutOfOrder
    day = on or here(payment)
    at = instant(payment, day)
    fact = Received(payment.payer, payment.amount, Method(payment.method).value)
    payment.received_at = at
    if payment.method == Method.CHEQUE:
        move(payment, State.HELD, day, fact=fact, by=by)
        return
    payment.settled_at = at
    move(payment, State.SETTLED, day, fact=fact, by=by)


def hand_over(payment: Payment, by: Member) -> None:
    """Note that a held cheque was given to the beneficiary. Raises StepOutOfOrder."""
    lock(payment)
    catch_up(payment)
    if payment.state != State.HELD or payment.method != Method.CHEQUE:
        raise StepOutOfOrder
    move(payment, State.HANDED, here(payment), by=by)


def bank(cheques: Iterable[Payment], on: date, by: Member) -> RemittanceSlip:
    """Bring cheques of one beneficiary to the bank, under the next number of its slips.

    Raises NothingToBank, SeveralBeneficiaries, BankedTooEarly, StepOutOfOrder.
    """
    chosen = lock_in_order(cheques)
    if not chosen:
        raise NothingToBank
    for each in chosen:
        _refuse_unbankable(each, chosen[0], on)
    slip = _slip(chosen[0], on)
    for each in chosen:
        catch_up(each)
        each.slip_id = slip.id
        note_banked(each, on, by, piece=f"bordereau:{slip.number}")
    return slip


def _refuse_unbankable(cheque: Payment, first: Payment, on: date) -> None:
    if cheque.method != Method.CHEQUE or cheque.state not in (State.HELD, State.HANDED):
        raise StepOutOfOrder
    if (cheque.beneficiary_id, cheque.community_id) != (first.beneficiary_id, first.community_id):
        raise SeveralBeneficiaries
    if cheque.due_on > on:
        raise BankedTooEarly


def _slip(cheque: Payment, on: date) -> RemittanceSlip:
    beneficiary: Organisation = cheque.beneficiary
    lock(beneficiary)
    last = select(func.max(RemittanceSlip.number)).where(
        RemittanceSlip.beneficiary_id == beneficiary.id
    )
    slip = RemittanceSlip(
        community=cheque.community,
        beneficiary=beneficiary,
        number=(db.session.scalar(last) or 0) + 1,
        day=on,
    )
    db.session.add(slip)
    db.session.flush()
    return slip


def note_banked(
    cheque: Payment, on: date, by: Member | None, *, piece: str = "", reason: str = ""
) -> None:
    """Note that a locked cheque that was held has reached the bank."""
    cheque.settled_at = instant(cheque, on)
    fact = Banked(cheque.amount, Method.CHEQUE.value)
    move(cheque, State.SETTLED, on, fact=fact, by=by, piece=piece, reason=reason)


def step_back(payment: Payment, by: Member) -> None:
    """Undo the last step noted by hand, by reversing what it wrote.

    A bounce noted by mistake too, as long as what was expected instead has not moved. Raises
    StepOutOfOrder, also once something was given back; SaidByBank while a line of a bank
    statement says it.
    """
    lock(payment)
    catch_up(payment)
    standing = standing_steps(payment)
    if not standing or payment.method not in BY_HAND or payment.refunded:
        raise StepOutOfOrder
    last = standing[-1]
    _refuse_said_by_bank(payment)
    if last.after in (State.CANCELLED, State.PENDING, State.UNKNOWN, State.EXPECTED):
        raise StepOutOfOrder
    if last.after == State.FAILED:
        _give_up_replacement(payment, by)
    if last.after == State.SETTLED:
        payment.settled_at = payment.slip_id = None
    if last.before == State.EXPECTED:
        payment.received_at = None
    take_back(payment, last, by)


def _refuse_said_by_bank(payment: Payment) -> None:
    match = {State.SETTLED: Match.PAID, State.FAILED: Match.RETURNED}.get(State(payment.state))
    says = (BankLine.payment_id == payment.id) & (BankLine.match == match) & BankLine.noted
    if payment.state == State.SETTLED and payment.slip_id is not None:
        says |= BankLine.slip_id == payment.slip_id
    if match and db.session.scalar(select(BankLine.id).where(says).limit(1)) is not None:
        raise SaidByBank


def _give_up_replacement(payment: Payment, by: Member) -> None:
    query = select(Payment).where(Payment.replaces_id == payment.id)
    replacement = db.session.scalars(query).one_or_none()
    if replacement is None:
        return
    lock(replacement)
    if replacement.state != State.EXPECTED:
        raise StepOutOfOrder
    replacement.replaces_id = None
    move(replacement, State.CANCELLED, here(replacement), by=by)
