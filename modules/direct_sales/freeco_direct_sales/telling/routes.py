"""When a producer is told what to bring, and whom the coordinators telephone."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent
from freeco.i18n import _, counted
from freeco.members import membership
from freeco.web.forms import Form
from freeco_direct_sales import catalogue
from freeco_direct_sales.models import Producer
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.telling import calls, concerned, notices, wishes
from freeco_direct_sales.telling.schemas import WishSchema
from freeco_direct_sales.telling.wishes import When, Wish

pages = Blueprint("direct_sales_telling", __name__, template_folder="../templates")
LABELS = {
    "days_before": _("Jour de la liste"),
    "hour": _("Heure de la liste"),
    "changes_days_before": _("Jour des changements"),
    "changes_hour": _("Heure des changements"),
}


def find_own(producer_id: int) -> Producer:
    """Return a producer for whom the reader acts, or any for a coordinator; else raise Absent."""
    producer = catalogue.find_producer(g.community, producer_id)
    if COORDINATE.name in membership.permissions_of(g.member):
        return producer
    if catalogue.acts_for(producer, g.member):
        return producer
    raise Absent


@pages.get("/producteurs/<int:producer_id>/liste-envoyee")
def wish_page(producer_id: int) -> ResponseReturnValue:
    """Show when the harvest list is sent, to whom, and by which way."""
    producer = find_own(producer_id)
    wish = wishes.wish_of(producer)
    return _wish(
        producer,
        Form.blank(
            wanted="1" if wish.wanted else "",
            days_before=wish.listed.days_before,
            hour=wish.listed.hour,
            changes_wanted="1" if wish.changes_wanted else "",
            changes_days_before=wish.changes.days_before,
            changes_hour=wish.changes.hour,
        ),
    )


def _wish(producer: Producer, form: Form) -> ResponseReturnValue:
    wish = wishes.wish_of(producer)
    coming = next(iter(concerned.coming_dates(producer)), None)
    return (
        render_template(
            "direct_sales/telling/wish.html",
            producer=producer,
            form=form,
            labels=LABELS,
            days=[(many, _days_words(many)) for many in range(wishes.MOST_DAYS + 1)],
            hours=[(hour, str(_("%(hour)s h", hour=hour))) for hour in range(24)],
            people=[(each, notices.ways_to(each)) for each in notices.people_of(producer)],
            coming=coming,
            listed_at=wish.listed.of(coming) if coming and wish.wanted else None,
        ),
        form.status,
    )


def _days_words(many: int) -> str:
    if many == 0:
        return str(_("le jour même"))
    if many == 1:
        return str(_("la veille"))
    return counted("%(num)s jour avant", "%(num)s jours avant", many)


@pages.post("/producteurs/<int:producer_id>/liste-envoyee")
def choose_wish(producer_id: int) -> ResponseReturnValue:
    """Keep when the harvest list is sent."""
    producer = find_own(producer_id)
    form = Form.sent()

    def act(
        *,
        wanted: bool,
        days_before: int,
        hour: int,
        changes_wanted: bool,
        changes_days_before: int,
        changes_hour: int,
    ) -> None:
        listed, changes = When(days_before, hour), When(changes_days_before, changes_hour)
        wishes.choose(producer, Wish(listed, changes, wanted, changes_wanted))

    if not form.apply(WishSchema(), act):
        return _wish(producer, form)
    flash(str(_("C’est noté.")), "good")
    return redirect(url_for("direct_sales_telling.wish_page", producer_id=producer.id))


@pages.get("/producteurs/a-appeler")
@requires(COORDINATE.name)
def calls_page() -> ResponseReturnValue:
    """List the producers to telephone, and what to tell them."""
    return render_template("direct_sales/telling/calls.html", calls=calls.to_call(g.community))


@pages.post("/producteurs/a-appeler/<int:telling_id>")
@requires(COORDINATE.name)
def say(telling_id: int) -> ResponseReturnValue:
    """Note that a producer was told by telephone, or take it back."""
    calls.note_said(g.community, telling_id, g.member, said_now=bool(request.form.get("said")))
    db.session.commit()
    return redirect(url_for("direct_sales_telling.calls_page"))
