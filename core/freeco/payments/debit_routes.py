"""Direct debits: collections, files for the bank, returns."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields
from sqlalchemy import select

from freeco.clock import today
from freeco.db import db
from freeco.errors import Absent, Refusal
from freeco.i18n import counted, day, said
from freeco.members.models import Member
from freeco.money import Money
from freeco.organisations.models import Organisation
from freeco.payments import debits, parties
from freeco.payments.debit_file import VERSIONS, file_of, message_id
from freeco.payments.debit_models import (
    DebitCollection,
    DebitItem,
    ItemState,
)
from freeco.payments.debit_notices import tell
from freeco.payments.debit_words import COLLECTIONS, RETURNS, said_of
from freeco.payments.debits import REFUNDED_WEEKS, amount_of
from freeco.payments.models import Payment
from freeco.payments.statement_routes import kept_organisation
from freeco.web.forms import Cents, Day, Form, Whole, Words, one_of
from freeco.web.lists import page_of_query

pages = Blueprint("debits", __name__)


class AnnounceSchema(Schema):
    """What is collected, and on what day."""

    le = Day(required=True)
    choisis = fields.List(Whole(), load_default=list)


class CreditSchema(Schema):
    """The day the money came."""

    le = Day(required=True)


class ReturnSchema(Schema):
    """What the bank said of a debit that came back."""

    le = Day(required=True)
    motif = Words(required=True, validate=one_of(RETURNS))
    frais = Cents(load_default=0)


@pages.get("/prelevements/<int:member_id>")
def account(member_id: int) -> ResponseReturnValue:
    """Show what an organisation debits: collections, and how to announce one."""
    return _account(member_id, Form.blank())


def _account(member_id: int, form: Form) -> ResponseReturnValue:
    member, organisation = kept_organisation(member_id)
    here = today(g.community.timezone)
    ahead = debits.months_after(here, 2)
    found = debits.collectable(g.community, organisation, ahead)
    if not form.values:
        form = Form.blank(le=debits.earliest(found, here).isoformat())
    page = render_template(
        "payments/debits.html",
        member=member,
        form=form,
        ready=debits.creditor(organisation) is not None,
        found=found,
        payers=parties.names(each.payment.payer for each in found),
        collections=page_of_query(_collections(organisation)),
        states=COLLECTIONS,
        amount_of=amount_of,
    )
    return page, form.status


def _collections(organisation: Organisation) -> Any:
    return (
        select(DebitCollection)
        .where(
            DebitCollection.community_id == g.community.id,
            DebitCollection.organisation_id == organisation.id,
        )
        .order_by(DebitCollection.id.desc())
    )


@pages.post("/prelevements/<int:member_id>")
def announce(member_id: int) -> ResponseReturnValue:
    """Announce a collection, and tell its payers."""
    _member, organisation = kept_organisation(member_id)
    form = Form.sent()

    def act(le: date, choisis: list[int]) -> DebitCollection:
        payments = _payments(organisation, choisis)
        collection = debits.announce(g.community, organisation, payments, le)
        tell(collection, url_for("own_payments.home"))
        return collection

    if not form.apply(AnnounceSchema(), act):
        return _account(member_id, form)
    collection: DebitCollection = form.result
    flash(
        counted(
            "%(num)s prélèvement annoncé pour le %(day)s : qui paie est prévenu.",
            "%(num)s prélèvements annoncés pour le %(day)s : ceux qui paient sont prévenus.",
            len(collection.items),
            day=day(collection.collects_on),
        ),
        "good",
    )
    return redirect(url_for("debits.collection", collection_id=collection.id))


def _payments(organisation: Organisation, ids: list[int]) -> list[Payment]:
    query = select(Payment).where(
        Payment.id.in_(ids),
        Payment.community_id == g.community.id,
        Payment.beneficiary_id == organisation.id,
    )
    return list(db.session.scalars(query.order_by(Payment.id)))


def _collection(collection_id: int) -> tuple[DebitCollection, Member]:
    """Return a collection whose account the reader keeps. Raises Absent."""
    found = db.session.get(DebitCollection, collection_id)
    if found is None or found.community_id != g.community.id:
        raise Absent
    number = db.session.scalar(
        select(Member.id).where(
            Member.community_id == g.community.id,
            Member.organisation_id == found.organisation_id,
        )
    )
    if number is None:
        raise Absent
    member, _organisation = kept_organisation(number)
    return found, member


@pages.get("/prelevements/collecte/<int:collection_id>")
def collection(collection_id: int) -> ResponseReturnValue:
    """Show a collection: what is next, and each of its debits."""
    return _show(collection_id, Form.blank())


def _show(collection_id: int, form: Form) -> ResponseReturnValue:
    found, member = _collection(collection_id)
    billing = debits.creditor(found.organisation)
    here = today(g.community.timezone)
    if not form.values:
        form = Form.blank(le=min(here, max(found.collects_on, found.announced_at.date())))
    page = render_template(
        "payments/debits_collection.html",
        collection=found,
        member=member,
        form=form,
        payers=parties.names(each.payment.payer for each in found.items),
        total=amount_of(found),
        waiting=amount_of(found, ItemState.SENT),
        states=COLLECTIONS,
        returns=RETURNS,
        said_of=said_of,
        today=here,
        with_bic=billing is not None and bool(billing.bic),
        versions=VERSIONS,
        weeks=REFUNDED_WEEKS,
        until=debits.months_after(found.collects_on, debits.CONTESTED_MONTHS),
    )
    return page, form.status


@pages.post("/prelevements/collecte/<int:collection_id>/abandonner")
def drop(collection_id: int) -> ResponseReturnValue:
    """Give up a collection that was only announced."""
    found, member = _collection(collection_id)
    debits.drop(found)
    db.session.commit()
    flash(said("Ce prélèvement est abandonné. Prévenez ceux à qui il était annoncé."), "good")
    return redirect(url_for("debits.account", member_id=member.id))


@pages.post("/prelevements/collecte/<int:collection_id>/envoyer")
def send(collection_id: int) -> ResponseReturnValue:
    """Make the file for the bank: from now on its payments are on their way."""
    found, _member = _collection(collection_id)
    planned = len(found.items)
    try:
        left_out = planned - len(debits.send(found))
        file_of(found)  # a file that the bank would refuse is not noted as sent
    except Refusal as refusal:
        db.session.rollback()
        flash(str(refusal), "bad")
        return redirect(url_for("debits.collection", collection_id=collection_id))
    db.session.commit()
    words = said("Le fichier est prêt : téléchargez-le et déposez-le à la banque.")
    flash(words, "good")
    if left_out:
        flash(
            counted(
                "%(num)s paiement n’y est plus : réglé autrement, ou sans mandat.",
                "%(num)s paiements n’y sont plus : réglés autrement, ou sans mandat.",
                left_out,
            ),
            "calm",
        )
    return redirect(url_for("debits.collection", collection_id=collection_id))


@pages.get("/prelevements/collecte/<int:collection_id>.xml")
def file(collection_id: int) -> ResponseReturnValue:
    """Give the file for the bank; the same each time."""
    found, _member = _collection(collection_id)
    version = request.args.get("version", VERSIONS[0])
    if version not in VERSIONS:
        raise Absent
    answer = Response(file_of(found, version), content_type="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{message_id(found)}.xml"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post("/prelevements/collecte/<int:collection_id>/credite")
def credit(collection_id: int) -> ResponseReturnValue:
    """Note by hand that the money of a collection came."""
    found, _member = _collection(collection_id)
    form = Form.sent()
    if not form.apply(CreditSchema(), lambda le: debits.credit(found, le, g.member)):
        return _show(collection_id, form)
    flash(
        counted("%(num)s paiement encaissé.", "%(num)s paiements encaissés.", form.result)
        if form.result
        else said("C’était déjà noté : rien n’a changé."),
        "good",
    )
    return redirect(url_for("debits.collection", collection_id=collection_id))


@pages.post("/prelevements/collecte/<int:collection_id>/rejet/<int:item_id>")
def note_return(collection_id: int, item_id: int) -> ResponseReturnValue:
    """Note that a debit came back."""
    found, _member = _collection(collection_id)
    item = db.session.get(DebitItem, item_id)
    if item is None or item.collection_id != found.id:
        raise Absent
    known = item.state == ItemState.RETURNED
    form = Form.sent()

    def act(le: date, motif: str, frais: int) -> object:
        return debits.note_return(item, le, motif, Money(frais), g.member)

    if not form.apply(ReturnSchema(), act):
        reasons = [each for reasons in form.errors.values() for each in reasons]
        flash(" ".join(reasons), "bad")
        return redirect(url_for("debits.collection", collection_id=collection_id))
    flash(_said_of_return(item, known=known), "good")
    return redirect(url_for("debits.collection", collection_id=collection_id))


def _said_of_return(item: DebitItem, *, known: bool) -> str:
    if known:
        return said("Ce rejet était déjà noté : rien n’a changé.")
    if item.after_refund:
        return said(
            "Le rejet est noté. Ce prélèvement avait déjà été remboursé : l’argent est parti deux "
            "fois, et le foyer le doit de nouveau."
        )
    return said("Le rejet est noté : un nouveau paiement est attendu à la place.")
