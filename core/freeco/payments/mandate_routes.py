"""Mandates of direct debit, as they are noted from the paper."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from sqlalchemy import select

from freeco.clock import today
from freeco.db import db
from freeco.errors import Absent
from freeco.i18n import said
from freeco.members.models import Household
from freeco.payments import mandates, parties
from freeco.payments.debit_models import USUAL_NOTICE_DAYS, DebitMandate, MandateKind
from freeco.payments.debit_routes import pages
from freeco.payments.debit_words import KINDS
from freeco.payments.parties import party_of
from freeco.payments.statement_routes import kept_organisation
from freeco.web.forms import Day, Form, Whole, Words, one_of
from freeco.web.lists import page_of

__all__ = ["pages"]


class MandateSchema(Schema):
    """A mandate as it was signed on paper."""

    household = Whole(required=True, least=1)
    holder = Words(required=True, most=mandates.LONGEST_NAME)
    iban = Words(required=True, most=50)
    signed_on = Day(required=True)
    kind = Words(required=True, validate=one_of(KINDS))
    notice_days = Whole(least=1, most=60, load_default=USUAL_NOTICE_DAYS)
    reference = Words(most=35, load_default="")


@pages.get("/prelevements/<int:member_id>/mandats")
def mandates_page(member_id: int) -> ResponseReturnValue:
    """Show an organisation's mandates, and the form to note one."""
    return _mandates(member_id, Form.blank(kind="recurrent", notice_days=USUAL_NOTICE_DAYS))


def _mandates(member_id: int, form: Form) -> ResponseReturnValue:
    member, organisation = kept_organisation(member_id)
    found = page_of(mandates.mandates_of(g.community, organisation))
    households = db.session.execute(
        select(Household.id, Household.name)
        .where(Household.community_id == g.community.id)
        .order_by(Household.name, Household.id)
    )
    page = render_template(
        "payments/debits_mandates.html",
        member=member,
        form=form,
        mandates=found,
        payers=parties.names(each.payer for each in found.rows),
        households=list(households),
        kinds=KINDS,
        today=today(g.community.timezone),
    )
    return page, form.status


@pages.post("/prelevements/<int:member_id>/mandats")
def sign(member_id: int) -> ResponseReturnValue:
    """Note a mandate that was signed."""
    _member, organisation = kept_organisation(member_id)
    form = Form.sent()

    def act(household: int, kind: str, **values: Any) -> DebitMandate:
        found = db.session.get(Household, household)
        if found is None or found.community_id != g.community.id:
            raise Absent
        return mandates.sign(
            g.community, organisation, party_of(found), kind=MandateKind(kind), **values
        )

    if not form.apply(MandateSchema(), act):
        return _mandates(member_id, form)
    mandate: DebitMandate = form.result
    flash(said("Le mandat %(reference)s est noté.", reference=mandate.reference), "good")
    return redirect(url_for("debits.mandates_page", member_id=member_id))


@pages.post("/prelevements/<int:member_id>/mandats/<int:mandate_id>/arreter")
def revoke(member_id: int, mandate_id: int) -> ResponseReturnValue:
    """Stop a mandate."""
    _member, organisation = kept_organisation(member_id)
    mandate = db.session.get(DebitMandate, mandate_id)
    if (
        mandate is None
        or mandate.community_id != g.community.id
        or mandate.organisation_id != organisation.id
    ):
        raise Absent
    mandates.revoke(mandate)
    db.session.commit()
    flash(said("Le mandat est arrêté : rien n’est plus prélevé par lui."), "good")
    return redirect(url_for("debits.mandates_page", member_id=member_id))
