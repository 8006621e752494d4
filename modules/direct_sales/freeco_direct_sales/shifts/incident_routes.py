"""What was wrong with a basket: told, answered, settled, between those it concerns."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.errors import NotAllowed
from freeco.i18n import _
from freeco.members import households, membership
from freeco.members.models import Household
from freeco.web.forms import Form
from freeco.web.lists import page_of_query
from freeco_direct_sales import catalogue, distributions
from freeco_direct_sales.collection import expected_household
from freeco_direct_sales.errors import NotOnTheList
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.permissions import AT_THE_TABLE, COORDINATE
from freeco_direct_sales.schemas import row_id
from freeco_direct_sales.shifts import incidents, notices
from freeco_direct_sales.shifts.incident_models import Incident, IncidentKind
from freeco_direct_sales.shifts.schemas import AnswerSchema, IncidentSchema

pages = Blueprint("direct_sales_incidents", __name__, template_folder="../templates")
LABELS = {
    "producer": _("Producteur"),
    "kind": _("Ce qui n’allait pas"),
    "words": _("En quelques mots"),
}


@pages.get("/signalements")
def index() -> ResponseReturnValue:
    """List what concerns me; ``?producteur=`` for one producer."""
    asked = row_id(request.args.get("producteur", ""))
    producer = catalogue.find_producer(g.community, asked) if asked is not None else None
    coordinates = membership.holds(g.member, COORDINATE.name)
    mine = catalogue.represented_by(g.community, g.member)
    return render_template(
        "direct_sales/shifts/incidents.html",
        shown=page_of_query(incidents.incidents_query(g.community, g.member, producer)),
        producer=producer,
        producers=catalogue.producers_of(g.community) if coordinates else mine,
        kinds=incidents.KINDS,
        states=incidents.STATES,
    )


@pages.get("/distributions/<int:distribution_id>/signaler")
def report_page(distribution_id: int) -> ResponseReturnValue:
    """Show the form; ``?foyer=`` for who stands at the table."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    household = _household(distribution, row_id(request.args.get("foyer", "")))
    return _form(distribution, household, Form.blank(kind=IncidentKind.MISSING.value))


def _household(distribution: Distribution, asked: int | None) -> Household:
    """Return the reader's household, or, at the table, the one that stands there."""
    mine = households.find_household(g.member)
    if asked is None or (mine is not None and mine.id == asked):
        if mine is None:
            raise NotOnTheList
        return mine
    if not membership.permissions_of(g.member) & frozenset(AT_THE_TABLE):
        raise NotAllowed
    return expected_household(distribution, asked)


def _form(distribution: Distribution, household: Household, form: Form) -> ResponseReturnValue:
    mine = households.find_household(g.member)
    producers = incidents.producers_at(distribution)
    if len(producers) == 1:
        form.values.setdefault("producer", str(producers[0].id))
    return (
        render_template(
            "direct_sales/shifts/incident_form.html",
            distribution=distribution,
            household=household,
            own=mine is not None and mine.id == household.id,
            producers=[(each.id, each.name) for each in producers],
            kinds=list(incidents.KINDS.items()),
            form=form,
            labels=LABELS,
        ),
        form.status,
    )


@pages.post("/distributions/<int:distribution_id>/signaler")
def report(distribution_id: int) -> ResponseReturnValue:
    """Tell the producer and the coordinators."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    form = Form.sent()
    household = _household(distribution, row_id(str(form.values.get("household", ""))))

    def act(producer: int, kind: str, words: str, **_household: int | None) -> Incident:
        found = incidents.report(
            distribution,
            household,
            g.member,
            catalogue.find_producer(g.community, producer),
            IncidentKind(kind),
            words,
        )
        notices.tell_incident(found)
        return found

    if not form.apply(IncidentSchema(), act):
        return _form(distribution, household, form)
    flash(str(_("C’est transmis au producteur et à la coordination.")), "good")
    if not incidents.concerns(form.result, g.member):
        return redirect(url_for("direct_sales_collection.page", distribution_id=distribution.id))
    return redirect(url_for("direct_sales_incidents.page", incident_id=form.result.id))


@pages.get("/signalements/<int:incident_id>")
def page(incident_id: int) -> ResponseReturnValue:
    """Show what was wrong and what was answered."""
    return _show(incidents.find_incident(g.community, incident_id, g.member), Form.blank())


def _show(incident: Incident, form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/shifts/incident.html",
            incident=incident,
            form=form,
            labels=LABELS,
            kinds=incidents.KINDS,
            states=incidents.STATES,
            may_settle=incidents.may_settle(incident, g.member),
        ),
        form.status,
    )


@pages.post("/signalements/<int:incident_id>/repondre")
def answer(incident_id: int) -> ResponseReturnValue:
    """Answer in words."""
    incident = incidents.find_incident(g.community, incident_id, g.member)
    form = Form.sent()

    def act(words: str) -> None:
        notices.tell_answer(incidents.answer(incident, g.member, words))

    if not form.apply(AnswerSchema(), act):
        return _show(incident, form)
    flash(str(_("La réponse est partie.")), "good")
    return redirect(url_for("direct_sales_incidents.page", incident_id=incident_id))


@pages.post("/signalements/<int:incident_id>/regler")
def settle(incident_id: int) -> ResponseReturnValue:
    """Say that the matter is settled."""
    incident = incidents.find_incident(g.community, incident_id, g.member)
    if not incidents.may_settle(incident, g.member):
        raise NotAllowed
    incidents.settle(incident)
    db.session.commit()
    flash(str(_("C’est réglé.")), "good")
    return redirect(url_for("direct_sales_incidents.page", incident_id=incident_id))
