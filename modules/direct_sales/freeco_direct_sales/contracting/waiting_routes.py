"""The waiting list of a full contract: for who waits, and for the coordination."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import now
from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent
from freeco.i18n import _
from freeco.members import households, membership
from freeco_direct_sales import contracts
from freeco_direct_sales.contracting import rules, waiting
from freeco_direct_sales.contracting.models import WaitingWish
from freeco_direct_sales.models import ContractState
from freeco_direct_sales.permissions import COORDINATE

pages = Blueprint("direct_sales_waiting", __name__, template_folder="../templates")


@pages.post("/contrats/<int:contract_id>/attendre")
def wait(contract_id: int) -> ResponseReturnValue:
    """Put my household on the waiting list."""
    contract = contracts.find_contract(g.community, contract_id)
    if contract.state == ContractState.DRAFT:
        raise Absent
    household = households.household_of(g.member)
    if waiting.wish_of(contract, household) is None:
        waiting.wait(contract, household, g.member)
        flash(str(_("Votre foyer est sur la liste d’attente ; rien n’est conclu.")), "good")
    db.session.commit()
    return redirect(url_for("direct_sales_waiting.mine"))


@pages.get("/liste-attente")
def mine() -> ResponseReturnValue:
    """Show the places my household waits for, ranked."""
    household = households.find_household(g.member)
    found = waiting.wishes_of(household) if household is not None else []
    return render_template(
        "direct_sales/contracting/wishes.html",
        wishes=[(each, waiting.place_in_line(each)) for each in found],
        present=now(),
    )


def _wish(wish_id: int) -> WaitingWish:
    """Return a wish of my household, or any for the coordination."""
    found = waiting.find_wish(g.community, wish_id)
    household = households.find_household(g.member)
    mine = household is not None and household.id == found.household_id
    if not mine and COORDINATE.name not in membership.permissions_of(g.member):
        raise Absent
    return found


@pages.post("/liste-attente/<int:wish_id>/preferer")
def prefer(wish_id: int) -> ResponseReturnValue:
    """Put a wish one rank higher."""
    waiting.prefer(_wish(wish_id))
    db.session.commit()
    return redirect(url_for("direct_sales_waiting.mine"))


@pages.post("/liste-attente/<int:wish_id>/quitter")
def leave(wish_id: int) -> ResponseReturnValue:
    """Wait no more."""
    found = _wish(wish_id)
    waiting.leave(found)
    db.session.commit()
    flash(str(_("La liste d’attente est quittée.")), "good")
    household = households.find_household(g.member)
    if household is not None and household.id == found.household_id:
        return redirect(url_for("direct_sales_waiting.mine"))
    return redirect(url_for("direct_sales_waiting.of_contract", contract_id=found.contract_id))


@pages.get("/contrats/<int:contract_id>/liste-attente")
@requires(COORDINATE.name)
def of_contract(contract_id: int) -> ResponseReturnValue:
    """Show the coordination who waits for a contract."""
    contract = contracts.find_contract(g.community, contract_id)
    return render_template(
        "direct_sales/contracting/waiting.html",
        contract=contract,
        wishes=list(enumerate(waiting.waiting_for(contract), start=1)),
        rules=rules.rules_of(contract),
        present=now(),
    )
