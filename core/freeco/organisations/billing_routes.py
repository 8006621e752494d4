"""How an organisation is paid and invoices, said by those who act for it."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from werkzeug import Response

from freeco.clock import today
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.organisations import being_paid
from freeco.organisations import services as organisations
from freeco.organisations.billing import Billing, VatRegime
from freeco.organisations.models import Organisation
from freeco.web.forms import Day, Form, Ticked, Words, one_of

pages = Blueprint("billing", __name__)
REGIMES = {
    VatRegime.FRANCHISE: _("Sans TVA : franchise (art. 293 B du CGI)"),
    VatRegime.CHARGED: _("Avec TVA"),
    VatRegime.OUTSIDE: _("Hors TVA : association non lucrative, commune"),
}
LABELS = {
    "iban": _("IBAN"),
    "bic": _("BIC"),
    "vat_regime": _("TVA"),
    "vat_number": _("Numéro de TVA"),
    "creditor_identifier": _("Identifiant créancier SEPA (ICS)"),
    "agreed": _("Mandat"),
    "gift_receipts_proof": _("Réponse de l’administration"),
    "gift_receipts_since": _("Reçus à partir du"),
}
MANDATE = (
    _(
        "Vous confiez à la coopérative Freeco l’établissement de vos factures et de vos avoirs, "
        "en votre nom et pour votre compte, d’après les livraisons et les changements notés ici."
    ),
    _(
        "Vous restez responsable de vos factures et de votre TVA : vous la déclarez et la payez, "
        "même si une facture tarde ou se trompe."
    ),
    _(
        "Chaque facture se lit ici dès qu’elle est faite. Vous avez trente jours pour la "
        "contester ; un avoir la corrige."
    ),
    _(
        "Vous dites sans attendre ce qui change : adresse, SIRET, numéro et régime de TVA. Vous "
        "reprenez vos factures quand vous voulez."
    ),
)
"""CGI art. 289 I-2; what the mandate must say: BOI-TVA-DECLA-30-20-10-30."""


class BillingSchema(Schema):
    """How an organisation is paid."""

    iban = Words(load_default="", most=50)
    bic = Words(load_default="", most=20)
    vat_regime = Words(required=True, validate=one_of(tuple(VatRegime)))
    vat_number = Words(load_default="", most=25)
    creditor_identifier = Words(load_default="", most=45)


class MandateSchema(Schema):
    """The clear act by which somebody gives the mandate."""

    agreed = Ticked()


class ReceiptsSchema(Schema):
    """On what gift receipts rest."""

    gift_receipts_proof = Words(load_default="", most=200)
    gift_receipts_since = Day(load_default=None)


@pages.get("/organisations/<int:member_id>/facturation")
def page(member_id: int) -> ResponseReturnValue:
    """Show how an organisation is paid, to say it or to change it."""
    return _show(member_id, Form.blank(**_known(being_paid.billing_of(_mine(member_id)))))


@pages.post("/organisations/<int:member_id>/facturation")
def change(member_id: int) -> ResponseReturnValue:
    """Say how an organisation is paid."""
    body, form = _mine(member_id), Form.sent()
    if not form.apply(
        BillingSchema(), lambda **said: being_paid.say_billing(body, **said, by=g.member)
    ):
        return _show(member_id, form)
    flash(str(_("C’est enregistré.")), "good")
    return _back(member_id)


@pages.post("/organisations/<int:member_id>/facturation/mandat")
def give_mandate(member_id: int) -> ResponseReturnValue:
    """Ask Freeco to make one's invoices."""
    body, form = _mine(member_id), Form.sent()
    taken = form.take(MandateSchema())
    if taken is not None and not taken["agreed"]:
        form.errors = {"agreed": [str(_("Cochez la case pour confier vos factures."))]}
        form.status = 422
    if form.errors:
        return _show(member_id, form)
    day = today(g.community.timezone)
    form.apply(MandateSchema(), lambda agreed: being_paid.give_mandate(body, g.member, day))
    flash(str(_("Freeco établira vos factures à partir d’aujourd’hui.")), "good")
    return _back(member_id)


@pages.post("/organisations/<int:member_id>/facturation/mandat/fin")
def end_mandate(member_id: int) -> ResponseReturnValue:
    """Make one's invoices oneself again."""
    body, form = _mine(member_id), Form.sent()
    form.apply(Schema(), lambda: being_paid.end_mandate(body))
    flash(str(_("Vous reprenez vos factures : Freeco n’en établit plus en votre nom.")), "good")
    return _back(member_id)


@pages.post("/organisations/<int:member_id>/facturation/recus")
def say_receipts(member_id: int) -> ResponseReturnValue:
    """Say on what gift receipts rest, or that there are none."""
    body, form = _mine(member_id), Form.sent()

    def act(gift_receipts_proof: str, gift_receipts_since: Any) -> None:
        being_paid.say_receipts(body, gift_receipts_proof, gift_receipts_since)

    if not form.apply(ReceiptsSchema(), act):
        return _show(member_id, form)
    flash(str(_("C’est enregistré.")), "good")
    return _back(member_id)


def _mine(member_id: int) -> Organisation:
    """Return an organisation whose money I see; for anybody else there is none."""
    return being_paid.money_of(organisations.find_organisation(g.community, member_id), g.member)


def _known(billing: Billing | None) -> dict[str, Any]:
    if billing is None:
        return {"vat_regime": VatRegime.FRANCHISE}
    return {
        "iban": billing.iban,
        "bic": billing.bic,
        "vat_regime": billing.vat_regime,
        "vat_number": billing.vat_number,
        "creditor_identifier": billing.creditor_identifier,
        "gift_receipts_proof": billing.gift_receipts_proof,
        "gift_receipts_since": billing.gift_receipts_since,
    }


def _show(member_id: int, form: Form) -> ResponseReturnValue:
    body = _mine(member_id)
    billing = being_paid.billing_of(body)
    form.values = Form.blank(**_known(billing)).values | form.values
    return (
        render_template(
            "organisations/billing.html",
            shown=organisations.find_organisation(g.community, member_id),
            billing=billing,
            form=form,
            labels=LABELS,
            regimes=REGIMES,
            mandate=MANDATE,
            cards=bool(kernel().settings.takes_cards),
        ),
        form.status,
    )


def _back(member_id: int) -> Response:
    return redirect(url_for("billing.page", member_id=member_id))
