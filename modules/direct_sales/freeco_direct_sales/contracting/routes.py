"""What a household changes in its contract itself: skip, move, lend, give, change quantities."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent
from freeco.i18n import _
from freeco.members import households, membership
from freeco.members.models import Community
from freeco.money import Money
from freeco.web import undo
from freeco.web.forms import Form
from freeco_direct_sales import contracts, present, subscriptions, wording
from freeco_direct_sales.contracting import absences, editing, lending, notices, rules, words
from freeco_direct_sales.contracting.models import Absence, AbsenceKind
from freeco_direct_sales.contracting.schemas import HandSchema, MoveSchema, RulesSchema
from freeco_direct_sales.models import Delivery, Subscription, SubscriptionLine
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.schemas import quantity_field, quantity_schema

pages = Blueprint("direct_sales_contracting", __name__, template_folder="../templates")
ONE_DELIVERY = "/souscriptions/<int:subscription_id>/livraisons/<int:delivery_id>"


def _own(subscription_id: int) -> Subscription:
    """Return a subscription that its household changes, or the coordination in its name."""
    found = subscriptions.find_subscription(g.community, subscription_id)
    if not subscriptions.is_of_household(found, g.member) and not _coordinates():
        raise Absent
    return found


def _coordinates() -> bool:
    return COORDINATE.name in membership.permissions_of(g.member)


def _one(subscription_id: int, delivery_id: int) -> tuple[Subscription, Delivery]:
    found = _own(subscription_id)
    delivery = db.session.get(Delivery, delivery_id)
    if delivery is None or delivery.contract_id != found.contract_id:
        raise Absent
    return found, delivery


def _back(found: Subscription) -> ResponseReturnValue:
    return redirect(url_for("direct_sales_subscriptions.page", subscription_id=found.id))


def _done(absence: Absence, said: object) -> None:
    undo.done(said, url_for("direct_sales_contracting.take_back", absence_id=absence.id))


@pages.post(f"{ONE_DELIVERY}/joker")
def skip(subscription_id: int, delivery_id: int) -> ResponseReturnValue:
    """Skip one delivery."""
    found, delivery = _one(subscription_id, delivery_id)
    absence = absences.skip(found, delivery, g.member)
    db.session.commit()
    _done(absence, words.absence(absence))
    return _back(found)


@pages.get(f"{ONE_DELIVERY}/autrement")
def options(subscription_id: int, delivery_id: int) -> ResponseReturnValue:
    """Show what can be done with one basket: another date or place, another household."""
    found, delivery = _one(subscription_id, delivery_id)
    return _options(found, delivery, Form.blank(kind=AbsenceKind.GIVEN))


def _options(found: Subscription, delivery: Delivery, form: Form) -> ResponseReturnValue:
    foreseen = rules.rules_of(found.contract)
    return (
        render_template(
            "direct_sales/contracting/options.html",
            subscription=found,
            delivery=delivery,
            form=form,
            rules=foreseen,
            others=absences.other_deliveries(found, delivery) if foreseen.may_move else [],
            in_time=rules.in_time(delivery.distribution, foreseen.notice_days),
            skips_left=absences.skips_left(found),
            standing=absences.absences_of(found).get(delivery.id),
            households=other_households(g.community, found.household_id),
            words=words,
        ),
        form.status,
    )


def other_households(community: Community, household_id: int) -> list[tuple[object, str]]:
    """Return the households of a community but one, to choose among."""
    return [
        (each.id, each.name) for each in present.households_of(community) if each.id != household_id
    ]


@pages.post(f"{ONE_DELIVERY}/deplacer")
def move(subscription_id: int, delivery_id: int) -> ResponseReturnValue:
    """Take one basket at another delivery."""
    found, delivery = _one(subscription_id, delivery_id)
    form = Form.sent()

    def act(to_delivery: int) -> Absence:
        there = db.session.get(Delivery, to_delivery)
        if there is None or there.contract_id != found.contract_id:
            raise Absent
        return absences.move(found, delivery, there, g.member)

    if not form.apply(MoveSchema(), act):
        return _options(found, delivery, form)
    _done(form.result, words.absence(form.result))
    return _back(found)


@pages.post(f"{ONE_DELIVERY}/proposer")
def propose(subscription_id: int, delivery_id: int) -> ResponseReturnValue:
    """Propose one basket to another household."""
    found, delivery = _one(subscription_id, delivery_id)
    form = Form.sent()

    def act(household: int, kind: str) -> Absence:
        taker = present.find_household(g.community, household)
        absence = lending.propose(found, delivery, taker, g.member, AbsenceKind(kind))
        notices.tell_proposed(absence)
        return absence

    if not form.apply(HandSchema(), act):
        return _options(found, delivery, form)
    _done(form.result, words.absence(form.result))
    return _back(found)


def _absence(absence_id: int) -> tuple[Absence, bool]:
    """Return an absence its two households and the coordination read; whether one takes it."""
    found = absences.find_absence(g.community, absence_id)
    household = households.find_household(g.member)
    takes = household is not None and found.to_household_id == household.id
    owns = subscriptions.is_of_household(found.subscription, g.member)
    if not (takes or owns or _coordinates()):
        raise Absent
    return found, takes


@pages.get("/paniers-proposes/<int:absence_id>")
def proposal(absence_id: int) -> ResponseReturnValue:
    """Show a basket that is lent or given, to say yes or no."""
    found, takes = _absence(absence_id)
    if found.to_household_id is None:
        raise Absent
    names = {each.id: each.name for each in found.subscription.contract.products}
    return render_template(
        "direct_sales/contracting/proposal.html",
        absence=found,
        takes=takes,
        basket=[(names[key], many) for key, many in found.basket.items()],
        may_undo=absences.may_undo(found),
        words=words,
    )


@pages.post("/paniers-proposes/<int:absence_id>/accepter")
def agree(absence_id: int) -> ResponseReturnValue:
    """Take the basket that was proposed."""
    found, takes = _absence(absence_id)
    if not takes:
        raise Absent
    lending.agree(found)
    notices.tell_answered(found)
    db.session.commit()
    flash(words.taken(found), "good")
    return redirect(url_for("direct_sales_contracting.proposal", absence_id=found.id))


@pages.post("/absences/<int:absence_id>/annuler")
def take_back(absence_id: int) -> ResponseReturnValue:
    """Come back to the basket as it was; its household, who takes it, or the coordination."""
    found, takes = _absence(absence_id)
    absences.undo(found)
    notices.tell_answered(found)
    db.session.commit()
    flash(str(_("C’est annulé : le panier redevient comme avant.")), "good")
    return redirect(url_for("direct_sales.home")) if takes else _back(found.subscription)


@pages.get(f"{ONE_DELIVERY}/quantites")
def edit_page(subscription_id: int, delivery_id: int) -> ResponseReturnValue:
    """Show the free quantities of one date, to change them in time."""
    found, delivery = _one(subscription_id, delivery_id)
    return _edit(found, delivery, Form.blank(**_held(found, delivery)))


def _held(found: Subscription, delivery: Delivery) -> dict[str, int]:
    """Return what the household takes at a delivery, as the fields of its form."""
    query = select(SubscriptionLine.contract_product_id, SubscriptionLine.quantity).where(
        SubscriptionLine.subscription_id == found.id, SubscriptionLine.delivery_id == delivery.id
    )
    held = {row.contract_product_id: row.quantity for row in db.session.execute(query)}
    return {
        quantity_field(each.id, delivery.id): held.get(each.id, 0)
        for each in found.contract.products
    }


def _edit(found: Subscription, delivery: Delivery, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/contracting/edit.html",
            subscription=found,
            delivery=delivery,
            form=form,
            field=quantity_field,
            wording=wording,
            rules=rules.rules_of(found.contract),
            may_edit=editing.may_edit(found, delivery),
        ),
        form.status,
    )


@pages.post(f"{ONE_DELIVERY}/quantites")
def edit(subscription_id: int, delivery_id: int) -> ResponseReturnValue:
    """Change the free quantities of one date."""
    found, delivery = _one(subscription_id, delivery_id)
    form = Form.sent()
    before = _held(found, delivery)

    def act(**values: int | bool | None) -> object:
        names = {each.id: quantity_field(each.id, delivery.id) for each in found.contract.products}
        wanted = {key: int(values.get(name) or 0) for key, name in names.items()}
        return editing.edit(found, delivery, wanted)

    if not form.apply(quantity_schema(found.contract, [delivery], by_date=True), act):
        return _edit(found, delivery, form)
    undo.done(
        _("Le changement est noté ; le producteur et la feuille d’émargement le voient."),
        url_for("direct_sales_contracting.edit", subscription_id=found.id, delivery_id=delivery.id),
        before,
    )
    return _back(found)


@pages.get("/contrats/<int:contract_id>/regles")
@requires(COORDINATE.name)
def rules_page(contract_id: int) -> ResponseReturnValue:
    """Show what a contract foresees, to set it on a draft."""
    contract = contracts.find_contract(g.community, contract_id)
    found = rules.rules_of(contract)
    values = {name: getattr(found, name) for name in RulesSchema().fields}
    for name in ("least_per_date", "least_per_season"):
        cents = values[name].cents
        values[name] = f"{cents // 100},{cents % 100:02}" if cents else ""
    return _rules(contract_id, Form.blank(**values))


def _rules(contract_id: int, form: Form) -> ResponseReturnValue:
    contract = contracts.find_contract(g.community, contract_id)
    return (
        render_template(
            "direct_sales/contracting/rules.html",
            contract=contract,
            form=form,
            sentences=rules.sentences(contract),
        ),
        form.status,
    )


@pages.post("/contrats/<int:contract_id>/regles")
@requires(COORDINATE.name)
def set_rules(contract_id: int) -> ResponseReturnValue:
    """Set what a draft foresees."""
    contract = contracts.find_contract(g.community, contract_id)
    form = Form.sent()

    def act(**values: object) -> object:
        for name in ("least_per_date", "least_per_season"):
            values[name] = Money(int(str(values[name] or 0)))
        return rules.set_rules(contract, **values)

    if not form.apply(RulesSchema(), act):
        return _rules(contract_id, form)
    flash(str(_("Ce que prévoit le contrat est enregistré.")), "good")
    return redirect(url_for("direct_sales_contracts.manage", contract_id=contract_id))
