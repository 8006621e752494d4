"""The treasurer's page: what is expected, held, overdue, to bring to the bank."""

import re
from datetime import date
from typing import Any, get_args

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields
from sqlalchemy import Select

from freeco.clock import today
from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent, Invalid
from freeco.i18n import _, counted, money, said
from freeco.members.models import TREASURER
from freeco.money import total
from freeco.payments import reminders, treasury, words
from freeco.payments.models import Payment
from freeco.payments.parties import names
from freeco.payments.tables import csv_answer, payment_rows
from freeco.payments.treasury import Folder, Noted
from freeco.web import undo as undoing
from freeco.web.forms import Day, Form, Ticked, Whole, Words, one_of
from freeco.web.lists import page_of_query

pages = Blueprint("treasury", __name__)
LINES = 100
"""Sixty cheques of an evening hold on one page."""
LONGEST_SEARCH = 80
KEPT = ("dossier", "q", "pour", "page")
"""What the list is made of: nothing else of an address goes into the next one."""
WRITE = "relance"
UNDONE = re.compile(r"[0-9]{1,9}\.[0-9]{1,6}(?: [0-9]{1,9}\.[0-9]{1,6})*")
"""Payments to take one step back: see ``written``."""
ACTS = (*get_args(treasury.Act), WRITE)


class NotingSchema(Schema):
    """What was ticked, and what is noted of it."""

    choisis = fields.List(Whole(), load_default=list)
    lignes = fields.List(Whole(), load_default=list)
    tout = Ticked()
    le = Day(required=True)
    faire = Words(required=True, validate=one_of(ACTS))


class UndoSchema(Schema):
    """The payments to take one step back, and how far each had come."""

    paiements = Words(required=True, most=4000)


@pages.route("/tresorerie", methods=["GET", "POST"])
@requires(TREASURER)
def home() -> ResponseReturnValue:
    """List the payments of a folder; note something of those that are ticked."""
    folder = _folder()
    if request.method == "GET":
        return _list(folder, Form.blank(le=today(g.community.timezone).isoformat()))
    form = Form.sent()
    if not form.apply(NotingSchema(), _note):
        return _list(folder, form)
    done: Noted | list[Payment] = form.result
    if isinstance(done, Noted):
        _tell(done, form.values["faire"])
        if len(done.slips) == 1:
            return redirect(url_for("slips.page", slip_id=done.slips[0].id))
        if done.slips:
            return redirect(url_for("slips.index"))
    else:
        _tell_reminded(done)
    kept: dict[str, Any] = {each: request.args[each] for each in KEPT if each in request.args}
    return redirect(url_for("treasury.home", **kept))


def _note(
    choisis: list[int], lignes: list[int], tout: bool, le: date, faire: str
) -> Noted | list[Payment]:
    ids = lignes if tout else choisis
    if not ids:
        raise Invalid({"choisis": [said("Cochez au moins une ligne.")]})
    if faire == WRITE:
        return reminders.remind(treasury.find_payment(g.community, each) for each in ids)
    act = next(each for each in get_args(treasury.Act) if each == faire)
    noted = treasury.note(g.community, ids, act, le, g.member)
    if faire == "bordereau" and not noted.done and noted.early:
        raise Invalid({"choisis": [said("Ces chèques attendent leur date.")]})
    return noted


def _tell(noted: Noted, act: str) -> None:
    if not noted.done:
        flash(str(_("C’était déjà noté : rien n’a changé.")), "good")
        return
    amount = money(total([each.amount for each in noted.done]))
    many = len(noted.done)
    sentences = {
        "recu": counted(
            "%(num)s paiement noté reçu, %(amount)s.",
            "%(num)s paiements notés reçus, %(amount)s.",
            many,
            amount=amount,
        ),
        "remis": counted(
            "%(num)s chèque remis au producteur, %(amount)s.",
            "%(num)s chèques remis au producteur, %(amount)s.",
            many,
            amount=amount,
        ),
        "bordereau": counted(
            "%(num)s chèque porté à la banque, %(amount)s.",
            "%(num)s chèques portés à la banque, %(amount)s.",
            many,
            amount=amount,
        ),
    }
    words_said = sentences[act]
    if noted.early:
        words_said = said(
            "%(done)s %(early)s",
            done=words_said,
            early=counted(
                "%(num)s chèque attend encore sa date.",
                "%(num)s chèques attendent encore leur date.",
                noted.early,
            ),
        )
    undoing.done(words_said, url_for("treasury.undo"), {"paiements": written(noted.done)})


def _tell_reminded(reached: list[Payment]) -> None:
    flash(
        counted(
            "%(num)s rappel est parti.",
            "%(num)s rappels sont partis. Un même paiement n’est rappelé qu’une fois par semaine.",
            len(reached),
        )
        if reached
        else str(reminders.NOBODY),
        "good",
    )


def written(payments: list[Payment]) -> str:
    """Write which payments an undo takes back, and from which step: ``12.3 13.1``."""
    return " ".join(f"{each.id}.{each.steps_taken}" for each in payments)


@pages.post("/tresorerie/annuler")
@requires(TREASURER)
def undo() -> ResponseReturnValue:
    """Take back what was just noted; twice is once."""
    form = Form.sent()

    def act(paiements: str) -> int:
        if not UNDONE.fullmatch(paiements):
            raise Absent
        pairs = [each.split(".") for each in paiements.split(" ")]
        ids = [int(each[0]) for each in pairs]
        return treasury.undo(g.community, ids, [int(each[1]) for each in pairs], g.member)

    if not form.apply(UndoSchema(), act):
        raise Absent
    flash(
        counted("%(num)s étape annulée.", "%(num)s étapes annulées.", form.result)
        if form.result
        else str(_("Rien n’était à annuler.")),
        "good",
    )
    return redirect(url_for("treasury.home"))


@pages.get("/tresorerie/paiements.csv")
@requires(TREASURER)
def table() -> ResponseReturnValue:
    """Give the payments of a folder as a table."""
    found = db.session.scalars(_query(_folder())).unique().all()
    return csv_answer(payment_rows(found), "paiements.csv")


def _folder() -> Folder:
    asked = request.args.get("dossier", "a-recevoir")
    for each in treasury.FOLDERS:
        if each == asked:
            return each
    raise Absent


def _words() -> str:
    return request.args.get("q", "").replace("\x00", " ").strip()[:LONGEST_SEARCH]


def _beneficiary() -> int | None:
    asked = request.args.get("pour", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


def _query(folder: Folder) -> Select[Payment]:
    return treasury.listed(g.community, folder, _words(), _beneficiary())


def _list(folder: Folder, form: Form) -> ResponseReturnValue:
    query = _query(folder)
    found = page_of_query(query, LINES)
    return (
        render_template(
            "payments/treasury.html",
            folder=folder,
            folders=treasury.FOLDERS,
            counts=treasury.counts(g.community),
            payments=found,
            total=treasury.sum_of(query),
            payers=names(each.payer for each in found.rows),
            purposes=words.labels(each.purpose for each in found.rows),
            reminded=reminders.reminded(found.rows) if folder == "en-retard" else set(),
            beneficiaries=treasury.beneficiaries(g.community),
            beneficiary=_beneficiary(),
            q=_words(),
            form=form,
            day=today(g.community.timezone),
            means=words.MEANS,
            states=words.STATES,
            purpose_words=words.purpose_words,
            statements="statements.home" in current_app.view_functions,
        ),
        form.status,
    )
