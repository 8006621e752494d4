"""Paying by card, and an organisation's account at the payment provider."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.errors import Absent
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.organisations import being_paid
from freeco.organisations import services as organisations
from freeco.payments import own
from freeco.payments.card import accounts, intents, reconciliation
from freeco.payments.card.offered import CARD
from freeco.payments.card.words import STATES, requirements
from freeco.web.forms import Form

pages = Blueprint("cards", __name__)


@pages.get("/mes-paiements/<int:payment_id>/carte")
def page(payment_id: int) -> ResponseReturnValue:
    """Say where a payment by card is, and lead to the provider's page while it is open."""
    return _page(payment_id, Form.blank())


def _page(payment_id: int, form: Form) -> ResponseReturnValue:
    payment = own.find_own(g.member, payment_id)
    intent = intents.latest(payment)
    if intent is None and not CARD.is_ready(payment.beneficiary):
        raise Absent
    return (
        render_template(
            "payments/card.html",
            payment=payment,
            intent=intent,
            open=intent is not None and intents.is_open(intent),
            state=STATES[intent.state] if intent is not None else "",
            form=form,
            provider=CARD.name,
        ),
        form.status,
    )


@pages.post("/mes-paiements/<int:payment_id>/carte")
def pay(payment_id: int) -> ResponseReturnValue:
    """Ask for the provider's page; a second click gets the same one."""
    payment = own.find_own(g.member, payment_id)
    here = url_for("cards.page", payment_id=payment_id)
    form = Form.sent()
    if not form.apply(Schema(), lambda: CARD.start(payment, kernel().settings.base_url + here)):
        return _page(payment_id, form)
    return redirect(here)


@pages.post("/mes-paiements/<int:payment_id>/carte/nouvelles")
def ask(payment_id: int) -> ResponseReturnValue:
    """Ask the provider what became of it, instead of waiting for it to tell."""
    payment = own.find_own(g.member, payment_id)
    form = Form.sent()
    if not form.apply(Schema(), lambda: CARD.ask(payment)):
        return _page(payment_id, form)
    return redirect(url_for("cards.page", payment_id=payment_id))


@pages.get("/organisations/<int:member_id>/carte")
def account_page(member_id: int) -> ResponseReturnValue:
    """Show an organisation's account at the provider: connected, what is missing, ready."""
    return _account_page(member_id, Form.blank(), "")


def _account_page(member_id: int, form: Form, link: str) -> ResponseReturnValue:
    shown = organisations.find_organisation(g.community, member_id)
    body = being_paid.money_of(shown, g.member)
    account = accounts.of(body)
    return (
        render_template(
            "payments/card_account.html",
            shown=shown,
            account=account,
            offered=kernel().settings.takes_cards and not g.community.rehearsal,
            missing=requirements(account.requirements) if account is not None else (),
            unexplained=reconciliation.unexplained(account) if account is not None else (),
            form=form,
            provider=CARD.name,
            link=link,
        ),
        form.status,
    )


@pages.post("/organisations/<int:member_id>/carte")
def connect(member_id: int) -> ResponseReturnValue:
    """Open the account, or go on completing it, on the provider's own pages."""
    body = being_paid.money_of(organisations.find_organisation(g.community, member_id), g.member)
    back = kernel().settings.base_url + url_for("cards.account_page", member_id=member_id)
    form = Form.sent()
    if not form.apply(
        Schema(), lambda: accounts.connect(kernel().settings, body, g.community, back)
    ):
        return _account_page(member_id, form, "")
    return _account_page(member_id, Form.blank(), form.result)


@pages.post("/organisations/<int:member_id>/carte/nouvelles")
def ask_about_account(member_id: int) -> ResponseReturnValue:
    """Ask the provider how the account stands."""
    body = being_paid.money_of(organisations.find_organisation(g.community, member_id), g.member)
    account = accounts.of(body)
    if account is None or not kernel().settings.takes_cards:
        raise Absent
    if not accounts.refresh(CARD.source, account):
        flash(str(_("Le service de paiement ne répond pas ; nous lui redemanderons.")), "wait")
    return redirect(url_for("cards.account_page", member_id=member_id))
