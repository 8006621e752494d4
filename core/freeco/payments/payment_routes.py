"""One payment, as whoever keeps the payments sees it: what became of it, and what goes wrong."""

from secrets import token_hex

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.clock import now, today
from freeco.db import db
from freeco.doors import requires
from freeco.i18n import _, money
from freeco.members.models import TREASURER
from freeco.money import Money
from freeco.payments import reminders, steps, treasury, words
from freeco.payments.by_hand_steps import BY_HAND
from freeco.payments.errors import NoOtherWay, StepOutOfOrder
from freeco.payments.models import Method, Payment, State
from freeco.payments.parties import name
from freeco.payments.providers import provider_of, ready_for
from freeco.payments.references import spaced
from freeco.payments.step_log import standing_steps
from freeco.payments.treasury_routes import written
from freeco.web import undo as undoing
from freeco.web.forms import Cents, Form, Words, one_of

pages = Blueprint("payments", __name__)


class BounceSchema(Schema):
    """Why it came back, and what the bank kept."""

    raison = Words(required=True, validate=one_of(words.REASONS))
    frais = Cents(load_default=0)


class RefundSchema(Schema):
    """What was given back, and how; the key makes sending twice one refund."""

    montant = Cents(required=True)
    moyen = Words(required=True, validate=one_of(tuple(Method)))
    cle = Words(required=True, most=40)


class MeansSchema(Schema):
    """How it will be paid instead."""

    moyen = Words(required=True, validate=one_of(tuple(Method)))


@pages.get("/tresorerie/paiements/<int:payment_id>")
@requires(TREASURER)
def page(payment_id: int) -> ResponseReturnValue:
    """Show a payment, its history and what can be noted of it."""
    return _page(treasury.find_payment(g.community, payment_id))


def _page(payment: Payment, **forms: Form) -> ResponseReturnValue:
    left = payment.amount - payment.refunded
    refund = Form.blank(moyen=payment.method, cle=token_hex(8))
    shown = {
        "bounce": Form.blank(raison="no_funds"),
        "refund": refund,
        "means_form": Form.blank(moyen=payment.method),
    } | forms
    standing = standing_steps(payment)
    by_hand = payment.method in BY_HAND
    came_by_hand = payment.state in (State.HELD, State.HANDED, State.SETTLED) and by_hand
    return (
        render_template(
            "payments/payment.html",
            payment=payment,
            payer=name(payment.payer),
            label=words.labels([payment.purpose])[payment.purpose],
            history=words.history(payment),
            left=left,
            means=words.MEANS,
            states=words.STATES,
            reasons=words.REASONS,
            ready=ready_for(payment.beneficiary),
            giving_back=_giving_back(payment),
            may_undo=bool(standing) and by_hand and not payment.refunded and _undoable(payment),
            may_bounce=came_by_hand and payment.method != Method.CASH,
            undone=written([payment]),
            reminded=payment.id in reminders.reminded([payment]),
            overdue=reminders.is_overdue(payment),
            spaced=spaced,
            today=today(g.community.timezone).isoformat(),
            purpose_words=words.purpose_words,
            **shown,
        ),
        max(each.status for each in shown.values()),
    )


def _undoable(payment: Payment) -> bool:
    return payment.state in (State.HELD, State.HANDED, State.SETTLED, State.FAILED)


def _giving_back(payment: Payment) -> list[Method]:
    """Return how money may go back: a card where it came from, the rest by hand."""
    if payment.state != State.SETTLED or payment.refunded == payment.amount:
        return []
    if payment.method == Method.CARD:
        return [Method.CARD]
    return [Method.TRANSFER, Method.CHEQUE, Method.CASH]


@pages.post("/tresorerie/paiements/<int:payment_id>/impaye")
@requires(TREASURER)
def bounce(payment_id: int) -> ResponseReturnValue:
    """Note that the bank gave it back unpaid."""
    payment = treasury.find_payment(g.community, payment_id)
    form = Form.sent()

    def act(raison: str, frais: int) -> Payment | None:
        if payment.method not in BY_HAND:
            raise StepOutOfOrder  # a provider or the bank says it, never somebody's hand
        return steps.fail(payment, now(), raison, fee=Money(frais), by=g.member)

    if not form.apply(BounceSchema(), act):
        return _page(payment, bounce=form)
    undoing.done(
        _("Le paiement est noté impayé ; un autre, du même montant, est attendu."),
        url_for("treasury.undo"),
        {"paiements": written([payment])},
    )
    return redirect(url_for("payments.page", payment_id=payment.id))


@pages.post("/tresorerie/paiements/<int:payment_id>/rembourser")
@requires(TREASURER)
def refund(payment_id: int) -> ResponseReturnValue:
    """Note that part of it, or all, was given back; by card, have it given back."""
    payment = treasury.find_payment(g.community, payment_id)
    form = Form.sent()

    def act(montant: int, moyen: str, cle: str) -> None:
        if payment.method == Method.CARD:
            provider_of(Method.CARD).give_back(payment, Money(montant), cle)
        elif moyen not in BY_HAND:
            raise StepOutOfOrder  # nothing gives it back on a card or an account never asked
        else:
            steps.given_back(payment, Money(montant), cle, now(), Method(moyen), by=g.member)

    if not form.apply(RefundSchema(), act):
        return _page(payment, refund=form)
    flash(str(_("Le remboursement de %(amount)s est noté.", amount=_amount(form))), "good")
    return redirect(url_for("payments.page", payment_id=payment.id))


def _amount(form: Form) -> str:
    taken = form.take(RefundSchema())
    return money(Money(taken["montant"])) if taken else ""


@pages.post("/tresorerie/paiements/<int:payment_id>/moyen")
@requires(TREASURER)
def change_means(payment_id: int) -> ResponseReturnValue:
    """Let it be paid otherwise."""
    payment = treasury.find_payment(g.community, payment_id)
    before = payment.method
    form = Form.sent()

    def act(moyen: str) -> None:
        if moyen not in BY_HAND and moyen not in ready_for(payment.beneficiary):
            raise NoOtherWay
        steps.change_method(payment, Method(moyen), by=g.member)

    if not form.apply(MeansSchema(), act):
        return _page(payment, means_form=form)
    undoing.done(
        _("Ce paiement se fera par %(means)s.", means=words.MEANS[payment.method]),
        url_for("payments.change_means", payment_id=payment.id),
        {"moyen": before},
    )
    return redirect(url_for("payments.page", payment_id=payment.id))


@pages.post("/tresorerie/paiements/<int:payment_id>/relancer")
@requires(TREASURER)
def remind(payment_id: int) -> ResponseReturnValue:
    """Write to who owes it."""
    payment = treasury.find_payment(g.community, payment_id)
    reached = reminders.remind([payment])
    db.session.commit()
    flash(
        str(_("Le rappel est parti.") if reached else reminders.NOBODY),
        "good",
    )
    return redirect(url_for("payments.page", payment_id=payment.id))
