"""Paying what one can: chosen or declared before signing, baskets given, months told."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import public
from freeco.errors import Absent
from freeco.i18n import _, money
from freeco.members import households
from freeco.members.models import Household
from freeco.money import Money
from freeco.web.forms import Form
from freeco_direct_sales import contracts, subscriptions
from freeco_direct_sales.models import ContractState, SeasonContract
from freeco_direct_sales.solidarity import applying, declaring, giving, months, shown
from freeco_direct_sales.solidarity import pool as pools
from freeco_direct_sales.solidarity.declaring import Said
from freeco_direct_sales.solidarity.models import ContractRule, Kind
from freeco_direct_sales.solidarity.schemas import ChoiceSchema, DeclarationSchema, OfferSchema

pages = Blueprint("direct_sales_solidarity", __name__, template_folder="../templates")


@pages.get("/solidarite")
def home() -> ResponseReturnValue:
    """Show where one may pay what one can, one's own prices, and the baskets to give or receive."""
    household = households.find_household(g.member)
    taken = (
        {each.contract_id for each in subscriptions.subscriptions_of(household)}
        if (household)
        else set()
    )
    shared = [
        (each, rule)
        for each in contracts.contracts_of(g.community)
        if each.state == ContractState.OPEN
        and each.id not in taken
        and (rule := applying.rule_of(each)) is not None
    ]
    declaration = declaring.find(household) if household else None
    return render_template(
        "direct_sales/solidarity/home.html",
        shared=shared,
        prices=shown.own_prices(household) if household else [],
        declaration=declaration,
        held=pools.is_held(g.community),
        readers=declaring.readers(g.community),
    )


def _shared(contract_id: int) -> tuple[SeasonContract, ContractRule]:
    """Return an open contract whose price is shared, and its rule."""
    contract = contracts.find_contract(g.community, contract_id)
    rule = applying.rule_of(contract)
    if rule is None or contract.state == ContractState.DRAFT:
        raise Absent
    return contract, rule


@pages.get("/solidarite/contrats/<int:contract_id>")
def choose_page(contract_id: int) -> ResponseReturnValue:
    """Show what one may pay of a contract."""
    contract, rule = _shared(contract_id)
    household = households.find_household(g.member)
    choice = applying.choice_of(contract, household) if household else None
    declaration = declaring.find(household) if household else None
    said = declaring.opened(declaration) if declaration else None
    if rule.kind == Kind.FREE:
        form = Form.blank(points=choice.basis_points if choice else 0)
    elif said is not None:
        form = Form.blank(
            income=said.income.cents // 100, adults=said.adults, children=said.children
        )
    else:
        form = Form.blank(adults=1, children=0)
    return _choose(contract, rule, form, household)


def _choose(
    contract: SeasonContract, rule: ContractRule, form: Form, household: Household | None
) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/solidarity/choose.html",
            contract=contract,
            rule=rule,
            form=form,
            offers=shown.offers(contract, rule),
            estimate=shown.before_evening(contract, household) if household else [],
            readers=declaring.readers(g.community),
            free=rule.kind == Kind.FREE,
        ),
        form.status,
    )


@pages.post("/solidarite/contrats/<int:contract_id>/choisir")
def choose(contract_id: int) -> ResponseReturnValue:
    """Keep what the household chose to pay, and lead it to its basket."""
    contract, rule = _shared(contract_id)
    household = households.household_of(g.member)
    form = Form.sent()
    if not form.apply(ChoiceSchema(), lambda points: applying.choose(contract, household, points)):
        return _choose(contract, rule, form, household)
    flash(str(_("Votre prix est noté. Il reste à choisir votre panier et à signer.")), "good")
    return redirect(url_for("direct_sales_contracts.page", contract_id=contract.id))


@pages.post("/solidarite/contrats/<int:contract_id>/declarer")
def declare(contract_id: int) -> ResponseReturnValue:
    """Keep what the household says of its income, sealed."""
    contract, rule = _shared(contract_id)
    if rule.kind != Kind.MEANS or rule.fixed_at is not None:
        raise Absent
    household = households.household_of(g.member)
    form = Form.sent()

    def act(income: int, adults: int, children: int) -> object:
        return declaring.declare(household, g.member, Said(Money(income), adults, children))

    if not form.apply(DeclarationSchema(), act):
        return _choose(contract, rule, form, household)
    flash(str(_("Votre déclaration est scellée. Vous pouvez la changer ou l’effacer.")), "good")
    return redirect(url_for("direct_sales_solidarity.choose_page", contract_id=contract.id))


@pages.post("/solidarite/declaration/effacer")
def take_back() -> ResponseReturnValue:
    """Erase what the household declared."""
    household = households.find_household(g.member)
    if household is not None:
        declaring.take_back(household)
        db.session.commit()
    flash(str(_("Votre déclaration est effacée.")), "good")
    return redirect(url_for("direct_sales_solidarity.home"))


@pages.get("/solidarite/paniers-offerts")
def baskets() -> ResponseReturnValue:
    """Show how to offer a basket, and how to say that one would help."""
    return _baskets(Form.blank())


def _baskets(form: Form) -> ResponseReturnValue:
    household = households.find_household(g.member)
    pool = pools.find_pool(g.community)
    return (
        render_template(
            "direct_sales/solidarity/baskets.html",
            form=form,
            held=pools.is_held(g.community),
            holder=pool.holder if pool else None,
            promised=giving.promised_by(household) if household else [],
            need=giving.need_of(household) if household else None,
            draws=giving.draws_of(household) if household else [],
        ),
        form.status,
    )


@pages.post("/solidarite/paniers-offerts/offrir")
def offer() -> ResponseReturnValue:
    """Promise a basket."""
    household = households.household_of(g.member)
    form = Form.sent()
    if not form.apply(OfferSchema(), lambda amount: giving.offer(household, Money(amount))):
        return _baskets(form)
    words = _(
        "Votre panier de %(amount)s est promis. Il comptera quand la trésorerie l’aura reçu.",
        amount=money(form.result.amount),
    )
    flash(str(words), "good")
    return redirect(url_for("direct_sales_solidarity.baskets"))


@pages.post("/solidarite/paniers-offerts/<int:basket_id>/renoncer")
def give_up(basket_id: int) -> ResponseReturnValue:
    """Give up one's own promise."""
    household = households.find_household(g.member)
    basket = giving.find_promised(g.community, basket_id)
    if household is None or basket.household_id != household.id:
        raise Absent
    giving.take_back(basket)
    db.session.commit()
    flash(str(_("Votre promesse est retirée.")), "good")
    return redirect(url_for("direct_sales_solidarity.baskets"))


@pages.post("/solidarite/paniers-offerts/demander")
def ask() -> ResponseReturnValue:
    """Note that a basket would help; a second click changes nothing."""
    household = households.household_of(g.member)
    if giving.need_of(household) is None:
        giving.ask(household)
        db.session.commit()
    flash(str(_("C’est noté. Personne ne voit votre demande.")), "good")
    return redirect(url_for("direct_sales_solidarity.baskets"))


@pages.post("/solidarite/paniers-offerts/ne-plus-demander")
def ask_no_more() -> ResponseReturnValue:
    """Forget that the household asked."""
    household = households.find_household(g.member)
    if household is not None:
        giving.ask_no_more(household)
        db.session.commit()
    flash(str(_("Votre demande est effacée.")), "good")
    return redirect(url_for("direct_sales_solidarity.baskets"))


@pages.get("/solidarite/mois")
@public
def by_month() -> ResponseReturnValue:
    """Show the pool's totals by month, to anybody."""
    return render_template(
        "direct_sales/solidarity/months.html",
        months=months.told(g.community),
        fewest=months.FEWEST,
    )
