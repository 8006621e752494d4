"""Shifts for every member: where hands are needed, coming, not coming, asking somebody."""

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from freeco.clock import now
from freeco.db import db
from freeco.errors import Refusal
from freeco.events import publish
from freeco.i18n import _
from freeco.members import households, membership
from freeco.members.models import Member
from freeco.web.forms import WHOLE, Form
from freeco.web.lists import page_of
from freeco_direct_sales import distributions
from freeco_direct_sales.shifts import counting, notices, planning, signing
from freeco_direct_sales.shifts.events import ShiftFreed
from freeco_direct_sales.shifts.models import Shift, ShiftSignup
from freeco_direct_sales.shifts.schemas import OfferSchema
from freeco_direct_sales.shifts.wording import when

pages = Blueprint("direct_sales_shifts", __name__, template_folder="../templates")


@pages.app_template_filter("direct_sales_shift_hours")
def _shift_hours(shift: Shift) -> str:
    return when(shift)


@pages.get("/permanences")
def index() -> ResponseReturnValue:
    """Show where hands are needed, what I do, and how much is left for my household."""
    coming = page_of(distributions.distributions_of(g.community, since=now()), size=12)
    found: dict[int, list[Shift]] = {each.id: [] for each in coming.rows}
    for shift in planning.shifts_query(found):
        if shift.places or shift.on_duty:
            found[shift.distribution_id].append(shift)
    season = planning.season_at(g.community)
    mine = signing.signups_of(g.member)
    return render_template(
        "direct_sales/shifts/index.html",
        days=[(each, found[each.id]) for each in coming.rows if found[each.id]],
        coming=coming,
        season=season,
        tally=counting.tally_of(households.find_household(g.member), season),
        mine=[each for each in mine if each.shift.ends_at > now()],
        done=[each for each in mine if each.shift.ends_at <= now()][::-1][:20],
        asked=signing.offered_to(g.member),
        now=now(),
    )


@pages.get("/permanences/<int:shift_id>")
def page(shift_id: int) -> ResponseReturnValue:
    """Show one shift and its one button; reading it changes nothing."""
    return _show(planning.find_shift(g.community, shift_id), Form.blank())


def _show(shift: Shift, form: Form) -> ResponseReturnValue:
    mine = signing.standing(shift, g.member)
    others = membership.members_of(g.community) if mine is not None else []
    there = {each.member_id for each in shift.on_duty}
    return (
        render_template(
            "direct_sales/shifts/shift.html",
            shift=shift,
            form=form,
            mine=mine,
            asked=_asked(shift),
            members=[
                (each.id, each.name)
                for each in others
                if each.person is not None and each.id not in there
            ],
            past=shift.starts_at <= now(),
        ),
        form.status,
    )


def _asked(shift: Shift) -> ShiftSignup | None:
    return next((each for each in shift.on_duty if each.offered_to_id == g.member.id), None)


def _refused(shift_id: int, refusal: Refusal) -> ResponseReturnValue:
    """Show the shift as it is now, with why not."""
    db.session.rollback()
    form = Form.blank()
    form.errors, form.status = {WHOLE: [str(refusal)]}, refusal.status
    db.session.expire_all()
    return _show(planning.find_shift(g.community, shift_id), form)


def _act(shift_id: int, act: Callable[[Shift], object]) -> ResponseReturnValue:
    shift = planning.find_shift(g.community, shift_id)
    try:
        act(shift)
    except Refusal as refusal:
        return _refused(shift_id, refusal)
    db.session.commit()
    if request.form.get("retour") == "permanences":
        return redirect(url_for("direct_sales_shifts.index"))
    if request.form.get("retour") == "distribution":
        there = shift.distribution_id
        return redirect(url_for("direct_sales_distributions.page", distribution_id=there))
    return redirect(url_for("direct_sales_shifts.page", shift_id=shift_id))


@pages.post("/permanences/<int:shift_id>/venir")
def come(shift_id: int) -> ResponseReturnValue:
    """Sign up in one button."""

    def act(shift: Shift) -> None:
        taken = signing.sign_up(shift, g.member)
        notices.tell_replaced(taken)
        flash(str(_("C’est noté : vous êtes de permanence. Merci.")), "good")

    return _act(shift_id, act)


@pages.post("/permanences/<int:shift_id>/ne-pas-venir")
def leave(shift_id: int) -> ResponseReturnValue:
    """Free the place; a stand-in is sought."""

    def act(shift: Shift) -> None:
        mine = signing.standing(shift, g.member)
        if mine is None:
            return
        if signing.withdraw(mine):
            publish(ShiftFreed(community_id=g.community.id, signup_id=mine.id))
            flash(
                str(
                    _(
                        "Merci de l’avoir dit. La place est libre, et ceux qui peuvent vous "
                        "remplacer sont prévenus."
                    )
                ),
                "good",
            )

    return _act(shift_id, act)


@pages.post("/permanences/<int:shift_id>/demander")
def ask(shift_id: int) -> ResponseReturnValue:
    """Ask a member by name to come instead of me."""
    shift = planning.find_shift(g.community, shift_id)
    form = Form.sent()

    def act(member: int) -> None:
        mine = signing.standing(shift, g.member)
        if mine is None:
            return
        signing.offer(mine, membership.find_member(g.community, member))
        notices.ask_by_name(mine)
        flash(
            str(_("La demande est partie. Tant qu’on ne vous a pas dit oui, vous venez.")), "good"
        )

    if not form.apply(OfferSchema(), act):
        return _show(shift, form)
    return redirect(url_for("direct_sales_shifts.page", shift_id=shift_id))


def _signup(shift: Shift, signup_id: int) -> ShiftSignup:
    return signing.find_signup(shift, signup_id)


@pages.post("/permanences/<int:shift_id>/demande/<int:signup_id>/oui")
def accept(shift_id: int, signup_id: int) -> ResponseReturnValue:
    """Say yes to who asked me."""

    def act(shift: Shift) -> None:
        taken = signing.accept(_signup(shift, signup_id), g.member)
        notices.tell_replaced(taken)
        flash(str(_("C’est noté : vous êtes de permanence. Merci.")), "good")

    return _act(shift_id, act)


@pages.post("/permanences/<int:shift_id>/demande/<int:signup_id>/non")
def decline(shift_id: int, signup_id: int) -> ResponseReturnValue:
    """Say no to who asked me, or take my own question back."""

    def act(shift: Shift) -> None:
        signup = _signup(shift, signup_id)
        me: Member = g.member
        signing.decline(signup, me)
        if signup.member_id != me.id:
            notices.tell_declined(signup, me)
        flash(str(_("C’est noté : rien ne change.")), "good")

    return _act(shift_id, act)
