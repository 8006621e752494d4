"""Ordering at cost price: a household's own page, and what the sworn readers do for it."""

import secrets

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import requires
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.members import households
from freeco.members.models import Household
from freeco.money import Money
from freeco.web.forms import Form
from freeco_direct_sales import present
from freeco_direct_sales.permissions import SOLIDARITY_READER
from freeco_direct_sales.solidarity import admitting, declaring
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.declaring import Said
from freeco_direct_sales.solidarity.errors import NotSworn
from freeco_direct_sales.solidarity.schemas import CodeSchema, DeclarationSchema, LotSchema

pages = Blueprint("direct_sales_cost_price", __name__, template_folder="../templates")
LABELS = {
    "code": _("Mon code"),
    "giver": _("Qui donnera ces codes"),
    "many": _("Combien de codes"),
    "income": _("Revenu du foyer sur un an, en euros"),
    "adults": _("Personnes de 14 ans ou plus"),
    "children": _("Enfants de moins de 14 ans"),
}


@pages.get("/solidarite/prix-coutant")
def home() -> ResponseReturnValue:
    """Show how to order at cost price, and whether my household does."""
    return _home(Form.blank(adults=1, children=0))


def _home(form: Form) -> ResponseReturnValue:
    household = households.find_household(g.member)
    return (
        render_template(
            "direct_sales/solidarity/cost_price.html",
            form=form,
            labels=LABELS,
            held=pools.is_held(g.community),
            admission=admitting.admission_of(household) if household else None,
            declaration=declaring.find(household) if household else None,
            readers=declaring.readers(g.community),
        ),
        form.status,
    )


@pages.post("/solidarite/prix-coutant/code")
def use_code() -> ResponseReturnValue:
    """Admit my household by the code it was given."""
    household = households.household_of(g.member)
    form = Form.sent()
    if not form.apply(CodeSchema(), lambda code: admitting.use(household, code)):
        return _home(form)
    flash(str(_("Votre code est pris. Vos prochaines commandes sont à prix coûtant.")), "good")
    return redirect(url_for("direct_sales_cost_price.home"))


@pages.post("/solidarite/prix-coutant/declarer")
def declare() -> ResponseReturnValue:
    """Keep what my household says of its income, sealed, for the two readers."""
    household = households.household_of(g.member)
    form = Form.sent()

    def act(income: int, adults: int, children: int) -> object:
        return declaring.declare(household, g.member, Said(Money(income), adults, children))

    if not form.apply(DeclarationSchema(), act):
        return _home(form)
    flash(str(_("Votre déclaration est scellée. Les deux lecteurs la liront.")), "good")
    return redirect(url_for("direct_sales_cost_price.home"))


@pages.post("/solidarite/prix-coutant/renoncer")
def give_up() -> ResponseReturnValue:
    """End my household's admission."""
    household = households.find_household(g.member)
    if household is not None:
        admitting.withdraw(household)
        db.session.commit()
    flash(str(_("C’est noté : vous payez le prix de tout le monde.")), "good")
    return redirect(url_for("direct_sales_cost_price.home"))


# The two readers


@pages.get("/solidarite/codes")
@requires(SOLIDARITY_READER.name)
def codes() -> ResponseReturnValue:
    """Show the codes to give and who is admitted, to a sworn reader."""
    return _codes(Form.blank(many=10))


def _codes(form: Form) -> ResponseReturnValue:
    try:
        lots = admitting.lots(g.community, g.member)
    except NotSworn:
        return redirect(url_for("direct_sales_solidarity_charges.declarations"))
    return (
        render_template(
            "direct_sales/solidarity/codes.html",
            form=form,
            labels=LABELS,
            lots=lots,
            admitted=admitting.admitted(g.community, g.member),
            key=form.values.get("key") or secrets.token_urlsafe(12),
            most=admitting.MOST_CODES,
        ),
        form.status,
    )


@pages.post("/solidarite/codes")
@requires(SOLIDARITY_READER.name)
def make_codes() -> ResponseReturnValue:
    """Make a lot of codes for somebody to give; a second click makes no second lot."""
    form = Form.sent()

    def act(giver: str, many: int, key: str) -> None:
        admitting.make_codes(g.community, g.member, giver, many, f"{g.community.id}-{key}")

    if not form.apply(LotSchema(), act):
        return _codes(form)
    lot = f"{g.community.id}-{form.values['key']}"
    return redirect(url_for("direct_sales_cost_price.sheet", lot=lot))


@pages.get("/solidarite/codes/<lot>")
@requires(SOLIDARITY_READER.name)
def sheet(lot: str) -> ResponseReturnValue:
    """Show the codes of a lot that nobody has used, to print: nothing else is on the sheet."""
    found = admitting.find_lot(g.community, g.member, lot)
    return render_template(
        "direct_sales/solidarity/code_sheet.html",
        lot=found,
        spaced=admitting.spaced,
        address=f"{kernel().settings.base_url}{url_for('direct_sales_cost_price.home')}",
    )


@pages.post("/solidarite/admissions/<int:household_id>")
@requires(SOLIDARITY_READER.name)
def admit(household_id: int) -> ResponseReturnValue:
    """Admit a household from what it declared."""
    admitting.admit(g.member, _household(household_id))
    db.session.commit()
    flash(str(_("Ce foyer commande à prix coûtant pendant un an.")), "good")
    return redirect(url_for("direct_sales_solidarity_charges.declarations"))


@pages.post("/solidarite/admissions/<int:household_id>/retirer")
@requires(SOLIDARITY_READER.name)
def withdraw(household_id: int) -> ResponseReturnValue:
    """End a household's admission."""
    declaring.check_reader(g.community, g.member)
    admitting.withdraw(_household(household_id))
    db.session.commit()
    flash(str(_("C’est retiré : ce foyer paie le prix de tout le monde.")), "good")
    return redirect(url_for("direct_sales_cost_price.codes"))


def _household(household_id: int) -> Household:
    return present.find_household(g.community, household_id)
