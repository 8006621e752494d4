"""What somebody decides of a line: it is this payment, it is not, it is nothing expected here."""

from sqlalchemy import select

from freeco.clock import now
from freeco.db import db, lock
from freeco.errors import Absent, Refusal
from freeco.i18n import _
from freeco.members.models import Community, Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import debits, steps
from freeco.payments.debit_models import DebitCollection, ItemState
from freeco.payments.models import Method, Payment, RemittanceSlip, State
from freeco.payments.statement_models import Aside, BankLine, LineState, Match, RefusedMatch
from freeco.payments.statements_matching import item_of, open_lines, proposals_for, slip_amount
from freeco.payments.step_log import instant, lock_in_order

UNPAID = "other"
"""Why a payment came back, when the bank gave no code; see ``words.REASONS``."""


class LineTaken(Refusal):
    """Somebody dealt with it meanwhile."""

    reason = _("Cette ligne est déjà traitée.")


class AlreadyMatched(Refusal):
    """One line settles one payment, and one payment is settled by one line."""

    reason = _("Ce paiement est déjà rapproché d’une autre ligne.")


class AmountDiffers(Refusal):
    """Both must say the same amount."""

    reason = _("Le montant de la ligne n’est pas celui qui est attendu.")


class MatchedElsewhere(Refusal):
    """The same movement was taken in another community, and settled a payment there."""

    reason = _("Ce mouvement a déjà réglé un paiement dans une autre communauté.")


class CannotUndo(Refusal):
    """What followed stands on it."""

    reason = _("Ce rapprochement ne se défait plus : notez plutôt ce qui s’est passé ensuite.")


def accept(line: BankLine, target: str, by: Member) -> None:
    """Note that a line is what a target names, and what follows for the payment.

    Raises LineTaken, AmountDiffers, AlreadyMatched, MatchedElsewhere, Absent, StepOutOfOrder.
    """
    kind, _colon, number = target.partition(":")
    if not number.isascii() or not number.isdigit():
        raise Absent
    lock_in_order(_touched(target))
    _lock_open(line)
    if kind == "payment":
        _pay(line, _payment(line, int(number)), by)
    elif kind == "return":
        _return(line, _payment(line, int(number)), by)
    elif kind == "slip":
        _deposit(line, int(number))
    elif kind == "collection":
        _collect(line, int(number), by)
    else:
        raise Absent
    line.state, line.dealt_by, line.dealt_at = LineState.MATCHED, by, now()
    db.session.flush()


def accept_certain(community: Community, organisation: Organisation, by: Member) -> int:
    """Accept every proposal that is certain, or none; return how many.

    What becomes certain while it waits for the payments is left for the next time.
    """

    def certain() -> list[tuple[BankLine, str]]:
        lines = open_lines(community, organisation, by)
        by_id = {line.id: line for line in lines}
        found = proposals_for(community, organisation, lines).proposals
        return [(by_id[each.line], each.target) for each in found if each.certain]

    known = {target for _line, target in certain()}
    lock_in_order(payment for target in known for payment in _touched(target))
    lock(organisation)
    accepted = [(line, target) for line, target in certain() if target in known]
    for line, target in accepted:
        accept(line, target, by)
    return len(accepted)


def _touched(target: str) -> list[Payment]:
    """Return the payments that a target moves, to lock them before anything else."""
    kind, _colon, number = target.partition(":")
    if kind in ("payment", "return"):
        payment = db.session.get(Payment, int(number))
        return [payment] if payment is not None else []
    collection = db.session.get(DebitCollection, int(number)) if kind == "collection" else None
    return [item.payment for item in collection.items] if collection is not None else []


def refuse(line: BankLine, target: str) -> None:
    """Note that a line is not what was proposed, so that it is not proposed again."""
    _lock_open(line)
    if db.session.get(RefusedMatch, (line.id, target)) is None:
        db.session.add(RefusedMatch(line_id=line.id, target=target[:40]))
        db.session.flush()


def set_aside(line: BankLine, why: Aside, by: Member) -> None:
    """Leave a line aside: it is nothing that is expected here. Raises LineTaken."""
    _lock_open(line)
    line.state, line.aside, line.dealt_by, line.dealt_at = LineState.ASIDE, why, by, now()
    db.session.flush()


def undo(line: BankLine, by: Member) -> None:
    """Take back what was decided of a line, and what it had noted of the payment.

    Raises CannotUndo for a debit, which the bank alone returns, and once the payment has moved
    on; StepOutOfOrder once something was given back.
    """
    payment = line.payment
    lock_in_order([payment] if payment is not None else [])
    lock(line.organisation)
    lock(line)
    if line.state == LineState.OPEN:
        return
    if line.payment is not payment:
        raise LineTaken
    if not can_undo(line):
        raise CannotUndo
    match, noted = line.match, line.noted
    line.state, line.match, line.aside, line.noted = LineState.OPEN, None, None, False
    line.payment = line.slip = line.collection = line.dealt_by = None
    line.dealt_at = None
    db.session.flush()
    if payment is None or not noted:
        return
    if payment.state != (State.SETTLED if match == Match.PAID else State.FAILED):
        raise CannotUndo
    steps.step_back(payment, by)


def can_undo(line: BankLine) -> bool:
    """Whether a decision can be taken back here; one that found all noted already always can."""
    if line.collection_id is not None:
        return not line.noted
    return not (line.noted and line.payment is not None and line.payment.method == Method.DEBIT)


def _lock_open(line: BankLine) -> None:
    # The account before its line: two people at its lines wait for each other, in one order.
    lock(line.organisation)
    lock(line)
    if line.state != LineState.OPEN:
        raise LineTaken


def _payment(line: BankLine, number: int) -> Payment:
    payment = db.session.get(Payment, number)
    if (
        payment is None
        or payment.community_id != line.community_id
        or payment.beneficiary_id != line.organisation_id
    ):
        raise Absent
    _refuse_twin(line)
    return payment


def _refuse_twin(line: BankLine) -> None:
    query = select(BankLine.id).where(
        BankLine.fingerprint == line.fingerprint,
        BankLine.id != line.id,
        BankLine.organisation_id == line.organisation_id,
        BankLine.state == LineState.MATCHED,
    )
    if db.session.scalar(query.limit(1)) is not None:
        raise MatchedElsewhere


def _refuse_matched(payment: Payment, match: Match) -> None:
    query = select(BankLine.id).where(BankLine.payment_id == payment.id, BankLine.match == match)
    if db.session.scalar(query.limit(1)) is not None:
        raise AlreadyMatched


def _pay(line: BankLine, payment: Payment, by: Member) -> None:
    if payment.amount != line.amount:
        raise AmountDiffers
    _refuse_matched(payment, Match.PAID)
    line.noted = payment.state != State.SETTLED
    item = item_of(payment)
    if item is not None and item.state == ItemState.SENT:
        debits.credit_item(item, line.day, by)
    elif line.noted:
        if payment.state == State.EXPECTED and payment.method != Method.TRANSFER:
            steps.change_method(payment, Method.TRANSFER, by=by)  # it came by the bank after all
        steps.settle(payment, instant(payment, line.day), by=by)
    line.payment, line.match = payment, Match.PAID


def _return(line: BankLine, payment: Payment, by: Member) -> None:
    if payment.amount != -line.amount:
        raise AmountDiffers
    _refuse_matched(payment, Match.RETURNED)
    line.noted = payment.state != State.FAILED
    item = item_of(payment)
    if item is not None:
        debits.note_return(item, line.day, line.return_code or UNPAID, by=by)
    else:
        steps.fail(payment, instant(payment, line.day), line.return_code or UNPAID, by=by)
    line.payment, line.match = payment, Match.RETURNED


def _deposit(line: BankLine, number: int) -> None:
    slip = db.session.get(RemittanceSlip, number)
    if slip is None or (slip.community_id, slip.beneficiary_id) != (
        line.community_id,
        line.organisation_id,
    ):
        raise Absent
    if slip_amount(slip) != line.amount:
        raise AmountDiffers
    if db.session.scalar(select(BankLine.id).where(BankLine.slip_id == slip.id)) is not None:
        raise AlreadyMatched
    line.slip = slip


def _collect(line: BankLine, number: int, by: Member) -> None:
    collection = db.session.get(DebitCollection, number)
    if collection is None or (collection.community_id, collection.organisation_id) != (
        line.community_id,
        line.organisation_id,
    ):
        raise Absent
    matched = select(BankLine.id).where(BankLine.collection_id == collection.id)
    if db.session.scalar(matched) is not None:
        raise AlreadyMatched
    lock(collection)
    waiting = debits.amount_of(collection, ItemState.SENT)
    expected = waiting or debits.amount_of(collection, ItemState.CREDITED)
    if expected != line.amount:
        raise AmountDiffers
    line.noted = bool(debits.credit(collection, line.day, by)) and waiting != Money(0)
    line.collection = collection
