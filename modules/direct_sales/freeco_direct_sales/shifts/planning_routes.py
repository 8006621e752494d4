"""Preparing shifts, and who has done how many: for coordinators."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import now
from freeco.db import db
from freeco.doors import requires
from freeco.errors import Invalid
from freeco.events import publish
from freeco.i18n import _, counted, said
from freeco.members import membership
from freeco.web.forms import Form
from freeco_direct_sales import distributions
from freeco_direct_sales.models import Distribution
from freeco_direct_sales.permissions import COORDINATE
from freeco_direct_sales.schemas import row_id
from freeco_direct_sales.shifts import asking, counting, notices, planning, signing
from freeco_direct_sales.shifts.events import ShiftFreed
from freeco_direct_sales.shifts.models import Shift, ShiftSeason
from freeco_direct_sales.shifts.schemas import (
    MissedSchema,
    RoleSchema,
    SeasonSchema,
    need_fields,
    needs,
    needs_schema,
)

pages = Blueprint("direct_sales_shift_planning", __name__, template_folder="../templates")
MOST_NAMES = 12
"""How many of those who could come are named at once."""
LABELS = {
    "name": _("Nom du rôle"),
    "starts_on": _("Premier jour"),
    "ends_on": _("Dernier jour"),
    "quota": _("Permanences par foyer"),
    "chosen": _("Distributions"),
}


@pages.get("/permanences/reglages")
@requires(COORDINATE.name)
def settings() -> ResponseReturnValue:
    """Show the roles and how many shifts each household does."""
    return _settings(Form.blank(**_season_values()))


def _season_values() -> dict[str, Any]:
    season = planning.season_at(g.community)
    if season is None:
        return {}
    return {
        "starts_on": season.starts_on.isoformat(),
        "ends_on": season.ends_on.isoformat(),
        "quota": season.quota,
    }


def _settings(form: Form) -> ResponseReturnValue:
    return (
        render_template(
            "direct_sales/shifts/settings.html",
            form=form,
            labels=LABELS,
            roles=planning.roles_of(g.community),
            seasons=planning.seasons_of(g.community),
        ),
        form.status,
    )


@pages.post("/permanences/roles")
@requires(COORDINATE.name)
def add_role() -> ResponseReturnValue:
    """Add a role."""
    form = Form.sent()

    def act(name: str, explanation: str) -> None:
        planning.add_role(g.community, name, explanation)

    if not form.apply(RoleSchema(), act):
        form.values |= _season_values()
        return _settings(form)
    flash(str(_("Le rôle est ajouté.")), "good")
    return redirect(url_for("direct_sales_shift_planning.settings"))


@pages.post("/permanences/roles/<int:role_id>/retirer")
@requires(COORDINATE.name)
def retire_role(role_id: int) -> ResponseReturnValue:
    """Propose a role no more."""
    planning.retire_role(planning.find_role(g.community, role_id))
    db.session.commit()
    flash(str(_("Ce rôle n’est plus proposé. Ce qui est prévu reste prévu.")), "good")
    return redirect(url_for("direct_sales_shift_planning.settings"))


@pages.post("/permanences/saison")
@requires(COORDINATE.name)
def set_season() -> ResponseReturnValue:
    """Say how many shifts each household does, and from when to when."""
    form = Form.sent()

    def act(starts_on: date, ends_on: date, quota: int) -> None:
        planning.set_season(g.community, starts_on, ends_on, quota)

    if not form.apply(SeasonSchema(), act):
        return _settings(form)
    flash(str(_("La saison est enregistrée.")), "good")
    return redirect(url_for("direct_sales_shift_planning.settings"))


@pages.get("/permanences/preparer")
@requires(COORDINATE.name)
def prepare_page() -> ResponseReturnValue:
    """Show the form of who is needed; ``?distribution=`` for one, else the season ahead."""
    only = row_id(request.args.get("distribution", ""))
    one = distributions.find_distribution(g.community, only) if only is not None else None
    model = one if one is not None and planning.needs_of(one) else None
    model = model or planning.latest_prepared(g.community)
    before = planning.needs_of(model) if model is not None else {}
    coming = _coming()
    prepared = planning.prepared_among(each.id for each in coming)
    values: dict[str, Any] = {
        "chosen": [each.id for each in coming if not prepared.get(each.id)]
        if one is None
        else [one.id]
    }
    for role in planning.roles_of(g.community):
        number, starts, ends = need_fields(role)
        need = before.get(role.id)
        values[number] = need.places if need else 1
        values[starts] = f"{need.starts:%H:%M}" if need else "18:30"
        values[ends] = f"{need.ends:%H:%M}" if need else "19:30"
    return _prepare(Form(values))


def _coming() -> list[Distribution]:
    return list(distributions.distributions_of(g.community, since=now()))[: planning.ONCE]


def _prepare(form: Form) -> ResponseReturnValue:
    coming = _coming()
    return (
        render_template(
            "direct_sales/shifts/prepare.html",
            form=form,
            labels=LABELS,
            roles=planning.roles_of(g.community),
            coming=coming,
            prepared=planning.prepared_among(each.id for each in coming),
            need_fields=need_fields,
        ),
        form.status,
    )


@pages.post("/permanences/preparer")
@requires(COORDINATE.name)
def prepare() -> ResponseReturnValue:
    """Write who is needed at every distribution that was ticked."""
    form = Form.sent()
    roles = planning.roles_of(g.community)

    def act(chosen: list[int], **taken: Any) -> int:
        if not chosen:
            raise Invalid({"chosen": [str(_("Cochez au moins une date."))]})
        wanted = needs(roles, taken)
        wrong = {
            need_fields(role)[2]: [str(_("La fin vient avant le début."))]
            for role, need in wanted.items()
            if need.ends <= need.starts
        }
        if wrong:
            raise Invalid(wrong)
        moved: list[Shift] = []
        for each in chosen[: planning.ONCE]:
            there = distributions.find_distribution(g.community, each)
            moved += planning.set_shifts(there, wanted)
        for shift in moved:
            notices.tell_moved(shift)
        return len(chosen)

    if not form.apply(needs_schema(roles), act):
        return _prepare(form)
    flash(
        counted(
            "Les permanences de %(num)s distribution sont prêtes.",
            "Les permanences de %(num)s distributions sont prêtes.",
            form.result,
        ),
        "good",
    )
    return redirect(url_for("direct_sales_shifts.index"))


@pages.get("/distributions/<int:distribution_id>/permanences")
@requires(COORDINATE.name)
def duty(distribution_id: int) -> ResponseReturnValue:
    """Show who is on duty at a distribution, who could be asked, and who was missing."""
    distribution = distributions.find_distribution(g.community, distribution_id)
    shifts = planning.shifts_of(distribution)
    gap = next((each for each in shifts if each.free and each.starts_at > now()), None)
    to_ask = counting.people_to_ask(gap)[:MOST_NAMES] if gap is not None else []
    return render_template(
        "direct_sales/shifts/duty.html",
        distribution=distribution,
        shifts=shifts,
        gap=gap,
        to_ask=to_ask,
        asked=asking.asked(gap, to_ask) if gap is not None else (),
        now=now(),
    )


@pages.post("/permanences/<int:shift_id>/demander/<int:member_id>")
@requires(COORDINATE.name)
def ask(shift_id: int, member_id: int) -> ResponseReturnValue:
    """Ask somebody by name to take a place that is free."""
    shift = planning.find_shift(g.community, shift_id)
    member = membership.find_member(g.community, member_id)
    asking.ask(shift, member)
    db.session.commit()
    flash(
        said("%(name)s reçoit votre demande, avec la page où répondre.", name=member.name), "good"
    )
    return redirect(
        url_for("direct_sales_shift_planning.duty", distribution_id=shift.distribution_id)
    )


@pages.post("/permanences/<int:shift_id>/inscrits/<int:signup_id>/absence")
@requires(COORDINATE.name)
def note_missed(shift_id: int, signup_id: int) -> ResponseReturnValue:
    """Note that somebody did not come, or take it back."""
    shift = planning.find_shift(g.community, shift_id)
    signup = signing.find_signup(shift, signup_id)
    form = Form.sent()

    def act(*, missed: bool) -> None:
        signing.note_missed(signup, missed=missed)

    if not form.apply(MissedSchema(), act):
        flash(" ".join(each for found in form.errors.values() for each in found), "bad")
    return redirect(
        url_for("direct_sales_shift_planning.duty", distribution_id=shift.distribution_id)
    )


@pages.post("/permanences/<int:shift_id>/inscrits/<int:signup_id>/liberer")
@requires(COORDINATE.name)
def free(shift_id: int, signup_id: int) -> ResponseReturnValue:
    """Free the place of somebody who telephoned; a stand-in is sought as ever."""
    shift = planning.find_shift(g.community, shift_id)
    signup = signing.find_signup(shift, signup_id)
    if signing.withdraw(signup):
        publish(ShiftFreed(community_id=g.community.id, signup_id=signup.id))
        flash(str(_("La place est libre ; ceux qui peuvent venir sont prévenus.")), "good")
    db.session.commit()
    return redirect(
        url_for("direct_sales_shift_planning.duty", distribution_id=shift.distribution_id)
    )


@pages.get("/permanences/bilan")
@requires(COORDINATE.name)
def table() -> ResponseReturnValue:
    """Show who has done how many this season; it prints as it stands."""
    seasons = planning.seasons_of(g.community)
    season: ShiftSeason | None = planning.season_at(g.community)
    asked = request.args.get("saison", "")
    season = next((each for each in seasons if str(each.id) == asked), season)
    return render_template(
        "direct_sales/shifts/table.html",
        seasons=seasons,
        season=season,
        rows=counting.table(season) if season is not None else [],
    )
