"""The season on one page, the notes, charges that change hands, and the exercises."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import today
from freeco.db import db
from freeco.doors import held_here, requires
from freeco.errors import Absent
from freeco.i18n import _, month
from freeco.kernel import kernel
from freeco.members import membership
from freeco.members.models import STEWARD, TREASURER
from freeco.members.permissions import OWN_PERMISSIONS
from freeco.web.forms import Form
from freeco_direct_sales.handover import exercises, notes, notices, passing, seeing, to_do
from freeco_direct_sales.handover.schemas import HandOverSchema, NotesSchema
from freeco_direct_sales.permissions import COORDINATE

pages = Blueprint("direct_sales_handover", __name__, template_folder="../templates")


@pages.get("/saison")
@requires(COORDINATE.name)
def season() -> ResponseReturnValue:
    """Show where the whole season stands, and what is to be done next."""
    found = seeing.see(g.community)
    return render_template(
        "direct_sales/handover/season.html",
        season=found,
        terms=to_do.terms(g.community, found, held_here()),
        note=notes.latest(g.community),
        leaving=passing.coming(g.community),
        charges=_charges(),
        may_money=TREASURER in held_here(),
        exercises=exercises.exercises(g.community),
        month_of=month,
        today=today(g.community.timezone),
        over=seeing.over,
    )


def _charges() -> dict[str, object]:
    modules = kernel().plugins.modules.values()
    every = [*OWN_PERMISSIONS, *(each for module in modules for each in module.permissions)]
    return {each.name: each.label for each in every}


@pages.get("/saison/notes")
@requires(COORDINATE.name)
def notes_page() -> ResponseReturnValue:
    """Show the notes to write, and how they stood before."""
    last = notes.latest(g.community)
    return _notes(
        Form.blank(
            words=last.words if last is not None else "",
            seen=last.version if last is not None else 0,
        )
    )


def _notes(form: Form) -> ResponseReturnValue:
    page = render_template(
        "direct_sales/handover/notes.html", form=form, versions=notes.versions(g.community)
    )
    return page, form.status


@pages.post("/saison/notes")
@requires(COORDINATE.name)
def write_notes() -> ResponseReturnValue:
    """Keep the notes."""
    form = Form.sent()
    if not form.apply(NotesSchema(), lambda words, seen: notes.write(g.member, words, seen=seen)):
        last = notes.latest(g.community)
        form.values["seen"] = last.version if last is not None else 0
        return _notes(form)
    flash(str(_("Les notes sont enregistrées.")), "good")
    return redirect(url_for("direct_sales_handover.season", _anchor="notes"))


@pages.get("/saison/passer")
@requires(COORDINATE.name)
def hand_over_page() -> ResponseReturnValue:
    """Show the form by which somebody takes over."""
    return _hand_over(Form.blank())


def _hand_over(form: Form) -> ResponseReturnValue:
    people = [
        (each.id, each.name)
        for each in membership.members_of(g.community)
        if each.person is not None and each.id != g.member.id
    ]
    page = render_template(
        "direct_sales/handover/hand_over.html",
        form=form,
        people=people,
        charges=passing.own(g.member),
        standing=passing.standing_of(g.member),
        labels=_charges(),
        may=STEWARD in held_here(),
        stewards=membership.stewards(g.community),
    )
    return page, form.status


@pages.post("/saison/passer")
@requires(STEWARD)
def hand_over() -> ResponseReturnValue:
    """Give the chosen charges to a newcomer, and give one's own back on a day."""
    form = Form.sent()

    def act(member: int, charges: Sequence[str], gives_back_on: date) -> None:
        newcomer = membership.find_member(g.community, member)
        found = passing.hand_over(g.member, newcomer, charges, gives_back_on)
        notices.tell_newcomer(found, g.member, gives_back_on)

    if not form.apply(HandOverSchema(), act):
        return _hand_over(form)
    flash(str(_("C’est fait : la personne tient ces charges dès maintenant.")), "good")
    return redirect(url_for("direct_sales_handover.hand_over_page"))


@pages.post("/saison/passer/<int:handing_id>/garder")
@requires(COORDINATE.name, STEWARD)
def keep(handing_id: int) -> ResponseReturnValue:
    """Keep one's charge after all."""
    passing.keep(g.member, handing_id)
    db.session.commit()
    flash(str(_("Vous gardez cette charge.")), "good")
    return redirect(url_for("direct_sales_handover.hand_over_page"))


@pages.get("/saison/exercices")
@requires(COORDINATE.name, TREASURER)
def exercises_page() -> ResponseReturnValue:
    """Show what to try in a rehearsal, and what was done already."""
    found = exercises.exercises(g.community)
    if not found:
        raise Absent
    return render_template("direct_sales/handover/exercises.html", exercises=found)
