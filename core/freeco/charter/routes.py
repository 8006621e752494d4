"""The charter's pages: read it, see what changed, accept a new version."""

from collections.abc import Iterable

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.charter import services as charter
from freeco.charter.articles import articles, changes
from freeco.charter.models import CharterAcceptance
from freeco.db import db
from freeco.doors import before_charter, public
from freeco.i18n import _, language
from freeco.members.schemas import AcceptSchema
from freeco.record import reading
from freeco.record.facts import ACCEPTANCE
from freeco.web import leading
from freeco.web.forms import WHOLE, Form

pages = Blueprint("charter", __name__)


@pages.get("/charte")
@public
def read() -> ResponseReturnValue:
    """Show the charter in force, and to a member what has changed since they accepted."""
    return _show(Form.blank())


def _show(form: Form) -> ResponseReturnValue:
    text = charter.reading(language(), g.community)
    acceptances = charter.acceptances(g.member) if g.member is not None else []
    waiting = g.member is not None and not charter.has_accepted_current(g.member)
    previous = acceptances[-1].text if acceptances and waiting else None
    return (
        render_template(
            "charter/read.html",
            form=form,
            text=text,
            articles=articles(text),
            acceptances=acceptances,
            receipts=_receipts(acceptances),
            waiting=waiting,
            changes=changes(previous, text) if previous is not None else [],
        ),
        form.status,
    )


@pages.post("/charte")
@before_charter
def accept() -> ResponseReturnValue:
    """Accept the version in force, to the letter: the text that was on the screen."""
    form = Form.sent()
    taken = form.take(AcceptSchema())
    if taken is None:
        return _show(form)
    text = charter.shown_text(language(), community=g.community)
    if not taken["accepted"]:
        form.errors = {"accepted": [str(_("Cochez la case pour accepter la charte."))]}
        form.status = 422
        return _show(form)
    if taken["sha256"] != text.sha256:
        form.errors = {
            WHOLE: [str(_("La charte a changé entre-temps : relisez-la, s’il vous plaît."))]
        }
        form.status = 409
        return _show(form)
    acceptance = charter.accept(g.member, text, g.person)
    db.session.commit()
    _thank(_receipts([acceptance]).get(acceptance.id))
    return redirect(url_for("circle.home"))


def _thank(reference: str | None) -> None:
    if reference is None:  # in a rehearsal, which leaves no trace
        flash(str(_("Merci. Votre accord est enregistré.")), "good")
        return
    address = url_for("record_receipts.receipt", reference=reference)
    leading.done(_("Merci. Votre accord est enregistré."), address, _("Voir votre reçu"))


def _receipts(acceptances: Iterable[CharterAcceptance]) -> dict[int, str]:
    """Return the reference of each acceptance in the record, by its id."""
    keys = {f"{ACCEPTANCE}{each.id}": each.id for each in acceptances}
    return {keys[entry.key]: entry.reference for entry in reading.keyed(g.community, keys)}
