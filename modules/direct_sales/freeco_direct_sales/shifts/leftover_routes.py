"""What is left: offered from the hall, fetched by the first partner who says so."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import now
from freeco.db import db
from freeco.doors import by_link, requires
from freeco.errors import Absent, Refusal
from freeco.i18n import _
from freeco.members.models import Community
from freeco.web.forms import WHOLE, Form
from freeco_direct_sales import distributions
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.permissions import AT_THE_TABLE, COORDINATE
from freeco_direct_sales.shifts import leftovers, notices
from freeco_direct_sales.shifts.schemas import GivenSchema, LeftoverSchema, PartnerSchema

pages = Blueprint("direct_sales_leftovers", __name__, template_folder="../templates")
LABELS = {
    "words": _("Ce qui reste"),
    "given": _("Ce qui a été donné"),
    "name": _("Nom"),
    "email": _("Adresse électronique"),
    "phone": _("Téléphone"),
}


@pages.get("/partenaires")
@requires(COORDINATE.name)
def partners() -> ResponseReturnValue:
    """List the partners who are asked, and what they came for."""
    return _partners(Form.blank())


def _partners(form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/shifts/partners.html",
            form=form,
            labels=LABELS,
            partners=leftovers.partners_of(g.community),
            given=leftovers.given_to_partners(g.community),
        ),
        form.status,
    )


@pages.post("/partenaires")
@requires(COORDINATE.name)
def add_partner() -> ResponseReturnValue:
    """Write a partner down."""
    form = Form.sent()

    def act(name: str, contact: str, email: str | None, phone: str, address: str) -> None:
        leftovers.keep_partner(g.community, name, contact, email, phone, address)

    if not form.apply(PartnerSchema(), act):
        return _partners(form)
    flash(
        str(_("Le partenaire est inscrit : il sera prévenu quand il restera quelque chose.")),
        "good",
    )
    return redirect(url_for("direct_sales_leftovers.partners"))


@pages.post("/partenaires/<int:partner_id>/retirer")
@requires(COORDINATE.name)
def retire_partner(partner_id: int) -> ResponseReturnValue:
    """Ask a partner no more."""
    leftovers.retire_partner(leftovers.find_partner(g.community, partner_id))
    db.session.commit()
    flash(str(_("Ce partenaire ne sera plus prévenu ; ses coordonnées sont effacées.")), "good")
    return redirect(url_for("direct_sales_leftovers.partners"))


@pages.get("/distributions/<int:distribution_id>/restes")
@requires(*AT_THE_TABLE)
def page(distribution_id: int) -> ResponseReturnValue:
    """Show what was offered after a distribution, and the form to offer more."""
    return _show(distributions.find_distribution(g.community, distribution_id), Form.blank())


def _show(distribution: Distribution, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/shifts/leftovers.html",
            distribution=distribution,
            form=form,
            labels=LABELS,
            offered=leftovers.leftovers_of(distribution),
            partners=leftovers.partners_of(g.community),
            link=leftovers.link,
            now=now(),
        ),
        form.status,
    )


@pages.post("/distributions/<int:distribution_id>/restes")
@requires(*AT_THE_TABLE)
def offer(distribution_id: int) -> ResponseReturnValue:
    """Offer what is left to the partners."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    form = Form.sent()

    def act(words: str) -> None:
        leftovers.offer(distribution, g.member, words)

    if not form.apply(LeftoverSchema(), act):
        return _show(distribution, form)
    flash(str(_("Les partenaires sont prévenus. Le premier qui répond vient.")), "good")
    return redirect(url_for("direct_sales_leftovers.page", distribution_id=distribution_id))


@pages.post("/restes/<int:leftover_id>/donne")
@requires(*AT_THE_TABLE)
def note_given(leftover_id: int) -> ResponseReturnValue:
    """Note what was handed over."""
    leftover = leftovers.find_leftover(g.community, leftover_id)
    form = Form.sent()

    def act(given: str) -> None:
        leftovers.note_given(leftover, given)

    if not form.apply(GivenSchema(), act):
        return _show(leftover.distribution, form)
    flash(str(_("Noté. Merci.")), "good")
    return redirect(
        url_for("direct_sales_leftovers.page", distribution_id=leftover.distribution_id)
    )


def _wrote(community: Community, address: Mapping[str, Any]) -> bool:
    """Whether a partner's link is one of ours: then a closed circle answers it too."""
    try:
        leftovers.invited(community, **address)
    except Absent:
        return False
    return True


@pages.get("/restes/<int:leftover_id>/<int:partner_id>/<token>")
@by_link(_wrote)
def answer_page(leftover_id: int, partner_id: int, token: str) -> ResponseReturnValue:
    """Show a partner what is left, and one button; reading it changes nothing."""
    return _answer(leftover_id, partner_id, token, Form.blank())


def _answer(leftover_id: int, partner_id: int, token: str, form: Form) -> ResponseReturnValue:
    leftover, partner = leftovers.invited(g.community, leftover_id, partner_id, token)
    return (
        render_template(
            "direct_sales/shifts/leftover_answer.html",
            leftover=leftover,
            partner=partner,
            token=token,
            form=form,
            past=leftover.until <= now(),
        ),
        form.status,
    )


@pages.post("/restes/<int:leftover_id>/<int:partner_id>/<token>")
@by_link(_wrote)
def answer(leftover_id: int, partner_id: int, token: str) -> ResponseReturnValue:
    """Let a partner say that they come."""
    leftover, partner = leftovers.invited(g.community, leftover_id, partner_id, token)
    form = Form.blank()
    try:
        if leftovers.fetch(leftover, partner):
            notices.tell_fetched(leftover)
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        form.errors, form.status = {WHOLE: [str(refusal)]}, refusal.status
        return _answer(leftover_id, partner_id, token, form)
    return redirect(
        url_for(
            "direct_sales_leftovers.answer_page",
            leftover_id=leftover_id,
            partner_id=partner_id,
            token=token,
        )
    )
