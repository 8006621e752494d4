"""The charges of solidarity: the pool, the rule of a contract, and the two sworn readers."""

import secrets
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.accounting.facts import Means
from freeco.db import db
from freeco.doors import requires
from freeco.i18n import _
from freeco.members.models import TREASURER
from freeco.money import Money
from freeco.web.forms import WHOLE as WHOLE_FORM
from freeco.web.forms import Form
from freeco_direct_sales import contracts
from freeco_direct_sales.models import ContractState, SeasonContract
from freeco_direct_sales.permissions import COORDINATE, SOLIDARITY_READER
from freeco_direct_sales.solidarity import admitting, applying, cost_granting, declaring, giving
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.errors import NotSworn
from freeco_direct_sales.solidarity.models import Kind, Source
from freeco_direct_sales.solidarity.rules import WHOLE, Bounds
from freeco_direct_sales.solidarity.schemas import (
    SAME,
    NotedSchema,
    OathSchema,
    PoolSchema,
    ReceivedSchema,
    RuleSchema,
)

pages = Blueprint("direct_sales_solidarity_charges", __name__, template_folder="../templates")
SOURCES = [
    (Source.GIFT.value, _("Un don")),
    (Source.SUBSIDY.value, _("Une subvention (commune, CCAS)")),
    (Source.UNSOLD.value, _("La valeur d’invendus")),
]
MEANS = [
    ("cheque", _("Chèque")),
    ("transfer", _("Virement")),
    ("cash", _("Espèces")),
]
LABELS = {"holder": _("Association"), "alarm": _("Prévenir en dessous de"), "amount": _("Montant")}


@pages.get("/solidarite/caisse")
@requires(COORDINATE.name, TREASURER)
def pool() -> ResponseReturnValue:
    """Show the pool to those in charge: its balance, and what is still to come."""
    return _pool(Form.blank())


def _pool(form: Form) -> ResponseReturnValue:
    found = pools.find_pool(g.community)
    form.values.setdefault("holder", found.holder_id if found else "")
    if "alarm" not in form.values:
        form.values["alarm"] = str((found.alarm_below.cents if found else 5000) // 100)
    return (
        render_template(
            "direct_sales/solidarity/pool.html",
            form=form,
            pool=found,
            balance=pools.balance(found) if found else Money(0),
            free=pools.free(found) if found else Money(0),
            low=found is not None and found.holder_id is not None and pools.is_low(found),
            short=cost_granting.falls_short(g.community),
            associations=[(each.id, each.name) for each in pools.associations(g.community)],
            promised=giving.promised(g.community),
            key=secrets.token_urlsafe(12),
            sources=SOURCES,
            means=MEANS,
            labels=LABELS,
        ),
        form.status,
    )


@pages.post("/solidarite/caisse")
@requires(COORDINATE.name, TREASURER)
def entrust() -> ResponseReturnValue:
    """Say whose account holds the pool."""
    form = Form.sent()

    def act(holder: int, alarm: int) -> object:
        return pools.entrust(g.community, holder, Money(alarm))

    if not form.apply(PoolSchema(), act):
        return _pool(form)
    flash(str(_("La caisse solidaire est enregistrée.")), "good")
    return redirect(url_for("direct_sales_solidarity_charges.pool"))


@pages.post("/solidarite/caisse/noter")
@requires(TREASURER)
def note() -> ResponseReturnValue:
    """Note money that came for the pool; a second click changes nothing."""
    form = Form.sent()

    def act(source: str, amount: int, means: Means, key: str) -> None:
        giving.note(g.community, Source(source), Money(amount), means, key)

    if not form.apply(NotedSchema(), act):
        return _pool(form)
    _share()
    flash(str(_("La somme est notée dans la caisse et dans les comptes.")), "good")
    return redirect(url_for("direct_sales_solidarity_charges.pool"))


@pages.post("/solidarite/caisse/paniers/<int:basket_id>/recu")
@requires(TREASURER)
def receive(basket_id: int) -> ResponseReturnValue:
    """Note that the money of an offered basket came."""
    basket = giving.find_promised(g.community, basket_id)
    form = Form.sent()

    def act(means: Means) -> None:
        giving.receive(g.community, basket, means)

    if not form.apply(ReceivedSchema(), act):
        return _pool(form)
    _share()
    flash(str(_("Le panier est payé. Qui l’a offert est oublié.")), "good")
    return redirect(url_for("direct_sales_solidarity_charges.pool"))


def _share() -> None:
    """Let what came in reach who waits, each in a transaction of its own."""
    applying.grant_waiting(g.community)
    db.session.commit()
    giving.draw(g.community)
    db.session.commit()


@pages.get("/solidarite/contrats/<int:contract_id>/regle")
@requires(COORDINATE.name)
def rule_page(contract_id: int) -> ResponseReturnValue:
    """Show how a contract shares its price."""
    contract = contracts.find_contract(g.community, contract_id)
    rule = applying.rule_of(contract)
    if rule is None:
        return _rule(contract, Form.blank(kind=SAME, least=80, most=130))
    return _rule(
        contract,
        Form.blank(
            kind=rule.kind,
            least=rule.least * 100 // WHOLE,
            most=rule.most * 100 // WHOLE,
            floor=rule.floor.cents // 100,
            ceiling=rule.ceiling.cents // 100,
        ),
    )


def _rule(contract: SeasonContract, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/solidarity/rule.html",
            contract=contract,
            rule=applying.rule_of(contract),
            form=form,
            held=pools.is_held(g.community),
            draft=contract.state == ContractState.DRAFT,
            closed=contract.state == ContractState.CLOSED,
            kinds=[
                (SAME, _("Le même prix pour tout le monde")),
                (Kind.FREE.value, _("Chacun choisit, autour du prix de base")),
                (Kind.MEANS.value, _("Selon le revenu que chacun déclare")),
            ],
        ),
        form.status,
    )


@pages.post("/solidarite/contrats/<int:contract_id>/regle")
@requires(COORDINATE.name)
def set_rule(contract_id: int) -> ResponseReturnValue:
    """Say how a draft shares its price."""
    contract = contracts.find_contract(g.community, contract_id)
    form = Form.sent()

    def act(kind: str, least: int, most: int, floor: int, ceiling: int) -> None:
        chosen = None if kind == SAME else Kind(kind)
        incomes = (floor, ceiling) if chosen == Kind.MEANS else (0, 0)
        voted = Bounds(least * 100, most * 100, *map(Money, incomes))
        applying.set_rule(contract, chosen, voted)

    if not form.apply(RuleSchema(), act):
        return _rule(contract, form)
    flash(str(_("La façon de partager le prix est enregistrée.")), "good")
    return redirect(url_for("direct_sales_contracts.manage", contract_id=contract.id))


@pages.post("/solidarite/contrats/<int:contract_id>/fixer")
@requires(COORDINATE.name)
def fix(contract_id: int) -> ResponseReturnValue:
    """Fix everybody's price by income, once."""
    contract = contracts.find_contract(g.community, contract_id)
    applying.fix_prices(contract)
    db.session.commit()
    flash(str(_("Les prix sont fixés pour la saison ; chacun voit le sien.")), "good")
    return redirect(url_for("direct_sales_solidarity_charges.rule_page", contract_id=contract.id))


@pages.get("/solidarite/declarations")
@requires(SOLIDARITY_READER.name)
def declarations() -> ResponseReturnValue:
    """Show the declarations to a sworn reader."""
    return _declarations(Form.blank())


def _declarations(form: Form) -> ResponseReturnValue:
    sworn = True
    found: Any = ()
    admitted: set[int] = set()
    try:
        found = declaring.for_readers(g.community, g.member)
        admitted = {each.household.id for each in admitting.admitted(g.community, g.member)}
    except NotSworn:
        sworn = False
    return (
        render_template(
            "direct_sales/solidarity/declarations.html",
            form=form,
            found=found,
            sworn=sworn,
            admitted=admitted,
        ),
        form.status,
    )


@pages.post("/solidarite/declarations/promesse")
@requires(SOLIDARITY_READER.name)
def swear() -> ResponseReturnValue:
    """Note a reader's promise."""
    form = Form.sent()
    taken = form.take(OathSchema())
    if taken is None or not taken["promised"]:
        form.errors = {WHOLE_FORM: [str(_("Cochez la case pour promettre."))]}
        form.status = 422
        return _declarations(form)
    declaring.swear(g.member)
    db.session.commit()
    return redirect(url_for("direct_sales_solidarity_charges.declarations"))
