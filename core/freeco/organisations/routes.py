"""Organisations of a community, and who acts for them."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from freeco.db import db
from freeco.i18n import _
from freeco.kernel import kernel
from freeco.members import membership
from freeco.members.schemas import OrganisationSchema, RoleSchema
from freeco.organisations import services as organisations
from freeco.organisations.being_paid import keeps_money
from freeco.organisations.models import Role
from freeco.organisations.wording import KINDS
from freeco.web.forms import Form

pages = Blueprint("organisations", __name__)
ROLES = {
    Role.COORDINATOR: _("Coordination"),
    Role.TREASURER: _("Trésorerie"),
    Role.SECRETARY: _("Secrétariat"),
    Role.PRODUCER: _("Production"),
}


@pages.get("/organisations")
def index() -> ResponseReturnValue:
    """List the organisations that are members here."""
    found = organisations.organisations_of(g.community)
    return render_template("organisations/index.html", members=found, kinds=KINDS)


@pages.get("/organisations/nouvelle")
def new_page() -> ResponseReturnValue:
    """Show the form to register one."""
    return render_template("organisations/new.html", form=Form.blank(kind="amap"), kinds=KINDS)


@pages.post("/organisations/nouvelle")
def new() -> ResponseReturnValue:
    """Register an organisation; it accepts the charter through me."""
    form = Form.sent()
    if not form.apply(
        OrganisationSchema(),
        lambda **values: organisations.register(
            kernel().plugins, g.community, founder=g.member, **values
        ),
    ):
        return render_template("organisations/new.html", form=form, kinds=KINDS), form.status
    flash(str(_("L’organisation est membre.")), "good")
    return redirect(url_for("organisations.page", member_id=form.result.id))


@pages.get("/organisations/<int:member_id>")
def page(member_id: int) -> ResponseReturnValue:
    """Show an organisation and the persons who act for it."""
    return _show(member_id, Form.blank())


def _show(member_id: int, form: Form) -> ResponseReturnValue:
    member = organisations.find_organisation(g.community, member_id)
    return (
        render_template(
            "organisations/page.html",
            shown=member,
            form=form,
            kinds=KINDS,
            roles=ROLES,
            holders=organisations.holders(member),
            mine=organisations.holds_role(member, g.member.person_id, Role.COORDINATOR),
            acts=organisations.holds_role(member, g.member.person_id),
            sees_money=keeps_money(member, g.member),
            members=membership.members_of(g.community),
        ),
        form.status,
    )


@pages.post("/organisations/<int:member_id>/roles")
def give_role(member_id: int) -> ResponseReturnValue:
    """Give a member a role in an organisation I coordinate."""
    organisation = organisations.find_organisation(g.community, member_id)
    form = Form.sent()

    def act(member: int, role: str) -> None:
        organisations.give_role(
            organisation, membership.find_member(g.community, member), Role(role), g.member
        )

    if not form.apply(RoleSchema(), act):
        return _show(member_id, form)
    flash(str(_("Le rôle est donné.")), "good")
    return redirect(url_for("organisations.page", member_id=member_id))


@pages.post("/organisations/<int:member_id>/roles/fin")
def end_role(member_id: int) -> ResponseReturnValue:
    """End a role in an organisation I coordinate."""
    organisation = organisations.find_organisation(g.community, member_id)
    form = Form.sent()

    def act(member: int, role: str) -> None:
        organisations.end_role(
            organisation, membership.find_member(g.community, member), Role(role), g.member
        )

    if not form.apply(RoleSchema(), act):
        return _show(member_id, form)
    flash(str(_("Le rôle est terminé.")), "good")
    return redirect(url_for("organisations.page", member_id=member_id))


@pages.post("/organisations/<int:member_id>/partir")
def leave(member_id: int) -> ResponseReturnValue:
    """End the membership of an organisation I act for."""
    organisation = organisations.find_organisation(g.community, member_id)
    organisations.take_out(kernel().plugins, organisation, g.member)
    db.session.commit()
    flash(
        str(_("L’organisation n’est plus membre ici. Ses comptes et ses papiers restent.")), "good"
    )
    return redirect(url_for("organisations.index"))
