"""The first page of direct sales, and the producers."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import held_here, requires
from freeco.i18n import _, money
from freeco.kernel import kernel
from freeco.members import households, membership
from freeco.members.models import Member
from freeco.money import Money
from freeco.web import uploads
from freeco.web.forms import Form
from freeco.web.lists import page_of
from freeco_direct_sales import baskets, catalogue, contracts, distributions, subscriptions, wording
from freeco_direct_sales.contracting import lending, sharing, waiting, words
from freeco_direct_sales.exchange.dfc_import import read_list
from freeco_direct_sales.exchange.taking import take_list
from freeco_direct_sales.growing import showing
from freeco_direct_sales.local import hours, local_day
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.orders import favourites, placing, shopping
from freeco_direct_sales.orders.amounts import order_total
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.schemas import ProducerSchema, ProductSchema
from freeco_direct_sales.telling import shortages

pages = Blueprint("direct_sales", __name__, template_folder="templates", static_folder=None)
SHOWN_LINES = 200


@pages.app_template_filter("direct_sales_unit")
def _unit(name: str) -> str:
    return wording.unit(name)


@pages.app_template_filter("direct_sales_weight")
def _weight(grams: int) -> str:
    return wording.weight(grams)


@pages.app_template_filter("direct_sales_cents")
def _cents(cents: int) -> str:
    return money(Money(cents))


@pages.app_template_filter("direct_sales_local_day")
def _local_day(distribution: Distribution) -> date:
    return local_day(distribution)


@pages.app_template_filter("direct_sales_hours")
def _hours(distribution: Distribution) -> str:
    return hours(distribution)


@pages.get("/")
def home() -> ResponseReturnValue:
    """Show my next basket, my contracts, and those I could take."""
    household = households.find_household(g.member)
    mine = subscriptions.subscriptions_of(household) if household else []
    taking = shopping.taking_orders(g.community)
    following = distributions.next_distribution(g.community)
    held = {each.contract_id for each in mine}
    offered = [each for each in contracts.contracts_of(g.community) if each.state == "open"]
    return render_template(
        "direct_sales/home.html",
        household=household,
        mine=mine,
        following=following,
        basket=baskets.basket_of(household, following) if household and following else [],
        offered=[
            (each, contracts.places_left(each, household))
            for each in offered
            if each.id not in held
        ],
        proposed=lending.proposals_to(household) if household else [],
        shared=sharing.proposed_to(household) if household else [],
        wishes=waiting.wishes_of(household) if household else [],
        taking=[
            (each, placing.standing_order(each, household) if household else None)
            for each in taking
        ],
        usual=favourites.favourite_of(household) if household and taking else [],
        order_total=order_total,
        words=words,
        to_countersign=subscriptions.awaiting_producer(g.community, g.member),
        wording=wording,
    )


@pages.get("/producteurs")
def producers() -> ResponseReturnValue:
    """List the producers."""
    return render_template(
        "direct_sales/producers.html", producers=page_of(catalogue.producers_of(g.community))
    )


def _candidates() -> list[tuple[object, str]]:
    members = membership.members_of(g.community)
    return [("", str(_("Personne pour l’instant"))), *((each.id, each.name) for each in members)]


@pages.get("/producteurs/nouveau")
@requires(COORDINATE.name)
def new_producer_page() -> ResponseReturnValue:
    """Show the form of a new producer."""
    return render_template(
        "direct_sales/producer_form.html", form=Form.blank(), members=_candidates(), producer=None
    )


@pages.post("/producteurs/nouveau")
@requires(COORDINATE.name)
def new_producer() -> ResponseReturnValue:
    """Enter a producer."""
    form = Form.sent()

    def act(member: int | None, **values: str) -> object:
        return catalogue.add_producer(g.community, member=_member(member), **values)

    if not form.apply(ProducerSchema(), act):
        return (
            render_template(
                "direct_sales/producer_form.html",
                form=form,
                members=_candidates(),
                producer=None,
            ),
            form.status,
        )
    flash(str(_("Le producteur est enregistré.")), "good")
    return redirect(url_for("direct_sales.producer", producer_id=form.result.id))


def _member(member_id: int | None) -> Member | None:
    return membership.find_member(g.community, member_id) if member_id else None


@pages.get("/producteurs/<int:producer_id>")
def producer(producer_id: int) -> ResponseReturnValue:
    """Show a producer and its products."""
    return _show_producer(producer_id, Form.blank(unit="piece", vat="5,5"))


def _show_producer(producer_id: int, form: Form) -> ResponseReturnValue:
    shown = catalogue.find_producer(g.community, producer_id)
    offered = [each for each in contracts.contracts_of(g.community) if each.producer_id == shown.id]
    return (
        render_template(
            "direct_sales/producer.html",
            producer=shown,
            products=catalogue.products_of(shown),
            contracts=offered,
            tells=shortages.shortages_of(shown) if _tells_for(shown) else None,
            acts=catalogue.acts_for(shown, g.member),
            form=form,
            units=[(name, wording.unit(name)) for name in wording.UNITS],
            wording=wording,
            season=showing.page_of(shown, g.member, coordinates=COORDINATE.name in held_here()),
            mishaps=showing.MISHAPS,
        ),
        form.status,
    )


def _tells_for(producer: Producer) -> bool:
    """Whether the reader says what is missing at this farm."""
    coordinates = COORDINATE.name in membership.permissions_of(g.member)
    return coordinates or catalogue.acts_for(producer, g.member)


@pages.get("/producteurs/<int:producer_id>/modifier")
@requires(COORDINATE.name)
def change_producer_page(producer_id: int) -> ResponseReturnValue:
    """Show the form to correct a producer."""
    shown = catalogue.find_producer(g.community, producer_id)
    form = Form.blank(
        name=shown.name,
        place=shown.place,
        presentation=shown.presentation,
        address=shown.address,
        siret=shown.siret,
        member=shown.member_id,
    )
    return render_template(
        "direct_sales/producer_form.html", form=form, members=_candidates(), producer=shown
    )


@pages.post("/producteurs/<int:producer_id>/modifier")
@requires(COORDINATE.name)
def change_producer(producer_id: int) -> ResponseReturnValue:
    """Correct a producer."""
    shown = catalogue.find_producer(g.community, producer_id)
    form = Form.sent()

    def act(member: int | None, **values: str) -> None:
        catalogue.change_producer(shown, member=_member(member), **values)

    if not form.apply(ProducerSchema(), act):
        return (
            render_template(
                "direct_sales/producer_form.html",
                form=form,
                members=_candidates(),
                producer=shown,
            ),
            form.status,
        )
    flash(str(_("Le producteur est enregistré.")), "good")
    return redirect(url_for("direct_sales.producer", producer_id=producer_id))


@pages.post("/producteurs/<int:producer_id>/produits")
@requires(COORDINATE.name)
def new_product(producer_id: int) -> ResponseReturnValue:
    """Enter a product by hand."""
    shown = catalogue.find_producer(g.community, producer_id)
    form = Form.sent()

    def act(price: int, vat: int, name: str, service: bool, **rest: Any) -> None:
        catalogue.add_product(
            shown,
            name,
            Money(price),
            vat_basis_points=vat,
            is_service=service,
            **rest,
        )

    if not form.apply(ProductSchema(), act):
        return _show_producer(producer_id, form)
    flash(str(_("Le produit est enregistré.")), "good")
    return redirect(url_for("direct_sales.producer", producer_id=producer_id, _anchor="produits"))


@pages.get("/producteurs/<int:producer_id>/importer")
@requires(COORDINATE.name)
def import_page(producer_id: int) -> ResponseReturnValue:
    """Show the form to choose a file, or what the chosen file would do."""
    shown = catalogue.find_producer(g.community, producer_id)
    token = request.args.get("fichier", "")
    if not token:
        return render_template("direct_sales/import.html", producer=shown, reading=None)
    reading = read_list(*uploads.read(kernel().settings.home, token))
    return render_template(
        "direct_sales/import.html",
        producer=shown,
        reading=reading,
        token=token,
        most=SHOWN_LINES,
    )


@pages.post("/producteurs/<int:producer_id>/importer")
@requires(COORDINATE.name)
def upload(producer_id: int) -> ResponseReturnValue:
    """Keep the chosen file, and show what it would do: nothing is written yet."""
    shown = catalogue.find_producer(g.community, producer_id)
    file = request.files.get("file")
    name, content = (file.filename or "", file.read()) if file else ("", b"")
    read_list(name, content) if content else None
    token = uploads.keep(kernel().settings.home, name, content)
    return redirect(url_for("direct_sales.import_page", producer_id=shown.id, fichier=token))


@pages.post("/producteurs/<int:producer_id>/importer/enregistrer")
@requires(COORDINATE.name)
def take_import(producer_id: int) -> ResponseReturnValue:
    """Take all the lines of the file, or none."""
    shown = catalogue.find_producer(g.community, producer_id)
    token = request.form.get("fichier", "")
    reading = read_list(*uploads.read(kernel().settings.home, token))
    if reading.problems:
        return (
            render_template(
                "direct_sales/import.html",
                producer=shown,
                reading=reading,
                token=token,
                most=SHOWN_LINES,
            ),
            422,
        )
    done = take_list(shown, reading)
    db.session.commit()
    uploads.forget(kernel().settings.home, token)
    flash(f"{done}.", "good")
    return redirect(url_for("direct_sales.producer", producer_id=shown.id))
