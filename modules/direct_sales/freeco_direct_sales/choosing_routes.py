"""Choosing a basket of a season contract: the choice, reading it again, signing."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.charter import services as charter
from freeco.clock import today
from freeco.cost_price import shares
from freeco.db import db
from freeco.errors import Absent, Refusal
from freeco.i18n import _, sentence
from freeco.members import households, membership
from freeco.money import Money
from freeco.payments.errors import NoOtherWay
from freeco.payments.models import Method
from freeco.payments.words import MEANS
from freeco.web.forms import WHOLE, Form
from freeco_direct_sales import (
    contracts,
    schedule,
    sellers,
    subscriptions,
    wording,
)
from freeco_direct_sales.contract_routes import pages
from freeco_direct_sales.contracting import renewal, rules, sharing, trials, waiting
from freeco_direct_sales.contracting.errors import NoTrial
from freeco_direct_sales.errors import AlreadySubscribed, TooManyCheques
from freeco_direct_sales.models import ContractState, SeasonContract
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.schemas import (
    quantities,
    quantity_field,
    quantity_schema,
)
from freeco_direct_sales.solidarity import applying
from freeco_direct_sales.subscriptions import Quantities

__all__ = ["accepted_text", "pages", "review_of", "signer"]


def _readable(contract_id: int) -> SeasonContract:
    """Return a contract the reader may see: a draft is for those who prepare it."""
    contract = contracts.find_contract(g.community, contract_id)
    prepares = COORDINATE.name in membership.permissions_of(g.member)
    if contract.state == ContractState.DRAFT and not prepares:
        raise Absent
    return contract


@pages.get("/contrats/<int:contract_id>")
def page(contract_id: int) -> ResponseReturnValue:
    """Show a contract, and the basket to choose; a draft only to those who prepare it."""
    contract = _readable(contract_id)
    household = households.find_household(g.member)
    if household is not None:
        held = subscriptions.standing_subscription(contract, household)
        if held is not None:
            return redirect(url_for("direct_sales_subscriptions.page", subscription_id=held.id))
    return _choose(contract, Form.blank(cheques=1))


def _choose(contract: SeasonContract, form: Form) -> ResponseReturnValue:
    household = households.find_household(g.member)
    return (
        render_template(
            "direct_sales/contract.html",
            contract=contract,
            form=form,
            deliveries=contracts.coming_deliveries(contract),
            all_deliveries=contracts.deliveries_of(contract),
            left=contracts.places_left(contract, household),
            wish=waiting.wish_of(contract, household) if household else None,
            field=quantity_field,
            ways=[
                (each.value, sentence(MEANS[each]))
                for each in sellers.ways_to_pay(contract.producer)
            ],
            wording=wording,
            foreseen=rules.sentences(contract),
            may_share=sharing.may_share(contract),
            tried=trials.deliveries_tried(contract),
            again=household is not None and bool(renewal.same_again(contract, household)),
            draft=contract.state == ContractState.DRAFT,
            shares_price=applying.rule_of(contract),
        ),
        form.status,
    )


@pages.post("/contrats/<int:contract_id>/relire")
def review(contract_id: int) -> ResponseReturnValue:
    """Show the commitment to read again before signing; nothing is concluded yet."""
    contract = _readable(contract_id)
    form = Form.sent()
    deliveries = contracts.coming_deliveries(contract)
    taken = form.take(quantity_schema(contract, deliveries))
    if taken is None:
        return _choose(contract, form)
    chosen = quantities(contract, deliveries, taken)
    if not any(chosen.values()):
        form.errors, form.status = {WHOLE: [str(_("Choisissez au moins un produit."))]}, 422
        return _choose(contract, form)
    count = taken["cheques"] or 1
    if count > contract.most_cheques:
        form.refuse(TooManyCheques())
        return _choose(contract, form)
    if taken["method"] not in sellers.ways_to_pay(contract.producer):
        form.refuse(NoOtherWay())
        return _choose(contract, form)
    return review_of(contract, form, chosen, count)


@pages.post("/contrats/<int:contract_id>/repeter")
def repeat(contract_id: int) -> ResponseReturnValue:
    """Show the first date's choice at every date; nothing is written."""
    contract = _readable(contract_id)
    form = Form.sent()
    deliveries = contracts.coming_deliveries(contract)
    for product in contract.products:
        typed = form.values.get(quantity_field(product.id, deliveries[0].id if deliveries else 0))
        for delivery in deliveries:
            form.values[quantity_field(product.id, delivery.id)] = typed or 0
    form.take(quantity_schema(contract, deliveries))
    return _choose(contract, form)


@pages.post("/contrats/<int:contract_id>/revenir")
def choose_again(contract_id: int) -> ResponseReturnValue:
    """Show the basket again as it was chosen, to change it; nothing is written."""
    return _choose(_readable(contract_id), Form.sent())


def review_of(
    contract: SeasonContract, form: Form, everything: Quantities, count: int = 1
) -> ResponseReturnValue:
    """Show what one commits to, to read again before signing; of a trial, its own deliveries."""
    chosen, rest = everything, Money(0)
    if form.values.get("trial"):
        try:
            chosen, later = trials.split(contract, everything)
        except NoTrial as refusal:
            form.refuse(refusal)
            return _choose(contract, form)
        rest = subscriptions.price(contract, later)
    price = subscriptions.price(contract, chosen)
    household = households.find_household(g.member)
    asked, added = applying.foreseen(contract, household, price)
    products = {each.id: each for each in contract.products}
    sums: dict[int, int] = {}
    for (_delivery, product), many in chosen.items():
        sums[product] = sums.get(product, 0) + many
    first = max(contract.season_start, today(g.community.timezone))
    amounts = schedule.amounts(price + added, count) if price + added else ()
    return (
        render_template(
            "direct_sales/review.html",
            contract=contract,
            form=form,
            lines=[
                (products[key], many, products[key].price * many)
                for key, many in sums.items()
                if many
            ],
            price=price,
            rest=rest,
            decide_by=trials.decide_by(contract) if rest else None,
            asked=asked,
            added=added,
            parts=shares.parts(price, today(g.community.timezone)),
            method=form.values.get("method") or Method.CHEQUE,
            means=MEANS,
            schedule=list(zip(amounts, schedule.dates(first, len(amounts)), strict=True)),
            charter=charter.shown_text("fr", community=g.community),
            per_delivery=_per_delivery(contract, chosen),
            wording=wording,
        ),
        form.status,
    )


def _per_delivery(
    contract: SeasonContract, chosen: Quantities
) -> list[tuple[Any, list[tuple[str, int]], Money]]:
    names = {each.id: each for each in contract.products}
    found = []
    for delivery in contracts.coming_deliveries(contract):
        basket = [(key[1], many) for key, many in chosen.items() if key[0] == delivery.id and many]
        price = Money(0)
        for product, many in basket:
            price += names[product].price * many
        found.append((delivery, [(names[key].name, many) for key, many in basket], price))
    return found


@pages.post("/contrats/<int:contract_id>/signer")
def sign(contract_id: int) -> ResponseReturnValue:
    """Take the place and sign; a second click finds the contract already signed."""
    contract = _readable(contract_id)
    form = Form.sent()
    deliveries = contracts.coming_deliveries(contract)
    taken = form.take(quantity_schema(contract, deliveries))
    if taken is None:
        return _choose(contract, form)
    chosen = quantities(contract, deliveries, taken)
    if not taken["agreed"]:
        form.errors = {"agreed": [str(_("Cochez la case pour vous engager."))]}
        form.status = 422
        return review_of(contract, form, chosen, taken["cheques"] or 1)
    household = households.household_of(g.member)
    held = subscriptions.standing_subscription(contract, household)
    try:
        begin = trials.begin if taken["trial"] else subscriptions.subscribe
        done = held or begin(
            contract,
            household,
            g.member,
            chosen,
            taken["cheques"] or 1,
            charter_text_id=accepted_text(),
            signed_by=signer(),
            method=Method(taken["method"]),
        )
    except AlreadySubscribed:
        # The other click of an impatient person was first: show what it concluded.
        db.session.rollback()
        return redirect(url_for("direct_sales_contracts.page", contract_id=contract.id))
    except Refusal as refusal:
        db.session.rollback()
        form.refuse(refusal)
        return _choose(contract, form)
    db.session.commit()
    if held is None:
        flash(str(_("Votre engagement est signé. Le producteur signe à son tour.")), "good")
    return redirect(url_for("direct_sales_subscriptions.page", subscription_id=done.id))


def accepted_text() -> int | None:
    """Return the charter the member accepted last."""
    accepted = charter.acceptances(g.member)
    return accepted[-1].text_id if accepted else None


def signer() -> str:
    """Return who signs, and for whom."""
    if g.acting_for is not None:
        return str(_("%(name)s, pour %(served)s", name=g.person.name, served=g.acting_for.name))
    return str(g.person.name)
