"""From one season to the next: confirm a trial, renew a contract, take the same basket again."""

from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent
from freeco.i18n import _
from freeco.members import households
from freeco.web.forms import Form, Words
from freeco_direct_sales import choosing_routes, contracts, subscriptions
from freeco_direct_sales.contracting import renewal, trials
from freeco_direct_sales.contracting.errors import SeasonReversed
from freeco_direct_sales.contracting.models import Trial
from freeco_direct_sales.models import ContractKind, ContractState
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.schemas import NearDay, quantity_field

pages = Blueprint("direct_sales_seasons", __name__, template_folder="../templates")


class RenewalSchema(Schema):
    """The next season of a contract."""

    name = Words(required=True, most=120)
    first = NearDay(required=True)
    last = NearDay(required=True)


def _trial(subscription_id: int) -> Trial:
    found = subscriptions.find_subscription(g.community, subscription_id)
    trial = trials.trial_of(found)
    if trial is None or not subscriptions.is_of_household(found, g.member):
        raise Absent
    return trial


def _back(subscription_id: int) -> ResponseReturnValue:
    return redirect(url_for("direct_sales_subscriptions.page", subscription_id=subscription_id))


@pages.post("/souscriptions/<int:subscription_id>/continuer")
def confirm(subscription_id: int) -> ResponseReturnValue:
    """Take the rest of the season after the trial."""
    trials.confirm(_trial(subscription_id))
    db.session.commit()
    flash(str(_("La saison est confirmée ; l’échéancier suit.")), "good")
    return _back(subscription_id)


@pages.post("/souscriptions/<int:subscription_id>/arreter")
def drop(subscription_id: int) -> ResponseReturnValue:
    """Stop after the trial."""
    trials.drop(_trial(subscription_id))
    db.session.commit()
    flash(str(_("L’essai s’arrête là : rien d’autre n’est dû.")), "good")
    return _back(subscription_id)


@pages.get("/contrats/<int:contract_id>/renouveler")
@requires(COORDINATE.name)
def renew_page(contract_id: int) -> ResponseReturnValue:
    """Show the form of the next season."""
    contract = contracts.find_contract(g.community, contract_id)
    return _renew(contract_id, Form.blank(name=contract.name))


def _renew(contract_id: int, form: Form) -> ResponseReturnValue:
    contract = contracts.find_contract(g.community, contract_id)
    return (
        render_template(
            "direct_sales/contracting/renew.html",
            contract=contract,
            form=form,
            done=renewal.renewed_by(contract),
        ),
        form.status,
    )


@pages.post("/contrats/<int:contract_id>/renouveler")
@requires(COORDINATE.name)
def renew(contract_id: int) -> ResponseReturnValue:
    """Draft the next season from this contract."""
    contract = contracts.find_contract(g.community, contract_id)
    form = Form.sent()

    def act(name: str, first: date, last: date) -> object:
        if last < first:
            raise SeasonReversed
        return renewal.renew(contract, name, first, last)

    if not form.apply(RenewalSchema(), act):
        return _renew(contract_id, form)
    return redirect(url_for("direct_sales_contracts.manage", contract_id=form.result.id))


@pages.get("/contrats/<int:contract_id>/reprendre")
def same_again(contract_id: int) -> ResponseReturnValue:
    """Show last season's basket to read again and sign; nothing is concluded yet."""
    contract = contracts.find_contract(g.community, contract_id)
    household = households.find_household(g.member)
    basket = renewal.same_again(contract, household) if household is not None else {}
    held = household is not None and subscriptions.standing_subscription(contract, household)
    if contract.state != ContractState.OPEN or not basket or held:
        return redirect(url_for("direct_sales_contracts.page", contract_id=contract.id))
    chosen = subscriptions.same_basket(contract, basket)
    if contract.kind == ContractKind.FIXED:
        fields = {quantity_field(key): many for key, many in basket.items()}
    else:
        fields = {quantity_field(key, delivery): many for (delivery, key), many in chosen.items()}
    return choosing_routes.review_of(contract, Form.blank(**fields, cheques=1), chosen)
