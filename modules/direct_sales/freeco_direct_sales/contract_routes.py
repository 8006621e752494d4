"""Season contracts: draft, open, and take a place in one."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.charter import services as charter
from freeco.clock import today
from freeco.cost_price import shares
from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent, Refusal
from freeco.i18n import _, sentence
from freeco.members import households, membership
from freeco.money import Money
from freeco.payments.errors import NoOtherWay
from freeco.payments.models import Method
from freeco.payments.words import MEANS
from freeco.web import undo
from freeco.web.forms import WHOLE, Form
from freeco.web.lists import page_of
from freeco_direct_sales import (
    catalogue,
    contracts,
    distributions,
    schedule,
    sellers,
    subscriptions,
    wording,
)
from freeco_direct_sales.contracting import renewal, rules, sharing, trials, waiting
from freeco_direct_sales.contracting.errors import NoTrial
from freeco_direct_sales.errors import AlreadySubscribed, TooManyCheques
from freeco_direct_sales.models import ContractKind, ContractState, SeasonContract
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.schemas import (
    CapacitySchema,
    ContentsSchema,
    ContractSchema,
    quantities,
    quantity_field,
    quantity_schema,
)
from freeco_direct_sales.solidarity import applying
from freeco_direct_sales.subscriptions import Quantities

pages = Blueprint("direct_sales_contracts", __name__, template_folder="templates")


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
    """Show what a coordinator sets: products, dates, capacity, and who has subscribed."""
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
    shown = page_of(subscribed)
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
            differences=subscriptions.differences(shown.rows),
            left=contracts.places_left(contract),
            sentences=rules.sentences(contract),
            waiting=waiting.waiting_for(contract),
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
            charter=charter.shown_text("fr"),
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
