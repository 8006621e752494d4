"""Propose to share a place in a contract, and answer."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from freeco.db import db
from freeco.errors import Absent
from freeco.i18n import _, sentence
from freeco.members import households, membership
from freeco.payments.models import Method
from freeco.payments.words import MEANS
from freeco.web.forms import WHOLE, Form, Ticked, Whole, one_of
from freeco_direct_sales import contracts, present, sellers, subscriptions, wording
from freeco_direct_sales.choosing_routes import accepted_text, signer
from freeco_direct_sales.contracting import notices, sharing
from freeco_direct_sales.contracting.models import SharedBasket, SharingWay
from freeco_direct_sales.contracting.routes import other_households
from freeco_direct_sales.errors import NothingChosen
from freeco_direct_sales.models import ContractState, SeasonContract
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.schemas import quantity_field

pages = Blueprint("direct_sales_sharing", __name__, template_folder="../templates")
WAYS = (
    (SharingWay.TURNS, _("Une livraison sur deux chacun")),
    (SharingWay.HALVES, _("La moitié du panier chacun, à chaque livraison")),
)


class AnswerSchema(Schema):
    """How the second household pays its part, and that it agrees."""

    cheques = Whole(load_default=1, least=1, most=12)
    method = fields.String(load_default=Method.CHEQUE.value, validate=one_of(tuple(Method)))
    agreed = Ticked()


def _schema(contract: SeasonContract) -> Schema:
    """Return the schema of a proposal: one basket, with whom, and how each pays."""
    quantities: dict[str, fields.Field[Any]] = {
        quantity_field(each.id): Whole(
            load_default=0, least=0, most=subscriptions.MOST_OF_A_PRODUCT, allow_none=True
        )
        for each in contract.products
    }
    shares: dict[str, fields.Field[Any]] = {
        "household": Whole(required=True),
        "way": fields.String(required=True, validate=one_of(tuple(SharingWay))),
        "read": Ticked(),
    }
    return Schema.from_dict(quantities | shares | AnswerSchema().fields)()


def _open(contract_id: int) -> SeasonContract:
    contract = contracts.find_contract(g.community, contract_id)
    if contract.state != ContractState.OPEN or not sharing.may_share(contract):
        raise Absent
    return contract


@pages.get("/contrats/<int:contract_id>/partager")
def share_page(contract_id: int) -> ResponseReturnValue:
    """Show how to share a place with another household."""
    return _share(_open(contract_id), Form.blank(way=SharingWay.TURNS, cheques=1), None)


def _share(
    contract: SeasonContract, form: Form, basket: dict[int, int] | None
) -> ResponseReturnValue:
    household = households.find_household(g.member)
    return (
        render_template(
            "direct_sales/contracting/share.html",
            contract=contract,
            form=form,
            field=quantity_field,
            wording=wording,
            means=_ways(contract),
            ways=WAYS,
            households=other_households(g.community, household.id if household else 0),
            dates=sharing.dates_of(contract),
            prices=sharing.prices(contract, basket) if basket else None,
        ),
        form.status,
    )


def _ways(contract: SeasonContract) -> list[tuple[object, str]]:
    return [(each.value, sentence(MEANS[each])) for each in sellers.ways_to_pay(contract.producer)]


@pages.post("/contrats/<int:contract_id>/partager")
def share(contract_id: int) -> ResponseReturnValue:
    """Show both parts to read again, then sign one's own and propose the other."""
    contract = _open(contract_id)
    form = Form.sent()
    taken = form.take(_schema(contract))
    if taken is None:
        return _share(contract, form, None)
    basket = {each.id: taken.get(quantity_field(each.id)) or 0 for each in contract.products}
    if not any(basket.values()):
        form.errors, form.status = {WHOLE: [str(NothingChosen.reason)]}, 422
        return _share(contract, form, None)
    if not taken["read"]:
        return _share(contract, form, basket)
    if not taken["agreed"]:
        form.errors = {"agreed": [str(_("Cochez la case pour vous engager."))]}
        form.status = 422
        return _share(contract, form, basket)
    if not form.apply(_schema(contract), lambda **values: _propose(contract, basket, values)):
        return _share(contract, form, basket)
    flash(str(_("Votre part est signée ; elle vaudra quand l’autre foyer aura signé la sienne.")))
    return redirect(url_for("direct_sales_sharing.page", shared_id=form.result.id))


def _propose(
    contract: SeasonContract, basket: dict[int, int], values: dict[str, Any]
) -> SharedBasket:
    other = present.find_household(g.community, values["household"])
    shared = sharing.propose(
        contract,
        households.household_of(g.member),
        g.member,
        other,
        SharingWay(values["way"]),
        basket,
        values["cheques"] or 1,
        charter_text_id=accepted_text(),
        signed_by=signer(),
        method=Method(values["method"]),
    )
    notices.tell_share(shared, "share_proposed")
    return shared


def _shared(shared_id: int) -> tuple[SharedBasket, bool]:
    """Return a proposal its two households and the coordination read; whether one answers it."""
    found = sharing.find_shared(g.community, shared_id)
    household = households.find_household(g.member)
    mine = household.id if household is not None else None
    if mine not in {found.first_household_id, found.second_household_id} and (
        COORDINATE.name not in membership.permissions_of(g.member)
    ):
        raise Absent
    return found, mine == found.second_household_id


@pages.get("/partages/<int:shared_id>")
def page(shared_id: int) -> ResponseReturnValue:
    """Show a place proposed to be shared, and its two parts."""
    found, answers = _shared(shared_id)
    return _page(found, Form.blank(cheques=1), answers=answers)


def _page(found: SharedBasket, form: Form, *, answers: bool) -> ResponseReturnValue:
    names = {each.id: each for each in found.contract.products}
    basket = found.basket
    return (
        render_template(
            "direct_sales/contracting/shared.html",
            shared=found,
            contract=found.contract,
            answers=answers,
            form=form,
            waits=found in sharing.proposed_to(found.second_household),
            basket=[(names[key], many) for key, many in basket.items()],
            dates=sharing.dates_of(found.contract),
            prices=sharing.prices(found.contract, basket),
            ways=dict(WAYS),
            means=_ways(found.contract),
            wording=wording,
        ),
        form.status,
    )


@pages.post("/partages/<int:shared_id>/signer")
def agree(shared_id: int) -> ResponseReturnValue:
    """Sign the other part: both are concluded."""
    found, answers = _shared(shared_id)
    if not answers:
        raise Absent
    form = Form.sent()
    taken = form.take(AnswerSchema())
    if taken is None or not taken["agreed"]:
        if taken is not None:
            form.errors = {"agreed": [str(_("Cochez la case pour vous engager."))]}
        form.status = 422
        return _page(found, form, answers=answers)

    def act(cheques: int, method: str, agreed: bool) -> object:
        done = sharing.agree(
            found,
            g.member,
            cheques or 1,
            charter_text_id=accepted_text(),
            signed_by=signer(),
            method=Method(method),
        )
        notices.tell_share(found, "share_agreed")
        return done

    if not form.apply(AnswerSchema(), act):
        return _page(found, form, answers=answers)
    flash(str(_("Les deux parts sont signées. Le producteur signe à son tour.")), "good")
    return redirect(url_for("direct_sales_subscriptions.page", subscription_id=form.result.id))


@pages.post("/partages/<int:shared_id>/annuler")
def end(shared_id: int) -> ResponseReturnValue:
    """Refuse a proposal, or take it back."""
    found, _answers = _shared(shared_id)
    sharing.end(found)
    notices.tell_share(found, "share_over")
    db.session.commit()
    flash(str(_("La proposition ne tient plus ; rien n’est conclu.")), "good")
    return redirect(url_for("direct_sales.home"))
