"""Gift receipts, for who keeps the money of an organisation: issued, listed, cancelled."""

from dataclasses import replace
from datetime import date
from secrets import token_hex

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from sqlalchemy import select

from freeco.accounting.books import open_book
from freeco.accounting.facts import Means
from freeco.accounting.models import Book
from freeco.accounting.shown import book_kept
from freeco.clock import today
from freeco.db import db
from freeco.documents import finding
from freeco.documents.errors import GiverIncomplete, NoReceipts
from freeco.documents.models import Document, Kind
from freeco.documents.receipts import (
    GiftReceived,
    cancel_receipt,
    issue_receipt,
    of_year,
    yearly_totals,
)
from freeco.documents.routes import YEARS
from freeco.documents.sellers import Buyer, buyer_of
from freeco.errors import Absent, Invalid
from freeco.i18n import _, said
from freeco.members.membership import members_of
from freeco.members.models import Household, HouseholdMember, Member, Person
from freeco.money import Money
from freeco.organisations.being_paid import billing_of, money_of
from freeco.organisations.models import Organisation
from freeco.organisations.services import find_organisation
from freeco.payments.parties import party_of
from freeco.web.forms import Cents, Day, Form, Words, one_of

pages = Blueprint("receipts", __name__)
MEANS: dict[Means, object] = {
    "cheque": _("Chèque"),
    "transfer": _("Virement, prélèvement ou carte bancaire"),
    "cash": _("Espèces"),
}
"""The three boxes of Cerfa 11580."""
LABELS = {
    "donneur": _("Qui a donné"),
    "jour": _("Jour du don"),
    "montant": _("Montant"),
    "moyen": _("Mode de versement"),
    "adresse": _("Adresse"),
    "code_postal": _("Code postal"),
    "commune": _("Commune"),
    "motif": _("Motif"),
}


class ReceiptSchema(Schema):
    """A gift and who gave it; the key makes sending twice one receipt."""

    donneur = Words(required=True, most=60)
    jour = Day(required=True)
    montant = Cents(required=True)
    moyen = Words(required=True, validate=one_of(tuple(MEANS)))
    adresse = Words(load_default="", most=200)
    code_postal = Words(load_default="", most=10)
    commune = Words(load_default="", most=100)
    cle = Words(required=True, most=40)


class CancellationSchema(Schema):
    """Why a receipt is taken back."""

    motif = Words(required=True, most=200)


@pages.get("/organisations/<int:member_id>/recus")
def page(member_id: int) -> ResponseReturnValue:
    """Show the receipts of a year, their sum, and the form of another."""
    return _show(member_id, Form.blank(jour=_today().isoformat(), cle=token_hex(8)))


@pages.post("/organisations/<int:member_id>/recus")
def issue(member_id: int) -> ResponseReturnValue:
    """Issue the receipt of one gift."""
    member, body = _kept(member_id)
    form, signed_by = Form.sent(), g.member.name

    def act(
        donneur: str,
        jour: date,
        montant: int,
        moyen: Means,
        adresse: str,
        code_postal: str,
        commune: str,
        cle: str,
    ) -> Document:
        _check_gift(body, jour, montant)
        giver = _giver(member, donneur)
        amount = Money(montant)
        return issue_receipt(
            open_book(body, rehearsal=g.community.rehearsal),
            giver=_complete(giver, adresse, code_postal, commune),
            # Not the key: two pages open at once must not receipt one gift twice.
            gifts=[GiftReceived(f"hand:{jour}:{montant}:{moyen}", jour, amount, moyen)],
            day=_today(),
            key=f"receipt:{cle}",
            signed_by=signed_by,
            community=g.community,
        )

    if not form.apply(ReceiptSchema(), act):
        return _show(member_id, form)
    flash(str(_("Le reçu %(number)s est délivré.", number=form.result.number)), "good")
    return _back(member_id, form.result)


@pages.get("/organisations/<int:member_id>/recus/<int:document_id>/annuler")
def cancel_page(member_id: int, document_id: int) -> ResponseReturnValue:
    """Ask why a receipt is taken back."""
    return _show_cancelling(member_id, document_id, Form.blank())


@pages.post("/organisations/<int:member_id>/recus/<int:document_id>/annuler")
def cancel(member_id: int, document_id: int) -> ResponseReturnValue:
    """Take a receipt back by a document that cites it; a second click finds it done."""
    receipt, form = _receipt(member_id, document_id), Form.sent()

    def act(motif: str) -> Document:
        return cancel_receipt(receipt, motif, _today(), f"cancel:{receipt.id}")

    if not form.apply(CancellationSchema(), act):
        return _show_cancelling(member_id, document_id, form)
    flash(str(_("Le reçu %(number)s est annulé.", number=receipt.number)), "good")
    return _back(member_id, receipt)


def _kept(member_id: int) -> tuple[Member, Organisation]:
    """Return an organisation whose money I see; for anybody else there is none."""
    member = find_organisation(g.community, member_id)
    return member, money_of(member, g.member)


def _receipt(member_id: int, document_id: int) -> Document:
    """Return a receipt that the organisation has issued, cancelled or not. Raises Absent."""
    _member, body = _kept(member_id)
    found = finding.one(finding.of_organisation(body, g.community), document_id)
    if found.kind != Kind.RECEIPT or found.book.organisation_id != body.id:
        raise Absent
    return found


def _show(member_id: int, form: Form) -> ResponseReturnValue:
    member, body = _kept(member_id)
    book = book_kept(body, rehearsal=g.community.rehearsal)
    billing = billing_of(body)
    this = _today().year
    years = list(range(this, this - YEARS, -1))
    asked = request.args.get("annee", "")
    year = next((each for each in years if str(each) == asked), this)
    many, amount = yearly_totals(book, year) if book is not None else (0, Money(0))
    page_shown = render_template(
        "documents/receipts.html",
        shown=member,
        form=form,
        labels=LABELS,
        means=[("", ""), *MEANS.items()],
        givers=[("", ""), *_givers(member)],
        since=billing.gift_receipts_since if billing is not None else None,
        receipts=of_year(book, year) if book is not None else [],
        ever=book is not None and _has_issued(book),
        many=many,
        amount=amount,
        year=year,
        years=years,
        today=_today(),
        gift_day=_gift_day,
    )
    return page_shown, form.status


def _show_cancelling(member_id: int, document_id: int, form: Form) -> ResponseReturnValue:
    receipt = _receipt(member_id, document_id)
    page_shown = render_template(
        "documents/receipt_cancelling.html",
        shown=find_organisation(g.community, member_id),
        receipt=receipt,
        form=form,
        labels=LABELS,
    )
    return page_shown, form.status


def _back(member_id: int, receipt: Document) -> ResponseReturnValue:
    year = _gift_day(receipt).year
    return redirect(url_for("receipts.page", member_id=member_id, annee=year))


def _gift_day(receipt: Document) -> date:
    return date.fromisoformat(receipt.content["gifts"][0]["day"])


def _has_issued(book: Book) -> bool:
    receipts = select(Document.id).where(Document.book_id == book.id, Document.kind == Kind.RECEIPT)
    return db.session.scalar(receipts.limit(1)) is not None


def _today() -> date:
    return today(g.community.timezone)


def _check_gift(body: Organisation, day: date, cents: int) -> None:
    """Refuse, beside their fields, no amount and a day when no receipt can be. Raises Invalid."""
    wrong: dict[str, list[str]] = {}
    billing = billing_of(body)
    since = billing.gift_receipts_since if billing is not None else None
    if since is None:
        raise NoReceipts
    if day > _today():
        wrong["jour"] = [said("Ce jour n’est pas encore venu.")]
    elif day < since:
        wrong["jour"] = [str(NoReceipts.reason)]
    if not cents:
        wrong["montant"] = [said("Un don est de plus de zéro euro.")]
    if wrong:
        raise Invalid(wrong)


def _bodies(organisation: Member) -> dict[str, Household | Organisation | Person]:
    """Return who can have given, by reference: households, people without one, organisations."""
    rows = select(HouseholdMember.member_id, Household).join(
        Household, Household.id == HouseholdMember.household_id
    )
    own = rows.where(Household.community_id == organisation.community_id)
    tables = {row[0]: row[1] for row in db.session.execute(own)}
    found: dict[str, Household | Organisation | Person] = {}
    for each in members_of(organisation.community):
        body = tables.get(each.id) or each.person or each.organisation
        if body is not None and each.id != organisation.id:
            found[party_of(body)] = body
    return found


def _givers(organisation: Member) -> list[tuple[str, str]]:
    return [(party, body.name) for party, body in _bodies(organisation).items()]


def _giver(organisation: Member, party: str) -> Buyer:
    """Return who gave, with the address that Freeco knows. Raises Invalid."""
    body = _bodies(organisation).get(party)
    if body is None:
        raise Invalid({"donneur": [said("Ce choix n’existe pas.")]})
    return buyer_of(body)


def _complete(giver: Buyer, address: str, postal_code: str, commune: str) -> Buyer:
    """Return who gave with what was typed of their address. Raises Invalid beside what lacks."""
    told = replace(
        giver,
        address=address or giver.address,
        postal_code=postal_code or giver.postal_code,
        commune=commune or giver.commune,
    )
    lines = {"adresse": told.address, "code_postal": told.postal_code, "commune": told.commune}
    wrong = {name: [str(GiverIncomplete.reason)] for name, line in lines.items() if not line}
    if wrong:
        raise Invalid(wrong)
    return told
