"""A member's page: what I paid, who got it, what it cost, how to get it back."""

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.clock import today
from freeco.cost_price.price import PriceParts
from freeco.cost_price.shares import parts_of_payment
from freeco.db import db
from freeco.errors import Absent
from freeco.i18n import _, listed, said
from freeco.kernel import kernel
from freeco.payments import own, words
from freeco.payments.by_hand import Cash, Cheque
from freeco.payments.errors import NoOtherWay, StepOutOfOrder
from freeco.payments.models import Method, Payment, State
from freeco.payments.providers import provider_of, ready_for, register
from freeco.payments.references import spaced
from freeco.payments.tables import csv_answer, payment_rows, plain_amount
from freeco.payments.transfer import Transfer, account_of, qr_code
from freeco.web.forms import Form, Words, one_of
from freeco.web.lists import page_of_query
from freeco.web.words import isolated

pages = Blueprint("own_payments", __name__)
for each in (Cheque(), Cash(), Transfer()):
    register(each)
OFFERED = (Method.CHEQUE, Method.TRANSFER, Method.CASH, Method.CARD)
"""What a payer chooses by a click; a debit begins with a mandate, on a page of its own."""


def _parts(payment: Payment) -> PriceParts:
    """Return where each euro of a payment goes; the provider's fee is the exact one."""
    day = payment.created_at.astimezone(ZoneInfo(g.community.timezone)).date()
    return parts_of_payment(payment.purpose, payment.amount, day, payment.fee)


def _keeper() -> str:
    """Name those to whom a cheque is given."""
    names = [isolated(each.name) for each in own.treasurers(g.community)]
    return listed(names) if names else said("la trésorerie")


class PaySchema(Schema):
    """The means chosen."""

    moyen = Words(required=True, validate=one_of(OFFERED))


@pages.get("/mes-paiements")
def home() -> ResponseReturnValue:
    """Show what is due, what is under way, what was paid."""
    due = own.due(g.member)
    under_way = own.under_way(g.member)
    paid = page_of_query(own.paid(g.member))
    shown = [each.first for each in due] + list(under_way) + list(paid.rows)
    return render_template(
        "payments/own.html",
        due=due,
        under_way=under_way,
        paid=paid,
        years=own.years(g.member),
        purposes=words.labels(each.purpose for each in shown),
        purpose_words=words.purpose_words,
        means=words.MEANS,
        states=words.OWN_STATES,
        keeper=_keeper(),
        accounts={each.beneficiary.id: account_of(each.beneficiary) for each in due},
        day=today(g.community.timezone),
    )


@pages.get("/mes-paiements/<int:payment_id>")
def page(payment_id: int) -> ResponseReturnValue:
    """Show a payment: how to pay it, what became of it, how to get it back."""
    return _page(own.find_own(g.member, payment_id), Form.blank())


def _page(payment: Payment, form: Form) -> ResponseReturnValue:
    form.values.setdefault("moyen", payment.method)
    return (
        render_template(
            "payments/own_payment.html",
            payment=payment,
            form=form,
            label=words.labels([payment.purpose])[payment.purpose],
            purpose_words=words.purpose_words,
            history=words.history(payment),
            anatomy_of=_parts(payment),
            means=words.MEANS,
            states=words.OWN_STATES,
            keeper=_keeper(),
            account=account_of(payment.beneficiary),
            ready=[each for each in ready_for(payment.beneficiary) if each in OFFERED],
            late=payment.state == State.EXPECTED and payment.due_on < today(g.community.timezone),
            spaced=spaced,
            plain_amount=plain_amount,
            debits="debits.home" in current_app.view_functions,
        ),
        form.status,
    )


@pages.post("/mes-paiements/<int:payment_id>/payer")
def pay(payment_id: int) -> ResponseReturnValue:
    """Choose how to pay; by card, go and pay."""
    payment = own.find_own(g.member, payment_id)
    back = url_for("own_payments.page", payment_id=payment.id)
    form = Form.sent()

    def act(moyen: str) -> str:
        method = Method(moyen)
        if payment.state != State.EXPECTED:
            raise StepOutOfOrder
        if method not in ready_for(payment.beneficiary):
            raise NoOtherWay
        return provider_of(method).start(payment, kernel().settings.base_url + back).url

    if not form.apply(PaySchema(), act):
        return _page(payment, form)
    if form.result:
        return redirect(form.result)
    flash(str(_("Vous payez par %(means)s.", means=words.MEANS[payment.method])), "good")
    return redirect(back)


@pages.get("/mes-paiements/<int:payment_id>/virement.svg")
def code(payment_id: int) -> ResponseReturnValue:
    """Give the code that a bank's application reads."""
    payment = own.find_own(g.member, payment_id)
    drawn = qr_code(payment) if payment.state == State.EXPECTED else None
    if drawn is None or g.community.rehearsal:
        raise Absent
    return Response(drawn, content_type="image/svg+xml")


@pages.get("/mes-paiements.csv")
def table() -> ResponseReturnValue:
    """Give my payments as a table."""
    found = own.own(g.member).order_by(Payment.due_on, Payment.id)
    rows = payment_rows(db.session.scalars(found).unique().all())
    return csv_answer(rows, "mes-paiements.csv")
