"""Guarantee visits: written by those who came, answered by the farm, read by the members."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import today
from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent, NotAllowed
from freeco.i18n import _
from freeco.members import membership
from freeco.web.forms import Form
from freeco_direct_sales import catalogue
from freeco_direct_sales.growing import notices, visits
from freeco_direct_sales.growing.models import Visit
from freeco_direct_sales.growing.schemas import AgreedSchema, SaidSchema, visit_schema
from freeco_direct_sales.models import Producer
from freeco_direct_sales.permissions import COORDINATE

pages = Blueprint("direct_sales_visits", __name__, template_folder="../templates")
LABELS = {
    "visited_on": _("Jour de la visite"),
    "visitors": _("Qui est venu"),
    "seen": _("Ce qui a été vu"),
    "asked": _("Ce qui est demandé à la ferme"),
    "next_due_on": _("Prochaine visite avant le"),
    "words": _("Votre texte"),
}


def _to(visit: Visit) -> ResponseReturnValue:
    return redirect(url_for("direct_sales_visits.page", visit_id=visit.id))


def _written(visit_id: int) -> Visit:
    """Return a visit that the reader writes; who only reads it may not."""
    visit = visits.find_visit(g.community, visit_id, g.member)
    if not visits.writes(visit, g.member):
        raise NotAllowed
    return visit


def _answered(visit_id: int) -> Visit:
    """Return a visit for whose farm the reader speaks."""
    visit = visits.find_visit(g.community, visit_id, g.member)
    if not visits.answers(visit, g.member):
        raise NotAllowed
    return visit


@pages.get("/producteurs/<int:producer_id>/visites/nouvelle")
@requires(COORDINATE.name)
def new_page(producer_id: int) -> ResponseReturnValue:
    """Show the form of a report."""
    producer = catalogue.find_producer(g.community, producer_id)
    return _form(producer, Form.blank(visited_on=today(g.community.timezone)), None)


@pages.post("/producteurs/<int:producer_id>/visites/nouvelle")
@requires(COORDINATE.name)
def new(producer_id: int) -> ResponseReturnValue:
    """Keep a report as a draft."""
    return _keep(catalogue.find_producer(g.community, producer_id), None)


def _form(producer: Producer, form: Form, visit: Visit | None) -> ResponseReturnValue:
    articles = visits.articles(g.community)
    return (
        render_template(
            "direct_sales/growing/visit_form.html",
            producer=producer,
            visit=visit,
            form=form,
            labels=LABELS | {f"p-{each.number}": each.title for each in articles},
            articles=articles,
            members=[
                (each.id, each.name)
                for each in membership.members_of(g.community)
                if each.person_id is not None
            ],
        ),
        form.status,
    )


def _keep(producer: Producer, visit: Visit | None) -> ResponseReturnValue:
    form, numbers = Form.sent(), [each.number for each in visits.articles(g.community)]

    def act(visited_on: date, visitors: list[int], **rest: Any) -> Visit:
        return visits.write(
            producer,
            [membership.find_member(g.community, each) for each in dict.fromkeys(visitors)],
            visited_on=visited_on,
            seen=rest["seen"],
            asked=rest["asked"],
            next_due_on=rest["next_due_on"],
            points={number: rest[f"p-{number}"] for number in numbers},
            visit=visit,
        )

    if not form.apply(visit_schema(numbers), act):
        return _form(producer, form, visit)
    flash(str(_("Le brouillon est enregistré : relisez-le, puis publiez-le.")), "good")
    return _to(form.result)


@pages.get("/visites/<int:visit_id>/modifier")
def change_page(visit_id: int) -> ResponseReturnValue:
    """Show a draft, to go on with it."""
    visit = _written(visit_id)
    if visit.published_at is not None:
        return _to(visit)
    form = Form.blank(
        visited_on=visit.visited_on,
        visitors=[str(each.member_id) for each in visit.visitors],
        seen=visit.seen,
        asked=visit.asked,
        next_due_on=visit.next_due_on,
        **{f"p-{each.article}": each.words for each in visit.points},
    )
    return _form(visit.producer, form, visit)


@pages.post("/visites/<int:visit_id>/modifier")
def change(visit_id: int) -> ResponseReturnValue:
    """Keep what was written of a draft."""
    visit = _written(visit_id)
    return _keep(visit.producer, visit)


@pages.get("/visites/<int:visit_id>")
def page(visit_id: int) -> ResponseReturnValue:
    """Show a report, with what the farm answers and what was added."""
    return _page(visits.find_visit(g.community, visit_id, g.member), Form.blank())


def _page(visit: Visit, form: Form) -> ResponseReturnValue:
    named, others = visits.names(visit)
    return (
        render_template(
            "direct_sales/growing/visit.html",
            visit=visit,
            named=named,
            others=others,
            me=visits.came(visit, g.member),
            writes=visits.writes(visit, g.member),
            answers=visits.answers(visit, g.member),
            form=form,
            labels=LABELS,
        ),
        form.status,
    )


@pages.post("/visites/<int:visit_id>/publier")
def publish(visit_id: int) -> ResponseReturnValue:
    """Let the members read it, for good."""
    visit = _written(visit_id)
    visits.publish(visit)
    notices.tell_visit(visit)
    db.session.commit()
    flash(str(_("Le compte rendu est publié. La ferme peut y répondre.")), "good")
    return _to(visit)


@pages.post("/visites/<int:visit_id>/me-nommer")
def name_me(visit_id: int) -> ResponseReturnValue:
    """Keep whether who came agrees to be named."""
    visit, form = visits.find_visit(g.community, visit_id, g.member), Form.sent()
    me = visits.came(visit, g.member)
    if me is None:
        raise Absent
    if not form.apply(AgreedSchema(), lambda agreed: visits.name_me(me, agreed=agreed)):
        return _page(visit, form)
    return _to(visit)


@pages.post("/visites/<int:visit_id>/repondre")
def answer(visit_id: int) -> ResponseReturnValue:
    """Keep what the farm answers."""
    visit, form = _answered(visit_id), Form.sent()
    if not form.apply(SaidSchema(), lambda words: visits.answer(visit, words)):
        return _page(visit, form)
    flash(str(_("Votre réponse est sous le compte rendu.")), "good")
    return _to(visit)


@pages.post("/visites/<int:visit_id>/corriger")
def add(visit_id: int) -> ResponseReturnValue:
    """Add a correction, of the visitors or of the farm."""
    visit, form = visits.find_visit(g.community, visit_id, g.member), Form.sent()
    by_farm = visits.answers(visit, g.member)
    if not by_farm and not visits.writes(visit, g.member):
        raise NotAllowed
    if not form.apply(SaidSchema(), lambda words: visits.add(visit, words, by_farm=by_farm)):
        return _page(visit, form)
    flash(str(_("La correction est ajoutée ; le texte d’avant reste.")), "good")
    return _to(visit)


@pages.post("/visites/<int:visit_id>/vitrine")
def show_to_anybody(visit_id: int) -> ResponseReturnValue:
    """Keep whether the farm agrees to have it on the page that anybody reads."""
    visit, form = _answered(visit_id), Form.sent()
    if not form.apply(AgreedSchema(), lambda agreed: visits.show_to_anybody(visit, agreed=agreed)):
        return _page(visit, form)
    return _to(visit)
