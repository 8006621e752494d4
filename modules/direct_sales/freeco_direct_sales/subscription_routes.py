"""A household's contract: read it, sign it, print it, see what is to pay."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import now
from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent
from freeco.i18n import _, money, spoken
from freeco.members import contacts, households, membership
from freeco.members.models import TREASURER
from freeco.offline.kept import kept_offline
from freeco.payments.words import MEANS, OWN_STATES, STATES
from freeco.web import undo
from freeco.web.downloads import pdf_answer
from freeco.web.forms import Form
from freeco_direct_sales import (
    baskets,
    catalogue,
    changing,
    contract_paper,
    distributions,
    notices,
    record,
    subscriptions,
    wording,
)
from freeco_direct_sales.contracting import absences, rules, sharing, showing, trials, words
from freeco_direct_sales.models import Delivery, Subscription
from freeco_direct_sales.orders import shopping
from freeco_direct_sales.papers import ContractPaper, print_contract
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.schemas import quantity_field, quantity_schema
from freeco_direct_sales.telling import reading

pages = Blueprint("direct_sales_subscriptions", __name__, template_folder="templates")


def _find(subscription_id: int) -> Subscription:
    """Return a subscription its household, its producer and the coordinators may read."""
    found = subscriptions.find_subscription(g.community, subscription_id)
    held = membership.permissions_of(g.member)
    if (
        subscriptions.is_of_household(found, g.member)
        or catalogue.acts_for(found.contract.producer, g.member)
        or held & {COORDINATE.name, TREASURER}
    ):
        return found
    raise Absent


@pages.get("/souscriptions/<int:subscription_id>")
def page(subscription_id: int) -> ResponseReturnValue:
    """Show the contract, its signatures, dates and payments."""
    found = _find(subscription_id)
    producer = found.contract.producer
    mine = subscriptions.is_of_household(found, g.member)
    coordinates = COORDINATE.name in membership.permissions_of(g.member)
    dates = baskets.dates_of(found)
    return render_template(
        "direct_sales/subscription.html",
        subscription=found,
        contract=found.contract,
        paper=_paper(found),
        mine=mine,
        signs_for_producer=catalogue.acts_for(producer, g.member),
        contact=contacts.contact(g.member, producer.member) if producer.member else None,
        reachable=_reachable(found),
        statement=record.statement_for(found, g.member),
        to_settle=changing.to_settle(found),
        present=now(),
        dates=dates,
        possible=showing.possible(found, dates) if mine or coordinates else {},
        standing_absences=showing.standing(found),
        rules=rules.rules_of(found.contract),
        skips_left=absences.skips_left(found),
        words=words,
        trial=trials.trial_of(found),
        trials=trials,
        shared=sharing.shares_of(found),
        means=MEANS,
        states=OWN_STATES if mine else STATES,
        wording=wording,
    )


def _reachable(found: Subscription) -> list[contacts.Contact]:
    """Return how to reach the household's people, where an agreement lets the reader see it."""
    reached = (contacts.contact(g.member, each) for each in households.people_of(found.household))
    return [each for each in reached if each is not None]


def _paper(found: Subscription) -> ContractPaper:
    """Gather the paper for this reader: an address is seen by its own, or once both agreed."""
    own = subscriptions.is_of_household(found, g.member)
    delivers = catalogue.acts_for(found.contract.producer, g.member)
    return contract_paper.contract_paper(found, with_address=own or (delivers and found.is_signed))


@pages.get("/souscriptions/<int:subscription_id>/contrat.pdf")
def pdf(subscription_id: int) -> ResponseReturnValue:
    """Give the contract as PDF."""
    found = _find(subscription_id)
    with spoken("fr"):
        content = print_contract(_paper(found))
    return pdf_answer(content, f"contrat-{found.code}.pdf")


@pages.post("/souscriptions/<int:subscription_id>/signer")
def sign_for_producer(subscription_id: int) -> ResponseReturnValue:
    """Countersign in the producer's name."""
    found = _find(subscription_id)
    subscriptions.sign_for_producer(found, g.member)
    notices.tell_signed(found)
    db.session.commit()
    flash(str(_("Le contrat est signé des deux côtés.")), "good")
    return redirect(url_for("direct_sales_subscriptions.page", subscription_id=found.id))


@pages.post("/souscriptions/<int:subscription_id>/signature-papier")
@requires(COORDINATE.name)
def record_paper(subscription_id: int) -> ResponseReturnValue:
    """Note that the producer has signed the paper."""
    found = _find(subscription_id)
    subscriptions.record_paper_signature(found)
    notices.tell_signed(found)
    db.session.commit()
    flash(str(_("La signature sur papier du producteur est notée.")), "good")
    return redirect(url_for("direct_sales_subscriptions.page", subscription_id=found.id))


@pages.post("/souscriptions/<int:subscription_id>/retirer")
def withdraw(subscription_id: int) -> ResponseReturnValue:
    """Give the place back before the producer has signed."""
    found = _find(subscription_id)
    coordinates = COORDINATE.name in membership.permissions_of(g.member)
    if not coordinates and not subscriptions.is_of_household(found, g.member):
        raise Absent
    subscriptions.withdraw(found)
    db.session.commit()
    flash(str(_("La place est rendue ; rien n’est dû.")), "good")
    return redirect(url_for("direct_sales.home"))


def _delivery(found: Subscription, delivery_id: int) -> Delivery:
    delivery = db.session.get(Delivery, delivery_id)
    if delivery is None or delivery.contract_id != found.contract_id:
        raise Absent
    return delivery


@pages.get("/souscriptions/<int:subscription_id>/livraisons/<int:delivery_id>")
@requires(COORDINATE.name)
def change_page(subscription_id: int, delivery_id: int) -> ResponseReturnValue:
    """Show the quantities of one household at one delivery, to change them at the last minute."""
    found = _find(subscription_id)
    delivery = _delivery(found, delivery_id)
    return _change(found, delivery, Form.blank(**_taken(found, delivery)))


def _taken(found: Subscription, delivery: Delivery) -> dict[str, int]:
    """Return what the household takes at a delivery, as the fields of its form."""
    taken = {
        line.contract_product_id: line.quantity
        for line in found.lines
        if line.delivery_id == delivery.id
    }
    return {
        quantity_field(each.id, delivery.id): taken.get(each.id, 0)
        for each in found.contract.products
    }


def _change(found: Subscription, delivery: Delivery, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/change.html",
            subscription=found,
            delivery=delivery,
            form=form,
            field=quantity_field,
            wording=wording,
        ),
        form.status,
    )


@pages.post("/souscriptions/<int:subscription_id>/livraisons/<int:delivery_id>")
@requires(COORDINATE.name)
def change(subscription_id: int, delivery_id: int) -> ResponseReturnValue:
    """Change what a household takes at one delivery."""
    found = _find(subscription_id)
    delivery = _delivery(found, delivery_id)
    form = Form.sent()
    before = _taken(found, delivery)

    def act(**values: int | bool | None) -> object:
        quantities = {
            each.id: int(values.get(quantity_field(each.id, delivery.id)) or 0)
            for each in found.contract.products
        }
        return changing.change_delivery(found, delivery, quantities)

    schema = quantity_schema(found.contract, [delivery], by_date=True)
    if not form.apply(schema, act):
        return _change(found, delivery, form)
    undo.done(
        _("Le changement est noté ; la feuille d’émargement le signale."),
        url_for(
            "direct_sales_subscriptions.change",
            subscription_id=found.id,
            delivery_id=delivery.id,
        ),
        before,
    )
    return redirect(
        url_for("direct_sales_distributions.page", distribution_id=delivery.distribution_id)
    )


@pages.post("/souscriptions/<int:subscription_id>/echeancier")
@requires(COORDINATE.name, TREASURER)
def settle_difference(subscription_id: int) -> ResponseReturnValue:
    """Bring the schedule to what is owed since things changed."""
    found = _find(subscription_id)
    left = changing.settle_difference(found)
    db.session.commit()
    if left:
        words = _(
            "L’échéancier est à jour. Il reste %(amount)s à rendre au foyer : à rembourser depuis "
            "la trésorerie.",
            amount=money(left),
        )
        flash(str(words), "calm")
    else:
        flash(str(_("L’échéancier suit ce qui est dû.")), "good")
    return redirect(url_for("direct_sales_subscriptions.page", subscription_id=found.id))


@pages.get("/distributions/<int:distribution_id>/mon-panier")
@kept_offline
def my_basket(distribution_id: int) -> ResponseReturnValue:
    """Show what my household takes home that day."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    household = households.find_household(g.member)
    lines = baskets.basket_of(household, distribution) if household else []
    return render_template(
        "direct_sales/basket.html",
        distribution=distribution,
        lines=lines,
        missing=reading.for_household(household, distribution) if household else [],
        otherwise=showing.at(household, distribution) if household else [],
        orders=shopping.orders_at(household, distribution) if household else [],
        wording=wording,
    )
