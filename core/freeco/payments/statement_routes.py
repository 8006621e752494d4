"""The lines of bank statements: what each is, and what somebody decides of it."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from sqlalchemy import func, select

from freeco.db import db
from freeco.doors import held_here
from freeco.errors import Absent, Refusal
from freeco.i18n import _, counted, said
from freeco.members.models import TREASURER, Member
from freeco.module import Text
from freeco.organisations import services as organisations
from freeco.organisations.models import Organisation
from freeco.payments import statements, statements_settling
from freeco.payments.statement_models import Aside, BankLine, BankStatement, LineState
from freeco.payments.statements_page import named_targets, unmatched_rows, waiting
from freeco.payments.tables import csv_answer
from freeco.web import undo as undoing
from freeco.web.forms import Form, Words, one_of
from freeco.web.lists import page_of, page_of_query

pages = Blueprint("statements", __name__)
SHOWN = 50
"""Proposals on one page; the next ones come as these are decided."""
FOLDERS = {
    "attente": _("À rapprocher"),
    "faites": _("Rapprochées"),
    "laissees": _("Laissées de côté"),
}
ASIDES: dict[str, Text] = {
    Aside.PAYOUT: _("Versement du prestataire de carte"),
    Aside.OWN: _("Virement entre nos comptes"),
    Aside.KNOWN: _("Paiement déjà noté autrement"),
    Aside.FEE: _("Frais de banque"),
    Aside.EXPENSE: _("Dépense"),
    Aside.OTHER: _("Autre chose"),
}


class TargetSchema(Schema):
    """What a line is, or is not."""

    cible = Words(required=True, most=40)


class AsideSchema(Schema):
    """Why a line is left aside."""

    motif = Words(required=True, validate=one_of(ASIDES))


def kept_organisation(member_id: int) -> tuple[Member, Organisation]:
    """Return an organisation of the community whose money the reader sees. Raises Absent."""
    found = organisations.find_organisation(g.community, member_id)
    if found.organisation is None or not statements.may_keep(found, g.member):
        raise Absent
    return found, found.organisation


@pages.get("/releves")
def home() -> ResponseReturnValue:
    """List the accounts whose statements the reader keeps."""
    kept = statements.kept_by(g.community, g.member)
    if not kept and TREASURER not in held_here():
        raise Absent
    open_lines = dict(
        db.session.execute(
            select(BankLine.organisation_id, func.count())
            .where(
                BankLine.community_id == g.community.id,
                BankLine.state == LineState.OPEN,
                statements.readable(g.member),
            )
            .group_by(BankLine.organisation_id)
        ).all()
    )
    last_days = dict(
        db.session.execute(
            select(BankStatement.organisation_id, func.max(BankStatement.last_day))
            .where(BankStatement.community_id == g.community.id, statements.open_to(g.member))
            .group_by(BankStatement.organisation_id)
        ).all()
    )
    kept.sort(key=lambda each: -open_lines.get(each.organisation_id or 0, 0))
    return render_template(
        "payments/statements.html", kept=kept, open_lines=open_lines, last_days=last_days
    )


@pages.get("/releves/<int:member_id>")
def account(member_id: int) -> ResponseReturnValue:
    """Show the lines of an account: what waits, or what was decided."""
    member, organisation = kept_organisation(member_id)
    folder = request.args.get("dossier", "attente")
    if folder not in FOLDERS:
        raise Absent
    taken = db.session.scalar(
        select(func.max(BankStatement.last_day)).where(
            BankStatement.community_id == g.community.id,
            BankStatement.organisation_id == organisation.id,
            statements.open_to(g.member),
        )
    )
    if folder != "attente":
        return _done(member, organisation, folder)
    found = waiting(g.community, organisation, g.member)
    return render_template(
        "payments/statements_account.html",
        member=member,
        organisation=organisation,
        folders=FOLDERS,
        asides=ASIDES,
        found=found,
        unknown=page_of(found.unknown),
        last_day=taken,
        most=SHOWN,
    )


def _done(member: Member, organisation: Organisation, folder: str) -> ResponseReturnValue:
    state = LineState.MATCHED if folder == "faites" else LineState.ASIDE
    query = (
        select(BankLine)
        .where(
            BankLine.community_id == g.community.id,
            BankLine.organisation_id == organisation.id,
            BankLine.state == state,
            statements.readable(g.member),
        )
        .order_by(BankLine.day.desc(), BankLine.id.desc())
    )
    lines = page_of_query(query)
    return render_template(
        "payments/statements_done.html",
        member=member,
        organisation=organisation,
        folders=FOLDERS,
        folder=folder,
        asides=ASIDES,
        lines=lines,
        named=named_targets({target for line in lines.rows if (target := _target(line))}),
        target=_target,
        can_undo=statements_settling.can_undo,
    )


def _target(line: BankLine) -> str:
    """Return what a matched line was matched with."""
    for kind, number in (
        ("payment", line.payment_id),
        ("slip", line.slip_id),
        ("collection", line.collection_id),
    ):
        if number is not None:
            return f"{kind}:{number}"
    return ""


@pages.get("/releves/<int:member_id>.csv")
def table(member_id: int) -> ResponseReturnValue:
    """Give the lines that wait, as a table."""
    _member, organisation = kept_organisation(member_id)
    rows = unmatched_rows(g.community, organisation, g.member)
    return csv_answer(rows, f"a-rapprocher-{organisation.id}.csv")


@pages.post("/releves/<int:member_id>/certaines")
def accept_certain(member_id: int) -> ResponseReturnValue:
    """Accept all that bears an exact reference and the exact amount."""
    _member, organisation = kept_organisation(member_id)
    count = statements_settling.accept_certain(g.community, organisation, g.member)
    db.session.commit()
    flash(
        counted("%(num)s ligne rapprochée.", "%(num)s lignes rapprochées.", count)
        if count
        else said("C’était déjà fait : rien n’a changé."),
        "good",
    )
    return redirect(url_for("statements.account", member_id=member_id))


def _line(line_id: int) -> tuple[BankLine, int]:
    """Return a line of the community that the reader keeps, and whose account it is."""
    query = select(BankLine).where(
        BankLine.id == line_id,
        BankLine.community_id == g.community.id,
        statements.readable(g.member),
    )
    line = db.session.scalars(query).one_or_none()
    if line is None:
        raise Absent
    for member in statements.kept_by(g.community, g.member):
        if member.organisation_id == line.organisation_id:
            return line, member.id
    raise Absent


def _decide(line_id: int, schema: Schema, act: Any, done: str) -> ResponseReturnValue:
    """Decide of a line and say so, with the button that takes it back; or say why not."""
    line, member_id = _line(line_id)
    form = Form.sent()
    if form.apply(schema, lambda **values: act(line, **values)):
        undoing.done(done, url_for("statements.undo", line_id=line_id))
    else:
        flash(" ".join(each for reasons in form.errors.values() for each in reasons), "bad")
    return redirect(url_for("statements.account", member_id=member_id))


@pages.post("/releves/lignes/<int:line_id>/accepter")
def accept(line_id: int) -> ResponseReturnValue:
    """Note that a line is a payment, a slip, a collection, or one that came back."""

    def act(line: BankLine, cible: str) -> None:
        statements_settling.accept(line, cible, g.member)

    return _decide(line_id, TargetSchema(), act, said("La ligne est rapprochée."))


@pages.post("/releves/lignes/<int:line_id>/refuser")
def refuse(line_id: int) -> ResponseReturnValue:
    """Note that a line is not what was proposed."""
    line, member_id = _line(line_id)
    form = Form.sent()
    if form.apply(TargetSchema(), lambda cible: statements_settling.refuse(line, cible)):
        flash(said("Cette proposition ne sera plus faite."), "good")
    return redirect(url_for("statements.account", member_id=member_id))


@pages.post("/releves/lignes/<int:line_id>/laisser")
def set_aside(line_id: int) -> ResponseReturnValue:
    """Leave a line aside, with the reason."""

    def act(line: BankLine, motif: str) -> None:
        statements_settling.set_aside(line, Aside(motif), g.member)

    return _decide(line_id, AsideSchema(), act, said("La ligne est laissée de côté."))


@pages.post("/releves/lignes/<int:line_id>/annuler")
def undo(line_id: int) -> ResponseReturnValue:
    """Take back what was decided of a line."""
    line, member_id = _line(line_id)
    try:
        statements_settling.undo(line, g.member)
    except Refusal as refusal:
        db.session.rollback()
        flash(str(refusal), "bad")
        return redirect(url_for("statements.account", member_id=member_id))
    db.session.commit()
    flash(said("C’est annulé : la ligne attend de nouveau."), "good")
    return redirect(url_for("statements.account", member_id=member_id))
