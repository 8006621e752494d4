"""The mail as its stewards see it: what waits, what came back, when the weekly letter leaves."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import requires
from freeco.i18n import _, counted
from freeco.mail import post_office
from freeco.members.models import STEWARD
from freeco.notifications import digests
from freeco.notifications.schemas import DigestTimeSchema
from freeco.web.forms import Form

pages = Blueprint("post_office", __name__)
WEEKDAYS = (
    _("Lundi"),
    _("Mardi"),
    _("Mercredi"),
    _("Jeudi"),
    _("Vendredi"),
    _("Samedi"),
    _("Dimanche"),
)


@pages.get("/avis/courrier")
@requires(STEWARD)
def home() -> ResponseReturnValue:
    """Show the letters that wait and the addresses that fail."""
    weekday, hour = digests.digest_time(g.community)
    return _show(Form.blank(weekday=weekday, hour=hour))


def _show(form: Form) -> ResponseReturnValue:
    page = render_template(
        "notifications/post_office.html",
        form=form,
        waiting=post_office.waiting(g.community),
        failing=post_office.failing(g.community),
        weekdays=list(enumerate(WEEKDAYS)),
    )
    return page, form.status


@pages.post("/avis/courrier/reessayer")
@requires(STEWARD)
def retry() -> ResponseReturnValue:
    """Have every waiting letter tried at the next tick, those given up too."""
    number = post_office.retry(g.community)
    db.session.commit()
    words = counted(
        "%(num)s lettre repart dans un instant.",
        "%(num)s lettres repartent dans un instant.",
        number,
    )
    flash(words, "good")
    return redirect(url_for("post_office.home"))


@pages.post("/avis/courrier/jour")
@requires(STEWARD)
def choose_time() -> ResponseReturnValue:
    """Choose when the weekly letter leaves."""
    form = Form.sent()

    def act(weekday: int, hour: int) -> None:
        digests.choose_digest_time(g.community, weekday, hour)

    if not form.apply(DigestTimeSchema(), act):
        return _show(form)
    flash(str(_("Le jour de la lettre est enregistré.")), "good")
    return redirect(url_for("post_office.home"))
