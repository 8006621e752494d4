"""Season contracts: draft, open, and take a place in one."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.cells import says
from freeco.db import db
from freeco.doors import requires
from freeco.i18n import _
from freeco.members import membership
from freeco.web import undo
from freeco.web.forms import Form
from freeco.web.lists import page_of
from freeco_direct_sales import (
    catalogue,
    changing,
    contracts,
    distributions,
    subscriptions,
    wording,
)
from freeco_direct_sales.contracting import rules, waiting
from freeco_direct_sales.models import ContractKind, SeasonContract
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.schemas import (
    CapacitySchema,
    ContentsSchema,
    ContractSchema,
)
from freeco_direct_sales.solidarity import applying

pages = Blueprint("direct_sales_contracts", __name__, template_folder="templates")
FOLLOWED = 25
"""Households on a page of those who have subscribed: their lines are tall on a phone."""


@pages.get("/contrats")
def index() -> ResponseReturnValue:
    """List the contracts; drafts only for those who prepare them."""
    drafts = COORDINATE.name in membership.permissions_of(g.member)
    found = contracts.contracts_of(g.community, drafts=drafts)
    return render_template(
        "direct_sales/contracts.html",
        contracts=page_of(found),
        places_left=contracts.places_left,
        wording=wording,
    )


@pages.get("/contrats/nouveau")
@requires(COORDINATE.name)
def new_page() -> ResponseReturnValue:
    """Show the form of a new contract."""
    form = Form.blank(
        kind=ContractKind.FIXED, most_cheques=6, producer=request.args.get("producteur", "")
    )
    return _form(form)


def _form(form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/contract_form.html",
            form=form,
            producers=[(each.id, each.name) for each in catalogue.producers_of(g.community)],
            kinds=list(wording.KINDS.items()),
        ),
        form.status,
    )


@pages.post("/contrats/nouveau")
@requires(COORDINATE.name)
def new() -> ResponseReturnValue:
    """Draft a contract."""
    form = Form.sent()

    def act(producer: int, kind: str, **values: Any) -> SeasonContract:
        return contracts.create_contract(
            catalogue.find_producer(g.community, producer), kind=ContractKind(kind), **values
        )

    if not form.apply(ContractSchema(), act):
        return _form(form)
    return redirect(url_for("direct_sales_contracts.manage", contract_id=form.result.id))


@pages.get("/contrats/<int:contract_id>/preparer")
@requires(COORDINATE.name)
def manage(contract_id: int) -> ResponseReturnValue:
    """Show what is set: products, dates, capacity; and who has subscribed, ``?q=`` by name."""
    contract = contracts.find_contract(g.community, contract_id)
    return _manage(contract, Form.blank(capacity=contract.capacity))


def _manage(contract: SeasonContract, form: Form) -> ResponseReturnValue:
    deliveries = contracts.deliveries_of(contract)
    subscribed = subscriptions.subscriptions_to(contract)
    offered = [
        each
        for each in distributions.distributions_of(g.community)
        if contract.season_start <= each.starts_at.date() <= contract.season_end
    ]
    words = request.args.get("q", "").strip()[:80]
    found = [each for each in subscribed if not words or says(words, each.household.name)]
    shown = page_of(found, FOLLOWED)
    return (
        render_template(
            "direct_sales/contract_manage.html",
            contract=contract,
            deliveries=deliveries,
            chosen_products={each.product_id for each in contract.products},
            chosen_distributions={each.distribution_id for each in deliveries},
            products=catalogue.products_of(contract.producer),
            distributions=offered,
            subscriptions=subscribed,
            shown=shown,
            words=words,
            searched=len(subscribed) > FOLLOWED,
            differences=changing.differences(shown.rows),
            left=contracts.places_left(contract),
            sentences=rules.sentences(contract),
            waiting=waiting.waiting_for(contract),
            to_confirm=(rule := applying.rule_of(contract)) is not None and rule.to_confirm,
            form=form,
            wording=wording,
        ),
        form.status,
    )


@pages.post("/contrats/<int:contract_id>/contenu")
@requires(COORDINATE.name)
def set_contents(contract_id: int) -> ResponseReturnValue:
    """Choose the products and dates of a draft."""
    contract = contracts.find_contract(g.community, contract_id)
    form = Form.sent()

    def act(products: list[int], distributions: list[int]) -> None:
        contracts.set_products(
            contract, [catalogue.find_product(contract.producer, each) for each in products]
        )
        contracts.set_deliveries(contract, [_distribution(each) for each in distributions])

    if not form.apply(ContentsSchema(), act):
        return _manage(contract, form)
    flash(str(_("Les produits et les dates sont enregistrés.")), "good")
    return redirect(url_for("direct_sales_contracts.manage", contract_id=contract_id))


def _distribution(distribution_id: int) -> Any:
    return distributions.find_distribution(g.community, distribution_id)


@pages.post("/contrats/<int:contract_id>/places")
@requires(COORDINATE.name)
def set_capacity(contract_id: int) -> ResponseReturnValue:
    """Change how many households the contract can feed."""
    contract = contracts.find_contract(g.community, contract_id)
    form = Form.sent()
    if not form.apply(
        CapacitySchema(), lambda capacity: contracts.change_capacity(contract, capacity)
    ):
        return _manage(contract, form)
    flash(str(_("Le nombre de places est enregistré.")), "good")
    return redirect(url_for("direct_sales_contracts.manage", contract_id=contract_id))


@pages.post("/contrats/<int:contract_id>/ouvrir")
@requires(COORDINATE.name)
def open_contract(contract_id: int) -> ResponseReturnValue:
    """Take subscriptions from now on."""
    contracts.open_contract(contracts.find_contract(g.community, contract_id))
    db.session.commit()
    flash(str(_("Les souscriptions sont ouvertes.")), "good")
    return redirect(url_for("direct_sales_contracts.manage", contract_id=contract_id))


@pages.post("/contrats/<int:contract_id>/clore")
@requires(COORDINATE.name)
def close_contract(contract_id: int) -> ResponseReturnValue:
    """Take no more subscriptions."""
    contracts.close_contract(contracts.find_contract(g.community, contract_id))
    db.session.commit()
    undo.done(
        _("Les souscriptions sont closes ; celles qui sont faites restent."),
        url_for("direct_sales_contracts.open_contract", contract_id=contract_id),
    )
    return redirect(url_for("direct_sales_contracts.manage", contract_id=contract_id))
