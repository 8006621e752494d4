"""The charter's pages: read it, see what changed, accept a new version."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.charter import services as charter
from freeco.db import db
from freeco.doors import before_charter, public
from freeco.i18n import _, language
from freeco.members.schemas import AcceptSchema
from freeco.web.forms import WHOLE, Form

pages = Blueprint("charter", __name__)


@pages.get("/charte")
@public
def read() -> ResponseReturnValue:
    """Show the charter in force, and to a member what has changed since they accepted."""
    return _show(Form.blank())


def _show(form: Form) -> ResponseReturnValue:
    text = charter.reading(language())
    acceptances = charter.acceptances(g.member) if g.member is not None else []
    waiting = g.member is not None and not charter.has_accepted_current(g.member)
    previous = acceptances[-1].text if acceptances and waiting else None
    return (
        render_template(
            "charter/read.html",
            form=form,
            text=text,
            articles=charter.articles(text),
            acceptances=acceptances,
            waiting=waiting,
            changes=charter.changes(previous, text) if previous is not None else [],
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
    text = charter.shown_text(language())
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
    charter.accept(g.member, text, g.person)
    db.session.commit()
    flash(str(_("Merci. Votre accord est enregistré.")), "good")
    return redirect(url_for("circle.home"))
