"""Services that were ordered: a date is agreed, and both sides say that it is done."""

from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.i18n import _
from freeco.web.forms import Form
from freeco.web.lists import page_of
from freeco_direct_sales import wording
from freeco_direct_sales.growing import notices, services
from freeco_direct_sales.growing.schemas import ServiceDaySchema

pages = Blueprint("direct_sales_services", __name__, template_folder="../templates")


@pages.get("/services")
def index() -> ResponseReturnValue:
    """List the services that concern the reader."""
    return _page(Form.blank(), 0)


def _page(form: Form, line_id: int) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/growing/services.html",
            shown=page_of(services.ordered_by(g.community, g.member)),
            sides=lambda each: services.speaks_for(each, g.member),
            blank=Form.blank(),
            form=form,
            wrong=line_id,
            wording=wording,
        ),
        form.status,
    )


@pages.post("/services/<int:line_id>/date")
def agree(line_id: int) -> ResponseReturnValue:
    """Keep the day that was agreed."""
    found, form = services.find(g.community, line_id, g.member), Form.sent()

    def act(agreed_on: date) -> None:
        before = found.agreed_on
        service = services.agree_on(found, agreed_on, g.member)
        if before != agreed_on:
            notices.tell_agreed(found, service, g.member)

    if not form.apply(ServiceDaySchema(), act):
        return _page(form, line_id)
    flash(str(_("Le jour est noté.")), "good")
    return redirect(url_for("direct_sales_services.index"))


@pages.post("/services/<int:line_id>/fait")
def done(line_id: int) -> ResponseReturnValue:
    """Say that it was done."""
    found = services.find(g.community, line_id, g.member)
    service = services.say_done(found, g.member)
    both = service.household_done_at and service.producer_done_at
    db.session.commit()
    words = (
        _("Les deux l’ont dit : le montant est fixé.")
        if both
        else _("Noté. Le montant est fixé quand l’autre l’aura dit aussi.")
    )
    flash(str(words), "good")
    return redirect(url_for("direct_sales_services.index"))
