"""Distributions: the dates, the sheet to sign, the harvest lists, last-minute changes."""

import re
from datetime import date, time

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco import cells
from freeco.cells import says
from freeco.clock import now
from freeco.db import db
from freeco.doors import requires
from freeco.errors import Absent, Invalid
from freeco.i18n import _, counted, spoken
from freeco.members import membership
from freeco.members.models import TREASURER
from freeco.offline.kept import kept_offline
from freeco.web import undo
from freeco.web.downloads import pdf_answer
from freeco.web.forms import Form
from freeco.web.lists import page_of
from freeco_direct_sales import (
    catalogue,
    distributions,
    harvest_lists,
    notices,
    sheets,
    subscriptions,
)
from freeco_direct_sales.models import Distribution, Producer
from freeco_direct_sales.orders import following, on_the_table
from freeco_direct_sales.papers import print_harvest_list, print_sign_off_sheet
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.schemas import DistributionsSchema, ReasonSchema
from freeco_direct_sales.shifts import planning
from freeco_direct_sales.telling import lists, showing

pages = Blueprint("direct_sales_distributions", __name__, template_folder="templates")
HOUR = re.compile(r"([01]?[0-9]|2[0-3])[:hH]([0-5][0-9])?")


@pages.get("/distributions")
def index() -> ResponseReturnValue:
    """List the distributions to come, then the past ones."""
    return render_template(
        "direct_sales/distributions.html",
        coming=page_of(distributions.distributions_of(g.community, since=now())),
        past=list(distributions.distributions_of(g.community, until=now()))[::-1][:20],
    )


@pages.get("/distributions/nouvelles")
@requires(COORDINATE.name)
def new_page() -> ResponseReturnValue:
    """Show the form for one distribution or a season of them."""
    form = Form.blank(every_weeks=1, starts="18:30", ends="19:30")
    return render_template("direct_sales/distribution_form.html", form=form)


@pages.post("/distributions/nouvelles")
@requires(COORDINATE.name)
def new() -> ResponseReturnValue:
    """Create the distributions."""
    form = Form.sent()
    if not form.apply(DistributionsSchema(), _create):
        return render_template("direct_sales/distribution_form.html", form=form), form.status
    created = counted("%(num)s distribution créée.", "%(num)s distributions créées.", form.result)
    flash(created, "good")
    return redirect(url_for("direct_sales_distributions.index"))


def _create(
    first: date,
    last: date | None,
    every_weeks: int,
    without: str,
    starts: str,
    ends: str,
    place: str,
    note: str,
) -> int:
    problems: dict[str, list[str]] = {}
    starts_at, ends_at = _hour(starts), _hour(ends)
    if starts_at is None:
        problems["starts"] = [str(_("Écrivez l’heure ainsi : 18:30."))]
    if ends_at is None:
        problems["ends"] = [str(_("Écrivez l’heure ainsi : 19:30."))]
    if starts_at and ends_at and ends_at <= starts_at:
        problems["ends"] = [str(_("La fin vient avant le début."))]
    if last is not None and last < first:
        problems["last"] = [str(_("La dernière date vient avant la première."))]
    exceptions = _exceptions(without, problems)
    days = [first]
    if not problems and last is not None:
        days = distributions.plan_dates(first, last, every_weeks, exceptions)
        if not 1 <= len(days) <= distributions.MOST_DATES:
            problems["last"] = [str(_("Entre une et soixante dates à la fois."))]
    if problems or starts_at is None or ends_at is None:
        raise Invalid(problems)
    return len(
        distributions.create_distributions(g.community, days, starts_at, ends_at, place, note)
    )


def _hour(text: str) -> time | None:
    found = HOUR.fullmatch(text.strip())
    return time(int(found[1]), int(found[2] or 0)) if found else None


def _exceptions(text: str, problems: dict[str, list[str]]) -> list[date]:
    found = []
    for word in re.split(r"[,;\s]+", text):
        if not word:
            continue
        try:
            found.append(cells.date(word))
        except cells.BadCell as error:
            problems.setdefault("without", []).append(f"{word[:20]} : {error}")
    return found


@pages.get("/distributions/<int:distribution_id>")
@kept_offline
def page(distribution_id: int) -> ResponseReturnValue:
    """Show a distribution: what comes, who comes, and the papers to print."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    return _show(distribution, Form.blank())


def _show(distribution: Distribution, form: Form) -> ResponseReturnValue:
    deliveries = distributions.deliveries_at(distribution)
    producers = _producers(distribution)
    held = membership.permissions_of(g.member)
    return (
        render_template(
            "direct_sales/distribution.html",
            distribution=distribution,
            deliveries=deliveries,
            markets=on_the_table.sessions_at(distribution),
            weighs=bool(following.to_weigh(distribution, None)),
            producers=[
                each
                for each in producers
                if COORDINATE.name in held or catalogue.acts_for(each, g.member)
            ],
            households=page_of(_households(distribution) if COORDINATE.name in held else []),
            past=distribution.ends_at < now(),
            shifts=planning.shifts_of(distribution),
            missing=showing.words_at(distribution),
            now=now(),
            form=form,
            code=sheets.code(distribution),
        ),
        form.status,
    )


def _producers(distribution: Distribution) -> list[Producer]:
    """Return who brings something, by contract or because it was ordered."""
    by_contract = (each.contract.producer for each in distributions.deliveries_at(distribution))
    return list(dict.fromkeys([*by_contract, *on_the_table.producers_at(distribution)]))


def _households(distribution: Distribution) -> list[tuple[str, int, int, str]]:
    """Return who could be changed: household, subscription, delivery, contract."""
    words = request.args.get("q", "").strip()
    found = [
        (each.household.name, each.id, delivery.id, delivery.contract.name)
        for delivery in distributions.deliveries_at(distribution)
        for each in subscriptions.subscriptions_to(delivery.contract)
        if not words or says(words, each.household.name)
    ]
    return sorted(found, key=lambda each: (each[0].casefold(), each[3].casefold()))


@pages.get("/distributions/<int:distribution_id>/emargement")
@requires(COORDINATE.name, TREASURER)
@kept_offline
def sheet(distribution_id: int) -> ResponseReturnValue:
    """Show the sign-off sheet on a screen; it prints as it stands."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    return render_template(
        "direct_sales/sheet.html",
        distribution=distribution,
        sheet=sheets.sign_off_sheet(distribution),
    )


@pages.get("/distributions/<int:distribution_id>/emargement.pdf")
@requires(COORDINATE.name, TREASURER)
def sheet_pdf(distribution_id: int) -> ResponseReturnValue:
    """Give the sign-off sheet as PDF; ``?caracteres=grands`` for tired eyes."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    large = request.args.get("caracteres") == "grands"
    with spoken("fr"):
        content = print_sign_off_sheet(sheets.sign_off_sheet(distribution), large_type=large)
    return pdf_answer(content, f"emargement-{sheets.code(distribution)}.pdf")


@pages.post("/distributions/<int:distribution_id>/imprimee")
@requires(COORDINATE.name)
def note_print(distribution_id: int) -> ResponseReturnValue:
    """Note that the sheet and the lists are final: later changes will be marked."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    harvest_lists.note_print(distribution)
    for producer in _producers(distribution):
        harvest_lists.note_print(distribution, producer)
    db.session.commit()
    flash(str(_("Noté : ce qui change à partir de maintenant sera marqué « modifié ».")), "good")
    return redirect(url_for("direct_sales_distributions.page", distribution_id=distribution.id))


@pages.get("/distributions/<int:distribution_id>/recolte/<int:producer_id>")
@kept_offline
def harvest(distribution_id: int, producer_id: int) -> ResponseReturnValue:
    """Show what one producer brings."""
    distribution, producer = _harvest_allowed(distribution_id, producer_id)
    return render_template(
        "direct_sales/harvest.html",
        distribution=distribution,
        producer=producer,
        harvest=harvest_lists.harvest_list(distribution, producer),
        sent=lists.last_told(distribution, producer),
    )


def _harvest_allowed(distribution_id: int, producer_id: int) -> tuple[Distribution, Producer]:
    distribution = distributions.find_distribution(g.community, distribution_id)
    producer = catalogue.find_producer(g.community, producer_id)
    held = membership.permissions_of(g.member)
    if COORDINATE.name in held or catalogue.acts_for(producer, g.member):
        return distribution, producer
    raise Absent


@pages.get("/distributions/<int:distribution_id>/recolte/<int:producer_id>.pdf")
def harvest_pdf(distribution_id: int, producer_id: int) -> ResponseReturnValue:
    """Give what one producer brings as PDF."""
    distribution, producer = _harvest_allowed(distribution_id, producer_id)
    with spoken("fr"):
        content = print_harvest_list(harvest_lists.harvest_list(distribution, producer))
    return pdf_answer(content, f"recolte-{sheets.code(distribution)}.pdf")


@pages.post("/distributions/<int:distribution_id>/livraisons/<int:delivery_id>/annuler")
@requires(COORDINATE.name)
def cancel(distribution_id: int, delivery_id: int) -> ResponseReturnValue:
    """Cancel a delivery and tell the households why."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    delivery = distributions.find_delivery(distribution, delivery_id)
    form = Form.sent()

    def act(reason: str) -> int:
        people = distributions.cancel_delivery(delivery, reason)
        return notices.tell_cancelled(delivery, people)

    if not form.apply(ReasonSchema(), act):
        return _show(distribution, form)
    told = counted(
        "Livraison annulée ; %(num)s personne prévenue.",
        "Livraison annulée ; %(num)s personnes prévenues.",
        form.result,
    )
    restoring = url_for(
        "direct_sales_distributions.restore",
        distribution_id=distribution.id,
        delivery_id=delivery.id,
    )
    undo.done(told, restoring)
    return redirect(url_for("direct_sales_distributions.page", distribution_id=distribution.id))


@pages.post("/distributions/<int:distribution_id>/livraisons/<int:delivery_id>/retablir")
@requires(COORDINATE.name)
def restore(distribution_id: int, delivery_id: int) -> ResponseReturnValue:
    """Undo a cancellation and tell the households."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    delivery = distributions.find_delivery(distribution, delivery_id)
    people = distributions.restore_delivery(delivery)
    notices.tell_restored(delivery, people)
    db.session.commit()
    flash(str(_("La livraison est rétablie, et les foyers prévenus.")), "good")
    return redirect(url_for("direct_sales_distributions.page", distribution_id=distribution.id))
